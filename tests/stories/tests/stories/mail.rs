//! Who is written to: whoever connected it and the owner, once, and once more when it is fixed.

use relink_core::secret::Secret;
use relink_server::config::{ConfigSecret, Span};
use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Consent, Database, Mailbox, eventually, story};

const CONNECTOR: &str = "ana.diaz@northside.example";

// checklist: 92, 93, 94, 96
story!(connector_and_owner_get_one_letter_each_and_a_follow_up);
async fn connector_and_owner_get_one_letter_each_and_a_follow_up(database: Database) {
    let mailbox = Mailbox::open().await;
    let agency = start_with_mail(database, &mailbox, Span::ms(0)).await;
    let [acme, bluebird, cobalt] = &agency.clients;
    let connector = agency.hire(CONNECTOR, "staff", None).await;
    agency.hire("tom.reyes@northside.example", "admin", None).await;
    let accounts = [("1234567890", acme), ("5550102233", bluebird), ("9876501234", cobalt)];
    let ana = connector.connect("google", ANA, &accounts).await;
    agency.until_filled(&ana.sources[2].id).await;

    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;
    let told = [CONNECTOR, agency.owner.email.as_str()];
    eventually("both are written to", async || (mailbox.letters().len() >= 2).then_some(())).await;
    for id in ana.ids() {
        agency.owner.control(id, "check").await;
    }
    for person in told {
        let letters = mailbox.letters_to(person);
        assert_eq!(letters.len(), 1, "{letters:?}");
        assert_eq!(letters[0].subject(), "Google needs reconnecting: 3 clients");
        assert!(letters[0].content.contains("Acme Outdoor, Bluebird Cafe, Cobalt Systems"), "{}", letters[0].content);
        assert!(letters[0].content.contains(agency.host.url("/connections/").as_str()), "{}", letters[0].content);
    }

    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    eventually("both hear that it is fixed", async || (mailbox.letters().len() >= 4).then_some(())).await;
    for person in told {
        let letters = mailbox.letters_to(person);
        assert_eq!(letters.len(), 2, "{letters:?}");
        assert_eq!(letters[1].subject(), "Fixed: Google needs reconnecting: 3 clients");
        assert_eq!(letters[1].header("references"), letters[0].header("references"));
    }
    assert_eq!(mailbox.letters().len(), 4, "somebody else was written to");
}

// checklist: 94
story!(an_owner_who_connected_it_gets_one_letter);
async fn an_owner_who_connected_it_gets_one_letter(database: Database) {
    let mailbox = Mailbox::open().await;
    let agency = start_with_mail(database, &mailbox, Span::ms(0)).await;
    let ana = agency.connect_google().await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;
    eventually("the owner is written to", async || (!mailbox.letters().is_empty()).then_some(())).await;
    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    eventually("the owner hears that it is fixed", async || (mailbox.letters().len() >= 2).then_some(())).await;
    assert_eq!(mailbox.letters().len(), 2);
}

story!(what_is_fixed_before_the_letter_leaves_is_never_told);
async fn what_is_fixed_before_the_letter_leaves_is_never_told(database: Database) {
    let mailbox = Mailbox::open().await;
    let agency = start_with_mail(database, &mailbox, Span::seconds(3_600)).await;
    let ana = agency.connect_google().await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(&ana.sources[0].id).await;
    let answer = agency.owner.reconnect(&ana.sources[0].id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());

    // A second breakdown, which is told, shows that the outbox had its turn after the hour.
    agency.host.clock.advance(std::time::Duration::from_hours(2));
    agency.simulator().fault(Provider::Google, ANA, Fault::PasswordChanged);
    agency.until_broken(&ana.sources[0].id).await;
    agency.host.clock.advance(std::time::Duration::from_hours(2));
    eventually("the owner is written to", async || (!mailbox.letters().is_empty()).then_some(())).await;
    assert_eq!(mailbox.letters().len(), 1);
}

async fn start_with_mail(database: Database, mailbox: &Mailbox, delay: Span) -> Agency {
    Agency::start_with(database, |config| {
        config.mail.smtp_url = Some(ConfigSecret(Secret::new(mailbox.url())));
        config.mail.from = Some("Relink <relink@northside.example>".to_owned());
        config.mail.delay = delay;
    })
    .await
}
