//! Creating and reviving, claims, breaking and healing.

use std::collections::BTreeSet;

use relink_core::id::{ConnectionId, IncidentId};
use relink_store::connections::{self, Connection, ConnectionState, ConnectionUpdate, Creation};

use crate::support::{MINUTE, NOW, Tenant, TestDb, create_authorization, create_client, lease, on_both, write};

async fn load(database: &TestDb, tenant: &Tenant, id: &ConnectionId) -> Connection {
    connections::find(&database.db, &tenant.workspace, id).await.unwrap().unwrap()
}

async fn claim(database: &TestDb, owner: &str, now: relink_core::time::Timestamp, limit: usize) -> Vec<Connection> {
    write!(database, |tx| connections::claim_due(tx, &lease(owner, now), limit))
}

fn outcome(connection: &Connection) -> ConnectionUpdate {
    ConnectionUpdate {
        workspace_id: connection.workspace_id.clone(),
        id: connection.id.clone(),
        claim_epoch: connection.claim_epoch,
        suspicion: None,
        delay_reason: None,
        delayed_since: None,
        consecutive_failures: 0,
        next_due_at: Some(NOW.plus_ms(60 * MINUTE)),
        last_success_at: Some(NOW),
        last_run_at: NOW,
        pass_started_at: None,
    }
}

#[tokio::test]
async fn an_account_is_connected_once_per_client_and_revived_after_a_stop() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, connection, .. } = &tenant;
        let found = load(database, &tenant, connection).await;
        assert_eq!((found.state, found.next_due_at, found.claim_epoch), (ConnectionState::Active, Some(NOW), 0));

        let mut again = tenant.new_connection("account-1");
        assert_eq!(write!(database, |tx| connections::create(tx, &again)), Creation::Existing(connection.clone()));
        assert_eq!(load(database, &tenant, connection).await, found, "nothing was changed");

        assert!(write!(database, |tx| connections::stop(tx, workspace, connection)));
        assert!(!write!(database, |tx| connections::stop(tx, workspace, connection)));
        again.authorization_id = create_authorization(database, workspace).await;
        again.connected_at = NOW.plus_ms(MINUTE);
        assert_eq!(write!(database, |tx| connections::create(tx, &again)), Creation::Revived(connection.clone()));
        let revived = load(database, &tenant, connection).await;
        assert_eq!((revived.state, revived.next_due_at), (ConnectionState::Active, Some(NOW.plus_ms(MINUTE))));
        assert_eq!(revived.authorization_id, again.authorization_id);

        let mut elsewhere = tenant.new_connection("account-1");
        elsewhere.client_id = create_client(database, workspace, "Florist").await;
        let created = write!(database, |tx| connections::create(tx, &elsewhere));
        assert_eq!(created, Creation::Created(elsewhere.id), "another client may have the same account");
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_due_is_claimed_once_until_the_claim_expires() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let due = |limit| claim(database, "a", NOW, limit);
        assert_eq!(claim(database, "a", NOW.plus_ms(-1), 10).await, [], "not due yet");
        let first = due(10).await.remove(0);
        assert_eq!((first.claimed_by.as_deref(), first.claim_epoch), (Some("a"), 1));
        assert_eq!(first, load(database, &tenant, &tenant.connection).await);
        assert_eq!(due(10).await, []);

        let second = claim(database, "b", NOW.plus_ms(MINUTE), 10).await.remove(0);
        assert_eq!(second.claim_epoch, 2, "the claim of a has expired");
        assert!(!write!(database, |tx| connections::update_after_run(tx, &outcome(&first))), "a is too late");
        assert_eq!(load(database, &tenant, &tenant.connection).await, second);
        assert!(write!(database, |tx| connections::update_after_run(tx, &outcome(&second))));
        assert!(!write!(database, |tx| connections::update_after_run(tx, &outcome(&second))), "b has said it already");
        let found = load(database, &tenant, &tenant.connection).await;
        assert_eq!((found.claimed_by, found.last_success_at), (None, Some(NOW)));
        assert_eq!(found.next_due_at, Some(NOW.plus_ms(60 * MINUTE)));
    })
    .await;
}

#[tokio::test]
async fn what_is_due_longest_is_claimed_first_across_workspaces() {
    on_both(async |database| {
        let (one, two) = (Tenant::create(database).await, Tenant::create(database).await);
        let mut expected = vec![one.connection.clone(), two.connection.clone()];
        for (minutes, tenant) in [(-3, &two), (-1, &one), (-2, &two)] {
            let mut new = tenant.new_connection(&format!("account {minutes}"));
            new.connected_at = NOW.plus_ms(minutes * MINUTE);
            write!(database, |tx| connections::create(tx, &new));
            expected.push(new.id);
        }
        assert_eq!(connections::next_due_at(&database.db).await.unwrap(), Some(NOW.plus_ms(-3 * MINUTE)));
        let ids = |claimed: Vec<Connection>| claimed.into_iter().map(|connection| connection.id).collect::<Vec<_>>();
        let first = ids(claim(database, "a", NOW, 2).await);
        assert_eq!(first, [expected[2].clone(), expected[4].clone()]);
        assert_eq!(connections::next_due_at(&database.db).await.unwrap(), Some(NOW.plus_ms(-MINUTE)));
        assert_eq!(ids(claim(database, "a", NOW, 1).await), [expected[3].clone()]);
        let rest: BTreeSet<_> = ids(claim(database, "a", NOW, 10).await).into_iter().collect();
        assert_eq!(rest, expected[..2].iter().cloned().collect());
        assert_eq!(connections::next_due_at(&database.db).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn two_claimers_never_get_the_same_connection() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        for number in 0..60 {
            write!(database, |tx| connections::create(tx, &tenant.new_connection(&format!("more-{number}"))));
        }
        let mut claimers = Vec::new();
        for number in 0..6 {
            let db = database.db.clone();
            claimers.push(tokio::spawn(async move {
                let owner = format!("host-{number}");
                let mut mine = Vec::new();
                loop {
                    let mut tx = db.begin().await.unwrap();
                    let claimed = connections::claim_due(&mut tx, &lease(&owner, NOW), 7).await.unwrap();
                    tx.commit().await.unwrap();
                    if claimed.is_empty() {
                        return mine;
                    }
                    mine.extend(claimed.into_iter().map(|connection| connection.id));
                }
            }));
        }
        let mut claimed = Vec::new();
        for claimer in claimers {
            claimed.extend(claimer.await.unwrap());
        }
        // A claimer may have seen nothing because others were just taking the last rows.
        claimed.extend(claim(database, "last", NOW, 100).await.into_iter().map(|connection| connection.id));
        assert_eq!(claimed.len(), 61);
        assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 61);
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_extended_and_given_back_by_its_owner_only() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, connection, .. } = &tenant;
        let claimed = claim(database, "a", NOW, 1).await.remove(0);
        let extend = async |epoch| {
            let until = NOW.plus_ms(5 * MINUTE);
            write!(database, |tx| connections::extend_claim(tx, workspace, connection, epoch, until))
        };
        assert!(!extend(claimed.claim_epoch - 1).await);
        assert!(extend(claimed.claim_epoch).await);
        assert_eq!(claim(database, "b", NOW.plus_ms(4 * MINUTE), 1).await, []);

        assert_eq!(write!(database, |tx| connections::release_claims(tx, "b")), 0);
        assert_eq!(write!(database, |tx| connections::release_claims(tx, "a")), 1);
        assert!(!extend(claimed.claim_epoch).await);
        assert_eq!(claim(database, "b", NOW, 1).await.len(), 1);
        assert!(!write!(database, |tx| connections::update_after_run(tx, &outcome(&claimed))));
    })
    .await;
}

#[tokio::test]
async fn a_pass_goes_on_over_claims_until_a_run_a_person_or_a_reconnect_ends_it() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, connection, authorization, .. } = &tenant;
        let at = |hours: i64| NOW.plus_ms(hours * 60 * MINUTE);
        let claim_at = async |now| claim(database, "a", now, 1).await.remove(0);
        let end = async |claimed: &Connection, pass_started_at| {
            let update = ConnectionUpdate { pass_started_at, ..outcome(claimed) };
            assert!(write!(database, |tx| connections::update_after_run(tx, &update)));
        };
        let first = claim_at(at(0)).await;
        assert_eq!(first.pass_started_at, Some(at(0)));
        end(&first, first.pass_started_at).await;
        let second = claim_at(at(1)).await;
        assert_eq!(second.pass_started_at, Some(at(0)), "it is under way");
        end(&second, None).await;
        let third = claim_at(at(2)).await;
        assert_eq!(third.pass_started_at, Some(at(2)));

        write!(database, |tx| connections::heal_by_authorization(tx, workspace, authorization, at(3), &[]));
        let healed = claim_at(at(3)).await;
        assert_eq!(healed.pass_started_at, Some(at(3)));
        end(&healed, healed.pass_started_at).await;
        assert!(write!(database, |tx| connections::pause(tx, workspace, connection)));
        assert!(write!(database, |tx| connections::resume(tx, workspace, connection, at(4))));
        assert_eq!(claim_at(at(4)).await.pass_started_at, Some(at(4)));
    })
    .await;
}

#[tokio::test]
async fn a_paused_or_stopped_connection_is_not_claimed() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, connection, .. } = &tenant;
        assert!(write!(database, |tx| connections::pause(tx, workspace, connection)));
        assert!(!write!(database, |tx| connections::pause(tx, workspace, connection)));
        assert!(!write!(database, |tx| connections::set_due_now(tx, workspace, connection, NOW)));
        assert_eq!(claim(database, "a", NOW, 10).await, []);
        let later = NOW.plus_ms(MINUTE);
        assert!(write!(database, |tx| connections::resume(tx, workspace, connection, later)));
        assert!(!write!(database, |tx| connections::resume(tx, workspace, connection, later)));
        assert_eq!(claim(database, "a", NOW, 10).await, []);
        assert!(write!(database, |tx| connections::set_due_now(tx, workspace, connection, NOW)));
        let claimed = claim(database, "a", NOW, 10).await.remove(0);
        assert!(write!(database, |tx| connections::stop(tx, workspace, connection)));
        assert!(!write!(database, |tx| connections::update_after_run(tx, &outcome(&claimed))), "it was stopped");
        assert_eq!(claim(database, "a", NOW, 10).await, []);
        let listed = connections::list_of_authorization(&database.db, workspace, &tenant.authorization).await.unwrap();
        assert_eq!(listed, []);
    })
    .await;
}

#[tokio::test]
async fn an_authorization_breaks_and_heals_all_its_connections_but_the_excepted() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, authorization, connection, .. } = &tenant;
        let mut ids = vec![connection.clone()];
        for account in ["account-2", "account-3", "stopped"] {
            let new = tenant.new_connection(account);
            write!(database, |tx| connections::create(tx, &new));
            ids.push(new.id);
        }
        let mut unrelated = tenant.new_connection("unrelated");
        unrelated.authorization_id = create_authorization(database, workspace).await;
        write!(database, |tx| connections::create(tx, &unrelated));
        write!(database, |tx| connections::stop(tx, workspace, &ids[3]));

        let (own, common) = (IncidentId::new(), IncidentId::new());
        assert!(write!(database, |tx| connections::break_one(tx, workspace, &ids[1], &own, None)));
        assert_eq!(load(database, &tenant, &ids[1]).await.incident_id, Some(own));
        let probe_at = Some(NOW.plus_ms(MINUTE));
        let under_way = claim(database, "a", NOW, 10).await;
        let broken =
            write!(database, |tx| connections::break_by_authorization(tx, workspace, authorization, &common, probe_at));
        assert_eq!(broken, 3);
        let late = under_way.iter().find(|connection| connection.id == ids[0]).unwrap();
        assert!(!write!(database, |tx| connections::update_after_run(tx, &outcome(late))), "it fetched before");
        for id in &ids[..3] {
            let broken = load(database, &tenant, id).await;
            assert_eq!((broken.incident_id.as_ref(), broken.next_due_at), (Some(&common), probe_at));
        }
        assert_eq!(load(database, &tenant, &ids[3]).await.incident_id, None, "it was stopped");
        assert_eq!(load(database, &tenant, &unrelated.id).await.incident_id, None);
        let suffers = async |incident: &IncidentId| {
            connections::is_any_broken_by(&database.db, workspace, (authorization, incident)).await.unwrap()
        };
        assert!(suffers(&common).await);
        assert!(!suffers(&IncidentId::new()).await);

        let running = claim(database, "a", NOW.plus_ms(MINUTE), 10).await;
        assert!(running.iter().any(|connection| connection.id == ids[0]));
        let except = &ids[2..3];
        let now = NOW.plus_ms(2 * MINUTE);
        let healed =
            write!(database, |tx| connections::heal_by_authorization(tx, workspace, authorization, now, except));
        assert_eq!(healed, 2);
        assert_eq!(load(database, &tenant, &ids[1]).await.incident_id, None);
        let healthy = load(database, &tenant, &ids[0]).await;
        assert_eq!((healthy.incident_id, healthy.next_due_at, healthy.claimed_by), (None, Some(now), None));
        assert_eq!(load(database, &tenant, &ids[2]).await.incident_id, Some(common));
        let late = running.iter().find(|connection| connection.id == ids[0]).unwrap();
        assert!(!write!(database, |tx| connections::update_after_run(tx, &outcome(late))), "it used the old tokens");
        assert!(write!(database, |tx| connections::heal_one(tx, workspace, &ids[2])));
        assert_eq!(load(database, &tenant, &ids[2]).await.incident_id, None);
        assert_eq!(load(database, &tenant, &ids[2]).await.claimed_by.as_deref(), Some("a"), "its own run heals it");
    })
    .await;
}

#[tokio::test]
async fn what_is_late_for_a_reason_is_found_while_people_want_it() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let workspace = &tenant.workspace;
        let claimed = claim(database, "a", NOW, 10).await.remove(0);
        let plugin = claimed.plugin_id.as_str();
        let is_late = async |plugin: &str, reason: &str| {
            connections::is_any_delayed_by(&database.db, workspace, (plugin, reason)).await.unwrap()
        };
        assert!(!is_late(plugin, "app-misconfigured").await);
        let delay_reason = Some("app-misconfigured".to_owned());
        let late = ConnectionUpdate { delay_reason, delayed_since: Some(NOW), ..outcome(&claimed) };
        assert!(write!(database, |tx| connections::update_after_run(tx, &late)));
        assert!(is_late(plugin, "app-misconfigured").await);
        assert!(!is_late(plugin, "provider-outage").await);
        assert!(!is_late("another-plugin", "app-misconfigured").await);
        assert!(write!(database, |tx| connections::pause(tx, workspace, &claimed.id)));
        assert!(!is_late(plugin, "app-misconfigured").await, "nobody waits for it");
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_connections_heal_in_one_statement() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, authorization, .. } = &tenant;
        let mut tx = database.begin().await;
        for number in 1..10_000 {
            connections::create(&mut tx, &tenant.new_connection(&format!("many-{number}"))).await.unwrap();
        }
        tx.commit().await.unwrap();
        let incident = IncidentId::new();
        let broken =
            write!(database, |tx| connections::break_by_authorization(tx, workspace, authorization, &incident, None));
        assert_eq!(broken, 10_000);
        assert_eq!(claim(database, "a", NOW, 10).await, []);

        let before = std::time::Instant::now();
        let healed = write!(database, |tx| connections::heal_by_authorization(tx, workspace, authorization, NOW, &[]));
        eprintln!("healed {healed} connections in {:?}", before.elapsed());
        assert_eq!(healed, 10_000);
        let listed = connections::list_of_authorization(&database.db, workspace, authorization).await.unwrap();
        assert!(
            listed.iter().all(|connection| connection.incident_id.is_none() && connection.next_due_at == Some(NOW))
        );

        let dependents = connections::list_dependents(&database.db, workspace, authorization).await.unwrap();
        let ids: Vec<_> = dependents.into_iter().map(|dependent| dependent.id).collect();
        let except = &ids[..5_000];
        let healed =
            write!(database, |tx| connections::heal_by_authorization(tx, workspace, authorization, NOW, except));
        assert_eq!(healed, 5_000);
    })
    .await;
}
