//! A whole server in this process, in a hurry, with simulated providers and a clock that can be moved.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use relink_core::id::WorkspaceId;
use relink_core::secret::Secret;
use relink_runtime::TrustMode;
use relink_server::app::{self, Running};
use relink_server::config::{Config, ConfigSecret, PluginTrust, PolicySettings, Scheduler, Sessions, Span};
use relink_simulator::{Options, Simulator};
use relink_store::one_time_links::{self, OneTimeLink, Purpose};
use relink_store::token::token_hash;
use relink_store::workspaces::{self, Workspace};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::clock::TestClock;
use crate::database::{Database, Outage, Place};
use crate::person::Person;
use crate::plugins;

/// What the operator has registered at every provider that is signed in to on its own pages.
pub(crate) const CLIENT_ID: &str = "relink-stories";
/// Also what X signs messages with.
pub(crate) const CLIENT_SECRET: &str = "canary-client-secret-4f7d1c";
const DEVELOPER_TOKEN: &str = "canary-developer-token-8a2e90";
const WITH_SIGN_IN: [&str; 4] = ["google", "meta", "linkedin", "x"];
const STATE_FILE: &str = "simulator.json";
const OWNER: &str = "olivia@northside.example";

pub struct TestHost {
    pub simulator: Simulator,
    pub clock: TestClock,
    config: Config,
    running: Option<Running>,
    /// Dropped after the server that uses it.
    place: Place,
    folder: TempDir,
    /// What the simulated providers remember.
    simulated: TempDir,
}

impl TestHost {
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// Starts with settings that differ from the usual ones of stories.
    pub async fn start_with(database: Database, adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        plugins::share_compiled_code(folder.path());
        let place = database.create(folder.path());
        let simulated = tempfile::tempdir().expect("there is room for temporary files");
        let options = Options { bind: loopback(), state_file: Some(simulated.path().join(STATE_FILE)) };
        let simulator = Simulator::start_with(options).await.expect("loopback has a free port");
        let mut config = config(&folder, &place, &simulator);
        adjust(&mut config);
        let mut host = Self { simulator, clock: TestClock::new(), config, running: None, place, folder, simulated };
        host.run().await;
        host
    }

    async fn run(&mut self) {
        let clock = self.clock.clone();
        let started = app::start(&self.config, Arc::new(move || clock.now())).await;
        self.running = Some(started.expect("the server starts"));
    }

    /// Stops the server in order and starts it again with the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.run().await;
    }

    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the server runs between start and stop")
    }

    pub fn base_url(&self) -> Url {
        self.running().base_url().clone()
    }

    pub fn url(&self, path: &str) -> Url {
        self.base_url().join(path).expect("a path of the server makes a URL")
    }

    /// Makes the owner's account with the link that the server offers while there is nobody.
    pub async fn create_owner(&self) -> Person {
        let link = app::welcome_link(self.running().app()).await.expect("the database answers");
        let link = link.expect("nobody can sign in yet");
        Person::create_owner(&self.base_url(), &link, OWNER).await
    }

    pub async fn sign_in(&self, email: &str) -> Person {
        Person::sign_in(&self.base_url(), email).await
    }

    /// Makes a second workspace and its owner. There is no surface that makes one, so the workspace
    /// and the link are put into the database; the rest goes the way of every owner.
    pub async fn create_other_owner(&self, email: &str) -> Person {
        const TOKEN: &str = "the-link-of-another-workspace";
        let now = self.clock.now();
        let workspace = Workspace { id: WorkspaceId::new(), name: "Harbour Agency".to_owned(), created_at: now };
        let link = OneTimeLink {
            token_hash: token_hash(TOKEN).to_vec(),
            workspace_id: workspace.id.clone(),
            purpose: Purpose::CreateOwner,
            created_at: now,
            expires_at: now.plus_seconds(600),
        };
        let db = self.running().engine().db();
        let mut tx = db.begin().await.expect("the database answers");
        workspaces::create(&mut tx, &workspace).await.expect("the workspace is new");
        one_time_links::create(&mut tx, &link).await.expect("the link is new");
        tx.commit().await.expect("the database answers");
        Person::create_owner(&self.base_url(), &self.url(&format!("/welcome/{TOKEN}")), email).await
    }

    /// Takes a doubted plugin at its word, as the command line does while the server runs.
    pub async fn trust_diagnoses_from_outside(&self, plugin: &str) -> bool {
        let db = self.place.open().await;
        let plugin = self.running().engine().registry().get(plugin).expect("the plugin is in service");
        let trusted = relink_engine::trust_diagnoses(&db, &plugin, self.clock.now()).await;
        db.close().await;
        trusted.expect("the database answers")
    }

    /// Every secret that a provider gave out or that the operator set.
    pub fn secrets(&self) -> Vec<String> {
        let file = std::fs::read(self.simulated.path().join(STATE_FILE)).expect("the simulator keeps its state");
        let state: Value = serde_json::from_slice(&file).expect("the state of the simulator is JSON");
        let named = |name: &str| state[name].as_object().expect("the simulator keeps a map").keys().cloned();
        let keys = state["keys"].as_array().expect("the simulator keeps its keys").iter();
        let keys = keys.filter_map(|key| key["secret"].as_str().map(str::to_owned));
        let of_app = [CLIENT_SECRET, DEVELOPER_TOKEN].map(str::to_owned);
        named("tokens").chain(named("codes")).chain(keys).chain(of_app).collect()
    }

    /// Makes the database unreachable.
    pub async fn lose_database(&self) -> Outage {
        self.place.take_away().await
    }

    /// How many answers of token endpoints wait on the disk for the database.
    pub fn rescued(&self) -> usize {
        std::fs::read_dir(self.config.rescue_journal()).map_or(0, Iterator::count)
    }

    /// Every byte in the data folder, but not the compiled plugins, which all tests share.
    pub fn stored_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).expect("the data folder is there");
        let files = files.map(|file| file.expect("the data folder can be read").path());
        let bytes = files.filter(|path| path.is_file()).map(|path| std::fs::read(path).expect("files can be read"));
        bytes.flatten().collect()
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

fn config(folder: &TempDir, place: &Place, simulator: &Simulator) -> Config {
    let mut config = Config {
        listen: loopback(),
        data_dir: folder.path().to_owned(),
        plugins_dir: Some(plugins::folder()),
        scheduler: Scheduler { tick: Span::ms(50), interval: Span::ms(400), backfill_days: 10, ..Scheduler::default() },
        policy: PolicySettings {
            confirm_after: Span::ms(200),
            doubtful_failures: 3,
            doubtful_span: Span::ms(600),
            retry_first: Span::ms(200),
            retry_most: Span::ms(400),
            heal_probe: Span::ms(500),
            wave_probe: Span::ms(300),
            ..PolicySettings::default()
        },
        plugin_trust: PluginTrust { mode: TrustMode::Development, ..PluginTrust::default() },
        // Stories last for months.
        sessions: Sessions { lifetime: Span::seconds(365 * 86_400) },
        plugins: WITH_SIGN_IN.map(|plugin| (plugin.to_owned(), app_secrets())).into(),
        ..Config::default()
    };
    config.database.url = Some(ConfigSecret(Secret::new(place.url.clone())));
    config.egress.routes = BTreeMap::from([("*".to_owned(), simulator.route_template())]);
    config
}

fn app_secrets() -> BTreeMap<String, BTreeMap<String, ConfigSecret>> {
    let secrets = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("consumer_secret", CLIENT_SECRET),
        ("developer_token", DEVELOPER_TOKEN),
    ];
    let secrets = secrets.map(|(name, value)| (name.to_owned(), ConfigSecret(Secret::new(value.to_owned()))));
    BTreeMap::from([("oauth".to_owned(), BTreeMap::from(secrets))])
}
