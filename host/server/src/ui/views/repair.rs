//! What helps: the one button that a broken data source gets, everywhere the same.

use relink_core::reason::Remedy;

/// How this data source is repaired. It depends on how the provider is signed in to, which the
/// authorization records, and on the remedy; never on a guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Repair {
    /// Sign in at the provider again.
    Reconnect { authorization_id: String },
    /// Type a new key, on the page of the connection.
    UpdateKey { connection_id: String },
    /// Somebody did something at the provider: look whether it helped.
    CheckAgain { connection_id: String },
    /// Nobody here need do anything.
    Nothing,
}

/// How the provider is signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignInKind {
    /// On the provider's own pages.
    OAuth,
    /// With a key that somebody typed.
    Key,
}

impl Repair {
    pub(crate) fn new(remedy: Remedy, kind: SignInKind, authorization_id: &str, connection_id: &str) -> Self {
        let connection_id = connection_id.to_owned();
        match remedy {
            Remedy::FixBilling | Remedy::ActAtProvider | Remedy::AskAdmin => Self::CheckAgain { connection_id },
            Remedy::Wait | Remedy::Refresh | Remedy::Operator => Self::Nothing,
            Remedy::Reauthorize | Remedy::ReplaceSecret | Remedy::None => match kind {
                SignInKind::OAuth => Self::Reconnect { authorization_id: authorization_id.to_owned() },
                SignInKind::Key => Self::UpdateKey { connection_id },
            },
        }
    }

    /// The authorization to sign in for, where signing in is what helps.
    pub(crate) fn authorization_id(&self) -> Option<&str> {
        match self {
            Self::Reconnect { authorization_id } => Some(authorization_id),
            Self::UpdateKey { .. } | Self::CheckAgain { .. } | Self::Nothing => None,
        }
    }

    /// Where the new key is typed, where a new key is what helps.
    pub(crate) fn key_href(&self) -> Option<String> {
        match self {
            Self::UpdateKey { connection_id } => Some(format!("/connections/{connection_id}#update-key")),
            Self::Reconnect { .. } | Self::CheckAgain { .. } | Self::Nothing => None,
        }
    }

    /// What "Check again" posts to, where a look is what helps.
    pub(crate) fn check_action(&self) -> Option<String> {
        match self {
            Self::CheckAgain { connection_id } => Some(format!("/connections/{connection_id}/check")),
            Self::Reconnect { .. } | Self::UpdateKey { .. } | Self::Nothing => None,
        }
    }

    /// The words on the button: "Reconnect Google Ads".
    pub(crate) fn label(&self, provider: &str) -> String {
        match self {
            Self::Reconnect { .. } => format!("Reconnect {provider}"),
            Self::UpdateKey { .. } => format!("Update {provider} key"),
            Self::CheckAgain { .. } => format!("Check {provider} again"),
            Self::Nothing => String::new(),
        }
    }
}
