//! What people read when something is broken: the reason, the cause as far as the provider names it,
//! and one way on from each.

use std::time::Duration;

use relink_core::reason::Reason;
use relink_core::words::text_of;
use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Connected, Consent, Database, story};

/// Tokens are not new any more after it, and not old.
const YOUTH: Duration = Duration::from_mins(5);
const HELP_OF_GOOGLE: &str = "https://support.google.com/";

/// Something that befalls somebody at a provider, and what people then read.
struct Breakdown {
    plugin: &'static str,
    whom: &'static str,
    faults: &'static [Fault],
    reason: Reason,
    told: &'static [&'static str],
}

/// What is in one round breaks at the same time, each at a provider of its own.
const ROUNDS: [&[Breakdown]; 4] = [
    &[
        of_ana(
            "google",
            &[Fault::Revoked],
            Reason::InvalidRefreshToken,
            &["Google access for ana@northside.example was withdrawn", "Reconnect with the same account"],
        ),
        of_ana(
            "meta",
            &[Fault::PasswordChanged],
            Reason::InvalidCredentials,
            &["Meta no longer accepts the sign-in", "The password of the account was changed"],
        ),
        of_ana(
            "linkedin",
            &[Fault::EverythingExpired],
            Reason::ExpiredToken,
            &["permission of ana@northside.example has expired", "every 60 days"],
        ),
        // X has a code and words of its own for a refresh token that it refuses.
        of_ana(
            "x",
            &[Fault::Revoked],
            Reason::InvalidRefreshToken,
            &["was withdrawn", "Value passed for the token was invalid"],
        ),
    ],
    &[
        of_ana(
            "google",
            &[Fault::Unexplained, Fault::AccessExpired],
            Reason::Unknown,
            &["and did not say why", "the provider does not say which", "Reconnect with the same account"],
        ),
        of_ana(
            "meta",
            &[Fault::TermsChanged],
            Reason::AccountActionRequired,
            &["The terms and conditions changed and have to be accepted", "do what it asks, then check again"],
        ),
        of_ana(
            "linkedin",
            &[Fault::Suspended],
            Reason::AccountActionRequired,
            &["The account that connected is blocked or suspended", "Recover the account"],
        ),
        of_ana(
            "x",
            &[Fault::Suspended],
            Reason::AccountActionRequired,
            &["The account that connected is blocked or suspended", "at X first, then reconnect"],
        ),
    ],
    &[
        Breakdown {
            whom: "ana@northside.example/1234567890",
            ..of_ana(
                "google",
                &[Fault::MfaRequired],
                Reason::AccountActionRequired,
                &["Two-step or biometric sign-in became necessary", "2-Step Verification"],
            )
        },
        of_ana(
            "meta",
            &[Fault::SignedOut],
            Reason::InvalidCredentials,
            &["The account was signed out, as “Sign out of all devices” does"],
        ),
        of_ana(
            "linkedin",
            &[Fault::Revoked],
            Reason::InvalidCredentials,
            &["Somebody removed our access in the account's security settings"],
        ),
    ],
    &[
        of_ana(
            "google",
            &[Fault::Suspended],
            Reason::AccountActionRequired,
            &["The account that connected was deleted", "Connect again with another account"],
        ),
        of_ana(
            "meta",
            &[Fault::Suspended],
            Reason::AccountActionRequired,
            &["blocked until its owner signs in at the provider"],
        ),
    ],
];

const fn of_ana(
    plugin: &'static str,
    faults: &'static [Fault],
    reason: Reason,
    told: &'static [&'static str],
) -> Breakdown {
    Breakdown { plugin, whom: ANA, faults, reason, told }
}

// checklist: 4, 5, 13, 15, 16, 17, 69, 71, 72, 73, 74, 75, 77, 78, 79
story!(every_breakdown_is_explained_and_a_reconnect_ends_it);
async fn every_breakdown_is_explained_and_a_reconnect_ends_it(database: Database) {
    let agency = Agency::start(database).await;
    let mut sources = Vec::new();
    for breakdown in ROUNDS[0] {
        let plugin = breakdown.plugin;
        sources.push((plugin, agency.connect(plugin, ANA, &[(account(plugin), &agency.clients[0])]).await));
    }
    for (_, connected) in &sources {
        agency.until_filled(&connected.sources[0].id).await;
    }
    for round in ROUNDS {
        // LinkedIn's new tokens are not known everywhere at once, so a refusal proves little at first.
        agency.host.clock.advance(YOUTH);
        for breakdown in round {
            for fault in breakdown.faults {
                agency.simulator().fault(provider(breakdown.plugin), breakdown.whom, fault.clone());
            }
        }
        for breakdown in round {
            assert_explained(&agency, source(&sources, breakdown.plugin), breakdown).await;
        }
        agency.simulator().heal_all();
        for breakdown in round {
            let id = source(&sources, breakdown.plugin);
            let answer = agency.owner.reconnect(id, &Consent::of(ANA)).await;
            assert!(answer.is_redirect(), "{} {:?}: {}", breakdown.plugin, breakdown.faults, answer.text());
            agency.until_status(id, "connected").await;
            agency.until_synced_again(id, 1).await;
        }
    }
}

async fn assert_explained(agency: &Agency, id: &str, breakdown: &Breakdown) {
    let incident = agency.until_broken(id).await;
    assert_eq!(incident["reason"], breakdown.reason.code(), "{:?}: {incident}", breakdown.faults);
    assert!(incident["code"].as_str().unwrap().starts_with(&format!("{}.", breakdown.plugin)), "{incident}");
    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    let text = page.text();
    for words in breakdown.told.iter().chain([&text_of(breakdown.reason).technical_name]) {
        assert!(text.contains(words), "{:?} is told without {words:?}: {text}", breakdown.faults);
    }
    // Where something must happen at the provider first, that is said, and the button only looks.
    let is_bare = page.has("#needs-reconnect button[form=reconnect]");
    let needs_more = breakdown.reason == Reason::AccountActionRequired;
    assert_eq!(is_bare, !needs_more, "{:?}: {text}", breakdown.faults);
    assert_eq!(page.has("#needs-reconnect button[formaction$='/check']"), needs_more, "{:?}", breakdown.faults);
    assert!(page.has(".two button[form=reconnect]"), "{:?}: the way to sign in again is missing", breakdown.faults);
    let help = page.attribute("#needs-reconnect a.ghost", "href");
    assert_eq!(help, Some(format!("/help/reasons/{}", breakdown.reason.code())));
}

// checklist: 72, 73, 74, 75, 76, 77, 85
story!(what_can_have_ended_a_permission_is_listed_when_the_provider_does_not_say);
async fn what_can_have_ended_a_permission_is_listed_when_the_provider_does_not_say(database: Database) {
    let agency = Agency::start(database).await;
    let connected = agency.connect("google", ANA, &[(account("google"), &agency.clients[0])]).await;
    let id = &connected.sources[0].id;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.until_broken(id).await;
    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    let listed = page.texts_of("dl.why li").join(" ");
    for cause in [
        "Our access was removed",
        "The password of the account was changed",
        "“Sign out of all devices”",
        "The account that connected was deleted",
        "connected too many times",
        "blocked or suspended",
    ] {
        assert!(listed.contains(cause), "{cause:?} is not among {listed}");
    }
    let more = format!("dl.why a[href^='{HELP_OF_GOOGLE}'][target=_blank][rel=noopener]");
    assert!(page.text_of(&more).unwrap().starts_with("Learn more at Google"), "{}", page.body);
}

fn source<'a>(sources: &'a [(&str, Connected)], plugin: &str) -> &'a str {
    let (_, connected) = sources.iter().find(|(name, _)| *name == plugin).unwrap();
    &connected.sources[0].id
}

fn provider(plugin: &str) -> Provider {
    match plugin {
        "google" => Provider::Google,
        "meta" => Provider::Meta,
        "linkedin" => Provider::LinkedIn,
        _ => Provider::X,
    }
}

/// An account that Ana sees there.
fn account(plugin: &str) -> &'static str {
    match plugin {
        "google" => "1234567890",
        "meta" => "act_200100200300401",
        "linkedin" => "506001001",
        _ => "1466000000000000001",
    }
}
