//! What a person has paused stays paused, whatever heals around it.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Consent, Database, story};

// checklist: 107, 114
story!(a_reconnect_does_not_undo_a_persons_pause);
async fn a_reconnect_does_not_undo_a_persons_pause(database: Database) {
    let agency = Agency::start(database).await;
    let owner = &agency.owner;
    let ana = agency.connect_google().await;
    let (paused, other) = (&ana.sources[0], &ana.sources[1]);
    owner.control(&paused.id, "pause").await;
    assert_eq!(owner.connection(&paused.id).await["status"], "paused");

    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&other.id).await;
    let answer = owner.reconnect(&other.id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    let calls = agency.simulator().count_for(Provider::Google, &paused.account_id);
    agency.host.clock.advance_days(2);
    agency.until_synced_again(&other.id, 3).await;
    let connection = owner.connection(&paused.id).await;
    assert_eq!((connection["status"].as_str(), connection["state"].as_str()), (Some("paused"), Some("paused")));
    assert_eq!(
        agency.simulator().count_for(Provider::Google, &paused.account_id),
        calls,
        "it was fetched all the same"
    );

    owner.control(&paused.id, "resume").await;
    agency.until_filled(&paused.id).await;
    assert_eq!(owner.connection(&paused.id).await["status"], "connected");
}
