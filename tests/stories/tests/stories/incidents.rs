//! What is open is what is broken now: an incident ends with what it tells of, and whatever comes after it is
//! told anew.

use relink_core::secret::Secret;
use relink_server::config::{ConfigSecret, Span};
use relink_simulator::world::{ANA, TOM};
use relink_simulator::{Fault, Provider, Reach, Trouble};
use relink_stories::{Agency, Consent, Database, Mailbox, eventually, story};
use serde_json::{Value, json};

use crate::keys::connect_ahrefs;

const ACCOUNT: &str = "1234567890";
const OTHER_ACCOUNT: &str = "5550102233";

story!(a_cause_that_changes_is_told_anew_and_ends_what_was_told_before);
async fn a_cause_that_changes_is_told_anew_and_ends_what_was_told_before(database: Database) {
    let agency = Agency::start(database).await;
    let connected = agency.connect("google", ANA, &[(ACCOUNT, &agency.clients[0])]).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    let role_lost = format!("{ANA}/{ACCOUNT}");
    agency.simulator().fault(Provider::Google, &role_lost, Fault::RoleLost);
    let first = agency.until_broken(id).await;
    assert_eq!((&first["scope"], &first["remedy"]), (&json!("connection"), &json!("ask-admin")), "{first}");

    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    let second = eventually("the dead grant is told", async || {
        let incident = agency.until_broken(id).await;
        (incident["id"] != first["id"]).then_some(incident)
    })
    .await;
    assert_eq!((&second["scope"], &second["remedy"]), (&json!("authorization"), &json!("reauthorize")), "{second}");
    assert_eq!(ids(&agency.owner.open_incidents().await), [&second["id"]]);
    assert_eq!(agency.owner.notices().await.len(), 2);
    assert_eq!(agency.owner.read("/notices").await["unread"], 1, "what was superseded is not told any more");
    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    assert!(page.has("#needs-reconnect button[form=reconnect]"), "{}", page.text());

    agency.simulator().heal(Provider::Google, &role_lost);
    let answer = agency.owner.reconnect(id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    agency.until_status(id, "connected").await;
    assert_eq!(agency.owner.open_incidents().await, Vec::<Value>::new());
}

story!(stopping_what_is_broken_ends_its_incident_and_the_next_breakage_is_told);
async fn stopping_what_is_broken_ends_its_incident_and_the_next_breakage_is_told(database: Database) {
    let mailbox = Mailbox::open().await;
    let agency = start_with_mail(database, &mailbox).await;
    let (owner, email) = (&agency.owner, agency.owner.email.as_str());
    let role_lost = format!("{ANA}/{ACCOUNT}");
    let google = agency.connect("google", ANA, &[(ACCOUNT, &agency.clients[0])]).await;
    let ahrefs = connect_ahrefs(&agency, "acme", 0).await;
    for (provider, subject, fault, connected, scope) in [
        (Provider::Google, role_lost.as_str(), Fault::RoleLost, google, "connection"),
        (Provider::Ahrefs, "acme", Fault::SubscriptionLapsed, ahrefs, "authorization"),
    ] {
        let id = &connected.sources[0].id;
        agency.until_filled(id).await;
        let told = mailbox.letters_to(email).len();
        let notices = owner.notices().await.len();
        agency.simulator().fault(provider, subject, fault);
        owner.control(id, "check").await;
        let incident = agency.until_broken(id).await;
        assert_eq!((&incident["scope"], owner.notices().await.len()), (&json!(scope), notices + 1), "{incident}");
        eventually("the owner is written to", async || (mailbox.letters_to(email).len() > told).then_some(())).await;

        owner.control(id, "stop").await;
        assert_eq!(owner.open_incidents().await, Vec::<Value>::new());
        let ended = owner.read(&format!("/incidents/{}", incident["id"].as_str().unwrap())).await;
        assert_eq!(ended["resolution"], "removed", "{ended}");
        let letter = eventually("the owner hears that nothing is to be done", async || {
            mailbox.letters_to(email).into_iter().nth(told + 1)
        })
        .await;
        assert!(letter.subject().starts_with("Stopped: "), "{}", letter.content);

        owner.control(id, "resume").await;
        let again = agency.until_broken(id).await;
        assert_ne!(again["id"], incident["id"]);
        assert_eq!(owner.notices().await.len(), notices + 2);
        agency.simulator().heal(provider, subject);
        owner.control(id, "check").await;
        agency.until_status(id, "connected").await;
        assert_eq!(owner.open_incidents().await, Vec::<Value>::new());
    }
}

story!(a_source_that_is_added_to_a_broken_sign_in_and_works_heals_the_others);
async fn a_source_that_is_added_to_a_broken_sign_in_and_works_heals_the_others(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let owner = &agency.owner;
    let connected = connect_ahrefs(&agency, "acme", 0).await;
    let (authorization, broken) = (&connected.authorization_id, &connected.sources[0]);
    agency.until_filled(&broken.id).await;
    agency.simulator().fault(Provider::Ahrefs, "acme", Fault::SubscriptionLapsed);
    owner.control(&broken.id, "check").await;
    let incident = agency.until_broken(&broken.id).await;
    assert_eq!(incident["scope"], "authorization", "{incident}");

    // Nobody looks for an hour, but the subscription was paid.
    agency.simulator().heal(Provider::Ahrefs, "acme");
    let wish = json!({
        "authorization_id": authorization,
        "client_id": agency.clients[1],
        "account_id": broken.account_id,
    });
    let added = owner.post("/connections", &wish).await;
    agency.until_status(added["id"].as_str().unwrap(), "connected").await;
    agency.until_status(&broken.id, "connected").await;
    assert_eq!(owner.open_incidents().await, Vec::<Value>::new());
    let authorization = owner.read(&format!("/authorizations/{authorization}")).await;
    assert!(authorization["incident_id"].is_null(), "{authorization}");
}

story!(a_wrong_app_is_told_once_while_other_sign_ins_still_work);
async fn a_wrong_app_is_told_once_while_other_sign_ins_still_work(database: Database) {
    let agency = Agency::start(database).await;
    let owner = &agency.owner;
    let [acme, bluebird, _] = &agency.clients;
    let ana = agency.connect("google", ANA, &[(ACCOUNT, acme)]).await;
    let tom = agency.connect("google", TOM, &[(OTHER_ACCOUNT, bluebird)]).await;
    let (refused, working) = (&ana.sources[0].id, &tom.sources[0].id);
    agency.until_filled(refused).await;
    agency.until_filled(working).await;

    agency.simulator().fault(Provider::Google, "*", Fault::ClientSecretWrong);
    agency.simulator().fault(Provider::Google, ANA, Fault::AccessExpired);
    let incident = eventually("the operator is told", async || owner.open_incidents().await.pop()).await;
    assert_eq!(incident["scope"], "app", "{incident}");
    // Tom's access token lives on, so his source is well; that says nothing of the app's secret.
    agency.until_synced_again(working, 4).await;
    assert_eq!(ids(&owner.list("/incidents").await), [&incident["id"]]);
    assert_eq!(owner.notices().await.len(), 1);

    agency.simulator().heal(Provider::Google, "*");
    agency.until_synced_again(refused, 1).await;
    agency.until_synced_again(working, 1).await;
    assert_eq!(owner.open_incidents().await, Vec::<Value>::new());
    assert_eq!(owner.list("/incidents").await.len(), 1);
}

story!(accounts_that_a_login_lost_together_are_one_letter);
async fn accounts_that_a_login_lost_together_are_one_letter(database: Database) {
    let mailbox = Mailbox::open().await;
    let agency = start_with_mail(database, &mailbox).await;
    let ana = agency.connect_google().await;
    for source in &ana.sources[..2] {
        agency.simulator().fault(Provider::Google, &format!("{ANA}/{}", source.account_id), Fault::RoleLost);
    }
    let page = agency.owner.visit(&format!("/connections/{}", ana.sources[2].id)).await;
    let answer = agency.owner.press_and_consent(&page, ".two button[form=reconnect]", &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    let open = agency.owner.open_incidents().await;
    assert!(open.len() == 2 && open.iter().all(|incident| incident["scope"] == "connection"), "{open:?}");
    assert_eq!(agency.owner.notices().await.len(), 2);

    // Another breakdown, which is told, shows that everything before it was.
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    eventually("the dead grant is told", async || {
        agency.owner.control(&ana.sources[2].id, "check").await;
        (mailbox.letters().len() >= 2).then_some(())
    })
    .await;
    let subjects: Vec<_> = mailbox.letters().iter().map(|letter| letter.subject().to_owned()).collect();
    assert_eq!(subjects, ["Google needs reconnecting: 2 clients", "Google needs reconnecting: 3 clients"]);
}

story!(a_letter_that_leaves_while_its_incident_ends_is_followed_by_another);
async fn a_letter_that_leaves_while_its_incident_ends_is_followed_by_another(database: Database) {
    let mailbox = Mailbox::open().await;
    let agency = start_with_mail(database, &mailbox).await;
    let ana = agency.connect_google().await;
    let id = &ana.sources[0].id;
    let email = agency.owner.email.as_str();
    mailbox.hesitate(true);
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.owner.control(id, "check").await;
    agency.until_broken(id).await;
    eventually("the letter is being handed over", async || mailbox.is_hesitating().then_some(())).await;
    let answer = agency.owner.reconnect(id, &Consent::of(ANA)).await;
    assert!(answer.is_redirect(), "{}", answer.text());
    agency.until_status(id, "connected").await;
    mailbox.hesitate(false);
    let letters = eventually("the owner hears that it is fixed", async || {
        let letters = mailbox.letters_to(email);
        (letters.len() >= 2).then_some(letters)
    })
    .await;
    assert!(letters[1].subject().starts_with("Fixed: "), "{letters:?}");
}

story!(a_lost_answer_is_asked_for_once_more_and_then_left_to_the_next_run);
async fn a_lost_answer_is_asked_for_once_more_and_then_left_to_the_next_run(database: Database) {
    let agency = Agency::start_with(database, |config| {
        let hour = Span::seconds(3_600);
        config.scheduler.interval = hour;
        config.policy.retry_first = hour;
        config.policy.retry_most = hour;
    })
    .await;
    let ana = agency.connect("google", ANA, &[(ACCOUNT, &agency.clients[0])]).await;
    let tom = agency.connect("google", TOM, &[(OTHER_ACCOUNT, &agency.clients[1])]).await;
    let reset = Trouble::new(Provider::Google, "*", Fault::ConnectionReset).reach(Reach::Token);
    agency.simulator().place(reset);
    let asked = || agency.simulator().counts(Provider::Google).refresh;
    // Tom's second attempt shows that there was time for more than two of Ana's.
    for (login, connected, attempts) in [(ANA, &ana, 2), (TOM, &tom, 4)] {
        agency.until_filled(&connected.sources[0].id).await;
        agency.simulator().fault(Provider::Google, login, Fault::AccessExpired);
        agency.owner.control(&connected.sources[0].id, "check").await;
        eventually("it is repeated", async || (asked() >= attempts).then_some(())).await;
    }
    assert_eq!(asked(), 4);
    agency.simulator().heal_all();
    for connected in [&ana, &tom] {
        agency.owner.control(&connected.sources[0].id, "check").await;
        agency.until_synced_again(&connected.sources[0].id, 1).await;
    }
}

fn ids(incidents: &[Value]) -> Vec<&Value> {
    incidents.iter().map(|incident| &incident["id"]).collect()
}

/// Mails leave at once; sources are synced when they are new, broken or asked for.
async fn start_with_mail(database: Database, mailbox: &Mailbox) -> Agency {
    Agency::start_with(database, |config| {
        config.scheduler.interval = Span::seconds(3_600);
        config.policy.heal_probe = Span::seconds(3_600);
        config.mail.smtp_url = Some(ConfigSecret(Secret::new(mailbox.url())));
        config.mail.from = Some("Relink <relink@northside.example>".to_owned());
        config.mail.delay = Span::ms(0);
    })
    .await
}
