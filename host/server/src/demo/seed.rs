//! Fills an empty demo: people, sign-ins with tokens of the simulator, and the connections that the
//! plugins find with them. What an interrupted start left out is made up for by the next one.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use relink_core::id::{AuthorizationId, ClientId};
use relink_core::plugin::{Account, AuthMethod};
use relink_core::secret::Secret;
use relink_engine::{Person, Wanted};
use relink_store::authorizations::{self, FIRST_GENERATION, NewAuthorization, Tokens, sealed_place};
use relink_store::clients::{self, Client};
use relink_store::seal::Sealer;
use relink_store::{connections, users, workspaces};

use crate::app::App;
use crate::config::Config;
use crate::demo::people;
use crate::demo::simulator::Simulator;
use crate::pages::demo::is_empty;
use crate::pages::lookup::kind_of;
use crate::sealing_key::{self, Database};
use crate::ui::views::repair::SignInKind;

const DAY_MS: i64 = 86_400_000;
const ANA: &str = "ana@northside.example";
const TOM: &str = "tom@northside.example";

/// A login at a provider, and which kind of its accounts is connected; none means all.
struct Login {
    provider: &'static str,
    email: &'static str,
    kind: Option<&'static str>,
}

/// The plugins with a login, by the simulator's name of the provider; and those with a key per client.
/// Google has two, so that one stays healthy when the other breaks.
const LOGINS: [Login; 5] = [
    Login { provider: "google", email: ANA, kind: Some("google-ads") },
    Login { provider: "google", email: TOM, kind: Some("google-analytics") },
    Login { provider: "meta", email: ANA, kind: None },
    Login { provider: "linkedin", email: ANA, kind: None },
    Login { provider: "x", email: ANA, kind: None },
];
/// Those that say by themselves when access ends.
const TELLING: [&str; 3] = ["google", "meta", "x"];
const KEYS: [(&str, &[&str]); 2] = [("ahrefs", &["acme", "bluebird"]), ("copper", &["cobalt"])];

pub(super) async fn seed(app: &App, config: &Config, simulator: &Simulator) -> Result<()> {
    let engine = app.engine();
    if is_empty(app).await? {
        let mut tx = engine.db().begin().await?;
        people::add(&mut tx, engine.now()).await?;
        tx.commit().await?;
    }
    let seed = Seed { app, person: ana(app).await?, clients: clients_of(app).await?, simulator };
    let sealer = sealing_key::sealer(config, Database::InUse)?;
    for login in &LOGINS {
        report(login.provider, seed.login(login, &sealer).await);
    }
    for provider in TELLING {
        let address = engine.webhook_address(&seed.person.workspace_id, provider);
        report(provider, simulator.set_webhook(provider, &address).await);
    }
    for (provider, names) in KEYS {
        for name in names {
            report(provider, seed.key(provider, name).await);
        }
    }
    Ok(())
}

/// Ana connected everything, so the mails and the words name her.
async fn ana(app: &App) -> Result<Person> {
    let user = users::find_by_email(app.engine().db(), ANA).await?.context("Ana is not there")?;
    let visible = users::visible_clients(app.engine().db(), &user).await?;
    Ok(Person { workspace_id: user.workspace_id, user_id: user.id, role: user.role, visible })
}

async fn clients_of(app: &App) -> Result<Vec<Client>> {
    let workspace = workspaces::list(app.engine().db()).await?.pop().context("there is no workspace")?;
    Ok(clients::list(app.engine().db(), &workspace.id).await?)
}

/// A provider whose plugin is missing or faulty must not keep the others from being shown.
fn report(provider: &str, result: Result<()>) {
    if let Err(error) = result {
        tracing::warn!(plugin.name = provider, "the demo goes on without this provider: {error:#}");
    }
}

struct Seed<'a> {
    app: &'a App,
    person: Person,
    clients: Vec<Client>,
    simulator: &'a Simulator,
}

impl Seed<'_> {
    async fn login(&self, login: &Login, sealer: &Sealer) -> Result<()> {
        let Some(method) = self.method(login.provider, SignInKind::OAuth) else { return Ok(()) };
        let db = self.app.engine().db();
        let existing = authorizations::list(db, &self.person.workspace_id, Some(login.provider)).await?;
        let id = match existing.into_iter().find(|authorization| authorization.label == login.email) {
            Some(authorization) => authorization.id,
            None => self.add_login(login, &method, sealer).await?,
        };
        self.connect_accounts(&id, None, login.kind).await
    }

    fn method(&self, plugin_id: &str, kind: SignInKind) -> Option<AuthMethod> {
        let plugin = self.app.engine().registry().get(plugin_id)?;
        plugin.descriptor().auth.iter().find(|method| kind_of(method) == kind).cloned()
    }

    async fn add_login(&self, login: &Login, method: &AuthMethod, sealer: &Sealer) -> Result<AuthorizationId> {
        let granted = self.simulator.tokens(login.provider, login.email).await?;
        let engine = self.app.engine();
        let (workspace, now, id) = (&self.person.workspace_id, engine.now(), AuthorizationId::new());
        let mut secrets = BTreeMap::from([("access_token", granted.access_token.as_str())]);
        if let Some(refresh_token) = &granted.refresh_token {
            secrets.insert("refresh_token", refresh_token);
        }
        let plain = Secret::new(serde_json::to_string(&secrets)?);
        let reauthorize_days = method.oauth2().and_then(|oauth2| oauth2.reauthorize_days);
        let lifetime_s = i64::try_from(granted.expires_in_s).unwrap_or(i64::MAX);
        let new = NewAuthorization {
            workspace_id: workspace.clone(),
            id: id.clone(),
            plugin_id: login.provider.to_owned(),
            auth_method: method.id.clone(),
            subject: Some(granted.subject),
            label: login.email.to_owned(),
            config: "{}".to_owned(),
            granted_scopes: granted.scopes,
            created_at: now,
            created_by: Some(self.person.user_id.clone()),
            tokens: Tokens {
                sealed: sealer.seal(&sealed_place(workspace, &id, FIRST_GENERATION), &plain)?,
                token_issued_at: Some(now),
                access_expires_at: Some(now.plus_seconds(lifetime_s)),
                reauthorize_at: reauthorize_days.map(|days| now.plus_ms(i64::from(days) * DAY_MS)),
                has_refresh_token: granted.refresh_token.is_some(),
            },
        };
        let mut tx = engine.db().begin().await?;
        authorizations::create(&mut tx, &new).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A key is tried with the provider as if a person had typed it.
    async fn key(&self, provider: &str, name: &str) -> Result<()> {
        let Some(method) = self.method(provider, SignInKind::Key) else { return Ok(()) };
        let client = self.client_like(name).context("there is no such client")?;
        if self.has_key(provider, &client).await? {
            return Ok(());
        }
        let key = self.simulator.key(provider, name).await?;
        let value = |slot: &relink_core::plugin::SecretSlot| match &key.email {
            Some(email) if slot.name.contains("email") || slot.name.contains("user") => email.clone(),
            _ => key.secret.clone(),
        };
        let typed = method.user_secrets.iter().map(|slot| (slot.name.clone(), Secret::new(value(slot)))).collect();
        let engine = self.app.engine();
        let wanted =
            Wanted { plugin_id: provider, auth_method: &method.id, client: &client, settings: BTreeMap::new() };
        let id = engine.connect_with_secrets(&self.person, &wanted, typed).await?;
        self.connect_accounts(&id, Some(&client), None).await
    }

    async fn has_key(&self, provider: &str, client: &ClientId) -> Result<bool> {
        let db = self.app.engine().db();
        for authorization in authorizations::list(db, &self.person.workspace_id, Some(provider)).await? {
            let dependents = connections::list_of_authorization(db, &self.person.workspace_id, &authorization.id);
            if dependents.await?.iter().any(|connection| connection.client_id == *client) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Connects every account that the sign-in sees, unless it is connected already.
    async fn connect_accounts(
        &self,
        id: &AuthorizationId,
        client: Option<&ClientId>,
        kind: Option<&str>,
    ) -> Result<()> {
        let engine = self.app.engine();
        if !connections::list_of_authorization(engine.db(), &self.person.workspace_id, id).await?.is_empty() {
            return Ok(());
        }
        let mut places: BTreeMap<Option<String>, usize> = BTreeMap::new();
        let is_wanted = |account: &Account| kind.is_none() || account.kind.as_deref() == kind;
        for account in engine.accounts(&self.person, id).await?.into_iter().filter(is_wanted) {
            let place = places.entry(account.kind.clone()).or_default();
            let found = client.cloned().or_else(|| self.client_of(&account, *place));
            *place += 1;
            if let Some(client) = found {
                engine.add_connection(&self.person, id, &client, account).await?;
            }
        }
        Ok(())
    }

    /// The client whose name the account bears; otherwise accounts are dealt out in turn.
    fn client_of(&self, account: &Account, place: usize) -> Option<ClientId> {
        let words = account.label.split_whitespace().find_map(|word| self.client_like(word));
        words.or_else(|| self.clients.get(place % self.clients.len().max(1)).map(|client| client.id.clone()))
    }

    fn client_like(&self, word: &str) -> Option<ClientId> {
        let word = word.to_lowercase();
        let found = self.clients.iter().find(|client| client.name.to_lowercase().split(' ').any(|part| part == word));
        found.map(|client| client.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_belongs_to_a_client_of_the_demo() {
        let names: Vec<String> = people::CLIENTS.iter().map(|name| name.to_lowercase()).collect();
        for (_, keys) in KEYS {
            for key in keys {
                assert!(names.iter().any(|name| name.starts_with(key)), "{key}");
            }
        }
    }
}
