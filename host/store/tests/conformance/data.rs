//! Slices, coverage, records and runs.

use relink_core::id::RunId;
use relink_core::time::Timestamp;
use relink_store::coverage::{self, FetchedDay};
use relink_store::records::{self, RecordFilter, RecordRow};
use relink_store::runs::{self, KEPT_RUNS, Run};
use relink_store::slices::{self, Slice};
use relink_store::{Dataset, StoreError};

use crate::support::{NOW, Tenant, day, on_both, write};

fn dataset<'a>(tenant: &'a Tenant, name: &'a str) -> Dataset<'a> {
    Dataset { workspace_id: &tenant.workspace, connection_id: &tenant.connection, name }
}

pub(crate) fn record(key: &str, on: Option<&str>, fetched_at: Timestamp) -> RecordRow {
    RecordRow { key: key.to_owned(), day: on.map(day), data: format!("{{\"key\":{key:?}}}"), fetched_at }
}

pub(crate) fn slice(name: &str, since: Option<&str>) -> Slice {
    Slice {
        dataset: name.to_owned(),
        since: since.map(day),
        until: since.map(|_| day("2026-03-31")),
        plugin_version: "1.0.0".to_owned(),
        plugin_state: vec![0, 255, 7],
        pending: "{}".to_owned(),
        started_at: NOW,
        updated_at: NOW,
    }
}

#[tokio::test]
async fn a_slice_is_found_again_where_it_was_left() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let Tenant { workspace, connection, .. } = &tenant;
        let (mut first, second) = (slice("ads", Some("2026-03-01")), slice("campaigns", None));
        for slice in [&first, &second] {
            write!(database, |tx| slices::save(tx, workspace, connection, slice));
        }
        first.plugin_state = vec![1; 100];
        first.updated_at = NOW.plus_ms(1);
        write!(database, |tx| slices::save(tx, workspace, connection, &first));
        let list = async || slices::list_of_connection(&database.db, workspace, connection).await.unwrap();
        assert_eq!(list().await, [first, second.clone()]);

        assert!(!write!(database, |tx| slices::delete(tx, dataset(&tenant, "ads"), None)));
        assert!(write!(database, |tx| slices::delete(tx, dataset(&tenant, "ads"), Some(day("2026-03-01")))));
        assert_eq!(list().await, [second]);
    })
    .await;
}

#[tokio::test]
async fn the_ledger_of_days_tells_what_was_fetched_and_what_is_lost() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let ads = dataset(&tenant, "ads");
        let fetched = |on, row_count| FetchedDay { day: Some(day(on)), row_count };
        let days = [fetched("2026-02-28", 1), fetched("2026-03-01", 5), fetched("2026-03-02", 0)];
        write!(database, |tx| coverage::put_days(tx, ads, &days, NOW));
        write!(database, |tx| coverage::put_days(tx, ads, &[fetched("2026-03-01", 6)], NOW.plus_ms(1)));
        let no_longer_there = [day("2026-03-02"), day("2026-03-03")];
        write!(database, |tx| coverage::mark_lost(tx, ads, &no_longer_there, NOW.plus_ms(2)));
        let whole = [FetchedDay { day: None, row_count: 3 }];
        write!(database, |tx| coverage::put_days(tx, dataset(&tenant, "campaigns"), &whole, NOW));

        let since = day("2026-03-01");
        let list = coverage::list(&database.db, &tenant.workspace, &tenant.connection, since).await.unwrap();
        let list: Vec<_> = list.iter().map(|d| (d.dataset.as_str(), d.day, d.row_count, d.lost)).collect();
        let expected = [
            ("ads", Some(day("2026-03-01")), 6, false),
            ("ads", Some(day("2026-03-02")), 0, false),
            ("ads", Some(day("2026-03-03")), 0, true),
            ("campaigns", None, 3, false),
        ];
        assert_eq!(list, expected);

        write!(database, |tx| coverage::put_days(tx, ads, &[fetched("2026-03-03", 2)], NOW));
        let list = coverage::list(&database.db, &tenant.workspace, &tenant.connection, since).await.unwrap();
        assert!(list.iter().all(|day| !day.lost), "the provider had it after all");

        let year: Vec<_> = day("2025-01-01")
            .through(day("2026-12-31"))
            .map(|day| FetchedDay { day: Some(day), row_count: 1 })
            .collect();
        write!(database, |tx| coverage::put_days(tx, ads, &year, NOW));
        let list =
            coverage::list(&database.db, &tenant.workspace, &tenant.connection, day("2025-01-01")).await.unwrap();
        assert_eq!(list.len(), year.len() + 1, "a statement holds fewer days than two years have");
    })
    .await;
}

#[tokio::test]
async fn records_are_replaced_and_never_doubled() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let ads = dataset(&tenant, "ads");
        let batch: Vec<RecordRow> = (0..1_234).map(|n| record(&format!("k{n:04}"), Some("2026-03-01"), NOW)).collect();
        assert_eq!(write!(database, |tx| records::upsert_batch(tx, ads, batch.clone())), 1_234);
        assert_eq!(write!(database, |tx| records::upsert_batch(tx, ads, batch)), 1_234);
        let mut newer = record("k0000", Some("2026-03-02"), NOW.plus_ms(1));
        newer.data = "{\"clicks\":1}".to_owned();
        let doubled = vec![record("k0000", None, NOW), record("new", None, NOW), newer.clone()];
        assert_eq!(write!(database, |tx| records::upsert_batch(tx, ads, doubled)), 2);
        assert_eq!(write!(database, |tx| records::upsert_batch(tx, ads, Vec::new())), 0);
        assert_eq!(records::count(&database.db, ads).await.unwrap(), 1_235);
        assert_eq!(records::count(&database.db, dataset(&tenant, "other")).await.unwrap(), 0);
        let total = records::count_of_connection(&database.db, &tenant.workspace, &tenant.connection).await.unwrap();
        assert_eq!(total, 1_235);
        let window = (day("2026-03-01"), day("2026-03-31"));
        let per_day = records::count_per_day(&database.db, ads, window).await.unwrap();
        assert_eq!(per_day, [(day("2026-03-01"), 1_233), (day("2026-03-02"), 1)]);

        let first_page = RecordFilter { limit: 1, ..RecordFilter::default() };
        assert_eq!(records::list(&database.db, ads, &first_page).await.unwrap().items, [newer]);
    })
    .await;
}

#[tokio::test]
async fn records_are_listed_page_by_page_within_days() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let ads = dataset(&tenant, "ads");
        let days = ["2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03", "2026-03-04"];
        let batch: Vec<_> = days.iter().enumerate().map(|(n, on)| record(&format!("k{n}"), Some(on), NOW)).collect();
        write!(database, |tx| records::upsert_batch(tx, ads, batch.clone()));
        let mut filter =
            RecordFilter { since: Some(day("2026-03-02")), until: Some(day("2026-03-03")), after: None, limit: 2 };
        let first = records::list(&database.db, ads, &filter).await.unwrap();
        assert_eq!(first.items, batch[1..3]);
        filter.after = first.next;
        let second = records::list(&database.db, ads, &filter).await.unwrap();
        assert_eq!((second.items.as_slice(), second.next), (&batch[3..4], None));
    })
    .await;
}

#[tokio::test]
async fn what_a_fetch_no_longer_brought_is_deleted_in_its_window_only() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let ads = dataset(&tenant, "ads");
        let later = NOW.plus_ms(10);
        let batch = vec![
            record("before", Some("2026-02-28"), NOW),
            record("stale", Some("2026-03-01"), NOW),
            record("fresh", Some("2026-03-01"), later),
            record("after", Some("2026-03-03"), NOW),
            // The clock was set back since.
            record("ahead", Some("2026-03-02"), later.plus_ms(1)),
        ];
        write!(database, |tx| records::upsert_batch(tx, ads, batch));
        let window = (day("2026-03-01"), day("2026-03-02"));
        assert_eq!(write!(database, |tx| records::delete_stale_in_window(tx, ads, window, later)), 2);
        assert_eq!(records::count(&database.db, ads).await.unwrap(), 3);
        assert_eq!(write!(database, |tx| records::delete_stale(tx, ads, later)), 2);
        let left =
            records::list(&database.db, ads, &RecordFilter { limit: 9, ..RecordFilter::default() }).await.unwrap();
        assert_eq!(left.items, [record("fresh", Some("2026-03-01"), later)]);
    })
    .await;
}

#[tokio::test]
async fn texts_with_nul_and_odd_characters_are_stored() {
    on_both(async |database| {
        let tenant = Tenant::create(database).await;
        let ads = dataset(&tenant, "ads");
        let odd = RecordRow { key: "a\0b'\"; --\u{202e}🦀".to_owned(), ..record("", None, NOW) };
        write!(database, |tx| records::upsert_batch(tx, ads, vec![odd]));
        let page =
            records::list(&database.db, ads, &RecordFilter { limit: 1, ..RecordFilter::default() }).await.unwrap();
        assert_eq!(page.items[0].key, "ab'\"; --\u{202e}🦀");
    })
    .await;
}

#[tokio::test]
async fn data_of_an_unknown_connection_is_refused() {
    on_both(async |database| {
        let mut tenant = Tenant::create(database).await;
        tenant.connection = relink_core::id::ConnectionId::new();
        let mut tx = database.begin().await;
        let error = records::upsert_batch(&mut tx, dataset(&tenant, "ads"), vec![record("k", None, NOW)]).await;
        assert!(matches!(error, Err(StoreError::MissingReference { table: "records" })), "{error:?}");
    })
    .await;
}

pub(crate) fn run(tenant: &Tenant, number: i64) -> Run {
    Run {
        workspace_id: tenant.workspace.clone(),
        id: format!("run_01HZZZZZZZZZZZZZZZZZZZZ{number:03}").parse::<RunId>().unwrap(),
        connection_id: tenant.connection.clone(),
        started_at: NOW,
        finished_at: NOW.plus_ms(number),
        outcome: "succeeded".to_owned(),
        reason: None,
        code: None,
        row_count: number,
        message: None,
    }
}

#[tokio::test]
async fn the_newest_runs_of_each_connection_are_kept() {
    on_both(async |database| {
        let (tenant, other) = (Tenant::create(database).await, Tenant::create(database).await);
        write!(database, |tx| runs::add(tx, &run(&other, 1)));
        let mut tx = database.begin().await;
        for number in 0..KEPT_RUNS + 5 {
            runs::add(&mut tx, &run(&tenant, number)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let list =
            async |after| runs::list(&database.db, &tenant.workspace, &tenant.connection, after, 150).await.unwrap();
        let first = list(None).await;
        assert_eq!(first.items[0], run(&tenant, KEPT_RUNS + 4));
        let second = list(first.next.as_ref()).await;
        assert_eq!((first.items.len(), second.items.len(), second.next), (150, 50, None));
        assert_eq!(second.items[49].row_count, 5);
        let others = runs::list(&database.db, &other.workspace, &other.connection, None, 9).await.unwrap();
        assert_eq!(others.items, [run(&other, 1)]);
    })
    .await;
}
