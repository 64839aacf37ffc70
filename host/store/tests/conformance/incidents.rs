//! Incidents and the notices that hang on them.

use relink_core::id::IncidentId;
use relink_core::time::Timestamp;
use relink_store::incidents::{self, Incident, IncidentFilter, NewIncident, Resolution, Scope};
use relink_store::{Visible, clients, connections, notices, users};

use crate::support::{NOW, Tenant, TestDb, create_client, diagnosis, new_user, on_both, write};

pub(crate) async fn open(database: &TestDb, tenant: &Tenant, scope: Scope) -> (Incident, bool) {
    let diagnosis = diagnosis();
    let new = NewIncident {
        workspace_id: &tenant.workspace,
        scope,
        plugin_id: "google-ads",
        authorization_id: (scope != Scope::App).then_some(&tenant.authorization),
        connection_id: (scope == Scope::Connection).then_some(&tenant.connection),
        diagnosis: &diagnosis,
        provider_answer: Some("{\"error\":\"invalid_grant\"}"),
        opened_at: NOW,
    };
    write!(database, |tx| incidents::open(tx, &new))
}

async fn resolve(database: &TestDb, tenant: &Tenant, id: &IncidentId, now: Timestamp) -> bool {
    let how = (Resolution::Reconnected, Some(&tenant.user));
    write!(database, |tx| incidents::resolve(tx, &tenant.workspace, id, how, now))
}

#[tokio::test]
async fn one_incident_is_open_for_each_broken_thing() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        for scope in [Scope::Authorization, Scope::Connection, Scope::App] {
            let (first, newly_opened) = open(database, &tenant, scope).await;
            assert!(newly_opened, "{scope:?}");
            assert_eq!((first.scope, first.reason, first.resolved_at), (scope, diagnosis().reason, None));
            let found = incidents::find(&database.db, &tenant.workspace, &first.id).await.unwrap();
            assert_eq!(found.as_ref(), Some(&first));
            assert_eq!(open(database, &tenant, scope).await, (first.clone(), false), "{scope:?}");

            assert!(resolve(database, &tenant, &first.id, NOW.plus_ms(5)).await);
            assert!(!resolve(database, &tenant, &first.id, NOW.plus_ms(6)).await);
            let resolved = incidents::find(&database.db, &tenant.workspace, &first.id).await.unwrap().unwrap();
            assert_eq!(
                (resolved.resolution, resolved.resolved_at),
                (Some(Resolution::Reconnected), Some(NOW.plus_ms(5)))
            );
            assert_eq!(resolved.resolved_by.as_ref(), Some(&tenant.user));
            assert!(open(database, &tenant, scope).await.1, "it broke again: {scope:?}");
        }
        let by_authorization =
            incidents::open_of_authorization(&database.db, &tenant.workspace, &tenant.authorization).await.unwrap();
        assert_eq!(by_authorization.unwrap().scope, Scope::Authorization);
        let by_connections =
            incidents::open_of_connections(&database.db, &tenant.workspace, &tenant.authorization).await.unwrap();
        assert_eq!(by_connections.len(), 1);
        assert_eq!(by_connections[0].connection_id.as_ref(), Some(&tenant.connection));
        let by_connection = incidents::open_of_connection(&database.db, &tenant.workspace, &tenant.connection).await;
        assert_eq!(by_connection.unwrap().as_ref(), Some(&by_connections[0]));
        let of_app = async |plugin: &str| {
            incidents::open_of_app(&database.db, &tenant.workspace, plugin).await.unwrap().map(|found| found.scope)
        };
        assert_eq!((of_app("google-ads").await, of_app("meta").await), (Some(Scope::App), None));
    })
    .await;
}

#[tokio::test]
async fn of_many_runs_that_fail_at_once_one_opens_the_incident() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let (db, workspace, authorization) =
                (database.db.clone(), tenant.workspace.clone(), tenant.authorization.clone());
            tasks.push(tokio::spawn(async move {
                let new = NewIncident {
                    workspace_id: &workspace,
                    scope: Scope::Authorization,
                    plugin_id: "google-ads",
                    authorization_id: Some(&authorization),
                    connection_id: None,
                    diagnosis: &diagnosis(),
                    provider_answer: None,
                    opened_at: NOW,
                };
                let mut tx = db.begin().await.unwrap();
                let (incident, newly_opened) = incidents::open(&mut tx, &new).await.unwrap();
                tx.commit().await.unwrap();
                (incident.id, newly_opened)
            }));
        }
        let mut opened = Vec::new();
        for task in tasks {
            opened.push(task.await.unwrap());
        }
        assert_eq!(opened.iter().filter(|(_, newly_opened)| *newly_opened).count(), 1);
        assert!(opened.iter().all(|(id, _)| *id == opened[0].0));
    })
    .await;
}

#[tokio::test]
async fn affected_are_the_connections_that_cannot_work() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, client, .. } = &tenant;
        let florist = create_client(database, workspace, "Florist").await;
        let mut second = tenant.new_connection("account-2");
        second.client_id = florist.clone();
        let stopped = tenant.new_connection("stopped");
        for new in [&second, &stopped] {
            write!(database, |tx| connections::create(tx, new));
        }
        write!(database, |tx| connections::stop(tx, workspace, &stopped.id));

        let only_florist = Visible::Some(vec![florist.clone()]);
        let cases = [
            (Scope::Authorization, vec!["Bakery", "Florist"], vec!["Florist"]),
            (Scope::Connection, vec!["Bakery"], vec![]),
            (Scope::App, vec!["Bakery", "Florist"], vec!["Florist"]),
        ];
        for (scope, all, visible) in cases {
            let (incident, _) = open(database, &tenant, scope).await;
            let names = async |visible: &Visible| {
                let affected = incidents::affected(&database.db, workspace, &incident.id, visible).await.unwrap();
                affected.into_iter().map(|affected| affected.client_name).collect::<Vec<_>>()
            };
            assert_eq!(names(&Visible::All).await, all, "{scope:?}");
            assert_eq!(names(&only_florist).await, visible, "{scope:?}");
            assert_eq!(names(&Visible::Some(vec![])).await, [""; 0], "{scope:?}");
            assert_eq!(names(&Visible::Some(vec![client.clone(), florist.clone()])).await, all, "{scope:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn incidents_are_listed_newest_first_as_far_as_they_are_visible() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, client, .. } = &tenant;
        let (closed, _) = open(database, &tenant, Scope::Authorization).await;
        assert!(resolve(database, &tenant, &closed.id, NOW).await);
        let (connection, _) = open(database, &tenant, Scope::Connection).await;
        let (app, _) = open(database, &tenant, Scope::App).await;
        let mut newest_first = [closed.id, connection.id, app.id];
        newest_first.sort_by(|a, b| b.cmp(a));

        let everything = IncidentFilter { limit: 2, ..IncidentFilter::default() };
        let list = async |visible: &Visible, filter: &IncidentFilter| {
            let page = incidents::list(&database.db, workspace, visible, filter).await.unwrap();
            (page.items.into_iter().map(|incident| incident.id).collect::<Vec<_>>(), page.next)
        };
        let (first, next) = list(&Visible::All, &everything).await;
        let (second, end) = list(&Visible::All, &IncidentFilter { after: next, ..everything.clone() }).await;
        assert_eq!([first, second].concat(), newest_first);
        assert_eq!(end, None);

        let open = IncidentFilter { only_open: true, limit: 9, ..IncidentFilter::default() };
        assert_eq!(list(&Visible::All, &open).await.0.len(), 2);
        let other_plugin = IncidentFilter { plugin_id: Some("meta".to_owned()), ..open.clone() };
        assert_eq!(list(&Visible::All, &other_plugin).await.0, []);
        assert_eq!(list(&Visible::Some(vec![client.clone()]), &open).await.0.len(), 2);
        let florist = create_client(database, workspace, "Florist").await;
        assert_eq!(list(&Visible::Some(vec![florist]), &open).await.0, []);
        assert_eq!(list(&Visible::Some(vec![]), &open).await.0, []);
    })
    .await;
}

#[tokio::test]
async fn a_person_is_told_once_and_only_of_visible_clients() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, client, user, .. } = &tenant;
        let florist = create_client(database, workspace, "Florist").await;
        let mut second = tenant.new_connection("account-2");
        second.client_id = florist.clone();
        write!(database, |tx| connections::create(tx, &second));
        write!(database, |tx| connections::create(tx, &tenant.new_connection("account-3")));
        let staff = new_user(workspace, "staff@example.com");
        write!(database, |tx| users::create(tx, &staff));

        let (incident, _) = open(database, &tenant, Scope::Authorization).await;
        let people = [user.clone(), staff.id.clone()];
        let tell = async || write!(database, |tx| notices::create_for_users(tx, workspace, &incident.id, &people, NOW));
        assert_eq!((tell().await, tell().await), (2, 0));

        let read = async |visible: &Visible| {
            let list = notices::list_for_user(&database.db, workspace, user, visible, 10).await.unwrap();
            let unread = notices::unread_count(&database.db, workspace, user, visible).await.unwrap();
            (list.into_iter().map(|notice| notice.client_names).collect::<Vec<_>>(), unread)
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(read(&Visible::All).await, (vec![names(&["Bakery", "Florist"])], 1));
        assert_eq!(read(&Visible::Some(vec![florist])).await, (vec![names(&["Florist"])], 1));
        assert_eq!(read(&Visible::Some(vec![])).await, (vec![], 0));
        let unconnected = create_client(database, workspace, "Cobbler").await;
        assert_eq!(read(&Visible::Some(vec![unconnected])).await, (vec![], 0));

        let notice = notices::list_for_user(&database.db, workspace, user, &Visible::All, 10).await.unwrap().remove(0);
        assert_eq!((&notice.incident, notice.read_at), (&incident, None));
        let mark = async |user| write!(database, |tx| notices::mark_read(tx, workspace, user, &notice.id, NOW));
        assert!(!mark(&staff.id).await, "it is in another person's tray");
        assert!(mark(user).await);
        assert!(!mark(user).await);
        assert_eq!(read(&Visible::All).await.1, 0);
        assert_eq!(write!(database, |tx| notices::mark_all_read(tx, workspace, &staff.id, NOW)), 1);

        let renamed = write!(database, |tx| clients::rename(tx, workspace, client, "Patisserie"));
        assert!(renamed);
        assert_eq!(read(&Visible::All).await.0, [names(&["Florist", "Patisserie"])], "a notice shows how it is now");
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_taken_back_when_the_incident_is_over() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, user, .. } = &tenant;
        let (incident, _) = open(database, &tenant, Scope::Authorization).await;
        let people = [user.clone()];
        write!(database, |tx| notices::create_for_users(tx, workspace, &incident.id, &people, NOW));
        let unread = async || notices::unread_count(&database.db, workspace, user, &Visible::All).await.unwrap();
        assert_eq!(unread().await, 1);
        assert!(resolve(database, &tenant, &incident.id, NOW.plus_ms(7)).await);
        assert_eq!(unread().await, 0);
        let shown = notices::list_for_user(&database.db, workspace, user, &Visible::All, 10).await.unwrap();
        assert_eq!(shown[0].incident.resolved_at, Some(NOW.plus_ms(7)));
    })
    .await;
}

#[tokio::test]
async fn a_broken_app_concerns_whoever_sees_everything() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, user, connection, client, .. } = &tenant;
        write!(database, |tx| connections::stop(tx, workspace, connection));
        let (incident, _) = open(database, &tenant, Scope::App).await;
        let people = [user.clone()];
        write!(database, |tx| notices::create_for_users(tx, workspace, &incident.id, &people, NOW));
        for (visible, shown) in [(Visible::All, 1), (Visible::Some(vec![client.clone()]), 0)] {
            let list = notices::list_for_user(&database.db, workspace, user, &visible, 10).await.unwrap();
            assert_eq!(list.len(), shown, "{visible:?}");
        }
    })
    .await;
}
