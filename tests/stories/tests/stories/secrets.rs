//! No token, key, code or secret of the app leaves the server, nor lies readable in its files.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Consent, Database, with_logs};
use serde_json::json;

// checklist: 62, 91
#[test]
fn no_secret_is_in_answers_pages_logs_or_files() {
    with_logs(async |logs| {
        let mut agency = Agency::start(Database::Sqlite).await;
        let google = agency.connect_google().await;
        let key = agency.simulator().key(Provider::Copper, "acme");
        let copper = agency.connect_key("copper", &key, (&key.account, &agency.clients[0])).await;
        agency.until_filled(&copper.sources[0].id).await;
        agency.simulator().fault(Provider::Google, ANA, Fault::AccessExpired);
        agency.until_synced_again(&google.sources[0].id, 1).await;
        agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
        agency.simulator().fault(Provider::Copper, "acme", Fault::Echo { status: 401 });
        agency.owner.control(&copper.sources[0].id, "check").await;
        agency.until_broken(&google.sources[0].id).await;
        agency.until_broken(&copper.sources[0].id).await;
        let mut answers = everything(&agency, [&google.sources[0].id, &copper.sources[0].id]).await;
        let wrong = json!({ "secrets": { "api_key": "canary-wrong-key-3c1e77" } });
        let place = format!("/authorizations/{}/secrets", copper.authorization_id);
        answers.push(agency.owner.api(reqwest::Method::PUT, &place, Some(&wrong)).await.body);
        let reconnected = agency.owner.reconnect(&google.sources[0].id, &Consent::of(ANA)).await;
        answers.push(agency.owner.browser.follow(reconnected).await.body);
        answers.extend(everything(&agency, [&google.sources[0].id, &copper.sources[0].id]).await);
        let quoted = answers.iter().any(|answer| answer.contains("x-pw-accesstoken"));
        assert!(quoted, "nothing shows what the provider quoted of the request");
        agency.host.stop().await;

        let mut secrets = agency.host.secrets();
        secrets.push("canary-wrong-key-3c1e77".to_owned());
        assert!(secrets.len() > 10, "there are too few secrets to look for: {}", secrets.len());
        let stored = agency.host.stored_bytes();
        let stored = String::from_utf8_lossy(&stored);
        let logged = logs.text();
        assert!(logged.contains("TRACE") && logged.contains("provider answered"), "too little is logged");
        assert!(stored.contains("Acme Outdoor"), "the database was not read");
        for secret in &secrets {
            assert!(!answers.iter().any(|answer| answer.contains(secret)), "an answer holds a secret");
            assert!(!stored.contains(secret), "a file holds a secret");
            let line = logged.lines().find(|line| line.contains(secret));
            assert_eq!(line.map(|line| line.replace(secret, "[the secret]")), None, "the log holds a secret");
        }
    });
}

/// Every page and resource that says something about sign-ins.
async fn everything(agency: &Agency, connections: [&String; 2]) -> Vec<String> {
    let mut paths: Vec<String> =
        ["/data-sources", "/notices", "/settings", "/plugins", "/connect?plugin=copper", "/connect?plugin=google"]
            .map(str::to_owned)
            .into();
    let api =
        ["connections", "authorizations", "incidents", "notices", "audit", "providers", "plugins", "users", "tokens"];
    paths.extend(api.map(|resource| format!("/api/v1/{resource}")));
    for id in connections {
        paths.push(format!("/connections/{id}"));
        paths.extend(["", "/runs", "/gaps", "/coverage"].map(|part| format!("/api/v1/connections/{id}{part}")));
    }
    let mut answers = Vec::new();
    for path in paths {
        let answer = agency.owner.visit(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answers.push(answer.body);
    }
    answers
}
