//! An agency with three clients, and the ways in which its people connect data sources.

use relink_server::config::Config;
use relink_simulator::{Key, Simulator};
use serde_json::{Value, json};

use crate::consent::Consent;
use crate::database::Database;
use crate::host::TestHost;
use crate::page::Page;
use crate::person::{PASSWORD, Person};
use crate::wait::eventually;

const CLIENTS: [&str; 3] = ["Acme Outdoor", "Bluebird Cafe", "Cobalt Systems"];

pub struct Agency {
    pub host: TestHost,
    pub owner: Person,
    /// Ids of Acme Outdoor, Bluebird Cafe and Cobalt Systems.
    pub clients: [String; 3],
}

/// An authorization with the connections that were made of it, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Connected {
    pub authorization_id: String,
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug)]
pub struct Source {
    pub id: String,
    pub client_id: String,
    pub account_id: String,
}

impl Connected {
    pub fn ids(&self) -> Vec<&str> {
        self.sources.iter().map(|source| source.id.as_str()).collect()
    }
}

impl Agency {
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, |_| {}).await
    }

    pub async fn start_with(database: Database, adjust: impl FnOnce(&mut Config)) -> Self {
        let host = TestHost::start_with(database, adjust).await;
        let owner = host.create_owner().await;
        let mut clients = Vec::new();
        for name in CLIENTS {
            clients.push(add_client(&owner, name).await);
        }
        let clients = clients.try_into().expect("as many ids as names");
        Self { host, owner, clients }
    }

    /// An agency whose sources are synced only when they are new, broken or asked for, so that a
    /// provider's allowance of requests lasts for the whole story.
    pub async fn start_unhurried(database: Database) -> Self {
        Self::start_with(database, |config| {
            let hour = relink_server::config::Span::seconds(3_600);
            config.scheduler.interval = hour;
            config.policy.heal_probe = hour;
        })
        .await
    }

    pub fn simulator(&self) -> &Simulator {
        &self.host.simulator
    }

    /// Adds a person who sees only `clients`, or all of them, and signs in as that person.
    pub async fn hire(&self, email: &str, role: &str, clients: Option<&[&String]>) -> Person {
        let wish = json!({ "email": email, "name": email, "role": role, "password": PASSWORD, "client_ids": clients });
        self.owner.post("/users", &wish).await;
        self.host.sign_in(email).await
    }

    /// Signs in at a provider and connects accounts, each for a client.
    pub async fn connect(&self, plugin: &str, login: &str, accounts: &[(&str, &String)]) -> Connected {
        connect(&self.owner, plugin, login, accounts).await
    }

    /// Types a key and connects the account that it opens.
    pub async fn connect_key(&self, plugin: &str, key: &Key, (account, client): (&str, &String)) -> Connected {
        connect_key(&self.owner, plugin, key, (account, client)).await
    }

    /// Ana's sign-in at Google with an ad account for each of the three clients, all of them filled.
    pub async fn connect_google(&self) -> Connected {
        let [acme, bluebird, cobalt] = &self.clients;
        let accounts = [("1234567890", acme), ("5550102233", bluebird), ("9876501234", cobalt)];
        let connected = self.connect("google", "ana@northside.example", &accounts).await;
        for source in &connected.sources {
            self.until_filled(&source.id).await;
        }
        connected
    }

    /// Waits until every day that can be had is there.
    #[track_caller]
    pub fn until_filled(&self, connection_id: &str) -> impl Future<Output = ()> {
        eventually("no day is missing", async move || {
            let connection = self.owner.connection(connection_id).await;
            let gaps = self.owner.list(&format!("/connections/{connection_id}/gaps")).await;
            let is_filled = gaps.iter().all(|gap| gap["recoverable"] == false);
            (is_filled && !connection["last_success_at"].is_null()).then_some(())
        })
    }

    #[track_caller]
    pub fn until_status(&self, connection_id: &str, status: &str) -> impl Future<Output = Value> {
        eventually(format!("{connection_id} is {status}"), async move || {
            let connection = self.owner.connection(connection_id).await;
            (connection["status"] == status).then_some(connection)
        })
    }

    /// Waits until the connection is broken; gives the incident.
    #[track_caller]
    pub fn until_broken(&self, connection_id: &str) -> impl Future<Output = Value> {
        let broken = self.until_status(connection_id, "needs-reconnect");
        async move {
            let connection = broken.await;
            let incident = connection["incident_id"].as_str().expect("what is broken has an incident").to_owned();
            self.owner.read(&format!("/incidents/{incident}")).await
        }
    }

    /// Waits until the connection has fetched data as many times again.
    pub async fn until_synced_again(&self, connection_id: &str, times: usize) {
        let before = self.fetches(connection_id).await;
        eventually(format!("{connection_id} fetches {times} times more"), async || {
            (self.fetches(connection_id).await >= before + times).then_some(())
        })
        .await;
    }

    /// How many runs have fetched everything.
    pub async fn fetches(&self, connection_id: &str) -> usize {
        let runs = self.owner.list(&format!("/connections/{connection_id}/runs")).await;
        runs.iter().filter(|run| run["outcome"] == "fetched").count()
    }
}

pub(crate) async fn add_client(person: &Person, name: &str) -> String {
    let client = person.post("/clients", &json!({ "name": name })).await;
    client["id"].as_str().expect("a client has an id").to_owned()
}

async fn connect(person: &Person, plugin: &str, login: &str, accounts: &[(&str, &String)]) -> Connected {
    let page = person.visit(&format!("/connect?plugin={plugin}")).await;
    let button = "form[action='/connect'] button[value=oauth]";
    let answer = person.press_and_consent(&page, button, &Consent::of(login)).await;
    choose_accounts(person, &answer, accounts).await
}

async fn connect_key(person: &Person, plugin: &str, key: &Key, account: (&str, &String)) -> Connected {
    let page = person.visit(&format!("/connect?plugin={plugin}&client={}", account.1)).await;
    let mut form = page.press("form[action='/connect'] button[value=api-key]").set("secret.api_key", &key.secret);
    if form.value("secret.email").is_some() {
        form = form.set("secret.email", &key.email);
    }
    let answer = person.submit(&form).await;
    choose_accounts(person, &answer, &[account]).await
}

/// Goes on from the answer to a sign-in, which leads to the accounts that it opens.
async fn choose_accounts(person: &Person, signed_in: &Page, accounts: &[(&str, &String)]) -> Connected {
    assert!(signed_in.is_redirect(), "{}: {}", signed_in.status, signed_in.text());
    let place = signed_in.location();
    let authorization_id =
        place.path_segments().and_then(|mut path| path.nth(1)).expect("the path names it").to_owned();
    for (account, client) in accounts {
        let page = person.browser.get(&place).await;
        assert!(page.has(&format!("input[name=account][value='{account}']")), "{account} is missing: {}", page.text());
        let form = page.form("form[action$='/accounts']").set("account", account).set("client_id", client);
        let chosen = person.submit(&form).await;
        assert!(chosen.is_redirect(), "{}: {}", chosen.status, chosen.text());
    }
    let all = person.list("/connections").await;
    let made = |(account, client): &(&str, &String)| {
        let text = |row: &Value, name: &str| row[name].as_str().map(str::to_owned).unwrap_or_default();
        let row = all.iter().find(|row| {
            row["authorization_id"] == *authorization_id
                && row["account_id"] == **account
                && row["client_id"] == **client
        });
        let row = row.unwrap_or_else(|| panic!("{account} was not connected: {all:?}"));
        Source { id: text(row, "id"), client_id: text(row, "client_id"), account_id: text(row, "account_id") }
    };
    Connected { sources: accounts.iter().map(made).collect(), authorization_id: authorization_id.clone() }
}

impl Person {
    /// As [`Agency::connect`], by somebody else.
    pub async fn connect(&self, plugin: &str, login: &str, accounts: &[(&str, &String)]) -> Connected {
        connect(self, plugin, login, accounts).await
    }

    /// As [`Agency::connect_key`], by somebody else or in another workspace.
    pub async fn connect_key(&self, plugin: &str, key: &Key, account: (&str, &String)) -> Connected {
        connect_key(self, plugin, key, account).await
    }

    pub async fn add_client(&self, name: &str) -> String {
        add_client(self, name).await
    }
}
