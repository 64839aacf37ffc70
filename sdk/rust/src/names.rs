//! The contract's names of its enum cases, as they stand in JSON, in logs and in fixtures.

use crate::{Actor, Blast, Certainty, Phase, Reason, Remedy, TransportKind};

macro_rules! names {
    ($($kind:ident: $($case:ident = $name:literal)+;)+) => {$(
        impl $kind {
            /// Every case, in the contract's order.
            pub const ALL: &[Self] = &[$(Self::$case),+];

            /// The contract's name of the case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$case => $name),+ }
            }

            /// The case of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|case| case.name() == name)
            }
        }
    )+};
}

names! {
    Phase: Authorize = "authorize" Exchange = "exchange" Refresh = "refresh" Probe = "probe"
        Sync = "sync" Revoke = "revoke" Inbound = "inbound";
    Reason: InvalidCredentials = "invalid-credentials" InvalidRefreshToken = "invalid-refresh-token"
        ExpiredToken = "expired-token" InsufficientPrivileges = "insufficient-privileges"
        AccountActionRequired = "account-action-required" ProviderSpecific = "provider-specific"
        AppMisconfigured = "app-misconfigured" RateLimited = "rate-limited"
        ProviderOutage = "provider-outage" RequestRejected = "request-rejected"
        NotAFailure = "not-a-failure" Unknown = "unknown";
    Certainty: Certain = "certain" Doubtful = "doubtful";
    Blast: Request = "request" Account = "account" Authorization = "authorization" App = "app"
        Provider = "provider";
    Actor: Nobody = "nobody" ConnectingUser = "connecting-user" AccountAdmin = "account-admin"
        Operator = "operator";
    Remedy: None = "none" Wait = "wait" Refresh = "refresh" Reauthorize = "reauthorize"
        ReplaceSecret = "replace-secret" ActAtProvider = "act-at-provider" AskAdmin = "ask-admin"
        FixBilling = "fix-billing" Operator = "operator";
    TransportKind: Dns = "dns" Connect = "connect" Tls = "tls" Timeout = "timeout" Reset = "reset"
        TooLarge = "too-large" Blocked = "blocked" Other = "other";
}
