//! A database with one connection, which stores rows as the engine does.

use anyhow::Result;
use relink_core::id::{AuthorizationId, ClientId, ConnectionId, WorkspaceId};
use relink_core::plugin::{Dataset, Found};
use relink_core::time::Timestamp;
use relink_engine::rows;
use relink_store::authorizations::{self, NewAuthorization, Tokens};
use relink_store::clients::{self, Client};
use relink_store::connections::{self, NewConnection};
use relink_store::workspaces::{self, Workspace};
use relink_store::{Db, Options, records};
use tempfile::TempDir;

use super::answer::CUSTOMER;

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);
const PLUGIN: &str = "google";

pub(super) struct Database {
    db: Db,
    workspace: WorkspaceId,
    connection: ConnectionId,
    dataset: Dataset,
    _folder: TempDir,
}

impl Database {
    pub(super) async fn make(dataset: Dataset) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("relink.db").display());
        let db = Db::connect(&url, Options::default()).await?;
        db.migrate().await?;
        let mut tx = db.begin().await?;
        let workspace = Workspace { id: WorkspaceId::new(), name: "Agency".to_owned(), created_at: NOW };
        workspaces::create(&mut tx, &workspace).await?;
        let client = Client {
            workspace_id: workspace.id.clone(),
            id: ClientId::new(),
            name: "Bakery".to_owned(),
            created_at: NOW,
        };
        clients::create(&mut tx, &client).await?;
        let authorization = authorization(&workspace.id);
        authorizations::create(&mut tx, &authorization).await?;
        let connection = connection(&client, &authorization);
        connections::create(&mut tx, &connection).await?;
        tx.commit().await?;
        Ok(Self { db, workspace: workspace.id, connection: connection.id, dataset, _folder: folder })
    }

    /// Reads and stores the rows of one step; says how many there were.
    pub(super) async fn store(&self, found: Vec<Found>) -> Result<u64> {
        let rows = rows::read(&self.dataset, found, NOW)?;
        let dataset = relink_store::Dataset {
            workspace_id: &self.workspace,
            connection_id: &self.connection,
            name: &self.dataset.name,
        };
        let mut tx = self.db.begin().await?;
        let stored = records::upsert_batch(&mut tx, dataset, rows).await?;
        tx.commit().await?;
        Ok(stored)
    }
}

fn authorization(workspace: &WorkspaceId) -> NewAuthorization {
    NewAuthorization {
        workspace_id: workspace.clone(),
        id: AuthorizationId::new(),
        plugin_id: PLUGIN.to_owned(),
        auth_method: "oauth".to_owned(),
        subject: Some("subject-1".to_owned()),
        label: "ada@bakery.example".to_owned(),
        config: "{}".to_owned(),
        granted_scopes: Vec::new(),
        created_at: NOW,
        created_by: None,
        tokens: Tokens {
            sealed: b"sealed".to_vec(),
            token_issued_at: None,
            access_expires_at: None,
            reauthorize_at: None,
            has_refresh_token: true,
        },
    }
}

fn connection(client: &Client, authorization: &NewAuthorization) -> NewConnection {
    NewConnection {
        workspace_id: client.workspace_id.clone(),
        id: ConnectionId::new(),
        client_id: client.id.clone(),
        authorization_id: authorization.id.clone(),
        plugin_id: PLUGIN.to_owned(),
        account_id: CUSTOMER.to_owned(),
        account_label: "Bakery".to_owned(),
        account_kind: Some("google-ads".to_owned()),
        config: "{}".to_owned(),
        interval_ms: 3_600_000,
        backfill_from: NOW.day(),
        connected_at: NOW,
        connected_by: None,
    }
}
