//! Filling a gap takes its time, and people see how far it is.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider, Reach, Trouble};
use relink_stories::{Agency, Consent, Database, eventually, story};

/// Long enough to be looked at between two answers.
const SLOW_MS: u64 = 400;

// checklist: 109
story!(while_a_gap_is_filled_people_see_how_far_it_is_and_what_the_time_depends_on);
async fn while_a_gap_is_filled_people_see_how_far_it_is_and_what_the_time_depends_on(database: Database) {
    let agency = Agency::start(database).await;
    let connected = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(id).await;
    agency.host.clock.advance_days(5);
    let row = agency.owner.visit("/data-sources").await.text_of("tr.broken").unwrap();
    assert!(row.contains("days missing"), "{row}");

    agency.simulator().place(Trouble::new(Provider::Google, "*", Fault::Slow { ms: SLOW_MS }).reach(Reach::Api));
    let answer = agency.owner.reconnect(id, &Consent::of(ANA)).await;
    let result = agency.owner.browser.follow(answer).await;
    let told = "How long it takes depends on how many days are missing";
    assert!(result.text().contains(told), "{}", result.text());
    eventually("the row says how many days are there", async || {
        let row = agency.owner.visit("/data-sources").await.text_of("table.sources tbody tr").unwrap();
        (row.contains("Catching up, ") && row.contains(" of 7 days")).then_some(())
    })
    .await;
    agency.simulator().heal_all();
    agency.until_filled(id).await;
}
