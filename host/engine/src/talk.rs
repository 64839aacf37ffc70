//! One conversation between a plugin and its provider: the plugin says what to send, the host sends
//! it and comes back with the answer, until the operation is done, waits or fails.
//!
//! Since a step is pure, the host may repeat a request from the state before it: that is how an
//! access token that expired midway is refreshed without the plugin noticing.

use std::mem;
use std::sync::Arc;

use relink_core::plugin::{
    AuthMethod, Context, Event, Facts, Failure, Found, Next, Operation, Phase, Request, Response, TransportFailure,
};
use relink_core::reason::{Diagnosis, Remedy};
use relink_core::time::Timestamp;
use relink_egress::{Answer, Call, Credentials, Scope, SendError};
use relink_runtime::{Fault, Plugin};
use serde::{Deserialize, Serialize};

use crate::diagnose;
use crate::engine::Engine;

/// Requests that one operation may send; a plugin that pages for ever is stopped here.
const MAX_REQUESTS: u32 = 10_000;

/// What the contract lets `classify` see of a body.
const MAX_EVIDENCE: usize = 64 * 1024;

/// For whom the host talks: what the plugin is told and which secrets are placed.
pub(crate) struct Party {
    pub(crate) plugin: Arc<Plugin>,
    pub(crate) method: AuthMethod,
    pub(crate) credentials: Credentials,
    pub(crate) config: String,
    pub(crate) account: Option<String>,
    pub(crate) facts: Facts,
    /// Keys of the request budgets.
    pub(crate) authorization: String,
    pub(crate) connection: String,
}

/// What is done next; stored with the plugin's state, so that a slice goes on after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pending {
    Start(Operation),
    Send(Request),
    Receive,
    WaitUntil(Timestamp),
}

impl Pending {
    /// Whether another run can do it. The rest of an answer is gone by then, and what the provider may have
    /// carried out already is not sent again.
    pub(crate) fn outlasts_a_run(&self) -> bool {
        match self {
            Self::Start(_) | Self::Receive => false,
            Self::Send(request) => request.idempotent,
            Self::WaitUntil(_) => true,
        }
    }
}

/// Where a conversation stands.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    pub(crate) state: Vec<u8>,
    pub(crate) pending: Pending,
}

/// What one advance came to.
pub(crate) enum Advance {
    /// The plugin found this and wants to go on.
    Going(Vec<Found>),
    /// The plugin found this and is done.
    Done(Vec<Found>),
    /// Nothing more before then: a report is being made, or a budget is used up.
    Waiting(Timestamp),
    /// The plugin says that the access token needs a refresh; call [`Talk::retry_with`] or give up.
    Stale(Diagnosis),
    Failed(Explained),
    Misbehaved(Fault),
}

/// A diagnosis with the answer that it rests on, cut and redacted for people.
#[derive(Clone, Debug)]
pub(crate) struct Explained {
    pub(crate) diagnosis: Diagnosis,
    pub(crate) provider_answer: Option<String>,
    pub(crate) said_by: SaidBy,
}

/// Whose word a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SaidBy {
    Plugin,
    /// The host knows it without the plugin.
    Host,
}

pub(crate) struct Talk<'a> {
    engine: &'a Engine,
    party: &'a mut Party,
    phase: Phase,
    dataset: Option<String>,
    position: Position,
    answer: Option<Answer>,
    requests: u32,
    is_answered: bool,
}

impl<'a> Talk<'a> {
    pub(crate) fn start(engine: &'a Engine, party: &'a mut Party, operation: Operation) -> Self {
        let phase = if matches!(operation, Operation::Sync(_)) { Phase::Sync } else { Phase::Probe };
        let dataset = match &operation {
            Operation::Sync(slice) => Some(slice.dataset.clone()),
            Operation::Probe | Operation::Identify | Operation::Accounts => None,
        };
        let position = Position { state: Vec::new(), pending: Pending::Start(operation) };
        Self { engine, party, phase, dataset, position, answer: None, requests: 0, is_answered: false }
    }

    /// Goes on where an earlier run stopped.
    pub(crate) fn resume(engine: &'a Engine, party: &'a mut Party, dataset: String, position: Position) -> Self {
        let (phase, dataset) = (Phase::Sync, Some(dataset));
        Self { engine, party, phase, dataset, position, answer: None, requests: 0, is_answered: false }
    }

    pub(crate) fn position(&self) -> &Position {
        &self.position
    }

    /// Whether the provider gave an answer with which the plugin could go on: proof that access is there.
    pub(crate) fn is_answered(&self) -> bool {
        self.is_answered
    }

    /// Puts fresh credentials in place, so that the next advance repeats the last request.
    pub(crate) fn retry_with(&mut self, credentials: Credentials, facts: Facts) {
        self.party.credentials = credentials;
        self.party.facts = facts;
    }

    /// Does what is pending and lets the plugin go one step on.
    pub(crate) async fn advance(&mut self) -> Advance {
        let event = match self.next_event().await {
            Ok(event) => event,
            Err(until) => return Advance::Waiting(until),
        };
        let is_answer = matches!(&event, Event::Answered(response) if (200..300).contains(&response.status));
        let evidence = Evidence::of(&event);
        let context = self.context();
        let step = self.engine.calls().step(&self.party.plugin, context, self.position.state.clone(), event).await;
        let out = match step {
            Ok(out) => out,
            Err(fault) => return Advance::Misbehaved(fault),
        };
        if let Some(throttle) = &out.throttle {
            self.engine.egress().note_throttle(
                self.party.plugin.descriptor(),
                self.scope(),
                throttle,
                self.engine.now(),
            );
        }
        self.is_answered |= is_answer && !matches!(out.next, Next::Failed(_));
        let pending = match out.next {
            Next::Done => return Advance::Done(out.found),
            Next::Failed(note) => return self.explain(evidence, &note).await,
            Next::Send(request) => Pending::Send(request),
            Next::Receive => Pending::Receive,
            Next::WaitMs(ms) => Pending::WaitUntil(self.engine.now().plus_ms(i64::try_from(ms).unwrap_or(i64::MAX))),
        };
        self.position = Position { state: out.state, pending };
        Advance::Going(out.found)
    }

    async fn next_event(&mut self) -> Result<Event, Timestamp> {
        match self.position.pending.clone() {
            Pending::Start(operation) => Ok(Event::Start(operation)),
            Pending::WaitUntil(until) if until <= self.engine.now() => Ok(Event::Woken),
            Pending::WaitUntil(until) => Err(until),
            Pending::Send(request) => self.send(&request).await,
            Pending::Receive => Ok(self.receive().await),
        }
    }

    async fn send(&mut self, request: &Request) -> Result<Event, Timestamp> {
        self.requests += 1;
        if self.requests > MAX_REQUESTS {
            return Ok(Event::Unanswered(blocked("one operation may send 10,000 requests")));
        }
        let call = Call {
            descriptor: self.party.plugin.descriptor(),
            method: &self.party.method,
            credentials: &self.party.credentials,
            scope: self.scope(),
        };
        match self.engine.egress().send(call, request).await {
            Ok(mut answer) => {
                // The body goes to the plugin; what is kept for further parts needs the head alone.
                let body = mem::take(&mut answer.response.body);
                let response = Response { body, ..answer.response.clone() };
                self.answer = response.more.then_some(answer);
                Ok(Event::Answered(response))
            }
            Err(SendError::Failed(failure)) => Ok(Event::Unanswered(failure)),
            Err(SendError::Throttled { retry_after_ms }) => {
                Err(self.engine.now().plus_ms(i64::try_from(retry_after_ms).unwrap_or(i64::MAX)))
            }
        }
    }

    async fn receive(&mut self) -> Event {
        let Some(answer) = &mut self.answer else {
            return Event::Unanswered(blocked("the answer was lost; the slice starts again"));
        };
        match answer.next_part().await {
            Ok(Some(part)) => Event::Answered(part),
            Ok(None) => Event::Unanswered(blocked("there is no further part of the answer")),
            Err(failure) => Event::Unanswered(failure),
        }
    }

    /// Everything that a short operation (probe, identify, accounts) finds, or why it finds nothing.
    pub(crate) async fn finish(&mut self) -> Result<Vec<Found>, Explained> {
        let mut everything = Vec::new();
        loop {
            match self.advance().await {
                Advance::Going(found) => everything.extend(found),
                Advance::Done(found) => {
                    everything.extend(found);
                    return Ok(everything);
                }
                Advance::Failed(explained) => return Err(explained),
                Advance::Stale(diagnosis) => {
                    return Err(Explained { diagnosis, provider_answer: None, said_by: SaidBy::Plugin });
                }
                Advance::Misbehaved(fault) => return Err(diagnose::plugin_misbehaved(&fault)),
                Advance::Waiting(until) => return Err(diagnose::must_wait(until.since_ms(self.engine.now()))),
            }
        }
    }

    async fn explain(&self, evidence: Evidence, note: &str) -> Advance {
        if matches!(evidence, Evidence::Nothing) {
            tracing::warn!(plugin.name = self.party.plugin.id(), note, "the plugin asks its provider for nothing");
            return Advance::Failed(diagnose::refused_by_plugin());
        }
        let failure = self.failure(evidence);
        tracing::debug!(plugin.name = self.party.plugin.id(), status = failure.status, note, "a request failed");
        match diagnose::explain(self.engine.calls(), &self.party.plugin, failure).await {
            Err(fault) => Advance::Misbehaved(fault),
            Ok(explained) if explained.diagnosis.remedy == Remedy::Refresh => Advance::Stale(explained.diagnosis),
            Ok(explained) => Advance::Failed(explained),
        }
    }

    fn failure(&self, evidence: Evidence) -> Failure {
        let (response, transport) = match evidence {
            Evidence::Response(response) => (Some(response), None),
            Evidence::Transport(failure) => (None, Some(failure)),
            Evidence::Nothing | Evidence::Wait => (None, None),
        };
        let (status, headers, body) = match response {
            Some(response) => (Some(response.status), response.headers, response.body),
            None => (None, Vec::new(), Vec::new()),
        };
        Failure {
            now: self.engine.now(),
            phase: self.phase,
            auth_method: self.party.method.id.clone(),
            status,
            headers,
            body,
            transport,
            redirect_query: None,
            dataset: self.dataset.clone(),
            account: self.party.account.clone(),
            facts: self.party.facts.clone(),
        }
    }

    fn context(&self) -> Context {
        let seed = rand::random::<[u8; 16]>().to_vec();
        Context {
            now: self.engine.now(),
            seed,
            config: self.party.config.clone(),
            auth_method: self.party.method.id.clone(),
            account: self.party.account.clone(),
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { authorization: &self.party.authorization, connection: &self.party.connection }
    }
}

/// What the plugin was last shown, kept by the host so that a plugin cannot make it up.
enum Evidence {
    /// It was asked for the operation, and has not sent anything.
    Nothing,
    Wait,
    Response(Response),
    Transport(TransportFailure),
}

impl Evidence {
    fn of(event: &Event) -> Self {
        match event {
            Event::Answered(response) => Self::Response(start_of(response)),
            Event::Unanswered(failure) => Self::Transport(failure.clone()),
            Event::Start(_) => Self::Nothing,
            Event::Woken => Self::Wait,
        }
    }
}

/// An answer with so much of its body as `classify` is given.
fn start_of(response: &Response) -> Response {
    let Response { status, headers, body, more } = response;
    let body = body[..body.len().min(MAX_EVIDENCE)].to_vec();
    Response { status: *status, headers: headers.clone(), body, more: *more }
}

fn blocked(detail: &str) -> TransportFailure {
    TransportFailure { kind: relink_core::plugin::TransportKind::Blocked, detail: detail.to_owned() }
}

/// Carries out a short operation from its start.
pub(crate) async fn ask(engine: &Engine, party: &mut Party, operation: Operation) -> Result<Vec<Found>, Explained> {
    Talk::start(engine, party, operation).finish().await
}

#[cfg(test)]
mod tests {
    use relink_core::plugin::Delivery;

    use super::*;

    fn request(idempotent: bool) -> Request {
        Request {
            method: "POST".to_owned(),
            url: "https://acme.example/export".to_owned(),
            headers: Vec::new(),
            body: None,
            credential: None,
            deliver: Delivery::Discard,
            timeout_ms: None,
            idempotent,
        }
    }

    #[test]
    fn a_run_is_not_cut_where_another_one_could_not_go_on() {
        let cases = [
            (Pending::Receive, false),
            (Pending::Send(request(false)), false),
            (Pending::Send(request(true)), true),
            (Pending::WaitUntil(Timestamp::default()), true),
            (Pending::Start(Operation::Probe), false),
        ];
        for (pending, expected) in cases {
            assert_eq!(pending.outlasts_a_run(), expected, "{pending:?}");
        }
    }

    #[test]
    fn evidence_has_the_start_of_a_body_and_all_of_its_head() {
        let header = relink_core::plugin::Field { name: "retry-after".to_owned(), value: "7".to_owned() };
        let response =
            |length| Response { status: 200, headers: vec![header.clone()], body: vec![b'x'; length], more: true };
        for (length, expected) in [(0, 0), (MAX_EVIDENCE, MAX_EVIDENCE), (MAX_EVIDENCE + 1, MAX_EVIDENCE)] {
            assert_eq!(start_of(&response(length)), response(expected));
        }
    }
}
