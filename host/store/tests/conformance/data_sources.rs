//! The list of data sources: status, filters, sort orders and pages.

use std::collections::BTreeMap;

use relink_store::authorizations::{self, TokenUpdate};
use relink_store::connections::{self, ConnectionUpdate};
use relink_store::data_sources::{self, EXPIRES_SOON_MS, Filter, Sort, Status};
use relink_store::incidents::Scope;
use relink_store::{Cursor, StoreError, Visible};

use crate::incidents::open;
use crate::support::{NOW, Tenant, TestDb, create_authorization, create_client, lease, on_both, tokens, write};

/// Adds a connection of its own authorization, and makes it due never.
async fn add(database: &TestDb, tenant: &Tenant, account: &str) -> connections::NewConnection {
    let mut new = tenant.new_connection(account);
    new.authorization_id = create_authorization(database, &tenant.workspace).await;
    write!(database, |tx| connections::create(tx, &new));
    new
}

/// One connection of each status; the tenant's own needs a reconnect.
async fn one_of_each(database: &TestDb) -> Tenant {
    let tenant = Tenant::create(database).await;
    let workspace = &tenant.workspace;
    let delayed = add(database, &tenant, "delayed").await;
    let claimed = write!(database, |tx| connections::claim_due(tx, &lease("a", NOW), 10));
    let claimed = claimed.into_iter().find(|connection| connection.id == delayed.id).unwrap();
    let update = ConnectionUpdate {
        workspace_id: workspace.clone(),
        id: delayed.id,
        claim_epoch: claimed.claim_epoch,
        suspicion: None,
        delay_reason: Some("rate-limited".to_owned()),
        delayed_since: Some(NOW),
        consecutive_failures: 1,
        next_due_at: Some(NOW),
        last_success_at: Some(NOW),
        last_run_at: NOW,
        pass_started_at: None,
    };
    assert!(write!(database, |tx| connections::update_after_run(tx, &update)));

    let (incident, _) = open(database, &tenant, Scope::Authorization).await;
    let broken = write!(database, |tx| {
        connections::break_by_authorization(tx, workspace, &tenant.authorization, &incident.id, None)
    });
    assert_eq!(broken, 1);
    for (account, ms) in [("expires", EXPIRES_SOON_MS), ("connected", EXPIRES_SOON_MS + 1)] {
        let new = add(database, &tenant, account).await;
        let mut tokens = tokens(b"2");
        tokens.reauthorize_at = Some(NOW.plus_ms(ms));
        let update = TokenUpdate {
            workspace_id: workspace.clone(),
            id: new.authorization_id,
            expected_generation: 1,
            tokens,
            granted_scopes: None,
            config: None,
        };
        assert!(write!(database, |tx| authorizations::store_tokens(tx, &update)));
    }
    let paused = add(database, &tenant, "paused").await;
    assert!(write!(database, |tx| connections::pause(tx, workspace, &paused.id)));
    let stopped = add(database, &tenant, "stopped").await;
    assert!(write!(database, |tx| connections::stop(tx, workspace, &stopped.id)));
    tenant
}

async fn accounts(database: &TestDb, tenant: &Tenant, visible: &Visible, filter: &Filter) -> Vec<String> {
    let page = data_sources::list(&database.db, &tenant.workspace, visible, filter).await.unwrap();
    page.items.into_iter().map(|row| row.account_id).collect()
}

#[tokio::test]
async fn each_connection_has_the_status_that_its_row_implies() {
    on_both(async |database| {
        let tenant = one_of_each(database).await;
        let cases = [
            (Status::NeedsReconnect, "account-1"),
            (Status::Paused, "paused"),
            (Status::Stopped, "stopped"),
            (Status::ExpiresSoon, "expires"),
            (Status::Delayed, "delayed"),
            (Status::Connected, "connected"),
        ];
        for (status, account) in cases {
            let filter = Filter { status: Some(status), ..Filter::all(NOW, 10) };
            assert_eq!(accounts(database, &tenant, &Visible::All, &filter).await, [account], "{status:?}");
        }
        let all = Filter { sort: Sort::Account, ..Filter::all(NOW, 10) };
        let expected = ["account-1", "connected", "delayed", "expires", "paused"];
        assert_eq!(accounts(database, &tenant, &Visible::All, &all).await, expected);

        let one_each: BTreeMap<Status, i64> = Status::ALL.iter().map(|status| (*status, 1)).collect();
        let counts = async |visible: &Visible, filter: &Filter| {
            data_sources::counts(&database.db, &tenant.workspace, visible, filter).await.unwrap()
        };
        assert_eq!(counts(&Visible::All, &all).await, one_each);
        assert_eq!(counts(&Visible::Some(vec![tenant.client.clone()]), &all).await, one_each);
        assert_eq!(counts(&Visible::Some(vec![]), &all).await, BTreeMap::new());
        let search = Filter { search: Some("pause".to_owned()), ..all };
        assert_eq!(counts(&Visible::All, &search).await, BTreeMap::from([(Status::Paused, 1)]));
    })
    .await;
}

#[tokio::test]
async fn a_row_tells_what_is_broken_and_who_can_act() {
    on_both(async |database| {
        let tenant = one_of_each(database).await;
        let filter = Filter { status: Some(Status::NeedsReconnect), ..Filter::all(NOW, 10) };
        let page = data_sources::list(&database.db, &tenant.workspace, &Visible::All, &filter).await.unwrap();
        let row = &page.items[0];
        assert_eq!((row.client_name.as_str(), row.authorization_label.as_str()), ("Bakery", "ada@bakery.example"));
        let incident = row.incident.as_ref().unwrap();
        let expected = crate::support::diagnosis();
        assert_eq!((incident.reason, &incident.code), (expected.reason, &expected.code));
        assert_eq!((incident.actor, incident.remedy), (expected.actor, expected.remedy));
        assert_eq!((&incident.message, incident.opened_at), (&expected.message, NOW));

        let filter = Filter { status: Some(Status::Delayed), ..Filter::all(NOW, 10) };
        let page = data_sources::list(&database.db, &tenant.workspace, &Visible::All, &filter).await.unwrap();
        assert_eq!((page.items[0].delay_reason.as_deref(), &page.items[0].incident), (Some("rate-limited"), &None));
    })
    .await;
}

#[tokio::test]
async fn filters_narrow_the_list() {
    on_both(async |database| {
        let tenant = one_of_each(database).await;
        let workspace = &tenant.workspace;
        let florist = create_client(database, workspace, "100% Florist_").await;
        let mut new = tenant.new_connection("meta-1");
        (new.client_id, new.plugin_id) = (florist.clone(), "meta".to_owned());
        write!(database, |tx| connections::create(tx, &new));
        let all = Filter::all(NOW, 50);
        let search = |text: &str| Filter { search: Some(text.to_owned()), ..Filter::all(NOW, 50) };
        let cases = [
            (Filter { plugin_id: Some("meta".to_owned()), ..all.clone() }, 1),
            (Filter { plugin_id: Some("x".to_owned()), ..all.clone() }, 0),
            (Filter { client_id: Some(florist.clone()), ..all.clone() }, 1),
            (search("LABEL OF"), 6),
            (search("meta"), 1),
            (search("fLORIST"), 1),
            (search("100% F"), 1),
            (search("t_"), 1),
            (search("%"), 1),
            (search("_"), 1),
            (search("\\"), 0),
            (search("' OR 1=1 --"), 0),
            (search("ada@"), 6),
        ];
        for (filter, expected) in cases {
            let found = accounts(database, &tenant, &Visible::All, &filter).await;
            assert_eq!(found.len(), expected, "{:?}: {found:?}", filter.search);
        }
        assert_eq!(accounts(database, &tenant, &Visible::Some(vec![florist]), &all).await, ["meta-1"]);
    })
    .await;
}

#[tokio::test]
async fn every_sort_order_is_paged_without_gaps_or_repeats() {
    on_both(async |database| {
        let tenant = one_of_each(database).await;
        let visible = Visible::Some(vec![tenant.client.clone()]);
        for sort in Sort::ALL {
            let mut orders = Vec::new();
            for descending in [false, true] {
                let whole = Filter { sort: *sort, descending, ..Filter::all(NOW, 50) };
                let expected = accounts(database, &tenant, &visible, &whole).await;
                assert_eq!(expected.len(), 5);
                let mut paged = Vec::new();
                let mut filter = Filter { limit: 2, ..whole };
                loop {
                    let page = data_sources::list(&database.db, &tenant.workspace, &visible, &filter).await.unwrap();
                    paged.extend(page.items.into_iter().map(|row| row.account_id));
                    let Some(next) = page.next else { break };
                    filter.after = Some(next.to_string().parse::<Cursor>().unwrap());
                }
                assert_eq!(paged, expected, "{sort:?} {descending}");
                orders.push(expected);
            }
            orders[1].reverse();
            assert_eq!(orders[0], orders[1], "{sort:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    on_both(async |database| {
        let tenant = one_of_each(database).await;
        let first = Filter { sort: Sort::Account, ..Filter::all(NOW, 1) };
        let page = data_sources::list(&database.db, &tenant.workspace, &Visible::All, &first).await.unwrap();
        let wrong = Filter { sort: Sort::LastSuccess, after: page.next, ..Filter::all(NOW, 1) };
        let error = data_sources::list(&database.db, &tenant.workspace, &Visible::All, &wrong).await.unwrap_err();
        assert!(matches!(error, StoreError::Cursor), "{error:?}");
    })
    .await;
}
