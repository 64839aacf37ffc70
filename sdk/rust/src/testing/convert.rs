//! Between the types of this SDK and those of fixtures: what goes into a plugin, and what comes out.

use relink_fixtures::contract;

use crate::{
    About, Context, Descriptor, Diagnosis, Event, Facts, Failure, Field, Found, Message, Next, Operation, Phase,
    Response, Signal, SignalEvent, Slice, StepOut, SyncMode, TransportFailure, TransportKind, Window,
};

pub(super) fn descriptor(descriptor: &Descriptor) -> contract::Descriptor {
    let uses = descriptor.auth.iter().flat_map(|method| &method.uses);
    let dataset = |dataset: &crate::Dataset| contract::Dataset {
        name: dataset.name.clone(),
        primary_key: dataset.primary_key.clone(),
        day_field: match &dataset.mode {
            SyncMode::Daily(daily) => Some(daily.day_field.clone()),
            SyncMode::Full => None,
        },
    };
    contract::Descriptor {
        id: descriptor.id.clone(),
        version: descriptor.version.clone(),
        hosts: descriptor.hosts.clone(),
        credentials: uses.map(|credential| credential.name.clone()).collect(),
        datasets: descriptor.datasets.iter().map(dataset).collect(),
        receives_messages: descriptor.inbound.is_some(),
    }
}

pub(super) fn context(context: &contract::Context) -> Context {
    let contract::Context { now, seed, config, auth_method, account } = context.clone();
    Context { now, seed, config, auth_method, account }
}

pub(super) fn event(event: contract::Event) -> Event {
    match event {
        contract::Event::Start(operation) => Event::Start(self::operation(operation)),
        contract::Event::Answered(answer) => Event::Answered(Response {
            status: answer.status,
            headers: fields(answer.headers),
            body: answer.body,
            more: answer.more,
        }),
        contract::Event::Unanswered(kind) => Event::Unanswered(transport(kind)),
        contract::Event::Woken => Event::Woken,
    }
}

fn operation(operation: contract::Operation) -> Operation {
    match operation {
        contract::Operation::Probe => Operation::Probe,
        contract::Operation::Identify => Operation::Identify,
        contract::Operation::Accounts => Operation::Accounts,
        contract::Operation::Sync { dataset, window } => {
            Operation::Sync(Slice { dataset, window: window.map(|(since, until)| Window { since, until }) })
        }
    }
}

pub(super) fn step(out: StepOut) -> contract::Step {
    let next = match out.next {
        Next::Send(request) => contract::Next::Send(contract::Request {
            method: request.method,
            url: request.url,
            headers: request.headers.into_iter().map(|field| (field.name, field.value)).collect(),
            body: request.body,
            credential: request.credential,
        }),
        Next::Receive => contract::Next::Receive,
        Next::WaitMs(ms) => contract::Next::WaitMs(ms),
        Next::Done => contract::Next::Done,
        Next::Failed(why) => contract::Next::Failed(why),
    };
    contract::Step { state: out.state, found: out.found.into_iter().map(found).collect(), next }
}

fn found(found: Found) -> contract::Found {
    match found {
        Found::Rows(rows) => contract::Found::Rows(rows.rows),
        Found::Identity(identity) => contract::Found::Identity { subject: identity.subject, label: identity.label },
        Found::Account(account) => contract::Found::Account {
            id: account.id,
            label: account.label,
            kind: account.kind,
            parent: account.parent,
        },
    }
}

pub(super) fn failure(failure: contract::Failure) -> Failure {
    let facts = failure.facts;
    Failure {
        now: failure.now,
        phase: phase(failure.phase),
        auth_method: failure.auth_method,
        status: failure.status,
        headers: fields(failure.headers),
        body: failure.body,
        transport: failure.transport.map(transport),
        redirect_query: failure.redirect_query,
        dataset: failure.dataset,
        account: failure.account,
        facts: Facts {
            token_age_s: facts.token_age_s,
            has_refresh_token: facts.has_refresh_token,
            just_refreshed: facts.just_refreshed,
            newer_token_in_store: facts.newer_token_in_store,
            granted_scopes: facts.granted_scopes,
            requested_scopes: facts.requested_scopes,
            consecutive: facts.consecutive,
            fleet_failure_ratio: facts.fleet_failure_ratio,
        },
    }
}

pub(super) fn message(message: contract::Message) -> Message {
    let contract::Message { now, headers, query, body } = message;
    Message { now, headers: fields(headers), query: fields(query), body }
}

pub(super) fn signal(signal: Signal) -> contract::Signal {
    let about = match signal.about {
        About::Subject(subject) => contract::About::Subject(subject),
        About::Account(id) => contract::About::Account(id),
    };
    contract::Signal { about, is_failure: signal.event == SignalEvent::Failed, at: signal.at }
}

pub(super) fn diagnosis(diagnosis: Diagnosis) -> contract::Diagnosis {
    contract::Diagnosis {
        reason: diagnosis.reason.name(),
        code: diagnosis.code,
        cause: diagnosis.cause,
        certainty: diagnosis.certainty.name(),
        blast: diagnosis.blast.name(),
        actor: diagnosis.actor.name(),
        remedy: diagnosis.remedy.name(),
        retry_after_ms: diagnosis.retry_after_ms,
        message: diagnosis.message,
        help_url: diagnosis.help_url,
    }
}

fn fields(headers: Vec<(String, String)>) -> Vec<Field> {
    headers.into_iter().map(|(name, value)| Field { name, value }).collect()
}

fn transport(kind: contract::TransportKind) -> TransportFailure {
    let kind = match kind {
        contract::TransportKind::Dns => TransportKind::Dns,
        contract::TransportKind::Connect => TransportKind::Connect,
        contract::TransportKind::Tls => TransportKind::Tls,
        contract::TransportKind::Timeout => TransportKind::Timeout,
        contract::TransportKind::Reset => TransportKind::Reset,
        contract::TransportKind::TooLarge => TransportKind::TooLarge,
        contract::TransportKind::Blocked => TransportKind::Blocked,
        contract::TransportKind::Other => TransportKind::Other,
    };
    TransportFailure { kind, detail: "recorded".to_owned() }
}

fn phase(phase: contract::Phase) -> Phase {
    match phase {
        contract::Phase::Authorize => Phase::Authorize,
        contract::Phase::Exchange => Phase::Exchange,
        contract::Phase::Refresh => Phase::Refresh,
        contract::Phase::Probe => Phase::Probe,
        contract::Phase::Sync => Phase::Sync,
        contract::Phase::Revoke => Phase::Revoke,
        contract::Phase::Inbound => Phase::Inbound,
    }
}
