//! Between the types of the host and those of fixtures.

use relink_core::plugin::{
    About, Context, Descriptor, Event, Facts, Failure, Field, Found, Message, Next, Operation, Phase, Request,
    Response, Signal, SignalEvent, Slice, StepOut, SyncMode, TransportFailure, TransportKind, Window,
};
use relink_core::reason::Diagnosis;
use relink_core::time::{Day, Timestamp};
use relink_fixtures::contract;

pub(super) fn described(descriptor: &Descriptor) -> contract::Descriptor {
    let uses = descriptor.auth.iter().flat_map(|method| &method.uses);
    let dataset = |dataset: &relink_core::plugin::Dataset| contract::Dataset {
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
        credentials: uses.map(|credential_use| credential_use.name.clone()).collect(),
        datasets: descriptor.datasets.iter().map(dataset).collect(),
        receives_messages: descriptor.inbound.is_some(),
    }
}

pub(super) fn to_context(context: &contract::Context) -> Context {
    let contract::Context { now, seed, config, auth_method, account } = context.clone();
    Context { now: to_timestamp(now), seed, config, auth_method, account }
}

pub(super) fn to_message(message: contract::Message) -> Message {
    let contract::Message { now, headers, query, body } = message;
    Message { now: to_timestamp(now), headers: to_fields(headers), query: to_fields(query), body }
}

pub(super) fn signal(signal: Signal) -> contract::Signal {
    let about = match signal.about {
        About::Subject(subject) => contract::About::Subject(subject),
        About::Account(id) => contract::About::Account(id),
    };
    let at = signal.at.and_then(|moment| u64::try_from(moment.as_ms()).ok());
    contract::Signal { about, is_failure: signal.event == SignalEvent::Failed, at }
}

pub(super) fn to_event(event: contract::Event) -> Result<Event, String> {
    Ok(match event {
        contract::Event::Start(operation) => Event::Start(to_operation(operation)?),
        contract::Event::Answered(answer) => Event::Answered(Response {
            status: answer.status,
            headers: to_fields(answer.headers),
            body: answer.body,
            more: answer.more,
        }),
        contract::Event::Unanswered(kind) => Event::Unanswered(to_transport(kind)),
        contract::Event::Woken => Event::Woken,
    })
}

fn to_operation(operation: contract::Operation) -> Result<Operation, String> {
    let day = |text: String| text.parse::<Day>().map_err(|error| error.to_string());
    Ok(match operation {
        contract::Operation::Probe => Operation::Probe,
        contract::Operation::Identify => Operation::Identify,
        contract::Operation::Accounts => Operation::Accounts,
        contract::Operation::Sync { dataset, window } => {
            let to_window = |(since, until)| Ok::<_, String>(Window { since: day(since)?, until: day(until)? });
            Operation::Sync(Slice { dataset, window: window.map(to_window).transpose()? })
        }
    })
}

pub(super) fn to_failure(failure: contract::Failure) -> Failure {
    let facts = failure.facts;
    Failure {
        now: to_timestamp(failure.now),
        phase: to_phase(failure.phase),
        auth_method: failure.auth_method,
        status: failure.status,
        headers: to_fields(failure.headers),
        body: failure.body,
        transport: failure.transport.map(to_transport),
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

pub(super) fn step(out: StepOut) -> contract::Step {
    let next = match out.next {
        Next::Send(request) => contract::Next::Send(self::request(&request)),
        Next::Receive => contract::Next::Receive,
        Next::WaitMs(ms) => contract::Next::WaitMs(ms),
        Next::Done => contract::Next::Done,
        Next::Failed(why) => contract::Next::Failed(why),
    };
    contract::Step { state: out.state, found: out.found.into_iter().map(found).collect(), next }
}

pub(super) fn found(found: Found) -> contract::Found {
    match found {
        Found::Rows { rows, .. } => contract::Found::Rows(rows),
        Found::Identity(identity) => contract::Found::Identity { subject: identity.subject, label: identity.label },
        Found::Account(account) => contract::Found::Account {
            id: account.id,
            label: account.label,
            kind: account.kind,
            parent: account.parent,
        },
    }
}

pub(super) fn request(request: &Request) -> contract::Request {
    contract::Request {
        method: request.method.clone(),
        url: request.url.clone(),
        headers: fields(&request.headers),
        body: request.body.clone(),
        credential: request.credential.clone(),
    }
}

pub(super) fn response(response: &Response) -> contract::Response {
    contract::Response {
        status: response.status,
        headers: fields(&response.headers),
        body: response.body.clone(),
        more: response.more,
    }
}

pub(super) fn diagnosis(diagnosis: Diagnosis) -> contract::Diagnosis {
    contract::Diagnosis {
        reason: diagnosis.reason.code(),
        code: diagnosis.code,
        cause: diagnosis.cause,
        certainty: diagnosis.certainty.code(),
        blast: diagnosis.blast.code(),
        actor: diagnosis.actor.code(),
        remedy: diagnosis.remedy.code(),
        retry_after_ms: diagnosis.retry_after_ms,
        message: diagnosis.message,
        help_url: diagnosis.help_url,
    }
}

pub(super) const fn transport_kind(kind: TransportKind) -> contract::TransportKind {
    match kind {
        TransportKind::Dns => contract::TransportKind::Dns,
        TransportKind::Connect => contract::TransportKind::Connect,
        TransportKind::Tls => contract::TransportKind::Tls,
        TransportKind::Timeout => contract::TransportKind::Timeout,
        TransportKind::Reset => contract::TransportKind::Reset,
        TransportKind::TooLarge => contract::TransportKind::TooLarge,
        TransportKind::Blocked => contract::TransportKind::Blocked,
        TransportKind::Other => contract::TransportKind::Other,
    }
}

fn to_transport(kind: contract::TransportKind) -> TransportFailure {
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

const fn to_phase(phase: contract::Phase) -> Phase {
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

fn to_timestamp(ms: u64) -> Timestamp {
    Timestamp::from_ms(i64::try_from(ms).unwrap_or(i64::MAX))
}

fn fields(headers: &[Field]) -> Vec<(String, String)> {
    headers.iter().map(|field| (field.name.clone(), field.value.clone())).collect()
}

fn to_fields(headers: Vec<(String, String)>) -> Vec<Field> {
    headers.into_iter().map(|(name, value)| Field::new(name, value)).collect()
}
