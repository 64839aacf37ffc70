//! A diagnosis in the making: a reason, and what deviates from what the reason implies.

use super::{Grant, text};
use crate::{Actor, Blast, Certainty, Diagnosis, Failure, Phase, Reason, Remedy};

/// Marks a diagnosis whose token was already replaced by another worker.
const SUPERSEDED: &str = "token-superseded";

#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) reason: Reason,
    /// Without the prefix of the plugin.
    pub(super) code: String,
    pub(super) cause: Option<String>,
    pub(super) certainty: Certainty,
    pub(super) blast: Option<Blast>,
    pub(super) actor: Option<Actor>,
    pub(super) remedy: Option<Remedy>,
    pub(super) retry_after_ms: Option<u64>,
    pub(super) message: Option<String>,
    pub(super) help_url: Option<String>,
}

impl Verdict {
    pub(super) fn new(reason: Reason, code: &str) -> Self {
        let certainty = if reason == Reason::Unknown { Certainty::Doubtful } else { Certainty::Certain };
        Self {
            reason,
            code: code.to_owned(),
            cause: None,
            certainty,
            blast: None,
            actor: None,
            remedy: None,
            retry_after_ms: None,
            message: None,
            help_url: None,
        }
    }

    pub(super) fn doubtful(mut self) -> Self {
        self.certainty = Certainty::Doubtful;
        self
    }

    pub(super) fn acted_on(mut self, actor: Actor, remedy: Remedy) -> Self {
        self.actor = Some(actor);
        self.remedy = Some(remedy);
        self
    }

    pub(super) fn hits(mut self, blast: Blast) -> Self {
        self.blast = Some(blast);
        self
    }

    pub(super) fn says(mut self, message: &str) -> Self {
        self.message = Some(message.to_owned());
        self
    }

    /// A refusal of a token that is no longer the one in the store proves nothing: another worker
    /// has renewed it meanwhile, and the next attempt takes the new one.
    pub(super) fn correct_by_facts(self, failure: &Failure) -> Self {
        let is_about_the_token =
            matches!(self.reason, Reason::ExpiredToken | Reason::InvalidCredentials | Reason::InvalidRefreshToken);
        if !is_about_the_token || failure.facts.newer_token_in_store != Some(true) {
            return self;
        }
        Self::new(Reason::ExpiredToken, SUPERSEDED)
            .doubtful()
            .acted_on(Actor::Nobody, Remedy::Refresh)
            .hits(Blast::Request)
            .says("The access to {provider} was renewed in the meantime; the next attempt uses it.")
    }

    pub(super) fn into_diagnosis(self, failure: &Failure, grant: Grant, id: &str, display_name: &str) -> Diagnosis {
        let remedy = self.remedy.unwrap_or_else(|| usual_remedy(self.reason, failure, grant));
        let message = self.message.unwrap_or_else(|| text::usual_message(self.reason, remedy).to_owned());
        let may_wait = matches!(self.reason, Reason::RateLimited | Reason::ProviderOutage);
        Diagnosis {
            reason: self.reason,
            code: format!("{id}.{}", self.code),
            cause: self.cause,
            certainty: self.certainty,
            blast: self.blast.unwrap_or_else(|| usual_blast(self.reason, remedy, failure)),
            actor: self.actor.unwrap_or_else(|| usual_actor(remedy)),
            remedy,
            retry_after_ms: self.retry_after_ms.or_else(|| failure.retry_after_ms().filter(|_| may_wait)),
            message: text::fill(&message, display_name, failure),
            help_url: self.help_url,
        }
    }
}

fn usual_remedy(reason: Reason, failure: &Failure, grant: Grant) -> Remedy {
    let just_refreshed = failure.facts.just_refreshed == Some(true);
    match (reason, grant) {
        (Reason::ExpiredToken | Reason::InvalidCredentials, Grant::Secret) => Remedy::ReplaceSecret,
        (Reason::ExpiredToken, Grant::Refreshable) if !just_refreshed && failure.phase != Phase::Refresh => {
            Remedy::Refresh
        }
        (Reason::ExpiredToken | Reason::InvalidCredentials | Reason::InvalidRefreshToken | Reason::Unknown, _) => {
            Remedy::Reauthorize
        }
        (Reason::InsufficientPrivileges, _) => Remedy::AskAdmin,
        (Reason::AccountActionRequired | Reason::ProviderSpecific, _) => Remedy::ActAtProvider,
        (Reason::AppMisconfigured | Reason::RequestRejected, _) => Remedy::Operator,
        (Reason::RateLimited | Reason::ProviderOutage, _) => Remedy::Wait,
        (Reason::NotAFailure, _) => Remedy::None,
    }
}

fn usual_actor(remedy: Remedy) -> Actor {
    match remedy {
        Remedy::None | Remedy::Wait | Remedy::Refresh => Actor::Nobody,
        Remedy::Reauthorize | Remedy::ReplaceSecret | Remedy::ActAtProvider => Actor::ConnectingUser,
        Remedy::AskAdmin | Remedy::FixBilling => Actor::AccountAdmin,
        Remedy::Operator => Actor::Operator,
    }
}

/// Missing rights that a new consent would give belong to the authorization; a role that an admin
/// took away belongs to the account for which it was needed.
fn usual_blast(reason: Reason, remedy: Remedy, failure: &Failure) -> Blast {
    let nearest = if failure.account.is_some() { Blast::Account } else { Blast::Authorization };
    match reason {
        Reason::InvalidCredentials
        | Reason::InvalidRefreshToken
        | Reason::ExpiredToken
        | Reason::AccountActionRequired
        | Reason::ProviderSpecific => Blast::Authorization,
        Reason::InsufficientPrivileges if remedy == Remedy::Reauthorize => Blast::Authorization,
        Reason::InsufficientPrivileges | Reason::Unknown | Reason::RateLimited => nearest,
        Reason::AppMisconfigured => Blast::App,
        Reason::ProviderOutage => Blast::Provider,
        Reason::RequestRejected | Reason::NotAFailure => Blast::Request,
    }
}
