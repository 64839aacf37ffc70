//! Users, sessions, links, API tokens, clients and the audit trail.

use relink_core::id::{ApiTokenId, AuditId, UserId};
use relink_core::secret::Secret;
use relink_store::api_tokens::{self, ApiToken};
use relink_store::audit::{self, AuditLine};
use relink_store::clients;
use relink_store::one_time_links::{self, OneTimeLink, Purpose};
use relink_store::sessions::{self, Session};
use relink_store::token::token_hash;
use relink_store::users::{self, Role};
use relink_store::{StoreError, Visible};

use crate::support::{MINUTE, NOW, Tenant, create_client, new_user, on_both, write};

#[tokio::test]
async fn an_address_is_found_in_any_case_and_belongs_to_one_person() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let user = new_user(&tenant.workspace, "Grace@Example.com ");
        write!(database, |tx| users::create(tx, &user));
        let found = users::find_by_email(&database.db, "gRACE@example.COM").await.unwrap().unwrap();
        assert_eq!((found.id, found.email.as_str()), (user.id, "grace@example.com"));

        let other = Tenant::create(database).await;
        let mut tx = database.begin().await;
        let error = users::create(&mut tx, &new_user(&other.workspace, "grace@example.com")).await.unwrap_err();
        let StoreError::Conflict { constraint, .. } = error else { panic!("{error:?}") };
        assert_eq!(constraint, "users_email_key");
    })
    .await;
}

#[tokio::test]
async fn a_user_changes_role_password_and_clients() {
    on_both(async |database| {
        let Tenant { workspace, user, client, .. } = &Tenant::create(database).await;
        let second = create_client(database, workspace, "Florist").await;
        let hash = Secret::new("$argon2id$…".to_owned());
        assert!(write!(database, |tx| users::set_role(tx, workspace, user, Role::Staff)));
        assert!(write!(database, |tx| users::set_password_hash(tx, workspace, user, &hash)));
        let found = users::find(&database.db, workspace, user).await.unwrap().unwrap();
        assert_eq!((found.role, found.password_hash.as_ref()), (Role::Staff, Some(&hash)));
        assert_eq!(users::visible_clients(&database.db, &found).await.unwrap(), Visible::All);

        // They come back by id, and two ids of one millisecond are in any order.
        let mut both = vec![client.clone(), second.clone()];
        both.sort();
        for visible in [both.clone(), vec![second.clone()], vec![]] {
            let visible = Visible::Some(visible);
            assert!(write!(database, |tx| users::set_clients(tx, workspace, user, &visible)));
            let found = users::list(&database.db, workspace).await.unwrap().remove(0);
            assert_eq!(users::visible_clients(&database.db, &found).await.unwrap(), visible);
            assert_eq!(visible.includes(client), visible == Visible::Some(both.clone()));
        }
        assert!(write!(database, |tx| users::set_clients(tx, workspace, user, &Visible::All)));
        let found = users::find(&database.db, workspace, user).await.unwrap().unwrap();
        assert_eq!(users::visible_clients(&database.db, &found).await.unwrap(), Visible::All);
    })
    .await;
}

#[tokio::test]
async fn operators_are_counted_over_all_workspaces_while_they_can_sign_in() {
    on_both(async |database| {
        let (one, other) = (&Tenant::create(database).await, &Tenant::create(database).await);
        let count = async || users::count_operators(&database.db).await.unwrap();
        assert_eq!(count().await, 0);
        for tenant in [one, other] {
            assert!(write!(database, |tx| users::set_operator(tx, &tenant.workspace, &tenant.user, true)));
        }
        let found = users::find(&database.db, &one.workspace, &one.user).await.unwrap().unwrap();
        assert!(found.is_operator);
        assert_eq!(count().await, 2);
        assert!(write!(database, |tx| users::set_operator(tx, &one.workspace, &one.user, false)));
        assert_eq!(count().await, 1);
        assert!(!write!(database, |tx| users::set_operator(tx, &one.workspace, &other.user, true)));
        write!(database, |tx| users::deactivate(tx, &other.workspace, &other.user, NOW));
        assert_eq!(count().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_until_it_expires_or_is_deleted() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let session = |token: &str| Session {
            token_hash: token_hash(token).to_vec(),
            workspace_id: tenant.workspace.clone(),
            user_id: tenant.user.clone(),
            csrf_token: "csrf".to_owned(),
            created_at: NOW,
            expires_at: NOW.plus_ms(MINUTE),
        };
        for token in ["a", "b", "c"] {
            write!(database, |tx| sessions::create(tx, &session(token)));
        }
        let (found, user) = sessions::find(&database.db, &token_hash("a"), NOW).await.unwrap().unwrap();
        assert_eq!((&found, &user.id), (&session("a"), &tenant.user));
        assert_eq!(sessions::find(&database.db, &token_hash("d"), NOW).await.unwrap(), None);
        assert_eq!(sessions::find(&database.db, &token_hash("a"), NOW.plus_ms(MINUTE)).await.unwrap(), None);

        assert!(write!(database, |tx| sessions::delete(tx, &token_hash("a"))));
        assert!(!write!(database, |tx| sessions::delete(tx, &token_hash("a"))));
        assert_eq!(write!(database, |tx| sessions::delete_for_user(tx, &tenant.workspace, &tenant.user)), 2);

        write!(database, |tx| sessions::create(tx, &session("e")));
        assert_eq!(write!(database, |tx| sessions::purge(tx, NOW)), 0);
        assert_eq!(write!(database, |tx| sessions::purge(tx, NOW.plus_ms(MINUTE))), 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_who_was_deactivated_gets_in() {
    on_both(async |database| {
        let Tenant { workspace, user, .. } = &Tenant::create(database).await;
        let email = users::find(&database.db, workspace, user).await.unwrap().unwrap().email;
        let session = Session {
            token_hash: token_hash("s").to_vec(),
            workspace_id: workspace.clone(),
            user_id: user.clone(),
            csrf_token: String::new(),
            created_at: NOW,
            expires_at: NOW.plus_ms(MINUTE),
        };
        write!(database, |tx| sessions::create(tx, &session));
        write!(database, |tx| api_tokens::create(tx, &api_token(workspace, user, "t")));
        assert!(sessions::find(&database.db, &token_hash("s"), NOW).await.unwrap().is_some());
        assert!(api_tokens::find_by_hash(&database.db, &token_hash("t"), NOW).await.unwrap().is_some());

        assert!(write!(database, |tx| users::deactivate(tx, workspace, user, NOW)));
        assert!(!write!(database, |tx| users::deactivate(tx, workspace, user, NOW)));
        assert_eq!(sessions::find(&database.db, &token_hash("s"), NOW).await.unwrap(), None);
        assert_eq!(api_tokens::find_by_hash(&database.db, &token_hash("t"), NOW).await.unwrap(), None);
        assert_eq!(users::find_by_email(&database.db, &email).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_good_once_and_in_time() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let link = |token: &str| OneTimeLink {
            token_hash: token_hash(token).to_vec(),
            workspace_id: tenant.workspace.clone(),
            purpose: Purpose::CreateOwner,
            created_at: NOW,
            expires_at: NOW.plus_ms(MINUTE),
        };
        write!(database, |tx| one_time_links::create(tx, &link("a")));
        write!(database, |tx| one_time_links::create(tx, &link("late")));
        assert_eq!(write!(database, |tx| one_time_links::consume(tx, &token_hash("wrong"), NOW)), None);
        assert_eq!(write!(database, |tx| one_time_links::consume(tx, &token_hash("a"), NOW)), Some(link("a")));
        assert_eq!(write!(database, |tx| one_time_links::consume(tx, &token_hash("a"), NOW)), None);
        let late = NOW.plus_ms(MINUTE);
        assert_eq!(write!(database, |tx| one_time_links::consume(tx, &token_hash("late"), late)), None);
        assert_eq!(write!(database, |tx| one_time_links::forget(tx, late)), 0);
        assert_eq!(write!(database, |tx| one_time_links::forget(tx, late.plus_ms(1))), 2);
    })
    .await;
}

#[tokio::test]
async fn an_api_token_notes_its_use_at_most_once_a_minute_and_ends_when_revoked() {
    on_both(async |database| {
        let Tenant { workspace, user, .. } = &Tenant::create(database).await;
        let token = api_token(workspace, user, "t");
        write!(database, |tx| api_tokens::create(tx, &token));
        for (seconds, noted) in [(0, 0), (30, 0), (59, 0), (60, 60), (100, 60), (121, 121)] {
            let now = NOW.plus_seconds(seconds);
            let (_, found) = api_tokens::find_by_hash(&database.db, &token_hash("t"), now).await.unwrap().unwrap();
            assert_eq!(&found.id, user);
            let listed = api_tokens::list(&database.db, workspace).await.unwrap();
            assert_eq!(listed[0].last_used_at, Some(NOW.plus_seconds(noted)), "after {seconds} s");
        }
        assert!(write!(database, |tx| api_tokens::revoke(tx, workspace, &token.id, NOW)));
        assert!(!write!(database, |tx| api_tokens::revoke(tx, workspace, &token.id, NOW)));
        assert_eq!(api_tokens::find_by_hash(&database.db, &token_hash("t"), NOW).await.unwrap(), None);
        assert_eq!(api_tokens::list(&database.db, workspace).await.unwrap(), []);
    })
    .await;
}

pub(crate) fn api_token(workspace: &relink_core::id::WorkspaceId, user: &UserId, token: &str) -> ApiToken {
    ApiToken {
        workspace_id: workspace.clone(),
        id: ApiTokenId::new(),
        user_id: user.clone(),
        name: "ci".to_owned(),
        token_hash: token_hash(token).to_vec(),
        created_at: NOW,
        last_used_at: None,
        revoked_at: None,
    }
}

#[tokio::test]
async fn client_names_are_unique_in_a_workspace_only() {
    on_both(async |database| {
        let Tenant { workspace, client, .. } = &Tenant::create(database).await;
        let other = Tenant::create(database).await;
        let second = create_client(database, workspace, "alchemist").await;
        let names = |clients: Vec<clients::Client>| clients.into_iter().map(|client| client.name).collect::<Vec<_>>();
        assert_eq!(names(clients::list(&database.db, workspace).await.unwrap()), ["alchemist", "Bakery"]);
        assert_eq!(names(clients::list(&database.db, &other.workspace).await.unwrap()), ["Bakery"]);

        let mut tx = database.begin().await;
        let error = clients::rename(&mut tx, workspace, &second, "Bakery").await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Conflict { constraint, .. } if constraint == "clients_workspace_id_name_key")
        );
        drop(tx);
        assert!(write!(database, |tx| clients::rename(tx, workspace, client, "Patisserie")));
        assert_eq!(clients::find(&database.db, workspace, client).await.unwrap().unwrap().name, "Patisserie");
    })
    .await;
}

#[tokio::test]
async fn the_audit_trail_is_read_page_by_page_newest_first() {
    on_both(async |database| {
        let Tenant { workspace, user, .. } = &Tenant::create(database).await;
        let mut lines = Vec::new();
        for number in 0..5 {
            let line = AuditLine {
                workspace_id: workspace.clone(),
                id: format!("aud_01HZZZZZZZZZZZZZZZZZZZZZZ{number}").parse::<AuditId>().unwrap(),
                at: NOW.plus_ms(number),
                user_id: (number > 0).then(|| user.clone()),
                action: "connection.paused".to_owned(),
                target: "conn".to_owned(),
                detail: None,
            };
            write!(database, |tx| audit::add(tx, &line));
            lines.insert(0, line);
        }
        let first = audit::list(&database.db, workspace, None, 3).await.unwrap();
        let second = audit::list(&database.db, workspace, first.next.as_ref(), 3).await.unwrap();
        assert_eq!((first.items.as_slice(), second.items.as_slice()), (&lines[..3], &lines[3..]));
        assert_eq!(second.next, None);
    })
    .await;
}
