use relink_simulator::{Fault, Provider, world};
use serde_json::{Value, json};

use crate::browser::{Browser, REDIRECT_URI, days_ago, ok, parameter, send};

const ANA: &str = world::ANA;
const ACCOUNTS: &str = "https://api.linkedin.com/rest/adAccounts?q=search";

fn authorize() -> String {
    format!(
        "https://www.linkedin.com/oauth/v2/authorization?response_type=code&client_id=app&redirect_uri={REDIRECT_URI}\
         &state=s1&scope=openid+profile+email+r_ads+r_ads_reporting"
    )
}

async fn exchange(browser: &Browser, code: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("client_secret", "secret"),
        ("redirect_uri", REDIRECT_URI),
        ("code", code),
    ];
    send(browser.post("https://www.linkedin.com/oauth/v2/accessToken").form(&form)).await
}

#[tokio::test]
async fn a_consent_gives_sixty_days_and_no_refresh_token() {
    let browser = Browser::start().await;
    let back = browser.consent(&authorize(), &[("decision", "allow"), ("login", ANA)]).await;
    let code = parameter(&back, "code").unwrap();
    let (status, tokens) = exchange(&browser, &code).await;
    assert_eq!((status, &tokens["expires_in"]), (200, &json!(5_183_999)));
    assert!(tokens["refresh_token"].is_null());
    let token = tokens["access_token"].as_str().unwrap();
    let person = ok(browser.get("https://api.linkedin.com/v2/userinfo").bearer_auth(token)).await;
    assert_eq!((&person["sub"], &person["email"]), (&json!("aNa7Kq2LmP"), &json!(ANA)));
    let (status, error) = exchange(&browser, &code).await;
    assert_eq!((status, &error["error"]), (400, &json!("invalid_request")));
}

#[tokio::test]
async fn cancel_comes_back_in_linkedins_words() {
    let browser = Browser::start().await;
    let back = browser.consent(&authorize(), &[("decision", "cancel")]).await;
    assert_eq!(parameter(&back, "error").unwrap(), "user_cancelled_authorize");
}

#[tokio::test]
async fn ad_accounts_come_one_by_one_and_analytics_by_day() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::LinkedIn, ANA).access_token;
    let get = |url: &str| browser.get(url).bearer_auth(&token).header("LinkedIn-Version", "202509");
    let first = ok(get(ACCOUNTS)).await;
    assert_eq!(first["elements"][0]["id"], 506_001_001);
    let next = first["metadata"]["nextPageToken"].as_str().unwrap();
    let second = ok(get(&format!("{ACCOUNTS}&pageToken={next}"))).await;
    assert_eq!(second["elements"][0]["id"], 506_001_002);
    assert!(second["metadata"]["nextPageToken"].is_null());
    let end = |days: i64| {
        let day = days_ago(days);
        let parts: Vec<u16> = day.split('-').map(|part| part.parse().unwrap()).collect();
        format!("(year:{},month:{},day:{})", parts[0], parts[1], parts[2])
    };
    let report = ok(get(&format!(
        "https://api.linkedin.com/rest/adAnalytics?q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY\
         &dateRange=(start:{},end:{})&accounts=List(urn%3Ali%3AsponsoredAccount%3A506001001)\
         &fields=pivotValues,dateRange,impressions,costInLocalCurrency",
        end(4),
        end(0)
    )))
    .await;
    assert_eq!(report["elements"].as_array().unwrap().len(), 10);
    assert!(report["elements"][0]["costInLocalCurrency"].is_string());
    assert!(report["elements"][0]["clicks"].is_null());
    assert_eq!(browser.sim.count_for(Provider::LinkedIn, "506001001"), 1);
}

#[tokio::test]
async fn the_version_header_is_required() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::LinkedIn, ANA).access_token;
    let (status, error) = send(browser.get(ACCOUNTS).bearer_auth(&token)).await;
    assert_eq!((status, &error["code"]), (400, &json!("VERSION_MISSING")));
}

#[tokio::test]
async fn each_trouble_has_its_service_error_code() {
    for (fault, status, code) in [
        (Fault::Revoked, 401, 65601),
        (Fault::PasswordChanged, 401, 65600),
        (Fault::EverythingExpired, 401, 65602),
        (Fault::AccessExpired, 401, 65602),
        (Fault::Suspended, 401, 65608),
        (Fault::ScopeLost, 403, 100),
        (Fault::RateLimited { retry_after_s: 1 }, 429, 101),
    ] {
        let browser = Browser::start().await;
        let token = browser.sim.issue_tokens(Provider::LinkedIn, ANA).access_token;
        browser.sim.fault(Provider::LinkedIn, ANA, fault);
        let request = browser.get(ACCOUNTS).bearer_auth(&token).header("LinkedIn-Version", "202509");
        let (got, error) = send(request).await;
        assert_eq!((got, &error["serviceErrorCode"]), (status, &json!(code)));
    }
}
