//! Who is told what. Everything here is written inside the transaction of the incident; mails leave
//! later through the outbox, so that what heals by itself in the meantime is never told.

use std::collections::{BTreeMap, BTreeSet};

use relink_core::id::{ClientId, UserId, WorkspaceId};
use relink_core::time::Timestamp;
use relink_store::authorizations::Authorization;
use relink_store::connections::{self, Connection};
use relink_store::incidents::{Incident, Resolution, Scope};
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

/// Tells the people who can fix it: for each incident a notice for everybody who sees its clients, for all of them
/// together one mail for whoever connected it and for the owners.
///
/// The incidents are of one authorization and have one cause: a login may lose hundreds of accounts at once.
pub(crate) async fn tell_people(
    engine: &Engine,
    tx: &mut Tx,
    incidents: &[Incident],
    authorization: &Authorization,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(first) = incidents.first() else { return Ok(()) };
    let workspace = &authorization.workspace_id;
    let affected = affected(tx, incidents, authorization).await?;
    for person in active_users(tx, workspace).await? {
        let visible = users::visible_clients(&mut *tx, &person).await?;
        let is_shown = |connection: &&Connection| visible.includes(&connection.client_id);
        if person.role != Role::Viewer {
            for incident in incidents.iter().filter(|incident| affected.by(incident).any(|found| is_shown(&found))) {
                notices::create_for_users(tx, workspace, &incident.id, std::slice::from_ref(&person.id), now).await?;
            }
        }
        if gets_mail(&person, authorization) {
            let shown: Vec<&Connection> = affected.connections.iter().filter(is_shown).collect();
            let mail = opened_mail(engine, first, authorization, (&affected, &shown), &person);
            // A mail of several is not taken back when one of them ends.
            let is_single = incidents.len() == 1;
            let key = key_of(first, &person, if is_single { OPENED } else { "opened-with-others" });
            add_mail(engine, tx, (first, is_single), &key, &mail, send_at(engine, now)).await?;
        }
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
        add_mail(engine, tx, (incident, true), &key_of(incident, owner, OPENED), &mail, send_at(engine, now)).await?;
    }
    Ok(())
}

/// Takes back what was told: unsent mails are dropped, sent ones are followed by "no action needed".
pub(crate) async fn take_back(
    engine: &Engine,
    tx: &mut Tx,
    incident: &Incident,
    how: Resolution,
    now: Timestamp,
) -> Result<(), StoreError> {
    outbox::cancel_for_incident(tx, &incident.workspace_id, &incident.id).await?;
    follow_up(engine, tx, incident, how, now).await
}

/// Follows each mail that was sent of an incident by one that says how it ended, once.
pub(crate) async fn follow_up(
    engine: &Engine,
    tx: &mut Tx,
    incident: &Incident,
    how: Resolution,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (word, what) = match how {
        // The mail of the incident that took its place says more.
        Resolution::Superseded => return Ok(()),
        Resolution::Removed => ("Stopped", format!("the data source was stopped at {now}.\nIts data stays.\n")),
        Resolution::Reconnected | Resolution::Recovered | Resolution::KeyReplaced => {
            ("Fixed", format!("this was fixed at {now}.\nMissing days are filled in by themselves.\n"))
        }
    };
    let workspace = &incident.workspace_id;
    for person in users::list(&mut *tx, workspace).await? {
        let told = outbox::find_by_key(&mut *tx, workspace, &key_of(incident, &person, OPENED)).await?;
        let Some(sent) = told.filter(|told| told.delivered_at.is_some()) else { continue };
        let Ok(first) = serde_json::from_str::<Mail>(&sent.payload) else { continue };
        let mail = Mail {
            subject: format!("{word}: {}", first.subject),
            text: format!("No action is needed any more: {what}"),
            is_reply: true,
            ..first
        };
        add_mail(engine, tx, (incident, true), &key_of(incident, &person, "fixed"), &mail, now).await?;
    }
    Ok(())
}

const OPENED: &str = "opened";

fn key_of(incident: &Incident, person: &User, what: &str) -> String {
    format!("{}:{}:{what}", incident.id, person.id)
}

/// Whom incidents of one authorization affect.
struct Affected {
    connections: Vec<Connection>,
    /// Of all clients of the workspace, read at once, since there may be thousands.
    client_names: BTreeMap<ClientId, String>,
}

impl Affected {
    fn by<'a>(&'a self, incident: &'a Incident) -> impl Iterator<Item = &'a Connection> {
        self.connections.iter().filter(|connection| affects(incident, connection))
    }
}

fn affects(incident: &Incident, connection: &Connection) -> bool {
    match incident.scope {
        Scope::Connection => incident.connection_id.as_ref() == Some(&connection.id),
        Scope::Authorization | Scope::App => true,
    }
}

async fn affected(tx: &mut Tx, incidents: &[Incident], authorization: &Authorization) -> Result<Affected, StoreError> {
    let Authorization { workspace_id, id, .. } = authorization;
    let clients = clients::list(&mut *tx, workspace_id).await?;
    let client_names = clients.into_iter().map(|client| (client.id, client.name)).collect();
    let mut connections = connections::list_of_authorization(&mut *tx, workspace_id, id).await?;
    connections.retain(|connection| incidents.iter().any(|incident| affects(incident, connection)));
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

fn opened_mail(
    engine: &Engine,
    incident: &Incident,
    authorization: &Authorization,
    (affected, shown): (&Affected, &[&Connection]),
    person: &User,
) -> Mail {
    let names: BTreeSet<&str> = shown
        .iter()
        .filter_map(|connection| affected.client_names.get(&connection.client_id))
        .map(String::as_str)
        .collect();
    let provider = provider_name(engine, incident);
    let names: Vec<&str> = names.into_iter().collect();
    let count = names.len();
    let plural = if count == 1 { "" } else { "s" };
    let base = engine.settings().base_url.as_str().trim_end_matches('/');
    let link = affected
        .by(incident)
        .next()
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
    Mail {
        to: person.email.clone(),
        subject: format!("{provider} needs reconnecting: {count} client{plural}"),
        text,
        thread: incident.id.to_string(),
        is_reply: false,
    }
}

fn provider_name(engine: &Engine, incident: &Incident) -> String {
    let plugin = engine.registry().get(&incident.plugin_id);
    plugin.map_or_else(|| incident.plugin_id.clone(), |plugin| plugin.descriptor().display_name.clone())
}

async fn add_mail(
    engine: &Engine,
    tx: &mut Tx,
    (incident, ends_with_it): (&Incident, bool),
    dedupe_key: &str,
    mail: &Mail,
    send_at: Timestamp,
) -> Result<(), StoreError> {
    if engine.settings().mail.is_none() {
        return Ok(());
    }
    let payload = serde_json::to_string(mail).expect("texts are JSON");
    let message = NewMessage {
        workspace_id: &incident.workspace_id,
        kind: MAIL,
        dedupe_key,
        incident_id: ends_with_it.then_some(&incident.id),
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
