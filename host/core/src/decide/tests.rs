use super::*;
use crate::reason::Actor;

const NOW: Timestamp = Timestamp::from_ms(1_000_000_000);

fn before() -> Before {
    Before {
        connection_id: "conn_1".to_owned(),
        interval_ms: 3_600_000,
        consecutive_failures: 0,
        known: None,
        authorization_suspicion: None,
        connection_suspicion: None,
    }
}

fn diagnosis(reason: Reason, blast: Blast, remedy: Remedy) -> Diagnosis {
    Diagnosis {
        reason,
        code: format!("test.{}", reason.code()),
        cause: None,
        certainty: Certainty::Certain,
        blast,
        actor: Actor::ConnectingUser,
        remedy,
        retry_after_ms: None,
        message: String::new(),
        help_url: None,
    }
}

fn revoked() -> Diagnosis {
    diagnosis(Reason::InvalidRefreshToken, Blast::Authorization, Remedy::Reauthorize)
}

fn suspicion(count: u32, since: Timestamp) -> Suspicion {
    Suspicion { count, since }
}

fn run(before: &Before, outcome: &Outcome) -> Decision {
    decide(before, outcome, &Policy::default(), NOW)
}

#[test]
fn one_revoked_answer_is_suspected_and_tried_again_soon() {
    let decision = run(&before(), &Outcome::Failed(revoked()));
    assert!(matches!(decision.change, Change::Suspected { scope: Scope::Authorization, .. }));
    assert_eq!(decision.next_due_at, Some(NOW.plus_ms(30_000)));
}

#[test]
fn a_second_spaced_answer_is_believed_and_no_more_requests_are_sent() {
    let before = Before { authorization_suspicion: Some(suspicion(1, NOW.plus_ms(-30_000))), ..before() };
    let decision = run(&before, &Outcome::Failed(revoked()));
    assert_eq!(decision.change, Change::Broken { scope: Scope::Authorization });
    assert_eq!(decision.next_due_at, None);
}

#[test]
fn failures_of_siblings_in_the_same_moment_do_not_confirm_each_other() {
    let before = Before { authorization_suspicion: Some(suspicion(5, NOW.plus_ms(-900))), ..before() };
    let decision = run(&before, &Outcome::Failed(revoked()));
    assert!(matches!(decision.change, Change::Suspected { .. }));
}

#[test]
fn doubtful_failures_need_three_over_ten_minutes() {
    let doubtful = Diagnosis { certainty: Certainty::Doubtful, ..revoked() };
    for (count, minutes, believed) in [(1, 30, false), (2, 9, false), (2, 10, true), (7, 9, false)] {
        let since = NOW.plus_ms(-minutes * 60_000);
        let before = Before { authorization_suspicion: Some(suspicion(count, since)), ..before() };
        let decision = run(&before, &Outcome::Failed(doubtful.clone()));
        assert_eq!(matches!(decision.change, Change::Broken { .. }), believed, "{count} in {minutes} min");
    }
}

#[test]
fn outages_limits_our_bugs_and_plugin_faults_never_break() {
    let worn = Before {
        consecutive_failures: 99,
        connection_suspicion: Some(suspicion(99, NOW.plus_ms(-DAY_MS))),
        ..before()
    };
    for reason in [Reason::RateLimited, Reason::ProviderOutage, Reason::RequestRejected, Reason::AppMisconfigured] {
        let decision = run(&worn, &Outcome::Failed(diagnosis(reason, Blast::Provider, Remedy::Reauthorize)));
        assert!(matches!(decision.change, Change::Unchanged | Change::OperatorIncident), "{reason:?}");
        assert_eq!(decision.delayed_by, Some(reason));
    }
    assert_eq!(run(&worn, &Outcome::PluginMisbehaved).change, Change::Unchanged);
}

#[test]
fn what_a_refresh_mends_breaks_nothing() {
    let expired = diagnosis(Reason::ExpiredToken, Blast::Authorization, Remedy::Refresh);
    assert_eq!(run(&before(), &Outcome::Failed(expired)).change, Change::Unchanged);
}

#[test]
fn trouble_of_one_account_concerns_one_connection() {
    let lost = diagnosis(Reason::InsufficientPrivileges, Blast::Account, Remedy::AskAdmin);
    let before = Before { connection_suspicion: Some(suspicion(1, NOW.plus_ms(-60_000))), ..before() };
    let decision = run(&before, &Outcome::Failed(lost));
    assert_eq!(decision.change, Change::Broken { scope: Scope::Connection });
    assert!(decision.next_due_at.is_some(), "an admin may give the role back at any time");
}

#[test]
fn retry_after_is_kept_but_bounded_to_a_day() {
    let mut limited = diagnosis(Reason::RateLimited, Blast::Authorization, Remedy::Wait);
    for (asked, at_least, at_most) in [(90_000, 90_000, 130_000), (u64::MAX, DAY_MS, DAY_MS + 60_000)] {
        limited.retry_after_ms = Some(asked);
        let delay = run(&before(), &Outcome::Failed(limited.clone())).next_due_at.unwrap().since_ms(NOW);
        assert!((at_least..=at_most).contains(&delay), "{asked} gave {delay}");
    }
}

#[test]
fn data_ends_suspicion_and_what_is_left_follows_at_once() {
    let in_part = Outcome::Fetched { is_complete: false, is_answered: true };
    let decision = run(&Before { consecutive_failures: 4, ..before() }, &in_part);
    assert_eq!((decision.change, decision.next_due_at), (Change::Proven, Some(NOW)));
    assert_eq!(decision.consecutive_failures, 0);
}

#[test]
fn nothing_is_proven_without_an_answer() {
    for is_complete in [true, false] {
        let unanswered = Outcome::Fetched { is_complete, is_answered: false };
        let decision = run(&Before { consecutive_failures: 4, ..before() }, &unanswered);
        assert_eq!((decision.change, decision.consecutive_failures), (Change::Unchanged, 4));
    }
}

fn told(before: &Before, diagnosis: &Diagnosis) -> Decision {
    decide_told(before, diagnosis, &Policy::default(), NOW)
}

#[test]
fn what_the_provider_says_by_itself_is_believed_at_once() {
    let decision = told(&before(), &revoked());
    assert_eq!(decision.change, Change::Broken { scope: Scope::Authorization });
    assert_eq!(decision.next_due_at, None, "only a person can help");
    let of_account = diagnosis(Reason::InsufficientPrivileges, Blast::Account, Remedy::AskAdmin);
    let decision = told(&before(), &of_account);
    assert_eq!(decision.change, Change::Broken { scope: Scope::Connection });
    assert!(decision.next_due_at > Some(NOW), "it may heal at the provider");
}

#[test]
fn what_a_message_leaves_open_is_looked_at_now() {
    let doubtful = Diagnosis { certainty: Certainty::Doubtful, ..revoked() };
    let decision = told(&before(), &doubtful);
    let Change::Suspected { scope: Scope::Authorization, suspicion } = decision.change else { panic!() };
    assert_eq!((suspicion.count, decision.next_due_at), (1, Some(NOW)));
    let outage = diagnosis(Reason::ProviderOutage, Blast::Provider, Remedy::Wait);
    let already =
        Before { known: Some(Known { scope: Scope::Authorization, remedy: Remedy::Reauthorize }), ..before() };
    for (before, diagnosis) in [(before(), outage), (already, revoked())] {
        let decision = told(&before, &diagnosis);
        assert_eq!((decision.change, decision.next_due_at), (Change::Unchanged, Some(NOW)));
    }
}

/// Its plan lapsed, and people were told.
fn unpaid(scope: Scope) -> Before {
    Before { known: Some(Known { scope, remedy: Remedy::FixBilling }), ..before() }
}

#[test]
fn what_people_were_told_already_is_not_told_again() {
    let lapsed = diagnosis(Reason::ProviderSpecific, Blast::Authorization, Remedy::FixBilling);
    let of_account = Diagnosis { blast: Blast::Account, ..lapsed.clone() };
    for diagnosis in [lapsed, of_account] {
        let decision = run(&unpaid(Scope::Authorization), &Outcome::Failed(diagnosis));
        assert_eq!(decision.change, Change::StillBroken);
        assert!(decision.next_due_at.is_some(), "it may be paid at any time");
    }
    let dead = Before { known: Some(Known { scope: Scope::Authorization, remedy: Remedy::Reauthorize }), ..before() };
    let decision = run(&dead, &Outcome::Failed(revoked()));
    assert_eq!((decision.change, decision.next_due_at), (Change::StillBroken, None));
}

#[test]
fn another_cause_is_believed_as_slowly_as_the_first_and_then_told() {
    for scope in [Scope::Connection, Scope::Authorization] {
        let decision = run(&unpaid(scope), &Outcome::Failed(revoked()));
        assert!(matches!(decision.change, Change::Suspected { scope: Scope::Authorization, .. }), "{scope:?}");
        assert_eq!(decision.next_due_at, Some(NOW.plus_ms(30_000)), "it is tried again soon");
        let before = Before { authorization_suspicion: Some(suspicion(1, NOW.plus_ms(-30_000))), ..unpaid(scope) };
        let decision = run(&before, &Outcome::Failed(revoked()));
        assert_eq!(decision.change, Change::Broken { scope: Scope::Authorization });
        assert_eq!(told(&unpaid(scope), &revoked()).change, Change::Broken { scope: Scope::Authorization });
    }
}

#[test]
fn what_is_told_of_one_connection_says_nothing_of_the_others() {
    let of_all = diagnosis(Reason::ProviderSpecific, Blast::Authorization, Remedy::FixBilling);
    let decision = run(&unpaid(Scope::Connection), &Outcome::Failed(of_all));
    assert!(matches!(decision.change, Change::Suspected { scope: Scope::Authorization, .. }));
}
