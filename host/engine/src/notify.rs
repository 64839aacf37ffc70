//! Who is told what. Everything here is written inside the transaction of the incident; mails leave
//! later through the outbox, so that what heals by itself in the meantime is never told.

use std::collections::{BTreeMap, BTreeSet};

use relink_core::id::{ClientId, UserId, WorkspaceId};
use relink_core::time::Timestamp;
use relink_store::authorizations::Authorization;
use relink_store::connections::{self, Connection};
use relink_store::incidents::{Incident, Scope};
use relink_store::outbox::NewMessage;
use relink_store::users::{Role, User};
use relink_store::{StoreError, Tx, clients, notices, outbox, users};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;

pub(crate) const MAIL: &str = "mail";

/// A mail that waits in the outbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// Makes mails of one incident a thread.
    pub(crate) thread: String,
    pub(crate) is_reply: bool,
}

/// Tells the people who can fix it: a notice for everybody who sees the clients, a mail for whoever
/// connected it and for the owners.
pub(crate) async fn tell_people(
    engine: &Engine,
    tx: &mut Tx,
    incident: &Incident,
    authorization: &Authorization,
    now: Timestamp,
) -> Result<(), StoreError> {
    let workspace = &incident.workspace_id;
    let affected = affected(tx, incident).await?;
    let client_ids: BTreeSet<&ClientId> = affected.connections.iter().map(|connection| &connection.client_id).collect();
    let people = active_users(tx, workspace).await?;
    let mut told = Vec::new();
    for person in people.iter().filter(|person| person.role != Role::Viewer) {
        let visible = users::visible_clients(&mut *tx, person).await?;
        if client_ids.iter().any(|client| visible.includes(client)) {
            told.push(person.id.clone());
        }
    }
    notices::create_for_users(tx, workspace, &incident.id, &told, now).await?;
    for person in people.iter().filter(|person| gets_mail(person, authorization)) {
        let mail = opened_mail(engine, tx, incident, authorization, &affected, person).await?;
        add_mail(engine, tx, incident, &key_of(incident, person, OPENED), &mail, send_at(engine, now)).await?;
    }
    Ok(())
}

/// Tells the owners that the installation needs the operator; agencies are not told to reconnect.
pub(crate) async fn tell_operators(
    engine: &Engine,
    tx: &mut Tx,
    incident: &Incident,
    now: Timestamp,
) -> Result<(), StoreError> {
    let people = active_users(tx, &incident.workspace_id).await?;
    let owners: Vec<&User> = people.iter().filter(|person| person.role == Role::Owner).collect();
    let ids: Vec<UserId> = owners.iter().map(|owner| owner.id.clone()).collect();
    notices::create_for_users(tx, &incident.workspace_id, &incident.id, &ids, now).await?;
    for owner in owners {
        let mail = Mail {
            to: owner.email.clone(),
            subject: format!("{} needs its operator", provider_name(engine, incident)),
            text: format!("{}\n\nCode: {}\nNobody needs to reconnect anything.\n", incident.message, incident.code),
            thread: incident.id.to_string(),
            is_reply: false,
        };
        add_mail(engine, tx, incident, &key_of(incident, owner, OPENED), &mail, send_at(engine, now)).await?;
    }
    Ok(())
}

/// Takes back what was told: unsent mails are dropped, sent ones are followed by "no action needed".
pub(crate) async fn take_back(
    engine: &Engine,
    tx: &mut Tx,
    incident: &Incident,
    now: Timestamp,
) -> Result<(), StoreError> {
    let workspace = &incident.workspace_id;
    outbox::cancel_for_incident(tx, workspace, &incident.id).await?;
    for person in users::list(&mut *tx, workspace).await? {
        let told = outbox::find_by_key(&mut *tx, workspace, &key_of(incident, &person, OPENED)).await?;
        let Some(sent) = told.filter(|told| told.delivered_at.is_some()) else { continue };
        let Ok(first) = serde_json::from_str::<Mail>(&sent.payload) else { continue };
        let mail = Mail {
            subject: format!("Fixed: {}", first.subject),
            text: format!(
                "No action is needed any more: this was fixed at {now}.\nMissing days are filled in by themselves.\n"
            ),
            is_reply: true,
            ..first
        };
        add_mail(engine, tx, incident, &key_of(incident, &person, "fixed"), &mail, now).await?;
    }
    Ok(())
}

const OPENED: &str = "opened";

fn key_of(incident: &Incident, person: &User, what: &str) -> String {
    format!("{}:{}:{what}", incident.id, person.id)
}

/// Whom an incident affects.
struct Affected {
    connections: Vec<Connection>,
    /// Of all clients of the workspace, read at once, since there may be thousands.
    client_names: BTreeMap<ClientId, String>,
}

async fn affected(tx: &mut Tx, incident: &Incident) -> Result<Affected, StoreError> {
    let clients = clients::list(&mut *tx, &incident.workspace_id).await?;
    let client_names = clients.into_iter().map(|client| (client.id, client.name)).collect();
    let mut connections = match &incident.authorization_id {
        Some(id) => connections::list_of_authorization(&mut *tx, &incident.workspace_id, id).await?,
        None => Vec::new(),
    };
    connections.retain(|connection| match incident.scope {
        Scope::Connection => incident.connection_id.as_ref() == Some(&connection.id),
        Scope::Authorization | Scope::App => true,
    });
    Ok(Affected { connections, client_names })
}

async fn active_users(tx: &mut Tx, workspace: &WorkspaceId) -> Result<Vec<User>, StoreError> {
    let all = users::list(&mut *tx, workspace).await?;
    Ok(all.into_iter().filter(|user| user.deactivated_at.is_none()).collect())
}

/// The person who connected it, and the owners; the same person is one person.
fn gets_mail(person: &User, authorization: &Authorization) -> bool {
    person.role == Role::Owner
        || authorization.authorized_by.as_ref() == Some(&person.id)
        || authorization.created_by.as_ref() == Some(&person.id)
}

async fn opened_mail(
    engine: &Engine,
    tx: &mut Tx,
    incident: &Incident,
    authorization: &Authorization,
    affected: &Affected,
    person: &User,
) -> Result<Mail, StoreError> {
    let visible = users::visible_clients(&mut *tx, person).await?;
    let visible = affected.connections.iter().filter(|connection| visible.includes(&connection.client_id));
    let names: BTreeSet<&str> =
        visible.filter_map(|connection| affected.client_names.get(&connection.client_id)).map(String::as_str).collect();
    let provider = provider_name(engine, incident);
    let names: Vec<&str> = names.into_iter().collect();
    let count = names.len();
    let plural = if count == 1 { "" } else { "s" };
    let base = engine.settings().base_url.as_str().trim_end_matches('/');
    let link = affected
        .connections
        .first()
        .map_or_else(|| format!("{base}/data-sources"), |connection| format!("{base}/connections/{}", connection.id));
    let text = format!(
        "{message}\n\n\
         Affected: {names}\n\
         Signed in as: {login}\n\
         Reports keep the numbers they have. Missing days are filled in by themselves afterwards.\n\n\
         See what to do: {link}\n\n\
         Code: {code}, since {since}\n",
        message = incident.message,
        names = names.join(", "),
        login = authorization.label,
        code = incident.code,
        since = incident.opened_at,
    );
    Ok(Mail {
        to: person.email.clone(),
        subject: format!("{provider} needs reconnecting: {count} client{plural}"),
        text,
        thread: incident.id.to_string(),
        is_reply: false,
    })
}

fn provider_name(engine: &Engine, incident: &Incident) -> String {
    let plugin = engine.registry().get(&incident.plugin_id);
    plugin.map_or_else(|| incident.plugin_id.clone(), |plugin| plugin.descriptor().display_name.clone())
}

async fn add_mail(
    engine: &Engine,
    tx: &mut Tx,
    incident: &Incident,
    dedupe_key: &str,
    mail: &Mail,
    send_at: Timestamp,
) -> Result<(), StoreError> {
    if engine.settings().mail.is_none() {
        return Ok(());
    }
    let payload = serde_json::to_string(mail).unwrap_or_default();
    let message = NewMessage {
        workspace_id: &incident.workspace_id,
        kind: MAIL,
        dedupe_key,
        incident_id: Some(&incident.id),
        payload: &payload,
        created_at: engine.now(),
        first_attempt_at: send_at,
    };
    outbox::add(tx, &message).await.map(|_| ())
}

/// Mails wait a little, so that what heals by itself in the meantime is never told.
fn send_at(engine: &Engine, now: Timestamp) -> Timestamp {
    now.plus_ms(i64::try_from(engine.settings().mail_delay.as_millis()).unwrap_or(i64::MAX))
}
