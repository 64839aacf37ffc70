use super::*;
use crate::{Actor, Blast, Certainty, Descriptor, Phase, Remedy, TransportKind, Unit};

fn table() -> ErrorTable {
    ErrorTable::new("acme", "Acme", [])
}

#[track_caller]
fn check(failure: &Failure, grant: Grant, reason: Reason, remedy: Remedy) -> Diagnosis {
    let diagnosis = table().diagnose(failure, grant);
    assert_eq!((diagnosis.reason, diagnosis.remedy), (reason, remedy), "{failure:?}");
    diagnosis
}

fn api(status: u16, body: &str) -> Failure {
    Failure::new(Phase::Sync).answered(status, &[], body)
}

fn token(phase: Phase, status: u16, body: &str) -> Failure {
    Failure::new(phase).answered(status, &[], body)
}

use Grant::{NotRefreshable, Refreshable, Secret};

#[test]
fn the_same_401_means_different_things_for_different_credentials() {
    let refused = api(401, r#"{"code":"unauthorized"}"#);
    check(&refused, Refreshable, Reason::ExpiredToken, Remedy::Refresh);
    check(&refused, NotRefreshable, Reason::InvalidCredentials, Remedy::Reauthorize);
    check(&refused, Secret, Reason::InvalidCredentials, Remedy::ReplaceSecret);
}

#[test]
fn a_token_that_was_just_renewed_has_not_expired() {
    let mut refused = api(401, "{}");
    refused.facts.just_refreshed = Some(true);
    let diagnosis = check(&refused, Refreshable, Reason::InvalidCredentials, Remedy::Reauthorize);
    assert_eq!(diagnosis.actor, Actor::ConnectingUser);
}

#[test]
fn a_newer_token_in_the_store_excuses_the_refusal_of_the_old_one() {
    let mut dead = token(Phase::Refresh, 400, r#"{"error":"invalid_grant"}"#);
    dead.facts.newer_token_in_store = Some(true);
    let diagnosis = check(&dead, Refreshable, Reason::ExpiredToken, Remedy::Refresh);
    assert_eq!((diagnosis.actor, diagnosis.blast), (Actor::Nobody, Blast::Request));
    assert_eq!(diagnosis.certainty, Certainty::Doubtful);
}

#[test]
fn the_phase_decides_what_invalid_grant_means() {
    let body = r#"{"error":"invalid_grant"}"#;
    let at_refresh = token(Phase::Refresh, 400, body);
    check(&at_refresh, Refreshable, Reason::InvalidRefreshToken, Remedy::Reauthorize);
    let at_exchange = token(Phase::Exchange, 400, body);
    let diagnosis = check(&at_exchange, Refreshable, Reason::RequestRejected, Remedy::None);
    assert_eq!(diagnosis.actor, Actor::Nobody);
}

#[test]
fn the_token_endpoint_names_errors_whatever_the_status_and_the_format() {
    let refresh = |status, body| token(Phase::Refresh, status, body);
    let client = refresh(401, r#"{"error":"invalid_client"}"#);
    let diagnosis = check(&client, Refreshable, Reason::AppMisconfigured, Remedy::Operator);
    assert_eq!((diagnosis.actor, diagnosis.blast), (Actor::Operator, Blast::App));
    let in_200 = refresh(200, r#"{"error":"invalid_grant"}"#);
    check(&in_200, Refreshable, Reason::InvalidRefreshToken, Remedy::Reauthorize);
    let in_400 = refresh(400, r#"{"error":"temporarily_unavailable"}"#);
    check(&in_400, Refreshable, Reason::ProviderOutage, Remedy::Wait);
    let form = token(Phase::Exchange, 200, "error=unauthorized_client&error_description=x");
    check(&form, Refreshable, Reason::AppMisconfigured, Remedy::Operator);
    let no_token = refresh(200, "{}");
    check(&no_token, Refreshable, Reason::Unknown, Remedy::Reauthorize);
    let fine = refresh(200, r#"{"access_token":"[redacted]","error":{"code":"ok"}}"#);
    check(&fine, Refreshable, Reason::NotAFailure, Remedy::None);
}

#[test]
fn redirects_say_who_declined_and_what_is_misconfigured() {
    let redirect = |query| Failure::new(Phase::Authorize).redirected(query);
    let declined = Reason::AccountActionRequired;
    check(&redirect("error=access_denied"), Refreshable, declined, Remedy::Reauthorize);
    check(&redirect("?denied=abc"), NotRefreshable, declined, Remedy::Reauthorize);
    check(&redirect("error=invalid_scope"), Refreshable, Reason::AppMisconfigured, Remedy::Operator);
    check(&redirect("error=server_error"), Refreshable, Reason::ProviderOutage, Remedy::Wait);
    check(&redirect("code=1&state=2"), Refreshable, Reason::NotAFailure, Remedy::None);
    check(&redirect("%%%=&&"), Refreshable, Reason::Unknown, Remedy::Reauthorize);
}

#[test]
fn bearer_challenges_are_read() {
    let challenge = |value| Failure::new(Phase::Sync).answered(401, &[("WWW-Authenticate", value)], "");
    let scope = challenge(r#"Bearer error="insufficient_scope", scope="read""#);
    let diagnosis = check(&scope, Refreshable, Reason::InsufficientPrivileges, Remedy::Reauthorize);
    assert_eq!((diagnosis.actor, diagnosis.blast), (Actor::ConnectingUser, Blast::Authorization));
    let expired = challenge(r#"Bearer error="invalid_token", error_description="The token expired""#);
    check(&expired, NotRefreshable, Reason::ExpiredToken, Remedy::Reauthorize);
}

#[test]
fn what_is_not_from_the_api_says_nothing_about_the_credential() {
    for failure in [
        api(403, "<!doctype html><title>Blocked</title>"),
        api(401, "  <HTML><body>login</body></HTML>"),
        api(404, "\u{feff}<html>"),
        api(403, "Access denied by security policy"),
        api(500, r#"{"error":"invalid_token"}"#),
        api(302, ""),
        Failure::new(Phase::Refresh).answered(502, &[], "<html>"),
        Failure::new(Phase::Sync).unanswered(TransportKind::Dns),
        Failure::new(Phase::Refresh).unanswered(TransportKind::Timeout),
    ] {
        check(&failure, Refreshable, Reason::ProviderOutage, Remedy::Wait);
    }
}

#[test]
fn refusals_of_the_api_itself() {
    check(&api(403, r#"{"m":"no"}"#), Secret, Reason::InsufficientPrivileges, Remedy::AskAdmin);
    check(&api(403, ""), Secret, Reason::InsufficientPrivileges, Remedy::AskAdmin);
    check(&api(402, "{}"), Secret, Reason::ProviderSpecific, Remedy::FixBilling);
    check(&api(404, "{}"), Secret, Reason::RequestRejected, Remedy::Operator);
    check(&api(200, "{}"), Secret, Reason::NotAFailure, Remedy::None);
    check(&api(0, ""), Secret, Reason::Unknown, Remedy::Reauthorize);
    let limited = Failure::new(Phase::Sync).answered(429, &[("Retry-After", "2")], "");
    let diagnosis = check(&limited, Secret, Reason::RateLimited, Remedy::Wait);
    assert_eq!(diagnosis.retry_after_ms, Some(2_000));
}

#[test]
fn no_web_page_matches_a_rule_that_is_not_for_web_pages() {
    let forbidden = || rule("lapsed", Reason::ProviderSpecific).status(403).contains(["forbidden"]);
    let page = api(403, "<html>403 Forbidden</html>");
    let strict = ErrorTable::new("acme", "Acme", [forbidden()]);
    assert_eq!(strict.diagnose(&page, Secret).reason, Reason::ProviderOutage);
    let lenient = ErrorTable::new("acme", "Acme", [forbidden().on_web_pages()]);
    assert_eq!(lenient.diagnose(&page, Secret).code, "acme.lapsed");
}

#[test]
fn rules_are_tried_in_order_and_all_conditions_must_hold() {
    let errors = ErrorTable::new(
        "acme",
        "Acme",
        [
            rule("password", Reason::InvalidCredentials).json("/error/code", ["190"]).json("/error/sub", ["460"]),
            rule("session", Reason::ExpiredToken).json("/error/code", ["190"]),
            rule("young", Reason::RateLimited).status(401).token_younger_than_s(30).retry_after_s(10),
            rule("busy", Reason::RateLimited).header("x-usage", "").retry_after_header("x-usage", Unit::Minutes),
        ],
    );
    let code = |failure: &Failure| errors.diagnose(failure, NotRefreshable);
    assert_eq!(code(&api(400, r#"{"error":{"code":190,"sub":"460"}}"#)).code, "acme.password");
    assert_eq!(code(&api(400, r#"[{"error":{"code":"190"}}]"#)).code, "acme.session");
    let mut young = api(401, "{}");
    young.facts.token_age_s = Some(5);
    assert_eq!(code(&young).retry_after_ms, Some(10_000));
    let busy = Failure::new(Phase::Sync).answered(400, &[("x-usage", "3")], "{}");
    assert_eq!(code(&busy).retry_after_ms, Some(180_000));
}

#[test]
fn the_providers_words_are_quoted_without_markup() {
    let errors = ErrorTable::new(
        "acme",
        "Acme",
        [rule("told", Reason::AccountActionRequired).message("Log in at {provider}.").quoting("/text")],
    );
    let told = api(400, r#"{"text":"<b>Confirm</b>\n{provider} é"}"#);
    let message = errors.diagnose(&told, Secret).message;
    assert_eq!(message, "Log in at Acme. Acme says: \u{201c}bConfirm/b provider é\u{201d}");
}

#[test]
fn a_grant_is_known_from_the_facts_or_from_the_descriptor() {
    use crate::{AuthMethod, Oauth2, Rotation};
    let oauth = || Oauth2::new("https://a.example/a", "https://a.example/t");
    let descriptor = Descriptor::new("acme", "Acme", "1.0.0")
        .auth(AuthMethod::bearer_key("https://a.example/help"))
        .auth(AuthMethod::oauth2(oauth().refreshed(Rotation::Strict)));
    let mut failure = api(401, "");
    assert_eq!(Grant::of(&descriptor, &failure), Secret);
    "oauth".clone_into(&mut failure.auth_method);
    assert_eq!(Grant::of(&descriptor, &failure), Refreshable);
    failure.facts.has_refresh_token = Some(false);
    assert_eq!(Grant::of(&descriptor, &failure), NotRefreshable);
    let unnamed = token(Phase::Refresh, 400, "");
    assert_eq!(Grant::of(&descriptor, &unnamed), Refreshable);
}
