//! Why a reconnection could not begin or be completed, in words for the person who tried.

use relink_core::plugin::Unusable;
use relink_core::reason::Diagnosis;
use relink_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum ReconnectError {
    #[error("there is no such authorization")]
    NotFound,
    #[error("only people who may change this data source can reconnect it")]
    NotAllowed,
    #[error("{0} does not sign in on the provider's pages; enter its key instead")]
    NotOAuth(String),
    #[error("{plugin} has no {secret} yet: the operator must set it in the configuration")]
    MissingAppSecret { plugin: String, secret: String },
    #[error("a setting is missing or cannot be used")]
    Settings(Vec<Unusable>),
    #[error("{0}")]
    Plugin(String),
    /// Trouble of this host.
    #[error("{0}")]
    Host(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a callback that healed nothing. Nothing stored was changed.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    #[error("the callback carries no state")]
    NoState,
    #[error("the callback carries a parameter twice")]
    Ambiguous,
    #[error("no sign-in with this state was begun")]
    UnknownState,
    #[error("this sign-in was begun too long ago")]
    Expired,
    #[error("this sign-in was already completed")]
    AlreadyUsed,
    #[error("this sign-in was begun in another browser or by somebody else")]
    ForeignSession,
    #[error("the answer does not name the issuer of {provider}")]
    ForeignIssuer { return_to: String, provider: String },
    #[error("the sign-in was cancelled at the provider")]
    Declined { return_to: String, diagnosis: Diagnosis },
    #[error("the provider refused the sign-in")]
    ProviderRefused { return_to: String, diagnosis: Diagnosis },
    #[error("another account signed in")]
    WrongAccount { return_to: String, expected: String, got: String },
    #[error("the provider does not say whose account signed in")]
    UnknownAccount { return_to: String, expected: String },
    #[error("a needed permission was not given")]
    MissingScopes { return_to: String, labels: Vec<String> },
    #[error("the host could not complete the sign-in")]
    Host { return_to: Option<String>, problem: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CallbackError {
    /// What happened, as a heading.
    pub fn title(&self) -> &'static str {
        match self {
            Self::NoState | Self::Ambiguous | Self::UnknownState => "This sign-in cannot be completed",
            Self::Expired => "This sign-in took too long",
            Self::AlreadyUsed => "This sign-in is already done",
            Self::ForeignSession => "This sign-in belongs to somebody else",
            Self::ForeignIssuer { .. } => "This answer came from somewhere else",
            Self::Declined { .. } => "You cancelled the sign-in",
            Self::ProviderRefused { .. } => "The provider did not let us in",
            Self::WrongAccount { .. } => "You signed in with another account",
            Self::UnknownAccount { .. } => "It is not clear who signed in",
            Self::MissingScopes { .. } => "One permission was not ticked",
            Self::Host { .. } | Self::Store(_) => "Something went wrong on our side",
        }
    }

    /// What happened and what to do, for a person.
    pub fn message(&self) -> String {
        match self {
            Self::NoState | Self::Ambiguous | Self::UnknownState => {
                "The link that brought you here is incomplete or was not made by us. Nothing was changed. \
                 Start again from your data sources."
                    .to_owned()
            }
            Self::Expired => "Nothing was changed. Start again; you have ten minutes to sign in.".to_owned(),
            Self::AlreadyUsed => "Look at your data sources to see the result. There is nothing more to do.".to_owned(),
            Self::ForeignSession => {
                "For your safety a sign-in must be finished in the browser where it was begun. Nothing was changed. \
                 Start again from your data sources."
                    .to_owned()
            }
            Self::ForeignIssuer { provider, .. } => format!(
                "{provider} says in each answer that it is its own, and this one does not, so it may have been \
                 put in its place. Nothing was changed and nothing was sent on. Try again; if it happens again, \
                 tell your operator."
            ),
            Self::Declined { .. } => "Nothing was changed. You can try again whenever you like.".to_owned(),
            Self::ProviderRefused { diagnosis, .. } => diagnosis.message.clone(),
            Self::WrongAccount { expected, got, .. } => format!(
                "You signed in as {got}, but this connection uses {expected}. Nothing was changed. \
                 Try again and choose {expected}."
            ),
            Self::UnknownAccount { expected, .. } => format!(
                "The provider did not say whose account this is, and this connection uses {expected}. \
                 Nothing was changed. Try again; if it happens again, tell your operator."
            ),
            Self::MissingScopes { labels, .. } => format!(
                "Nothing was changed. Try again and leave this ticked on the provider's page: {}.",
                labels.join("; ")
            ),
            Self::Host { .. } | Self::Store(_) => {
                "Nothing was changed. Try again in a minute; if it happens again, tell your operator.".to_owned()
            }
        }
    }

    /// The HTTP status of the page that says so.
    pub fn status(&self) -> u16 {
        match self {
            Self::Host { .. } | Self::Store(_) => 500,
            Self::ForeignSession => 403,
            Self::AlreadyUsed => 409,
            Self::Expired => 410,
            _ => 400,
        }
    }

    /// Where the person came from, if that is known.
    pub fn return_to(&self) -> Option<&str> {
        match self {
            Self::ForeignIssuer { return_to, .. }
            | Self::Declined { return_to, .. }
            | Self::ProviderRefused { return_to, .. }
            | Self::WrongAccount { return_to, .. }
            | Self::UnknownAccount { return_to, .. }
            | Self::MissingScopes { return_to, .. } => Some(return_to),
            Self::Host { return_to, .. } => return_to.as_deref(),
            _ => None,
        }
    }

    /// A stable word for the API and the log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoState => "no-state",
            Self::Ambiguous => "ambiguous-callback",
            Self::UnknownState => "unknown-state",
            Self::Expired => "expired",
            Self::AlreadyUsed => "already-used",
            Self::ForeignSession => "foreign-session",
            Self::ForeignIssuer { .. } => "foreign-issuer",
            Self::Declined { .. } => "declined",
            Self::ProviderRefused { .. } => "provider-refused",
            Self::WrongAccount { .. } => "wrong-account",
            Self::UnknownAccount { .. } => "unknown-account",
            Self::MissingScopes { .. } => "missing-scopes",
            Self::Host { .. } | Self::Store(_) => "host-trouble",
        }
    }
}
