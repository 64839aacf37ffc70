//! An agency whose one Google login serves ten thousand data sources, and another login whose data
//! sources are synced all the time.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use relink_core::id::{AuthorizationId, ClientId, ConnectionId, WorkspaceId};
use relink_core::reason::{Actor, Blast, Certainty, Diagnosis, Reason, Remedy};
use relink_core::time::Timestamp;
use relink_server::config::{Config, Span};
use relink_simulator::world::{ANA, TOM};
use relink_store::clients::{self, Client};
use relink_store::connections::{self, Connection, NewConnection};
use relink_store::incidents::{self, NewIncident, Scope};
use relink_store::{Db, Options, Tx, authorizations};
use relink_stories::{Agency, Connected, Consent, Database};
use tokio::sync::Mutex;

use super::bare::Bare;

const MANY: usize = 10_000;
/// Ad accounts of the one login.
const ACCOUNTS: [&str; 3] = ["1234567890", "5550102233", "9876501234"];
/// So many connections, synced every second.
const BUSY: usize = 100;
const BUSY_INTERVAL_MS: i64 = 1_000;

const NODE: &str = "relink";
const YEAR_MS: i64 = 365 * 86_400_000;
const GLANCE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_mins(1);

const SYNCS: &str = "
    SELECT COUNT(*) FROM runs JOIN connections ON connections.workspace_id = runs.workspace_id
        AND connections.id = runs.connection_id
    WHERE connections.authorization_id = $1 AND runs.finished_at >= $2";

const SYNCED: &str = "
    SELECT COUNT(*) FROM (
        SELECT id FROM connections WHERE authorization_id = $1 AND last_success_at >= $2 LIMIT 1) AS synced";

const BROKEN: &str = "
    SELECT COUNT(*) FROM connections WHERE authorization_id = $1 AND incident_id IS NOT NULL AND consecutive_failures >= $2";

pub(super) struct Scene {
    agency: Agency,
    db: Db,
    bare: Mutex<Bare>,
    workspace: WorkspaceId,
    /// The login with many connections, and one of them.
    many: (AuthorizationId, String),
    /// One that has a single connection.
    one: String,
    busy: AuthorizationId,
}

/// A reconnect that is over.
pub(super) struct Healed {
    pub(super) took: Duration,
    began: Instant,
    began_at: Timestamp,
}

impl Scene {
    pub(super) async fn set(database: Database) -> Result<Self> {
        let mut url = String::new();
        let agency = Agency::start_with(database, |config: &mut Config| {
            config.scheduler.interval = Span::seconds(86_400);
            config.scheduler.backfill_days = 1;
            config.database_url().expose().clone_into(&mut url);
        })
        .await;
        let [acme, bluebird, cobalt] = agency.clients.clone();
        let many = agency.connect("google", ANA, &[(ACCOUNTS[0], &acme)]).await;
        let busy = agency.connect("google", TOM, &[(ACCOUNTS[0], &bluebird)]).await;
        let one = agency.connect("linkedin", ANA, &[("506001001", &cobalt)]).await;

        let db = Db::connect(&url, Options::default()).await?;
        let workspaces = relink_store::workspaces::list(&db).await?;
        let workspace = workspaces.into_iter().next().context("the agency has a workspace")?.id;
        let scene = Self {
            db,
            bare: Mutex::new(Bare::connect(&url).await?),
            workspace,
            many: (many.authorization_id.parse()?, first_of(&many)?),
            one: first_of(&one)?,
            busy: busy.authorization_id.parse()?,
            agency,
        };
        scene.fill(&first_of(&many)?, &ACCOUNTS, MANY - 1, None).await?;
        scene.fill(&first_of(&busy)?, &ACCOUNTS[..1], BUSY - 1, Some(BUSY_INTERVAL_MS)).await?;
        Ok(scene)
    }

    /// Gives the authorization of `model` so many connections more, of new clients.
    async fn fill(&self, model: &str, accounts: &[&str], count: usize, interval_ms: Option<i64>) -> Result<()> {
        let model = connections::find(&self.db, &self.workspace, &model.parse()?).await?;
        let model = model.context("the connection was just made")?;
        let now = self.agency.host.clock.now();
        let mut tx = self.db.begin().await?;
        let mut client = None;
        for number in 0..count {
            let account = accounts[number % accounts.len()];
            let id = match client.take().filter(|_| number % accounts.len() != 0) {
                Some(id) => id,
                None => self.add_client(&mut tx, &format!("{} {number}", model.authorization_id), now).await?,
            };
            let interval_ms = interval_ms.unwrap_or(model.interval_ms);
            connections::create(&mut tx, &like(&model, id.clone(), account, interval_ms)).await?;
            client = Some(id);
        }
        Ok(tx.commit().await?)
    }

    async fn add_client(&self, tx: &mut Tx, name: &str, now: Timestamp) -> Result<ClientId> {
        let id = ClientId::new();
        let client = Client { workspace_id: self.workspace.clone(), id, name: name.to_owned(), created_at: now };
        clients::create(tx, &client).await?;
        Ok(client.id)
    }

    /// Breaks all connections of the login, as a run that found its grant dead, and takes them away
    /// from runs under way, which would find it alive.
    pub(super) async fn break_many(&self) -> Result<()> {
        let now = self.agency.host.clock.now();
        let (workspace, id) = (&self.workspace, &self.many.0);
        let mut tx = self.db.begin().await?;
        let new = NewIncident {
            workspace_id: workspace,
            scope: Scope::Authorization,
            plugin_id: "google",
            authorization_id: Some(id),
            connection_id: None,
            diagnosis: &dead_grant(),
            provider_answer: None,
            opened_at: now,
        };
        let (incident, _) = incidents::open(&mut tx, &new).await?;
        authorizations::set_incident(&mut tx, workspace, id, Some(&incident.id)).await?;
        connections::break_by_authorization(&mut tx, workspace, id, &incident.id, Some(now.plus_ms(YEAR_MS))).await?;
        connections::release_claims(&mut tx, NODE).await?;
        tx.commit().await?;
        let broken = self.bare.lock().await.number(BROKEN, id, 0).await?;
        ensure!(broken == MANY as i64, "{broken} connections are broken");
        Ok(())
    }

    pub(super) async fn reconnect_many(&self) -> Healed {
        self.reconnect(&self.many.1).await
    }

    pub(super) async fn reconnect_one(&self) -> Healed {
        self.reconnect(&self.one).await
    }

    /// Presses the button, consents, and times how long the browser then waits for the server.
    async fn reconnect(&self, connection: &str) -> Healed {
        let owner = &self.agency.owner;
        let page = owner.visit(&format!("/connections/{connection}")).await;
        let to_provider = owner.submit(&page.press("main button[form=reconnect]")).await;
        let back = Consent::of(ANA).give(&owner.browser, &to_provider).await;
        let (began, began_at) = (Instant::now(), self.agency.host.clock.now());
        let answer = owner.browser.get(&back.location()).await;
        let took = began.elapsed();
        assert!(answer.is_redirect(), "{} {}", answer.status, answer.text());
        Healed { took, began, began_at }
    }

    /// Waits for the first data of a healed connection; gives the time since the person came back.
    pub(super) async fn first_data(&self, healed: &Healed) -> Result<Duration> {
        let mut bare = self.bare.lock().await;
        ensure!(bare.number(BROKEN, &self.many.0, 0).await? == 0, "not everything is healed");
        while bare.number(SYNCED, &self.many.0, healed.began_at.as_ms()).await? == 0 {
            ensure!(healed.began.elapsed() < PATIENCE, "no data comes");
            tokio::time::sleep(GLANCE).await;
        }
        Ok(healed.began.elapsed())
    }

    pub(super) async fn update_bare(&self) -> Result<Duration> {
        let (rows, took) = self.bare.lock().await.update(&self.workspace, &self.many.0).await?;
        ensure!(rows == MANY as u64, "{rows} rows");
        Ok(took)
    }

    /// How many syncs of the busy connections were finished since, and in how many seconds.
    pub(super) async fn syncs_per_second_since(&self, began_at: Timestamp) -> Result<f64> {
        let seconds = self.now().since_ms(began_at) as f64 / 1e3;
        let syncs = self.bare.lock().await.number(SYNCS, &self.busy, began_at.as_ms()).await?;
        Ok(syncs as f64 / seconds)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.agency.host.clock.now()
    }
}

fn first_of(connected: &Connected) -> Result<String> {
    Ok(connected.sources.first().context("one account was connected")?.id.clone())
}

fn like(model: &Connection, client_id: ClientId, account: &str, interval_ms: i64) -> NewConnection {
    NewConnection {
        workspace_id: model.workspace_id.clone(),
        id: ConnectionId::new(),
        client_id,
        authorization_id: model.authorization_id.clone(),
        plugin_id: model.plugin_id.clone(),
        account_id: account.to_owned(),
        account_label: model.account_label.clone(),
        account_kind: model.account_kind.clone(),
        config: model.config.clone(),
        interval_ms,
        backfill_from: model.backfill_from,
        connected_at: model.connected_at,
        connected_by: model.connected_by.clone(),
    }
}

fn dead_grant() -> Diagnosis {
    Diagnosis {
        reason: Reason::InvalidRefreshToken,
        code: "google.grant-revoked".to_owned(),
        cause: Some("revoked-by-user".to_owned()),
        certainty: Certainty::Certain,
        blast: Blast::Authorization,
        actor: Actor::ConnectingUser,
        remedy: Remedy::Reauthorize,
        retry_after_ms: None,
        message: "Access was withdrawn. Please reconnect.".to_owned(),
        help_url: None,
    }
}
