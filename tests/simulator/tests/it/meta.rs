use relink_simulator::{Fault, Provider, world};
use serde_json::{Value, json};

use crate::browser::{Browser, REDIRECT_URI, days_ago, ok, parameter, send};

const ANA: &str = world::ANA;
const TOKEN: &str = "https://graph.facebook.com/v24.0/oauth/access_token";

fn authorize(extra: &str) -> String {
    format!(
        "https://www.facebook.com/v24.0/dialog/oauth?client_id=app&redirect_uri={REDIRECT_URI}&state=s1\
         &scope=ads_read,business_management{extra}"
    )
}

async fn exchange(browser: &Browser, form: &[(&str, &str)]) -> Value {
    let back = browser.consent(&authorize(""), form).await;
    let query = [
        ("client_id", "app"),
        ("client_secret", "secret"),
        ("redirect_uri", REDIRECT_URI),
        ("code", &parameter(&back, "code").unwrap()),
    ];
    ok(browser.get(TOKEN).query(&query)).await
}

async fn extend(browser: &Browser, token: &str) -> (u16, Value) {
    let query = [
        ("grant_type", "fb_exchange_token"),
        ("client_id", "app"),
        ("client_secret", "secret"),
        ("fb_exchange_token", token),
    ];
    send(browser.get(TOKEN).query(&query)).await
}

#[tokio::test]
async fn a_short_token_is_extended_to_sixty_days() {
    let browser = Browser::start().await;
    let form = [("decision", "allow"), ("login", ANA), ("scope", "ads_read"), ("scope", "business_management")];
    let short = exchange(&browser, &form).await;
    assert_eq!(short["expires_in"], 5400);
    assert!(short["refresh_token"].is_null());
    let (status, long) = extend(&browser, short["access_token"].as_str().unwrap()).await;
    assert_eq!((status, &long["expires_in"]), (200, &json!(5_183_944)));
    let token = long["access_token"].as_str().unwrap();
    let me = ok(browser.get("https://graph.facebook.com/v24.0/me?fields=id,name").bearer_auth(token)).await;
    assert_eq!(me, json!({"id": "10220000000000001", "name": "Ana Duarte"}));
    assert_eq!(browser.sim.counts(Provider::Meta).refresh, 1);
}

#[tokio::test]
async fn a_declined_permission_is_told_and_not_asked_for_again() {
    let browser = Browser::start().await;
    let form = [("decision", "allow"), ("login", ANA), ("scope", "business_management")];
    let token = exchange(&browser, &form).await["access_token"].clone();
    let permissions = "https://graph.facebook.com/v24.0/me/permissions";
    let permissions = ok(browser.get(permissions).bearer_auth(token.as_str().unwrap())).await;
    let declined = json!({"permission": "ads_read", "status": "declined"});
    assert!(permissions["data"].as_array().unwrap().contains(&declined));
    let hint = format!("&login_hint={ANA}");
    let page = browser.get(&authorize(&hint)).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains(r#"value="ads_read""#));
    let page = browser.get(&authorize(&format!("{hint}&auth_type=rerequest"))).send().await.unwrap();
    assert!(page.text().await.unwrap().contains(r#"value="ads_read""#));
}

#[tokio::test]
async fn cancel_comes_back_in_metas_words() {
    let browser = Browser::start().await;
    let back = browser.consent(&authorize(""), &[("decision", "cancel")]).await;
    assert_eq!(parameter(&back, "error_reason").unwrap(), "user_denied");
    assert_eq!(parameter(&back, "error_code").unwrap(), "200");
}

#[tokio::test]
async fn ad_accounts_and_insights_come_in_pages() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Meta, ANA).access_token;
    let first =
        ok(browser.get("https://graph.facebook.com/v24.0/me/adaccounts?fields=name,currency").bearer_auth(&token))
            .await;
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    let next = first["paging"]["next"].as_str().unwrap();
    let second = ok(browser.get(next)).await;
    assert_eq!(second["data"][0]["id"], "act_200100200300403");
    assert!(second["paging"]["next"].is_null());
    let range = json!({"since": days_ago(59), "until": days_ago(0)}).to_string();
    let insights = "https://graph.facebook.com/v24.0/act_200100200300401/insights";
    let query =
        [("fields", "impressions,spend"), ("time_range", range.as_str()), ("time_increment", "1"), ("limit", "500")];
    let first = ok(browser.get(insights).query(&query).bearer_auth(&token)).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 50);
    assert_eq!(first["data"][0]["date_start"], days_ago(59));
    let second = ok(browser.get(first["paging"]["next"].as_str().unwrap())).await;
    assert_eq!(second["data"].as_array().unwrap().len(), 10);
    assert_eq!(browser.sim.count_for(Provider::Meta, "200100200300401"), 2);
}

#[tokio::test]
async fn business_manager_lists_its_ad_accounts() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Meta, ANA).access_token;
    let businesses = "https://graph.facebook.com/v24.0/me/businesses";
    let businesses = ok(browser.get(businesses).bearer_auth(&token)).await;
    let id = businesses["data"][0]["id"].as_str().unwrap();
    let owned = format!("https://graph.facebook.com/v24.0/{id}/owned_ad_accounts?fields=name");
    assert_eq!(ok(browser.get(&owned).bearer_auth(&token)).await["data"][0]["name"], "Acme Outdoor");
}

#[tokio::test]
async fn each_trouble_has_its_code_and_subcode() {
    for (fault, code, subcode) in [
        (Fault::Revoked, 190, json!(458)),
        (Fault::PasswordChanged, 190, json!(460)),
        (Fault::SignedOut, 190, json!(467)),
        (Fault::EverythingExpired, 190, json!(463)),
        (Fault::AccessExpired, 190, json!(463)),
        (Fault::Suspended, 190, json!(459)),
        (Fault::MfaRequired, 10, json!(2_332_002)),
        (Fault::TermsChanged, 200, json!(1_870_034)),
        (Fault::ScopeLost, 200, Value::Null),
    ] {
        let browser = Browser::start().await;
        let token = browser.sim.issue_tokens(Provider::Meta, ANA).access_token;
        browser.sim.fault(Provider::Meta, ANA, fault.clone());
        let accounts = browser.get("https://graph.facebook.com/v24.0/me/adaccounts");
        let (status, error) = send(accounts.bearer_auth(&token)).await;
        assert!(status >= 400, "{fault:?}");
        assert_eq!((&error["error"]["code"], &error["error"]["error_subcode"]), (&json!(code), &subcode));
    }
}

#[tokio::test]
async fn a_dead_token_cannot_be_extended() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Meta, ANA).access_token;
    browser.sim.fault(Provider::Meta, ANA, Fault::AccessExpired);
    let (status, error) = extend(&browser, &token).await;
    assert_eq!((status, &error["error"]["error_subcode"]), (400, &json!(463)));
}
