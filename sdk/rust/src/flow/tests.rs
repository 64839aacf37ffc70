use serde_json::{Value, json};

use crate::{
    Column, Context, Descriptor, Each, ErrorTable, Event, Fetch, Field, Flow, Found, Framing, Identity, Items, Next,
    Operation, Pages, Provider, Report, Request, Response, Slice, StepOut, Table,
};

static THINGS: Table = Table::new("things", "Things", &[Column::text("id", "/id").key(), Column::text("of", "/of")]);

struct Toy;

impl Provider for Toy {
    fn describe() -> Descriptor {
        Descriptor::new("toy", "Toy", "1.0.0").host("toy.example").table(&THINGS)
    }

    fn errors() -> ErrorTable {
        ErrorTable::new("toy", "Toy", [])
    }

    fn probe(_: &Context) -> Flow {
        Fetch::probe(get("me")).into()
    }

    fn identify(_: &Context) -> Flow {
        Fetch::identity(get("me"), |me| Some(Identity { subject: me["id"].as_str()?.to_owned(), label: String::new() }))
            .into()
    }

    fn sync(_: &Context, slice: &Slice) -> Flow {
        match slice.dataset.as_str() {
            "paged" => Fetch::rows(&THINGS, get("things"), Items::at("/data"))
                .pages(Pages::token("/next").in_query("cursor"))
                .into(),
            "each" => Each::listed(get("groups"), Items::at("/data"), |group| Some(group["id"].clone()))
                .pages(Pages::token("/next").in_query("cursor"))
                .batches_of(2, |ids| {
                    let of = Value::from(ids.to_vec()).to_string();
                    Fetch::rows(&THINGS, get("things").query("of", &of), Items::at("/data")).with("of", of).into()
                })
                .into(),
            "report" => report().into(),
            "both" => Flow::sequence([
                Flow::nothing(),
                Fetch::rows(&THINGS, get("first"), Items::at("")).into(),
                Fetch::rows(&THINGS, get("second"), Items::at("")).into(),
            ]),
            _ => Flow::unknown_dataset(slice),
        }
    }

    fn refusal(answer: &Response) -> Option<String> {
        answer.json()?.get("error").map(Value::to_string)
    }
}

fn get(path: &str) -> Request {
    Request::get(format!("https://toy.example/{path}"))
}

fn report() -> Report {
    Report::new(Request::post("https://toy.example/reports"), "/id", |id| get(&format!("reports/{id}")))
        .status("/status", ["done"], ["dead"])
        .location("/url")
        .poll_every_ms(500)
        .give_up_after_ms(1_000)
        .download(|report| Fetch::rows(&THINGS, Request::get(&report.location), Items::csv(',')).in_chunks(1024))
}

/// A run of the toy, driven answer by answer.
struct Drive {
    context: Context,
    out: StepOut,
    rows: Vec<String>,
}

impl Drive {
    fn start(dataset: &str) -> Self {
        let slice = Slice { dataset: dataset.to_owned(), window: None };
        Self::operate(Operation::Sync(slice))
    }

    fn operate(operation: Operation) -> Self {
        let context =
            Context { now: 0, seed: Vec::new(), config: "{}".to_owned(), auth_method: String::new(), account: None };
        let out = Toy::step(&context, &[], Event::Start(operation));
        Self { context, out, rows: Vec::new() }
    }

    fn event(&mut self, event: Event) -> &mut Self {
        self.out = Toy::step(&self.context, &self.out.state, event);
        for found in &self.out.found {
            if let Found::Rows(found) = found {
                self.rows.extend(found.rows.lines().map(str::to_owned));
            }
        }
        self
    }

    fn answer(&mut self, body: impl ToString) -> &mut Self {
        self.event(Event::Answered(response(200, body, false)))
    }

    /// The address of the request that is to be sent; it must be the same after a restart.
    #[track_caller]
    fn url(&self) -> String {
        let Next::Send(request) = &self.out.next else { panic!("{:?}", self.out.next) };
        let again = Toy::step(&self.context, &self.out.state, Event::Woken);
        assert_eq!(again.next, self.out.next, "another request after a restart");
        request.url.clone()
    }
}

fn response(status: u16, body: impl ToString, more: bool) -> Response {
    let headers: Vec<Field> = Vec::new();
    Response { status, headers, body: body.to_string().into_bytes(), more }
}

#[test]
fn pages_follow_each_other() {
    let mut drive = Drive::start("paged");
    assert_eq!(drive.url(), "https://toy.example/things");
    drive.answer(json!({"data": [{"id": 1}], "next": "b"}));
    assert_eq!(drive.url(), "https://toy.example/things?cursor=b");
    drive.answer(json!({"data": [{"id": 2}, {"no": "id"}]}));
    assert_eq!(drive.out.next, Next::Done);
    assert_eq!(drive.rows, [r#"{"id":"1","of":null}"#, r#"{"id":"2","of":null}"#]);
}

#[test]
fn a_failure_keeps_the_state_so_that_the_step_can_be_tried_again() {
    let mut drive = Drive::start("paged");
    drive.answer(json!({"data": [], "next": "b"}));
    let before = drive.out.state.clone();
    drive.event(Event::Answered(response(503, "", false)));
    assert_eq!(drive.out.next, Next::Failed("the provider answered 503".to_owned()));
    assert_eq!(drive.out.state, before);
    drive.event(Event::Woken);
    assert_eq!(drive.url(), "https://toy.example/things?cursor=b");
}

#[test]
fn an_error_within_a_success_is_a_failure() {
    let mut drive = Drive::start("paged");
    drive.answer(json!({"error": "no"}));
    assert_eq!(drive.out.next, Next::Failed(r#""no""#.to_owned()));
    drive.answer("not json");
    assert!(matches!(&drive.out.next, Next::Failed(why) if why.contains("no JSON")));
}

#[test]
fn every_batch_of_a_list_has_its_flow() {
    let mut drive = Drive::start("each");
    drive.answer(json!({"data": [{"id": 1}], "next": "b"}));
    assert_eq!(drive.url(), "https://toy.example/groups?cursor=b");
    drive.answer(json!({"data": [{"id": 2}, {"id": 3}]}));
    assert_eq!(drive.url(), "https://toy.example/things?of=%5B1%2C2%5D");
    drive.answer(json!({"data": [{"id": "x"}]}));
    assert_eq!(drive.url(), "https://toy.example/things?of=%5B3%5D");
    drive.answer(json!({"data": [{"id": "y"}]}));
    assert_eq!(drive.out.next, Next::Done);
    assert_eq!(drive.rows, [r#"{"id":"x","of":"[1,2]"}"#, r#"{"id":"y","of":"[3]"}"#]);
}

#[test]
fn an_empty_list_has_nothing_to_do() {
    let mut drive = Drive::start("each");
    drive.answer(json!({"data": []}));
    assert_eq!(drive.out.next, Next::Done);
}

#[test]
fn a_report_is_asked_for_awaited_and_downloaded_in_chunks() {
    let mut drive = Drive::start("report");
    assert_eq!(drive.url(), "https://toy.example/reports");
    drive.answer(json!({"id": 7}));
    assert_eq!(drive.out.next, Next::WaitMs(500));
    drive.event(Event::Woken);
    assert_eq!(drive.url(), "https://toy.example/reports/7");
    drive.answer(json!({"status": "working"}));
    assert_eq!(drive.out.next, Next::WaitMs(500));
    drive.event(Event::Woken).answer(json!({"status": "DONE", "url": "https://toy.example/f"}));
    assert_eq!(drive.url(), "https://toy.example/f");
    let Next::Send(Request { deliver: crate::Delivery::Chunks(chunking), .. }) = &drive.out.next else {
        panic!("the file is to come in chunks");
    };
    assert!(matches!(chunking.framing, Framing::Csv(_)));
    drive.event(Event::Answered(response(200, "id,of\n1,a\n", true)));
    assert_eq!(drive.out.next, Next::Receive);
    drive.event(Event::Answered(response(200, "2,b\n", false)));
    assert_eq!(drive.out.next, Next::Done);
    assert_eq!(drive.rows, [r#"{"id":"1","of":"a"}"#, r#"{"id":"2","of":"b"}"#]);
}

#[test]
fn a_report_that_dies_or_takes_too_long_is_a_failure() {
    let mut dead = Drive::start("report");
    dead.answer(json!({"id": 7})).event(Event::Woken).answer(json!({"status": "dead"}));
    assert_eq!(dead.out.next, Next::Failed("the report ended as dead".to_owned()));

    let mut late = Drive::start("report");
    late.answer(json!({"id": 7})).event(Event::Woken);
    late.context.now = 1_000;
    late.answer(json!({"status": "working"}));
    assert!(matches!(late.out.next, Next::Failed(_)));

    let mut nameless = Drive::start("report");
    nameless.answer(json!({}));
    assert!(matches!(nameless.out.next, Next::Failed(_)));
}

#[test]
fn flows_run_one_after_the_other() {
    let mut drive = Drive::start("both");
    assert_eq!(drive.url(), "https://toy.example/first");
    drive.answer(json!([{"id": 1}]));
    assert_eq!(drive.url(), "https://toy.example/second");
    assert_eq!(drive.rows.len(), 1);
    drive.answer(json!([{"id": 2}]));
    assert_eq!(drive.out.next, Next::Done);
    assert_eq!(drive.rows.len(), 2);
}

#[test]
fn an_identity_is_found_or_the_operation_fails() {
    let mut found = Drive::operate(Operation::Identify);
    found.answer(json!({"id": "u1"}));
    assert_eq!(found.out.found.len(), 1);
    let mut lost = Drive::operate(Operation::Identify);
    lost.answer(json!({}));
    assert!(matches!(lost.out.next, Next::Failed(_)));
}

#[test]
fn foreign_states_and_datasets_are_failures_and_no_panics() {
    let drive = Drive::start("unheard-of");
    assert!(matches!(drive.out.next, Next::Failed(_)));
    let other = Drive::start("report").out.state;
    let swapped = String::from_utf8(other).unwrap().replace("report", "paged");
    for state in [b"".as_slice(), b"\xff", b"{}", swapped.as_bytes()] {
        let out = Toy::step(&drive.context, state, Event::Answered(response(200, "{}", false)));
        assert!(matches!(out.next, Next::Failed(_)), "{}", String::from_utf8_lossy(state));
    }
}

#[test]
fn a_list_that_outgrows_the_state_is_a_failure() {
    let mut drive = Drive::start("each");
    let long = "x".repeat(40 * 1024);
    drive.answer(json!({"data": [{"id": long}], "next": "b"}));
    drive.answer(json!({"data": [{"id": long}], "next": "c"}));
    assert!(matches!(&drive.out.next, Next::Failed(why) if why.contains("grown")));
}
