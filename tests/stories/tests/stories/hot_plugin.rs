//! A plugin brings everything that is particular to its provider.

use std::fs;

use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, eventually, plugin_file, story};

use crate::keys::connect_ahrefs;

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
