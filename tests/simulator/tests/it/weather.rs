use std::time::{Duration, Instant};

use relink_simulator::{Fault, Provider, Reach, Trouble, world};

use crate::browser::{Browser, send};

const ANA: &str = world::ANA;
const USERINFO: &str = "https://openidconnect.googleapis.com/v1/userinfo";
const TOKEN: &str = "https://oauth2.googleapis.com/token";

struct Under {
    browser: Browser,
    token: String,
    refresh_token: String,
}

impl Under {
    async fn trouble(trouble: Trouble) -> Self {
        let browser = Browser::start().await;
        let tokens = browser.sim.issue_tokens(Provider::Google, ANA);
        browser.sim.place(trouble);
        Self { browser, token: tokens.access_token, refresh_token: tokens.refresh_token.unwrap() }
    }

    fn api(&self) -> reqwest::RequestBuilder {
        self.browser.get(USERINFO).bearer_auth(&self.token)
    }

    async fn api_status(&self) -> u16 {
        send(self.api()).await.0
    }

    async fn refresh_status(&self) -> u16 {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "relink-demo"),
            ("client_secret", "secret"),
            ("refresh_token", &self.refresh_token),
        ];
        send(self.browser.post(TOKEN).form(&form)).await.0
    }
}

fn weather(fault: Fault) -> Trouble {
    Trouble::new(Provider::Google, ANA, fault)
}

#[tokio::test]
async fn an_outage_of_the_token_endpoint_leaves_the_api_alone() {
    let under = Under::trouble(weather(Fault::Outage { status: 503 }).reach(Reach::Token)).await;
    assert_eq!(under.refresh_status().await, 503);
    assert_eq!(under.api_status().await, 200);
}

#[tokio::test]
async fn a_throttle_of_the_token_endpoint_leaves_the_api_alone() {
    let trouble = weather(Fault::RateLimited { retry_after_s: 9 }).reach(Reach::Token);
    let under = Under::trouble(trouble).await;
    assert_eq!(under.refresh_status().await, 429);
    assert_eq!(under.api_status().await, 200);
}

#[tokio::test]
async fn a_trouble_passes_after_its_times() {
    let under = Under::trouble(weather(Fault::Outage { status: 500 }).reach(Reach::Api).times(2)).await;
    assert_eq!([under.api_status().await, under.api_status().await, under.api_status().await], [500, 500, 200]);
}

#[tokio::test]
async fn weather_over_one_login_spares_the_other() {
    let under = Under::trouble(weather(Fault::Outage { status: 503 })).await;
    let tom = under.browser.sim.issue_tokens(Provider::Google, world::TOM).access_token;
    assert_eq!(send(under.browser.get(USERINFO).bearer_auth(tom)).await.0, 200);
    assert_eq!(under.api_status().await, 503);
}

#[tokio::test]
async fn slow_answers_are_right_answers() {
    let under = Under::trouble(weather(Fault::Slow { ms: 150 })).await;
    let start = Instant::now();
    assert_eq!(under.api_status().await, 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_hanging_request_is_never_answered() {
    let under = Under::trouble(weather(Fault::Hang)).await;
    let error = under.api().timeout(Duration::from_millis(200)).send().await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(under.browser.sim.log()[0].status, None);
}

#[tokio::test]
async fn a_reset_connection_gives_no_answer() {
    let under = Under::trouble(weather(Fault::ConnectionReset)).await;
    let error = under.api().send().await.unwrap_err();
    assert!(!error.is_timeout() && error.status().is_none(), "{error:?}");
    under.browser.sim.heal_all();
    assert_eq!(under.api_status().await, 200);
}

#[tokio::test]
async fn an_html_page_comes_with_the_wanted_status() {
    let under = Under::trouble(weather(Fault::HtmlPage { status: 200 })).await;
    let response = under.api().send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn a_huge_body_is_as_long_as_it_was_asked_to_be() {
    let under = Under::trouble(weather(Fault::HugeBody { bytes: 1_000_000 })).await;
    let body = under.api().send().await.unwrap().bytes().await.unwrap();
    assert_eq!(body.len(), 1_000_000);
}

#[tokio::test]
async fn ten_gigabytes_are_made_only_while_they_are_read() {
    let under = Under::trouble(weather(Fault::HugeBody { bytes: 10 << 30 })).await;
    let mut response = under.api().send().await.unwrap();
    let start = response.chunk().await.unwrap().unwrap();
    assert!(start.starts_with(b"{\"data\":\""));
}
