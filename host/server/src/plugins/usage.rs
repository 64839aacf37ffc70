//! Who uses a plugin, as far as somebody may know.

use std::collections::BTreeMap;

use relink_core::id::WorkspaceId;
use relink_store::data_sources::{self, Filter, Status};
use relink_store::{StoreError, Visible, workspaces};

use crate::app::App;
use crate::auth::Identity;

/// How much would stop with a plugin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Data sources that the person may see; of the whole host for an operator.
    pub(crate) connections: i64,
    /// Workspaces that have some. None for those who know of their own only.
    pub(crate) workspaces: Option<usize>,
}

impl Usage {
    /// An operator is told numbers of all workspaces, everybody else those of visible clients.
    pub(crate) async fn of(app: &App, caller: &Identity, plugin_id: &str) -> Result<Self, StoreError> {
        let person = &caller.person;
        if !caller.may_operate() {
            let connections = count(app, &person.workspace_id, &person.visible, plugin_id).await?;
            return Ok(Self { connections, workspaces: None });
        }
        let mut counts = Vec::new();
        for workspace in workspaces::list(app.engine().db()).await? {
            counts.push(count(app, &workspace.id, &Visible::All, plugin_id).await?);
        }
        let workspaces = counts.iter().filter(|count| **count > 0).count();
        Ok(Self { connections: counts.iter().sum(), workspaces: Some(workspaces) })
    }

    /// "12 data sources in 3 workspaces".
    pub(crate) fn sentence(self) -> String {
        let counted =
            |count: i64, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
        match (self.connections, self.workspaces) {
            (0, _) => "no data source".to_owned(),
            (connections, None) => counted(connections, "data source"),
            (connections, Some(workspaces)) => {
                format!("{} in {}", counted(connections, "data source"), counted(workspaces as i64, "workspace"))
            }
        }
    }
}

async fn count(app: &App, workspace: &WorkspaceId, visible: &Visible, plugin_id: &str) -> Result<i64, StoreError> {
    let filter = Filter { plugin_id: Some(plugin_id.to_owned()), ..Filter::all(app.engine().now(), 1) };
    let counts: BTreeMap<Status, i64> = data_sources::counts(app.engine().db(), workspace, visible, &filter).await?;
    Ok(counts.values().sum())
}
