//! The closed sets of the contract, by the names that the contract gives their cases.

use std::str::FromStr;

use relink_sdk::Phase;

use super::from_text;

/// A set whose cases the SDK names already.
macro_rules! of_the_contract {
    ($($kind:ident is $what:literal;)+) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) struct $kind(pub(crate) relink_sdk::$kind);

        impl FromStr for $kind {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                relink_sdk::$kind::from_name(text).map(Self).ok_or_else(|| unknown(text, $what, &Self::names()))
            }
        }

        impl $kind {
            /// What may be written.
            pub(crate) fn names() -> Vec<&'static str> {
                relink_sdk::$kind::ALL.iter().map(|case| case.name()).collect()
            }
        }

        from_text!($kind);
    )+};
}

of_the_contract! {
    Reason is "reason";
    Remedy is "remedy";
    Actor is "actor";
    Blast is "blast";
}

/// A set that has names here alone.
macro_rules! of_the_table {
    ($($kind:ident is $what:literal: $($case:ident = $name:literal)+;)+) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $kind { $($case),+ }

        impl FromStr for $kind {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($name => Ok(Self::$case),)+
                    _ => Err(unknown(text, $what, &Self::names())),
                }
            }
        }

        impl $kind {
            /// What may be written.
            pub(crate) fn names() -> Vec<&'static str> {
                vec![$($name),+]
            }
        }

        from_text!($kind);
    )+};
}

of_the_table! {
    Grant is "kind of credential": Secret = "secret" Refreshable = "refreshable" NotRefreshable = "not-refreshable";
    BudgetKey is "key of a budget": App = "app" Authorization = "authorization" Connection = "connection";
    Unit is "unit": Seconds = "seconds" Milliseconds = "milliseconds" Minutes = "minutes";
    Phases is "phase": Api = "api" TokenEndpoint = "token-endpoint" Authorize = "authorize" Exchange = "exchange"
        Refresh = "refresh" Probe = "probe" Sync = "sync" Revoke = "revoke";
}

impl Phases {
    pub(crate) fn cases(self) -> &'static [Phase] {
        match self {
            Self::Api => &[Phase::Probe, Phase::Sync],
            Self::TokenEndpoint => &[Phase::Exchange, Phase::Refresh],
            Self::Authorize => &[Phase::Authorize],
            Self::Exchange => &[Phase::Exchange],
            Self::Refresh => &[Phase::Refresh],
            Self::Probe => &[Phase::Probe],
            Self::Sync => &[Phase::Sync],
            Self::Revoke => &[Phase::Revoke],
        }
    }
}

fn unknown(text: &str, what: &str, names: &[&str]) -> String {
    format!("`{text}` is no {what}: write one of {}", names.join(", "))
}

impl From<Grant> for relink_sdk::Grant {
    fn from(grant: Grant) -> Self {
        match grant {
            Grant::Secret => Self::Secret,
            Grant::Refreshable => Self::Refreshable,
            Grant::NotRefreshable => Self::NotRefreshable,
        }
    }
}

impl From<BudgetKey> for relink_sdk::BudgetKey {
    fn from(key: BudgetKey) -> Self {
        match key {
            BudgetKey::App => Self::App,
            BudgetKey::Authorization => Self::Authorization,
            BudgetKey::Connection => Self::Connection,
        }
    }
}

impl From<Unit> for relink_sdk::Unit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Seconds => Self::Seconds,
            Unit::Milliseconds => Self::Milliseconds,
            Unit::Minutes => Self::Minutes,
        }
    }
}
