//! How the reconnection that just ended went, data source by data source.

use relink_core::id::ConnectionId;
use relink_store::authorizations::Authorization;
use relink_store::connections;
use relink_store::{StoreError, reconnections};
use serde::Deserialize;

use crate::pages::connection::sign_in_card::name_of;
use crate::pages::visit::Visit;
use crate::ui::views::connection::{HealedSource, Outcome, UnhealedSource};

/// What a reconnection noted when it ended.
#[derive(Deserialize)]
struct Noted {
    healed: Vec<ConnectionId>,
    not_healed: Vec<NotHealed>,
}

#[derive(Deserialize)]
struct NotHealed {
    connection_id: ConnectionId,
    message: String,
}

/// The result of the reconnection with this id, if it was one of this authorization.
pub(super) async fn outcome(
    visit: &Visit,
    id: Option<&str>,
    authorization: &Authorization,
) -> Result<Option<Outcome>, StoreError> {
    let Some(id) = id.and_then(|id| id.parse().ok()) else { return Ok(None) };
    let found = reconnections::find(visit.db(), &visit.person().workspace_id, &id).await?;
    let found = found.filter(|attempt| attempt.authorization_id.as_ref() == Some(&authorization.id));
    let result = found.and_then(|attempt| serde_json::from_str::<Noted>(&attempt.result?).ok());
    let Some(result) = result else { return Ok(None) };
    let mut outcome = Outcome { healed: Vec::new(), not_healed: Vec::new() };
    for connection_id in result.healed {
        if let Some(name) = visible_name(visit, &connection_id).await? {
            outcome.healed.push(HealedSource { connection_id: connection_id.to_string(), name });
        }
    }
    for NotHealed { connection_id, message } in result.not_healed {
        if let Some(name) = visible_name(visit, &connection_id).await? {
            let connection_id = connection_id.to_string();
            outcome.not_healed.push(UnhealedSource { connection_id, name, why: message });
        }
    }
    Ok(Some(outcome))
}

async fn visible_name(visit: &Visit, id: &ConnectionId) -> Result<Option<String>, StoreError> {
    let found = connections::find(visit.db(), &visit.person().workspace_id, id).await?;
    match found.filter(|connection| visit.person().may_see(&connection.client_id)) {
        Some(connection) => name_of(visit, &connection).await.map(Some),
        None => Ok(None),
    }
}
