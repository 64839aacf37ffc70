//! The token is no good: codes 190 and 102, with a subcode or, as at Instagram, only with words.
//!
//! See <https://developers.facebook.com/docs/graph-api/guides/error-handling#authsubcodes>.

use relink_sdk::{Phase, Reason, Remedy, Rule, rule};

use super::{CODE, MESSAGE, SUBCODE};

const TOKEN: [&str; 2] = ["190", "102"];

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // The token lives; a permission is missing.
        rule("scope-missing", Reason::InsufficientPrivileges)
            .json(CODE, TOKEN)
            .json_contains(MESSAGE, "permission(s) must be granted")
            .cause("scope-missing")
            .remedy(Remedy::Reauthorize),
        checkpoint().json(SUBCODE, ["459", "490"]),
        checkpoint().json_contains(MESSAGE, "follow the instructions"),
        checkpoint().json_contains(MESSAGE, "logged-in checkpoint"),
        account_unconfirmed().json(SUBCODE, ["464"]),
        account_unconfirmed().json_contains(MESSAGE, "not a confirmed user"),
        password_changed().json(SUBCODE, ["460"]),
        password_changed().json_contains(MESSAGE, "changed their password"),
        password_changed().json_contains(MESSAGE, "changed the password"),
        access_revoked().json(CODE, TOKEN).json(SUBCODE, ["458"]),
        access_revoked().json(CODE, TOKEN).json_contains(MESSAGE, "has not authorized application"),
        access_revoked().phase([Phase::Inbound]).json_present("/user_id"),
        session_expired().json(SUBCODE, ["463"]),
        session_expired().json_contains(MESSAGE, "session has expired"),
        rule("unused-too-long", Reason::ExpiredToken)
            .json(CODE, TOKEN)
            .json_contains(MESSAGE, "longer than 90 days")
            .cause("unused-90-days"),
        rule("page-role-lost", Reason::InsufficientPrivileges)
            .json(CODE, TOKEN)
            .json(SUBCODE, ["492"])
            .cause("role-lost")
            .message("The login of this connection no longer has a role on the Page. An admin of the Page must give it one; then the data comes back by itself."),
        rule("logged-out", Reason::InvalidCredentials).json(CODE, TOKEN).json(SUBCODE, ["467"]).cause("logged-out"),
        rule("logged-out", Reason::InvalidCredentials)
            .json(CODE, TOKEN)
            .json_contains(MESSAGE, "may be due to a system error")
            .cause("logged-out-or-system-error")
            .doubtful(),
        rule("logged-out", Reason::InvalidCredentials)
            .json(CODE, TOKEN)
            .json_contains(MESSAGE, "user logged out")
            .cause("logged-out"),
        token_corrupt().json_contains(MESSAGE, "could not be decrypted"),
        token_corrupt().json_contains(MESSAGE, "malformed"),
        token_corrupt().json_contains(MESSAGE, "cannot parse"),
        rule("token-refused", Reason::InvalidCredentials).json(CODE, TOKEN),
    ]
}

/// The token is suspended and not dead: it works again as soon as the person has been to Facebook.
fn checkpoint() -> Rule {
    rule("checkpoint", Reason::AccountActionRequired)
        .json(CODE, TOKEN)
        .cause("account-checkpointed")
        .message("Facebook has paused this login until its owner logs in at www.facebook.com (or www.instagram.com) and follows the instructions there. Then the data comes back by itself; if it does not, please reconnect.")
}

fn account_unconfirmed() -> Rule {
    rule("account-unconfirmed", Reason::AccountActionRequired)
        .json(CODE, TOKEN)
        .cause("account-unconfirmed")
        .message("Facebook wants this login to be confirmed first. Log in at www.facebook.com and follow its instructions; then the data comes back by itself.")
}

fn password_changed() -> Rule {
    rule("password-changed", Reason::InvalidCredentials)
        .json(CODE, TOKEN)
        .cause("password-changed")
        .message("The Facebook password was changed, or Facebook ended all sessions of this login for its security. Please reconnect.")
}

fn access_revoked() -> Rule {
    rule("access-revoked", Reason::InvalidCredentials)
        .cause("revoked-by-user")
        .message("The access was removed in the Facebook settings of this login, under \"Business integrations\". Please reconnect if you still want the data.")
}

fn session_expired() -> Rule {
    rule("session-expired", Reason::ExpiredToken)
        .json(CODE, TOKEN)
        .cause("token-60-days")
        .message("Facebook gives access for sixty days at a time, and they are over. Please reconnect.")
}

/// If this comes from many authorizations at once, our store is at fault and not the people.
fn token_corrupt() -> Rule {
    rule("token-corrupt", Reason::InvalidCredentials).json(CODE, TOKEN).cause("token-corrupt")
}
