//! The hostile inputs of the matrix: what each tries, what bounds it, and what has to become of it.

mod files;

use serde_json::json;

use super::{LOG, bombs, lying};
use crate::guest::{Guest, LOOP};

/// One hostile input.
pub(super) struct Attack {
    pub(super) what: &'static str,
    pub(super) limit: &'static str,
    pub(super) input: Input,
    /// How what the host says begins.
    pub(super) expected: &'static str,
}

pub(super) enum Input {
    /// Nothing: what is measured then is the machine.
    Nothing,
    /// A thread of the same process that is no plugin.
    Busy,
    /// Bytes that are to be loaded.
    Load(Vec<u8>),
    /// A plugin whose `step` is called.
    Step(Guest),
    Classify(Guest),
}

const RESOURCES: &str = "refused at the gate `resources`";

/// Families of attacks, by name.
pub(super) fn all() -> [(&'static str, Vec<Attack>); 8] {
    [
        ("For comparison", nothing()),
        ("Time", time()),
        ("Memory", memory()),
        ("Calls of the host", host_calls()),
        ("Answers", answers()),
        ("Compile bombs", files::compiling()),
        ("Powers", files::imports()),
        ("Other files", files::forms()),
    ]
}

fn load(what: &'static str, limit: &'static str, component: Vec<u8>, expected: &'static str) -> Attack {
    Attack { what, limit, input: Input::Load(component), expected }
}

fn step(what: &'static str, limit: &'static str, guest: Guest, expected: &'static str) -> Attack {
    Attack { what, limit, input: Input::Step(guest), expected }
}

fn nothing() -> Vec<Attack> {
    let input = |what, input, expected| Attack { what, limit: "", input, expected };
    vec![
        input("nothing at all", Input::Nothing, "nothing was done"),
        input("a thread that is busy, and no plugin", Input::Busy, "a thread was busy"),
    ]
}

fn time() -> Vec<Attack> {
    let endless = |what, guest| step(what, "the deadline of a call", guest, "deadline");
    let after = r#"(func (export "cabi_post_relink:plugin/provider@0.2.0#step") (param i32) (loop $l (br $l)))"#;
    let logging = "(loop $l (call $log (i32.const 0) (i32.const 70000) (i32.const 60000)) (br $l)) unreachable";
    let filling = |bytes: u32| {
        format!("(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const {bytes})) (br $l)) unreachable")
    };
    let copying = "(loop $l (memory.copy (i32.const 0) (i32.const 1) (i32.const 67108863)) (br $l)) unreachable";
    let all = |body: &str| Guest { pages: 1_024, ..Guest::stepping(body) };
    let start = Guest { extra: "(func $start (loop $l (br $l))) (start $start)".to_owned(), ..Guest::default() };
    let classifying = Guest { classify: Some(LOOP.to_owned()), ..Guest::default() };
    let classifying = Input::Classify(classifying);
    vec![
        endless("a loop without end", Guest::stepping(LOOP)),
        Attack {
            what: "the same in `classify`",
            limit: "the deadline of a call",
            input: classifying,
            expected: "deadline",
        },
        endless("a loop that fills 64 KiB", Guest::stepping(&filling(64 << 10))),
        endless("a loop that fills 64 MiB, each time without a pause", all(&filling(64 << 20))),
        endless("a loop that copies 64 MiB, each time without a pause", all(copying)),
        endless("a loop of calls of the host", Guest { imports: LOG.to_owned(), ..Guest::stepping(logging) }),
        endless("a loop in `cabi_realloc`", Guest { realloc: LOOP.to_owned(), ..Guest::default() }),
        endless("a loop after the answer", Guest { extra: after.to_owned(), ..Guest::default() }),
        load(
            "a start function without end",
            "the deadline of a call",
            start.component(),
            "refused at the gate `describe`",
        ),
    ]
}

fn memory() -> Vec<Attack> {
    const MEMORY: &str = "64 MiB of memory";
    const TABLE: &str = "20 000 elements of a table";
    let extra = |extra: &str| Guest { extra: extra.to_owned(), ..Guest::default() };
    let growing = "(loop $l (drop (memory.grow (i32.const 64))) (br $l)) unreachable";
    let table = "(if (i32.eq (table.grow $t (ref.null func) (i32.const 1000000)) (i32.const -1)) (then unreachable))
         (i32.const 0)";
    let recursing = Guest::stepping("(call $deep (i64.const 1)) (i32.const 0)");
    let deep = "(func $deep (param i64) (call $deep (local.get 0)) (call $deep (local.get 0)))".to_owned();
    vec![
        step("memory that grows until something gives way", MEMORY, Guest::stepping(growing), "memory"),
        step("4 GiB at once", MEMORY, Guest::stepping("(drop (memory.grow (i32.const 65000))) unreachable"), "memory"),
        load("1 GiB from the start", MEMORY, Guest { pages: 16_384, ..Guest::default() }.component(), RESOURCES),
        step(
            "a table that grows to a million elements",
            TABLE,
            Guest { extra: "(table $t 1 funcref)".to_owned(), ..Guest::stepping(table) },
            "trap",
        ),
        load("a million elements from the start", TABLE, extra("(table 1000000 funcref)").component(), RESOURCES),
        step("recursion without end", "512 KiB of stack", Guest { extra: deep, ..recursing }, "trap"),
        load(
            "data for an address that its memory lacks",
            "its own memory",
            extra(r#"(data (i32.const 2000000000) "x")"#).component(),
            "refused at the gate `describe`",
        ),
        load(
            "900 instances of a module",
            "256 instances",
            bombs::instances(&Guest::default().component(), 900),
            "refused at the gate",
        ),
    ]
}

fn host_calls() -> Vec<Attack> {
    let flood = "(local $n i32)
        (loop $l
            (call $log (i32.const 1) (i32.const 16) (i32.const 8))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $n) (i32.const 20000))))
        unreachable";
    let long = "(call $log (i32.const 1) (i32.const 0) (i32.const 33554432)) unreachable";
    let logging = |body: &str| Guest { imports: LOG.to_owned(), pages: 600, ..Guest::stepping(body) };
    vec![
        step("20 000 lines for the log", "64 KiB of log in a call, and the deadline", logging(flood), "trap"),
        step("one line of 32 MiB for the log", "20 MiB from a guest in a call", logging(long), "bad-output"),
        step("a million resources of its own", "1 000 resources in a call", with_resources(1_000_000), "bad-output"),
        step("a resource, made and dropped without end", "the deadline of a call", with_resources(0), "deadline"),
    ]
}

/// A guest that makes so many resources of a type of its own and keeps them; or, without a number, drops each.
fn with_resources(kept: u32) -> Guest {
    let honest = Guest::default();
    let wit = honest.wit.replace("export provider;", "export provider; export hoard;");
    let wit = wit + "interface hoard { resource thing { constructor(); } }";
    let imports = r#"
        (import "[export]relink:plugin/hoard@0.2.0" "[resource-new]thing" (func $new (param i32) (result i32)))
        (import "[export]relink:plugin/hoard@0.2.0" "[resource-drop]thing" (func $drop (param i32)))"#;
    let extra = r#"(func (export "relink:plugin/hoard@0.2.0#[constructor]thing") (result i32) unreachable)"#;
    let step = if kept == 0 {
        "(loop $l (call $drop (call $new (i32.const 1))) (br $l)) unreachable".to_owned()
    } else {
        format!(
            "(local $n i32)
            (loop $l
                (drop (call $new (i32.const 1)))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $l (i32.lt_u (local.get $n) (i32.const {kept}))))
            (i32.const 0)"
        )
    };
    Guest { wit, imports: imports.to_owned(), extra: extra.to_owned(), step: Some(step), ..honest }
}

fn answers() -> Vec<Attack> {
    let wrong = |what, limit, guest| step(what, limit, guest, "bad-output");
    let rows = json!({"rows": {"dataset": "campaigns", "rows": {"$raw": [65536, 6 << 20]}}});
    let copies = Guest { pages: 200, ..lying("/found", json!([rows, rows, rows, rows])) };
    let long = Guest { pages: 600, ..lying("/found/0/rows/rows", json!({"$raw": [0, 32 << 20]})) };
    vec![
        wrong("one text of 32 MiB", "20 MiB from a guest in a call", long),
        wrong("24 MiB as four times the same text", "20 MiB from a guest in a call", copies),
        wrong(
            "a list of 200 million findings",
            "its own memory",
            lying("/found", json!({"$raw": [1024, 200_000_000]})),
        ),
        wrong("an answer outside of its memory", "its own memory", Guest::stepping("(i32.const -8)")),
        wrong("an answer at an odd address", "the Canonical ABI", Guest::stepping("(i32.const 1027)")),
        wrong(
            "a text that is not UTF-8",
            "the Canonical ABI",
            lying("/next/send/url", json!({"$bytes": [104, 255, 254]})),
        ),
        wrong("a case that does not exist", "the Canonical ABI", lying("/next", json!({"$case": 99}))),
        wrong("a state of 65 KiB", "64 KiB of state", lying("/state", json!(vec![0; 65 << 10]))),
        wrong(
            "control characters in an account's id",
            "clean identifiers",
            lying("/found/2/account/id", json!("a\u{1b}[2J")),
        ),
        wrong(
            "a request with a credential that it did not declare",
            "its descriptor",
            lying("/next/send/credential", json!("key")),
        ),
    ]
}
