//! Data sources come and go: one that comes shares the health of its authorization, and one that goes takes
//! with it what was told of it.

use relink_core::id::UserId;
use relink_core::time::Timestamp;
use relink_store::connections::{self, Connection, Creation, NewConnection};
use relink_store::incidents::{self, Resolution};
use relink_store::{StoreError, Tx, authorizations};

use super::story::Story;
use crate::engine::Engine;

/// Makes a connection or revives the stopped one. If its authorization is broken so is it, until its first run
/// proves otherwise, for it and for the others.
pub(crate) async fn settle_arrival(tx: &mut Tx, new: &NewConnection) -> Result<Creation, StoreError> {
    let workspace = &new.workspace_id;
    let authorization = authorizations::lock(tx, workspace, &new.authorization_id).await?;
    let creation = connections::create(tx, new).await?;
    let incident = authorization.and_then(|authorization| authorization.incident_id);
    if let (Creation::Created(id) | Creation::Revived(id), Some(incident)) = (&creation, incident) {
        connections::break_one(tx, workspace, id, &incident, Some(new.connected_at)).await?;
    }
    Ok(creation)
}

/// Ends a connection, and what only it suffered from; false if it is stopped already.
pub(crate) async fn settle_departure(
    engine: &Engine,
    tx: &mut Tx,
    connection: &Connection,
    by: &UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (workspace, id) = (&connection.workspace_id, &connection.authorization_id);
    let Some(authorization) = authorizations::lock(tx, workspace, id).await? else { return Ok(false) };
    if !connections::stop(tx, workspace, &connection.id).await? {
        return Ok(false);
    }
    let mut story = Story { engine, tx, authorization: &authorization, now };
    if let Some(incident) = incidents::open_of_connection(&mut *story.tx, workspace, &connection.id).await? {
        story.end(&incident, Resolution::Removed, Some(by)).await?;
    }
    story.end_if_nobody_suffers(Resolution::Removed, Some(by)).await?;
    Ok(true)
}
