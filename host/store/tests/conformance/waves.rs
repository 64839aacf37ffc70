//! What a plugin calls broken is counted over all workspaces, each authorization once and by its last outcome.

use relink_core::decide::{Breakage, Reports, Wave};
use relink_core::time::Timestamp;
use relink_store::breakages::{self, ForGood};
use relink_store::connections::{self, HELD_BACK};
use relink_store::waves::{self, WaveOf};

use crate::support::{MINUTE, NOW, Tenant, TestDb, lease, on_both, write};

const PLUGIN: &str = "google-ads";

async fn note(database: &TestDb, tenant: &Tenant, seen_at: Timestamp) -> Breakage {
    let of = (&tenant.workspace, &tenant.authorization);
    write!(database, |tx| breakages::note(tx, of, PLUGIN, seen_at))
}

async fn hold(database: &TestDb, tenant: &Tenant, until: Timestamp) {
    let Tenant { workspace, authorization, .. } = tenant;
    write!(database, |tx| breakages::set_held(tx, workspace, authorization, Some(NOW)));
    write!(database, |tx| connections::hold_by_authorization(tx, workspace, authorization, (NOW, until)));
}

async fn reports(database: &TestDb, since: Timestamp, most: u32) -> (u32, u32) {
    let Reports { reporting, failing } = breakages::reports(&database.db, PLUGIN, since, most).await.unwrap();
    (failing, reporting)
}

async fn next_due(database: &TestDb, tenant: &Tenant) -> (Option<String>, Option<Timestamp>) {
    let found = connections::find(&database.db, &tenant.workspace, &tenant.connection).await.unwrap().unwrap();
    (found.delay_reason, found.next_due_at)
}

/// A run of the tenant's connection that fetched data.
async fn succeed(database: &TestDb, tenant: &Tenant, at: Timestamp) {
    let claimed = write!(database, |tx| connections::claim_due(tx, &lease("node", at), 100));
    for connection in &claimed {
        let is_it = connection.id == tenant.connection;
        let update = connections::ConnectionUpdate {
            workspace_id: connection.workspace_id.clone(),
            id: connection.id.clone(),
            claim_epoch: connection.claim_epoch,
            suspicion: None,
            delay_reason: connection.delay_reason.clone(),
            delayed_since: connection.delayed_since,
            consecutive_failures: 0,
            next_due_at: Some(NOW),
            last_success_at: is_it.then_some(at),
            last_run_at: at,
            pass_started_at: None,
        };
        write!(database, |tx| connections::update_after_run(tx, &update));
    }
}

#[tokio::test]
async fn the_last_outcome_of_each_authorization_counts_once() {
    on_both(async |database| {
        let (one, two, three) =
            (Tenant::create(database).await, Tenant::create(database).await, Tenant::create(database).await);
        let second_account = one.new_connection("account-2");
        write!(database, |tx| connections::create(tx, &second_account));
        assert_eq!(reports(database, NOW, 10).await, (0, 0));
        note(database, &one, NOW).await;
        note(database, &one, NOW.plus_ms(1)).await;
        note(database, &two, NOW.plus_ms(2)).await;
        assert_eq!(reports(database, NOW, 10).await, (2, 2), "authorizations count, not connections");
        succeed(database, &one, NOW.plus_ms(3)).await;
        succeed(database, &three, NOW.plus_ms(MINUTE)).await;
        assert_eq!(reports(database, NOW, 10).await, (2, 3), "a working sibling does not prove the broken one");
        assert_eq!(reports(database, NOW, 2).await, (1, 2), "the last ones count");
        assert_eq!(reports(database, NOW.plus_ms(2), 10).await, (1, 3), "an old breakage is none");
        assert_eq!(reports(database, NOW.plus_ms(MINUTE + 1), 10).await, (0, 0));
        let (workspace, id) = (&two.workspace, &two.authorization);
        assert!(!write!(database, |tx| breakages::forget(tx, &one.workspace, id)), "of another workspace");
        assert!(write!(database, |tx| breakages::forget(tx, workspace, id)));
        assert_eq!(reports(database, NOW, 10).await, (1, 2));
        write!(database, |tx| connections::stop(tx, &one.workspace, &one.connection));
        write!(database, |tx| connections::stop(tx, &one.workspace, &second_account.id));
        assert_eq!(reports(database, NOW, 10).await, (0, 1), "what nobody syncs reports nothing");
        let other = breakages::reports(&database.db, "another", NOW, 10).await.unwrap();
        assert_eq!(other, Reports::default());
    })
    .await;
}

#[tokio::test]
async fn what_is_held_back_is_remembered_until_it_is_released() {
    on_both(async |database| {
        let (one, two) = (Tenant::create(database).await, Tenant::create(database).await);
        assert_eq!(note(database, &one, NOW).await, Breakage::default());
        note(database, &two, NOW).await;
        let (workspace, id) = (&one.workspace, &one.authorization);
        assert!(!write!(database, |tx| breakages::set_held(tx, &two.workspace, id, Some(NOW))), "of another workspace");
        hold(database, &one, NOW.plus_ms(MINUTE)).await;
        let held = Breakage { held_since: Some(NOW), is_released: false };
        assert_eq!(note(database, &one, NOW.plus_ms(1)).await, held);
        assert_eq!(breakages::find(&database.db, workspace, id).await.unwrap(), Some(held));
        assert_eq!(breakages::count_held(&database.db, PLUGIN).await.unwrap(), 1);

        assert_eq!(write!(database, |tx| breakages::release(tx, PLUGIN, ForGood::No)), 1);
        assert_eq!(note(database, &one, NOW).await, Breakage::default(), "another version may hold it back again");
        hold(database, &one, NOW.plus_ms(MINUTE)).await;
        assert_eq!(write!(database, |tx| breakages::release(tx, "another", ForGood::Yes)), 0);
        assert_eq!(write!(database, |tx| breakages::release(tx, PLUGIN, ForGood::Yes)), 1);
        let released = Breakage { held_since: None, is_released: true };
        assert_eq!(note(database, &one, NOW).await, released);
        assert_eq!(reports(database, NOW, 10).await, (1, 1), "what was released no longer counts");
    })
    .await;
}

#[tokio::test]
async fn connections_that_are_held_back_wait_and_are_looked_at_one_after_the_other() {
    on_both(async |database| {
        let (one, two) = (Tenant::create(database).await, Tenant::create(database).await);
        let (soon, late) = (NOW.plus_ms(MINUTE), NOW.plus_ms(5 * MINUTE));
        hold(database, &one, late).await;
        hold(database, &two, soon).await;
        let held = |due| (Some(HELD_BACK.to_owned()), Some(due));
        assert_eq!(next_due(database, &one).await, held(late));
        assert_eq!(write!(database, |tx| connections::probe_held(tx, "another", NOW, 1)), 0);
        assert_eq!(write!(database, |tx| connections::probe_held(tx, PLUGIN, NOW, 1)), 1);
        assert_eq!(next_due(database, &two).await, held(NOW), "what would be next comes first");
        assert_eq!(next_due(database, &one).await, held(late));
        assert_eq!(write!(database, |tx| connections::probe_all_held(tx, "another", NOW)), 0);
        assert_eq!(write!(database, |tx| connections::probe_all_held(tx, PLUGIN, NOW)), 1);
        assert_eq!(next_due(database, &one).await, held(NOW));

        let stranger = &two.workspace;
        let unhold = async |workspace| {
            write!(database, |tx| connections::unhold_by_authorization(tx, workspace, &one.authorization, soon))
        };
        assert_eq!(unhold(stranger).await, 0);
        assert_eq!(unhold(&one.workspace).await, 1);
        assert_eq!(next_due(database, &one).await, (None, Some(soon)));
        assert_eq!(unhold(&one.workspace).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_wave_is_that_of_one_version_of_a_plugin() {
    on_both(async |database| {
        assert_eq!(waves::find(&database.db, PLUGIN).await.unwrap(), None);
        let first = write!(database, |tx| waves::lock(tx, PLUGIN, "digest 1"));
        assert_eq!(first, WaveOf { digest: "digest 1".to_owned(), wave: Wave::default() });
        let wave = Wave { opened_at: Some(NOW), believed_until: Some(NOW), next_probe_at: NOW };
        let open = WaveOf { digest: "digest 1".to_owned(), wave };
        assert!(write!(database, |tx| waves::save(tx, PLUGIN, &open)));
        assert!(!write!(database, |tx| waves::save(tx, "another", &open)));
        assert_eq!(write!(database, |tx| waves::lock(tx, PLUGIN, "digest 2")), open);
        assert_eq!(waves::find(&database.db, PLUGIN).await.unwrap(), Some(open));
    })
    .await;
}
