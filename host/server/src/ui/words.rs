//! What to say about something broken: what happened, who can fix it, what to do, what happens to
//! the data. Always these four, in this order, one short sentence each and without blame.

mod causes;
pub(crate) mod help;
#[cfg(test)]
mod tests;

use relink_core::reason::{Actor, Reason, Remedy};
use relink_core::words::text_of;

/// Everything that the wording may draw on. Dates are already text, see [`crate::ui::when::day`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) reason: Reason,
    pub(crate) cause: Option<&'a str>,
    pub(crate) actor: Actor,
    pub(crate) remedy: Remedy,
    pub(crate) provider: &'a str,
    /// The label of the authorization: "ana@northside.example".
    pub(crate) login: &'a str,
    /// The account that cannot be read, when it is one account only.
    pub(crate) account: Option<&'a str>,
    /// Who authorized it last.
    pub(crate) authorized_by: Option<&'a str>,
    pub(crate) opened_on: &'a str,
    /// The last day that reports have.
    pub(crate) data_until: Option<&'a str>,
    /// What the plugin said, in plain words.
    pub(crate) message: &'a str,
    /// After how many days the provider asks for permission again.
    pub(crate) reauthorize_days: Option<u32>,
    pub(crate) uses_key: bool,
}

/// The wording of one incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// The headline, with the product in it.
    pub(crate) title: String,
    /// The reason in a few words, for a table cell.
    pub(crate) short: String,
    pub(crate) happened: String,
    /// Usual or known causes, for the details; empty if there is nothing to add.
    pub(crate) causes: Vec<&'static str>,
    pub(crate) who: String,
    pub(crate) todo: String,
    pub(crate) data: String,
    /// The name that other products use: "Invalid refresh token".
    pub(crate) technical_name: &'static str,
}

impl Words {
    pub(crate) fn of(case: &Case) -> Self {
        Self {
            title: title(case),
            short: short(case),
            happened: happened(case),
            causes: causes(case),
            who: who(case),
            todo: todo(case),
            data: data(case),
            technical_name: text_of(case.reason).technical_name,
        }
    }
}

fn title(case: &Case) -> String {
    let Case { provider, login, .. } = case;
    match (case.reason, case.remedy) {
        (Reason::InvalidCredentials, _) if case.uses_key => {
            format!("{provider} no longer accepts the key {login}")
        }
        (Reason::InvalidCredentials, _) => {
            format!("{provider} no longer accepts the sign-in of {login}")
        }
        (Reason::InvalidRefreshToken, _) => format!("{provider} access for {login} was withdrawn"),
        (Reason::ExpiredToken, _) => format!("{provider} permission of {login} has expired"),
        (Reason::InsufficientPrivileges, _) => match case.account {
            Some(account) => format!("{provider}: {login} lost access to {account}"),
            None => format!("{provider}: {login} lost access"),
        },
        (Reason::AccountActionRequired, _) => {
            format!("{provider} wants something confirmed by {login}")
        }
        (_, Remedy::FixBilling) => format!("{provider} needs an active subscription"),
        (_, Remedy::ReplaceSecret) => format!("{provider} needs a new key"),
        (Reason::AppMisconfigured, _) => {
            format!("{provider} does not accept this server at the moment")
        }
        (Reason::RateLimited | Reason::ProviderOutage, _) => format!("Waiting for {provider}"),
        _ => format!("{provider} stopped answering for {login}"),
    }
}

fn short(case: &Case) -> String {
    let of_cause = causes::of(case.cause).and_then(|cause| cause.short);
    let text = match (case.reason, case.remedy, of_cause) {
        (_, Remedy::FixBilling, _) => "Subscription is not active",
        (_, _, Some(short)) => short,
        (Reason::ProviderSpecific, Remedy::ReplaceSecret, _) => "Key was deleted or replaced",
        (Reason::InvalidCredentials, ..) if case.uses_key => "Key is no longer accepted",
        (reason, ..) => text_of(reason).short,
    };
    text.to_owned()
}

fn happened(case: &Case) -> String {
    let Case { provider, opened_on, message, .. } = case;
    match case.reason {
        Reason::InvalidRefreshToken => format!("{provider} ended our access on {opened_on}."),
        Reason::ExpiredToken => match case.reauthorize_days {
            Some(days) => {
                format!("{provider} asks for permission again every {days} days, and it ran out on {opened_on}.")
            }
            None => format!("The permission that {provider} gave us ran out on {opened_on}."),
        },
        Reason::InvalidCredentials => {
            let (what, usual) = if case.uses_key { ("key", "replaced") } else { ("sign-in", "changed") };
            let since = format!("Since {opened_on} {provider} does not accept the {what}");
            match causes::of(case.cause) {
                Some(known) => format!("{since}. {}", known.sentence),
                None => format!("{since}; it was probably {usual}."),
            }
        }
        Reason::InsufficientPrivileges => {
            format!("The sign-in works, but since {opened_on} {provider} refuses to show the data.")
        }
        Reason::Unknown => {
            format!("{provider} stopped answering on {opened_on} and did not say why.")
        }
        _ if message.is_empty() => format!("{provider} stopped answering on {opened_on}."),
        _ => sentence(message),
    }
}

/// The plugin's message with a full stop, so that it stands among other sentences.
fn sentence(message: &str) -> String {
    let message = message.trim();
    if message.ends_with(['.', '!', '?']) { message.to_owned() } else { format!("{message}.") }
}

fn causes(case: &Case) -> Vec<&'static str> {
    match (causes::of(case.cause), case.reason) {
        (Some(known), _) => vec![known.sentence],
        // What happened is then already the cause.
        (None, Reason::ProviderSpecific) => Vec::new(),
        (None, Reason::ExpiredToken) if case.reauthorize_days.is_some() => Vec::new(),
        (None, reason) => help::of(reason).causes.to_vec(),
    }
}

fn who(case: &Case) -> String {
    let Case { provider, login, .. } = case;
    let key_owner = match case.authorized_by {
        Some(person) => format!("{person}, or anyone with the current key, can fix this."),
        None => "Anyone with the current key can fix this.".to_owned(),
    };
    match (case.actor, case.remedy) {
        (Actor::Nobody, _) => "Nobody has to do anything.".to_owned(),
        (Actor::Operator, _) => "Whoever runs this server has been told; you need not do anything.".to_owned(),
        (_, Remedy::FixBilling) => format!("The billing owner at {provider} can fix this."),
        (Actor::AccountAdmin, _) => format!("An admin of the account at {provider} can fix this."),
        (Actor::ConnectingUser, _) if case.uses_key => key_owner,
        (Actor::ConnectingUser, _) => {
            format!("Anyone who can sign in at {provider} as {login} can fix this.")
        }
    }
}

fn todo(case: &Case) -> String {
    let Case { provider, login, .. } = case;
    match (case.remedy, case.cause) {
        (_, Some("account-deleted")) => "Connect again with another account that can see the same data.".to_owned(),
        (_, Some("account-suspended" | "account-restricted")) => {
            format!("Recover the account {login} at {provider} first, then reconnect.")
        }
        (_, Some("too-many-grants")) => {
            format!("Remove a connection that you no longer use at {provider}, then reconnect.")
        }
        (Remedy::FixBilling, _) => {
            format!("Renew the plan at {provider}, then check again. The key stays the same.")
        }
        (Remedy::AskAdmin, _) => {
            format!("Ask an admin at {provider} to give {login} access again, then check again.")
        }
        (Remedy::ActAtProvider, _) => {
            format!("Sign in at {provider} and do what it asks, then check again.")
        }
        (Remedy::ReplaceSecret, _) => {
            format!("Copy the current key from {provider} and paste it here.")
        }
        (Remedy::Reauthorize | Remedy::None, _) if case.uses_key => "Type the current key.".to_owned(),
        (Remedy::Reauthorize | Remedy::None, _) => {
            format!("Reconnect with the same account; it needs admin rights at {provider}.")
        }
        (Remedy::Wait | Remedy::Refresh, _) => "Nothing to do: we try again by ourselves.".to_owned(),
        (Remedy::Operator, _) => "Nothing to do here: reconnecting would not help.".to_owned(),
    }
}

fn data(case: &Case) -> String {
    let after = match case.remedy {
        Remedy::Wait | Remedy::Refresh => "once it answers again",
        Remedy::Operator => "once the server is set right",
        Remedy::FixBilling | Remedy::AskAdmin | Remedy::ActAtProvider => "after that",
        Remedy::Reauthorize | Remedy::ReplaceSecret | Remedy::None => "after you reconnect",
    };
    match case.data_until {
        Some(day) => {
            format!("Reports keep the numbers up to {day}; missing days are filled in {after}.")
        }
        None => {
            format!("Reports keep the numbers that they have; missing days are filled in {after}.")
        }
    }
}
