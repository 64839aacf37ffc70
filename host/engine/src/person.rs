//! Who acts, and what they may do.

use relink_core::id::{ClientId, UserId, WorkspaceId};
pub use relink_store::Visible;
use relink_store::connections::Connection;
pub use relink_store::users::Role;

/// A signed-in person, made by the server from a session or an API token.
#[derive(Clone, Debug)]
pub struct Person {
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub role: Role,
    pub visible: Visible,
}

impl Person {
    /// Whether the person may repair and change data sources of `client`.
    pub fn may_change(&self, client: &ClientId) -> bool {
        self.role != Role::Viewer && self.may_see(client)
    }

    /// Whether the person may do something with an authorization that `dependents` hang on: some data of it is
    /// visible, or nobody uses it yet.
    pub fn may_use(&self, dependents: &[Connection]) -> bool {
        dependents.is_empty() || dependents.iter().any(|connection| self.may_see(&connection.client_id))
    }

    pub fn may_see(&self, client: &ClientId) -> bool {
        match &self.visible {
            Visible::All => true,
            Visible::Some(clients) => clients.contains(client),
        }
    }
}
