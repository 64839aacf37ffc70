//! Why something is broken: the common codes, and the diagnosis that carries one.

use serde::{Deserialize, Serialize};

macro_rules! code_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable code, as in the API and the database.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

code_enum! {
    /// Few on purpose, and common to all providers; what grows is [`Diagnosis::code`].
    Reason {
        InvalidCredentials = "invalid-credentials",
        InvalidRefreshToken = "invalid-refresh-token",
        ExpiredToken = "expired-token",
        InsufficientPrivileges = "insufficient-privileges",
        /// Blocked, suspended, new terms, multi-factor, consent.
        AccountActionRequired = "account-action-required",
        /// The specific code says what: a lapsed subscription, a deleted key.
        ProviderSpecific = "provider-specific",
        /// Our client id, secret, redirect URI or approval.
        AppMisconfigured = "app-misconfigured",
        RateLimited = "rate-limited",
        ProviderOutage = "provider-outage",
        /// A bug of the host or of the plugin.
        RequestRejected = "request-rejected",
        NotAFailure = "not-a-failure",
        Unknown = "unknown",
    }
}

code_enum! {
    /// Who is hit.
    Blast {
        Request = "request",
        Account = "account",
        Authorization = "authorization",
        App = "app",
        Provider = "provider",
    }
}

code_enum! {
    /// Who can act.
    Actor {
        Nobody = "nobody",
        ConnectingUser = "connecting-user",
        AccountAdmin = "account-admin",
        Operator = "operator",
    }
}

code_enum! {
    /// What helps.
    Remedy {
        None = "none",
        Wait = "wait",
        /// The host refreshes the access token by itself.
        Refresh = "refresh",
        Reauthorize = "reauthorize",
        ReplaceSecret = "replace-secret",
        ActAtProvider = "act-at-provider",
        AskAdmin = "ask-admin",
        FixBilling = "fix-billing",
        Operator = "operator",
    }
}

code_enum! {
    /// How sure the plugin is; doubtful failures are watched for longer before anybody is told.
    Certainty {
        Certain = "certain",
        Doubtful = "doubtful",
    }
}

/// What a plugin concluded from one failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    pub reason: Reason,
    /// Stable and specific: `ahrefs.subscription-lapsed`.
    pub code: String,
    /// Why, if known: `password-changed`.
    pub cause: Option<String>,
    pub certainty: Certainty,
    pub blast: Blast,
    pub actor: Actor,
    pub remedy: Remedy,
    pub retry_after_ms: Option<u64>,
    /// Plain words for the person who reconnects.
    pub message: String,
    pub help_url: Option<String>,
}

impl Diagnosis {
    /// Whether somebody on the customer's side must act.
    pub fn needs_user(&self) -> bool {
        matches!(self.actor, Actor::ConnectingUser | Actor::AccountAdmin)
    }

    /// Whether an automatic retry, after a refresh or a wait of at most a day, can succeed.
    pub fn is_retryable(&self) -> bool {
        matches!(self.remedy, Remedy::Wait | Remedy::Refresh) || self.retry_after_ms.is_some()
    }

    /// Whether a person must repair something before data can flow again.
    ///
    /// Waiting and refreshing are never breakage, whatever the plugin says about the reason.
    pub fn is_breakage(&self) -> bool {
        let terminal = match self.reason {
            Reason::InvalidCredentials
            | Reason::InvalidRefreshToken
            | Reason::ExpiredToken
            | Reason::InsufficientPrivileges
            | Reason::AccountActionRequired
            | Reason::ProviderSpecific
            | Reason::Unknown => true,
            Reason::AppMisconfigured
            | Reason::RateLimited
            | Reason::ProviderOutage
            | Reason::RequestRejected
            | Reason::NotAFailure => false,
        };
        terminal && !matches!(self.remedy, Remedy::Wait | Remedy::Refresh) && self.actor != Actor::Operator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(*reason));
            assert_eq!(serde_json::to_string(reason).unwrap(), format!("{:?}", reason.code()));
        }
        assert_eq!(Reason::from_code("nonsense"), None);
    }
}
