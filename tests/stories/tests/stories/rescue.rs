//! Tokens that a provider gives while the database is away are not lost.

use relink_server::config::Span;
use relink_simulator::world::ANA;
use relink_simulator::{Endpoint, Fault, Provider, Reach, Trouble};
use relink_stories::{Agency, Database, eventually, story};

const PROFILE: &str = "1466000000000000001";

story!(tokens_given_while_the_database_is_away_survive_a_restart);
async fn tokens_given_while_the_database_is_away_survive_a_restart(database: Database) {
    let mut agency = Agency::start_with(database, |config| config.database.wait = Span::seconds(1)).await;
    let acme = agency.clients[0].clone();
    let connected = agency.connect("x", ANA, &[(PROFILE, &acme)]).await;
    let id = connected.sources[0].id.clone();
    agency.until_filled(&id).await;

    agency.simulator().place(Trouble::new(Provider::X, "*", Fault::Slow { ms: 1_500 }).reach(Reach::Token));
    agency.simulator().fault(Provider::X, ANA, Fault::AccessExpired);
    eventually("the refresh is under way", async || {
        (agency.simulator().counts(Provider::X).refresh == 1).then_some(())
    })
    .await;
    let outage = agency.host.lose_database().await;
    eventually("the new tokens are in the journal", async || (agency.host.rescued() == 1).then_some(())).await;
    agency.host.stop().await;
    agency.simulator().heal_all();
    outage.end().await;
    agency.host.restart().await;

    agency.owner = agency.host.sign_in(&agency.owner.email).await;
    agency.until_synced_again(&id, 2).await;
    let log = agency.simulator().log();
    let refreshes: Vec<_> = log.iter().filter(|entry| entry.endpoint == Endpoint::Refresh).collect();
    assert!(refreshes.iter().all(|entry| entry.status == Some(200)), "a used token was sent again: {refreshes:?}");
    assert_eq!((refreshes.len(), agency.host.rescued()), (1, 0));
    assert!(agency.owner.list("/incidents").await.is_empty());
}
