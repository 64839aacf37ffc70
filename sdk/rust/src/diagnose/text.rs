//! What a person reads when the author of the plugin wrote nothing better.

use crate::{Failure, Reason, Remedy};

/// Longest quotation of the provider's own words.
const MAX_QUOTE_CHARS: usize = 240;

/// Says what happened and who must do what next; `{provider}` is filled in later.
pub(super) fn usual_message(reason: Reason, remedy: Remedy) -> &'static str {
    match (reason, remedy) {
        (Reason::ExpiredToken, Remedy::Refresh) => {
            "The access to {provider} has run out and is being renewed. Nothing needs to be done."
        }
        (Reason::ExpiredToken | Reason::InvalidCredentials, Remedy::ReplaceSecret) => {
            "{provider} no longer accepts the key of this connection. Create a new key at {provider} and enter it here."
        }
        (Reason::ExpiredToken, _) => "The access to {provider} has run out. Please reconnect to renew it.",
        (Reason::InvalidCredentials, _) => {
            "{provider} no longer accepts the login of this connection, as happens after a change of password or when access was withdrawn. Please reconnect."
        }
        (Reason::InvalidRefreshToken, _) => {
            "{provider} no longer lets us renew the access, as happens when access was withdrawn, the password was changed or the access was not used for long. Please reconnect."
        }
        (Reason::InsufficientPrivileges, Remedy::Reauthorize) => {
            "{provider} did not give all the permissions that this connection needs. Please reconnect and leave all permissions ticked."
        }
        (Reason::InsufficientPrivileges, _) => {
            "The login of this connection may not see this data at {provider}. Ask an admin of the {provider} account to give it access, or reconnect with another login."
        }
        (Reason::AccountActionRequired, _) => {
            "{provider} wants something to be done on its own pages before it gives access again. Log in at {provider}, follow its instructions, then reconnect."
        }
        (Reason::ProviderSpecific, Remedy::FixBilling) => {
            "The {provider} plan or balance does not allow this. An admin of the {provider} account must renew or extend it; afterwards the connection heals by itself."
        }
        (Reason::ProviderSpecific, _) => {
            "{provider} refuses access for a reason of its own. Check the account at {provider}."
        }
        (Reason::AppMisconfigured, _) => {
            "{provider} does not accept our application. Our operators have to repair this; you need not do anything."
        }
        (Reason::RateLimited, _) => "{provider} asked us to slow down. The data catches up by itself.",
        (Reason::ProviderOutage, _) => {
            "{provider} cannot be reached or answers with errors of its own. We keep trying; nothing needs to be done."
        }
        (Reason::RequestRejected, _) => {
            "{provider} rejected our request as wrong. Our operators have to look at this; reconnecting does not help."
        }
        (Reason::NotAFailure, _) => "{provider} answered as it should.",
        (Reason::Unknown, _) => {
            "{provider} refused access, and we cannot tell exactly why. Reconnecting is the best thing to try."
        }
    }
}

/// Puts names into a message.
pub(super) fn fill(message: &str, provider: &str, failure: &Failure) -> String {
    let account = failure.account.as_deref().unwrap_or("the account");
    message.replace("{provider}", provider).replace("{account}", account)
}

/// Appends the provider's own words, shortened and on one line.
pub(super) fn quote(message: &str, words: &str) -> String {
    let words: String = words
        .chars()
        .filter(|character| !matches!(character, '<' | '>' | '{' | '}'))
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(MAX_QUOTE_CHARS)
        .collect();
    format!("{message} {{provider}} says: \u{201c}{}\u{201d}", words.trim())
}
