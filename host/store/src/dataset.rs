//! Names one dataset of one connection, which is how slices, coverage and records are addressed.

use relink_core::id::{ConnectionId, WorkspaceId};

#[derive(Clone, Copy, Debug)]
pub struct Dataset<'a> {
    pub workspace_id: &'a WorkspaceId,
    pub connection_id: &'a ConnectionId,
    pub name: &'a str,
}
