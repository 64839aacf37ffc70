//! The troubles that can befall a login, a key or an account: their names, and where each exists.
//! What a trouble looks like on the wire is told in the provider's own module.

use serde::{Deserialize, Serialize};

use crate::{
    Provider,
    trouble::Subject,
    world::{Kind, world},
};

/// A trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", content = "params", rename_all = "kebab-case")]
pub enum Fault {
    /// The person removed the app: every token is dead until a new consent.
    Revoked,
    /// The person changed the password: every token is dead until a new consent.
    PasswordChanged,
    /// The person signed out of all devices, which ends tokens where the provider says so.
    SignedOut,
    /// Access tokens are past their time; refresh tokens live on.
    AccessExpired,
    /// Access and refresh tokens are past their time.
    EverythingExpired,
    /// The grant lost every permission but those that identify the person.
    ScopeLost,
    /// The API key was deleted; a new one must be made.
    KeyDeleted,
    /// New terms wait to be accepted; the consent page lets the person do so.
    TermsChanged,
    /// The provider asks for a second factor; the consent page lets the person give it.
    MfaRequired,
    /// The login or account is suspended by the provider.
    Suspended,
    /// The person lost the role in the account, or the key's owner lost access.
    RoleLost,
    /// The subscription or the bought credits ran out.
    SubscriptionLapsed,
    /// The token endpoint refuses with a code that is documented nowhere, as providers add them.
    Unexplained,
    /// The operator's client secret is no longer right.
    ClientSecretWrong,
    /// The provider throttles.
    RateLimited {
        /// Seconds until it stops, told in the provider's own way, if it has one.
        #[serde(default = "thirty")]
        retry_after_s: u64,
    },
    /// The provider answers with its own error document.
    Outage {
        /// A 5xx status.
        #[serde(default = "unavailable")]
        status: u16,
    },
    /// Right answers, late.
    Slow {
        /// Delay of each answer.
        #[serde(default = "three_seconds")]
        ms: u64,
    },
    /// No answer at all, the connection stays open.
    Hang,
    /// An HTML page from a proxy in front of the provider.
    HtmlPage {
        /// Status of the page, which may be 200.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// An error that repeats the request with all its headers, as careless gateways send it.
    Echo {
        /// Status of the answer.
        #[serde(default = "unauthorized")]
        status: u16,
    },
    /// A body without end, made while it is sent.
    HugeBody {
        /// Where it ends after all.
        #[serde(default = "ten_gigabytes")]
        bytes: u64,
    },
    /// The connection is reset before an answer.
    ConnectionReset,
    /// There is nothing any more at paths that contain this. Not on the control page, which asks for no path.
    Gone {
        /// Part of the path.
        path: String,
    },
}

fn thirty() -> u64 {
    30
}

fn unavailable() -> u16 {
    503
}

fn three_seconds() -> u64 {
    3000
}

fn bad_gateway() -> u16 {
    502
}

fn unauthorized() -> u16 {
    401
}

fn ten_gigabytes() -> u64 {
    10 * 1024 * 1024 * 1024
}

impl Fault {
    /// One of each that needs no parameter, or has a usual one, in the order of the control page.
    pub fn all() -> [Self; 22] {
        [
            Self::Revoked,
            Self::PasswordChanged,
            Self::SignedOut,
            Self::AccessExpired,
            Self::EverythingExpired,
            Self::ScopeLost,
            Self::RoleLost,
            Self::Suspended,
            Self::TermsChanged,
            Self::MfaRequired,
            Self::KeyDeleted,
            Self::SubscriptionLapsed,
            Self::Unexplained,
            Self::ClientSecretWrong,
            Self::RateLimited { retry_after_s: thirty() },
            Self::Outage { status: unavailable() },
            Self::Slow { ms: three_seconds() },
            Self::Hang,
            Self::HtmlPage { status: bad_gateway() },
            Self::Echo { status: unauthorized() },
            Self::HugeBody { bytes: ten_gigabytes() },
            Self::ConnectionReset,
        ]
    }

    /// The name on its button.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Revoked => "Revoke access",
            Self::PasswordChanged => "Change the password",
            Self::SignedOut => "Sign out of all devices",
            Self::AccessExpired => "Expire access tokens",
            Self::EverythingExpired => "Expire everything",
            Self::ScopeLost => "Take permissions away",
            Self::KeyDeleted => "Delete the key",
            Self::TermsChanged => "Change the terms",
            Self::MfaRequired => "Require a second factor",
            Self::Suspended => "Suspend",
            Self::RoleLost => "Take the role away",
            Self::SubscriptionLapsed => "Let the subscription lapse",
            Self::Unexplained => "Refuse without a known reason",
            Self::ClientSecretWrong => "Make the client secret wrong",
            Self::RateLimited { .. } => "Throttle (429)",
            Self::Outage { .. } => "Outage (5xx)",
            Self::Slow { .. } => "Slow answers",
            Self::Hang => "Never answer",
            Self::HtmlPage { .. } => "HTML error page",
            Self::Echo { .. } => "Repeat the request",
            Self::HugeBody { .. } => "Huge body",
            Self::ConnectionReset => "Reset connections",
            Self::Gone { .. } => "Remove a path",
        }
    }

    /// True for what happens to requests rather than to people.
    pub fn is_weather(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Outage { .. }
                | Self::Slow { .. }
                | Self::Hang
                | Self::HtmlPage { .. }
                | Self::Echo { .. }
                | Self::HugeBody { .. }
                | Self::ConnectionReset
                | Self::Gone { .. }
        )
    }

    /// True for what happens to tokens and keys in one moment; the others last.
    pub(crate) fn is_event(&self) -> bool {
        matches!(
            self,
            Self::Revoked
                | Self::PasswordChanged
                | Self::SignedOut
                | Self::AccessExpired
                | Self::EverythingExpired
                | Self::ScopeLost
                | Self::KeyDeleted
        )
    }

    /// True for what a new consent, or a new key, puts right.
    pub(crate) fn ends_with_consent(&self) -> bool {
        self.is_event() || matches!(self, Self::TermsChanged | Self::MfaRequired | Self::Unexplained)
    }

    /// Whether this can happen to this subject at this provider at all.
    pub fn can_happen(&self, provider: Provider, subject: &Subject) -> bool {
        let to_account = subject.account.is_some();
        match self {
            Self::Revoked | Self::PasswordChanged | Self::AccessExpired | Self::EverythingExpired | Self::ScopeLost => {
                provider.has_logins() && !to_account
            }
            // Google's tokens outlive the sessions of the person.
            Self::SignedOut => provider == Provider::Meta && !to_account,
            Self::Unexplained => provider == Provider::Google && !to_account,
            // The admin of a Google Ads account can ask everybody in it for a second factor.
            Self::MfaRequired => match &subject.account {
                Some(id) => world().account(provider, id).is_some_and(|account| account.kind == Kind::AdsCustomer),
                None => matches!(provider, Provider::Google | Provider::Meta | Provider::X),
            },
            Self::TermsChanged => matches!(provider, Provider::Google | Provider::Meta),
            // Meta and LinkedIn let a disabled ad account be read, so only people are suspended there.
            Self::Suspended => provider.has_logins() && (!to_account || provider == Provider::Google),
            Self::RoleLost => !matches!(provider, Provider::X | Provider::Ahrefs),
            Self::KeyDeleted => !provider.has_logins() && !to_account,
            Self::SubscriptionLapsed => matches!(provider, Provider::Ahrefs | Provider::X),
            Self::ClientSecretWrong => provider.has_logins() && *subject == Subject::WHOLE_PROVIDER,
            _ => true,
        }
    }
}
