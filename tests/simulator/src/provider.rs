//! The providers and the host names under which their plugins reach them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A provider that is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Google: OAuth, Google Ads and Google Analytics 4.
    Google,
    /// Meta: Facebook Login, Marketing API and Business Manager.
    Meta,
    /// LinkedIn: OAuth and the advertising API.
    LinkedIn,
    /// X: OAuth 2 and API v2.
    X,
    /// Ahrefs API v3.
    Ahrefs,
    /// Copper developer API v1.
    Copper,
}

impl Provider {
    /// Every provider, in the order of the control page.
    pub const ALL: [Self; 6] = [Self::Google, Self::Meta, Self::LinkedIn, Self::X, Self::Ahrefs, Self::Copper];

    /// The text form used by the control API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Meta => "meta",
            Self::LinkedIn => "linkedin",
            Self::X => "x",
            Self::Ahrefs => "ahrefs",
            Self::Copper => "copper",
        }
    }

    /// What a person calls it.
    pub fn display_name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Meta => "Meta",
            Self::LinkedIn => "LinkedIn",
            Self::X => "X",
            Self::Ahrefs => "Ahrefs",
            Self::Copper => "Copper",
        }
    }

    /// True where people sign in; false where they paste a key.
    pub fn has_logins(self) -> bool {
        !matches!(self, Self::Ahrefs | Self::Copper)
    }

    pub(crate) fn of_host(host: &str) -> Option<Self> {
        match host {
            "accounts.google.com"
            | "oauth2.googleapis.com"
            | "openidconnect.googleapis.com"
            | "www.googleapis.com"
            | "googleads.googleapis.com"
            | "analyticsadmin.googleapis.com"
            | "analyticsdata.googleapis.com" => Some(Self::Google),
            "www.facebook.com" | "graph.facebook.com" => Some(Self::Meta),
            "www.linkedin.com" | "api.linkedin.com" => Some(Self::LinkedIn),
            "x.com" | "twitter.com" | "api.x.com" | "api.twitter.com" => Some(Self::X),
            "api.ahrefs.com" => Some(Self::Ahrefs),
            "api.copper.com" => Some(Self::Copper),
            _ => None,
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Provider {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|provider| provider.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no simulated provider"))
    }
}
