//! The tray under the bell: the newest notices of the person, the open ones first.

use relink_store::incidents::AffectedConnection;
use relink_store::notices::{self, Notice as StoredNotice};
use relink_store::{StoreError, authorizations, connections, incidents};

use crate::pages::lookup::{Circumstances, Lookup};
use crate::pages::visit::Visit;
use crate::ui::views::notices::{Notice, Reached, Tray};
use crate::ui::views::repair::{Repair, SignInKind};
use crate::ui::when::When;

const SHOWN: usize = 12;

pub(super) async fn tray(visit: &Visit, lookup: &Lookup) -> Result<Tray, StoreError> {
    let person = visit.person();
    let (workspace, user, visible) = (&person.workspace_id, &person.user_id, &person.visible);
    let unread = notices::unread_count(visit.db(), workspace, user, visible).await?;
    let mut entries = entries(visit, lookup, SHOWN).await?;
    entries.sort_by_key(|entry| entry.resolved.is_some());
    Ok(Tray {
        unread: usize::try_from(unread).unwrap_or(0),
        entries,
        last_checked: Some(When::from_now(visit.now, visit.now)),
    })
}

/// The newest notices, as the person may see them.
pub(super) async fn entries(visit: &Visit, lookup: &Lookup, most: usize) -> Result<Vec<Notice>, StoreError> {
    let person = visit.person();
    let list = notices::list_for_user(visit.db(), &person.workspace_id, &person.user_id, &person.visible, most);
    let mut entries = Vec::new();
    for notice in list.await? {
        entries.push(entry(visit, lookup, notice).await?);
    }
    Ok(entries)
}

async fn entry(visit: &Visit, lookup: &Lookup, notice: StoredNotice) -> Result<Notice, StoreError> {
    let person = visit.person();
    let incident = &notice.incident;
    let affected = incidents::affected(visit.db(), &person.workspace_id, &incident.id, &person.visible).await?;
    let first = match affected.first() {
        Some(first) => connections::find(visit.db(), &person.workspace_id, &first.connection_id).await?,
        None => None,
    };
    let authorization = match &incident.authorization_id {
        Some(id) => authorizations::find(visit.db(), &person.workspace_id, id).await?,
        None => None,
    };
    let words = lookup.words(
        incident,
        &Circumstances {
            authorization: authorization.as_ref(),
            account: first.as_ref().map(|connection| connection.account_label.as_str()),
            last_success_at: first.as_ref().and_then(|connection| connection.last_success_at),
        },
    );
    let connection_id = first.map(|connection| connection.id.to_string()).unwrap_or_default();
    let kind = authorization.as_ref().map_or(SignInKind::OAuth, |found| lookup.sign_in_kind(found));
    let authorization_id = incident.authorization_id.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(Notice {
        id: notice.id.to_string(),
        is_unread: notice.read_at.is_none() && incident.resolved_at.is_none(),
        provider: lookup.provider(&incident.plugin_id),
        title: words.title,
        short: words.short,
        reason_code: incident.reason.code(),
        who: format!("{} {}", words.who, words.todo),
        opened_at: When::at(incident.opened_at, visit.now),
        clients: reached(&affected),
        repair: Repair::new(incident.remedy, kind, &authorization_id, &connection_id),
        connection_id,
        resolved: lookup.resolved(incident),
    })
}

/// Each client once, with the first of its data sources; they come ordered by client.
fn reached(affected: &[AffectedConnection]) -> Vec<Reached> {
    let first_of_each = affected.chunk_by(|one, other| one.client_id == other.client_id).filter_map(<[_]>::first);
    let reached = |connection: &AffectedConnection| Reached {
        client: connection.client_name.clone(),
        connection_id: connection.connection_id.to_string(),
    };
    first_of_each.map(reached).collect()
}
