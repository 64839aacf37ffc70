//! Messages of providers are entered once, worked on until they are done, and then wiped.

use relink_core::id::MessageId;
use relink_core::time::Timestamp;
use relink_store::inbound_messages::{self, InboundMessage, NewInboundMessage};
use relink_store::{authorizations, connections};

use crate::support::{MINUTE, NOW, Tenant, TestDb, lease, on_both, write};

async fn add(database: &TestDb, tenant: &Tenant, plugin: &str, digest: &[u8]) -> bool {
    let new = NewInboundMessage {
        workspace_id: &tenant.workspace,
        id: &MessageId::new(),
        plugin_id: plugin,
        digest,
        sealed: b"sealed",
        received_at: NOW,
    };
    write!(database, |tx| inbound_messages::add(tx, &new))
}

async fn claim(database: &TestDb, now: Timestamp) -> Vec<InboundMessage> {
    write!(database, |tx| inbound_messages::claim(tx, now, now.plus_ms(MINUTE), 10))
}

#[tokio::test]
async fn a_message_is_entered_once_per_workspace_and_plugin() {
    on_both(async |database| {
        let (one, two) = (Tenant::create(database).await, Tenant::create(database).await);
        assert!(add(database, &one, "meta", b"digest").await);
        assert!(!add(database, &one, "meta", b"digest").await);
        assert!(add(database, &one, "meta", b"other").await);
        assert!(add(database, &one, "x", b"digest").await);
        assert!(add(database, &two, "meta", b"digest").await);
        assert_eq!(claim(database, NOW).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_claimed_until_it_is_done_and_remembered_without_its_text() {
    on_both(async |database| {
        let (tenant, stranger) = (Tenant::create(database).await, Tenant::create(database).await);
        add(database, &tenant, "meta", b"digest").await;
        let message = claim(database, NOW).await.remove(0);
        assert_eq!((message.sealed.as_slice(), message.received_at, message.attempts), (b"sealed".as_slice(), NOW, 1));
        assert_eq!(claim(database, NOW).await, [], "somebody works on it");
        assert_eq!(claim(database, NOW.plus_ms(MINUTE)).await[0].attempts, 2, "whoever did never said how it went");

        let (workspace, id) = (&message.workspace_id, &message.id);
        let later = NOW.plus_ms(10 * MINUTE);
        assert!(!write!(database, |tx| inbound_messages::retry_at(tx, &stranger.workspace, id, later)));
        assert!(write!(database, |tx| inbound_messages::retry_at(tx, workspace, id, later)));
        assert_eq!(claim(database, later.plus_ms(-1)).await, []);
        assert_eq!(claim(database, later).await.len(), 1);

        assert!(!write!(database, |tx| inbound_messages::finish(tx, &stranger.workspace, id)));
        assert!(write!(database, |tx| inbound_messages::finish(tx, workspace, id)));
        assert!(!write!(database, |tx| inbound_messages::retry_at(tx, workspace, id, later)));
        assert_eq!(claim(database, later.plus_ms(60 * MINUTE)).await, []);
        assert!(!add(database, &tenant, "meta", b"digest").await, "it is known");
        assert_eq!(write!(database, |tx| inbound_messages::forget(tx, NOW)), 0);
        assert_eq!(write!(database, |tx| inbound_messages::forget(tx, NOW.plus_ms(1))), 1);
        assert!(add(database, &tenant, "meta", b"digest").await, "it was forgotten");
        assert_eq!(write!(database, |tx| inbound_messages::forget(tx, NOW.plus_ms(1))), 0, "it is not done");
    })
    .await;
}

#[tokio::test]
async fn whom_a_message_is_about_is_found_within_its_workspace_and_plugin() {
    on_both(async |database| {
        let (tenant, stranger) = (Tenant::create(database).await, Tenant::create(database).await);
        let workspace = &tenant.workspace;
        let authorization =
            authorizations::find(&database.db, workspace, &tenant.authorization).await.unwrap().unwrap();
        let connection = connections::find(&database.db, workspace, &tenant.connection).await.unwrap().unwrap();
        let (plugin, subject) = (&authorization.plugin_id, authorization.subject.as_deref().unwrap());
        let by_subject = async |plugin: &str, subject: &str| {
            authorizations::list_by_subject(&database.db, workspace, plugin, subject).await.unwrap()
        };
        assert_eq!(by_subject(plugin, subject).await, std::slice::from_ref(&authorization));
        assert_eq!(by_subject("another", subject).await, []);
        assert_eq!(by_subject(plugin, "another").await, []);
        let account = connection.account_id.as_str();
        let of_account = async |plugin: &str, account: &str| {
            connections::list_of_account(&database.db, workspace, plugin, account).await.unwrap()
        };
        assert_eq!(of_account(plugin, account).await, std::slice::from_ref(&connection));
        assert_eq!(of_account("another", account).await, []);
        assert_eq!(of_account(plugin, "another").await, []);

        write!(database, |tx| connections::claim_due(tx, &lease("node", NOW.plus_ms(MINUTE)), 10));
        let of = |account| (&tenant.authorization, account);
        assert_eq!(write!(database, |tx| connections::recall(tx, &stranger.workspace, of(None), NOW)), 0);
        assert_eq!(write!(database, |tx| connections::recall(tx, workspace, of(Some("another")), NOW)), 0);
        assert_eq!(write!(database, |tx| connections::recall(tx, workspace, of(Some(account)), NOW)), 1);
        let recalled = connections::find(&database.db, workspace, &tenant.connection).await.unwrap().unwrap();
        assert_eq!((recalled.claimed_by, recalled.next_due_at), (None, Some(NOW)));
        assert_eq!(recalled.claim_epoch, connection.claim_epoch + 2, "the run lost it");
        assert_eq!(write!(database, |tx| connections::recall(tx, workspace, of(None), NOW)), 1);
    })
    .await;
}
