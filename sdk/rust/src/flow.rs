//! What an operation does, as a value; the SDK runs it and keeps its state.
//!
//! A flow is built anew at each step from the context and the operation, and only the position in
//! it is stored. So closures need not be stored, the state is small, and a synchronisation goes on
//! under a newer version of the plugin.

mod each;
mod fetch;
mod harvest;
mod report;
mod state;

pub use each::{Each, Listed};
pub use fetch::Fetch;
pub use report::{Finished, Report};

pub(crate) use state::step;

use serde::{Deserialize, Serialize};

use crate::{Context, Found, Next, Request, Response, Slice, TransportFailure};

/// What an operation does: nothing, one [`Fetch`], one [`Report`], or several in order.
///
/// ```
/// use relink_sdk::{Fetch, Flow, Request};
///
/// let flow: Flow = Fetch::probe(Request::get("https://api.acme.example/me")).into();
/// let both = Flow::sequence([flow, Flow::nothing()]);
/// # let _ = both;
/// ```
#[derive(Debug)]
pub struct Flow(pub(crate) Stage);

#[derive(Debug)]
pub(crate) enum Stage {
    Refused(String),
    Fetch(Fetch),
    Report(Report),
    Each(Each),
    Sequence(Vec<Flow>),
}

impl Flow {
    /// Does nothing and is done.
    pub fn nothing() -> Self {
        Self(Stage::Sequence(Vec::new()))
    }

    /// One flow after the other.
    pub fn sequence(flows: impl IntoIterator<Item = Flow>) -> Self {
        Self(Stage::Sequence(flows.into_iter().collect()))
    }

    /// Ends the operation as failed before anything is sent: a bug of the plugin or of its caller.
    pub fn refused(why: impl Into<String>) -> Self {
        Self(Stage::Refused(why.into()))
    }

    /// The last arm of every `match` on the name of a dataset.
    pub fn unknown_dataset(slice: &Slice) -> Self {
        Self::refused(format!("there is no dataset {:?}", slice.dataset))
    }
}

impl From<Fetch> for Flow {
    fn from(fetch: Fetch) -> Self {
        Self(Stage::Fetch(fetch))
    }
}

impl From<Report> for Flow {
    fn from(report: Report) -> Self {
        Self(Stage::Report(report))
    }
}

impl From<Each> for Flow {
    fn from(each: Each) -> Self {
        Self(Stage::Each(each))
    }
}

/// Where a flow stands: what is stored between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Position {
    Fetch(fetch::Position),
    Report(report::Position),
    Each(each::Position),
    Sequence { index: usize, inner: Box<Position> },
}

/// What a flow answers to one event.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    pub(crate) found: Vec<Found>,
    pub(crate) course: Course,
}

/// How a flow goes on.
#[derive(Debug, Default)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is soon taken apart")]
pub(crate) enum Course {
    Do(Position, Next),
    #[default]
    Finished,
    Failed(String),
}

/// What happened, as flows see it.
#[derive(Debug)]
pub(crate) enum Happened<'a> {
    Answered(&'a Response),
    Unanswered(&'a TransportFailure),
    /// The wait is over, or the host starts again from the stored state: what was asked for last
    /// has to be asked for again.
    Woken,
}

impl Turn {
    pub(crate) fn send(position: Position, request: Request) -> Self {
        Self::ask(position, Next::Send(request))
    }

    pub(crate) fn ask(position: Position, next: Next) -> Self {
        Self { found: Vec::new(), course: Course::Do(position, next) }
    }

    pub(crate) fn failed(why: impl Into<String>) -> Self {
        Self { found: Vec::new(), course: Course::Failed(why.into()) }
    }

    /// Puts the position of an inner flow into that of the outer one.
    pub(crate) fn nested(mut self, outer: impl FnOnce(Position) -> Position) -> Self {
        if let Course::Do(position, next) = self.course {
            self.course = Course::Do(outer(position), next);
        }
        self
    }

    /// Goes on with another turn, keeping what was found so far.
    pub(crate) fn then(mut self, turn: Self) -> Self {
        self.found.extend(turn.found);
        self.course = turn.course;
        self
    }
}

impl Flow {
    pub(crate) fn start(&self, context: &Context) -> Turn {
        match &self.0 {
            Stage::Refused(why) => Turn::failed(why),
            Stage::Fetch(fetch) => fetch.start(),
            Stage::Report(report) => report.start(),
            Stage::Each(each) => each.start(),
            Stage::Sequence(flows) => start_from(flows, 0, context),
        }
    }

    pub(crate) fn go_on(&self, context: &Context, position: Position, happened: &Happened<'_>) -> Turn {
        match (&self.0, position) {
            (Stage::Fetch(fetch), Position::Fetch(position)) => fetch.go_on(position, happened),
            (Stage::Report(report), Position::Report(position)) => report.go_on(context, position, happened),
            (Stage::Each(each), Position::Each(position)) => each.go_on(context, position, happened),
            (Stage::Sequence(flows), Position::Sequence { index, inner }) => {
                let Some(flow) = flows.get(index) else {
                    return Turn::failed("the state belongs to a longer flow");
                };
                let turn = flow.go_on(context, *inner, happened).nested(|inner| in_sequence(index, inner));
                match turn.course {
                    Course::Finished => turn.then(start_from(flows, index + 1, context)),
                    _ => turn,
                }
            }
            _ => Turn::failed("the state belongs to another flow"),
        }
    }
}

/// Starts the first flow from `index` on that has anything to do.
fn start_from(flows: &[Flow], index: usize, context: &Context) -> Turn {
    let mut turn = Turn::default();
    for (index, flow) in flows.iter().enumerate().skip(index) {
        turn = turn.then(flow.start(context).nested(|inner| in_sequence(index, inner)));
        if !matches!(turn.course, Course::Finished) {
            break;
        }
    }
    turn
}

fn in_sequence(index: usize, inner: Position) -> Position {
    Position::Sequence { index, inner: Box::new(inner) }
}

#[cfg(test)]
mod tests;
