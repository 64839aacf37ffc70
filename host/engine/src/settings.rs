//! What the operator decides about the engine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use relink_core::decide::Policy;
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use url::Url;

/// Tells the time. Passed in, so that a test can move it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The operator's secrets by plugin, auth method and name, such as a client id.
pub type AppSecrets = BTreeMap<String, BTreeMap<String, BTreeMap<String, Secret>>>;

#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach this host; the redirect URI begins with it.
    pub base_url: Url,
    /// Tells this process from others that share its database.
    pub node: String,
    /// The folder for tokens that were given while the database is away.
    pub rescue_journal: PathBuf,
    pub policy: Policy,
    /// How often due connections are looked for.
    pub tick: Duration,
    pub runs_at_once: usize,
    /// How long a run may hold its connection without a sign of life before another node may take it.
    pub claim: Duration,
    pub default_interval_ms: i64,
    /// How far back a new connection is filled.
    pub backfill_days: u32,
    pub app_secrets: AppSecrets,
    pub mail: Option<MailSettings>,
    /// How long a mail is held back, so that what heals by itself is never told.
    pub mail_delay: Duration,
}

#[derive(Clone, Debug)]
pub struct MailSettings {
    /// An SMTP URL such as `smtps://user:password@mail.example`.
    pub url: Secret,
    pub from: String,
}
