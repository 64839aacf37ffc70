//! The token is good, but may not do this: codes 10, 200 to 299 and some of 100.
//!
//! See <https://developers.facebook.com/docs/permissions> and
//! <https://www.facebook.com/business/help/442345745885606> (roles in Business Manager).

use relink_sdk::{Blast, Failure, Reason, Remedy, Rule, rule};

use super::{CODE, MESSAGE, SUBCODE};

const IDENTITY_HELP: &str = "https://www.facebook.com/ads/library/api";

pub(super) fn rules() -> Vec<Rule> {
    let mut rules = not_for_an_admin();
    rules.extend(for_an_admin());
    rules
}

fn not_for_an_admin() -> Vec<Rule> {
    vec![
        rule("no-data-yet", Reason::NotAFailure).json(CODE, ["10"]).json_contains(MESSAGE, "not enough viewers"),
        rule("no-data-yet", Reason::NotAFailure)
            .json(CODE, ["100"])
            .json(SUBCODE, ["2108006"])
            .cause("media-before-conversion"),
        rule("identity-unconfirmed", Reason::AccountActionRequired)
            .json(CODE, ["10"])
            .json(SUBCODE, ["2332002"])
            .cause("identity-confirmation")
            .help(IDENTITY_HELP)
            .message("Meta wants the owner of this login to confirm their identity. Log in at Facebook and follow the instructions; then the data comes back by itself.")
            .quoting("/error/error_user_msg"),
        two_factor().json_contains(MESSAGE, "two-factor"),
        two_factor().json_contains(MESSAGE, "two factor"),
        // Those of Custom Audiences.
        terms().json(SUBCODE, ["1870034"]),
        terms().json_contains(MESSAGE, "terms of service"),
        scope_missing().when(has_declined_a_scope),
        scope_missing().json_contains(MESSAGE, "authorized the application to perform this action"),
        scope_missing().json_contains(MESSAGE, "extended permission"),
        scope_missing().json_contains(MESSAGE, "permission(s) must be granted"),
        scope_missing().json_contains(MESSAGE, "requires ").json_contains(MESSAGE, " permission"),
        rule("permission-missing", Reason::InsufficientPrivileges)
            .json(CODE, ["10"])
            .remedy(Remedy::Reauthorize)
            .doubtful(),
    ]
}

fn for_an_admin() -> Vec<Rule> {
    vec![
        role_lost().when(is_permission_code),
        object_gone().json(CODE, ["100"]).json(SUBCODE, ["33"]),
        object_gone().json(CODE, ["803"]),
        role_lost().json(CODE, ["100"]).json_contains(MESSAGE, "missing permissions"),
        rule("profile-not-linked", Reason::InsufficientPrivileges)
            .json(CODE, ["1"])
            .json(SUBCODE, ["2853001"])
            .cause("profile-not-linked")
            .message("The Instagram profile is not linked to its Facebook Page. An admin of the Page must link them; then the data comes back by itself."),
    ]
}

fn two_factor() -> Rule {
    rule("two-factor-needed", Reason::AccountActionRequired)
        .when(is_permission_code)
        .cause("mfa-required")
        .message("The business wants this login to have two-factor authentication. Turn it on in the security settings of Facebook; then the data comes back by itself.")
}

fn terms() -> Rule {
    rule("terms-not-accepted", Reason::AccountActionRequired)
        .when(is_permission_code)
        .cause("terms-not-accepted")
        .message("Meta wants its terms to be accepted first. Log in at business.facebook.com and accept them; then the data comes back by itself.")
        .quoting("/error/error_user_msg")
}

fn scope_missing() -> Rule {
    rule("scope-missing", Reason::InsufficientPrivileges)
        .when(is_permission_code)
        .cause("scope-missing")
        .remedy(Remedy::Reauthorize)
}

fn role_lost() -> Rule {
    rule("role-lost", Reason::InsufficientPrivileges)
        .cause("role-lost")
        .message("The login of this connection may no longer see the ad account. An admin of the ad account must give it a role in Business Manager (business.facebook.com), or somebody who has one must reconnect.")
}

/// Deleted, or no longer shared with the person: Meta does not tell which.
fn object_gone() -> Rule {
    rule("object-gone", Reason::InsufficientPrivileges)
        .cause("object-gone-or-no-access")
        .blast(Blast::Account)
        .doubtful()
        .message("Meta no longer shows {account} to the login of this connection: it was deleted, or the login lost its role. An admin of the ad account can give the role back in Business Manager (business.facebook.com).")
}

/// Meta reserves 200 to 299 for permissions, one number each.
fn is_permission_code(failure: &Failure) -> bool {
    let code = failure.json().and_then(|document| document.pointer(CODE)?.as_u64());
    code.is_some_and(|code| code == 10 || (200..300).contains(&code))
}

/// The dialog lets people untick permissions one by one.
fn has_declined_a_scope(failure: &Failure) -> bool {
    let facts = &failure.facts;
    !facts.granted_scopes.is_empty() && facts.requested_scopes.iter().any(|scope| !facts.granted_scopes.contains(scope))
}
