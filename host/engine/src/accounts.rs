//! What an authorization can see, and the connections that are made of it.

use relink_core::id::{AuthorizationId, ClientId, ConnectionId};
use relink_core::plugin::{Account, Operation};
use relink_store::connections::{self, Connection, Creation, NewConnection};
use relink_store::{StoreError, authorizations, clients};

use crate::engine::{Engine, MissingPlugin};
use crate::person::Person;
use crate::reconnect::verify::{Candidate, account_of, unique};
use crate::settle::settle_arrival;
use crate::talk;
use crate::tokens::{self, TokenError};

#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error("there is no such authorization or client")]
    NotFound,
    #[error("only people who may change data of this client can do this")]
    NotAllowed,
    /// The provider's answer, explained for a person.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Host(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Asks the provider which accounts the authorization can see.
    pub async fn accounts(&self, person: &Person, id: &AuthorizationId) -> Result<Vec<Account>, AccountsError> {
        let workspace = &person.workspace_id;
        authorizations::find(self.db(), workspace, id).await?.ok_or(AccountsError::NotFound)?;
        let dependents = connections::list_of_authorization(self.db(), workspace, id).await?;
        if !person.may_use(&dependents) {
            return Err(AccountsError::NotFound);
        }
        if person.role == crate::person::Role::Viewer {
            return Err(AccountsError::NotAllowed);
        }
        let fresh = tokens::fresh(self, workspace, id).await?;
        let authorization = &fresh.authorization;
        let (plugin, method) = self.plugin(&authorization.plugin_id, &authorization.auth_method)?;
        let candidate = Candidate {
            plugin: &plugin,
            method: &method,
            secrets: &fresh.secrets,
            config: &authorization.config,
            granted_scopes: &authorization.granted_scopes,
            budget_key: authorization.id.as_str(),
        };
        let mut party = candidate.party(self);
        let found = talk::ask(self, &mut party, Operation::Accounts).await;
        let found = found.map_err(|explained| AccountsError::Refused(explained.diagnosis.message))?;
        Ok(unique(found.into_iter().filter_map(account_of)))
    }

    /// Makes a connection of one account for a client, or revives the one that was stopped.
    pub async fn add_connection(
        &self,
        person: &Person,
        id: &AuthorizationId,
        client: &ClientId,
        account: Account,
    ) -> Result<Connection, AccountsError> {
        let workspace = &person.workspace_id;
        if !person.may_change(client) {
            return Err(AccountsError::NotAllowed);
        }
        let authorization = authorizations::find(self.db(), workspace, id).await?.ok_or(AccountsError::NotFound)?;
        clients::find(self.db(), workspace, client).await?.ok_or(AccountsError::NotFound)?;
        let now = self.now();
        let new = NewConnection {
            workspace_id: workspace.clone(),
            id: ConnectionId::new(),
            client_id: client.clone(),
            authorization_id: id.clone(),
            plugin_id: authorization.plugin_id.clone(),
            account_id: account.id,
            account_label: account.label,
            account_kind: account.kind,
            config: account_config(account.parent.as_deref()),
            interval_ms: self.settings().default_interval_ms,
            backfill_from: now.day().plus_days(-i64::from(self.settings().backfill_days)),
            connected_at: now,
            connected_by: Some(person.user_id.clone()),
        };
        let mut tx = self.db().begin().await?;
        let (Creation::Created(id) | Creation::Revived(id) | Creation::Existing(id)) =
            settle_arrival(&mut tx, &new).await?;
        let connection = connections::find(&mut tx, workspace, &id).await?.ok_or(AccountsError::NotFound)?;
        tx.commit().await?;
        self.changed(workspace);
        self.wake();
        Ok(connection)
    }
}

/// The settings that a plugin needs to reach an account through its manager.
fn account_config(parent: Option<&str>) -> String {
    parent.map_or_else(|| "{}".to_owned(), |parent| serde_json::json!({ "parent_account": parent }).to_string())
}

impl From<TokenError> for AccountsError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Refused(explained) => Self::Refused(explained.diagnosis.message),
            TokenError::Store(error) => Self::Store(error),
            TokenError::Gone(_) => Self::NotFound,
            error => Self::Host(error.to_string()),
        }
    }
}

impl From<MissingPlugin> for AccountsError {
    fn from(missing: MissingPlugin) -> Self {
        Self::Host(missing.to_string())
    }
}
