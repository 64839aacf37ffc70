//! Guests that want to harm: each is ended, is named for what it did, and harms nobody else.

mod attacks;
pub(crate) mod bombs;
mod disturbance;
mod field;
mod matrix;
mod mutations;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span;

use crate::guest::{Guest, LOOP, context, failure, load, start};

const LOG: &str = r#"(import "relink:plugin/diag@0.2.0" "log" (func $log (param i32 i32 i32)))"#;

/// Calls `step`, and returns the code of the fault.
fn fault_of(guest: &Guest) -> String {
    let plugin = load(guest).unwrap();
    let began = Instant::now();
    let fault = plugin.step(context(), &[0; 100], start()).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10), "{fault}");
    assert!(fault.is_plugins_fault(), "{fault}");
    format!("{}: {fault}", fault.code())
}

#[track_caller]
fn check(guest: &Guest, expected: &str) {
    let fault = fault_of(guest);
    assert!(fault.starts_with(expected), "{fault}");
}

/// A guest that answers with a step in which one value is something that no honest guest writes.
fn lying(pointer: &str, value: Value) -> Guest {
    let mut guest = Guest::default();
    *guest.step_out.pointer_mut(pointer).unwrap() = value;
    guest
}

#[test]
fn whatever_runs_for_ever_is_stopped() {
    check(&Guest::stepping(LOOP), "deadline");
    check(
        &Guest::stepping("(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $l)) unreachable"),
        "deadline",
    );
    let logging = "(loop $l (call $log (i32.const 0) (i32.const 70000) (i32.const 60000)) (br $l)) unreachable";
    check(&Guest { imports: LOG.to_owned(), ..Guest::stepping(logging) }, "deadline");
    let after = r#"(func (export "cabi_post_relink:plugin/provider@0.2.0#step") (param i32) (loop $l (br $l)))"#;
    check(&Guest { extra: after.to_owned(), ..Guest::default() }, "deadline");
    check(&Guest { realloc: LOOP.to_owned(), ..Guest::default() }, "deadline");
    let classifying = Guest { classify: Some(LOOP.to_owned()), ..Guest::default() };
    assert_eq!(load(&classifying).unwrap().classify(failure()).unwrap_err().code(), "deadline");
}

#[test]
fn a_start_function_that_runs_for_ever_is_stopped() {
    let extra = "(func $start (loop $l (br $l))) (start $start)".to_owned();
    let refusal = load(&Guest { extra, ..Guest::default() }).unwrap_err();
    assert!(refusal.found.contains("stopped after"), "{refusal}");
}

#[test]
fn memory_is_bounded() {
    check(&Guest::stepping("(loop $l (drop (memory.grow (i32.const 64))) (br $l)) unreachable"), "memory");
    check(&Guest::stepping("(drop (memory.grow (i32.const 65000))) (i32.const 0)"), "memory");
}

#[test]
fn tables_are_bounded() {
    let guest = Guest {
        extra: "(table $t 1 funcref)".to_owned(),
        ..Guest::stepping(
            "(if (i32.eq (table.grow $t (ref.null func) (i32.const 1000000)) (i32.const -1)) (then unreachable)) (i32.const 0)",
        )
    };
    check(&guest, "trap");
}

#[test]
fn deep_recursion_is_a_trap_and_not_a_crash() {
    let extra = "(func $deep (param i64 i64 i64) (call $deep (local.get 0) (local.get 1) (local.get 2)) (call $deep (local.get 2) (local.get 1) (local.get 0)))";
    let guest = Guest {
        extra: extra.to_owned(),
        ..Guest::stepping("(call $deep (i64.const 1) (i64.const 2) (i64.const 3)) (i32.const 0)")
    };
    check(&guest, "trap: the plugin trapped: wasm trap: call stack exhausted");
}

#[test]
fn traps_are_named() {
    check(&Guest::stepping("unreachable"), "trap: the plugin trapped: wasm trap: wasm `unreachable`");
    check(
        &Guest::stepping("(i32.div_u (i32.const 1) (i32.const 0))"),
        "trap: the plugin trapped: wasm trap: integer divide",
    );
    check(&Guest::stepping("(i32.load (i32.const -4))"), "trap: the plugin trapped: wasm trap: out of bounds");
}

#[test]
fn answers_that_are_no_values_are_faults() {
    check(&Guest::stepping("(i32.const -8)"), "bad-output");
    check(&Guest::stepping("(i32.const 1027)"), "bad-output");
    check(&lying("/next/send/url", json!({"$bytes": [104, 255, 254]})), "bad-output");
    check(&lying("/next/send/url", json!({"$raw": [4_000_000_000_u32, 10]})), "bad-output");
    check(&lying("/found", json!({"$raw": [1024, 200_000_000]})), "bad-output");
    check(&lying("/found", json!({"$raw": [1024, u32::MAX]})), "bad-output");
    check(&lying("/found", json!({"$raw": [1025, 1]})), "bad-output");
    check(&lying("/next", json!({"$case": 99})), "bad-output");
    let mut unknown_reason = Guest::default();
    unknown_reason.diagnosis["reason"] = json!({"$case": 200});
    assert_eq!(load(&unknown_reason).unwrap().classify(failure()).unwrap_err().code(), "bad-output");
}

#[test]
fn one_text_of_many_megabytes_is_refused_before_it_is_copied() {
    let mut guest = lying("/found/0/rows/rows", json!({"$raw": [0, 32 << 20]}));
    guest.pages = 600;
    check(&guest, "bad-output");
}

#[test]
fn many_copies_of_one_text_are_refused() {
    let big = json!({"rows": {"dataset": "campaigns", "rows": {"$raw": [65536, 6 << 20]}}});
    let mut guest = lying("/found", json!([big, big, big, big]));
    guest.pages = 200;
    check(&guest, "bad-output");
}

#[test]
fn nothing_is_left_from_the_call_before() {
    // Counts its calls in memory, and gives the count back as its state.
    let guest = Guest::stepping(
        "(i32.store (i32.const 256) (i32.add (i32.load (i32.const 256)) (i32.const 1)))
         (i32.store (i32.const 512) (i32.const 256)) (i32.store (i32.const 516) (i32.const 4))
         (i32.store8 (i32.const 576) (i32.const 3))
         (i32.const 512)",
    );
    let plugin = load(&guest).unwrap();
    for _ in 0..50 {
        assert_eq!(plugin.step(context(), &[], start()).unwrap().state, [1, 0, 0, 0]);
    }
}

#[test]
fn a_plugin_answers_again_after_a_fault() {
    let moody = Guest { classify: Some("unreachable".to_owned()), ..Guest::default() };
    let plugin = load(&moody).unwrap();
    for _ in 0..20 {
        assert_eq!(plugin.classify(failure()).unwrap_err().code(), "trap");
        assert!(plugin.step(context(), &[], start()).is_ok());
    }
}

#[test]
fn the_log_is_bounded_and_cleaned() {
    let extra = r#"(data (i32.const 16) "fine\1b[2J\0aforged line")"#.to_owned();
    let body = "(local $n i32)
        (loop $l
            (call $log (i32.const 1) (i32.const 16) (i32.const 20))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $n) (i32.const 5000))))
        unreachable";
    let guest = Guest { imports: LOG.to_owned(), extra, ..Guest::stepping(body) };
    let plugin = load(&guest).unwrap();
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || plugin.step(context(), &[], start()).unwrap_err());
    let lines = log.lines.lock().unwrap();
    assert_eq!(lines.len(), 64 * 1024 / 64 + 1);
    assert_eq!(lines.first().unwrap(), "fine [2J forged line");
    assert_eq!(lines.last().unwrap(), "the plugin's log quota is used up");
}

/// Collects what plugins write to the operator's log.
#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("relink_runtime::guest")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Message(&mut self.lines.lock().unwrap()));
    }
}

struct Message<'a>(&'a mut Vec<String>);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0.push(format!("{value:?}"));
        }
    }
}
