//! What an author wants of a provider: the arguments that `run` and `record` share.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use relink_core::plugin::{AuthMethod, Context, Dataset, Operation, Slice, SyncMode, Window};
use relink_core::time::{Day, Timestamp};
use relink_egress::{Credentials, Egress, EgressConfig, Routes};
use relink_fixtures::Recording;
use relink_runtime::{Plugin, Proof};

use super::conversation::Conversation;
use super::target::{Named, Target};
use super::warnings::Warnings;
use super::{secrets, settings};
use crate::config::Config;

/// Days that are fetched unless somebody says which: enough to see that it works.
const USUAL_DAYS: i64 = 7;

#[derive(Args)]
#[command(group(clap::ArgGroup::new("asked").required(true).args(["operation", "dataset"])))]
pub(super) struct Asked {
    #[command(flatten)]
    named: Named,
    /// What to ask before there is an account
    #[arg(long)]
    operation: Option<ShortOperation>,
    /// The dataset to fetch
    #[arg(long, requires = "account")]
    dataset: Option<String>,
    /// The account to fetch it for, as `--operation accounts` lists them
    #[arg(long)]
    account: Option<String>,
    /// The first day; without it, a week before the last one
    #[arg(long, value_name = "DAY")]
    since: Option<Day>,
    /// The last day; without it, today
    #[arg(long, value_name = "DAY")]
    until: Option<Day>,
    /// The auth method; without it the plugin's first
    #[arg(long, value_name = "ID")]
    method: Option<String>,
    /// A setting of the connection that is no secret, as in `region=eu`
    #[arg(long = "setting", value_name = "NAME=VALUE", value_parser = parse_pair)]
    settings: Vec<(String, String)>,
    /// A file of secrets, one a line as in `access_token = "…"`; or set PLUGIN_SECRET_ACCESS_TOKEN
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Reach a host elsewhere, as in `*=http://127.0.0.1:9100/{host}`
    #[arg(long = "route", value_name = "HOST=URL", value_parser = parse_route)]
    routes: Vec<(String, String)>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ShortOperation {
    /// Does the login work?
    Probe,
    /// Whose login is it?
    Identify,
    /// What can it see?
    Accounts,
}

/// Everything that a conversation needs, put together and checked.
pub(super) struct Prepared {
    pub(super) target: Target,
    pub(super) plugin: Arc<Plugin>,
    pub(super) method: AuthMethod,
    pub(super) credentials: Credentials,
    pub(super) egress: Egress,
    pub(super) routes: Routes,
    pub(super) operation: Operation,
    pub(super) context: Context,
}

impl Asked {
    /// Loads the plugin and reads the secrets; nothing is sent.
    pub(super) fn prepare(&self, config: &Config, now: Timestamp, seed: Vec<u8>) -> Result<Prepared> {
        let (target, plugin) = self.named.load(config, Proof::Spared)?;
        let method = self.find_method(&plugin)?.clone();
        let operation = self.operation(&plugin, now.day())?;
        let credentials = secrets::read(&plugin.descriptor().auth, &method, self.secrets.as_deref(), |name| {
            std::env::var(name).ok()
        })?;
        let routes = config.egress.routes.clone().into_iter().chain(self.routes.clone());
        let routes = Routes::new(routes.collect::<BTreeMap<_, _>>())?;
        let egress = Egress::new(EgressConfig { routes: routes.clone(), ..EgressConfig::default() })?;
        let settings = settings::read(plugin.descriptor(), &self.settings)?;
        let context = Context {
            now,
            seed,
            config: settings.to_string(),
            auth_method: method.id.clone(),
            account: self.account.clone(),
        };
        Ok(Prepared { target, plugin, method, credentials, egress, routes, operation, context })
    }

    fn find_method<'a>(&self, plugin: &'a Plugin) -> Result<&'a AuthMethod> {
        let methods = &plugin.descriptor().auth;
        let Some(id) = &self.method else {
            return methods.first().context("the plugin has no auth method");
        };
        plugin.descriptor().auth_method(id).ok_or_else(|| {
            let known: Vec<&str> = methods.iter().map(|method| method.id.as_str()).collect();
            anyhow!("plugin {} has no auth method {id:?}; there are: {}", plugin.id(), known.join(", "))
        })
    }

    fn operation(&self, plugin: &Plugin, today: Day) -> Result<Operation> {
        let Some(name) = &self.dataset else {
            return Ok(match self.operation {
                Some(ShortOperation::Identify) => Operation::Identify,
                Some(ShortOperation::Accounts) => Operation::Accounts,
                Some(ShortOperation::Probe) | None => Operation::Probe,
            });
        };
        let Some(dataset) = plugin.descriptor().dataset(name) else {
            let known: Vec<&str> = plugin.descriptor().datasets.iter().map(|dataset| dataset.name.as_str()).collect();
            bail!("plugin {} has no dataset {name:?}; there are: {}", plugin.id(), known.join(", "));
        };
        Ok(Operation::Sync(Slice { dataset: name.clone(), window: self.window(dataset, today)? }))
    }

    fn window(&self, dataset: &Dataset, today: Day) -> Result<Option<Window>> {
        let SyncMode::Daily(daily) = &dataset.mode else {
            if self.since.is_some() || self.until.is_some() {
                bail!("dataset {:?} is read whole: leave out --since and --until", dataset.name);
            }
            return Ok(None);
        };
        let longest = daily.max_window_days.map_or(i64::MAX, i64::from);
        let until = self.until.unwrap_or(today);
        let since = self.since.unwrap_or_else(|| until.plus_days(1 - USUAL_DAYS.min(longest)));
        let days = until.days_since(since) + 1;
        if days < 1 {
            bail!("--since {since} is after --until {until}");
        }
        if days > longest {
            bail!("dataset {:?} comes in at most {longest} days at a time, not {days}: choose fewer", dataset.name);
        }
        Ok(Some(Window { since, until }))
    }
}

impl Prepared {
    pub(super) fn converse(&self) -> Conversation<'_> {
        Conversation {
            plugin: &self.plugin,
            method: &self.method,
            credentials: &self.credentials,
            egress: &self.egress,
            routes: &self.routes,
            context: self.context.clone(),
            recording: Recording::default(),
            warnings: self.warnings(),
            requests: 0,
            answer: None,
        }
    }

    /// What looks for nothing finds nothing, and is not doubted.
    fn warnings(&self) -> Option<Warnings> {
        match &self.operation {
            Operation::Sync(slice) => Some(Warnings::about(self.plugin.descriptor().dataset(&slice.dataset))),
            Operation::Accounts => Some(Warnings::about(None)),
            Operation::Probe | Operation::Identify => None,
        }
    }
}

fn parse_route(text: &str) -> Result<(String, String), String> {
    let (host, url) = text.split_once('=').ok_or("write it as HOST=URL, as in `*=http://127.0.0.1:9100/{host}`")?;
    Ok((host.to_owned(), url.to_owned()))
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
