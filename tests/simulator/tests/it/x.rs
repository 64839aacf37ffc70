use relink_simulator::{Fault, Options, Provider, Simulator, world};
use serde_json::{Value, json};

use crate::browser::{Browser, REDIRECT_URI, VERIFIER, challenge, client, now, ok, parameter, send};

const ANA: &str = world::ANA;
const TOKEN: &str = "https://api.x.com/2/oauth2/token";
const ME: &str = "https://api.x.com/2/users/me";

fn authorize() -> String {
    format!(
        "https://x.com/i/oauth2/authorize?response_type=code&client_id=app&redirect_uri={REDIRECT_URI}&state=s1\
         &scope=tweet.read+users.read+offline.access&code_challenge={}&code_challenge_method=S256",
        challenge()
    )
}

async fn refresh(browser: &Browser, token: &str) -> (u16, Value) {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    send(browser.post(TOKEN).basic_auth("relink-demo", Some("secret")).form(&form)).await
}

#[tokio::test]
async fn a_consent_with_pkce_becomes_tokens() {
    let browser = Browser::start().await;
    let back = browser.consent(&authorize(), &[("decision", "allow"), ("login", ANA)]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("code", &parameter(&back, "code").unwrap()),
    ];
    let tokens = ok(browser.post(TOKEN).basic_auth("app", Some("secret")).form(&form)).await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(7200)));
    assert!(tokens["refresh_token"].is_string());
    let me = ok(browser.get(ME).bearer_auth(tokens["access_token"].as_str().unwrap())).await;
    assert_eq!(me["data"]["username"], "acmeoutdoor");
    let again = browser.post(TOKEN).basic_auth("app", Some("secret")).form(&form);
    let (status, error) = send(again).await;
    assert_eq!(status, 400);
    assert_eq!(error["error_description"], "Value passed for the authorization code was invalid.");
}

#[tokio::test]
async fn the_consent_page_insists_on_pkce() {
    let browser = Browser::start().await;
    let without = authorize().replace("code_challenge=", "unused=");
    assert_eq!(browser.get(&without).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_secret_belongs_into_the_header() {
    let browser = Browser::start().await;
    let form = [("grant_type", "refresh_token"), ("client_id", "app"), ("client_secret", "secret")];
    let (status, error) = send(browser.post(TOKEN).form(&form)).await;
    assert_eq!((status, &error["error"]), (401, &json!("unauthorized_client")));
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_grant() {
    let browser = Browser::start().await;
    let first = browser.sim.issue_tokens(Provider::X, ANA).refresh_token.unwrap();
    let (status, second) = refresh(&browser, &first).await;
    assert_eq!(status, 200);
    assert_ne!(second["refresh_token"], json!(first));
    ok(browser.get(ME).bearer_auth(second["access_token"].as_str().unwrap())).await;
    let (status, error) = refresh(&browser, &first).await;
    assert_eq!((status, &error["error"]), (400, &json!("invalid_request")));
    assert_eq!(error["error_description"], "Value passed for the token was invalid.");
    assert_eq!(refresh(&browser, second["refresh_token"].as_str().unwrap()).await.0, 400);
    let (status, _) = send(browser.get(ME).bearer_auth(second["access_token"].as_str().unwrap())).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn posts_come_in_pages_newest_first() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::X, ANA).access_token;
    let posts = "https://api.x.com/2/users/1466000000000000001/tweets?max_results=100\
                 &tweet.fields=created_at,public_metrics";
    let mut ids: Vec<u64> = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let mut request = browser.get(posts).bearer_auth(&token);
        if let Some(next) = &next {
            request = request.query(&[("pagination_token", next)]);
        }
        let page = ok(request).await;
        for post in page["data"].as_array().unwrap() {
            assert!(post["public_metrics"]["like_count"].is_u64());
            ids.push(post["id"].as_str().unwrap().parse().unwrap());
        }
        next = page["meta"]["next_token"].as_str().map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    assert!((800..=802).contains(&ids.len()), "{}", ids.len());
    assert!(ids.is_sorted_by(|newer, older| newer > older));
}

#[tokio::test]
async fn each_trouble_has_its_answer() {
    for (fault, status, pointer, value) in [
        (Fault::Revoked, 401, "/title", json!("Unauthorized")),
        (Fault::Suspended, 403, "/errors/0/code", json!(64)),
        (Fault::MfaRequired, 403, "/errors/0/code", json!(231)),
        (Fault::SubscriptionLapsed, 402, "/title", json!("CreditsDepleted")),
        (Fault::Outage { status: 503 }, 503, "/status", json!(503)),
    ] {
        let browser = Browser::start().await;
        let token = browser.sim.issue_tokens(Provider::X, ANA).access_token;
        browser.sim.fault(Provider::X, ANA, fault);
        let (got, error) = send(browser.get(ME).bearer_auth(&token)).await;
        assert_eq!((got, error.pointer(pointer)), (status, Some(&value)));
    }
}

#[tokio::test]
async fn a_throttle_says_when_it_ends() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::X, ANA).access_token;
    browser.sim.fault(Provider::X, ANA, Fault::RateLimited { retry_after_s: 120 });
    let response = browser.get(ME).bearer_auth(&token).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["x-rate-limit-remaining"], "0");
    let reset: i64 = response.headers()["x-rate-limit-reset"].to_str().unwrap().parse().unwrap();
    let wait = reset - now().as_second();
    assert!((115..=120).contains(&wait), "{wait}");
}

#[tokio::test]
async fn rotated_tokens_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { state_file: Some(folder.path().join("state.json")), ..Options::default() };
    let sim = Simulator::start_with(options.clone()).await.unwrap();
    let first = sim.issue_tokens(Provider::X, ANA).refresh_token.unwrap();
    let browser = Browser { sim, http: client() };
    let second = refresh(&browser, &first).await.1["refresh_token"].as_str().unwrap().to_owned();
    browser.sim.stop().await;
    let browser = Browser { sim: Simulator::start_with(options).await.unwrap(), http: client() };
    assert_eq!(refresh(&browser, &second).await.0, 200);
    assert_eq!(refresh(&browser, &first).await.0, 400);
}
