//! The handle that every handler gets, and how its parts are put together at the start.

use std::collections::BTreeMap;
use std::sync::Arc;

use relink_core::plugin::AuthMethod;
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_egress::Routes;
use relink_engine::{AppSecrets, Engine, MailSettings, Settings};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::app::node::Node;
use crate::auth::cookie::Cookies;
use crate::auth::limiter::Limiter;
use crate::auth::password::Passwords;
use crate::config::Config;
use crate::demo::people::DemoMode;
use crate::metrics::Metrics;
use crate::web::live::Listeners;

mod node;
mod open;
mod router;
mod start;

pub use open::OpenError;
pub(crate) use open::{open_database, prepare_data_dir};
pub(crate) use start::{Manner, start_in};
pub use start::{Running, StartError, start, welcome_link};

/// A cheap handle; all clones are the same server.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) base_url: Url,
    pub(crate) support_url: String,
    pub(crate) trusts_forwarded_for: bool,
    pub(crate) session_lifetime_ms: i64,
    pub(crate) routes: Routes,
    pub(crate) cookies: Cookies,
    pub(crate) passwords: Passwords,
    pub(crate) limiter: Limiter,
    pub(crate) listeners: Listeners,
    pub(crate) metrics: Metrics,
    /// Cancelled when the server ends, for answers that would go on for ever.
    pub(crate) shutdown: CancellationToken,
    /// Only in the demo.
    pub(crate) demo: Option<DemoMode>,
}

impl App {
    fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub fn base_url(&self) -> &Url {
        &self.0.base_url
    }

    pub(crate) fn support_url(&self) -> &str {
        &self.0.support_url
    }

    pub(crate) fn trusts_forwarded_for(&self) -> bool {
        self.0.trusts_forwarded_for
    }

    pub(crate) fn session_lifetime_ms(&self) -> i64 {
        self.0.session_lifetime_ms
    }

    pub(crate) fn cookies(&self) -> Cookies {
        self.0.cookies
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    pub(crate) fn listeners(&self) -> &Listeners {
        &self.0.listeners
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    pub(crate) fn demo(&self) -> Option<&DemoMode> {
        self.0.demo.as_ref()
    }

    /// Where "Reconnect" may lead a browser: the sign-in pages of the providers, as routed.
    pub(crate) fn form_targets(&self) -> Vec<String> {
        let plugins = self.engine().registry().plugins();
        let pages = plugins.iter().flat_map(|plugin| {
            let descriptor = plugin.descriptor();
            let methods = descriptor.auth.iter().filter_map(AuthMethod::oauth2);
            let pages = methods.filter_map(|oauth2| descriptor.addresses(&oauth2.authorize_url, "*").ok());
            pages.flatten().filter_map(|page| Url::parse(&page).ok()).collect::<Vec<_>>()
        });
        let mut targets: Vec<String> = pages
            .flat_map(|page| self.0.routes.rewrite_any(&page))
            .map(|page| page.origin().ascii_serialization())
            .collect();
        targets.sort();
        targets.dedup();
        targets
    }
}

/// The clock of the machine.
#[expect(clippy::disallowed_methods, reason = "the edge of the program: everything else gets the time from here")]
pub fn system_time() -> Timestamp {
    Timestamp::from_ms(jiff::Timestamp::now().as_millisecond())
}

/// What a plugin may require of this host.
pub(crate) fn features() -> Vec<String> {
    relink_egress::FEATURES.iter().map(|feature| (*feature).to_owned()).collect()
}

fn engine_settings(config: &Config, node: &Node, base_url: &Url) -> Settings {
    let scheduler = &config.scheduler;
    Settings {
        base_url: base_url.clone(),
        node: node.name().to_owned(),
        rescue_journal: config.rescue_journal(),
        policy: config.policy.to_policy(),
        tick: scheduler.tick.duration(),
        runs_at_once: scheduler.runs_at_once,
        claim: scheduler.claim.duration(),
        default_interval_ms: scheduler.interval.as_ms(),
        backfill_days: scheduler.backfill_days,
        app_secrets: app_secrets(config),
        mail: mail_settings(config),
        mail_delay: config.mail.delay.duration(),
    }
}

fn app_secrets(config: &Config) -> AppSecrets {
    let secrets = |named: &BTreeMap<String, crate::config::ConfigSecret>| -> BTreeMap<String, Secret> {
        named.iter().map(|(name, secret)| (name.clone(), secret.0.clone())).collect()
    };
    let methods = config.plugins.iter().map(|(plugin, methods)| {
        let methods = methods.iter().map(|(method, named)| (method.clone(), secrets(named))).collect();
        (plugin.clone(), methods)
    });
    methods.collect()
}

fn mail_settings(config: &Config) -> Option<MailSettings> {
    let url = config.mail.smtp_url.as_ref()?.0.clone();
    let from = config.mail.from.clone()?;
    Some(MailSettings { url, from })
}
