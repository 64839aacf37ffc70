//! Coming back from the provider: what does not heal, and what must never be taken for an answer.

use std::time::Duration;

use relink_simulator::world::{ANA, TOM};
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Browser, Connected, Consent, Database, story};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

const ADS_SCOPE: &str = "https://www.googleapis.com/auth/adwords";

story!(a_wrong_account_is_refused_and_the_old_grant_works_on);
async fn a_wrong_account_is_refused_and_the_old_grant_works_on(database: Database) {
    let agency = Agency::start(database).await;
    let ana = agency.connect_google().await;
    let before = authorization(&agency, &ana).await;

    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::of(TOM)).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains(&format!("You signed in as {TOM}")), "{}", answer.text());
    assert!(answer.text().contains(&format!("This connection uses {ANA}")), "{}", answer.text());
    assert_eq!(authorization(&agency, &ana).await, before);
    let calls_of_tom = agency.simulator().count_for(Provider::Google, TOM);
    for id in ana.ids() {
        agency.until_synced_again(id, 1).await;
    }
    assert_eq!(agency.simulator().count_for(Provider::Google, TOM), calls_of_tom, "data was read as somebody else");
}

story!(a_wrong_account_does_not_end_the_alert);
async fn a_wrong_account_does_not_end_the_alert(database: Database) {
    let (agency, ana) = broken_agency(database).await;
    let before = authorization(&agency, &ana).await;

    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::of(TOM)).await;
    assert_eq!(answer.status, 400);
    assert_still_broken(&agency, &ana, &before).await;
    let retried = agency.owner.press_and_consent(&answer, "button[name=authorization_id]", &Consent::of(ANA)).await;
    assert!(retried.is_redirect(), "{}", retried.text());
    agency.until_synced_again(&ana.sources[0].id, 1).await;
}

// checklist: 61
story!(a_box_that_was_not_ticked_changes_nothing_and_is_named);
async fn a_box_that_was_not_ticked_changes_nothing_and_is_named(database: Database) {
    let (agency, ana) = broken_agency(database).await;
    let before = authorization(&agency, &ana).await;

    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::without(ANA, ADS_SCOPE)).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("One permission was not ticked"), "{}", answer.text());
    assert!(answer.text().contains("Google Ads accounts"), "{}", answer.text());
    assert_still_broken(&agency, &ana, &before).await;
}

// checklist: 61
story!(cancelling_at_the_provider_changes_nothing_and_can_be_repeated);
async fn cancelling_at_the_provider_changes_nothing_and_can_be_repeated(database: Database) {
    let (agency, ana) = broken_agency(database).await;
    let before = authorization(&agency, &ana).await;
    let exchanges = agency.simulator().counts(Provider::Google).exchange;

    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::Cancel).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("was not reconnected"), "{}", answer.text());
    assert_eq!(agency.simulator().counts(Provider::Google).exchange, exchanges);
    assert_still_broken(&agency, &ana, &before).await;
    assert_eq!(agency.owner.browser.get(&answer.url).await.status, 409, "the same answer came a second time");
    let retried = agency.owner.press_and_consent(&answer, "button[name=authorization_id]", &Consent::of(ANA)).await;
    assert!(retried.is_redirect(), "{}", retried.text());
    agency.until_synced_again(&ana.sources[0].id, 1).await;
}

story!(only_the_browser_that_began_can_finish_and_only_once);
async fn only_the_browser_that_began_can_finish_and_only_once(database: Database) {
    let agency = Agency::start(database).await;
    let ana = agency.connect_google().await;
    let colleague = agency.hire("tom.reyes@northside.example", "admin", None).await;
    let owner = &agency.owner.browser;
    let (anonymous, token_requests) = (Browser::new(), agency.simulator().count("oauth2.googleapis.com/token"));

    let callback = begin(&agency, &ana).await;
    let without_state = with_query(&callback, |name, value| (name != "state").then(|| value.to_owned()));
    let wrong_state =
        with_query(&callback, |name, value| Some(if name == "state" { "made-up" } else { value }.to_owned()));
    let mut twice = callback.clone();
    twice.query_pairs_mut().append_pair("state", "made-up");
    let of_another_plugin = Url::parse(&callback.as_str().replacen("/google?", "/meta?", 1)).unwrap();
    let nowhere = Url::parse(&callback.as_str().replacen("/oauth/callback/", "/oauth/callback/x", 1)).unwrap();
    for (browser, url, expected) in [
        (owner, &without_state, 400),
        (owner, &wrong_state, 400),
        (owner, &twice, 400),
        (owner, &of_another_plugin, 400),
        (owner, &nowhere, 404),
        (&colleague.browser, &callback, 403),
        (&anonymous, &callback, 403),
    ] {
        let answer = browser.get(url).await;
        assert_eq!(answer.status, expected, "{url}: {}", answer.text());
    }
    assert_eq!(agency.simulator().count("oauth2.googleapis.com/token"), token_requests);

    assert!(owner.get(&callback).await.is_redirect());
    let again = owner.get(&callback).await;
    assert_eq!(again.status, 200);
    assert!(again.text().contains("is already connected again"), "{}", again.text());
    assert_eq!(agency.simulator().count("oauth2.googleapis.com/token"), token_requests + 1);

    let late = begin(&agency, &ana).await;
    agency.host.clock.advance(Duration::from_mins(11));
    assert_eq!(owner.get(&late).await.status, 410);
    let exchanges = agency.simulator().counts(Provider::Google).exchange;
    assert_eq!(exchanges, 2, "one for connecting, one for reconnecting");
}

// checklist: 57
story!(choosing_accounts_of_a_broken_sign_in_repairs_nothing);
async fn choosing_accounts_of_a_broken_sign_in_repairs_nothing(database: Database) {
    let (agency, ana) = broken_agency(database).await;
    let before = authorization(&agency, &ana).await;

    let page = agency.owner.visit("/connect?plugin=google").await;
    assert!(page.text_of(".existing").unwrap().contains("Needs reconnect"), "{}", page.text());
    assert!(page.has(".existing button[form=reconnect]") && !page.has(".existing a"), "{}", page.text());
    let source = &ana.sources[0];
    let wish = json!({
        "authorization_id": ana.authorization_id, "client_id": source.client_id, "account_id": source.account_id,
    });
    let answer = agency.owner.api(Method::POST, "/connections", Some(&wish)).await;
    assert!(answer.status >= 400, "{}", answer.body);
    assert_still_broken(&agency, &ana, &before).await;
}

/// Goes to the provider and consents; gives the address that the browser is then sent to.
async fn begin(agency: &Agency, connected: &Connected) -> Url {
    let page = agency.owner.visit(&format!("/connections/{}", connected.sources[0].id)).await;
    let to_provider = agency.owner.submit(&page.press("main button[form=reconnect]")).await;
    Consent::of(ANA).give(&agency.owner.browser, &to_provider).await.location()
}

fn with_query(url: &Url, change: impl Fn(&str, &str) -> Option<String>) -> Url {
    let pairs = url.query_pairs().filter_map(|(name, value)| Some((name.to_string(), change(&name, &value)?)));
    let mut changed = url.clone();
    changed.query_pairs_mut().clear().extend_pairs(pairs);
    changed
}

async fn broken_agency(database: Database) -> (Agency, Connected) {
    let agency = Agency::start(database).await;
    let ana = agency.connect_google().await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;
    (agency, ana)
}

async fn authorization(agency: &Agency, connected: &Connected) -> Value {
    agency.owner.read(&format!("/authorizations/{}", connected.authorization_id)).await
}

async fn assert_still_broken(agency: &Agency, connected: &Connected, before: &Value) {
    assert_eq!(authorization(agency, connected).await, *before);
    for id in connected.ids() {
        assert_eq!(agency.owner.connection(id).await["status"], "needs-reconnect");
    }
    assert_eq!(agency.owner.open_incidents().await.len(), 1);
    assert!(agency.owner.notices().await.iter().all(|notice| notice["resolved_at"].is_null()));
}
