//! What goes between host and plugin while data is fetched, in both directions.

use relink_core::plugin as core;
use relink_core::time::Timestamp;

use super::types;
use crate::text;

const LABEL_CHARS: usize = 200;
const LOG_CHARS: usize = 500;

// ---- to the plugin

impl From<core::Context> for types::Context {
    fn from(from: core::Context) -> Self {
        Self {
            now: unix_ms(from.now),
            seed: from.seed,
            config: from.config,
            auth_method: from.auth_method,
            account: from.account,
        }
    }
}

impl From<core::Event> for types::Event {
    fn from(from: core::Event) -> Self {
        match from {
            core::Event::Start(operation) => Self::Start(operation.into()),
            core::Event::Answered(response) => Self::Answered(response.into()),
            core::Event::Unanswered(failure) => Self::Unanswered(failure.into()),
            core::Event::Woken => Self::Woken,
        }
    }
}

impl From<core::Operation> for types::Operation {
    fn from(from: core::Operation) -> Self {
        match from {
            core::Operation::Probe => Self::Probe,
            core::Operation::Identify => Self::Identify,
            core::Operation::Accounts => Self::Accounts,
            core::Operation::Sync(slice) => Self::Sync(types::Slice {
                dataset: slice.dataset,
                window: slice
                    .window
                    .map(|window| types::Window { since: window.since.to_string(), until: window.until.to_string() }),
            }),
        }
    }
}

impl From<core::Response> for types::Response {
    fn from(from: core::Response) -> Self {
        Self { status: from.status, headers: fields(from.headers), body: from.body, more: from.more }
    }
}

impl From<core::TransportFailure> for types::TransportFailure {
    fn from(from: core::TransportFailure) -> Self {
        let kind = match from.kind {
            core::TransportKind::Dns => types::TransportKind::Dns,
            core::TransportKind::Connect => types::TransportKind::Connect,
            core::TransportKind::Tls => types::TransportKind::Tls,
            core::TransportKind::Timeout => types::TransportKind::Timeout,
            core::TransportKind::Reset => types::TransportKind::Reset,
            core::TransportKind::TooLarge => types::TransportKind::TooLarge,
            core::TransportKind::Blocked => types::TransportKind::Blocked,
            core::TransportKind::Other => types::TransportKind::Other,
        };
        Self { kind, detail: from.detail }
    }
}

/// Moments before 1970 do not occur in the contract.
pub(super) fn unix_ms(moment: Timestamp) -> u64 {
    u64::try_from(moment.as_ms()).unwrap_or(0)
}

pub(super) fn fields(from: Vec<core::Field>) -> Vec<types::Field> {
    from.into_iter().map(|core::Field { name, value }| types::Field { name, value }).collect()
}

// ---- from the plugin

impl From<types::StepOut> for core::StepOut {
    fn from(from: types::StepOut) -> Self {
        Self {
            state: from.state,
            found: from.found.into_iter().map(Into::into).collect(),
            throttle: from.throttle.map(Into::into),
            next: from.next.into(),
        }
    }
}

impl From<types::Found> for core::Found {
    fn from(from: types::Found) -> Self {
        match from {
            types::Found::Rows(types::Rows { dataset, rows }) => Self::Rows { dataset, rows },
            types::Found::Identity(identity) => Self::Identity(core::Identity {
                subject: identity.subject,
                label: text::line(&identity.label, LABEL_CHARS),
            }),
            types::Found::Account(account) => Self::Account(core::Account {
                id: account.id,
                label: text::line(&account.label, LABEL_CHARS),
                kind: account.kind,
                parent: account.parent,
            }),
        }
    }
}

impl From<types::Throttle> for core::Throttle {
    fn from(from: types::Throttle) -> Self {
        let moment = |ms| Timestamp::from_ms(i64::try_from(ms).unwrap_or(i64::MAX));
        Self { budget: from.budget, remaining: from.remaining, resets_at: from.resets_at.map(moment) }
    }
}

impl From<types::Next> for core::Next {
    fn from(from: types::Next) -> Self {
        match from {
            types::Next::Send(request) => Self::Send(request.into()),
            types::Next::Receive => Self::Receive,
            types::Next::WaitMs(ms) => Self::WaitMs(ms),
            types::Next::Done => Self::Done,
            types::Next::Failed(what) => Self::Failed(text::line(&what, LOG_CHARS)),
        }
    }
}

impl From<types::Request> for core::Request {
    fn from(from: types::Request) -> Self {
        Self {
            method: from.method,
            url: from.url,
            headers: from.headers.into_iter().map(Into::into).collect(),
            body: from.body,
            credential: from.credential,
            deliver: from.deliver.into(),
            timeout_ms: from.timeout_ms,
            idempotent: from.idempotent,
        }
    }
}

impl From<types::Delivery> for core::Delivery {
    fn from(from: types::Delivery) -> Self {
        match from {
            types::Delivery::Whole(max_bytes) => Self::Whole(max_bytes),
            types::Delivery::Chunks(types::Chunking { framing, max_bytes }) => {
                Self::Chunks { framing: framing.into(), max_bytes }
            }
            types::Delivery::Discard => Self::Discard,
        }
    }
}

impl From<types::Framing> for core::Framing {
    fn from(from: types::Framing) -> Self {
        match from {
            types::Framing::Lines => Self::Lines,
            types::Framing::Csv(types::Csv { delimiter, header, skip_lines }) => {
                Self::Csv(core::Csv { delimiter, header, skip_lines })
            }
            types::Framing::JsonItems(pointer) => Self::JsonItems(pointer),
            types::Framing::Raw => Self::Raw,
        }
    }
}
