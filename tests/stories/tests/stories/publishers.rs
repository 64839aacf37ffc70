//! A plugin that was removed stays its publisher's, since the secrets of the app stay in the settings.

use std::fs;
use std::io::Cursor;

use minisign::KeyPair;
use relink_runtime::TrustMode;
use relink_stories::{Agency, Database, plugin_file, story};
use reqwest::Method;

const SWITCH: &str = "form[action='/plugins/ahrefs/forget'] button";

story!(a_removed_plugin_is_its_publishers_until_an_operator_forgets_it);
async fn a_removed_plugin_is_its_publishers_until_an_operator_forgets_it(database: Database) {
    let shelf = tempfile::tempdir().unwrap();
    let [ahrefs, rival] = [(); 2].map(|()| KeyPair::generate_unencrypted_keypair().unwrap());
    let agency = Agency::start_with(database, |config| {
        config.plugins_dir = Some(shelf.path().to_owned());
        config.plugin_trust.mode = TrustMode::Signed;
        for (name, keys) in [("Ahrefs", &ahrefs), ("Rival", &rival)] {
            config.plugin_trust.publishers.insert(name.to_owned(), keys.pk.to_base64());
        }
    })
    .await;
    let component = fs::read(plugin_file("ahrefs")).unwrap();
    let signed =
        |keys: &KeyPair| minisign::sign(None, &keys.sk, Cursor::new(&component), None, None).unwrap().to_string();
    let program = agency.owner.program().await;
    let upload = async |keys: &KeyPair| program.upload("/plugins", component.clone(), Some(&signed(keys))).await;
    assert_eq!(upload(&ahrefs).await.status, 201);
    let too_early = program.api(Method::POST, "/plugins/ahrefs/forget").await;
    assert_eq!(too_early.status, 409, "{}", too_early.body);

    let page = agency.owner.visit("/plugins/ahrefs").await;
    let page = agency.owner.press(&page, "form[action='/plugins/ahrefs/remove'] button.danger").await;
    assert!(page.text().contains("Reserved for Ahrefs"), "{}", page.text());
    assert_eq!(fs::read_dir(shelf.path()).unwrap().count(), 0);
    let refused = upload(&rival).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    for words in ["it is signed by", "Rival", "pinned", "relink plugin forget ahrefs"] {
        assert!(refused.json()["detail"].as_str().unwrap().contains(words), "{words:?} is missing: {}", refused.body);
    }
    let detail = agency.owner.read("/plugins/ahrefs").await;
    assert_eq!((&detail["publisher"], detail["in_service"].is_null()), (&"Ahrefs".into(), true), "{detail}");

    let admin = agency.hire("tom@northside.example", "admin", None).await;
    let seen = admin.visit("/plugins/ahrefs").await;
    assert!(seen.text().contains("Reserved for Ahrefs") && !seen.has(SWITCH), "{}", seen.body);
    assert_eq!(admin.api(Method::POST, "/plugins/ahrefs/forget", None).await.status, 403);
    assert_eq!(upload(&rival).await.status, 422);

    agency.owner.press(&page, "form[action='/plugins/ahrefs/forget'] button.danger").await;
    assert_eq!(agency.owner.visit("/plugins/ahrefs").await.status, 404);
    assert_eq!(program.api(Method::POST, "/plugins/ahrefs/forget").await.status, 404);
    assert_eq!(upload(&rival).await.status, 201);
    let audit = agency.owner.list("/audit").await;
    assert!(audit.iter().any(|line| line["action"] == "plugin.publisher-forgotten"), "{audit:?}");
}
