//! A refresh token that works once is used once, however many runs want a fresh access token.

use relink_simulator::world::ANA;
use relink_simulator::{Endpoint, Fault, Provider};
use relink_stories::{Agency, Database, story};

const PROFILE: &str = "1466000000000000001";

// checklist: 106
story!(many_runs_share_one_refresh_and_the_rotated_token_is_kept);
async fn many_runs_share_one_refresh_and_the_rotated_token_is_kept(database: Database) {
    let agency = Agency::start(database).await;
    let mut clients = agency.clients.to_vec();
    for name in ["Dune Press", "Elm Street", "Fjord Travel", "Gable Homes", "Heron Yachts"] {
        clients.push(agency.owner.add_client(name).await);
    }
    let accounts: Vec<(&str, &String)> = clients.iter().map(|client| (PROFILE, client)).collect();
    let connected = agency.connect("x", ANA, &accounts).await;
    for id in connected.ids() {
        agency.until_filled(id).await;
    }
    assert_eq!(agency.simulator().counts(Provider::X).refresh, 0);

    for round in 1..=3 {
        agency.simulator().fault(Provider::X, ANA, Fault::AccessExpired);
        for id in connected.ids() {
            agency.owner.control(id, "check").await;
        }
        for id in connected.ids() {
            agency.until_synced_again(id, 1).await;
        }
        assert_eq!(agency.simulator().counts(Provider::X).refresh, round, "refreshes after {round} expiries");
    }
    let log = agency.simulator().log();
    let refused = log.iter().filter(|entry| entry.endpoint == Endpoint::Refresh && entry.status != Some(200));
    assert_eq!(refused.count(), 0, "a refresh token was used twice");
    assert!(agency.owner.list("/incidents").await.is_empty());
}
