//! The common words for reasons: a title and how to read and resolve it, without provider names.

use crate::reason::Reason;

/// How a person reads a reason.
pub struct ReasonText {
    /// The name that reporting products commonly use for it.
    pub technical_name: &'static str,
    /// What happened, in a few words, for a table cell.
    pub short: &'static str,
}

pub const fn text_of(reason: Reason) -> ReasonText {
    let (technical_name, short) = match reason {
        Reason::InvalidCredentials => ("Invalid credentials", "Sign-in is no longer accepted"),
        Reason::InvalidRefreshToken => ("Invalid refresh token", "Access was withdrawn"),
        Reason::ExpiredToken => ("Expired token / invalid grant", "Permission expired"),
        Reason::InsufficientPrivileges => ("Insufficient privileges", "Access to the account was lost"),
        Reason::AccountActionRequired => ("Account action required", "The provider wants something confirmed"),
        Reason::ProviderSpecific => ("Unique data source error", "The provider asks for something special"),
        Reason::AppMisconfigured => ("App misconfigured", "The app registration needs the operator"),
        Reason::RateLimited => ("Rate limited", "The provider's limit is reached"),
        Reason::ProviderOutage => ("Provider outage", "The provider has problems"),
        Reason::RequestRejected => ("Request rejected", "A request was refused"),
        Reason::NotAFailure => ("Not a failure", "Nothing is wrong"),
        Reason::Unknown => ("Unknown", "The provider did not say why"),
    };
    ReasonText { technical_name, short }
}
