//! A callback is taken once, and the secrets of a reconnection end with it.

use relink_core::id::ReconnectionId;
use relink_store::reconnections::{self, Finish, NewReconnection, ReconnectionStatus};
use relink_store::token::token_hash;

use crate::support::{MINUTE, NOW, Tenant, on_both, write};

pub(crate) fn new_reconnection(tenant: &Tenant, state: &str) -> NewReconnection {
    NewReconnection {
        workspace_id: tenant.workspace.clone(),
        id: ReconnectionId::new(),
        authorization_id: Some(tenant.authorization.clone()),
        plugin_id: "google-ads".to_owned(),
        auth_method: "oauth".to_owned(),
        client_id: Some(tenant.client.clone()),
        user_id: tenant.user.clone(),
        session_hash: token_hash("session").to_vec(),
        state_hash: token_hash(state).to_vec(),
        sealed: b"sealed verifier".to_vec(),
        redirect_uri: "https://relink.example/oauth/callback".to_owned(),
        return_to: "/notices".to_owned(),
        config: r#"{"region":"eu"}"#.to_owned(),
        created_at: NOW,
        expires_at: NOW.plus_ms(10 * MINUTE),
    }
}

pub(crate) fn success() -> Finish {
    Finish {
        status: ReconnectionStatus::Succeeded,
        outcome: "reconnected".to_owned(),
        message: None,
        result: Some("{}".to_owned()),
        authorization_id: None,
        finished_at: NOW.plus_ms(MINUTE),
    }
}

#[tokio::test]
async fn a_callback_is_taken_once_and_in_time() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let new = new_reconnection(&tenant, "state");
        write!(database, |tx| reconnections::create(tx, &new));
        let take = async |state, now| write!(database, |tx| reconnections::take_by_state(tx, &token_hash(state), now));
        assert_eq!(take("other", NOW).await, None);
        assert_eq!(take("state", NOW.plus_ms(10 * MINUTE)).await, None, "it has expired");
        let taken = take("state", NOW).await.unwrap();
        assert_eq!((&taken.id, taken.status), (&new.id, ReconnectionStatus::Exchanging));
        assert_eq!((&taken.sealed, &taken.session_hash), (&new.sealed, &new.session_hash));
        assert_eq!(take("state", NOW).await, None, "the callback came twice");
        let known = reconnections::find_by_state(&database.db, &token_hash("state")).await.unwrap();
        assert_eq!(known, Some(taken));
    })
    .await;
}

#[tokio::test]
async fn of_callbacks_that_come_at_once_one_is_taken() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        write!(database, |tx| reconnections::create(tx, &new_reconnection(&tenant, "state")));
        let mut tasks = Vec::new();
        for _ in 0..6 {
            let db = database.db.clone();
            tasks.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let taken = reconnections::take_by_state(&mut tx, &token_hash("state"), NOW).await.unwrap();
                tx.commit().await.unwrap();
                taken.is_some()
            }));
        }
        let mut taken = 0;
        for task in tasks {
            taken += usize::from(task.await.unwrap());
        }
        assert_eq!(taken, 1);
    })
    .await;
}

#[tokio::test]
async fn a_finished_reconnection_holds_no_secret_and_is_not_open() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, authorization, .. } = &tenant;
        let new = new_reconnection(&tenant, "state");
        write!(database, |tx| reconnections::create(tx, &new));
        let open = async |now| {
            let open =
                reconnections::open_for_authorization(&database.db, workspace, authorization, now).await.unwrap();
            open.len()
        };
        assert_eq!((open(NOW).await, open(NOW.plus_ms(10 * MINUTE)).await), (1, 0));
        assert!(write!(database, |tx| reconnections::finish(tx, workspace, &new.id, &success())));
        assert!(!write!(database, |tx| reconnections::finish(tx, workspace, &new.id, &success())));
        let found = reconnections::find(&database.db, workspace, &new.id).await.unwrap().unwrap();
        assert_eq!((found.status, found.finished_at), (ReconnectionStatus::Succeeded, Some(NOW.plus_ms(MINUTE))));
        assert_eq!((found.sealed.as_slice(), found.authorization_id.as_ref()), (b"".as_slice(), Some(authorization)));
        assert_eq!(open(NOW).await, 0);
        assert_eq!(write!(database, |tx| reconnections::take_by_state(tx, &new.state_hash, NOW)), None);
    })
    .await;
}

#[tokio::test]
async fn flows_are_forgotten_whether_anybody_finished_them_or_not() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let [finished, left] = ["finished", "left"].map(|state| new_reconnection(&tenant, state));
        for new in [&finished, &left] {
            write!(database, |tx| reconnections::create(tx, new));
        }
        assert!(write!(database, |tx| reconnections::take_by_state(tx, &token_hash("finished"), NOW)).is_some());
        assert!(write!(database, |tx| reconnections::finish(tx, &tenant.workspace, &finished.id, &success())));
        let end = NOW.plus_ms(10 * MINUTE);
        assert_eq!(write!(database, |tx| reconnections::forget(tx, end)), 0);
        assert_eq!(write!(database, |tx| reconnections::forget(tx, end.plus_ms(1))), 2);
        assert_eq!(reconnections::find(&database.db, &tenant.workspace, &left.id).await.unwrap(), None);
    })
    .await;
}
