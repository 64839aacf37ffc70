//! Messages are added once, claimed by one, and called back when they are pointless.

use relink_core::id::IncidentId;
use relink_core::time::Timestamp;
use relink_store::incidents::{self, Resolution, Scope};
use relink_store::outbox::{self, Delivery, Message, NewMessage};

use crate::incidents::open;
use crate::support::{MINUTE, NOW, Tenant, TestDb, on_both, write};

pub(crate) async fn add(database: &TestDb, tenant: &Tenant, key: &str, incident: Option<&IncidentId>) -> bool {
    let message = NewMessage {
        workspace_id: &tenant.workspace,
        kind: "email",
        dedupe_key: key,
        incident_id: incident,
        payload: "{}",
        created_at: NOW,
        first_attempt_at: NOW,
    };
    write!(database, |tx| outbox::add(tx, &message))
}

async fn claim(database: &TestDb, now: Timestamp) -> Vec<Message> {
    write!(database, |tx| outbox::claim(tx, now, now.plus_ms(MINUTE), 10))
}

#[tokio::test]
async fn a_message_is_added_once_per_key_and_workspace() {
    on_both(async |database| {
        let (one, two) = (Tenant::create(database).await, Tenant::create(database).await);
        assert!(add(database, &one, "key", None).await);
        assert!(!add(database, &one, "key", None).await);
        assert!(add(database, &two, "key", None).await);
        for message in claim(database, NOW).await {
            let delivered = write!(database, |tx| outbox::delivered(tx, &message.workspace_id, &message.id, NOW));
            assert_eq!(delivered, Some(Delivery::Wanted));
        }
        assert!(!add(database, &one, "key", None).await, "not even after it was delivered");
        let found = outbox::find_by_key(&database.db, &one.workspace, "key").await.unwrap().unwrap();
        assert_eq!((found.delivered_at, found.next_attempt_at, found.attempts), (Some(NOW), None, 1));
    })
    .await;
}

#[tokio::test]
async fn a_message_is_attempted_until_it_is_delivered_or_given_up() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let workspace = &tenant.workspace;
        add(database, &tenant, "key", None).await;
        assert_eq!(outbox::next_attempt_at(&database.db).await.unwrap(), Some(NOW));
        assert_eq!(claim(database, NOW.plus_ms(-1)).await, []);
        let message = claim(database, NOW).await.remove(0);
        assert_eq!(claim(database, NOW).await, [], "somebody delivers it");
        let second = claim(database, NOW.plus_ms(MINUTE)).await.remove(0);
        assert_eq!((&second.id, second.attempts), (&message.id, 2), "whoever delivered it did not say how it went");

        let later = NOW.plus_ms(10 * MINUTE);
        let retry = async |at| write!(database, |tx| outbox::retry_at(tx, workspace, &message.id, at, "no route"));
        assert!(retry(Some(later)).await);
        assert_eq!(claim(database, later.plus_ms(-1)).await, []);
        let third = claim(database, later).await.remove(0);
        assert_eq!((third.attempts, third.last_error.as_deref()), (3, Some("no route")));
        assert!(retry(None).await);
        assert_eq!(claim(database, later.plus_ms(100 * MINUTE)).await, [], "given up");
        assert_eq!(outbox::next_attempt_at(&database.db).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn messages_of_an_incident_that_is_over_are_called_back() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let workspace = &tenant.workspace;
        let (incident, _) = open(database, &tenant, Scope::Authorization).await;
        for key in ["delivered", "in delivery", "waiting"] {
            add(database, &tenant, key, Some(&incident.id)).await;
        }
        add(database, &tenant, "unrelated", None).await;
        let claimed = claim(database, NOW).await;
        assert_eq!(claimed.len(), 4);
        let id_of = |key| &claimed.iter().find(|message| message.dedupe_key == key).unwrap().id;
        let deliver = async |key| write!(database, |tx| outbox::delivered(tx, workspace, id_of(key), NOW));
        assert_eq!(deliver("delivered").await, Some(Delivery::Wanted));
        assert_eq!(write!(database, |tx| outbox::cancel_for_incident(tx, workspace, &incident.id)), 2);

        let retry = Some(NOW.plus_ms(2 * MINUTE));
        write!(database, |tx| outbox::retry_at(tx, workspace, id_of("in delivery"), retry, "no route"));
        let left = claim(database, NOW.plus_ms(5 * MINUTE)).await;
        assert_eq!(left.into_iter().map(|message| message.dedupe_key).collect::<Vec<_>>(), ["unrelated"]);
        assert!(!add(database, &tenant, "waiting", Some(&incident.id)).await, "a cancelled message stays cancelled");
        assert_eq!(deliver("in delivery").await, Some(Delivery::Late), "it had left already");
        for key in ["delivered", "in delivery"] {
            assert_eq!(deliver(key).await, None, "{key} was delivered before");
        }
    })
    .await;
}

#[tokio::test]
async fn what_had_its_end_is_forgotten_with_its_incident() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let workspace = &tenant.workspace;
        let (incident, _) = open(database, &tenant, Scope::Authorization).await;
        for (key, incident) in [("of incident", Some(&incident.id)), ("delivered", None), ("waiting", None)] {
            add(database, &tenant, key, incident).await;
        }
        let claimed = claim(database, NOW).await;
        for message in claimed.iter().filter(|message| message.dedupe_key != "waiting") {
            write!(database, |tx| outbox::delivered(tx, workspace, &message.id, NOW));
        }
        let forget = async |before| write!(database, |tx| outbox::forget(tx, before));
        assert_eq!(forget(NOW).await, 0, "it is not that old");
        let (ended, later) = (NOW.plus_ms(MINUTE), NOW.plus_ms(2 * MINUTE));
        assert_eq!(forget(later).await, 1);
        let how = (Resolution::Recovered, None);
        assert!(write!(database, |tx| incidents::resolve(tx, workspace, &incident.id, how, ended)));
        assert_eq!(forget(ended).await, 0, "somebody may still be told how it ended");
        assert_eq!(forget(later).await, 1);
        assert!(outbox::find_by_key(&database.db, workspace, "waiting").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn two_claimers_never_get_the_same_message() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        for number in 0..40 {
            add(database, &tenant, &format!("key-{number}"), None).await;
        }
        let mut claimers = Vec::new();
        for _ in 0..5 {
            let db = database.db.clone();
            claimers.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let claimed = outbox::claim(&mut tx, NOW, NOW.plus_ms(MINUTE), 8).await.unwrap();
                tx.commit().await.unwrap();
                claimed
            }));
        }
        let mut claimed = Vec::new();
        for claimer in claimers {
            claimed.extend(claimer.await.unwrap());
        }
        // A claimer may have got fewer because others were just taking the same rows.
        for _ in 0..4 {
            claimed.extend(claim(database, NOW).await);
        }
        assert_eq!(claimed.len(), 40);
        assert!(claimed.iter().all(|message| message.attempts == 1));
    })
    .await;
}
