//! The plugin's step from an answer to rows: natively, and through the host's queue of calls.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use relink_core::plugin::{Context, Dataset, Event, Found, Operation, Response, Slice, StepOut, Window};
use relink_core::time::Timestamp;
use relink_plugin_google::Google;
use relink_runtime::{Calls, Plugin};
use relink_sdk::Provider;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::answer::{CUSTOMER, DAYS};

const DATASET: &str = "campaign_performance";
const AUTH_METHOD: &str = "oauth";

/// The plugin as a library, after it asked for the page.
pub(super) struct Native {
    context: relink_sdk::Context,
    state: Vec<u8>,
}

impl Native {
    pub(super) fn start() -> Result<Self> {
        let context = relink_sdk::Context {
            now: 0,
            seed: Vec::new(),
            config: "{}".to_owned(),
            auth_method: AUTH_METHOD.to_owned(),
            account: Some(CUSTOMER.to_owned()),
        };
        let window = relink_sdk::Window { since: "2026-05-01".to_owned(), until: format!("2026-05-{DAYS}") };
        let slice = relink_sdk::Slice { dataset: DATASET.to_owned(), window: Some(window) };
        let asked = Google::step(&context, &[], relink_sdk::Event::Start(relink_sdk::Operation::Sync(slice)));
        ensure!(matches!(asked.next, relink_sdk::Next::Send(_)), "the plugin asks for nothing: {:?}", asked.next);
        Ok(Self { context, state: asked.state })
    }

    pub(super) fn decode(&self, body: Vec<u8>) -> Result<Vec<Found>> {
        let answer = relink_sdk::Response { status: 200, headers: Vec::new(), body, more: false };
        let out = Google::step(&self.context, &self.state, relink_sdk::Event::Answered(answer));
        let found = out.found.into_iter().map(|found| match found {
            relink_sdk::Found::Rows(rows) => Ok(Found::Rows { dataset: rows.dataset, rows: rows.rows }),
            other => bail!("no rows: {other:?}"),
        });
        found.collect()
    }
}

/// The plugin in the sandbox, after it asked for the page.
pub(super) struct Sandboxed {
    calls: Calls,
    plugin: Arc<Plugin>,
    context: Context,
    state: Vec<u8>,
    _folder: TempDir,
}

impl Sandboxed {
    pub(super) fn start(runtime: &Runtime) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let registry = crate::guests::registry(folder.path())?;
        let plugin = registry.load_bytes(&crate::guests::component("google")?)?;
        let calls = Calls::new(registry);
        let context = Context {
            now: Timestamp::from_ms(0),
            seed: Vec::new(),
            config: "{}".to_owned(),
            auth_method: AUTH_METHOD.to_owned(),
            account: Some(CUSTOMER.to_owned()),
        };
        let window = Window { since: "2026-05-01".parse()?, until: format!("2026-05-{DAYS}").parse()? };
        let slice = Slice { dataset: DATASET.to_owned(), window: Some(window) };
        let start = Event::Start(Operation::Sync(slice));
        let StepOut { state, .. } = runtime.block_on(calls.step(&plugin, context.clone(), Vec::new(), start))?;
        Ok(Self { calls, plugin, context, state, _folder: folder })
    }

    /// What the rows are rows of.
    pub(super) fn dataset(&self) -> Result<Dataset> {
        self.plugin.descriptor().dataset(DATASET).cloned().context("the plugin has no such dataset")
    }

    pub(super) async fn decode(&self, body: Vec<u8>) -> Result<Vec<Found>> {
        let answer = Response { status: 200, headers: Vec::new(), body, more: false };
        let event = Event::Answered(answer);
        let step = self.calls.step(&self.plugin, self.context.clone(), self.state.clone(), event).await;
        Ok(step.context("the plugin cannot decode the page")?.found)
    }
}
