//! The cards above the table: each open incident once, with all the clients that it reaches.

use relink_core::id::ClientId;
use relink_core::time::in_words;
use relink_store::incidents::{self, AffectedConnection, Incident, IncidentFilter, Scope};
use relink_store::{StoreError, authorizations, connections, reconnections};

use crate::pages::lookup::{Circumstances, Lookup};
use crate::pages::visit::Visit;
use crate::ui::views::data_sources::IncidentCard;
use crate::ui::views::provider::ClientLink;
use crate::ui::views::repair::{Repair, SignInKind};
use crate::ui::when::When;

const SHOWN: usize = 20;

/// The open incidents, of one client if one is given.
pub(super) async fn cards(
    visit: &Visit,
    lookup: &Lookup,
    of_client: Option<&ClientId>,
) -> Result<Vec<IncidentCard>, StoreError> {
    let person = visit.person();
    let filter = IncidentFilter { only_open: true, limit: SHOWN, ..IncidentFilter::default() };
    let open = incidents::list(visit.db(), &person.workspace_id, &person.visible, &filter).await?;
    let mut cards = Vec::new();
    for incident in open.items {
        let affected = incidents::affected(visit.db(), &person.workspace_id, &incident.id, &person.visible).await?;
        let concerns = of_client.is_none_or(|id| affected.iter().any(|connection| connection.client_id == *id));
        let is_for_operators = incident.scope == Scope::App && !visit.identity.may_administer();
        if concerns && !is_for_operators && !affected.is_empty() {
            cards.push(card(visit, lookup, &incident, &affected).await?);
        }
    }
    Ok(cards)
}

async fn card(
    visit: &Visit,
    lookup: &Lookup,
    incident: &Incident,
    affected: &[AffectedConnection],
) -> Result<IncidentCard, StoreError> {
    let workspace = &visit.person().workspace_id;
    let authorization = match &incident.authorization_id {
        Some(id) => authorizations::find(visit.db(), workspace, id).await?,
        None => None,
    };
    let first = match affected.first() {
        Some(first) => connections::find(visit.db(), workspace, &first.connection_id).await?,
        None => None,
    };
    let circumstances = Circumstances {
        authorization: authorization.as_ref(),
        account: affected.first().map(|connection| connection.account_label.as_str()),
        last_success_at: first.as_ref().and_then(|connection| connection.last_success_at),
    };
    let mut clients: Vec<ClientLink> = Vec::new();
    for connection in affected {
        let link = ClientLink::new(connection.client_id.as_str(), &connection.client_name);
        if !clients.contains(&link) {
            clients.push(link);
        }
    }
    let connection_id = first.map(|connection| connection.id.to_string()).unwrap_or_default();
    let kind = authorization.as_ref().map_or(SignInKind::OAuth, |found| lookup.sign_in_kind(found));
    let authorization_id = incident.authorization_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let in_progress = match &incident.authorization_id {
        Some(id) => in_progress(visit, lookup, id).await?,
        None => None,
    };
    Ok(IncidentCard {
        provider: lookup.provider(&incident.plugin_id),
        words: lookup.words(incident, &circumstances),
        reason_code: incident.reason.code(),
        opened_at: When::at(incident.opened_at, visit.now),
        clients,
        data_sources: affected.len(),
        repair: Repair::new(incident.remedy, kind, &authorization_id, &connection_id),
        connection_id,
        in_progress,
    })
}

/// Says that a colleague is at it already, so that two people do not sign in at once.
pub(super) async fn in_progress(
    visit: &Visit,
    lookup: &Lookup,
    authorization: &relink_core::id::AuthorizationId,
) -> Result<Option<String>, StoreError> {
    let person = visit.person();
    let open = reconnections::open_for_authorization(visit.db(), &person.workspace_id, authorization, visit.now);
    let open = open.await?;
    let colleague = open.iter().rev().find(|attempt| attempt.user_id != person.user_id);
    Ok(colleague.map(|attempt| {
        let name = lookup.person(Some(&attempt.user_id)).unwrap_or("A colleague");
        format!("{name} started reconnecting {} ago.", in_words(visit.now.since_ms(attempt.created_at)))
    }))
}
