//! A plugin is replaced by another version of itself while a slice is half fetched.

use std::fs;

use relink_server::config::Span;
use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider, Reach, Trouble};
use relink_stories::{Agency, Database, Source, eventually, plugin_file, story, truth};

const DATASET: &str = "campaign_performance";

story!(a_version_that_takes_the_state_over_goes_on_in_the_middle_of_a_slice);
async fn a_version_that_takes_the_state_over_goes_on_in_the_middle_of_a_slice(database: Database) {
    let (agency, source) = cut_short(database).await;
    replace(&agency, Part::Patch).await;
    let (read, kept) = finish(&agency, &source).await;
    assert_eq!(read, kept, "what had been read was read again");
}

story!(a_version_that_cannot_use_the_state_starts_the_slice_again);
async fn a_version_that_cannot_use_the_state_starts_the_slice_again(database: Database) {
    let (agency, source) = cut_short(database).await;
    replace(&agency, Part::Minor).await;
    let (read, kept) = finish(&agency, &source).await;
    assert!(read > kept, "{read} rows were read and {kept} kept: nothing was half fetched");
}

story!(what_is_under_way_ends_with_the_version_that_began_it);
async fn what_is_under_way_ends_with_the_version_that_began_it(database: Database) {
    let (agency, source) = half_fetched(database).await;
    replace(&agency, Part::Minor).await;
    let (read, kept) = finish(&agency, &source).await;
    assert_eq!(read, kept, "the run that was under way was broken off");
    let runs = agency.owner.list(&format!("/connections/{}/runs", source.id)).await;
    assert_eq!(runs.len(), 1, "{runs:?}");
}

/// A report of three pages, of which the provider, which is slow, has given the first.
async fn half_fetched(database: Database) -> (Agency, Source) {
    let shelf = tempfile::tempdir().unwrap().keep();
    fs::copy(plugin_file("google"), shelf.join("google.wasm")).unwrap();
    let agency = Agency::start_with(database, |config| {
        config.plugins_dir = Some(shelf);
        config.scheduler.backfill_days = 30;
        config.scheduler.interval = Span::seconds(3_600);
    })
    .await;
    let slow = Trouble::new(Provider::Google, "1234567890", Fault::Slow { ms: 800 }).reach(Reach::Api);
    agency.simulator().place(slow);
    let connected = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await;
    let source = connected.sources[0].clone();
    eventually("a page is there", async || (!rows(&agency, &source).await.is_empty()).then_some(())).await;
    (agency, source)
}

/// A report of which the provider gave some pages before it went away.
async fn cut_short(database: Database) -> (Agency, Source) {
    let (agency, source) = half_fetched(database).await;
    // A request meets one piece of weather only; the one under way is slow already.
    agency.simulator().heal_all();
    agency.simulator().place(Trouble::new(Provider::Google, "*", Fault::Outage { status: 503 }).reach(Reach::Api));
    eventually("the run has given up", async || (rows_read(&agency, &source).await > 0).then_some(())).await;
    assert_eq!(agency.fetches(&source.id).await, 0, "the report was complete before the provider went away");
    (agency, source)
}

/// Lets everything be fetched; gives the numbers of rows that were read and kept.
async fn finish(agency: &Agency, source: &Source) -> (usize, usize) {
    agency.simulator().heal_all();
    agency.until_filled(&source.id).await;
    let since = agency.owner.connection(&source.id).await["backfill_from"].as_str().unwrap().to_owned();
    let until = agency.host.clock.now().day().to_string();
    let kept = rows(agency, source).await;
    assert_eq!(
        truth::campaign_days(&kept),
        truth::google_ads(agency.simulator(), &source.account_id, &since, &until).await
    );
    assert!(agency.owner.list("/incidents").await.is_empty());
    (rows_read(agency, source).await, kept.len())
}

async fn rows(agency: &Agency, source: &Source) -> Vec<serde_json::Value> {
    agency.owner.records(&source.id, DATASET).await
}

async fn rows_read(agency: &Agency, source: &Source) -> usize {
    let runs = agency.owner.list(&format!("/connections/{}/runs", source.id)).await;
    let rows = runs.iter().map(|run| run["rows"].as_u64().unwrap());
    usize::try_from(rows.sum::<u64>()).unwrap()
}

/// What differs between two versions.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Minor,
    Patch,
}

/// Puts another version of Google's plugin in service, which takes over states of its own minor version.
async fn replace(agency: &Agency, part: Part) {
    let installed = agency.owner.upload(component_of("google", part)).await;
    assert_eq!(installed.status, 201, "{}", installed.body);
    assert_eq!(installed.json()["version"], version(part));
}

/// All plugins of this repository are of the version of its crates.
fn version(part: Part) -> String {
    let numbers: Vec<&str> = env!("CARGO_PKG_VERSION").split('.').collect();
    match (part, &numbers[..]) {
        (Part::Minor, [major, _, patch]) => format!("{major}.9.{patch}"),
        (Part::Patch, [major, minor, _]) => format!("{major}.{minor}.9"),
        (_, other) => panic!("{other:?} is no version"),
    }
}

/// The same component with another version in its text, which is as long; `@` is before those of the contract.
pub(crate) fn component_of(plugin: &str, part: Part) -> Vec<u8> {
    let (own, other) = (env!("CARGO_PKG_VERSION").as_bytes(), version(part));
    assert_eq!(own.len(), other.len(), "a version of the same length is needed");
    let mut component = fs::read(plugin_file(plugin)).unwrap();
    let places = (1..component.len() - own.len())
        .filter(|at| component[*at..].starts_with(own) && !b"@-".contains(&component[*at - 1]));
    for at in places.collect::<Vec<_>>() {
        component[at..at + own.len()].copy_from_slice(other.as_bytes());
    }
    component
}
