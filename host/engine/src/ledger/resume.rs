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

/// What was to be done next, unless it cannot, or may not, be done now.
fn pending_of(stored: &slices::Slice, party: &Party) -> Option<Pending> {
    let pending: Pending = serde_json::from_str(&stored.pending).ok()?;
    let is_allowed = match &pending {
        Pending::Send(request) => may_send(party, request),
        Pending::Start(_) | Pending::Receive | Pending::WaitUntil(_) => true,
    };
    (is_allowed && pending.outlasts_a_run()).then_some(pending)
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
