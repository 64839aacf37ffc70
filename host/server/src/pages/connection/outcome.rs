//! How the reconnection that just ended went, data source by data source.

use std::collections::BTreeMap;

use relink_core::id::ConnectionId;
use relink_store::authorizations::Authorization;
use relink_store::{StoreError, reconnections};
use serde::Deserialize;

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

/// The result of the reconnection with this id, if it was one of this authorization, whose data
/// sources have these `names`.
pub(super) async fn outcome(
    visit: &Visit,
    id: Option<&str>,
    authorization: &Authorization,
    names: &BTreeMap<ConnectionId, String>,
) -> Result<Option<Outcome>, StoreError> {
    let Some(id) = id.and_then(|id| id.parse().ok()) else { return Ok(None) };
    let found = reconnections::find(visit.db(), &visit.person().workspace_id, &id).await?;
    let found = found.filter(|attempt| attempt.authorization_id.as_ref() == Some(&authorization.id));
    let result = found.and_then(|attempt| serde_json::from_str::<Noted>(&attempt.result?).ok());
    let Some(result) = result else { return Ok(None) };
    let find = |id: ConnectionId| names.get(&id).map(|name| (id.to_string(), name.clone()));
    let healed = result.healed.into_iter().filter_map(|id| {
        let (connection_id, name) = find(id)?;
        Some(HealedSource { connection_id, name })
    });
    let not_healed = result.not_healed.into_iter().filter_map(|source| {
        let (connection_id, name) = find(source.connection_id)?;
        Some(UnhealedSource { connection_id, name, why: source.message })
    });
    Ok(Some(Outcome { healed: healed.collect(), not_healed: not_healed.collect() }))
}
