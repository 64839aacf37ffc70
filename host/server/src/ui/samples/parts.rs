//! The agency that all samples show, and pieces of its pages.

use relink_core::reason::{Actor, Reason, Remedy};
use relink_core::time::Timestamp;

use crate::ui::views::coverage::{Coverage, DayState};
use crate::ui::views::data_sources::{Choice, IncidentCard, Row};
use crate::ui::views::health::{DataState, Health};
use crate::ui::views::notices::{Notice, Reached, Resolved, Tray};
use crate::ui::views::provider::{ClientLink, Provider};
use crate::ui::views::repair::{Repair, SignInKind};
use crate::ui::views::shell::{DemoPerson, Part, Person, Section, Shell};
use crate::ui::when::When;
use crate::ui::words::{Case, Words};

/// Nov 21, 2026, 09:50 UTC.
pub(super) const NOW: Timestamp = Timestamp::from_ms(1_795_254_600_000);
pub(super) const CSRF: &str = "csrf-of-sample";
pub(super) const SUPPORT: &str = "mailto:help@northside.example";
const ANA: &str = "ana@northside.example";

pub(super) fn ago(minutes: i64) -> When {
    When::at(NOW.plus_seconds(-60 * minutes), NOW)
}

pub(super) fn shell(section: Section) -> Shell {
    Shell {
        part: Part::Whole,
        section,
        workspace: "Northside Agency".to_owned(),
        person: Person {
            name: "Tom Reyes".to_owned(),
            email: "tom@northside.example".to_owned(),
            role: "Admin".to_owned(),
            may_repair: true,
            may_administer: true,
            may_operate: true,
        },
        csrf: CSRF.to_owned(),
        here: "/data-sources".to_owned(),
        broken: 4,
        tray: Tray { unread: 2, entries: notices(), last_checked: None },
        banner: None,
        search: String::new(),
        support_url: SUPPORT.to_owned(),
        demo_people: Vec::new(),
    }
}

/// A client viewer, who may look but not touch.
pub(super) fn viewer_shell() -> Shell {
    let mut shell = shell(Section::DataSources);
    shell.person.may_repair = false;
    shell.person.may_administer = false;
    shell.person.may_operate = false;
    shell.person.role = "Viewer".to_owned();
    shell.tray = Tray { last_checked: Some(When::from_now(NOW.plus_seconds(-120), NOW)), ..Tray::default() };
    shell.broken = 0;
    shell
}

pub(super) fn demo_people() -> Vec<DemoPerson> {
    [("Olga Owner", "Owner"), ("Tom Reyes", "Admin"), ("Sam Staff", "Staff"), ("Vera Viewer", "Viewer")]
        .into_iter()
        .map(|(name, role)| DemoPerson {
            user_id: format!("usr_{role}"),
            name: name.to_owned(),
            role: role.to_owned(),
            is_current: role == "Admin",
        })
        .collect()
}

pub(super) fn google() -> Provider {
    Provider::new("google-ads", "Google Ads")
}

pub(super) fn ahrefs() -> Provider {
    Provider::new("ahrefs", "Ahrefs")
}

pub(super) fn client(name: &str) -> ClientLink {
    ClientLink::new(format!("cli_{}", name.to_lowercase().replace(' ', "-")), name)
}

pub(super) fn choices(names: &[&str]) -> Vec<Choice> {
    names
        .iter()
        .map(|name| Choice { value: (*name).to_owned(), label: (*name).to_owned(), is_selected: false })
        .collect()
}

pub(super) fn withdrawn() -> Words {
    Words::of(&Case {
        reason: Reason::InvalidRefreshToken,
        cause: None,
        actor: Actor::ConnectingUser,
        remedy: Remedy::Reauthorize,
        provider: "Google Ads",
        login: ANA,
        account: None,
        authorized_by: Some("Ana Diaz"),
        opened_on: "Nov 18",
        data_until: Some("Nov 17"),
        message: "",
        reauthorize_days: None,
        uses_key: false,
    })
}

pub(super) fn lapsed() -> Words {
    Words::of(&Case {
        reason: Reason::ProviderSpecific,
        cause: Some("subscription-lapsed"),
        actor: Actor::AccountAdmin,
        remedy: Remedy::FixBilling,
        provider: "Ahrefs",
        login: "Bluebird key",
        account: None,
        authorized_by: Some("Ana Diaz"),
        opened_on: "Nov 20",
        data_until: Some("Nov 19"),
        message: "Ahrefs gives data only on an active subscription",
        reauthorize_days: None,
        uses_key: true,
    })
}

pub(super) fn reconnect() -> Repair {
    Repair::new(Remedy::Reauthorize, SignInKind::OAuth, "auth_1", "conn_1")
}

fn check_again() -> Repair {
    Repair::new(Remedy::FixBilling, SignInKind::Key, "auth_2", "conn_3")
}

pub(super) fn incidents() -> Vec<IncidentCard> {
    vec![
        IncidentCard {
            provider: google(),
            words: withdrawn(),
            reason_code: Reason::InvalidRefreshToken.code(),
            opened_at: ago(4_068),
            clients: vec![client("Acme Outdoor"), client("Bluebird Cafe"), client("Cobalt Systems")],
            data_sources: 3,
            connection_id: "conn_1".to_owned(),
            repair: reconnect(),
            in_progress: None,
        },
        IncidentCard {
            provider: ahrefs(),
            words: lapsed(),
            reason_code: Reason::ProviderSpecific.code(),
            opened_at: ago(1_539),
            clients: vec![client("Bluebird Cafe")],
            data_sources: 1,
            connection_id: "conn_3".to_owned(),
            repair: check_again(),
            in_progress: Some("Ana Diaz started looking into it 2 minutes ago.".to_owned()),
        },
    ]
}

pub(super) fn notices() -> Vec<Notice> {
    let notice = |id: &str, provider: Provider, words: Words, repair, clients| Notice {
        id: id.to_owned(),
        is_unread: true,
        provider,
        title: words.title,
        short: words.short,
        reason_code: Reason::InvalidRefreshToken.code(),
        who: words.who,
        opened_at: ago(4_068),
        clients,
        connection_id: "conn_1".to_owned(),
        repair,
        resolved: None,
    };
    let reached = |client: &str| Reached { client: client.to_owned(), connection_id: "conn_1".to_owned() };
    let everyone = vec![reached("Acme Outdoor"), reached("Bluebird Cafe"), reached("Cobalt Systems")];
    let mut healed = notice("ntc_3", Provider::new("meta-ads", "Meta Ads"), withdrawn(), reconnect(), everyone.clone());
    healed.title = "Meta Ads is back".to_owned();
    healed.is_unread = false;
    healed.resolved = Some(Resolved { how: "Reconnected by Tom Reyes".to_owned(), at: ago(29) });
    vec![
        notice("ntc_1", google(), withdrawn(), reconnect(), everyone),
        notice("ntc_2", ahrefs(), lapsed(), check_again(), vec![reached("Bluebird Cafe")]),
        healed,
    ]
}

pub(super) fn days(pattern: &str) -> Coverage {
    let state = |letter| match letter {
        'x' => DayState::Here,
        'm' => DayState::Missing,
        'f' => DayState::Refilling,
        'l' => DayState::Lost,
        _ => DayState::Outside,
    };
    Coverage { days: pattern.chars().map(state).collect() }
}

pub(super) fn rows() -> Vec<Row> {
    let key = SignInKind::Key;
    let oauth = SignInKind::OAuth;
    let fresh = || DataState::Fresh { as_of: ago(18) };
    let row = |provider: Provider, account: &str, client_name: &str, health, data, pattern: &str| Row {
        connection_id: String::new(),
        authorization_id: "auth_1".to_owned(),
        provider,
        account: account.to_owned(),
        client: client(client_name),
        health,
        reason: None,
        data,
        coverage: days(pattern),
        signed_in_as: ANA.to_owned(),
        sign_in_kind: oauth,
    };
    let stopped = |missing_days| DataState::Stopped { missing_days };
    let withdrawn = || Some("Access was withdrawn".to_owned());
    let mut rows = vec![
        Row {
            reason: withdrawn(),
            ..row(google(), "123-456-7890 · Search", "Acme Outdoor", Health::NeedsReconnect, stopped(3), "xxxxmmm")
        },
        Row {
            reason: withdrawn(),
            ..row(google(), "555-010-2233 · Brand", "Bluebird Cafe", Health::NeedsReconnect, stopped(3), "xxxxmmm")
        },
        Row {
            reason: withdrawn(),
            ..row(google(), "555-010-7781 · Shop", "Cobalt Systems", Health::NeedsReconnect, stopped(3), "xxxxmmm")
        },
        Row {
            reason: Some("Subscription is not active".to_owned()),
            signed_in_as: "Bluebird key".to_owned(),
            sign_in_kind: key,
            ..row(ahrefs(), "bluebird.example", "Bluebird Cafe", Health::NeedsAction, stopped(1), "xxxxxxm")
        },
        row(
            Provider::new("linkedin-ads", "LinkedIn Ads"),
            "Cobalt Systems",
            "Cobalt Systems",
            Health::ExpiresSoon { days: 6 },
            fresh(),
            "xxxxxxx",
        ),
        row(
            Provider::new("meta-ads", "Meta Ads"),
            "Business Manager · 4 accounts",
            "Acme Outdoor",
            Health::Connected,
            DataState::CatchingUp { done: 9, of: 14 },
            "xxxfffx",
        ),
        Row {
            reason: Some("Waiting for X".to_owned()),
            ..row(
                Provider::new("x-ads", "X Ads"),
                "@acmeoutdoor",
                "Acme Outdoor",
                Health::Delayed,
                DataState::Delayed { as_of: Some(ago(180)) },
                "xxxxxlx",
            )
        },
        Row {
            signed_in_as: "Cobalt key".to_owned(),
            sign_in_kind: key,
            ..row(
                Provider::new("copper", "Copper"),
                "Pipeline",
                "Cobalt Systems",
                Health::Connected,
                fresh(),
                "xxxxxxx",
            )
        },
        Row {
            reason: Some("by Ana Diaz".to_owned()),
            ..row(
                Provider::new("google-analytics", "Google Analytics"),
                "Acme web · 3010",
                "Acme Outdoor",
                Health::Paused,
                DataState::Resting { as_of: Some(ago(5_000)) },
                "xxxx...",
            )
        },
        row(
            Provider::new("klaviyo", "Klaviyo"),
            "Newsletter",
            "Bluebird Cafe",
            Health::Checking,
            DataState::None,
            ".......",
        ),
    ];
    for (index, row) in rows.iter_mut().enumerate() {
        row.connection_id = format!("conn_{index}");
    }
    rows
}
