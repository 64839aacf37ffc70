//! One conversation of a plugin with its provider, without a server: nothing is stored, waits are waited
//! for, and everything is written down. How a server does it is in `relink_engine`.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use relink_core::plugin::{
    AuthMethod, Context, Event, Facts, Failure, Found, Next, Operation, Phase, Request, Response, TransportFailure,
    TransportKind,
};
use relink_core::reason::{Diagnosis, Reason};
use relink_core::time::in_words;
use relink_egress::{Answer, Call, Credentials, Egress, Routes, Scope, SendError};
use relink_engine::diagnose::{doubt, plugin_refused};
use relink_fixtures::Recording;
use relink_runtime::Plugin;
use relink_runtime::fixtures::convert;
use tokio::time::sleep;
use url::Url;

use super::warnings::Warnings;

/// As many as a server sends for one operation.
const MAX_REQUESTS: u32 = 10_000;

/// There is one account, so there is one budget of each kind.
const SCOPE: Scope<'static> = Scope { authorization: "author", connection: "author" };

pub(super) struct Conversation<'a> {
    pub(super) plugin: &'a Plugin,
    pub(super) method: &'a AuthMethod,
    pub(super) credentials: &'a Credentials,
    pub(super) egress: &'a Egress,
    pub(super) routes: &'a Routes,
    /// Its time goes on by the waits alone, so that a replay tells the plugin the same.
    pub(super) context: Context,
    pub(super) recording: Recording,
    pub(super) warnings: Option<Warnings>,
    pub(super) requests: u32,
    pub(super) answer: Option<Answer>,
}

/// How a conversation ended.
pub(super) enum Ending {
    Done,
    Failed(Box<Refused>),
}

/// An answer that the plugin took for a failure.
pub(super) struct Refused {
    /// What the plugin said of it; it is not asked if it has sent nothing.
    pub(super) diagnosis: Option<Diagnosis>,
    evidence: Failure,
    /// The plugin's note for the operator.
    pub(super) note: String,
}

impl Refused {
    /// The diagnosis as a server would show it, which does not take every answer of a plugin.
    pub(super) fn for_people(&self) -> Diagnosis {
        self.diagnosis.clone().map_or_else(plugin_refused, |diagnosis| doubt(diagnosis, &self.evidence))
    }
}

impl Conversation<'_> {
    /// Talks until the operation is done or failed, and hands over what is found on the way.
    pub(super) async fn hold(
        &mut self,
        operation: &Operation,
        mut on_found: impl FnMut(Vec<Found>) -> Result<()>,
    ) -> Result<Ending> {
        let (mut state, mut event) = (Vec::new(), Event::Start(operation.clone()));
        loop {
            let evidence = event.clone();
            let out = self.plugin.step(self.context.clone(), &state, event);
            let out = out.with_context(|| format!("plugin {} misbehaved in `step`", self.plugin.id()))?;
            if let Some(throttle) = &out.throttle {
                self.egress.note_throttle(self.plugin.descriptor(), SCOPE, throttle, self.context.now);
            }
            if let Some(warnings) = &mut self.warnings {
                warnings.found(&out.found);
            }
            on_found(out.found)?;
            state = out.state;
            event = match out.next {
                Next::Done => return Ok(Ending::Done),
                Next::Failed(note) => return self.explain(operation, evidence, note),
                Next::Send(request) => self.send(&request).await?,
                Next::Receive => self.receive().await?,
                Next::WaitMs(ms) => self.wait(ms).await,
            };
        }
    }

    async fn send(&mut self, request: &Request) -> Result<Event> {
        self.requests += 1;
        if self.requests > MAX_REQUESTS {
            bail!("the plugin asked for more than {MAX_REQUESTS} requests: does its paging end?");
        }
        self.recording.request(&convert::request(request));
        let call = Call {
            descriptor: self.plugin.descriptor(),
            method: self.method,
            credentials: self.credentials,
            scope: SCOPE,
        };
        loop {
            match self.egress.send(call, request).await {
                Ok(answer) => {
                    let response = answer.response.clone();
                    self.answer = response.more.then_some(answer);
                    return Ok(self.answered(response));
                }
                Err(SendError::Failed(failure)) => {
                    self.say_where(request);
                    return Ok(self.unanswered(failure));
                }
                Err(SendError::Throttled { retry_after_ms }) => pause("a rate budget is used up", retry_after_ms).await,
            }
        }
    }

    async fn receive(&mut self) -> Result<Event> {
        let answer = self.answer.as_mut().context("the plugin asked for a further part of an answer that has none")?;
        match answer.next_part().await {
            Ok(Some(part)) => Ok(self.answered(part)),
            Ok(None) => Err(anyhow!("the plugin asked for a part after the last one")),
            Err(failure) => Ok(self.unanswered(failure)),
        }
    }

    async fn wait(&mut self, ms: u64) -> Event {
        self.recording.wait(ms);
        pause("the plugin wants to be woken", ms).await;
        self.context.now = self.context.now.plus_ms(i64::try_from(ms).unwrap_or(i64::MAX));
        Event::Woken
    }

    /// Says what the author should look at again, once the operation is done.
    pub(super) fn warn(&self) {
        for warning in self.warnings.iter().flat_map(Warnings::lines) {
            eprintln!("warning: {warning}");
        }
    }

    fn answered(&mut self, response: Response) -> Event {
        if let Some(warnings) = &mut self.warnings {
            warnings.answered(&response.body);
        }
        self.recording.answer(&convert::response(&response));
        Event::Answered(response)
    }

    /// Who does not answer is not the provider, if the request went elsewhere.
    fn say_where(&self, request: &Request) {
        let Ok(url) = request.url.parse::<Url>() else { return };
        let routed = self.routes.rewrite(&url);
        if routed.origin() != url.origin() {
            let (host, place) = (url.host_str().unwrap_or_default(), routed.origin().ascii_serialization());
            eprintln!("requests to {host} are routed to {place}");
        }
    }

    fn unanswered(&mut self, failure: TransportFailure) -> Event {
        match failure.kind {
            TransportKind::Blocked => eprintln!("this request was not sent: {}", failure.detail),
            TransportKind::TooLarge => eprintln!(
                "the answer is larger than this request takes: {}\n  fix: ask for less per page, let the request take more \
                 with `max_bytes`, or read the answer in chunks",
                failure.detail
            ),
            _ => eprintln!("no answer: {}", failure.detail),
        }
        self.recording.no_answer(convert::transport_kind(failure.kind));
        Event::Unanswered(failure)
    }

    /// Asks the plugin what the last answer means.
    fn explain(&self, operation: &Operation, evidence: Event, note: String) -> Result<Ending> {
        let (phase, dataset) = match operation {
            Operation::Sync(slice) => (Phase::Sync, Some(slice.dataset.clone())),
            Operation::Probe | Operation::Identify | Operation::Accounts => (Phase::Probe, None),
        };
        let has_asked = !matches!(evidence, Event::Start(_));
        let (response, transport) = match evidence {
            Event::Answered(response) => (Some(response), None),
            Event::Unanswered(failure) => (None, Some(failure)),
            Event::Start(_) | Event::Woken => (None, None),
        };
        let status = response.as_ref().map(|response| response.status);
        let (headers, body) = response.map(|response| (response.headers, response.body)).unwrap_or_default();
        let evidence = Failure {
            now: self.context.now,
            phase,
            auth_method: self.method.id.clone(),
            status,
            headers,
            body,
            transport,
            redirect_query: None,
            dataset,
            account: self.context.account.clone(),
            facts: Facts { consecutive: 1, ..Facts::default() },
        };
        let diagnosis = has_asked.then(|| self.classify(&evidence, &note)).transpose()?;
        Ok(Ending::Failed(Box::new(Refused { diagnosis, evidence, note })))
    }

    fn classify(&self, evidence: &Failure, note: &str) -> Result<Diagnosis> {
        let id = self.plugin.id();
        let diagnosis = self.plugin.classify(evidence.clone());
        let diagnosis = diagnosis.with_context(|| format!("plugin {id} misbehaved in `classify`"))?;
        if diagnosis.reason == Reason::NotAFailure {
            bail!("plugin {id} has a fault: it stopped at an answer that it calls no failure\n  its note: {note}");
        }
        Ok(diagnosis)
    }
}

async fn pause(why: &str, ms: u64) {
    eprintln!("{why}: waiting {}", in_words(i64::try_from(ms).unwrap_or(i64::MAX)));
    sleep(Duration::from_millis(ms)).await;
}
