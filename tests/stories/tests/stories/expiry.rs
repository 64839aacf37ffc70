//! Permission that ends by itself is announced before, and explained after.

use relink_core::time::Day;
use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Consent, Database, story};

// checklist: 3, 17, 83, 84
story!(linkedin_asks_again_after_sixty_days_and_is_announced_before);
async fn linkedin_asks_again_after_sixty_days_and_is_announced_before(database: Database) {
    let agency = Agency::start(database).await;
    let connected = agency.connect("linkedin", ANA, &[("506001001", &agency.clients[0])]).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    let row = agency.owner.list("/connections").await.remove(0);
    let ends_on: Day = row["reauthorize_at"].as_str().unwrap()[..10].parse().unwrap();
    assert_eq!(ends_on.days_since(agency.host.clock.now().day()), 60, "{row}");

    agency.host.clock.advance_days(55);
    agency.until_status(id, "expires-soon").await;
    assert!(agency.owner.list("/incidents").await.is_empty());

    agency.host.clock.advance_days(6);
    agency.simulator().fault(Provider::LinkedIn, ANA, Fault::EverythingExpired);
    let incident = agency.until_broken(id).await;
    assert_eq!(incident["reason"], "expired-token", "{incident}");
    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    assert!(page.text_of("#needs-reconnect").unwrap().contains("60 days"), "{}", page.text());

    let answer = agency.owner.reconnect(id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    agency.until_filled(id).await;
    assert_eq!(agency.owner.connection(id).await["status"], "connected");
}
