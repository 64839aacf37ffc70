//! What a plugin wants to know that is no secret: people are asked for it, and it decides where they are sent.

use relink_stories::{Agency, Database, Page, story};
use reqwest::Method;
use serde_json::json;

const FORM: &str = "form[action='/connect'] button[value=oauth]";

story!(who_connects_is_asked_for_what_the_address_depends_on);
async fn who_connects_is_asked_for_what_the_address_depends_on(database: Database) {
    let agency = agency(database).await;
    let page = agency.owner.visit("/connect?plugin=oidc").await;
    assert!(page.text().contains("before .oidc.example in the address"), "{}", page.text());
    let tried =
        async |tenant: &str| -> Page { agency.owner.submit(&page.press(FORM).set("setting.tenant", tenant)).await };
    for (tenant, said) in [
        ("", "Enter the Tenant."),
        ("acme.oidc.example", "look at the Tenant once more"),
        ("evil.example/", "look at the Tenant once more"),
    ] {
        let refused = tried(tenant).await;
        assert_eq!(refused.status, 422, "{tenant}");
        assert!(refused.text().contains(said), "{tenant}: {}", refused.text());
        let there = refused.attribute("input[name='setting.tenant']", "value");
        assert_eq!(there.as_deref(), Some(tenant), "what was typed is not there any more");
    }
    let address = tried(" acme ").await.location();
    assert_eq!(address.path(), "/acme.oidc.example/authorize", "the simulator stands in for every host");
}

story!(programs_learn_what_is_asked_for_and_give_it);
async fn programs_learn_what_is_asked_for_and_give_it(database: Database) {
    let agency = agency(database).await;
    let providers = agency.owner.list("/providers").await;
    let oidc = providers.iter().find(|provider| provider["id"] == "oidc").unwrap();
    let tenant = &oidc["auth_methods"][0]["settings"][0];
    assert_eq!(
        (&tenant["name"], &tenant["label"], &tenant["is_required"]),
        (&json!("tenant"), &json!("Tenant"), &json!(true))
    );

    let client = agency.clients[0].clone();
    let wish =
        |settings| json!({ "provider": "oidc", "auth_method": "oauth", "client_id": client, "settings": settings });
    let ask = async |settings| agency.owner.api(Method::POST, "/reconnections", Some(&wish(settings))).await;
    let refused = ask(json!({})).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("settings.tenant") && refused.body.contains("Enter the Tenant."), "{}", refused.body);
    let begun = ask(json!({ "tenant": "acme" })).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    assert!(begun.body.contains("/acme.oidc.example/authorize?"), "{}", begun.body);
}

async fn agency(database: Database) -> Agency {
    Agency::start_with(database, |config| {
        config.plugins.insert("oidc".to_owned(), config.plugins["google"].clone());
    })
    .await
}
