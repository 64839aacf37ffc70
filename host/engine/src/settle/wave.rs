//! What becomes of a breakage that is one of many: it is held back, or believed.
//!
//! Locks are taken in one order, here as everywhere in this folder: the authorization, the wave of its
//! plugin, breakages, connections.

use relink_core::decide::{Breakage, Change, Decision, Policy, Scope, Wave, is_over};
use relink_core::time::Timestamp;
use relink_store::authorizations::Authorization;
use relink_store::breakages::{self, ForGood};
use relink_store::connections::{self, Connection};
use relink_store::waves::{self, WaveOf};
use relink_store::{Db, StoreError, Tx};

use crate::engine::Engine;
use crate::talk::{Explained, SaidBy};

/// How many more are looked at when one that was held back works after all. If half of them work too, this
/// spreads to all of them within minutes; if fewer do, it dies out.
const PROBED_AFTER_PROOF: u32 = 2;

/// Notes what a run says of an authorization, and holds a breakage back while its plugin is doubted.
pub(super) async fn weigh(
    engine: &Engine,
    tx: &mut Tx,
    (connection, authorization): (&Connection, &Authorization),
    explained: Option<&Explained>,
    decision: Decision,
) -> Result<Decision, StoreError> {
    let now = engine.now();
    let of = (&authorization.workspace_id, &authorization.id);
    let is_plugins_word = explained.is_some_and(|explained| explained.said_by == SaidBy::Plugin);
    let is_known = connection.incident_id.is_some();
    match decision.change {
        Change::Suspected { .. } if is_plugins_word && !is_known => {
            breakages::note(tx, of, &connection.plugin_id, now).await?;
            Ok(decision)
        }
        Change::Broken { scope } if is_plugins_word && !is_known => {
            match judge(engine, tx, (connection, authorization), scope).await? {
                None => Ok(decision),
                Some(until) => Ok(decision.held_back(until)),
            }
        }
        Change::Broken { .. } if !is_known => {
            breakages::forget(tx, of.0, of.1).await?;
            Ok(decision)
        }
        Change::Proven if is_known || authorization.suspicion.is_some() || connection.suspicion.is_some() => {
            take_proof(engine, tx, authorization).await?;
            Ok(decision)
        }
        _ => Ok(decision),
    }
}

/// Says until when a breakage is held back; none if it is believed.
async fn judge(
    engine: &Engine,
    tx: &mut Tx,
    (connection, authorization): (&Connection, &Authorization),
    scope: Scope,
) -> Result<Option<Timestamp>, StoreError> {
    let (now, policy) = (engine.now(), &engine.settings().policy);
    let (workspace, id) = (&authorization.workspace_id, &authorization.id);
    let plugin = connection.plugin_id.as_str();
    let mut of = lock(engine, tx, plugin).await?;
    let breakage = breakages::note(tx, (workspace, id), plugin, now).await?;
    if is_believed(tx, plugin, &mut of.wave, breakage, policy, now).await? {
        breakages::set_held(tx, workspace, id, None).await?;
        waves::save(tx, plugin, &of).await?;
        return Ok(None);
    }
    let until = of.wave.take_probe(&policy.wave, now);
    waves::save(tx, plugin, &of).await?;
    breakages::set_held(tx, workspace, id, Some(breakage.held_since.unwrap_or(now))).await?;
    if scope != Scope::Connection {
        // One connection of the authorization is enough to look at it: the others wait for what it finds.
        let end = of.wave.ends_at(&policy.wave).unwrap_or(until);
        connections::hold_by_authorization(tx, workspace, id, (now, end)).await?;
    }
    Ok(Some(until))
}

/// Whether people are told. Opens a wave if this is one breakage too many, and ends one that is over.
async fn is_believed(
    tx: &mut Tx,
    plugin: &str,
    wave: &mut Wave,
    breakage: Breakage,
    policy: &Policy,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if wave.is_believed(now) || breakage.is_believed(&policy.wave, now) {
        return Ok(true);
    }
    let Some(end) = wave.ends_at(&policy.wave) else {
        let since = now.plus_ms(-policy.wave.window_ms);
        let latest = breakages::reports(&mut *tx, plugin, since, policy.wave.reports()).await?;
        if latest.are_a_wave(&policy.wave) {
            wave.open(now);
            tracing::warn!(
                plugin.name = plugin,
                failing = latest.failing,
                reporting = latest.reporting,
                "a plugin calls too many authorizations broken at once, and nobody is told yet"
            );
        }
        return Ok(wave.opened_at.is_none());
    };
    if end <= now {
        wave.believe(now);
        release(tx, plugin, ForGood::Yes, now).await?;
        tracing::warn!(plugin.name = plugin, "breakages were held back for as long as they may be, and are told now");
        return Ok(true);
    }
    // What is held back for the first time says nothing about how those before it went on.
    Ok(breakage.held_since.is_some() && close_if_over(tx, plugin, wave, policy, now).await?)
}

/// The authorization works: what was held back for it goes on, and others get another look.
async fn take_proof(engine: &Engine, tx: &mut Tx, authorization: &Authorization) -> Result<(), StoreError> {
    let (workspace, id) = (&authorization.workspace_id, &authorization.id);
    let plugin = authorization.plugin_id.as_str();
    let breakage = breakages::find(&mut *tx, workspace, id).await?;
    if breakage.is_none_or(|breakage| breakage.held_since.is_none()) {
        breakages::forget(tx, workspace, id).await?;
        return Ok(());
    }
    let (now, policy) = (engine.now(), &engine.settings().policy);
    let mut of = lock(engine, tx, plugin).await?;
    breakages::forget(tx, workspace, id).await?;
    connections::unhold_by_authorization(tx, workspace, id, now).await?;
    if !close_if_over(tx, plugin, &mut of.wave, policy, now).await? {
        connections::probe_held(tx, plugin, now, PROBED_AFTER_PROOF).await?;
    }
    waves::save(tx, plugin, &of).await?;
    Ok(())
}

/// Ends an open wave if what was reported since speaks for the plugin.
async fn close_if_over(
    tx: &mut Tx,
    plugin: &str,
    wave: &mut Wave,
    policy: &Policy,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(opened_at) = wave.opened_at else { return Ok(false) };
    let window = now.plus_ms(-policy.wave.window_ms);
    let in_window = breakages::reports(&mut *tx, plugin, window, u32::MAX).await?;
    let since_opened = breakages::reports(&mut *tx, plugin, opened_at.max(window), u32::MAX).await?;
    if !is_over(in_window, since_opened, &policy.wave) {
        return Ok(false);
    }
    wave.close();
    release(tx, plugin, ForGood::Yes, now).await?;
    tracing::info!(plugin.name = plugin, "a wave of breakages is over");
    Ok(true)
}

/// The wave of the version in service.
async fn lock(engine: &Engine, tx: &mut Tx, plugin: &str) -> Result<WaveOf, StoreError> {
    let digest = engine.registry().get(plugin).map(|plugin| plugin.digest().to_owned()).unwrap_or_default();
    lock_of(tx, (plugin, &digest), engine.now()).await
}

/// The wave of this version. What was held back because of another version is looked at again.
async fn lock_of(tx: &mut Tx, (plugin, digest): (&str, &str), now: Timestamp) -> Result<WaveOf, StoreError> {
    let found = waves::lock(tx, plugin, digest).await?;
    if found.digest == digest {
        return Ok(found);
    }
    release(tx, plugin, ForGood::No, now).await?;
    Ok(WaveOf { digest: digest.to_owned(), wave: Wave::default() })
}

async fn release(tx: &mut Tx, plugin: &str, for_good: ForGood, now: Timestamp) -> Result<(), StoreError> {
    breakages::release(tx, plugin, for_good).await?;
    connections::probe_all_held(tx, plugin, now).await?;
    Ok(())
}

/// An operator says that what this version of a plugin calls broken is broken; false if nothing of it is held back.
pub(crate) async fn settle_trust(db: &Db, version: (&str, &str), now: Timestamp) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let mut of = lock_of(&mut tx, version, now).await?;
    if of.wave.opened_at.is_none() {
        tx.rollback().await?;
        return Ok(false);
    }
    of.wave.believe(now);
    release(&mut tx, version.0, ForGood::Yes, now).await?;
    waves::save(&mut tx, version.0, &of).await?;
    tx.commit().await?;
    Ok(true)
}

/// This version of a plugin is in service now: what was held back because of another one is looked at again at
/// once. False if nothing was known of another one.
pub(crate) async fn settle_swap(engine: &Engine, version: (&str, &str)) -> Result<bool, StoreError> {
    let (plugin, digest) = version;
    if waves::find(engine.db(), plugin).await?.is_none_or(|of| of.digest == digest) {
        return Ok(false);
    }
    let mut tx = engine.db().begin().await?;
    let of = lock_of(&mut tx, version, engine.now()).await?;
    waves::save(&mut tx, plugin, &of).await?;
    tx.commit().await?;
    engine.wake();
    Ok(true)
}
