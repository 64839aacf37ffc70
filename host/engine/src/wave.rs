//! What operators and plugins are told of how many authorizations of a plugin fail at the same time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use relink_core::decide::Reports;
use relink_core::time::Timestamp;
use relink_store::{StoreError, breakages, waves};

use crate::engine::Engine;
use crate::settle;

/// How old a count may be of which a plugin is told: every run asks for one.
const COUNTED_MS: i64 = 10_000;

/// A plugin that is doubted, since it calls too many authorizations broken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubted {
    pub since: Timestamp,
    /// When what it says is believed at the latest.
    pub until: Timestamp,
    /// Authorizations that reported lately, of every workspace, and those of them that it called broken.
    pub reporting: u32,
    pub failing: u32,
    /// Authorizations of whose breakage nobody was told.
    pub held: i64,
}

impl Engine {
    /// Why a plugin is doubted; none if it is not.
    pub async fn doubted(&self, plugin: &str) -> Result<Option<Doubted>, StoreError> {
        let policy = &self.settings().policy.wave;
        let Some(in_service) = self.registry().get(plugin) else { return Ok(None) };
        let found = waves::find(self.db(), plugin).await?.filter(|of| of.digest == in_service.digest());
        let Some(wave) = found.map(|of| of.wave) else { return Ok(None) };
        let (Some(since), Some(until)) = (wave.opened_at, wave.ends_at(policy)) else { return Ok(None) };
        let held = breakages::count_held(self.db(), plugin).await?;
        let window = self.now().plus_ms(-policy.window_ms);
        let reports = breakages::reports(self.db(), plugin, window, u32::MAX).await?;
        Ok((held > 0).then_some(Doubted { since, until, reporting: reports.reporting, failing: reports.failing, held }))
    }

    /// Takes a plugin that is doubted at its word; false if it is not doubted.
    pub async fn trust_diagnoses(&self, plugin: &str) -> Result<bool, StoreError> {
        settle::settle_trust(self, plugin).await
    }

    /// The share of the authorizations of a plugin that reported last and were called broken.
    pub(crate) async fn fleet_failure_ratio(&self, plugin: &str) -> Result<Option<f64>, StoreError> {
        let (now, policy) = (self.now(), &self.settings().policy.wave);
        if let Some(counted) = self.fleets().find(plugin, now) {
            return Ok(counted.failure_ratio());
        }
        let since = now.plus_ms(-policy.window_ms);
        let counted = breakages::reports(self.db(), plugin, since, policy.reports()).await?;
        self.fleets().keep(plugin, counted, now);
        Ok(counted.failure_ratio())
    }
}

/// What was counted last, and when, by plugin.
#[derive(Default)]
pub(crate) struct Fleets(Mutex<HashMap<String, (Reports, Timestamp)>>);

impl Fleets {
    fn find(&self, plugin: &str, now: Timestamp) -> Option<Reports> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.get(plugin).filter(|(_, at)| now.since_ms(*at) < COUNTED_MS).map(|(reports, _)| *reports)
    }

    fn keep(&self, plugin: &str, reports: Reports, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(plugin.to_owned(), (reports, now));
    }
}
