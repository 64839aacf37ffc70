//! Keys that a person types: each belongs to one client, and is tried before it replaces another.

use relink_simulator::{Fault, Provider, world};
use relink_stories::{Agency, Connected, Database, Form, Page, eventually, story};
use reqwest::Method;
use serde_json::json;

// checklist: 86, 87, 89, 91
story!(a_lapsed_subscription_says_so_and_needs_no_new_key);
async fn a_lapsed_subscription_says_so_and_needs_no_new_key(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let connected = connect_ahrefs(&agency, "acme", 0).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    let before = agency.owner.read(&format!("/authorizations/{}", connected.authorization_id)).await;

    agency.simulator().fault(Provider::Ahrefs, "acme", Fault::SubscriptionLapsed);
    agency.owner.control(id, "check").await;
    let incident = agency.until_broken(id).await;
    assert_eq!(incident["reason"], "provider-specific", "{incident}");
    assert_eq!(incident["code"], "ahrefs.subscription-lapsed");
    assert_eq!(incident["remedy"], "fix-billing");
    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    let words = page.text_of("#needs-reconnect").unwrap();
    assert!(words.contains("Ahrefs needs an active subscription"), "{words}");
    assert!(words.contains("The billing owner at Ahrefs can fix this"), "{words}");
    assert!(words.contains("The key stays the same"), "{words}");

    agency.simulator().heal(Provider::Ahrefs, "acme");
    let page = agency.owner.press(&page, "#needs-reconnect button[form=act]").await;
    assert_eq!(page.status, 200);
    agency.until_status(id, "connected").await;
    let after = agency.owner.read(&format!("/authorizations/{}", connected.authorization_id)).await;
    assert_eq!(after["authorized_at"], before["authorized_at"], "nobody typed a key");
    assert!(agency.owner.notices().await.iter().all(|notice| !notice["resolved_at"].is_null()));
}

// checklist: 62, 63, 68, 88, 101
story!(a_new_key_heals_in_place_and_a_wrong_one_changes_nothing);
async fn a_new_key_heals_in_place_and_a_wrong_one_changes_nothing(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let connected = connect_copper(&agency, "acme", 0).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    let people = agency.owner.records(id, "people").await.len();
    let providers = agency.owner.read("/providers").await;
    let copper = providers["items"].as_array().unwrap().iter().find(|provider| provider["id"] == "copper").unwrap();
    let asked = copper["auth_methods"][0]["secrets"].as_array().unwrap();
    let asked: Vec<_> = asked.iter().map(|secret| (&secret["name"], &secret["is_optional"])).collect();
    assert_eq!(asked, [(&json!("email"), &json!(false)), (&json!("api_key"), &json!(false))]);

    agency.simulator().fault(Provider::Copper, "acme", Fault::KeyDeleted);
    agency.owner.control(id, "check").await;
    let incident = agency.until_broken(id).await;
    assert_eq!((&incident["code"], &incident["remedy"]), (&json!("copper.key-deleted"), &json!("replace-secret")));
    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    assert!(page.text_of("#needs-reconnect").unwrap().contains("Copper needs a new key"), "{}", page.text());

    let refused = agency.owner.submit(&key_form(&page).set("secret.api_key", "not-a-key")).await;
    assert_eq!(refused.status, 422);
    let error = refused.text_of("#api-key-api_key-error").unwrap();
    assert!(error.contains("Nothing was changed"), "{error}");
    assert_eq!(refused.attribute("input[name='secret.api_key']", "value").unwrap(), "", "a secret came back");
    assert_eq!(agency.owner.connection(id).await["status"], "needs-reconnect");

    let key = agency.simulator().create_key(Provider::Copper, "acme");
    let healed = agency.owner.submit(&key_form(&refused).set("secret.api_key", &key.secret)).await;
    assert!(healed.is_redirect(), "{}", healed.text());
    let page = agency.owner.browser.follow(healed).await;
    assert!(page.text_of("[data-banner]").unwrap().contains("Key updated"), "{}", page.text());
    agency.until_status(id, "connected").await;
    assert_eq!(agency.owner.records(id, "people").await.len(), people);
    let all = agency.owner.list("/connections").await;
    assert_eq!(all.len(), 1, "the connection was mended, not made anew: {all:?}");
}

// checklist: 63
story!(a_wrong_key_leaves_a_working_one_in_place);
async fn a_wrong_key_leaves_a_working_one_in_place(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let connected = connect_copper(&agency, "acme", 0).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;

    let place = format!("/authorizations/{}/secrets", connected.authorization_id);
    let other_login = agency.simulator().key(Provider::Copper, "bluebird");
    for (email, key) in [("", "not-a-key"), (other_login.email.as_str(), other_login.secret.as_str())] {
        let wish = json!({ "secrets": { "email": email, "api_key": key } });
        let refused = agency.owner.api(Method::PUT, &place, Some(&wish)).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert_eq!(refused.json()["field"], "api_key");
    }
    let before = agency.fetches(id).await;
    agency.owner.control(id, "check").await;
    eventually("the old key still opens", async || (agency.fetches(id).await > before).then_some(())).await;
}

// checklist: 115
story!(a_new_key_for_one_client_changes_nothing_for_another);
async fn a_new_key_for_one_client_changes_nothing_for_another(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let acme = connect_copper(&agency, "acme", 0).await;
    let bluebird = connect_copper(&agency, "bluebird", 1).await;
    for (connected, key) in [(&acme, "acme"), (&bluebird, "bluebird")] {
        agency.until_filled(&connected.sources[0].id).await;
        agency.simulator().fault(Provider::Copper, key, Fault::KeyDeleted);
        agency.owner.control(&connected.sources[0].id, "check").await;
        agency.until_broken(&connected.sources[0].id).await;
    }
    let key = agency.simulator().create_key(Provider::Copper, "acme");
    let wish = json!({ "secrets": { "api_key": key.secret } });
    let place = format!("/authorizations/{}/secrets", acme.authorization_id);
    let healing = agency.owner.api(Method::PUT, &place, Some(&wish)).await;
    assert_eq!(healing.status, 200, "{}", healing.body);
    assert_eq!(healing.json()["healed"], json!([acme.sources[0].id]));
    assert_eq!(agency.owner.connection(&acme.sources[0].id).await["status"], "connected");
    assert_eq!(agency.owner.connection(&bluebird.sources[0].id).await["status"], "needs-reconnect");
}

// checklist: 65, 66, 67
story!(a_source_that_is_stopped_and_connected_again_keeps_its_history);
async fn a_source_that_is_stopped_and_connected_again_keeps_its_history(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let connected = connect_copper(&agency, "cobalt", 2).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    let people = agency.owner.records(id, "people").await;

    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    let page = agency.owner.press(&page, "#stop-dialog button.danger").await;
    assert_eq!(page.status, 200);
    assert_eq!(agency.owner.connection(id).await["status"], "stopped");
    assert_eq!(agency.owner.records(id, "people").await.len(), people.len());

    let found = agency.owner.visit("/connect?search=copper").await;
    assert!(found.text().contains("Copper"), "{}", found.text());
    let again = connect_copper(&agency, "cobalt", 2).await;
    assert_eq!(again.sources[0].id, *id);
    agency.until_status(id, "connected").await;
    assert_eq!(agency.owner.records(id, "people").await.len(), people.len());
    assert_eq!(agency.owner.list("/connections").await.len(), 1);
}

fn key_form(page: &Page) -> Form {
    page.form("form[action^='/authorizations/']")
}

story!(a_program_connects_with_a_key_and_a_wrong_one_makes_nothing);
async fn a_program_connects_with_a_key_and_a_wrong_one_makes_nothing(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let key = agency.simulator().key(Provider::Ahrefs, "acme");
    let connect = async |provider: &str, method: &str, secret: &str| {
        let client = &agency.clients[0];
        let wanted = json!({ "provider": provider, "auth_method": method, "client_id": client, "secrets": { "api_key": secret } });
        agency.owner.api(Method::POST, "/authorizations", Some(&wanted)).await
    };
    let refused = connect("ahrefs", "api-key", "not-a-key").await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(connect("google", "oauth", &key.secret).await.status, 422, "Google has a page of its own");
    assert!(agency.owner.list("/authorizations").await.is_empty());

    let made = connect("ahrefs", "api-key", &key.secret).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(!made.body.contains(&key.secret), "{}", made.body);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert!(!agency.owner.list(&format!("/authorizations/{id}/accounts")).await.is_empty());
}

/// The account of a connection to Ahrefs is the web site.
pub(crate) async fn connect_ahrefs(agency: &Agency, key: &str, client: usize) -> Connected {
    let key = agency.simulator().key(Provider::Ahrefs, key);
    let project = world().account(Provider::Ahrefs, &key.account).unwrap();
    let site = format!("{}/", project.site);
    agency.connect_key("ahrefs", &key, (&site, &agency.clients[client])).await
}

pub(crate) async fn connect_copper(agency: &Agency, key: &str, client: usize) -> Connected {
    let key = agency.simulator().key(Provider::Copper, key);
    agency.connect_key("copper", &key, (&key.account, &agency.clients[client])).await
}
