//! What breaking, recovering and ending mean for an authorization, its connections and its incidents.
//!
//! At any moment a broken connection has one open incident: its own, or that of its authorization. Whatever
//! takes an incident away from the last connection that suffers from it also ends it, so that the next breakage
//! is a new one, and told.

use relink_core::decide::{Change, Decision, Known, Scope};
use relink_core::id::{ConnectionId, UserId};
use relink_core::reason::Reason;
use relink_core::time::Timestamp;
use relink_store::authorizations::{self, Authorization};
use relink_store::connections::{self, Connection};
use relink_store::incidents::{self, Incident, NewIncident, Resolution, Scope as IncidentScope};
use relink_store::{StoreError, Tx};

use crate::audit::{self, Deed};
use crate::engine::Engine;
use crate::notify;
use crate::talk::Explained;

/// A transaction that tells something of one authorization, which is locked.
pub(super) struct Story<'a> {
    pub(super) engine: &'a Engine,
    pub(super) tx: &'a mut Tx,
    pub(super) authorization: &'a Authorization,
    pub(super) now: Timestamp,
}

impl Story<'_> {
    /// Writes what was decided about `connection`.
    pub(super) async fn write(
        &mut self,
        connection: &Connection,
        decision: &Decision,
        explained: Option<&Explained>,
    ) -> Result<(), StoreError> {
        match (&decision.change, explained) {
            (Change::Suspected { scope: Scope::Authorization, suspicion }, _) => {
                self.suspect(Some(&super::to_json(suspicion))).await
            }
            (Change::Broken { scope }, Some(explained)) => {
                let incident = self.break_down(connection, *scope, explained, decision.next_due_at).await?;
                self.tell_people(&[incident]).await
            }
            (Change::StillBroken, _) if self.authorization.incident_id == connection.incident_id => {
                self.suspect(None).await
            }
            (Change::OperatorIncident, Some(explained)) => self.tell_operators(connection, explained).await,
            (Change::Proven, _) => self.prove(connection).await,
            _ => Ok(()),
        }
    }

    async fn suspect(&mut self, suspicion: Option<&str>) -> Result<(), StoreError> {
        let Authorization { workspace_id, id, .. } = self.authorization;
        authorizations::set_suspicion(self.tx, workspace_id, id, suspicion).await.map(|_| ())
    }

    /// Opens an incident, in the place of all that it makes void. Whom it concerns is told by [`Self::tell_people`].
    pub(super) async fn break_down(
        &mut self,
        connection: &Connection,
        scope: Scope,
        explained: &Explained,
        next_due_at: Option<Timestamp>,
    ) -> Result<Incident, StoreError> {
        let Authorization { workspace_id, id, .. } = self.authorization;
        for incident in self.incidents_within(connection, scope).await? {
            self.end(&incident, Resolution::Superseded, None).await?;
        }
        let (incident, _) = self.open(connection, scope_of(scope), explained).await?;
        match scope {
            Scope::Authorization => {
                self.suspect(None).await?;
                authorizations::set_incident(self.tx, workspace_id, id, Some(&incident.id)).await?;
                connections::break_by_authorization(self.tx, workspace_id, id, &incident.id, next_due_at).await?;
            }
            Scope::Connection => {
                connections::break_one(self.tx, workspace_id, &connection.id, &incident.id, next_due_at).await?;
                self.end_if_nobody_suffers(Resolution::Superseded, None).await?;
            }
        }
        let deed =
            Deed { by: None, action: "incident.opened", target: incident.id.as_str(), detail: Some(&incident.code) };
        audit::note(self.tx, workspace_id, &deed, self.now).await?;
        Ok(incident)
    }

    pub(super) async fn tell_people(&mut self, incidents: &[Incident]) -> Result<(), StoreError> {
        notify::tell_people(self.engine, self.tx, incidents, self.authorization, self.now).await
    }

    /// What is open of a connection, or of the authorization and everything that hangs on it.
    async fn incidents_within(&mut self, connection: &Connection, scope: Scope) -> Result<Vec<Incident>, StoreError> {
        let Authorization { workspace_id, id, .. } = self.authorization;
        if scope == Scope::Connection {
            let own = incidents::open_of_connection(&mut *self.tx, workspace_id, &connection.id).await?;
            return Ok(own.into_iter().collect());
        }
        let mut open = incidents::open_of_connections(&mut *self.tx, workspace_id, id).await?;
        open.extend(incidents::open_of_authorization(&mut *self.tx, workspace_id, id).await?);
        Ok(open)
    }

    /// Data came: whatever was suspected is forgotten, whatever was broken has recovered.
    async fn prove(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let Authorization { workspace_id, id, .. } = self.authorization;
        if self.authorization.suspicion.is_some() {
            self.suspect(None).await?;
        }
        self.end_app_incident(connection).await?;
        if self.authorization.incident_id.is_some() {
            let mut except = self.broken_by_themselves().await?;
            except.push(connection.id.clone());
            connections::heal_by_authorization(self.tx, workspace_id, id, self.now, &except).await?;
        }
        if connection.incident_id.is_some() {
            connections::heal_one(self.tx, workspace_id, &connection.id).await?;
            for incident in self.incidents_within(connection, Scope::Connection).await? {
                self.end(&incident, Resolution::Recovered, None).await?;
            }
        }
        self.end_if_nobody_suffers(Resolution::Recovered, None).await
    }

    async fn broken_by_themselves(&mut self) -> Result<Vec<ConnectionId>, StoreError> {
        let Authorization { workspace_id, id, .. } = self.authorization;
        let open = incidents::open_of_connections(&mut *self.tx, workspace_id, id).await?;
        Ok(open.into_iter().filter_map(|incident| incident.connection_id).collect())
    }

    /// Ends the incident of the authorization unless a connection still suffers from it.
    pub(super) async fn end_if_nobody_suffers(
        &mut self,
        how: Resolution,
        by: Option<&UserId>,
    ) -> Result<(), StoreError> {
        let Authorization { workspace_id, id, .. } = self.authorization;
        let Some(incident) = &self.authorization.incident_id else { return Ok(()) };
        if connections::is_any_broken_by(&mut *self.tx, workspace_id, (id, incident)).await? {
            return Ok(());
        }
        authorizations::set_incident(self.tx, workspace_id, id, None).await?;
        match incidents::find(&mut *self.tx, workspace_id, incident).await? {
            Some(incident) => self.end(&incident, how, by).await,
            None => Ok(()),
        }
    }

    /// Ends an incident, and takes back what people were told of it. One that is over stays as it ended.
    pub(super) async fn end(
        &mut self,
        incident: &Incident,
        how: Resolution,
        by: Option<&UserId>,
    ) -> Result<(), StoreError> {
        if incidents::resolve(self.tx, &incident.workspace_id, &incident.id, (how, by), self.now).await? {
            notify::take_back(self.engine, self.tx, incident, how, self.now).await?;
        }
        Ok(())
    }

    async fn tell_operators(&mut self, connection: &Connection, explained: &Explained) -> Result<(), StoreError> {
        let (incident, is_new) = self.open(connection, IncidentScope::App, explained).await?;
        if is_new { notify::tell_operators(self.engine, self.tx, &incident, self.now).await } else { Ok(()) }
    }

    /// The app is right again once no source waits for it any more. That others of its plugin give data says
    /// nothing: they may have no need of what is wrong, or not yet.
    async fn end_app_incident(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let (workspace, plugin) = (&connection.workspace_id, connection.plugin_id.as_str());
        let Some(incident) = incidents::open_of_app(&mut *self.tx, workspace, plugin).await? else { return Ok(()) };
        let reason = Reason::AppMisconfigured.code();
        if connections::is_any_delayed_by(&mut *self.tx, workspace, (plugin, reason)).await? {
            return Ok(());
        }
        self.end(&incident, Resolution::Recovered, None).await
    }

    /// Opens an incident, or finds the one that is open for the same thing already.
    async fn open(
        &mut self,
        connection: &Connection,
        scope: IncidentScope,
        explained: &Explained,
    ) -> Result<(Incident, bool), StoreError> {
        let new = NewIncident {
            workspace_id: &connection.workspace_id,
            scope,
            plugin_id: &connection.plugin_id,
            authorization_id: (scope != IncidentScope::App).then_some(&connection.authorization_id),
            connection_id: (scope == IncidentScope::Connection).then_some(&connection.id),
            diagnosis: &explained.diagnosis,
            provider_answer: explained.provider_answer.as_deref(),
            opened_at: self.now,
        };
        incidents::open(self.tx, &new).await
    }
}

/// What people were told already of what breaks `connection`.
pub(super) async fn known(tx: &mut Tx, connection: &Connection) -> Result<Option<Known>, StoreError> {
    let Some(id) = &connection.incident_id else { return Ok(None) };
    let incident = incidents::find(tx, &connection.workspace_id, id).await?;
    let open = incident.filter(|incident| incident.resolved_at.is_none());
    Ok(open.map(|incident| Known {
        scope: match incident.scope {
            IncidentScope::Connection => Scope::Connection,
            IncidentScope::Authorization | IncidentScope::App => Scope::Authorization,
        },
        remedy: incident.remedy,
    }))
}

fn scope_of(scope: Scope) -> IncidentScope {
    match scope {
        Scope::Connection => IncidentScope::Connection,
        Scope::Authorization => IncidentScope::Authorization,
    }
}
