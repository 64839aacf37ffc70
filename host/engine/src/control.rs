//! What a person does to one connection: check, pause, resume, stop.

use relink_core::id::ConnectionId;
use relink_core::time::Timestamp;
use relink_store::connections::{self, Connection, ConnectionState, Creation, NewConnection};
use relink_store::{StoreError, Tx};

use crate::audit::{self, Deed};
use crate::engine::Engine;
use crate::person::Person;
use crate::settle::{settle_arrival, settle_departure};

#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error("there is no such connection")]
    NotFound,
    #[error("only people who may change data of this client can do this")]
    NotAllowed,
    #[error("the connection is not in a state in which that can be done")]
    WrongState,
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone, Copy)]
enum Action {
    Check,
    Pause,
    Resume,
    Stop,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Check => "connection.checked",
            Self::Pause => "connection.paused",
            Self::Resume => "connection.resumed",
            Self::Stop => "connection.stopped",
        }
    }
}

impl Engine {
    /// Runs the connection now: a broken one is probed, and heals if data comes.
    pub async fn check_now(&self, person: &Person, id: &ConnectionId) -> Result<(), ControlError> {
        self.control(person, id, Action::Check).await
    }

    /// Stops syncing until a person resumes; a reconnect does not resume it.
    pub async fn pause(&self, person: &Person, id: &ConnectionId) -> Result<(), ControlError> {
        self.control(person, id, Action::Pause).await
    }

    pub async fn resume(&self, person: &Person, id: &ConnectionId) -> Result<(), ControlError> {
        self.control(person, id, Action::Resume).await
    }

    /// Ends the connection and keeps its data.
    pub async fn stop(&self, person: &Person, id: &ConnectionId) -> Result<(), ControlError> {
        self.control(person, id, Action::Stop).await
    }

    async fn control(&self, person: &Person, id: &ConnectionId, action: Action) -> Result<(), ControlError> {
        let workspace = &person.workspace_id;
        let connection = self.changeable(person, id).await?;
        let now = self.now();
        let mut tx = self.db().begin().await?;
        let is_done = match action {
            Action::Check => connections::set_due_now(&mut tx, workspace, id, now).await?,
            Action::Pause => connections::pause(&mut tx, workspace, id).await?,
            Action::Resume if connection.state == ConnectionState::Stopped => revive(&mut tx, &connection, now).await?,
            Action::Resume => connections::resume(&mut tx, workspace, id, now).await?,
            Action::Stop => settle_departure(self, &mut tx, &connection, &person.user_id, now).await?,
        };
        if !is_done {
            tx.rollback().await?;
            return Err(ControlError::WrongState);
        }
        let deed = Deed { by: Some(&person.user_id), action: action.name(), target: id.as_str(), detail: None };
        audit::note(&mut tx, workspace, &deed, now).await?;
        tx.commit().await?;
        self.changed(workspace);
        self.wake();
        Ok(())
    }

    async fn changeable(&self, person: &Person, id: &ConnectionId) -> Result<Connection, ControlError> {
        let found = connections::find(self.db(), &person.workspace_id, id).await?;
        let visible = found.filter(|connection| person.may_see(&connection.client_id));
        let connection = visible.ok_or(ControlError::NotFound)?;
        if person.may_change(&connection.client_id) { Ok(connection) } else { Err(ControlError::NotAllowed) }
    }
}

/// Goes on with a stopped connection, with the data that it has.
async fn revive(tx: &mut Tx, stopped: &Connection, now: Timestamp) -> Result<bool, StoreError> {
    let wish = NewConnection {
        workspace_id: stopped.workspace_id.clone(),
        id: ConnectionId::new(),
        client_id: stopped.client_id.clone(),
        authorization_id: stopped.authorization_id.clone(),
        plugin_id: stopped.plugin_id.clone(),
        account_id: stopped.account_id.clone(),
        account_label: stopped.account_label.clone(),
        account_kind: stopped.account_kind.clone(),
        config: stopped.config.clone(),
        interval_ms: stopped.interval_ms,
        backfill_from: stopped.backfill_from,
        connected_at: now,
        connected_by: stopped.connected_by.clone(),
    };
    Ok(matches!(settle_arrival(tx, &wish).await?, Creation::Revived(_)))
}
