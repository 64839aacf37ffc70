//! Delivers what waits in the outbox, at least once, with patience: days, not seconds.

use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use relink_core::schedule::next_retry;
use relink_core::time::Timestamp;
use relink_store::outbox::{self, Delivery, Message as Waiting};
use relink_store::{StoreError, Tx, incidents};
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::notify::{self, Mail};
use crate::settings::MailSettings;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

const TICK: Duration = Duration::from_secs(1);
/// How long a mail server may take over one mail.
const PATIENCE: Duration = Duration::from_secs(90);
/// Longer than that, so that no other process sends the same mail meanwhile.
const CLAIM_MS: i64 = 120_000;
const RETRY_FIRST_MS: i64 = 30_000;
const RETRY_MOST_MS: i64 = 3_600_000;
/// About four days of attempts.
const MAX_ATTEMPTS: i64 = 100;

pub(crate) async fn run(engine: Engine, shutdown: CancellationToken) {
    let Some(settings) = engine.settings().mail.clone() else { return };
    let transport = match transport(&settings) {
        Ok(transport) => transport,
        Err(error) => return tracing::error!(%error, "mail is off: mail.url is no SMTP URL"),
    };
    while !shutdown.is_cancelled() {
        match deliver_next(&engine, &transport, &settings).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the outbox could not be read"),
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

fn transport(settings: &MailSettings) -> Result<Transport, lettre::transport::smtp::Error> {
    Ok(Transport::from_url(settings.url.expose())?.timeout(Some(Duration::from_secs(30))).build())
}

/// Delivers what waits longest; false if nothing is due. Mails are claimed one at a time, so that none waits behind
/// others while what it tells of may end.
async fn deliver_next(engine: &Engine, transport: &Transport, settings: &MailSettings) -> Result<bool, StoreError> {
    let now = engine.now();
    let mut tx = engine.db().begin().await?;
    let claimed = outbox::claim(&mut tx, now, now.plus_ms(CLAIM_MS), 1).await?;
    tx.commit().await?;
    let Some(message) = claimed.first() else { return Ok(false) };
    let sent = tokio::time::timeout(PATIENCE, send(transport, settings, message)).await;
    let sent = sent.unwrap_or_else(|_| Err("the mail server took too long".to_owned()));
    settle(engine, message, sent).await?;
    Ok(true)
}

async fn send(transport: &Transport, settings: &MailSettings, message: &Waiting) -> Result<(), String> {
    let mail: Mail = serde_json::from_str(&message.payload).map_err(|error| error.to_string())?;
    let email = compose(&mail, &settings.from, message.id.as_str()).map_err(|error| error.to_string())?;
    transport.send(email).await.map(|_| ()).map_err(|error| error.to_string())
}

/// RFC 5322 with a stable Message-ID, so that a second delivery of the same mail is one mail.
fn compose(mail: &Mail, from: &str, id: &str) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    let from: lettre::message::Mailbox = from.parse()?;
    let domain = from.email.domain().to_owned();
    let thread = format!("<{}@{domain}>", mail.thread);
    let mut builder = Message::builder()
        .from(from)
        .to(mail.to.parse()?)
        .subject(&mail.subject)
        .message_id(Some(format!("<{id}@{domain}>")))
        .references(thread.clone())
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii("Auto-Submitted".to_owned())?,
            "auto-generated".to_owned(),
        ));
    if mail.is_reply {
        builder = builder.in_reply_to(thread);
    }
    Ok(builder.header(ContentType::TEXT_PLAIN).body(mail.text.clone())?)
}

async fn settle(engine: &Engine, message: &Waiting, sent: Result<(), String>) -> Result<(), StoreError> {
    let now = engine.now();
    let (workspace, id) = (&message.workspace_id, &message.id);
    let mut tx = engine.db().begin().await?;
    match sent {
        Ok(()) => {
            if outbox::delivered(&mut tx, workspace, id, now).await? == Some(Delivery::Late) {
                take_back(engine, &mut tx, message, now).await?;
            }
        }
        Err(problem) => {
            tracing::warn!(outbox.id = %id, attempts = message.attempts, problem, "a mail was not accepted");
            let attempt = u32::try_from(message.attempts).unwrap_or(u32::MAX);
            let retry = next_retry(id.as_str(), now, attempt, RETRY_FIRST_MS, RETRY_MOST_MS);
            let retry = (message.attempts < MAX_ATTEMPTS).then_some(retry);
            outbox::retry_at(&mut tx, workspace, id, retry, &problem).await?;
        }
    }
    tx.commit().await
}

/// What the mail told of ended while it was being handed over.
async fn take_back(engine: &Engine, tx: &mut Tx, message: &Waiting, now: Timestamp) -> Result<(), StoreError> {
    let Some(id) = &message.incident_id else { return Ok(()) };
    let Some(incident) = incidents::find(&mut *tx, &message.workspace_id, id).await? else { return Ok(()) };
    match incident.resolution {
        Some(how) => notify::follow_up(engine, tx, &incident, how, now).await,
        None => Ok(()),
    }
}
