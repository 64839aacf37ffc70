//! Where an earlier run of a slice stopped, if this run can go on there. A state that another version
//! of the plugin left is handed to this one; what it cannot use is forgotten, and the slice starts
//! again: rows that are stored already are replaced by their keys.

use relink_core::plugin::Request;
use relink_store::slices;

use crate::engine::Engine;
use crate::talk::{Party, Pending, Position};

/// The stored position, in the words of the version of the plugin that runs now.
pub(super) async fn position(engine: &Engine, party: &Party, stored: &slices::Slice) -> Option<Position> {
    let pending = pending_of(stored, party)?;
    let is_own = stored.plugin_version == party.plugin.version();
    let state = if is_own { stored.plugin_state.clone() } else { taken_over(engine, party, stored).await? };
    Some(Position { state, pending })
}

/// What was to be done next, unless that was to wait for the rest of an answer that is long gone.
fn pending_of(stored: &slices::Slice, party: &Party) -> Option<Pending> {
    let pending: Pending = serde_json::from_str(&stored.pending).ok()?;
    let can_go_on = match &pending {
        Pending::Receive | Pending::Start(_) => false,
        Pending::Send(request) => request.idempotent && may_send(party, request),
        Pending::WaitUntil(_) => true,
    };
    can_go_on.then_some(pending)
}

fn may_send(party: &Party, request: &Request) -> bool {
    relink_egress::may_send(party.plugin.descriptor(), &party.method, request)
}

async fn taken_over(engine: &Engine, party: &Party, stored: &slices::Slice) -> Option<Vec<u8>> {
    let (plugin, left_by) = (&party.plugin, &stored.plugin_version);
    let (id, version) = (plugin.id(), plugin.version());
    match engine.calls().migrate(plugin, left_by.clone(), stored.plugin_state.clone()).await {
        Ok(state) => {
            let goes_on = state.is_some();
            tracing::info!(plugin.name = id, plugin.version = version, left_by, goes_on, "a state was handed over");
            state
        }
        Err(fault) => {
            tracing::warn!(plugin.name = id, plugin.version = version, left_by, %fault, "a state was lost");
            None
        }
    }
}
