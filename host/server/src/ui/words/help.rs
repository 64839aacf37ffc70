//! The help page of each reason: what happened, how to read it, how to resolve it.

use relink_core::reason::Reason;

/// What a person can read up about one reason.
#[derive(Debug)]
pub(crate) struct ReasonHelp {
    /// The stable code, as in the address.
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    /// The name that other products use.
    pub(crate) technical_name: &'static str,
    pub(crate) happened: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) causes: &'static [&'static str],
    pub(crate) steps: &'static [&'static str],
}

/// The help for a reason.
pub(crate) fn of(reason: Reason) -> &'static ReasonHelp {
    HELP.iter().find(|help| help.code == reason.code()).unwrap_or(&UNKNOWN)
}

/// The help under a code of the address.
pub(crate) fn by_code(code: &str) -> Option<&'static ReasonHelp> {
    HELP.iter().find(|help| help.code == code)
}

/// All reasons that have a page.
pub(crate) fn all() -> &'static [ReasonHelp] {
    HELP
}

const RECONNECT_STEPS: &[&str] = &[
    "Open “Data sources” and find the one with the status “Needs reconnect”.",
    "Choose “Reconnect”. The provider's own sign-in page opens.",
    "Sign in with the account that is named there. It needs admin rights for the data.",
    "Allow everything that the provider lists. You come back here, and the missing days are filled in.",
];

const UNKNOWN: ReasonHelp = ReasonHelp {
    code: "unknown",
    title: "The provider did not say why",
    technical_name: "Unknown",
    happened: "The provider stopped answering for this account, several times in a row, without a reason that we know.",
    meaning: "Every provider has its own rules and its own security checks, and not all of them say what they object \
        to. We do not guess. Signing in again repairs most of these cases.",
    causes: &[
        "A security update of the provider ended the permission.",
        "The provider updated its interface and asks all connected tools to reconnect.",
        "The password of the person who connected was changed.",
        "The rights of the person who connected were changed.",
    ],
    steps: &[
        "Open “Data sources” and choose “Reconnect” on the data source.",
        "Sign in with the account that is named there.",
        "If the status does not change to “Connected”, contact support and name the code that the data source shows.",
    ],
};

const HELP: &[ReasonHelp] = &[
    ReasonHelp {
        code: "invalid-credentials",
        title: "The sign-in is no longer accepted",
        technical_name: "Invalid credentials",
        happened: "The provider does not accept the user name, password or key that we use.",
        meaning: "We read the data through the person who connected it. When that person changes the password or \
            replaces the key, the provider stops accepting the old one, and we need the new one.",
        causes: &[
            "The password of the account was changed.",
            "The user name of the account was changed.",
            "The key was deleted or replaced by a new one.",
            "Two-step or biometric sign-in was turned on.",
        ],
        steps: &[
            "Open “Data sources” and find the one that needs action.",
            "Choose “Reconnect” and sign in, or choose “Update key” and paste the current key.",
            "Wait a minute: the status changes to “Connected”, and the missing days are filled in.",
        ],
    },
    ReasonHelp {
        code: "invalid-refresh-token",
        title: "Access was withdrawn",
        technical_name: "Invalid refresh token",
        happened: "The provider ended the permission that it had given us.",
        meaning: "A permission lasts until somebody or something ends it. Several things do, and the provider rarely \
            says which one it was.",
        causes: &[
            "Our access was removed in the security settings of the account.",
            "The password of the account was changed.",
            "Somebody used “Sign out of all devices”.",
            "The account that connected was deleted.",
            "The account that connected is blocked or suspended.",
            "The same login was connected too many times, and the oldest one was dropped.",
            "The provider ran a security check or changed its terms.",
        ],
        steps: RECONNECT_STEPS,
    },
    ReasonHelp {
        code: "expired-token",
        title: "The permission has expired",
        technical_name: "Expired token / invalid grant",
        happened: "The provider gives permission for a limited time, and that time is over.",
        meaning: "For safety many providers ask again after a number of days: LinkedIn after 60, for example. Nothing \
            is wrong with the account. Data comes again as soon as somebody gives permission anew.",
        causes: &[
            "The time for which the provider gives permission is over.",
            "The provider ended the permission early, for example after a change of the password.",
        ],
        steps: RECONNECT_STEPS,
    },
    ReasonHelp {
        code: "insufficient-privileges",
        title: "The login may no longer see the data",
        technical_name: "Insufficient privileges",
        happened: "The sign-in works, but the provider refuses to show the account.",
        meaning: "The person who connected has lost the role that is needed at the provider, or a permission was not \
            ticked when signing in. Reconnecting with the same login helps only after the role is back.",
        causes: &[
            "The role of the person who connected was reduced or taken away.",
            "The account is no longer shared with this login.",
            "A permission was not ticked on the sign-in page.",
        ],
        steps: &[
            "Ask an admin of the account at the provider to give the login its role back.",
            "Open the data source here and choose “Check again”.",
            "If it still needs action, choose “Reconnect” and tick every permission.",
        ],
    },
    ReasonHelp {
        code: "account-action-required",
        title: "The provider wants something confirmed",
        technical_name: "Account action required",
        happened: "The account is held up at the provider until its owner does something there.",
        meaning: "The provider may want new terms accepted, a second step set up, an identity confirmed, or it has \
            blocked the account. Only somebody who can sign in at the provider can do that.",
        causes: &[
            "The terms and conditions changed and have to be accepted.",
            "Two-step or biometric sign-in has to be set up.",
            "The account is blocked or suspended.",
        ],
        steps: &[
            "Sign in at the provider with the account that is named.",
            "Do what the provider asks. If you cannot sign in at all, recover the account there first.",
            "Open the data source here and choose “Check again”.",
        ],
    },
    ReasonHelp {
        code: "provider-specific",
        title: "This provider has a rule of its own",
        technical_name: "Unique data source error",
        happened: "The provider refuses the data for a reason that only this provider has.",
        meaning: "The message on the data source says which. Ahrefs, for example, gives data only while the \
            subscription is active; Copper stops when the key of the user is deleted or replaced.",
        causes: &["A subscription at the provider is not active.", "The key was deleted or replaced at the provider."],
        steps: &[
            "Read the message on the data source and do what it says.",
            "Choose “Check again”, or “Update key” if the key is a new one.",
            "If the message does not help, contact support and name the code that the data source shows.",
        ],
    },
    ReasonHelp {
        code: "app-misconfigured",
        title: "This server is not accepted",
        technical_name: "App misconfigured",
        happened: "The provider does not accept the registration of this server.",
        meaning: "All data sources of this provider are held up together. Reconnecting would not help, and nobody on \
            your side has to do anything. Whoever runs the server has been told.",
        causes: &["The registration of the server at the provider was changed, or has to be renewed."],
        steps: &[
            "Nothing to do: the data sources recover by themselves when the registration is right again.",
            "If you run this server, look at “Plugins” for what is missing.",
        ],
    },
    ReasonHelp {
        code: "rate-limited",
        title: "The provider's limit is reached",
        technical_name: "Rate limited",
        happened: "The provider allows so many requests in a time, and they are used up.",
        meaning: "The data arrives later, and nothing is lost. The connection keeps working.",
        causes: &["Other tools use the same limit.", "Many days are being filled in at once."],
        steps: &["Nothing to do: we try again when the provider allows it."],
    },
    ReasonHelp {
        code: "provider-outage",
        title: "The provider has problems",
        technical_name: "Provider outage",
        happened: "The provider does not answer, or answers with trouble of its own.",
        meaning: "This passes. The data arrives later, and nothing is lost. The connection keeps working.",
        causes: &["The provider has an outage or is being maintained."],
        steps: &["Nothing to do: we try again by ourselves.", "The status page of the provider may say more."],
    },
    ReasonHelp {
        code: "request-rejected",
        title: "A request was refused",
        technical_name: "Request rejected",
        happened: "The provider did not understand one of our requests.",
        meaning: "That is a fault on our side or a change on the provider's, not yours. The connection keeps working.",
        causes: &["The provider updated its interface."],
        steps: &["Nothing to do. If the data is late for more than a day, contact support."],
    },
    UNKNOWN,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_a_person_can_meet_has_a_page_with_steps() {
        for &reason in Reason::ALL.iter().filter(|reason| **reason != Reason::NotAFailure) {
            let help = by_code(reason.code()).unwrap_or_else(|| panic!("no help for {reason:?}"));
            assert!(!help.steps.is_empty() && !help.causes.is_empty());
        }
        assert!(by_code("no-such-reason").is_none());
    }
}
