//! A plugin brings everything that is particular to its provider.

use std::fs;

use relink_runtime::TrustMode;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, eventually, plugin_file, story};
use reqwest::Method;
use serde_json::{Value, json};

use crate::keys::connect_ahrefs;

story!(a_plugin_is_uploaded_switched_off_and_removed_by_operators_only);
async fn a_plugin_is_uploaded_switched_off_and_removed_by_operators_only(database: Database) {
    let shelf = tempfile::tempdir().unwrap();
    let agency = Agency::start_with(database, |config| config.plugins_dir = Some(shelf.path().to_owned())).await;
    let component = fs::read(plugin_file("ahrefs")).unwrap();
    let staff = agency.hire("sam@northside.example", "staff", None).await;
    assert_eq!(staff.upload(component.clone()).await.status, 403);

    let refused = agency.owner.upload(component[..1000].to_vec()).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("refused at the gate") && refused.body.contains("fix:"), "{}", refused.body);
    assert_eq!(fs::read_dir(shelf.path()).unwrap().count(), 0, "something of a refused plugin is left");

    let installed = agency.owner.upload(component).await;
    assert_eq!(installed.status, 201, "{}", installed.body);
    assert!(installed.body.contains("talks to api.ahrefs.com"), "{}", installed.body);
    assert_eq!(agency.owner.visit("/connect?plugin=ahrefs").await.status, 200);

    let page = agency.owner.visit("/plugins/ahrefs").await;
    let page = agency.owner.press(&page, "form[action='/plugins/ahrefs/disable'] button").await;
    assert!(page.text().contains("Switched off"), "{}", page.text());
    assert_eq!(agency.owner.visit("/connect?plugin=ahrefs").await.status, 404);
    let page = agency.owner.press(&page, "form[action='/plugins/ahrefs/enable'] button").await;
    assert!(page.text().contains("in service again"), "{}", page.text());
    assert_eq!(agency.owner.visit("/connect?plugin=ahrefs").await.status, 200);

    let back = agency.owner.api(Method::POST, "/plugins/ahrefs/rollback", None).await;
    assert_eq!(back.status, 409, "{}", back.body);
    assert_eq!(agency.owner.api(Method::DELETE, "/plugins/ahrefs", None).await.status, 204);
    assert_eq!(agency.owner.api(Method::DELETE, "/plugins/ahrefs", None).await.status, 404);
    assert_eq!(fs::read_dir(shelf.path()).unwrap().count(), 0);
}

story!(a_plugin_from_the_page_waits_until_an_operator_approves_it);
async fn a_plugin_from_the_page_waits_until_an_operator_approves_it(database: Database) {
    let shelf = tempfile::tempdir().unwrap();
    let agency = Agency::start_with(database, |config| {
        config.plugins_dir = Some(shelf.path().to_owned());
        config.plugin_trust.mode = TrustMode::Unsigned;
    })
    .await;
    let component = fs::read(plugin_file("ahrefs")).unwrap();
    let page = agency.owner.visit("/plugins/install").await;
    let form = page.form("form[action='/plugins/install']");
    assert_eq!(agency.owner.send_file(&form.clone().set("csrf", "wrong"), component.clone()).await.status, 403);
    let refused = agency.owner.send_file(&form, component[..1000].to_vec()).await;
    assert_eq!(refused.status, 422);
    for words in ["Gate", "Found", "Expected", "How to fix", "copy the file again"] {
        assert!(refused.text().contains(words), "{words:?} is missing: {}", refused.text());
    }
    assert_eq!(agency.owner.send_file(&form, Vec::new()).await.status, 422);

    let sent = agency.owner.send_file(&form, component).await;
    let page = agency.owner.browser.follow(sent).await;
    assert!(page.text().contains("talks to api.ahrefs.com"), "{}", page.text());
    assert_eq!(agency.owner.visit("/connect?plugin=ahrefs").await.status, 404);
    let detail = agency.owner.read("/plugins/ahrefs").await;
    assert_eq!((&detail["in_service"], &detail["aside"][0]["state"]), (&Value::Null, &json!("waiting")));

    let other = page.press("form[action='/plugins/ahrefs/approve'] button").set("digest", "another");
    assert_eq!(agency.owner.submit(&other).await.status, 409);
    let page = agency.owner.press(&page, "form[action='/plugins/ahrefs/approve'] button").await;
    assert!(page.text().contains("in service"), "{}", page.text());
    let connected = connect_ahrefs(&agency, "acme", 0).await;
    agency.until_filled(&connected.sources[0].id).await;

    let detail = agency.owner.read("/plugins/ahrefs").await;
    assert_eq!((&detail["connections"], &detail["workspaces"]), (&json!(1), &json!(1)));
    assert!(detail["in_service"]["calls"]["count"].as_u64().unwrap() > 1, "{detail}");
    assert!(detail["versions"][0]["calls"]["p99_us"].as_u64().unwrap() > 0, "{detail}");
    assert!(detail["granted"]["hosts"].as_array().unwrap().contains(&json!("api.ahrefs.com")), "{detail}");
}

story!(admins_see_plugins_and_only_operators_change_them);
async fn admins_see_plugins_and_only_operators_change_them(database: Database) {
    let shelf = tempfile::tempdir().unwrap();
    let agency = Agency::start_with(database, |config| config.plugins_dir = Some(shelf.path().to_owned())).await;
    let component = fs::read(plugin_file("ahrefs")).unwrap();
    assert_eq!(agency.owner.upload(component.clone()).await.status, 201);
    let admin = agency.hire("tom@northside.example", "admin", None).await;
    assert_eq!(admin.read("/plugins/ahrefs").await["workspaces"], Value::Null);
    for path in ["/plugins", "/plugins/ahrefs"] {
        let page = admin.visit(path).await;
        assert_eq!(page.status, 200);
        assert!(!page.has("form[action^='/plugins/']") && !page.has("a[href='/plugins/install']"), "{}", page.body);
    }
    assert_eq!(admin.visit("/plugins/install").await.status, 403);
    let refused = admin.upload(component).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("Only who operates this host"), "{}", refused.body);
    for action in ["approve", "reject", "rollback", "disable", "enable"] {
        assert_eq!(admin.api(Method::POST, &format!("/plugins/ahrefs/{action}"), None).await.status, 403, "{action}");
    }
    assert_eq!(admin.api(Method::DELETE, "/plugins/ahrefs", None).await.status, 403);

    // Nobody makes themselves or others an operator who is none.
    let staff = agency.hire("sam@northside.example", "staff", None).await;
    let people = agency.owner.list("/users").await;
    let path_of = |email: &str| {
        let person = people.iter().find(|person| person["email"] == email).unwrap();
        format!("/users/{}", person["id"].as_str().unwrap())
    };
    let promote = json!({ "operator": true });
    assert_eq!(admin.api(Method::PATCH, &path_of("sam@northside.example"), Some(&promote)).await.status, 403);
    assert_eq!(staff.visit("/plugins").await.status, 403);
    assert_eq!(agency.owner.api(Method::PATCH, &path_of("sam@northside.example"), Some(&promote)).await.status, 200);
    let staff = agency.host.sign_in("sam@northside.example").await;
    assert_eq!(staff.visit("/plugins").await.status, 200);
    let disabled = staff.api(Method::POST, "/plugins/ahrefs/disable", None).await;
    assert_eq!(disabled.status, 204, "{}", disabled.body);
}

// checklist: 90
story!(a_plugin_that_is_copied_in_brings_its_own_reasons_texts_and_help);
async fn a_plugin_that_is_copied_in_brings_its_own_reasons_texts_and_help(database: Database) {
    let shelf = tempfile::tempdir().unwrap();
    let agency = Agency::start_with(database, |config| config.plugins_dir = Some(shelf.path().to_owned())).await;
    assert_eq!(agency.owner.visit("/connect?plugin=ahrefs").await.status, 404);

    fs::copy(plugin_file("ahrefs"), shelf.path().join("ahrefs.wasm")).unwrap();
    eventually("the plugin is at work", async || {
        (agency.owner.visit("/connect?plugin=ahrefs").await.status == 200).then_some(())
    })
    .await;
    let connected = connect_ahrefs(&agency, "acme", 0).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    agency.simulator().fault(Provider::Ahrefs, "acme", Fault::SubscriptionLapsed);
    agency.owner.control(id, "check").await;
    let incident = agency.until_broken(id).await;
    assert_eq!(incident["code"], "ahrefs.subscription-lapsed");

    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    let text = page.text();
    for words in [incident["code"].as_str().unwrap(), incident["message"].as_str().unwrap()] {
        assert!(text.contains(words), "{words:?} is missing: {text}");
    }
    let help = format!("a[href={}][target=_blank][rel=noopener]", incident["help_url"]);
    assert!(page.has(&help), "{help} is missing: {}", page.body);
}
