//! A report job: ask for it, wait until it is made, download it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fetch, Happened, Turn};
use crate::answer::scalar;
use crate::{Context, Next, Request, Response};

const DEFAULT_POLL_MS: u64 = 10_000;
const DEFAULT_TIMEOUT_MS: u64 = 60 * 60_000;

/// A report that the provider makes in its own time.
///
/// ```
/// use relink_sdk::{Column, Fetch, Items, Report, Request, Table};
///
/// static CLICKS: Table = Table::new("clicks", "Clicks", &[Column::day("day", "/Day").key()]);
///
/// let create = Request::post("https://api.acme.example/reports").form(&[("type", "CLICKS")]);
/// let report = Report::new(create, "/report/id", |id| {
///     Request::get(format!("https://api.acme.example/reports/{id}"))
/// })
/// .status("/report/status", ["DONE"], ["FAILED", "CANCELLED"])
/// .location("/report/url")
/// .poll_every_ms(5_000)
/// .download(|report| {
///     let request = Request::get(&report.location).without_credential();
///     Fetch::rows(&CLICKS, request, Items::csv(',')).in_chunks(256 * 1024)
/// });
/// # let _ = report;
/// ```
pub struct Report {
    create: Request,
    id_pointer: String,
    poll: Box<dyn Fn(&str) -> Request>,
    status_pointer: String,
    ready: Vec<String>,
    failed: Vec<String>,
    location_pointer: Option<String>,
    poll_every_ms: u64,
    timeout_ms: u64,
    download: Option<MakeDownload>,
}

type MakeDownload = Box<dyn Fn(&Finished) -> Fetch>;

/// A report that is ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// What the provider called the job.
    pub id: String,
    /// Where the report lies, if [`Report::location`] was named; empty otherwise.
    pub location: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Position {
    Creating,
    Waiting { id: String, created_at: u64 },
    Polling { id: String, created_at: u64 },
    Downloading { finished: Finished, inner: super::fetch::Position },
}

impl Report {
    /// A job that `create` starts; the answer holds its id at `id_pointer`.
    pub fn new(create: Request, id_pointer: &str, poll: impl Fn(&str) -> Request + 'static) -> Self {
        Self {
            create,
            id_pointer: id_pointer.to_owned(),
            poll: Box::new(poll),
            status_pointer: "/status".to_owned(),
            ready: Vec::new(),
            failed: Vec::new(),
            location_pointer: None,
            poll_every_ms: DEFAULT_POLL_MS,
            timeout_ms: DEFAULT_TIMEOUT_MS,
            download: None,
        }
    }

    /// Where the poll's answer holds the status, and which ones end the wait; all others mean that
    /// the report is still being made. Case does not count.
    pub fn status<'a>(
        mut self,
        pointer: &str,
        ready: impl IntoIterator<Item = &'a str>,
        failed: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        pointer.clone_into(&mut self.status_pointer);
        self.ready = ready.into_iter().map(str::to_owned).collect();
        self.failed = failed.into_iter().map(str::to_owned).collect();
        self
    }

    /// Where the poll's answer holds the address of the report.
    pub fn location(mut self, pointer: &str) -> Self {
        self.location_pointer = Some(pointer.to_owned());
        self
    }

    /// The pause between two polls (10 seconds otherwise).
    pub fn poll_every_ms(mut self, ms: u64) -> Self {
        self.poll_every_ms = ms;
        self
    }

    /// When to give up (after an hour otherwise).
    pub fn give_up_after_ms(mut self, ms: u64) -> Self {
        self.timeout_ms = ms;
        self
    }

    /// How to fetch the report once it is ready.
    pub fn download(mut self, download: impl Fn(&Finished) -> Fetch + 'static) -> Self {
        self.download = Some(Box::new(download));
        self
    }

    pub(super) fn start(&self) -> Turn {
        Turn::send(super::Position::Report(Position::Creating), self.create.clone())
    }

    pub(super) fn go_on(&self, context: &Context, position: Position, happened: &Happened<'_>) -> Turn {
        match (position, happened) {
            (Position::Downloading { finished, inner }, happened) => self.go_on_downloading(finished, inner, happened),
            (Position::Creating, Happened::Answered(answer)) => self.wait_for_created(context, answer),
            (Position::Polling { id, created_at }, Happened::Answered(answer)) => {
                self.judge_poll(context, id, created_at, answer)
            }
            (Position::Creating, _) => self.start(),
            (Position::Waiting { id, created_at } | Position::Polling { id, created_at }, _) => {
                let request = (self.poll)(&id);
                Turn::send(super::Position::Report(Position::Polling { id, created_at }), request)
            }
        }
    }

    fn wait_for_created(&self, context: &Context, answer: &Response) -> Turn {
        match text_at(answer, &self.id_pointer) {
            Some(id) => self.wait(id, context.now),
            None => Turn::failed("the answer names no report"),
        }
    }

    fn judge_poll(&self, context: &Context, id: String, created_at: u64, answer: &Response) -> Turn {
        let status = text_at(answer, &self.status_pointer).unwrap_or_default();
        let is_one_of = |list: &[String]| list.iter().any(|name| name.eq_ignore_ascii_case(&status));
        if is_one_of(&self.ready) {
            let location = self.location_pointer.as_deref().and_then(|pointer| text_at(answer, pointer));
            return self.start_download(Finished { id, location: location.unwrap_or_default() });
        }
        if is_one_of(&self.failed) {
            return Turn::failed(format!("the report ended as {status}"));
        }
        if context.now.saturating_sub(created_at) >= self.timeout_ms {
            return Turn::failed(format!("the report is {status} after {} ms", self.timeout_ms));
        }
        self.wait(id, created_at)
    }

    fn wait(&self, id: String, created_at: u64) -> Turn {
        let position = Position::Waiting { id, created_at };
        Turn::ask(super::Position::Report(position), Next::WaitMs(self.poll_every_ms))
    }

    fn start_download(&self, finished: Finished) -> Turn {
        match &self.download {
            None => Turn::default(),
            Some(download) => download(&finished).start().nested(|inner| downloading(finished, inner)),
        }
    }

    fn go_on_downloading(&self, finished: Finished, inner: super::fetch::Position, happened: &Happened<'_>) -> Turn {
        match &self.download {
            None => Turn::failed("the state belongs to another flow"),
            Some(download) => download(&finished).go_on(inner, happened).nested(|inner| downloading(finished, inner)),
        }
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Report")
            .field("create", &self.create)
            .field("status_pointer", &self.status_pointer)
            .finish_non_exhaustive()
    }
}

fn downloading(finished: Finished, inner: super::Position) -> super::Position {
    match inner {
        super::Position::Fetch(inner) => super::Position::Report(Position::Downloading { finished, inner }),
        other => other,
    }
}

fn text_at(answer: &Response, pointer: &str) -> Option<String> {
    let document: Value = answer.json()?;
    document.pointer(pointer).and_then(scalar).filter(|text| !text.is_empty())
}
