//! Starts a server in this process and stops it again: the program, the demo and the tests.

use std::net::SocketAddr;
use std::sync::Arc;

use relink_core::secret::Secret;
use relink_egress::{Egress, EgressConfig, Routes};
use relink_engine::{Clock, Engine, Parts};
use relink_runtime::{Compile, Limits, Registry, RegistryConfig};
use relink_store::{Db, StoreError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::app::node::Node;
use crate::app::open::{self, OpenError};
use crate::app::{App, Inner, engine_settings, features, router};
use crate::auth::cookie::Cookies;
use crate::auth::limiter::Limiter;
use crate::auth::password::{PasswordError, Passwords};
use crate::config::Config;
use crate::demo::people::{self, DemoMode};
use crate::metrics::Metrics;
use crate::web::http_server;
use crate::web::live::Listeners;

/// Why a server did not start, in a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("port {} of {} is taken by another program: stop that one, or choose another with RELINK_LISTEN or `listen`", .0.port(), .0.ip())]
    PortTaken(SocketAddr),
    #[error("{address} cannot be listened on")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Publishers(#[from] relink_runtime::BadKey),
    #[error(transparent)]
    Plugins(#[from] relink_runtime::OpenError),
    #[error(transparent)]
    Routes(#[from] relink_egress::RouteError),
    #[error(transparent)]
    Egress(#[from] relink_egress::BuildError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Passwords(#[from] PasswordError),
}

/// A server that runs until [`Running::stop`].
pub struct Running {
    app: App,
    address: SocketAddr,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    /// Nobody else has this name before everything has ended.
    _node: Node,
}

impl Running {
    pub fn app(&self) -> &App {
        &self.app
    }

    pub fn engine(&self) -> &Engine {
        self.app.engine()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn base_url(&self) -> &Url {
        self.app.base_url()
    }

    /// Ends at once what only waits, and lets what is in flight come to its end.
    pub async fn stop(self) {
        self.shutdown.cancel();
        for task in self.tasks {
            if let Err(error) = task.await
                && !error.is_cancelled()
            {
                tracing::error!(%error, "a task of the server failed");
            }
        }
        self.app.engine().stopped().await;
        self.app.engine().db().close().await;
    }
}

/// What is not for an operator to set.
pub(crate) struct Manner {
    pub(crate) compile: Compile,
    pub(crate) demo: Option<DemoMode>,
}

/// Starts the server that `config` describes within another program, with the clock of the machine or of a
/// test. Plugins are compiled in this process, since the other program cannot be asked to.
pub async fn start(config: &Config, clock: Clock) -> Result<Running, StartError> {
    start_in(config, clock, Manner { compile: Compile::Here, demo: None }).await
}

pub(crate) async fn start_in(config: &Config, clock: Clock, manner: Manner) -> Result<Running, StartError> {
    let Manner { compile, demo } = manner;
    let listener = listen(config.listen).await?;
    let address = listener.local_addr().map_err(|source| StartError::Listen { address: config.listen, source })?;
    // A test asks for any free port, so only now it is known which.
    let config = Config { listen: address, ..config.clone() };
    let base_url = config.base_url();

    let (db, sealer) = open::open_database(&config).await?;
    let registry = open_registry(&config, compile, &clock).await?;
    let config = if demo.is_some() { people::with_app_secrets(config, &registry) } else { config };
    let routes = Routes::new(config.egress.routes.clone())?;
    let egress = Egress::new(EgressConfig { routes: routes.clone(), ..EgressConfig::default() })?;
    let node = Node::take(&config.data_dir, &config.scheduler.node);
    let settings = engine_settings(&config, &node, &base_url);
    let engine = Engine::new(Parts { db, sealer, registry: Arc::clone(&registry), egress, clock, settings });

    let shutdown = CancellationToken::new();
    let app = App::new(Inner {
        engine: engine.clone(),
        support_url: support_url(&config),
        trusts_forwarded_for: config.trust_forwarded_for,
        session_lifetime_ms: config.sessions.lifetime.as_ms(),
        routes,
        cookies: Cookies::new(&base_url),
        passwords: Passwords::new()?,
        limiter: Limiter::default(),
        listeners: Listeners::default(),
        metrics: Metrics::default(),
        shutdown: shutdown.clone(),
        demo,
        base_url,
    });
    engine.start(&shutdown).await?;
    let server = http_server::serve(listener, router::router(app.clone()), shutdown.clone());
    let tasks = vec![tokio::spawn(server), tokio::spawn(watch_plugins(registry, shutdown.clone()))];
    Ok(Running { app, address, shutdown, tasks, _node: node })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortTaken(address),
        _ => StartError::Listen { address, source },
    })
}

/// Compiles the plugins, away from the threads that answer.
async fn open_registry(config: &Config, compile: Compile, clock: &Clock) -> Result<Arc<Registry>, StartError> {
    let config = RegistryConfig {
        folder: config.plugins_dir(),
        cache_dir: config.plugin_cache_dir(),
        compile,
        limits: Limits::default(),
        supported_features: features(),
        keeping: Some(config.plugin_keeping()?),
        clock: Arc::clone(clock),
    };
    let opened = tokio::task::spawn_blocking(|| Registry::open(config)).await;
    Ok(opened.expect("opening the registry does not panic")?)
}

async fn watch_plugins(registry: Arc<Registry>, shutdown: CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => registry.stop(),
        never = Arc::clone(&registry).watch() => match never {},
    }
}

fn support_url(config: &Config) -> String {
    config.support_url.as_ref().map_or_else(|| "/help/reasons/unknown".to_owned(), Url::to_string)
}

/// The link with which the first owner is made, if there is nobody yet.
pub async fn welcome_link(app: &App) -> Result<Option<Url>, StoreError> {
    let db: &Db = app.engine().db();
    let Some(token) = crate::pages::welcome::offer(db, app.engine().now()).await? else { return Ok(None) };
    let path = format!("welcome/{}", Secret::expose(&token));
    Ok(app.base_url().join(&path).ok())
}
