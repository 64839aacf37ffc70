//! Trouble of the provider or the network: data comes late, and nobody is told to reconnect.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider, Reach, Trouble};
use relink_stories::{Agency, Database, eventually, story};

use crate::keys::connect_copper;

/// More failures in a row than a doubtful diagnosis needs to be believed.
const FAILURES: usize = 4;

fn weathers() -> [Fault; 6] {
    [
        Fault::Outage { status: 503 },
        Fault::Outage { status: 500 },
        Fault::RateLimited { retry_after_s: 1 },
        Fault::HtmlPage { status: 502 },
        Fault::HtmlPage { status: 200 },
        Fault::ConnectionReset,
    ]
}

story!(trouble_of_the_api_never_breaks_a_connection);
async fn trouble_of_the_api_never_breaks_a_connection(database: Database) {
    endure(database, Reach::Api).await;
}

story!(trouble_of_the_token_endpoint_never_breaks_a_connection);
async fn trouble_of_the_token_endpoint_never_breaks_a_connection(database: Database) {
    endure(database, Reach::Token).await;
}

async fn endure(database: Database, reach: Reach) {
    let agency = Agency::start(database).await;
    let acme = &agency.clients[0];
    let connected = agency.connect("google", ANA, &[("1234567890", acme)]).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    for fault in weathers() {
        let before = failures(&agency, id).await;
        agency.simulator().place(Trouble::new(Provider::Google, "*", fault.clone()).reach(reach));
        if reach == Reach::Token {
            agency.simulator().fault(Provider::Google, ANA, Fault::AccessExpired);
        }
        let what = format!("{FAILURES} runs failed in {fault:?}");
        eventually(what, async || (failures(&agency, id).await >= before + FAILURES).then_some(())).await;
        let connection = agency.owner.connection(id).await;
        assert_eq!(connection["status"], "delayed", "{fault:?}: {connection}");
        assert_eq!(agency.owner.list("/incidents").await, Vec::<serde_json::Value>::new(), "{fault:?}");
        agency.simulator().heal_all();
        agency.until_synced_again(id, 1).await;
        agency.until_status(id, "connected").await;
    }
    assert_eq!(agency.owner.notices().await.len(), 0);
}

story!(a_provider_that_never_answers_breaks_nothing_and_holds_up_nobody_else);
async fn a_provider_that_never_answers_breaks_nothing_and_holds_up_nobody_else(database: Database) {
    let agency = Agency::start(database).await;
    let [acme, bluebird, _] = &agency.clients;
    let google = agency.connect("google", ANA, &[("1234567890", acme)]).await;
    let x = agency.connect("x", ANA, &[("1466000000000000001", bluebird)]).await;
    agency.until_filled(&google.sources[0].id).await;
    agency.simulator().place(Trouble::new(Provider::Google, "*", Fault::Hang));
    let calls = agency.simulator().count_for(Provider::Google, ANA);
    eventually("a request hangs", async || (agency.simulator().count_for(Provider::Google, ANA) > calls).then_some(()))
        .await;
    agency.until_synced_again(&x.sources[0].id, 5).await;
    assert_eq!(agency.owner.connection(&google.sources[0].id).await["status"], "connected");
    assert_eq!(agency.owner.list("/incidents").await, Vec::<serde_json::Value>::new());
}

story!(one_refused_dataset_does_not_hold_up_the_others);
async fn one_refused_dataset_does_not_hold_up_the_others(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let connected = connect_copper(&agency, "acme", 0).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    let endless = Trouble::new(Provider::Copper, "acme", Fault::HugeBody { bytes: 200 << 20 });
    agency.simulator().place(endless.reach(Reach::Api).times(1));
    agency.owner.control(id, "check").await;
    let run = eventually("a run is refused something", async || {
        let runs = agency.owner.list(&format!("/connections/{id}/runs")).await;
        runs.into_iter().find(|run| run["outcome"] != "fetched")
    })
    .await;
    // It is no good run, and yet the other datasets came with it.
    assert_eq!(run["reason"], "request-rejected", "{run}");
    assert!(run["rows"].as_i64().unwrap() > 0, "{run}");
    assert_eq!(agency.owner.connection(id).await["status"], "delayed");
    agency.until_status(id, "connected").await;
}

async fn failures(agency: &Agency, connection_id: &str) -> usize {
    let runs = agency.owner.list(&format!("/connections/{connection_id}/runs")).await;
    runs.iter().filter(|run| run["outcome"] == "failed").count()
}

story!(a_dataset_that_is_refused_does_not_hold_up_the_others);
async fn a_dataset_that_is_refused_does_not_hold_up_the_others(database: Database) {
    let agency = Agency::start(database).await;
    let gone = Fault::Gone { path: "/people/search".to_owned() };
    agency.simulator().place(Trouble::new(Provider::Copper, "*", gone));
    let connected = connect_copper(&agency, "acme", 0).await;
    let id = &connected.sources[0].id;
    for dataset in ["companies", "leads", "opportunities", "tasks", "users", "pipelines"] {
        let what = format!("{dataset} are there");
        eventually(what, async || (!agency.owner.records(id, dataset).await.is_empty()).then_some(())).await;
    }
    agency.until_status(id, "delayed").await;
    assert!(agency.owner.records(id, "people").await.is_empty());
    assert!(agency.owner.connection(id).await["last_success_at"].is_null(), "a run without people was a success");
    assert!(agency.owner.list("/incidents").await.is_empty());

    agency.simulator().heal_all();
    agency.until_filled(id).await;
    agency.until_status(id, "connected").await;
    assert!(!agency.owner.records(id, "people").await.is_empty());
}
