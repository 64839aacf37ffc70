use relink_simulator::{Fault, Provider};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::browser::{Browser, days_ago, ok, send};

const LIMITS: &str = "https://api.ahrefs.com/v3/subscription-info/limits-and-usage";
const PROJECTS: &str = "https://api.ahrefs.com/v3/management/projects";
const COPPER: &str = "https://api.copper.com/developer_api/v1";

fn copper(browser: &Browser, request: RequestBuilder) -> RequestBuilder {
    let key = browser.sim.key(Provider::Copper, "bluebird");
    request
        .header("X-PW-AccessToken", key.secret)
        .header("X-PW-Application", "developer_api")
        .header("X-PW-UserEmail", key.email)
}

#[tokio::test]
async fn an_ahrefs_key_opens_its_own_project() {
    let browser = Browser::start().await;
    let key = browser.sim.key(Provider::Ahrefs, "bluebird");
    let projects = ok(browser.get(PROJECTS).bearer_auth(&key.secret)).await;
    assert_eq!(projects["projects"][0]["project_id"], "900102");
    let history = format!(
        "https://api.ahrefs.com/v3/site-explorer/metrics-history?target=bluebird-cafe.example\
         &date_from={}&date_to={}&history_grouping=daily",
        days_ago(9),
        days_ago(0)
    );
    let history = ok(browser.get(&history).bearer_auth(&key.secret)).await;
    assert_eq!(history["metrics"].as_array().unwrap().len(), 10);
    assert_eq!(browser.sim.count_for(Provider::Ahrefs, "bluebird"), 2);
    assert_eq!(browser.sim.count_for(Provider::Ahrefs, "900102"), 1);
}

#[tokio::test]
async fn a_lapsed_ahrefs_subscription_still_tells_its_limits() {
    let browser = Browser::start().await;
    let key = browser.sim.key(Provider::Ahrefs, "acme").secret;
    browser.sim.fault(Provider::Ahrefs, "acme", Fault::SubscriptionLapsed);
    let (status, error) = send(browser.get(PROJECTS).bearer_auth(&key)).await;
    assert_eq!((status, error), (403, json!(["Error", "Forbidden"])));
    let limits = ok(browser.get(LIMITS).bearer_auth(&key)).await;
    assert_eq!(limits["limits_and_usage"]["units_limit_workspace"], 0);
    let other = browser.sim.key(Provider::Ahrefs, "cobalt").secret;
    ok(browser.get(PROJECTS).bearer_auth(&other)).await;
    browser.sim.heal(Provider::Ahrefs, "acme");
    ok(browser.get(PROJECTS).bearer_auth(&key)).await;
}

#[tokio::test]
async fn a_deleted_key_is_replaced_by_a_new_one() {
    let browser = Browser::start().await;
    let old = browser.sim.key(Provider::Ahrefs, "acme").secret;
    browser.sim.fault(Provider::Ahrefs, "acme", Fault::KeyDeleted);
    let (status, error) = send(browser.get(PROJECTS).bearer_auth(&old)).await;
    assert_eq!((status, error), (401, json!(["Error", "Unauthorized"])));
    let new = browser.sim.create_key(Provider::Ahrefs, "acme").secret;
    ok(browser.get(PROJECTS).bearer_auth(&new)).await;
    assert_eq!(send(browser.get(PROJECTS).bearer_auth(&old)).await.0, 401);
}

#[tokio::test]
async fn copper_wants_all_three_headers() {
    let browser = Browser::start().await;
    let me = format!("{COPPER}/users/me");
    let person = ok(copper(&browser, browser.get(&me))).await;
    assert_eq!(person["email"], "owner@bluebird-cafe.example");
    let key = browser.sim.key(Provider::Copper, "bluebird").secret;
    let (status, error) = send(browser.get(&me).header("X-PW-AccessToken", key)).await;
    assert_eq!((status, &error["message"]), (401, &json!("Unauthorized")));
}

#[tokio::test]
async fn copper_searches_come_in_pages_with_a_total() {
    let browser = Browser::start().await;
    let search = format!("{COPPER}/opportunities/search");
    let mut ids: Vec<u64> = Vec::new();
    let mut total = None;
    for page in 1.. {
        let body = json!({"page_number": page, "page_size": 100, "sort_by": "date_modified"});
        let response = copper(&browser, browser.post(&search)).json(&body).send().await.unwrap();
        total = Some(response.headers()["x-pw-total"].to_str().unwrap().parse::<usize>().unwrap());
        let found: Vec<Value> = response.json().await.unwrap();
        ids.extend(found.iter().map(|record| record["id"].as_u64().unwrap()));
        if found.len() < 100 {
            break;
        }
    }
    assert_eq!(total, Some(ids.len()));
    assert!(ids.len() > 200);
    assert!(ids.is_sorted_by(|earlier, later| earlier < later));
}

#[tokio::test]
async fn copper_throttles_without_a_word() {
    let browser = Browser::start().await;
    browser.sim.fault(Provider::Copper, "bluebird", Fault::RateLimited { retry_after_s: 60 });
    let response = copper(&browser, browser.get(&format!("{COPPER}/account"))).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert!(response.headers().get("retry-after").is_none());
    assert_eq!(response.text().await.unwrap(), "");
}
