//! Runs an operation against recorded answers, as the host would run it against the provider.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::diff::differences;
use super::fixture::{Ends, Exchanged, Fixture, Operated, Wanted, transport};
use super::soundness;
use crate::answer::scalar;
use crate::{Context, Event, Failure, Found, Next, Operation, Phase, Provider, Request, Response, TransportFailure};

/// More steps than any fixture needs; beyond it, the flow runs in a circle.
const MAX_STEPS: usize = 10_000;

/// What differs from the recording; nothing if it holds.
pub(super) fn run<P: Provider>(fixture: &Fixture, operation: &Operated) -> Vec<String> {
    let operation = operation.to_operation();
    let context = match fixture.context.to_context() {
        Ok(context) => context,
        Err(mistake) => return vec![mistake],
    };
    let mut run = Run {
        context,
        expected: fixture.exchange.iter().collect(),
        pieces: VecDeque::new(),
        last_answer: None,
        last_transport: None,
        found: Vec::new(),
        wrong: Vec::new(),
    };
    let ends = run.drive::<P>(operation.clone());
    let left = run.expected.len();
    if run.wrong.is_empty() && left > 0 {
        run.wrong.push(format!("{left} recorded exchanges were not asked for"));
    }
    match (fixture.ends, ends) {
        (Ends::Done, Some(Err(why))) => run.wrong.push(format!("ends: expected done, failed: {why}")),
        (Ends::Failed, Some(Ok(()))) => run.wrong.push("ends: expected failed, found done".to_owned()),
        _ => {}
    }
    run.wrong.extend(fixture.found.differences(&run.found));
    run.wrong.extend(soundness::wrong_rows(&P::describe(), &operation, &run.found));
    if let Some(expected) = &fixture.diagnosis {
        run.wrong.extend(expected.differences(&P::classify(&run.failure(&operation))));
    }
    run.wrong
}

struct Run<'a> {
    context: Context,
    expected: VecDeque<&'a Exchanged>,
    /// What is left of an answer that comes in chunks.
    pieces: VecDeque<Response>,
    last_answer: Option<Response>,
    last_transport: Option<TransportFailure>,
    found: Vec<Found>,
    wrong: Vec<String>,
}

impl Run<'_> {
    /// How the flow ended; none if the recording does not fit.
    fn drive<P: Provider>(&mut self, operation: Operation) -> Option<Result<(), String>> {
        let descriptor = P::describe();
        let mut state = Vec::new();
        let mut event = Event::Start(operation);
        for _ in 0..MAX_STEPS {
            let out = P::step(&self.context, &state, event);
            self.found.extend(out.found);
            state = out.state;
            event = match out.next {
                Next::Done => return Some(Ok(())),
                Next::Failed(why) => return Some(Err(why)),
                Next::Send(request) => {
                    self.wrong.extend(soundness::wrong_request(&descriptor, &request));
                    self.answer(&request)?
                }
                Next::Receive => self.next_piece()?,
                Next::WaitMs(ms) => self.wait(ms)?,
            };
        }
        self.wrong.push(format!("it is not done after {MAX_STEPS} steps"));
        None
    }

    fn answer(&mut self, request: &Request) -> Option<Event> {
        let Some(exchanged) = self.expected.pop_front() else {
            self.wrong.push(format!("asked for something not recorded: {} {}", request.method, request.url));
            return None;
        };
        self.wrong.extend(wrong_parts(&exchanged.request, request));
        if let Some(kind) = &exchanged.unanswered {
            let failure = transport(kind).map_err(|mistake| self.wrong.push(mistake)).ok()?;
            self.last_answer = None;
            self.last_transport = Some(failure.clone());
            return Some(Event::Unanswered(failure));
        }
        let Some(answer) = &exchanged.answer else {
            self.wrong.push(format!("expected a wait, found {} {}", request.method, request.url));
            return None;
        };
        self.pieces = answer.pieces().into();
        self.next_piece()
    }

    fn next_piece(&mut self) -> Option<Event> {
        let Some(piece) = self.pieces.pop_front() else {
            self.wrong.push("asked for a chunk after the last one".to_owned());
            return None;
        };
        self.last_transport = None;
        self.last_answer = Some(piece.clone());
        Some(Event::Answered(piece))
    }

    fn wait(&mut self, ms: u64) -> Option<Event> {
        let expected = self.expected.pop_front().and_then(|exchanged| exchanged.wait_ms);
        if expected != Some(ms) {
            self.wrong.push(format!("wait_ms: expected {expected:?}, found {ms}"));
            return None;
        }
        self.context.now += ms;
        Some(Event::Woken)
    }

    /// The failure that the host would make of the last answer.
    fn failure(&self, operation: &Operation) -> Failure {
        let phase = if matches!(operation, Operation::Sync(_)) { Phase::Sync } else { Phase::Probe };
        let mut failure = Failure::new(phase);
        failure.now = self.context.now;
        failure.auth_method.clone_from(&self.context.auth_method);
        failure.account.clone_from(&self.context.account);
        failure.transport.clone_from(&self.last_transport);
        if let Operation::Sync(slice) = operation {
            failure.dataset = Some(slice.dataset.clone());
        }
        if let Some(answer) = &self.last_answer {
            failure.status = Some(answer.status);
            failure.headers.clone_from(&answer.headers);
            failure.body.clone_from(&answer.body);
        }
        failure
    }
}

fn wrong_parts(wanted: &Wanted, request: &Request) -> Vec<String> {
    let (url, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: Option<&str>, found: Option<&str>| {
        if expected.is_some() && expected != found {
            wrong.push(format!("request {what}: expected {expected:?}, found {found:?} in {}", request.url));
        }
    };
    compare("method", wanted.method.as_deref(), Some(&request.method));
    compare("url", wanted.url.as_deref(), Some(url));
    compare("credential", wanted.credential.as_deref(), request.credential.as_deref());
    let query = pairs(query.as_bytes());
    for (name, value) in &wanted.query {
        let expected = scalar(value).unwrap_or_default();
        compare(name, Some(&expected), query.get(name).map(String::as_str));
    }
    for (name, value) in &wanted.headers {
        let header = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        compare(name, Some(value), header.map(|header| header.value.as_str()));
    }
    let body = request.body.as_deref().unwrap_or_default();
    if let Some(expected) = &wanted.body {
        let found =
            serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
        wrong.extend(differences("request body", expected, &found));
    }
    if let Some(form) = &wanted.form {
        let found = pairs(body);
        for (name, value) in form.iter().filter(|(name, value)| found.get(*name) != Some(*value)) {
            wrong.push(format!("request form {name}: expected {value:?}, found {:?}", found.get(name)));
        }
    }
    wrong
}

fn pairs(form: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(form).into_owned().collect()
}
