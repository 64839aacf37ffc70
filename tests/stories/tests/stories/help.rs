//! The help pages: one for each reason, with steps that can be followed.

use std::collections::BTreeSet;

use relink_core::reason::Reason;
use relink_core::words::text_of;
use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, Page, story};

use crate::keys::connect_copper;

/// What only a reason's own page can say: the code, and words that have to be there.
const SAID: [(&str, &[&str]); 6] = [
    (
        "invalid-credentials",
        &[
            "We read the data through the person who connected it",
            "The password of the account was changed",
            "The user name of the account was changed",
            "Two-step or biometric sign-in was turned on",
            "Open “Data sources”",
            "Choose “Reconnect”",
        ],
    ),
    (
        "invalid-refresh-token",
        &[
            "Sign out of all devices",
            "was deleted",
            "too many times",
            "blocked or suspended",
            "removed in the security",
        ],
    ),
    ("expired-token", &["LinkedIn after 60", "Choose “Reconnect”"]),
    ("insufficient-privileges", &["Ask an admin of the account at the provider", "choose “Reconnect”"]),
    (
        "account-action-required",
        &["The terms and conditions changed", "Two-step or biometric sign-in has to be set up"],
    ),
    (
        "unknown",
        &[
            "We do not guess",
            "A security update of the provider",
            "The provider updated its interface",
            "its own security checks",
            "The password of the person who connected was changed",
        ],
    ),
];

// checklist: 6, 8, 12, 13, 14, 19, 69, 70
story!(every_reason_has_a_page_on_how_to_read_and_how_to_resolve_it);
async fn every_reason_has_a_page_on_how_to_read_and_how_to_resolve_it(database: Database) {
    let agency = Agency::start(database).await;
    let mut titles = BTreeSet::new();
    for reason in Reason::ALL.iter().filter(|reason| **reason != Reason::NotAFailure) {
        let page = help(&agency, reason.code()).await;
        assert!(titles.insert(page.text_of("h1").unwrap()), "{} has the title of another", reason.code());
        let heads = page.texts_of("article h2");
        assert_eq!(heads[..3], ["What happened", "How to interpret it", "How to resolve it"], "{}", reason.code());
        assert!(page.text().contains(text_of(*reason).technical_name), "{}", page.text());
        assert!(!page.texts_of("article ol li").is_empty(), "{} has no steps", reason.code());
    }
    for (code, said) in SAID {
        let text = help(&agency, code).await.text();
        for words in said {
            assert!(text.contains(words), "{code} lacks {words:?}: {text}");
        }
    }
    assert_eq!(agency.owner.visit("/help/reasons/no-such-reason").await.status, 404);
}

// checklist: 120
story!(every_label_that_a_help_page_names_is_on_a_page);
async fn every_label_that_a_help_page_names_is_on_a_page(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let google = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await;
    let copper = connect_copper(&agency, "cobalt", 2).await;
    let (broken, keyed) = (&google.sources[0].id, &copper.sources[0].id);
    agency.until_filled(keyed).await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.owner.control(broken, "check").await;
    agency.until_broken(broken).await;

    let mut seen = String::new();
    for path in ["/data-sources".to_owned(), format!("/connections/{broken}"), format!("/connections/{keyed}")] {
        seen += &agency.owner.visit(&path).await.text_of("body").unwrap();
    }
    let mut labels = BTreeSet::new();
    for reason in Reason::ALL.iter().filter(|reason| **reason != Reason::NotAFailure) {
        for step in help(&agency, reason.code()).await.texts_of("article ol li") {
            labels.extend(step.split('“').skip(1).filter_map(|rest| Some(rest.split_once('”')?.0.to_owned())));
        }
    }
    assert!(labels.len() >= 5, "{labels:?}");
    for label in labels {
        assert!(seen.contains(&label), "no page has {label:?}");
    }
}

async fn help(agency: &Agency, code: &str) -> Page {
    let page = agency.owner.visit(&format!("/help/reasons/{code}")).await;
    assert_eq!(page.status, 200, "{code}");
    page
}
