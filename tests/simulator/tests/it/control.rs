use relink_simulator::{Provider, world};
use serde_json::{Value, json};

use crate::browser::{Browser, ok, send};

const ANA: &str = world::ANA;
const USERINFO: &str = "https://openidconnect.googleapis.com/v1/userinfo";

fn command(browser: &Browser, path: &str, body: &Value) -> reqwest::RequestBuilder {
    browser.http.post(format!("{}/_sim/{path}", browser.sim.base_url())).json(body)
}

async fn state(browser: &Browser) -> Value {
    ok(browser.http.get(format!("{}/_sim/state", browser.sim.base_url()))).await
}

#[tokio::test]
async fn a_fault_is_placed_shown_and_healed_over_http() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, ANA).access_token;
    let fault = json!({
        "provider": "google", "login": ANA, "fault": "outage", "params": {"status": 500}, "reach": "api",
    });
    ok(command(&browser, "fault", &fault)).await;
    assert_eq!(send(browser.get(USERINFO).bearer_auth(&token)).await.0, 500);
    let shown = state(&browser).await;
    assert_eq!(shown["troubles"][0]["fault"], "outage");
    assert_eq!(shown["recent"][0]["status"], 500);
    assert_eq!(shown["providers"][0]["logins"][0]["live_refresh_tokens"], 1);
    ok(command(&browser, "heal", &json!({"provider": "google", "login": ANA}))).await;
    assert_eq!(send(browser.get(USERINFO).bearer_auth(&token)).await.0, 200);
    assert_eq!(state(&browser).await["troubles"], json!([]));
}

#[tokio::test]
async fn every_button_of_the_page_works() {
    let browser = Browser::start().await;
    let shown = state(&browser).await;
    let mut pressed = 0;
    for provider in shown["providers"].as_array().unwrap() {
        let logins = provider["logins"].as_array().unwrap().iter();
        let subjects = logins.chain(provider["keys"].as_array().unwrap());
        for subject in subjects {
            for fault in subject["faults"].as_array().unwrap() {
                let body = json!({
                    "provider": provider["id"],
                    "login": subject["login"],
                    "key": subject["name"].as_str().filter(|_| subject["login"].is_null()),
                    "fault": fault["fault"],
                    "params": fault["params"],
                });
                ok(command(&browser, "fault", &body)).await;
                pressed += 1;
            }
        }
    }
    assert!(pressed > 100, "{pressed}");
}

#[tokio::test]
async fn what_does_not_exist_is_refused_with_words() {
    let browser = Browser::start().await;
    for body in [
        json!({"provider": "google", "login": ANA, "fault": "key-deleted"}),
        json!({"provider": "google", "login": ANA, "fault": "earthquake"}),
        json!({"provider": "ahrefs", "key": "nobody", "fault": "hang"}),
        json!({"provider": "google", "account": "1", "fault": "hang"}),
    ] {
        let (status, answer) = send(command(&browser, "fault", &body)).await;
        assert_eq!(status, 422, "{body}");
        assert!(!answer["error"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn keys_tokens_and_lifetimes_are_made_over_http() {
    let browser = Browser::start().await;
    let key = ok(command(&browser, "keys", &json!({"provider": "copper", "key": "acme"}))).await;
    assert_eq!(key["serial"], 2);
    ok(command(&browser, "settings", &json!({"provider": "google", "access_lifetime_s": 60}))).await;
    let tokens = ok(command(&browser, "tokens", &json!({"provider": "google", "login": ANA}))).await;
    assert_eq!(tokens["expires_in_s"], 60);
    let token = tokens["access_token"].as_str().unwrap();
    ok(browser.get(USERINFO).bearer_auth(token)).await;
    let count = format!("{}/_sim/count?prefix=openidconnect.googleapis.com", browser.sim.base_url());
    assert_eq!(ok(browser.http.get(count)).await["count"], 1);
}

#[tokio::test]
async fn the_page_and_its_files_are_served() {
    let browser = Browser::start().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/_sim/assets/control.css", "text/css"),
        ("/_sim/assets/control.js", "text/javascript"),
        ("/_sim/assets/consent.css", "text/css"),
    ] {
        let response = browser.http.get(format!("{}{path}", browser.sim.base_url())).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(kind), "{path}");
    }
}

#[tokio::test]
async fn a_reset_forgets_everything() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, ANA).access_token;
    ok(browser.get(USERINFO).bearer_auth(&token)).await;
    ok(command(&browser, "reset", &json!({}))).await;
    assert_eq!(browser.sim.counts(Provider::Google).api, 0);
    assert_eq!(send(browser.get(USERINFO).bearer_auth(&token)).await.0, 401);
}
