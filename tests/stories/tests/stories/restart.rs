//! A server that is stopped in the middle of its work goes on where it was.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider, Reach, Trouble};
use relink_stories::{Agency, Database, eventually, story, truth};

const DATASET: &str = "campaign_performance";

// checklist: 67, 108
story!(a_restart_in_the_middle_of_a_sync_loses_and_doubles_nothing);
async fn a_restart_in_the_middle_of_a_sync_loses_and_doubles_nothing(database: Database) {
    let mut agency = Agency::start(database).await;
    let slow = Trouble::new(Provider::Google, "*", Fault::Slow { ms: 300 }).reach(Reach::Api);
    let acme = agency.clients[0].clone();
    let ana = agency.connect("google", ANA, &[("1234567890", &acme)]).await;
    let source = ana.sources[0].clone();
    agency.until_filled(&source.id).await;
    agency.host.clock.advance_days(9);
    agency.simulator().place(slow);
    let calls = agency.simulator().count_for(Provider::Google, &source.account_id);
    for _ in 0..3 {
        let seen = agency.simulator().count_for(Provider::Google, &source.account_id);
        eventually("a request is under way", async || {
            (agency.simulator().count_for(Provider::Google, &source.account_id) > seen).then_some(())
        })
        .await;
        agency.host.restart().await;
        agency.owner = agency.host.sign_in(&agency.owner.email).await;
    }
    assert!(agency.simulator().count_for(Provider::Google, &source.account_id) >= calls + 3);
    agency.simulator().heal_all();
    agency.until_filled(&source.id).await;
    agency.until_synced_again(&source.id, 2).await;

    let since = agency.owner.connection(&source.id).await["backfill_from"].as_str().unwrap().to_owned();
    let until = agency.host.clock.now().day().to_string();
    let fetched = truth::campaign_days(&agency.owner.records(&source.id, DATASET).await);
    assert_eq!(fetched, truth::google_ads(agency.simulator(), &source.account_id, &since, &until).await);
    assert!(agency.owner.list("/incidents").await.is_empty());
}
