//! Attempts to change a tenant's rows through another workspace.

use relink_core::id::WorkspaceId;
use relink_core::secret::Secret;
use relink_store::authorizations::{self, Fence, Grant, TokenUpdate};
use relink_store::connections::{self, ConnectionUpdate};
use relink_store::coverage::{self, FetchedDay};
use relink_store::incidents::{self, NewIncident, Resolution, Scope};
use relink_store::users::Role;
use relink_store::{
    Dataset, StoreError, Visible, api_tokens, clients, notices, outbox, reconnections, records, runs, sessions, slices,
    users,
};

use crate::data::{record, run, slice};
use crate::reconnections::success;
use crate::support::{MINUTE, NOW, Tenant, TestDb, day, diagnosis, lease, new_connection, tokens, write};

use super::window;

pub(super) async fn change_people(
    database: &TestDb,
    Tenant { user, client, workspace, .. }: &Tenant,
    ws: &WorkspaceId,
) {
    let token = api_tokens::list(&database.db, workspace).await.unwrap().remove(0);
    let hash = Secret::new("hash".to_owned());
    let mut tx = database.begin().await;
    let tx = &mut tx;
    assert!(!users::set_role(tx, ws, user, Role::Viewer).await.unwrap());
    assert!(!users::set_operator(tx, ws, user, true).await.unwrap());
    assert!(!users::set_password_hash(tx, ws, user, &hash).await.unwrap());
    assert!(!users::set_clients(tx, ws, user, &Visible::Some(vec![])).await.unwrap());
    assert!(!users::deactivate(tx, ws, user, NOW).await.unwrap());
    assert_eq!(sessions::delete_for_user(tx, ws, user).await.unwrap(), 0);
    assert!(!api_tokens::revoke(tx, ws, &token.id, NOW).await.unwrap());
    assert!(!clients::rename(tx, ws, client, "taken over").await.unwrap());
}

pub(super) async fn change_authorization(database: &TestDb, tenant: &Tenant, ws: &WorkspaceId) {
    let id = &tenant.authorization;
    let update = TokenUpdate {
        workspace_id: ws.clone(),
        id: id.clone(),
        expected_generation: 1,
        tokens: tokens(b"stolen"),
        granted_scopes: None,
        config: None,
    };
    let grant = Grant {
        workspace_id: ws.clone(),
        id: id.clone(),
        subject: None,
        label: "stolen".to_owned(),
        authorized_at: NOW,
        authorized_by: None,
        granted_scopes: vec![],
        reauthorize_at: None,
    };
    let fence = Fence { epoch: 1, generation: 1 };
    let after_lease = lease("stranger", NOW.plus_ms(2 * MINUTE));
    write!(database, |tx| async {
        assert!(!authorizations::store_tokens(tx, &update).await?);
        assert!(!authorizations::mark_authorized(tx, &grant).await?);
        assert_eq!(authorizations::take_lease(tx, ws, id, &after_lease).await?, None);
        assert!(!authorizations::record_intent(tx, ws, id, fence, NOW).await?);
        assert!(!authorizations::release_lease(tx, ws, id, 1).await?);
        assert!(!authorizations::leave_intent(tx, ws, id, 1).await?);
        assert!(!authorizations::set_suspicion(tx, ws, id, Some("{}")).await?);
        assert!(!authorizations::set_incident(tx, ws, id, None).await?);
        assert!(!authorizations::remove(tx, ws, id, NOW).await?);
        Ok::<(), StoreError>(())
    });
}

pub(super) async fn change_connection(database: &TestDb, tenant: &Tenant, ws: &WorkspaceId) {
    let Tenant { connection: id, authorization, client, workspace, .. } = tenant;
    let incident = incidents::open_of_authorization(&database.db, workspace, authorization).await.unwrap().unwrap().id;
    let update = ConnectionUpdate {
        workspace_id: ws.clone(),
        id: id.clone(),
        claim_epoch: 1,
        suspicion: None,
        delay_reason: None,
        delayed_since: None,
        consecutive_failures: 9,
        next_due_at: None,
        last_success_at: None,
        last_run_at: NOW,
        pass_started_at: None,
    };
    write!(database, |tx| async {
        assert!(!connections::update_after_run(tx, &update).await?);
        assert!(!connections::extend_claim(tx, ws, id, 1, NOW).await?);
        assert!(!connections::set_due_now(tx, ws, id, NOW).await?);
        assert!(!connections::pause(tx, ws, id).await?);
        assert!(!connections::resume(tx, ws, id, NOW).await?);
        assert!(!connections::stop(tx, ws, id).await?);
        assert!(!connections::break_one(tx, ws, id, &incident, None).await?);
        assert!(!connections::heal_one(tx, ws, id).await?);
        assert_eq!(connections::break_by_authorization(tx, ws, authorization, &incident, None).await?, 0);
        assert_eq!(connections::heal_by_authorization(tx, ws, authorization, NOW, &[]).await?, 0);
        Ok::<(), StoreError>(())
    });
    let mut tx = database.begin().await;
    let foreign = new_connection(ws, client, authorization, "foreign");
    assert!(connections::create(&mut tx, &foreign).await.is_err(), "client and authorization are another tenant's");
}

pub(super) async fn change_data(database: &TestDb, tenant: &Tenant, ws: &WorkspaceId) {
    let connection = &tenant.connection;
    let ads = Dataset { workspace_id: ws, connection_id: connection, name: "ads" };
    let later = NOW.plus_ms(MINUTE);
    write!(database, |tx| async {
        assert!(!slices::delete(tx, ads, Some(day("2026-03-01"))).await?);
        assert_eq!(records::delete_stale(tx, ads, later).await?, 0);
        assert_eq!(records::delete_stale_in_window(tx, ads, window(), later).await?, 0);
        Ok::<(), StoreError>(())
    });
    let fetched = [FetchedDay { day: Some(day("2026-03-01")), row_count: 9 }];
    let foreign_run = runs::Run { workspace_id: ws.clone(), ..run(tenant, 2) };
    assert!(slices::save(&mut database.begin().await, ws, connection, &slice("ads", None)).await.is_err());
    assert!(coverage::put_days(&mut database.begin().await, ads, &fetched, NOW).await.is_err());
    assert!(coverage::mark_lost(&mut database.begin().await, ads, &[day("2026-03-01")], NOW).await.is_err());
    assert!(records::upsert_batch(&mut database.begin().await, ads, vec![record("k", None, NOW)]).await.is_err());
    assert!(runs::add(&mut database.begin().await, &foreign_run).await.is_err());
}

pub(super) async fn change_incident(database: &TestDb, tenant: &Tenant, ws: &WorkspaceId) {
    let Tenant { workspace, user, authorization, .. } = tenant;
    let db = &database.db;
    let notice = notices::list_for_user(db, workspace, user, &Visible::All, 9).await.unwrap().remove(0);
    let message = outbox::find_by_key(db, workspace, "key").await.unwrap().unwrap();
    let open = reconnections::open_for_authorization(db, workspace, authorization, NOW).await.unwrap().remove(0);
    let incident = &notice.incident.id;
    write!(database, |tx| async {
        assert!(!incidents::resolve(tx, ws, incident, (Resolution::Recovered, None), NOW).await?);
        assert!(!notices::mark_read(tx, ws, user, &notice.id, NOW).await?);
        assert_eq!(notices::mark_all_read(tx, ws, user, NOW).await?, 0);
        assert_eq!(outbox::delivered(tx, ws, &message.id, NOW).await?, None);
        assert!(!outbox::retry_at(tx, ws, &message.id, None, "no").await?);
        assert_eq!(outbox::cancel_for_incident(tx, ws, incident).await?, 0);
        assert!(!reconnections::finish(tx, ws, &open.id, &success()).await?);
        Ok::<(), StoreError>(())
    });
    let diagnosis = diagnosis();
    let foreign = NewIncident {
        workspace_id: ws,
        scope: Scope::Authorization,
        plugin_id: "google-ads",
        authorization_id: Some(authorization),
        connection_id: None,
        diagnosis: &diagnosis,
        provider_answer: None,
        opened_at: NOW,
    };
    assert!(incidents::open(&mut database.begin().await, &foreign).await.is_err());
    let people = [user.clone()];
    assert!(notices::create_for_users(&mut database.begin().await, ws, incident, &people, NOW).await.is_err());
}
