//! The running simulator and its Rust interface: for tests that break something and then look.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{Router, routing::get};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    task::spawn_blocking,
};

use crate::{
    clock, control, courier,
    dispatch::{self, Shared},
    fault::Fault,
    ledger::{Key, Ledger, StateFile, Tokens},
    listener::{BreakableListener, Switch},
    news::{self, Letter, News, Webhook},
    oauth,
    provider::Provider,
    traffic::{Counts, Entry},
    trouble::{Subject, Trouble},
};

/// How a simulator is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Where tokens and troubles are kept over restarts; nowhere if none.
    pub state_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { bind: SocketAddr::from(([127, 0, 0, 1], 0)), state_file: None }
    }
}

/// A simulator that runs until it is dropped.
///
/// It has a runtime of its own, so that stopping it closes every connection at once, as when a
/// provider goes away, and so that a test's blocked runtime never looks like a slow provider.
pub struct Simulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl Simulator {
    /// The client id for which [`Simulator::issue_tokens`] issues.
    pub const CLIENT_ID: &str = "relink-demo";

    /// Starts without a state file.
    pub async fn start(bind: SocketAddr) -> io::Result<Self> {
        Self::start_with(Options { bind, ..Options::default() }).await
    }

    /// Starts; the port is open when this returns.
    pub async fn start_with(options: Options) -> io::Result<Self> {
        let file = options.state_file.map(StateFile::new);
        let ledger = match &file {
            Some(file) => file.load()?,
            None => Ledger::new(),
        };
        let shared = Arc::new(Shared::new(ledger, file));
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("simulator").enable_all().build()?;
        let router = router(Arc::clone(&shared));
        let opened = runtime.spawn(async move { TcpListener::bind(options.bind).await });
        let listener = opened.await.map_err(io::Error::other)??;
        let address = listener.local_addr()?;
        runtime.spawn(async move {
            let service = router.into_make_service_with_connect_info::<Switch>();
            axum::serve(BreakableListener(listener), service).await
        });
        Ok(Self { address, shared, runtime: Some(runtime) })
    }

    /// As dropping it, but returns only when the port is free again.
    pub async fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A runtime may not be waited for on an async thread. The wait only fails if the
            // caller's own runtime is going down, and then nobody is left to care.
            let _ = spawn_blocking(move || drop(runtime)).await;
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The template that routes each provider's host to this simulator.
    pub fn route_template(&self) -> String {
        format!("http://{}/{{host}}", self.address)
    }

    /// Lets a fault happen; see [`Subject::parse`] for what `subject` may be.
    ///
    /// # Panics
    /// If there is no such subject or the fault does not exist there: a test's typing error.
    #[track_caller]
    pub fn fault(&self, provider: Provider, subject: &str, fault: Fault) {
        self.place(Trouble::new(provider, subject, fault));
    }

    /// Lets a trouble with all its details happen.
    ///
    /// # Panics
    /// As [`Simulator::fault`].
    #[track_caller]
    pub fn place(&self, trouble: Trouble) {
        if let Some(refusal) = trouble.refusal() {
            panic!("{refusal}");
        }
        let letters = self.shared.with_ledger(|ledger| ledger.place_and_tell(trouble, clock::now()));
        self.send(letters);
    }

    /// Ends the troubles of a subject. Dead tokens and deleted keys stay dead.
    pub fn heal(&self, provider: Provider, subject: &str) {
        let subject = Subject::parse(provider, subject);
        let letters = self.shared.with_ledger(|ledger| ledger.heal_and_tell(provider, &subject, clock::now()));
        self.send(letters);
    }

    /// Enters where an app wants to be told what happens to people.
    pub fn set_webhook(&self, provider: Provider, webhook: Webhook) {
        self.shared.with_ledger(|ledger| ledger.set_webhook(provider, Some(webhook)));
    }

    /// A letter as the provider would send it now, without sending it.
    ///
    /// # Panics
    /// If there is no webhook, or the provider writes no such letters.
    #[track_caller]
    pub fn letter(&self, provider: Provider, login: &str, news: News) -> Letter {
        let webhook = self.shared.with_ledger(|ledger| ledger.webhook(provider).cloned());
        webhook
            .and_then(|webhook| news::letter(provider, &webhook, login, news, clock::now()))
            .unwrap_or_else(|| panic!("{provider} writes no letter of {news:?}"))
    }

    /// How X tests a webhook with a token of its choice: the address, and the answer that it wants.
    ///
    /// # Panics
    /// If there is no webhook.
    #[track_caller]
    pub fn challenge(&self, token: &str) -> (String, Value) {
        let webhook = self.shared.with_ledger(|ledger| ledger.webhook(Provider::X).cloned());
        news::challenge(&webhook.expect("X knows a webhook"), token)
    }

    fn send(&self, letters: Vec<Letter>) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(courier::deliver(letters));
        }
    }

    /// Ends every trouble.
    pub fn heal_all(&self) {
        self.shared.with_ledger(Ledger::heal_all);
    }

    /// Back to the first day: no grants, no troubles, no log.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Tokens for a login as if it had just allowed everything.
    pub fn issue_tokens(&self, provider: Provider, login: &str) -> Tokens {
        self.issue_tokens_to(provider, login, Self::CLIENT_ID, oauth::usual_scopes(provider))
    }

    /// Tokens for a login, with the client and the scopes of choice.
    pub fn issue_tokens_to(&self, provider: Provider, login: &str, client_id: &str, scopes: &[&str]) -> Tokens {
        self.shared
            .with_ledger(|ledger| oauth::issue_as_if_allowed(ledger, provider, login, client_id, scopes, clock::now()))
    }

    /// The newest key of a client.
    ///
    /// # Panics
    /// If there is no such client.
    #[track_caller]
    pub fn key(&self, provider: Provider, name: &str) -> Key {
        self.shared
            .with_ledger(|ledger| ledger.newest_key(provider, name).cloned())
            .unwrap_or_else(|| panic!("{provider} has no key {name:?}"))
    }

    /// Makes a new key for a client, beside those that it has.
    ///
    /// # Panics
    /// If there is no such client.
    #[track_caller]
    pub fn create_key(&self, provider: Provider, name: &str) -> Key {
        self.shared
            .with_ledger(|ledger| ledger.create_key(provider, name))
            .unwrap_or_else(|| panic!("{provider} has no key {name:?}"))
    }

    /// Lifetime of access tokens that are issued from now on; none = as documented.
    pub fn set_access_lifetime(&self, provider: Provider, seconds: Option<u64>) {
        self.shared.with_ledger(|ledger| ledger.set_access_lifetime(provider, seconds));
    }

    /// Requests whose `host/path` starts with `prefix`.
    pub fn count(&self, prefix: &str) -> u64 {
        self.shared.traffic().count(prefix)
    }

    /// Requests to one provider by kind.
    pub fn counts(&self, provider: Provider) -> Counts {
        self.shared.traffic().counts(provider)
    }

    /// API requests of one login or key, or about one account.
    pub fn count_for(&self, provider: Provider, subject: &str) -> u64 {
        self.shared.traffic().count_for(provider, subject)
    }

    /// The latest requests, oldest first.
    pub fn log(&self) -> Vec<Entry> {
        self.shared.traffic().recent().cloned().collect()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(control::page::index))
        .nest("/_sim", control::routes())
        .fallback(dispatch::serve)
        .with_state(shared)
}
