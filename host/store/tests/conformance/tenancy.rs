//! Each function that is given the ids of one workspace and the name of another finds and changes nothing.

mod changes;

use relink_core::time::Day;
use relink_store::coverage::{self, FetchedDay};
use relink_store::data_sources::{self, Filter};
use relink_store::incidents::{self, IncidentFilter, Scope};
use relink_store::records::{self, RecordFilter};
use relink_store::{
    Dataset, Visible, api_tokens, audit, authorizations, clients, connections, notices, outbox, reconnections, runs,
    slices, users,
};

use crate::data::{record, run, slice};
use crate::incidents::open;
use crate::people::api_token;
use crate::reconnections::new_reconnection;
use crate::support::{NOW, Tenant, TestDb, day, lease, on_both, write};

/// The two days that hold the data of a [`full_tenant`].
fn window() -> (Day, Day) {
    (day("2026-03-01"), day("2026-03-02"))
}

/// Everything of a tenant that the functions below could change, as text.
async fn snapshot(database: &TestDb, tenant: &Tenant) -> String {
    let Tenant { workspace, user, client, authorization, connection } = tenant;
    let db = &database.db;
    let ads = Dataset { workspace_id: workspace, connection_id: connection, name: "ads" };
    let user_row = users::find(db, workspace, user).await.unwrap().unwrap();
    let filter = RecordFilter { limit: 9, ..RecordFilter::default() };
    let incidents_filter = IncidentFilter { limit: 9, ..IncidentFilter::default() };
    [
        format!("{:?} {:?}", users::visible_clients(db, &user_row).await.unwrap(), user_row),
        format!("{:?}", clients::find(db, workspace, client).await.unwrap().unwrap()),
        format!("{:?}", api_tokens::list(db, workspace).await.unwrap()),
        format!("{:?}", authorizations::find(db, workspace, authorization).await.unwrap().unwrap()),
        format!("{:?}", connections::find(db, workspace, connection).await.unwrap().unwrap()),
        format!("{:?}", slices::list_of_connection(db, workspace, connection).await.unwrap()),
        format!("{:?}", coverage::list(db, workspace, connection, day("2026-01-01")).await.unwrap()),
        format!("{:?}", records::list(db, ads, &filter).await.unwrap()),
        format!("{:?}", runs::list(db, workspace, connection, None, 9).await.unwrap()),
        format!("{:?}", incidents::list(db, workspace, &Visible::All, &incidents_filter).await.unwrap()),
        format!("{:?}", notices::list_for_user(db, workspace, user, &Visible::All, 9).await.unwrap()),
        format!("{:?}", outbox::find_by_key(db, workspace, "key").await.unwrap().unwrap()),
        format!("{:?}", reconnections::open_for_authorization(db, workspace, authorization, NOW).await.unwrap()),
    ]
    .join("\n")
}

/// A tenant with a row in every table.
async fn full_tenant(database: &TestDb) -> Tenant {
    let tenant = Tenant::create(database).await;
    let Tenant { workspace, user, connection, authorization, .. } = &tenant;
    let ads = Dataset { workspace_id: workspace, connection_id: connection, name: "ads" };
    write!(database, |tx| api_tokens::create(tx, &api_token(workspace, user, workspace.as_str())));
    write!(database, |tx| slices::save(tx, workspace, connection, &slice("ads", Some("2026-03-01"))));
    let fetched = [FetchedDay { day: Some(day("2026-03-01")), row_count: 1 }];
    write!(database, |tx| coverage::put_days(tx, ads, &fetched, NOW));
    write!(database, |tx| records::upsert_batch(tx, ads, vec![record("k", Some("2026-03-01"), NOW)]));
    write!(database, |tx| runs::add(tx, &run(&tenant, 1)));
    let (incident, _) = open(database, &tenant, Scope::Authorization).await;
    let people = [user.clone()];
    write!(database, |tx| notices::create_for_users(tx, workspace, &incident.id, &people, NOW));
    assert!(crate::outbox::add(database, &tenant, "key", Some(&incident.id)).await);
    write!(database, |tx| reconnections::create(tx, &new_reconnection(&tenant, workspace.as_str())));
    let claimed = write!(database, |tx| connections::claim_due(tx, &lease("owner", NOW), 10));
    assert_eq!(claimed.len(), 1);
    let taken = write!(database, |tx| authorizations::take_lease(tx, workspace, authorization, &lease("owner", NOW)));
    assert_eq!(taken, Some(1));
    tenant
}

#[tokio::test]
async fn nothing_is_found_through_another_workspace() {
    on_both(async |database| {
        let (tenant, stranger) = (full_tenant(database).await, Tenant::create(database).await);
        let db = &database.db;
        let ws = &stranger.workspace;
        let Tenant { user, client, authorization, connection, .. } = &tenant;
        let ads = Dataset { workspace_id: ws, connection_id: connection, name: "ads" };
        let own = authorizations::find(db, &tenant.workspace, authorization).await.unwrap().unwrap();
        let incident = incidents::open_of_authorization(db, &tenant.workspace, authorization).await.unwrap().unwrap();
        let reconnection =
            reconnections::open_for_authorization(db, &tenant.workspace, &own.id, NOW).await.unwrap().remove(0);

        assert_eq!(users::find(db, ws, user).await.unwrap(), None);
        assert!(users::list(db, ws).await.unwrap().iter().all(|found| found.id != *user));
        assert_eq!(api_tokens::list(db, ws).await.unwrap(), []);
        assert_eq!(clients::find(db, ws, client).await.unwrap(), None);
        assert!(clients::list(db, ws).await.unwrap().iter().all(|found| found.id != *client));
        assert_eq!(audit::list(db, ws, None, 9).await.unwrap().items, []);

        assert_eq!(authorizations::find(db, ws, authorization).await.unwrap(), None);
        let mut tx = database.begin().await;
        assert_eq!(authorizations::lock(&mut tx, ws, authorization).await.unwrap(), None);
        drop(tx);
        assert!(authorizations::list(db, ws, None).await.unwrap().iter().all(|found| found.id != *authorization));
        let by_subject = authorizations::find_by_subject(db, ws, ("google-ads", "oauth"), "subject-1").await.unwrap();
        assert_eq!(by_subject.unwrap().id, stranger.authorization);
        assert_eq!(authorizations::expiring(db, ws, NOW.plus_ms(i64::MAX)).await.unwrap(), []);

        assert_eq!(connections::find(db, ws, connection).await.unwrap(), None);
        assert_eq!(connections::list_of_authorization(db, ws, authorization).await.unwrap(), []);
        assert_eq!(connections::list_dependents(db, ws, authorization).await.unwrap(), []);
        let page = data_sources::list(db, ws, &Visible::All, &Filter::all(NOW, 9)).await.unwrap();
        assert_eq!(page.items.iter().map(|row| &row.id).collect::<Vec<_>>(), [&stranger.connection]);
        let of_client = Filter { client_id: Some(client.clone()), ..Filter::all(NOW, 9) };
        assert!(data_sources::counts(db, ws, &Visible::All, &of_client).await.unwrap().is_empty());

        assert_eq!(slices::list_of_connection(db, ws, connection).await.unwrap(), []);
        assert_eq!(coverage::list(db, ws, connection, day("2026-01-01")).await.unwrap(), []);
        assert_eq!(records::count(db, ads).await.unwrap(), 0);
        assert_eq!(records::count_of_connection(db, ws, connection).await.unwrap(), 0);
        assert_eq!(records::count_per_day(db, ads, window()).await.unwrap(), []);
        let filter = RecordFilter { limit: 9, ..RecordFilter::default() };
        assert_eq!(records::list(db, ads, &filter).await.unwrap().items, []);
        assert_eq!(runs::list(db, ws, connection, None, 9).await.unwrap().items, []);

        assert_eq!(incidents::find(db, ws, &incident.id).await.unwrap(), None);
        assert_eq!(incidents::open_of_authorization(db, ws, authorization).await.unwrap(), None);
        assert_eq!(incidents::open_of_connections(db, ws, authorization).await.unwrap(), []);
        assert_eq!(incidents::open_of_connection(db, ws, connection).await.unwrap(), None);
        assert_eq!(incidents::open_of_app(db, ws, "google-ads").await.unwrap(), None);
        assert!(!connections::is_any_broken_by(db, ws, (authorization, &incident.id)).await.unwrap());
        assert!(!connections::is_any_delayed_by(db, ws, ("google-ads", "outage")).await.unwrap());
        assert_eq!(incidents::affected(db, ws, &incident.id, &Visible::All).await.unwrap(), []);
        let filter = IncidentFilter { limit: 9, ..IncidentFilter::default() };
        assert_eq!(incidents::list(db, ws, &Visible::All, &filter).await.unwrap().items, []);
        assert_eq!(notices::list_for_user(db, ws, user, &Visible::All, 9).await.unwrap(), []);
        assert_eq!(notices::unread_count(db, ws, user, &Visible::All).await.unwrap(), 0);
        assert_eq!(outbox::find_by_key(db, ws, "key").await.unwrap(), None);
        assert_eq!(reconnections::find(db, ws, &reconnection.id).await.unwrap(), None);
        assert_eq!(reconnections::open_for_authorization(db, ws, authorization, NOW).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_changed_through_another_workspace() {
    on_both(async |database| {
        let (tenant, stranger) = (full_tenant(database).await, Tenant::create(database).await);
        let before = snapshot(database, &tenant).await;
        changes::change_people(database, &tenant, &stranger.workspace).await;
        changes::change_authorization(database, &tenant, &stranger.workspace).await;
        changes::change_connection(database, &tenant, &stranger.workspace).await;
        changes::change_data(database, &tenant, &stranger.workspace).await;
        changes::change_incident(database, &tenant, &stranger.workspace).await;
        assert_eq!(snapshot(database, &tenant).await, before);
    })
    .await;
}
