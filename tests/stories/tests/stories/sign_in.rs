//! A sign-in that works: what it allows, since when, and how it is renewed.

use std::time::Duration;

use relink_simulator::world::{ANA, TOM};
use relink_stories::{Agency, Consent, Database, story};

// checklist: 1, 10, 97, 101, 102
story!(a_working_sign_in_says_since_when_and_is_renewed_with_an_account_of_choice);
async fn a_working_sign_in_says_since_when_and_is_renewed_with_an_account_of_choice(database: Database) {
    let agency = Agency::start(database).await;
    let owner = &agency.owner;
    let before = owner.visit("/connect?plugin=google").await.text();
    for words in ["a third party, to read", "See and download your Google Analytics data", "again and again"] {
        assert!(before.contains(words), "{words:?} is missing: {before}");
    }
    let connected = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    agency.host.clock.advance(Duration::from_hours(2));

    let page = owner.visit(&format!("/connections/{id}")).await;
    let to_provider = owner.submit(&page.press(".two button[form=reconnect]")).await;
    let asked = to_provider.location();
    let prompt = asked.query_pairs().find(|(name, _)| name == "prompt").unwrap().1.into_owned();
    assert!(prompt.split(' ').any(|word| word == "select_account"), "{asked}");
    let chooser = owner.browser.get(&asked).await;
    for login in [ANA, TOM, "other"] {
        assert!(chooser.has(&format!("input[name=login][value='{login}']")), "{login}: {}", chooser.body);
    }

    let first = owner.connection(id).await;
    let rows = owner.records(id, "campaign_performance").await.len();
    let answer = owner.reconnect(id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    let renewed = owner.connection(id).await;
    assert_eq!(renewed["connected_at"], first["connected_at"]);
    assert_ne!(renewed["authorized_at"], first["authorized_at"]);
    assert_eq!(renewed["status"], "connected");
    assert!(owner.records(id, "campaign_performance").await.len() >= rows);
    let page = owner.visit(&format!("/connections/{id}")).await;
    for (words, moment) in [("connected", &renewed["connected_at"]), ("Authorized", &renewed["authorized_at"])] {
        assert!(page.text().contains(words), "{}", page.text());
        assert!(page.has(&format!("main time[datetime={moment}]")), "{words} {moment}: {}", page.body);
    }
}

story!(a_secret_that_nobody_must_give_is_left_out_of_requests);
async fn a_secret_that_nobody_must_give_is_left_out_of_requests(database: Database) {
    let without = |config: &mut relink_server::config::Config| {
        let google = config.plugins.get_mut("google").unwrap();
        google.get_mut("oauth").unwrap().remove("developer_token").unwrap();
    };
    let agency = Agency::start_with(database, without).await;
    let owner = &agency.owner;
    let plugins = owner.visit("/plugins").await.text();
    assert!(!plugins.contains("developer token"), "{plugins}");
    assert!(owner.visit("/connect?plugin=google").await.has("form[action='/connect'] button[value=oauth]"));
    let connected = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await;
    agency.until_filled(&connected.sources[0].id).await;
}
