//! What plugins name as the cause of a failure, in words.
//!
//! A plugin may name any cause; one that stands here is said instead of the list of usual ones.

/// A cause that the provider itself has named.
#[derive(Debug)]
pub(super) struct Cause {
    /// The codes that plugins use for it.
    codes: &'static [&'static str],
    /// The whole sentence, for the details.
    pub(super) sentence: &'static str,
    /// A few words for a table cell, where they say more than the reason does.
    pub(super) short: Option<&'static str>,
}

/// The cause behind the code of a diagnosis.
pub(super) fn of(code: Option<&str>) -> Option<&'static Cause> {
    let code = code?;
    CAUSES.iter().find(|cause| cause.codes.contains(&code))
}

const CAUSES: &[Cause] = &[
    Cause {
        codes: &["password-changed"],
        sentence: "The password of the account was changed, or the provider ended its sessions for safety.",
        short: None,
    },
    Cause {
        codes: &["revoked-by-user"],
        sentence: "Somebody removed our access in the account's security settings.",
        short: Some("Access was withdrawn"),
    },
    Cause {
        codes: &["too-many-grants"],
        sentence: "The same login was connected too many times, so the oldest one was dropped.",
        short: Some("Too many connections of one login"),
    },
    Cause {
        codes: &["account-deleted"],
        sentence: "The account that connected was deleted or disabled.",
        short: Some("Account was deleted"),
    },
    Cause {
        codes: &["account-suspended", "account-restricted", "account-blocked"],
        sentence: "The account that connected is blocked or suspended, or has to be confirmed.",
        short: Some("Account is suspended"),
    },
    Cause {
        codes: &["account-checkpointed"],
        sentence: "The account that connected is blocked until its owner signs in at the provider.",
        short: Some("Account is blocked for now"),
    },
    Cause {
        codes: &["account-unconfirmed", "identity-confirmation"],
        sentence: "The owner of the account has to confirm who they are.",
        short: Some("Identity has to be confirmed"),
    },
    Cause {
        codes: &["mfa-required"],
        sentence: "Two-step or biometric sign-in became necessary and is not set up for the account.",
        short: Some("Two-step sign-in has to be set up"),
    },
    Cause {
        codes: &["session-control"],
        sentence: "The organisation of the account asks everybody to sign in again after some hours.",
        short: None,
    },
    Cause {
        codes: &["admin-policy"],
        sentence: "An admin of the organisation does not let this app read the data.",
        short: Some("The organisation does not allow it"),
    },
    Cause {
        codes: &["terms-changed", "terms-not-accepted"],
        sentence: "The terms and conditions changed and have to be accepted.",
        short: Some("New terms have to be accepted"),
    },
    Cause {
        codes: &["signed-out-everywhere", "logged-out"],
        sentence: "The account was signed out, as “Sign out of all devices” does.",
        short: None,
    },
    Cause {
        codes: &["role-lost"],
        sentence: "The role of the login at the provider was reduced or taken away.",
        short: None,
    },
    Cause {
        codes: &["scope-missing"],
        sentence: "A permission was not ticked on the sign-in page, or was taken away later.",
        short: Some("A permission is missing"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_stands_for_two_causes_and_every_sentence_is_one() {
        let mut seen = BTreeSet::new();
        for cause in CAUSES {
            assert!(cause.sentence.ends_with('.'), "{cause:?}");
            for code in cause.codes {
                assert!(seen.insert(code), "{code} is there twice");
                assert!(of(Some(code)).is_some_and(|found| found.sentence == cause.sentence));
            }
        }
        assert!(of(Some("something-new")).is_none() && of(None).is_none());
    }
}
