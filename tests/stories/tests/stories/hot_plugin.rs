//! A plugin brings everything that is particular to its provider.

use std::fs;

use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, eventually, plugin_file, story};
use reqwest::Method;

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

    let page = agency.owner.visit("/plugins").await;
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
