//! One Business Manager feeds the clients; one sign-in repairs them all.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Consent, Database, story};

// checklist: 49, 106
story!(one_meta_reconnect_heals_every_ad_account_of_the_business);
async fn one_meta_reconnect_heals_every_ad_account_of_the_business(database: Database) {
    let agency = Agency::start(database).await;
    let [acme, bluebird, cobalt] = &agency.clients;
    let accounts = [("act_200100200300401", acme), ("act_200100200300402", bluebird), ("act_200100200300403", cobalt)];
    let ana = agency.connect("meta", ANA, &accounts).await;
    for id in ana.ids() {
        agency.until_filled(id).await;
    }
    agency.simulator().fault(Provider::Meta, ANA, Fault::PasswordChanged);
    let incident = agency.until_broken(&ana.sources[0].id).await;
    assert_eq!(incident["affected"].as_array().unwrap().len(), 3, "{incident}");

    let exchanges = agency.simulator().counts(Provider::Meta).exchange;
    let answer = agency.owner.reconnect(&ana.sources[2].id, &Consent::of(ANA)).await;
    let page = agency.owner.browser.follow(answer).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(agency.simulator().counts(Provider::Meta).exchange, exchanges + 1);
    for id in ana.ids() {
        assert_eq!(agency.owner.connection(id).await["status"], "connected");
        agency.until_synced_again(id, 1).await;
    }
    assert!(agency.owner.open_incidents().await.is_empty());
}
