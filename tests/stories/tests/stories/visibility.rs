//! People see the clients that they work for, and nothing of the others.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, story};
use reqwest::Method;
use serde_json::json;

const OTHERS: [&str; 2] = ["Bluebird Cafe", "Cobalt Systems"];

// checklist: 37, 40, 41, 43, 45, 64
story!(limited_staff_sees_only_its_clients_in_table_tray_and_api);
async fn limited_staff_sees_only_its_clients_in_table_tray_and_api(database: Database) {
    let agency = Agency::start(database).await;
    let [acme, bluebird, _] = &agency.clients;
    let limited = agency.hire("sam@northside.example", "staff", Some(&[acme])).await;
    let ana = agency.connect_google().await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;

    for path in
        ["/data-sources", "/data-sources?status=needs-reconnect", "/clients", "/notices", "/connect?plugin=google"]
    {
        let page = limited.visit(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("Acme Outdoor") || path.starts_with("/connect"), "{path}: {}", page.text());
        for other in OTHERS {
            assert!(!page.body.contains(other), "{path} shows {other}");
        }
    }
    let table = limited.visit("/data-sources").await;
    assert_eq!(table.texts_of("table.sources tbody tr").len(), 1);
    assert!(table.text_of("tr.broken").unwrap().contains("Needs reconnect"), "{}", table.text());
    assert!(table.has("tr.broken button[role=menuitem][form=reconnect]"));
    assert_eq!(agency.owner.visit("/data-sources").await.texts_of("tr.broken").len(), 3);
    assert_eq!(limited.visit(&format!("/clients/{acme}/data-sources")).await.status, 200);

    let seen = limited.list("/connections").await;
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0]["id"], *ana.sources[0].id);
    assert_eq!(limited.list("/clients").await.len(), 1);
    let authorization = limited.read(&format!("/authorizations/{}", ana.authorization_id)).await;
    assert_eq!(authorization["connection_ids"], json!([ana.sources[0].id]));
    let incidents = limited.list("/incidents").await;
    assert_eq!(incidents[0]["affected"].as_array().unwrap().len(), 1, "{incidents:?}");

    let hidden = &ana.sources[1].id;
    for path in [format!("/connections/{hidden}"), format!("/clients/{bluebird}/data-sources")] {
        assert_eq!(limited.visit(&path).await.status, 404, "{path}");
    }
    for part in ["", "/records?dataset=campaign_performance", "/runs", "/gaps", "/coverage"] {
        let path = format!("/connections/{hidden}{part}");
        assert_eq!(limited.api(Method::GET, &path, None).await.status, 404, "{path}");
    }
    for action in ["check", "pause", "stop"] {
        let path = format!("/connections/{hidden}/{action}");
        assert_eq!(limited.api(Method::POST, &path, None).await.status, 404, "{path}");
    }
    for path in ["/users", "/tokens", "/audit"] {
        assert_eq!(limited.api(Method::GET, path, None).await.status, 403, "{path}");
    }
}

// checklist: 28
story!(a_client_may_look_but_not_repair);
async fn a_client_may_look_but_not_repair(database: Database) {
    let agency = Agency::start(database).await;
    let acme = &agency.clients[0];
    let viewer = agency.hire("carla@acme-outdoor.example", "viewer", Some(&[acme])).await;
    let ana = agency.connect_google().await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;

    let page = viewer.visit(&format!("/connections/{}", ana.sources[0].id)).await;
    assert_eq!(page.status, 200);
    assert!(!page.has("button[form=reconnect]") && !page.has("button[form=act]"), "{}", page.text());
    let form = page.form("form#reconnect").set("authorization_id", &ana.authorization_id);
    assert_eq!(viewer.submit(&form).await.status, 403);
    let wish = json!({ "authorization_id": ana.authorization_id });
    assert_eq!(viewer.api(Method::POST, "/reconnections", Some(&wish)).await.status, 403);
    for action in ["check", "pause", "resume", "stop"] {
        let path = format!("/connections/{}/{action}", ana.sources[0].id);
        assert_eq!(viewer.api(Method::POST, &path, None).await.status, 403, "{action}");
    }
    assert_eq!(viewer.visit("/connect").await.status, 403);
    assert!(viewer.notices().await.is_empty());
}

// checklist: 30
story!(reading_a_notice_is_everyones_own);
async fn reading_a_notice_is_everyones_own(database: Database) {
    let agency = Agency::start(database).await;
    let admin = agency.hire("tom.reyes@northside.example", "admin", None).await;
    let ana = agency.connect_google().await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;

    let page = admin.visit("/data-sources").await;
    let page = admin.press(&page, "#tray form[action='/notices/read'] button").await;
    assert!(!page.has("#bell .dot"), "{}", page.body);
    assert_eq!(admin.read("/notices").await["unread"], 0);
    assert_eq!(agency.owner.read("/notices").await["unread"], 1);
    assert!(agency.owner.visit("/data-sources").await.has("#bell .dot"));
}
