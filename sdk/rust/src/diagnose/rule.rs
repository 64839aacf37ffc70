//! One line of an error table: conditions that must all hold, and what they mean.

mod condition;
mod wait;

use self::condition::Condition;
use self::wait::Wait;
use super::evidence::Evidence;
use super::verdict::Verdict;
use super::{Grant, text};
use crate::retry_after::Unit;
use crate::{Actor, Blast, Certainty, Failure, Phase, Reason, Remedy};

/// One line of an [`ErrorTable`](crate::ErrorTable); made by [`rule`].
///
/// A rule without conditions matches every failure. Remedy and actor follow from the reason, and
/// the actor from the remedy, so most rules set neither.
#[derive(Debug)]
pub struct Rule {
    conditions: Vec<Condition>,
    verdict: Verdict,
    wait: Option<Wait>,
    quote: Option<String>,
    on_web_pages: bool,
}

/// Starts a rule: `code` is stable, specific and lower case, and is prefixed with the plugin's id.
///
/// ```
/// use relink_sdk::{Phase, Reason, Remedy, rule};
///
/// let password_changed = rule("password-changed", Reason::InvalidCredentials)
///     .json("/error/code", ["190"])
///     .json("/error/error_subcode", ["460"])
///     .cause("password-changed");
/// let code_used = rule("code-used", Reason::RequestRejected)
///     .phase([Phase::Exchange])
///     .contains(["code has been used"])
///     .remedy(Remedy::None);
/// # let _ = (password_changed, code_used);
/// ```
pub fn rule(code: &str, reason: Reason) -> Rule {
    Rule { conditions: Vec::new(), verdict: Verdict::new(reason, code), wait: None, quote: None, on_web_pages: false }
}

/// Conditions: all of them must hold.
impl Rule {
    /// In one of these phases.
    pub fn phase(self, phases: impl IntoIterator<Item = Phase>) -> Self {
        self.only(Condition::Phase(phases.into_iter().collect()))
    }

    /// Answers to data requests: phases probe and sync.
    pub fn api(self) -> Self {
        self.phase([Phase::Probe, Phase::Sync])
    }

    /// Answers of the token endpoint: phases exchange and refresh.
    pub fn token_endpoint(self) -> Self {
        self.phase([Phase::Exchange, Phase::Refresh])
    }

    /// With this status.
    pub fn status(self, status: u16) -> Self {
        self.only(Condition::Status(status, status))
    }

    /// With a status from the first to the last, both included.
    pub fn statuses(self, first: u16, last: u16) -> Self {
        self.only(Condition::Status(first, last))
    }

    /// The value at a JSON pointer is one of these; numbers and texts are the same, case counts not.
    pub fn json<'a>(self, pointer: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        self.only(Condition::Json(pointer.to_owned(), values.into_iter().map(str::to_owned).collect()))
    }

    /// The text at a JSON pointer contains this; case does not count.
    pub fn json_contains(self, pointer: &str, part: &str) -> Self {
        self.only(Condition::JsonContains(pointer.to_owned(), part.to_lowercase()))
    }

    /// There is something else than null at a JSON pointer; `""` asks for any JSON at all.
    pub fn json_present(self, pointer: &str) -> Self {
        self.only(Condition::JsonPresent(pointer.to_owned()))
    }

    /// The body contains one of these; case does not count. Prefer [`Rule::json`] where there is a
    /// code: words such as "expired" appear in many an unrelated message.
    pub fn contains<'a>(self, parts: impl IntoIterator<Item = &'a str>) -> Self {
        self.only(Condition::Text(parts.into_iter().map(str::to_lowercase).collect()))
    }

    /// A header contains this (an empty text: is there at all); case does not count.
    pub fn header(self, name: &str, part: &str) -> Self {
        self.only(Condition::Header(name.to_owned(), part.to_lowercase()))
    }

    /// A parameter of the redirect is one of these (an empty list: is there at all).
    pub fn redirect<'a>(self, name: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values = values.into_iter().map(str::to_owned).collect();
        self.only(Condition::Redirect(name.to_owned(), values))
    }

    /// The credential that failed is of this kind.
    pub fn grant(self, grant: Grant) -> Self {
        self.only(Condition::OneGrant(grant))
    }

    /// The host knows that the token was issued less than so many seconds ago.
    pub fn token_younger_than_s(self, seconds: u64) -> Self {
        self.only(Condition::TokenYoungerThan(seconds))
    }

    /// The host knows that the token was issued more than so many days ago.
    pub fn token_older_than_days(self, days: u64) -> Self {
        self.only(Condition::TokenOlderThan(days.saturating_mul(86_400)))
    }

    /// The answer has no body.
    pub fn empty_body(self) -> Self {
        self.only(Condition::EmptyBody)
    }

    /// The rule is also for web pages. Other rules never apply to one, since it comes from a proxy or
    /// a firewall in front of the API.
    pub fn on_web_pages(mut self) -> Self {
        self.on_web_pages = true;
        self
    }

    /// Anything else that can be read from the failure. It must never panic.
    pub fn when(self, holds: fn(&Failure) -> bool) -> Self {
        self.only(Condition::When(holds))
    }

    fn only(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// Meaning: what the rule's reason does not imply already.
impl Rule {
    /// Says why, if that is known: "password-changed".
    pub fn cause(mut self, cause: &str) -> Self {
        self.verdict.cause = Some(cause.to_owned());
        self
    }

    /// Says that the failure is to be confirmed for longer before anybody is told.
    pub fn doubtful(mut self) -> Self {
        self.verdict.certainty = Certainty::Doubtful;
        self
    }

    /// Says who is hit.
    pub fn blast(mut self, blast: Blast) -> Self {
        self.verdict.blast = Some(blast);
        self
    }

    /// Says what repairs it.
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.verdict.remedy = Some(remedy);
        self
    }

    /// Says who can repair it, where that is not who usually does so.
    pub fn actor(mut self, actor: Actor) -> Self {
        self.verdict.actor = Some(actor);
        self
    }

    /// Says it to a person, in whole sentences; `{provider}` and `{account}` are filled in.
    pub fn message(mut self, message: &str) -> Self {
        self.verdict.message = Some(message.to_owned());
        self
    }

    /// Appends the provider's own words, found at a JSON pointer, to the message.
    pub fn quoting(mut self, pointer: &str) -> Self {
        self.quote = Some(pointer.to_owned());
        self
    }

    /// Links to the provider's own help.
    pub fn help(mut self, url: &str) -> Self {
        self.verdict.help_url = Some(url.to_owned());
        self
    }

    /// Waits so many seconds when the answer itself does not say how long.
    pub fn retry_after_s(mut self, seconds: u64) -> Self {
        self.wait = Some(Wait::Fixed(seconds.saturating_mul(1000)));
        self
    }

    /// Reads the wait from a header that is not one of the usual ones.
    pub fn retry_after_header(mut self, name: &str, unit: Unit) -> Self {
        self.wait = Some(Wait::Header(name.to_owned(), unit));
        self
    }

    /// Reads the wait from the body.
    pub fn retry_after_json(mut self, pointer: &str, unit: Unit) -> Self {
        self.wait = Some(Wait::Json(pointer.to_owned(), unit));
        self
    }

    /// Waits until the quota's new day begins, at midnight UTC.
    pub fn retry_at_utc_midnight(mut self) -> Self {
        self.wait = Some(Wait::NextUtcMidnight);
        self
    }
}

impl Rule {
    pub(super) fn code(&self) -> &str {
        &self.verdict.code
    }

    pub(super) fn reason(&self) -> Reason {
        self.verdict.reason
    }

    pub(super) fn matches(&self, evidence: &Evidence<'_>) -> bool {
        // A web page was made by something in front of the API, and may say "forbidden" too.
        if evidence.is_web_page && !self.on_web_pages {
            return false;
        }
        self.conditions.iter().all(|condition| condition.holds(evidence))
    }

    pub(super) fn verdict(&self, evidence: &Evidence<'_>) -> Verdict {
        let mut verdict = self.verdict.clone();
        verdict.retry_after_ms = self.wait.as_ref().and_then(|wait| wait.ms(evidence));
        let words = self.quote.as_deref().and_then(|pointer| evidence.at(pointer)?.as_str());
        if let (Some(message), Some(words)) = (&verdict.message, words) {
            verdict.message = Some(text::quote(message, words));
        }
        verdict
    }
}
