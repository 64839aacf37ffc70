//! Syncs that last, clocks that are set, and sources that are taken away meanwhile: what is stored is what
//! the provider has, and what is called fetched was fetched.

use std::time::Duration;

use relink_core::time::Day;
use relink_server::config::Span;
use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider, Reach, Trouble};
use relink_stories::{Agency, Database, eventually, story, truth};

use crate::keys::connect_copper;

const DATASET: &str = "campaign_performance";
/// More than a run works before it lets others go first.
const A_RUNS_TIME: Duration = Duration::from_secs(61);
const DAY_S: u64 = 86_400;

/// Lets each answer take so long that a story can do something meanwhile.
fn slow_down(agency: &Agency, provider: Provider, ms: u64, reach: Reach) {
    agency.simulator().place(Trouble::new(provider, "*", Fault::Slow { ms }).reach(reach));
}

/// Waits for the next request about an account, or with the key of that name.
async fn until_asked(agency: &Agency, provider: Provider, subject: &str) {
    let seen = agency.simulator().count_for(provider, subject);
    let is_asked = || (agency.simulator().count_for(provider, subject) > seen).then_some(());
    eventually("a request is under way", async || is_asked()).await;
}

story!(a_sync_that_outlasts_many_runs_comes_to_its_end_and_then_rests);
async fn a_sync_that_outlasts_many_runs_comes_to_its_end_and_then_rests(database: Database) {
    let agency = Agency::start_with(database, |config| {
        config.scheduler.interval = Span::seconds(DAY_S);
        // The clock jumps faster than signs of life are given.
        config.scheduler.claim = Span::seconds(DAY_S);
    })
    .await;
    slow_down(&agency, Provider::Copper, 100, Reach::Api);
    let id = connect_copper(&agency, "cobalt", 2).await.sources.remove(0).id;
    eventually("everything is fetched, a little in each run", async || {
        agency.host.clock.advance(A_RUNS_TIME);
        (agency.fetches(&id).await == 1).then_some(())
    })
    .await;
    let runs = agency.owner.list(&format!("/connections/{id}/runs")).await;
    assert!(runs.iter().filter(|run| run["outcome"] == "fetched-in-part").count() > 3, "{runs:?}");
    let calls = agency.simulator().count_for(Provider::Copper, "cobalt");

    agency.host.clock.advance_days(2);
    agency.until_synced_again(&id, 1).await;
    let again = agency.simulator().count_for(Provider::Copper, "cobalt") - calls;
    assert!(again > 5, "the next sync fetches everything once more, not {again} requests");
}

story!(days_that_still_changed_before_an_outage_are_fetched_again_after_it);
async fn days_that_still_changed_before_an_outage_are_fetched_again_after_it(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let id = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await.sources.remove(0).id;
    agency.until_filled(&id).await;
    agency.owner.control(&id, "pause").await;
    // Google restates the results of campaigns for thirty days.
    agency.host.clock.advance_days(40);
    let resumed_on = agency.host.clock.now().day();
    agency.owner.control(&id, "resume").await;
    agency.until_synced_again(&id, 1).await;
    let days = agency.owner.list(&format!("/connections/{id}/coverage")).await;
    let fetched_on = |day: &serde_json::Value| day["fetched_at"].as_str().unwrap()[..10].parse::<Day>().unwrap();
    let of_dataset: Vec<_> = days.iter().filter(|day| day["dataset"] == DATASET).collect();
    assert_eq!(of_dataset.len(), 51, "ten days of history, the first day, and the outage");
    assert!(of_dataset.iter().all(|day| fetched_on(day) >= resumed_on), "{of_dataset:?}");
}

story!(a_clock_that_is_set_back_costs_no_rows);
async fn a_clock_that_is_set_back_costs_no_rows(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    slow_down(&agency, Provider::Google, 400, Reach::Api);
    let source = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await.sources.remove(0);
    until_asked(&agency, Provider::Google, &source.account_id).await;
    agency.host.clock.go_back(Duration::from_secs(10));
    agency.until_filled(&source.id).await;
    let since = agency.owner.connection(&source.id).await["backfill_from"].as_str().unwrap().to_owned();
    let until = agency.host.clock.now().day().to_string();
    let fetched = truth::campaign_days(&agency.owner.records(&source.id, DATASET).await);
    assert_eq!(fetched, truth::google_ads(agency.simulator(), &source.account_id, &since, &until).await);
}

story!(a_day_counts_as_fetched_when_it_was_asked_for_not_when_the_answer_was_stored);
async fn a_day_counts_as_fetched_when_it_was_asked_for_not_when_the_answer_was_stored(database: Database) {
    // The clock jumps over what an answer takes, and nobody is to think that the run is dead.
    let agency = Agency::start_with(database, |config| {
        config.scheduler.interval = Span::seconds(DAY_S);
        config.scheduler.claim = Span::seconds(DAY_S);
    })
    .await;
    slow_down(&agency, Provider::Google, 400, Reach::Api);
    let source = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await.sources.remove(0);
    until_asked(&agency, Provider::Google, &source.account_id).await;
    let asked_at = agency.host.clock.now();
    agency.host.clock.advance(Duration::from_mins(30));
    agency.until_filled(&source.id).await;
    let days = agency.owner.list(&format!("/connections/{}/coverage", source.id)).await;
    let latest = days.iter().map(|day| day["fetched_at"].as_str().unwrap()).max().unwrap();
    assert!(latest <= asked_at.to_string().as_str(), "asked at {asked_at}, entered as of {latest}");
}

story!(a_token_endpoint_that_takes_its_time_does_not_pass_for_data);
async fn a_token_endpoint_that_takes_its_time_does_not_pass_for_data(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let id = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await.sources.remove(0).id;
    agency.until_filled(&id).await;
    slow_down(&agency, Provider::Google, 1_500, Reach::Token);
    let refreshes = || agency.simulator().counts(Provider::Google).refresh;
    let before = refreshes();
    agency.host.clock.advance(Duration::from_hours(2));
    eventually("a refresh is under way", async || (refreshes() > before).then_some(())).await;
    agency.host.clock.advance(A_RUNS_TIME);
    agency.until_synced_again(&id, 1).await;
    let runs = agency.owner.list(&format!("/connections/{id}/runs")).await;
    assert!(
        runs.iter().all(|run| run["rows"].as_i64() > Some(0)),
        "a run without data passed for a good one: {runs:?}"
    );
}

story!(a_sync_that_outlasts_its_claim_keeps_it);
async fn a_sync_that_outlasts_its_claim_keeps_it(database: Database) {
    let agency = Agency::start_with(database, |config| {
        config.scheduler.interval = Span::seconds(DAY_S);
        config.scheduler.claim = Span::ms(900);
    })
    .await;
    slow_down(&agency, Provider::Copper, 400, Reach::Api);
    let id = connect_copper(&agency, "cobalt", 2).await.sources.remove(0).id;
    eventually("the outcome of a run is stored", async || (agency.fetches(&id).await > 0).then_some(())).await;
    let runs = agency.owner.list(&format!("/connections/{id}/runs")).await;
    assert_eq!(runs.len(), 1, "{runs:?}");
    let calls = agency.simulator().count_for(Provider::Copper, "cobalt");
    assert!(calls > 5, "{calls} requests do not outlast a claim");
}

story!(a_source_that_was_stopped_in_the_middle_of_a_sync_gets_no_more_rows);
async fn a_source_that_was_stopped_in_the_middle_of_a_sync_gets_no_more_rows(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let [acme, bluebird, _] = &agency.clients;
    let google = agency.connect("google", ANA, &[("1234567890", acme), ("5550102233", bluebird)]).await;
    let (stopped, other) = (&google.sources[0], &google.sources[1]);
    for source in [stopped, other] {
        agency.until_filled(&source.id).await;
    }
    let records = agency.owner.records(&stopped.id, DATASET).await;

    slow_down(&agency, Provider::Google, 700, Reach::Api);
    agency.host.clock.advance_days(3);
    until_asked(&agency, Provider::Google, &stopped.account_id).await;
    agency.owner.control(&stopped.id, "stop").await;
    agency.until_filled(&other.id).await;
    agency.owner.control(&other.id, "check").await;
    agency.until_synced_again(&other.id, 1).await;
    assert_eq!(agency.owner.records(&stopped.id, DATASET).await, records);
}
