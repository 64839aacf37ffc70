//! Tokens are fenced by generations, refreshes by leases.

use relink_core::id::{IncidentId, WorkspaceId};
use relink_store::authorizations::{self, Authorization, FIRST_GENERATION, Fence, Grant, TokenUpdate};

use crate::support::{
    MINUTE, NOW, Tenant, TestDb, create_authorization, lease, new_authorization, on_both, tokens, write,
};

async fn load(database: &TestDb, tenant: &Tenant) -> Authorization {
    authorizations::find(&database.db, &tenant.workspace, &tenant.authorization).await.unwrap().unwrap()
}

fn update(tenant: &Tenant, expected_generation: i64, sealed: &[u8]) -> TokenUpdate {
    TokenUpdate {
        workspace_id: tenant.workspace.clone(),
        id: tenant.authorization.clone(),
        expected_generation,
        tokens: tokens(sealed),
        granted_scopes: None,
        config: None,
    }
}

#[tokio::test]
async fn an_authorization_reads_back_as_it_was_created() {
    on_both(async |database| {
        let Tenant { workspace, .. } = &Tenant::create(database).await;
        let new = new_authorization(workspace);
        write!(database, |tx| authorizations::create(tx, &new));
        let found = authorizations::find(&database.db, workspace, &new.id).await.unwrap().unwrap();
        assert_eq!(
            (&found.label, &found.granted_scopes, &found.sealed),
            (&new.label, &new.granted_scopes, &new.tokens.sealed)
        );
        assert_eq!((found.generation, found.lease_epoch, found.removed_at), (FIRST_GENERATION, 0, None));
        assert_eq!((found.authorized_at, found.access_expires_at), (NOW, new.tokens.access_expires_at));
        let mut tx = database.begin().await;
        assert_eq!(authorizations::lock(&mut tx, workspace, &new.id).await.unwrap(), Some(found));
    })
    .await;
}

#[tokio::test]
async fn a_late_refresh_cannot_overwrite_newer_tokens() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let mut newer = update(&tenant, 1, b"reconnect");
        newer.granted_scopes = Some(vec!["read".to_owned(), "write".to_owned()]);
        newer.config = Some(r#"{"region":"eu"}"#.to_owned());
        assert!(write!(database, |tx| authorizations::store_tokens(tx, &newer)));
        assert!(!write!(database, |tx| authorizations::store_tokens(tx, &update(&tenant, 1, b"late refresh"))));
        let found = load(database, &tenant).await;
        assert_eq!((found.generation, found.sealed.as_slice()), (2, b"reconnect".as_slice()));
        assert_eq!(found.granted_scopes, ["read", "write"]);
        assert!(write!(database, |tx| authorizations::store_tokens(tx, &update(&tenant, 2, b"refresh"))));
        let found = load(database, &tenant).await;
        assert_eq!((found.generation, found.granted_scopes.len()), (3, 2), "scopes that are not told are kept");
        assert_eq!(found.config, r#"{"region":"eu"}"#, "so are settings");
    })
    .await;
}

#[tokio::test]
async fn one_holder_at_a_time_has_the_lease() {
    on_both(async |database| {
        let Tenant { workspace, authorization, .. } = &Tenant::create(database).await;
        let take = async |owner: &str, now| {
            write!(database, |tx| authorizations::take_lease(tx, workspace, authorization, &lease(owner, now)))
        };
        assert_eq!(take("a", NOW).await, Some(1));
        assert_eq!(take("b", NOW.plus_ms(MINUTE - 1)).await, None);
        assert_eq!(take("b", NOW.plus_ms(MINUTE)).await, Some(2), "the lease of a has run out");

        let fence = |epoch| Fence { epoch, generation: FIRST_GENERATION };
        let intend = async |fence| {
            write!(database, |tx| authorizations::record_intent(tx, workspace, authorization, fence, NOW))
        };
        assert!(!intend(fence(1)).await, "a has lost the lease");
        assert!(!intend(Fence { epoch: 2, generation: 7 }).await);
        assert!(intend(fence(2)).await);
        assert!(!write!(database, |tx| authorizations::release_lease(tx, workspace, authorization, 1)));
        assert!(write!(database, |tx| authorizations::release_lease(tx, workspace, authorization, 2)));
        assert!(!intend(fence(2)).await, "b has given the lease back");
        assert_eq!(take("c", NOW).await, Some(3));
    })
    .await;
}

#[tokio::test]
async fn of_many_who_want_the_lease_at_once_one_gets_it() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let mut tasks = Vec::new();
        for number in 0..8 {
            let (db, workspace, id) = (database.db.clone(), tenant.workspace.clone(), tenant.authorization.clone());
            tasks.push(tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let owner = format!("host-{number}");
                let taken = authorizations::take_lease(&mut tx, &workspace, &id, &lease(&owner, NOW)).await.unwrap();
                tx.commit().await.unwrap();
                taken
            }));
        }
        let mut epochs = Vec::new();
        for task in tasks {
            epochs.extend(task.await.unwrap());
        }
        assert_eq!(epochs, [1]);
    })
    .await;
}

#[tokio::test]
async fn an_intent_is_an_orphan_once_its_lease_is_over() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, authorization, .. } = &tenant;
        let orphans = async |now| {
            let orphans = authorizations::orphan_intents(&database.db, now).await.unwrap();
            orphans.into_iter().map(|orphan| orphan.id).collect::<Vec<_>>()
        };
        let begin = async |now| {
            let taken =
                write!(database, |tx| authorizations::take_lease(tx, workspace, authorization, &lease("a", now)));
            let epoch = taken.unwrap();
            let generation = load(database, &tenant).await.generation;
            let fence = Fence { epoch, generation };
            assert!(write!(database, |tx| authorizations::record_intent(tx, workspace, authorization, fence, now)));
            epoch
        };
        begin(NOW).await;
        assert_eq!(orphans(NOW).await, [], "somebody works on it");
        assert_eq!(orphans(NOW.plus_ms(MINUTE)).await, std::slice::from_ref(authorization));
        assert!(write!(database, |tx| authorizations::store_tokens(tx, &update(&tenant, 1, b"2"))));
        assert_eq!(orphans(NOW.plus_ms(MINUTE)).await, [], "tokens end the intent");

        let epoch = begin(NOW).await;
        assert!(write!(database, |tx| authorizations::leave_intent(tx, workspace, authorization, epoch)));
        assert_eq!(orphans(NOW).await, std::slice::from_ref(authorization), "the answer was lost");
        let found = load(database, &tenant).await;
        assert_eq!((found.intent_generation, found.lease_owner), (Some(2), None));

        let epoch = begin(NOW).await;
        assert!(write!(database, |tx| authorizations::release_lease(tx, workspace, authorization, epoch)));
        assert_eq!(orphans(NOW).await, [], "the holder knew how it ended");
    })
    .await;
}

#[tokio::test]
async fn a_new_grant_ends_suspicion_and_incident() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, authorization, user, .. } = &tenant;
        let incident = IncidentId::new();
        assert!(write!(database, |tx| authorizations::set_suspicion(tx, workspace, authorization, Some("{}"))));
        assert!(write!(database, |tx| authorizations::set_incident(tx, workspace, authorization, Some(&incident))));
        let found = load(database, &tenant).await;
        assert_eq!((found.suspicion.as_deref(), found.incident_id), (Some("{}"), Some(incident)));

        let grant = Grant {
            workspace_id: workspace.clone(),
            id: authorization.clone(),
            subject: None,
            label: "new label".to_owned(),
            authorized_at: NOW.plus_ms(5),
            authorized_by: Some(user.clone()),
            granted_scopes: vec![],
            reauthorize_at: Some(NOW.plus_ms(9)),
        };
        assert!(write!(database, |tx| authorizations::mark_authorized(tx, &grant)));
        let found = load(database, &tenant).await;
        assert_eq!((found.suspicion, found.incident_id), (None, None));
        assert_eq!((found.subject.as_deref(), found.label.as_str()), (Some("subject-1"), "new label"));
        assert_eq!((found.authorized_at, found.authorized_by.as_ref()), (NOW.plus_ms(5), Some(user)));
        assert_eq!((found.granted_scopes, found.reauthorize_at), (vec![], Some(NOW.plus_ms(9))));
    })
    .await;
}

#[tokio::test]
async fn lists_leave_out_what_was_removed_and_its_secrets_are_gone() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, authorization, .. } = &tenant;
        let second = create_authorization(database, workspace).await;
        let ids = async |plugin| {
            let list = authorizations::list(&database.db, workspace, plugin).await.unwrap();
            list.into_iter().map(|authorization| authorization.id).collect::<Vec<_>>()
        };
        let by_subject = async |workspace: &WorkspaceId, subject| {
            let method = ("google-ads", "oauth");
            let found = authorizations::find_by_subject(&database.db, workspace, method, subject).await.unwrap();
            found.map(|authorization| authorization.id)
        };
        assert_eq!(ids(None).await.len(), 2);
        assert_eq!((ids(Some("google-ads")).await.len(), ids(Some("meta")).await.len()), (2, 0));
        assert!(by_subject(workspace, "subject-1").await.is_some());
        assert_eq!(by_subject(workspace, "subject-2").await, None);

        let mut expiring = update(&tenant, 1, b"2");
        expiring.tokens.reauthorize_at = Some(NOW.plus_ms(MINUTE));
        assert!(write!(database, |tx| authorizations::store_tokens(tx, &expiring)));
        let soon = async |before| authorizations::expiring(&database.db, workspace, before).await.unwrap().len();
        assert_eq!((soon(NOW).await, soon(NOW.plus_ms(MINUTE)).await), (0, 1));

        assert!(write!(database, |tx| authorizations::remove(tx, workspace, authorization, NOW)));
        assert!(!write!(database, |tx| authorizations::remove(tx, workspace, authorization, NOW)));
        let found = load(database, &tenant).await;
        assert_eq!((found.sealed.as_slice(), found.removed_at), (b"".as_slice(), Some(NOW)));
        assert_eq!((ids(None).await, soon(NOW.plus_ms(MINUTE)).await), (vec![second.clone()], 0));
        assert_eq!(by_subject(workspace, "subject-1").await, Some(second));
        assert!(!write!(database, |tx| authorizations::store_tokens(tx, &update(&tenant, 3, b"late"))));
        let taken = write!(database, |tx| authorizations::take_lease(tx, workspace, authorization, &lease("a", NOW)));
        assert_eq!(taken, None);
    })
    .await;
}
