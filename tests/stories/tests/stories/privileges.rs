//! A login that may no longer see one account is not a login that is broken.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Consent, Database, story};

// checklist: 16, 20, 69, 80, 81, 82, 116
story!(a_lost_role_breaks_one_source_until_it_is_given_back);
async fn a_lost_role_breaks_one_source_until_it_is_given_back(database: Database) {
    let agency = Agency::start(database).await;
    let owner = &agency.owner;
    let ana = agency.connect_google().await;
    let subject = format!("{ANA}/1234567890");
    agency.simulator().fault(Provider::Google, &subject, Fault::RoleLost);
    let lost = &ana.sources[0].id;
    let incident = agency.until_broken(lost).await;
    assert_eq!(
        (incident["reason"].as_str(), incident["scope"].as_str()),
        (Some("insufficient-privileges"), Some("connection"))
    );
    let page = owner.visit(&format!("/connections/{lost}")).await;
    let words = page.text_of("#needs-reconnect").unwrap();
    assert!(words.contains("lost access to Acme Outdoor - Search"), "{words}");
    assert!(words.contains("Ask an admin at Google"), "{words}");
    for source in &ana.sources[1..] {
        agency.until_synced_again(&source.id, 2).await;
        assert_eq!(owner.connection(&source.id).await["status"], "connected");
    }
    let authorization = owner.read(&format!("/authorizations/{}", ana.authorization_id)).await;
    assert!(authorization["incident_id"].is_null(), "{authorization}");

    let answer = owner.press_and_consent(&page, ".two button[form=reconnect]", &Consent::of(ANA)).await;
    let result = owner.browser.follow(answer).await;
    assert!(result.text().contains("Not running yet"), "{}", result.text());
    assert_eq!(owner.connection(lost).await["status"], "needs-reconnect", "the role is still missing");
    assert_eq!(owner.open_incidents().await.len(), 1);

    agency.simulator().heal(Provider::Google, &subject);
    owner.control(lost, "check").await;
    agency.until_status(lost, "connected").await;
    agency.until_filled(lost).await;
    assert!(owner.open_incidents().await.is_empty());
}
