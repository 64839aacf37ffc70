//! The main job: one click repairs a sign-in for every client that it feeds, and the gap fills itself.

use std::time::{Duration, Instant};

use relink_simulator::world::{ANA, TOM};
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Consent, Database, Person, eventually, story, truth};

/// What people are promised: to hear of it, and to see data again.
const PROMPT: Duration = Duration::from_secs(5);
const DAYS_AWAY: u64 = 5;
const DATASET: &str = "campaign_performance";

// checklist: 2, 11, 18, 27, 28, 33, 34, 35, 36, 38, 39, 46, 47, 48, 95, 101, 103, 104, 105, 107, 108, 113, 114
story!(one_reconnect_heals_every_client_and_fills_the_gap);
async fn one_reconnect_heals_every_client_and_fills_the_gap(database: Database) {
    let agency = Agency::start(database).await;
    let (owner, simulator) = (&agency.owner, agency.simulator());
    let acme = &agency.clients[0];
    let admin = agency.hire("tom.reyes@northside.example", "admin", None).await;
    let limited = agency.hire("sam@northside.example", "staff", Some(&[acme])).await;
    let viewer = agency.hire("carla@acme-outdoor.example", "viewer", Some(&[acme])).await;
    let ana = agency.connect_google().await;
    let other_client = owner.add_client("Dune Press").await;
    let tom = agency.connect("google", TOM, &[("5550102233", &other_client)]).await;
    agency.until_filled(&tom.sources[0].id).await;
    agency.until_synced_again(&ana.sources[0].id, 2).await;

    let revoked_at = Instant::now();
    simulator.fault(Provider::Google, ANA, Fault::Revoked);
    let incident = agency.until_broken(&ana.sources[0].id).await;
    assert!(revoked_at.elapsed() < PROMPT, "people heard of it after {:?}", revoked_at.elapsed());
    assert_eq!(incident["reason"], "invalid-refresh-token", "{incident}");
    assert_eq!(incident["affected"].as_array().unwrap().len(), 3, "{incident}");
    for id in ana.ids() {
        assert_eq!(owner.connection(id).await["incident_id"], incident["id"]);
    }
    assert_eq!(owner.open_incidents().await.len(), 1);
    assert_eq!(told_clients(&admin).await, [["Acme Outdoor", "Bluebird Cafe", "Cobalt Systems"]]);
    assert_eq!(told_clients(&limited).await, [["Acme Outdoor"]]);
    assert_eq!(told_clients(&viewer).await, Vec::<Vec<String>>::new());

    let before = records_of(owner, &ana.ids()).await;
    let calls = simulator.count_for(Provider::Google, ANA);
    agency.host.clock.advance_days(DAYS_AWAY);
    agency.until_synced_again(&tom.sources[0].id, 3).await;
    assert_eq!(simulator.count_for(Provider::Google, ANA), calls, "the provider was asked for data of a dead grant");
    assert_eq!(records_of(owner, &ana.ids()).await, before, "data went away while nobody could sign in");

    let exchanges = simulator.counts(Provider::Google).exchange;
    let tray = admin.visit("/data-sources").await;
    assert!(tray.has("#bell .dot"));
    assert!(tray.text_of("#tray .notice.unread").unwrap().contains("Google"));
    let button = "#tray .notice button[form=reconnect]";
    let to_provider = admin.submit(&tray.press(button)).await;
    let provider_page = format!("{}/accounts.google.com/", simulator.base_url());
    assert!(to_provider.location().as_str().starts_with(&provider_page), "{}", to_provider.location());
    let back = Consent::of(ANA).give(&admin.browser, &to_provider).await;
    let healed_at = Instant::now();
    let result = admin.browser.follow(back).await;
    assert_eq!((result.status, result.url.path()), (200, "/data-sources"), "{}", result.text());
    assert!(result.text_of("[data-banner]").unwrap().contains("3 data sources are running again"), "{}", result.text());
    let mut authorized = Vec::new();
    for id in ana.ids() {
        let connection = owner.connection(id).await;
        assert_eq!(connection["status"], "connected", "{connection}");
        assert_eq!(connection["authorization_id"], *ana.authorization_id);
        authorized.push(connection["authorized_at"].clone());
    }
    authorized.dedup();
    assert_eq!(authorized.len(), 1, "{authorized:?}");
    for source in &ana.sources {
        agency.until_filled(&source.id).await;
    }
    assert!(healed_at.elapsed() < PROMPT, "the gap was filled after {:?}", healed_at.elapsed());
    assert_eq!(simulator.counts(Provider::Google).exchange, exchanges + 1);

    for source in &ana.sources {
        let since = owner.connection(&source.id).await["backfill_from"].as_str().unwrap().to_owned();
        let until = agency.host.clock.now().day().to_string();
        let fetched = truth::campaign_days(&owner.records(&source.id, DATASET).await);
        assert_eq!(fetched, truth::google_ads(simulator, &source.account_id, &since, &until).await);
    }
    for person in [&admin, &limited] {
        let notices = person.notices().await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert!(!notices[0]["resolved_at"].is_null(), "{notices:?}");
        assert_eq!(person.read("/notices").await["unread"], 0);
    }
    assert!(!admin.visit("/data-sources").await.has("#bell .dot"));
    agency.until_synced_again(&ana.sources[2].id, 2).await;
}

// checklist: 50
story!(another_sign_in_at_the_same_provider_stays_broken);
async fn another_sign_in_at_the_same_provider_stays_broken(database: Database) {
    let agency = Agency::start(database).await;
    let (owner, simulator) = (&agency.owner, agency.simulator());
    let ana = agency.connect_google().await;
    let other_client = owner.add_client("Dune Press").await;
    let tom = agency.connect("google", TOM, &[("5550102233", &other_client)]).await;
    agency.until_filled(&tom.sources[0].id).await;

    simulator.fault(Provider::Google, ANA, Fault::Revoked);
    simulator.fault(Provider::Google, TOM, Fault::PasswordChanged);
    agency.until_broken(&ana.sources[0].id).await;
    agency.until_broken(&tom.sources[0].id).await;
    assert_eq!(owner.open_incidents().await.len(), 2);

    let answer = owner.reconnect(&ana.sources[1].id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    for source in &ana.sources {
        agency.until_synced_again(&source.id, 1).await;
    }
    assert_eq!(owner.connection(&tom.sources[0].id).await["status"], "needs-reconnect");
    let open = owner.open_incidents().await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["authorization_id"], *tom.authorization_id);
}

// checklist: 96
story!(however_many_runs_fail_people_are_told_once);
async fn however_many_runs_fail_people_are_told_once(database: Database) {
    let agency = Agency::start(database).await;
    let ana = agency.connect_google().await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;
    for round in 1..=4 {
        for id in ana.ids() {
            let before = failures(&agency, id).await;
            agency.owner.control(id, "check").await;
            eventually("the check has failed", async || (failures(&agency, id).await > before).then_some(())).await;
        }
        assert_eq!(agency.owner.open_incidents().await.len(), 1, "after {round} rounds");
        assert_eq!(agency.owner.notices().await.len(), 1, "after {round} rounds");
    }
}

async fn failures(agency: &Agency, connection_id: &str) -> usize {
    let runs = agency.owner.list(&format!("/connections/{connection_id}/runs")).await;
    runs.iter().filter(|run| run["outcome"] == "failed").count()
}

async fn records_of(person: &Person, connections: &[&str]) -> Vec<usize> {
    let mut counts = Vec::new();
    for id in connections {
        counts.push(person.records(id, DATASET).await.len());
    }
    counts
}

/// The clients that each notice of a person names.
async fn told_clients(person: &Person) -> Vec<Vec<String>> {
    let names = |notice: &serde_json::Value| -> Vec<String> {
        let names = notice["client_names"].as_array().unwrap().iter();
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    person.notices().await.iter().map(names).collect()
}
