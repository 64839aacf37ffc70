//! The border to the contract's `step`: bytes in, bytes out.

use serde::{Deserialize, Serialize};

use super::{Course, Happened, Position, Turn};
use crate::{Context, Event, Next, Operation, Provider, Slice, StepOut, Window};

/// What the host stores for us between two steps; at most so many bytes.
const MAX_STATE_BYTES: usize = 64 * 1024;

#[derive(Serialize, Deserialize)]
struct Stored {
    operation: StoredOperation,
    position: Position,
}

#[derive(Serialize, Deserialize)]
enum StoredOperation {
    Probe,
    Identify,
    Accounts,
    Sync { dataset: String, days: Option<(String, String)> },
}

/// Runs a provider's flow one step on.
pub(crate) fn step<P: Provider + ?Sized>(context: &Context, state: &[u8], event: Event) -> StepOut {
    if let Event::Start(operation) = event {
        let turn = P::flow(context, &operation).start(context);
        return step_out(operation, turn, state);
    }
    let stored: Stored = match serde_json::from_slice(state) {
        Ok(stored) => stored,
        Err(error) => return failed(format!("the state cannot be read: {error}"), state),
    };
    let operation = Operation::from(stored.operation);
    let happened = match &event {
        Event::Answered(answer) => Happened::Answered(answer),
        Event::Unanswered(failure) => Happened::Unanswered(failure),
        Event::Woken | Event::Start(_) => Happened::Woken,
    };
    if let Some(why) = refusal::<P>(&happened) {
        return failed(why, state);
    }
    let turn = P::flow(context, &operation).go_on(context, stored.position, &happened);
    let mut out = step_out(operation, turn, state);
    if let Happened::Answered(answer) = happened {
        out.throttle = P::throttle(answer);
    }
    out
}

/// No answer, a status that is no success, or what the provider's author says is none.
fn refusal<P: Provider + ?Sized>(happened: &Happened<'_>) -> Option<String> {
    match happened {
        Happened::Woken => None,
        Happened::Unanswered(failure) => Some(format!("no answer: {}", failure.detail)),
        Happened::Answered(answer) if answer.is_success() => P::refusal(answer),
        Happened::Answered(answer) => Some(format!("the provider answered {}", answer.status)),
    }
}

fn step_out(operation: Operation, turn: Turn, old_state: &[u8]) -> StepOut {
    let (state, next) = match turn.course {
        Course::Finished => (Vec::new(), Next::Done),
        Course::Failed(why) => return failed(why, old_state),
        Course::Do(position, next) => {
            let stored = Stored { operation: operation.into(), position };
            let state = serde_json::to_vec(&stored).expect("positions are plain data with text keys");
            if state.len() > MAX_STATE_BYTES {
                return failed(format!("the state has grown to {} bytes", state.len()), old_state);
            }
            (state, next)
        }
    };
    StepOut { state, found: turn.found, throttle: None, next }
}

/// A failure keeps the state, so that the same step can be tried again.
fn failed(why: String, state: &[u8]) -> StepOut {
    StepOut { state: state.to_vec(), found: Vec::new(), throttle: None, next: Next::Failed(why) }
}

impl From<Operation> for StoredOperation {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Probe => Self::Probe,
            Operation::Identify => Self::Identify,
            Operation::Accounts => Self::Accounts,
            Operation::Sync(Slice { dataset, window }) => {
                Self::Sync { dataset, days: window.map(|window| (window.since, window.until)) }
            }
        }
    }
}

impl From<StoredOperation> for Operation {
    fn from(stored: StoredOperation) -> Self {
        match stored {
            StoredOperation::Probe => Self::Probe,
            StoredOperation::Identify => Self::Identify,
            StoredOperation::Accounts => Self::Accounts,
            StoredOperation::Sync { dataset, days } => {
                Self::Sync(Slice { dataset, window: days.map(|(since, until)| Window { since, until }) })
            }
        }
    }
}
