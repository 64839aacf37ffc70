//! The evidence that goes to a plugin, and the diagnosis that comes back.

use relink_core::plugin as core;
use relink_core::reason::{Actor, Blast, Certainty, Diagnosis, Reason, Remedy};

use super::exchange::{fields, unix_ms};
use super::types;
use crate::fault::Fault;
use crate::text;

const MESSAGE_CHARS: usize = 600;

/// Fails in a phase that the version does not have.
impl TryFrom<core::Failure> for types::Failure {
    type Error = Fault;

    fn try_from(from: core::Failure) -> Result<Self, Fault> {
        Ok(Self {
            now: unix_ms(from.now),
            phase: from.phase.try_into()?,
            auth_method: from.auth_method,
            status: from.status,
            headers: fields(from.headers),
            body: from.body,
            transport: from.transport.map(Into::into),
            redirect_query: from.redirect_query,
            dataset: from.dataset,
            account: from.account,
            facts: from.facts.into(),
        })
    }
}

impl From<core::Facts> for types::Facts {
    fn from(from: core::Facts) -> Self {
        Self {
            token_age_s: from.token_age_s,
            has_refresh_token: from.has_refresh_token,
            just_refreshed: from.just_refreshed,
            newer_token_in_store: from.newer_token_in_store,
            granted_scopes: from.granted_scopes,
            requested_scopes: from.requested_scopes,
            consecutive: from.consecutive,
            fleet_failure_ratio: from.fleet_failure_ratio,
        }
    }
}

impl From<types::Diagnosis> for Diagnosis {
    fn from(from: types::Diagnosis) -> Self {
        let certainty = match from.certainty {
            types::Certainty::Certain => Certainty::Certain,
            types::Certainty::Doubtful => Certainty::Doubtful,
        };
        let blast = match from.blast {
            types::Blast::Request => Blast::Request,
            types::Blast::Account => Blast::Account,
            types::Blast::Authorization => Blast::Authorization,
            types::Blast::App => Blast::App,
            types::Blast::Provider => Blast::Provider,
        };
        let actor = match from.actor {
            types::Actor::Nobody => Actor::Nobody,
            types::Actor::ConnectingUser => Actor::ConnectingUser,
            types::Actor::AccountAdmin => Actor::AccountAdmin,
            types::Actor::Operator => Actor::Operator,
        };
        Self {
            reason: from.reason.into(),
            code: from.code,
            cause: from.cause,
            certainty,
            blast,
            actor,
            remedy: from.remedy.into(),
            retry_after_ms: from.retry_after_ms,
            message: text::line(&from.message, MESSAGE_CHARS),
            help_url: from.help_url,
        }
    }
}

impl From<types::Reason> for Reason {
    fn from(from: types::Reason) -> Self {
        match from {
            types::Reason::InvalidCredentials => Self::InvalidCredentials,
            types::Reason::InvalidRefreshToken => Self::InvalidRefreshToken,
            types::Reason::ExpiredToken => Self::ExpiredToken,
            types::Reason::InsufficientPrivileges => Self::InsufficientPrivileges,
            types::Reason::AccountActionRequired => Self::AccountActionRequired,
            types::Reason::ProviderSpecific => Self::ProviderSpecific,
            types::Reason::AppMisconfigured => Self::AppMisconfigured,
            types::Reason::RateLimited => Self::RateLimited,
            types::Reason::ProviderOutage => Self::ProviderOutage,
            types::Reason::RequestRejected => Self::RequestRejected,
            types::Reason::NotAFailure => Self::NotAFailure,
            types::Reason::Unknown => Self::Unknown,
        }
    }
}

impl From<types::Remedy> for Remedy {
    fn from(from: types::Remedy) -> Self {
        match from {
            types::Remedy::None => Self::None,
            types::Remedy::Wait => Self::Wait,
            types::Remedy::Refresh => Self::Refresh,
            types::Remedy::Reauthorize => Self::Reauthorize,
            types::Remedy::ReplaceSecret => Self::ReplaceSecret,
            types::Remedy::ActAtProvider => Self::ActAtProvider,
            types::Remedy::AskAdmin => Self::AskAdmin,
            types::Remedy::FixBilling => Self::FixBilling,
            types::Remedy::Operator => Self::Operator,
        }
    }
}
