use relink_simulator::{Fault, Provider, world};
use serde_json::{Value, json};

use crate::browser::{Browser, REDIRECT_URI, VERIFIER, challenge, days_ago, ok, parameter, send};

const ANA: &str = world::ANA;
const ADS: &str = "https://www.googleapis.com/auth/adwords";
const TOKEN: &str = "https://oauth2.googleapis.com/token";
const USERINFO: &str = "https://openidconnect.googleapis.com/v1/userinfo";
const SEARCH: &str = "https://googleads.googleapis.com/v21/customers/1234567890/googleAds:search";

fn authorize(extra: &str) -> String {
    format!(
        "https://accounts.google.com/o/oauth2/v2/auth?client_id=app&redirect_uri={REDIRECT_URI}&response_type=code\
         &scope=openid+email+{ADS}&state=s1&code_challenge={}&code_challenge_method=S256{extra}",
        challenge()
    )
}

async fn exchange(browser: &Browser, code: &str, verifier: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("client_secret", "secret"),
        ("redirect_uri", REDIRECT_URI),
        ("code", code),
        ("code_verifier", verifier),
    ];
    send(browser.post(TOKEN).form(&form)).await
}

async fn refresh(browser: &Browser, token: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "relink-demo"),
        ("client_secret", "secret"),
        ("refresh_token", token),
    ];
    send(browser.post(TOKEN).form(&form)).await
}

fn search(browser: &Browser, token: &str, body: &Value) -> reqwest::RequestBuilder {
    browser
        .post(SEARCH)
        .bearer_auth(token)
        .header("developer-token", "dev")
        .header("login-customer-id", world::ADS_MANAGER)
        .json(body)
}

#[tokio::test]
async fn a_consent_becomes_tokens_that_tell_who_it_was() {
    let browser = Browser::start().await;
    let form = [("decision", "allow"), ("login", ANA), ("scope", ADS)];
    let back = browser.consent(&authorize("&access_type=offline&prompt=consent"), &form).await;
    assert_eq!(parameter(&back, "state").unwrap(), "s1");
    let code = parameter(&back, "code").unwrap();
    let (status, tokens) = exchange(&browser, &code, VERIFIER).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(tokens["expires_in"], 3599);
    assert!(tokens["refresh_token"].is_string());
    let person = ok(browser.get(USERINFO).bearer_auth(tokens["access_token"].as_str().unwrap())).await;
    assert_eq!(person["sub"], "104837261950284736150");
    assert_eq!(person["email"], ANA);
    let (status, error) = exchange(&browser, &code, VERIFIER).await;
    assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn a_wrong_verifier_gets_no_tokens() {
    let browser = Browser::start().await;
    let back = browser.consent(&authorize(""), &[("decision", "allow"), ("login", ANA)]).await;
    let wrong = VERIFIER.replace('a', "b");
    let (status, error) = exchange(&browser, &parameter(&back, "code").unwrap(), &wrong).await;
    assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn an_unticked_scope_is_not_granted() {
    let browser = Browser::start().await;
    let back = browser.consent(&authorize(""), &[("decision", "allow"), ("login", ANA)]).await;
    let (_, tokens) = exchange(&browser, &parameter(&back, "code").unwrap(), VERIFIER).await;
    assert_eq!(tokens["scope"], "openid email");
    assert!(tokens["refresh_token"].is_null());
    let (status, error) = send(search(&browser, tokens["access_token"].as_str().unwrap(), &json!({}))).await;
    assert_eq!(status, 403);
    assert_eq!(error["error"]["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
}

#[tokio::test]
async fn cancel_comes_back_as_access_denied() {
    let browser = Browser::start().await;
    let back = browser.consent(&authorize(""), &[("decision", "cancel")]).await;
    assert_eq!(parameter(&back, "error").unwrap(), "access_denied");
    assert_eq!(parameter(&back, "state").unwrap(), "s1");
}

#[tokio::test]
async fn a_login_hint_preselects_the_account() {
    let browser = Browser::start().await;
    let page = browser.get(&authorize("&login_hint=tom@northside.example")).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains(r#"id="login-tom" value="tom@northside.example" checked"#));
    assert!(!page.contains(r#"id="login-ana" value="ana@northside.example" checked"#));
}

#[tokio::test]
async fn a_refresh_gives_an_access_token_and_no_new_refresh_token() {
    let browser = Browser::start().await;
    let tokens = browser.sim.issue_tokens(Provider::Google, ANA);
    browser.sim.fault(Provider::Google, ANA, Fault::AccessExpired);
    let query = json!({"query": "SELECT customer.id FROM customer"});
    let (status, error) = send(search(&browser, &tokens.access_token, &query)).await;
    assert_eq!(status, 401);
    let code = &error["error"]["details"][0]["errors"][0]["errorCode"];
    assert_eq!(code["authenticationError"], "OAUTH_TOKEN_EXPIRED");
    let (status, fresh) = refresh(&browser, tokens.refresh_token.as_deref().unwrap()).await;
    assert_eq!(status, 200);
    assert!(fresh["refresh_token"].is_null());
    ok(search(&browser, fresh["access_token"].as_str().unwrap(), &query)).await;
    assert_eq!(browser.sim.counts(Provider::Google).refresh, 1);
    assert_eq!(browser.sim.count("oauth2.googleapis.com/token"), 1);
    assert_eq!(browser.sim.count_for(Provider::Google, "1234567890"), 2);
}

#[tokio::test]
async fn revoked_stays_dead_until_a_new_consent() {
    let browser = Browser::start().await;
    let tokens = browser.sim.issue_tokens(Provider::Google, ANA);
    browser.sim.fault(Provider::Google, ANA, Fault::Revoked);
    browser.sim.heal(Provider::Google, ANA);
    let (status, error) = refresh(&browser, tokens.refresh_token.as_deref().unwrap()).await;
    assert_eq!(status, 400);
    assert_eq!(error["error_description"], "Token has been expired or revoked.");
    let fresh = browser.sim.issue_tokens(Provider::Google, ANA);
    assert_eq!(refresh(&browser, fresh.refresh_token.as_deref().unwrap()).await.0, 200);
}

#[tokio::test]
async fn each_trouble_of_the_person_has_its_own_refusal() {
    for (fault, description) in [
        (Fault::Suspended, "Account has been deleted"),
        (Fault::MfaRequired, "reauth related error (invalid_rapt)"),
        (Fault::EverythingExpired, "Token has been expired or revoked."),
    ] {
        let browser = Browser::start().await;
        let tokens = browser.sim.issue_tokens(Provider::Google, ANA);
        browser.sim.fault(Provider::Google, ANA, fault);
        let (status, error) = refresh(&browser, tokens.refresh_token.as_deref().unwrap()).await;
        assert_eq!((status, error["error_description"].as_str().unwrap()), (400, description));
    }
}

#[tokio::test]
async fn the_manager_lists_its_clients_and_a_client_needs_the_managers_id() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, ANA).access_token;
    let list = "https://googleads.googleapis.com/v21/customers:listAccessibleCustomers";
    let list = browser.get(list).bearer_auth(&token).header("developer-token", "dev");
    assert_eq!(ok(list).await["resourceNames"], json!(["customers/1112223333"]));
    let stream = "https://googleads.googleapis.com/v21/customers/1112223333/googleAds:searchStream";
    let query = "SELECT customer_client.id, customer_client.descriptive_name FROM customer_client \
                 WHERE customer_client.level = 1 AND customer_client.manager = FALSE";
    let request = browser.post(stream).bearer_auth(&token).header("developer-token", "dev");
    let clients = ok(request.json(&json!({"query": query}))).await;
    let names: Vec<&str> = clients[0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["customerClient"]["descriptiveName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Acme Outdoor - Search", "Bluebird Cafe - Brand", "Cobalt Systems - Leads"]);
    let without = browser.post(SEARCH).bearer_auth(&token).header("developer-token", "dev");
    let query = json!({"query": "SELECT customer.id FROM customer"});
    let (status, error) = send(without.json(&query)).await;
    assert_eq!(status, 403);
    let code = &error["error"]["details"][0]["errors"][0]["errorCode"];
    assert_eq!(code["authorizationError"], "USER_PERMISSION_DENIED");
}

#[tokio::test]
async fn a_report_is_paged_and_the_same_each_time() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, ANA).access_token;
    let query = format!(
        "SELECT campaign.id, segments.date, metrics.impressions, metrics.cost_micros FROM campaign \
         WHERE segments.date BETWEEN '{}' AND '{}'",
        days_ago(29),
        days_ago(0)
    );
    let mut rows: Vec<Value> = Vec::new();
    let mut page_token = Value::Null;
    let mut pages = 0;
    loop {
        let body = json!({"query": query, "pageToken": page_token.as_str().unwrap_or_default()});
        let page = ok(search(&browser, &token, &body)).await;
        rows.extend(page["results"].as_array().unwrap().iter().cloned());
        pages += 1;
        page_token = page["nextPageToken"].clone();
        if page_token.is_null() {
            break;
        }
    }
    assert_eq!((pages, rows.len()), (3, 120));
    assert_eq!(rows[0]["segments"]["date"], days_ago(29));
    assert!(rows[0]["metrics"]["costMicros"].is_string());
    let again = ok(search(&browser, &token, &json!({"query": query}))).await;
    assert_eq!(again["results"].as_array().unwrap(), &rows[..50]);
}

#[tokio::test]
async fn a_field_that_does_not_exist_is_named() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, ANA).access_token;
    let body = json!({"query": "SELECT campaign.colour FROM campaign"});
    let (status, error) = send(search(&browser, &token, &body)).await;
    assert_eq!(status, 400);
    let error = &error["error"]["details"][0]["errors"][0];
    assert_eq!(error["errorCode"]["queryError"], "UNRECOGNIZED_FIELD");
    assert!(error["message"].as_str().unwrap().contains("campaign.colour"));
}

#[tokio::test]
async fn analytics_lists_properties_in_pages_and_reports_by_day() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, ANA).access_token;
    let summaries = "https://analyticsadmin.googleapis.com/v1beta/accountSummaries";
    let first = ok(browser.get(summaries).bearer_auth(&token)).await;
    assert_eq!(first["accountSummaries"].as_array().unwrap().len(), 2);
    let next = first["nextPageToken"].as_str().unwrap();
    let second = ok(browser.get(summaries).query(&[("pageToken", next)]).bearer_auth(&token)).await;
    let last = &second["accountSummaries"][0]["propertySummaries"][0];
    assert_eq!(last["property"], "properties/310000003");
    let report = "https://analyticsdata.googleapis.com/v1beta/properties/310000001:runReport";
    let body = json!({
        "dateRanges": [{"startDate": "6daysAgo", "endDate": "today"}],
        "dimensions": [{"name": "date"}],
        "metrics": [{"name": "sessions"}],
        "limit": "5",
    });
    let report = ok(browser.post(report).bearer_auth(&token).json(&body)).await;
    assert_eq!(report["rowCount"], 7);
    assert_eq!(report["rows"].as_array().unwrap().len(), 5);
    let day = report["rows"][0]["dimensionValues"][0]["value"].as_str().unwrap();
    assert_eq!(day, days_ago(6).replace('-', ""));
}

#[tokio::test]
async fn tom_does_not_see_what_ana_sees() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, world::TOM).access_token;
    let report = "https://analyticsdata.googleapis.com/v1beta/properties/310000003:runReport";
    let (status, _) = send(browser.post(report).bearer_auth(&token).json(&json!({}))).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn a_lost_role_is_refused_for_that_account_alone() {
    let browser = Browser::start().await;
    let token = browser.sim.issue_tokens(Provider::Google, ANA).access_token;
    browser.sim.fault(Provider::Google, "ana@northside.example/1234567890", Fault::RoleLost);
    let query = json!({"query": "SELECT customer.id FROM customer"});
    assert_eq!(send(search(&browser, &token, &query)).await.0, 403);
    browser.sim.heal(Provider::Google, "ana@northside.example/1234567890");
    ok(search(&browser, &token, &query)).await;
}
