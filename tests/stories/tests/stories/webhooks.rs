//! Providers that say by themselves what happened: what is proven is acted on at once, and nothing else is.

use std::time::Duration;

use relink_simulator::world::{ANA, TOM};
use relink_simulator::{Fault, Letter, News, Provider};
use relink_stories::webhooks::{post, post_to, webhook_address};
use relink_stories::{Agency, Browser, Connected, Consent, Database, story};
use serde_json::{Value, json};
use url::Url;

const META_ACCOUNT: &str = "act_200100200300401";
const X_PROFILE: &str = "1466000000000000001";

story!(removing_the_app_at_meta_is_known_at_once_and_nobody_asks_meta);
async fn removing_the_app_at_meta_is_known_at_once_and_nobody_asks_meta(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let ana = connect(&agency, "meta", META_ACCOUNT).await;
    agency.host.register_webhook(Provider::Meta, &agency.owner).await;
    let asked = agency.simulator().count_for(Provider::Meta, ANA);

    agency.simulator().fault(Provider::Meta, ANA, Fault::Revoked);
    let incident = agency.until_broken(&ana.sources[0].id).await;
    assert_eq!(incident["code"], "meta.access-revoked", "{incident}");
    assert_eq!(incident["cause"], "revoked-by-user");
    assert_eq!(agency.simulator().count_for(Provider::Meta, ANA), asked, "the message alone was enough");
    assert_eq!(agency.owner.notices().await.len(), 1);
    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    agency.until_synced_again(&ana.sources[0].id, 1).await;
    assert!(agency.owner.open_incidents().await.is_empty());
}

story!(revoking_at_x_and_at_google_is_known_at_once);
async fn revoking_at_x_and_at_google_is_known_at_once(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    for (provider, account, code) in
        [(Provider::X, X_PROFILE, "x.access-revoked"), (Provider::Google, "1234567890", "google.access-revoked")]
    {
        let ana = connect(&agency, provider.as_str(), account).await;
        agency.host.register_webhook(provider, &agency.owner).await;
        let asked = agency.simulator().count_for(provider, ANA);
        agency.simulator().fault(provider, ANA, Fault::Revoked);
        let incident = agency.until_broken(&ana.sources[0].id).await;
        assert_eq!(incident["code"], code, "{incident}");
        assert_eq!(agency.simulator().count_for(provider, ANA), asked);
    }
}

story!(an_account_that_google_enables_again_is_healed_at_once);
async fn an_account_that_google_enables_again_is_healed_at_once(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let ana = agency.connect_google().await;
    agency.host.register_webhook(Provider::Google, &agency.owner).await;
    let believed = agency.owner.read("/plugins/google").await["granted"]["inbound"].to_string();
    assert!(believed.contains("oauth2/v3/certs"), "the operator sees what proves messages: {believed}");

    agency.simulator().fault(Provider::Google, ANA, Fault::Suspended);
    let incident = agency.until_broken(&ana.sources[0].id).await;
    assert_eq!(
        (&incident["code"], &incident["remedy"]),
        (&json!("google.account-disabled"), &json!("act-at-provider"))
    );
    assert_eq!(incident["affected"].as_array().unwrap().len(), 3, "{incident}");

    agency.simulator().heal(Provider::Google, ANA);
    for id in ana.ids() {
        agency.until_status(id, "connected").await;
    }
    assert!(agency.owner.open_incidents().await.is_empty());
}

story!(a_message_that_is_not_the_providers_changes_nothing);
async fn a_message_that_is_not_the_providers_changes_nothing(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let meta = connect(&agency, "meta", META_ACCOUNT).await;
    let x = connect(&agency, "x", X_PROFILE).await;
    for provider in [Provider::Meta, Provider::X] {
        agency.host.register_webhook(provider, &agency.owner).await;
    }
    let of_meta = agency.simulator().letter(Provider::Meta, ANA, News::Revoked);
    let of_x = agency.simulator().letter(Provider::X, ANA, News::Revoked);
    let with_body = |letter: &Letter, body: String| Letter { body, ..letter.clone() };
    let unsigned = Letter { headers: vec![("content-type", "application/json".to_owned())], ..of_x.clone() };
    for (forged, expected) in [
        (with_body(&of_meta, of_meta.body.replace("%2E", "%2Ee30")), 403),
        (with_body(&of_meta, format!("{}&{}", of_meta.body, of_meta.body)), 403),
        (with_body(&of_meta, "signed_request=e30.e30".to_owned()), 403),
        (with_body(&of_meta, String::new()), 403),
        (with_body(&of_x, of_x.body.replace(X_PROFILE, "1466000000000000002")), 403),
        (unsigned, 403),
        (with_body(&of_x, "x".repeat(1_100_000)), 413),
    ] {
        let answer = post(&forged).await;
        assert_eq!(answer.status, expected, "{}", answer.body);
    }
    let x_address: Url = of_x.url.parse().unwrap();
    assert_eq!(post_to(&x_address, &of_meta).await.status, 403, "it is proven to another plugin");
    for (path, expected) in [("/meta", "/ahrefs"), ("/meta", "/nobody"), ("/webhooks/ws", "/webhooks/xx")] {
        let nowhere: Url = of_meta.url.replace(path, expected).parse().unwrap();
        assert_eq!(post_to(&nowhere, &of_meta).await.status, 404, "{nowhere}");
    }
    assert_all_well(&agency, &[&meta, &x]).await;

    assert_eq!(post(&of_x).await.status, 200, "the real one still counts");
    agency.until_broken(&x.sources[0].id).await;
    assert_all_well(&agency, &[&meta]).await;
}

story!(a_token_of_google_has_to_be_signed_by_google_for_this_app);
async fn a_token_of_google_has_to_be_signed_by_google_for_this_app(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let ana = connect(&agency, "google", "1234567890").await;
    let address = agency.host.register_webhook(Provider::Google, &agency.owner).await;
    let real = agency.simulator().letter(Provider::Google, ANA, News::Revoked);
    agency.host.register_webhook_for(Provider::Google, &address, "another-app");
    let for_another_app = agency.simulator().letter(Provider::Google, ANA, News::Revoked);
    let with_header = |header: &Value| {
        let (_, rest) = real.body.split_once('.').unwrap();
        Letter { body: format!("{}.{rest}", base64url(&header.to_string())), ..real.clone() }
    };
    let unsigned = with_header(&json!({ "alg": "none" }));
    let without_signature =
        Letter { body: format!("{}.", unsigned.body.rsplit_once('.').unwrap().0), ..unsigned.clone() };
    for forged in [
        unsigned,
        without_signature,
        with_header(&json!({ "alg": "HS256", "kid": "simulated-1" })),
        with_header(&json!({ "alg": "ES256", "kid": "simulated-1" })),
        with_header(&json!({ "alg": "RS256", "kid": "unknown" })),
        with_header(&json!({ "alg": "RS256" })),
        for_another_app,
        Letter { body: "no token".to_owned(), ..real.clone() },
    ] {
        let answer = post(&forged).await;
        assert_eq!(answer.status, 403, "{}: {}", forged.body, answer.body);
    }
    assert_all_well(&agency, &[&ana]).await;
    let keys = "www.googleapis.com/oauth2/v3/certs";
    assert_eq!(agency.simulator().count(keys), 1, "an unknown key makes nobody ask again and again");

    assert_eq!(post(&real).await.status, 202);
    agency.until_broken(&ana.sources[0].id).await;
}

story!(what_happened_before_a_reconnection_is_over);
async fn what_happened_before_a_reconnection_is_over(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let ana = connect(&agency, "google", "1234567890").await;
    let id = &ana.sources[0].id;
    agency.host.register_webhook(Provider::Google, &agency.owner).await;
    let first = agency.simulator().letter(Provider::Google, ANA, News::Revoked);
    let late = agency.simulator().letter(Provider::Google, ANA, News::Revoked);
    let of_tom = agency.connect("google", TOM, &[("5550102233", &agency.clients[1])]).await;
    assert_eq!(post(&first).await.status, 202);
    agency.until_broken(id).await;

    // The clock of stories is behind; only now the letters are from the past.
    agency.host.clock.advance(Duration::from_hours(24 * 150));
    let answer = agency.owner.reconnect(id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    for old in [&first, &late] {
        assert_eq!(post(old).await.status, 202);
    }
    until_worked_on(&agency, Provider::Google, &of_tom).await;
    assert_all_well(&agency, &[&ana]).await;
    assert_eq!(agency.owner.open_incidents().await.len(), 1, "that of Tom");
}

story!(a_workspace_hears_only_of_its_own_people);
async fn a_workspace_hears_only_of_its_own_people(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let ana = connect(&agency, "meta", META_ACCOUNT).await;
    agency.host.register_webhook(Provider::Meta, &agency.owner).await;
    let of_tom = agency.connect("meta", TOM, &[("act_200100200300402", &agency.clients[1])]).await;
    let letter = agency.simulator().letter(Provider::Meta, ANA, News::Revoked);
    let stranger = agency.host.create_other_owner("hana@harbour.example").await;
    let elsewhere = webhook_address(&stranger, Provider::Meta).await;
    assert_ne!(elsewhere.as_str(), letter.url);

    assert_eq!(post_to(&elsewhere, &letter).await.status, 200, "it is proven, and about nobody there");
    until_worked_on(&agency, Provider::Meta, &of_tom).await;
    assert_all_well(&agency, &[&ana]).await;
    assert!(stranger.open_incidents().await.is_empty());

    assert_eq!(post(&letter).await.status, 200);
    agency.until_broken(&ana.sources[0].id).await;
    assert!(stranger.open_incidents().await.is_empty());
}

story!(x_is_answered_and_nobody_gets_a_message_signed);
async fn x_is_answered_and_nobody_gets_a_message_signed(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let ana = connect(&agency, "x", X_PROFILE).await;
    let address = agency.host.register_webhook(Provider::X, &agency.owner).await;
    let (url, expected) = agency.simulator().challenge("MDEwMzk0YWYtMGU5MS00ZjMyLWFlMjctMmNiZjI4NzY5MTcx");
    let answer = Browser::new().get(&url.parse().unwrap()).await;
    assert_eq!((answer.status, answer.json()), (200, expected));

    let letter = agency.simulator().letter(Provider::X, ANA, News::Revoked);
    let mut oracle = address.clone();
    oracle.query_pairs_mut().append_pair("crc_token", &letter.body);
    assert_eq!(Browser::new().get(&oracle).await.status, 403, "that would sign a message");
    assert_eq!(Browser::new().get(&address).await.status, 403, "there is no challenge");
    let of_meta = webhook_address(&agency.owner, Provider::Meta).await;
    assert_eq!(Browser::new().get(&of_meta).await.status, 404, "Meta asks for no handshake");
    assert_all_well(&agency, &[&ana]).await;
}

async fn connect(agency: &Agency, plugin: &str, account: &str) -> Connected {
    let connected = agency.connect(plugin, ANA, &[(account, &agency.clients[0])]).await;
    agency.until_filled(&connected.sources[0].id).await;
    connected
}

/// Posts that Tom revoked his access. Messages of a plugin are worked on in their order, so when that is
/// known, the earlier ones are done.
async fn until_worked_on(agency: &Agency, provider: Provider, of_tom: &Connected) {
    let letter = agency.simulator().letter(provider, TOM, News::Revoked);
    assert!((200..300).contains(&post(&letter).await.status));
    agency.until_broken(&of_tom.sources[0].id).await;
}

async fn assert_all_well(agency: &Agency, connected: &[&Connected]) {
    for id in connected.iter().flat_map(|connected| connected.ids()) {
        assert_eq!(agency.owner.connection(id).await["status"], "connected");
    }
}

fn base64url(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    text.as_bytes()
        .chunks(3)
        .flat_map(|chunk| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            (0..=chunk.len()).map(move |place| char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]))
        })
        .collect()
}
