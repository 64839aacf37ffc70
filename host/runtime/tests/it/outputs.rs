//! What becomes of a plugin's answers.

use relink_core::plugin::{About, Delivery, Event, Found, Framing, Next, Phase, Response, SignalEvent};
use relink_core::reason::{Actor, Reason, Remedy};
use serde_json::{Value, json};

use crate::guest::{Guest, NOW, context, failure, load, message, start};

const WEEK_MS: u64 = 7 * 24 * 3_600_000;

fn with(pointer: &str, value: Value) -> Guest {
    let mut guest = Guest::default();
    let answers = [&mut guest.step_out, &mut guest.diagnosis];
    let place = answers.into_iter().find_map(|answer| answer.pointer_mut(pointer));
    *place.unwrap_or_else(|| panic!("no {pointer}")) = value;
    guest
}

#[track_caller]
fn check_step(pointer: &str, value: Value, expected: &str) {
    let fault = load(&with(pointer, value)).unwrap().step(context(), &[], start()).expect_err(pointer);
    assert!(fault.code() == "bad-output" && fault.to_string().contains(expected), "{fault}");
}

#[track_caller]
fn check_diagnosis(pointer: &str, value: Value, expected: &str) {
    let fault = load(&with(pointer, value)).unwrap().classify(failure()).expect_err(pointer);
    assert!(fault.code() == "bad-output" && fault.to_string().contains(expected), "{fault}");
}

#[test]
fn an_honest_step_comes_through_whole() {
    let out = load(&Guest::default()).unwrap().step(context(), &[9; 1_000], start()).unwrap();
    assert_eq!(out.state, [1, 2, 3]);
    assert!(matches!(&out.found[0], Found::Rows { dataset, rows } if dataset == "campaigns" && rows.ends_with("}\n")));
    assert!(matches!(&out.found[1], Found::Identity(identity) if identity.subject == "42"));
    assert!(matches!(&out.found[2], Found::Account(account) if account.parent.as_deref() == Some("act_0")));
    assert_eq!(out.throttle.unwrap().resets_at, Some(NOW.plus_seconds(60)));
    let Next::Send(request) = out.next else { panic!("no request") };
    assert_eq!((request.method.as_str(), request.credential.as_deref()), ("GET", Some("default")));
    let Delivery::Chunks { framing: Framing::Csv(csv), max_bytes: 65_536 } = request.deliver else {
        panic!("no chunks")
    };
    assert_eq!((csv.delimiter, csv.header, csv.skip_lines), (';', true, 2));
}

#[test]
fn an_honest_diagnosis_comes_through_whole() {
    let diagnosis = load(&Guest::default()).unwrap().classify(failure()).unwrap();
    assert_eq!((diagnosis.reason, diagnosis.actor), (Reason::ProviderSpecific, Actor::AccountAdmin));
    assert_eq!((diagnosis.remedy, diagnosis.code.as_str()), (Remedy::FixBilling, "acme.subscription-lapsed"));
    assert_eq!(diagnosis.help_url.as_deref(), Some("https://acme.com/billing"));
}

#[test]
fn the_guest_sees_what_the_host_says() {
    // The status of the answer lies at a fixed place of the arguments; it comes back as the state.
    let mut guest = Guest::stepping(
        "(i32.store (i32.const 512) (local.get 0)) (i32.store (i32.const 516) (i32.const 256))
         (i32.store (i32.const 520) (i32.const 8)) (i32.store (i32.const 524) (i32.const 0))
         (i32.store8 (i32.const 528) (i32.const 0)) (i32.store8 (i32.const 576) (i32.const 3))
         (i32.const 512)",
    );
    guest.step_out = Value::Null;
    let response = Response { status: 418, headers: Vec::new(), body: b"short and stout".to_vec(), more: true };
    let out = load(&guest).unwrap().step(context(), &[], Event::Answered(response)).unwrap();
    assert!(out.state.windows(2).any(|bytes| bytes == 418_u16.to_le_bytes()), "{:?}", out.state);
    assert_eq!(out.next, Next::Done);
}

#[test]
fn names_that_the_descriptor_does_not_have_are_faults() {
    check_step(
        "/found/0/rows/dataset",
        json!("keywords"),
        "rows of the dataset \"keywords\", which the descriptor does not have; there are: campaigns",
    );
    check_step("/throttle/budget", json!("other"), "a throttle of the budget \"other\"");
    check_step(
        "/next/send/credential",
        json!("key"),
        "a request with the credential \"key\", which the auth method \"oauth\" does not have; there are: ",
    );
}

#[test]
fn unusable_identifiers_and_rows_are_faults() {
    check_step("/found/1/identity/subject", json!(""), "subject");
    check_step("/found/1/identity/subject", json!("4\u{200b}2"), "subject");
    check_step("/found/2/account/id", json!("act\n1"), "account.id");
    check_step("/found/0/rows/rows", json!("{\"id\":\"\u{0}\"}"), "control characters");
}

#[test]
fn too_much_is_a_fault() {
    check_step("/state", json!(vec![0; 64 * 1024 + 1]), "state");
    check_step("/next/send/url", json!(format!("https://api.acme.com/{}", "x".repeat(16 * 1024))), "URL");
    let header = json!({"name": "x", "value": "y"});
    check_step("/next/send/headers", json!(vec![header; 101]), "headers");
}

#[test]
fn codes_are_codes() {
    for code in ["", "Acme.Lapsed", "acme lapsed", "<b>", "acme\u{1b}[0m", &"a".repeat(101)] {
        check_diagnosis("/code", json!(code), "`code`");
        check_diagnosis("/cause", json!(code), "`cause`");
    }
}

#[test]
fn waits_are_cut_to_a_week() {
    let out = load(&with("/next", json!({"wait-ms": u64::MAX}))).unwrap().step(context(), &[], start()).unwrap();
    assert_eq!(out.next, Next::WaitMs(WEEK_MS));
    let out = load(&with("/throttle/resets-at", json!(u64::MAX))).unwrap().step(context(), &[], start()).unwrap();
    assert_eq!(out.throttle.unwrap().resets_at.unwrap().since_ms(NOW), WEEK_MS.cast_signed());
    let diagnosis = load(&with("/retry-after-ms", json!(u64::MAX))).unwrap().classify(failure()).unwrap();
    assert_eq!(diagnosis.retry_after_ms, Some(WEEK_MS));
}

#[test]
fn messages_are_cleaned_and_links_are_https() {
    let mut guest = with("/message", json!("<b>Lapsed</b>\u{1b}[2J\n\u{202e}now"));
    guest.diagnosis["help-url"] = json!("javascript:alert(1)");
    let diagnosis = load(&guest).unwrap().classify(failure()).unwrap();
    assert_eq!(diagnosis.message, "<b>Lapsed</b> [2J now");
    assert_eq!(diagnosis.help_url, None);
}

#[test]
fn a_state_is_taken_over_whole_or_not_at_all() {
    let migrate = |migrated: Value| load(&Guest { migrated, ..Guest::default() }).unwrap().migrate("0.9.0", &[1, 2]);
    assert_eq!(migrate(json!([4, 5])).unwrap(), Some(vec![4, 5]));
    assert_eq!(migrate(Value::Null).unwrap(), None);
    let fault = migrate(json!(vec![0; 64 * 1024 + 1])).unwrap_err();
    assert!(fault.code() == "bad-output" && fault.to_string().contains("state"), "{fault}");
}

#[test]
fn the_guest_is_told_which_version_left_the_state() {
    // Version and state arrive as pointer and length; the version comes back as the state.
    let echo = "(i32.store8 (i32.const 512) (i32.const 1)) (i32.store (i32.const 516) (local.get 0))
        (i32.store (i32.const 520) (local.get 1)) (i32.const 512)";
    let guest = Guest { migrate: Some(echo.to_owned()), ..Guest::default() };
    assert_eq!(load(&guest).unwrap().migrate("0.9.0", &[1]).unwrap().unwrap(), b"0.9.0");
}

#[test]
fn a_message_becomes_signals() {
    let receive = |signals: Value| load(&Guest { signals, ..Guest::default() }).unwrap().receive(message());
    let signal = |about: Value, at: Value| json!([{"about": about, "event": "failed", "at": at}]);
    let read = receive(signal(json!({"subject": "42"}), json!(1_700_000_000_000_u64))).unwrap();
    assert_eq!((&read[0].about, read[0].event), (&About::Subject("42".to_owned()), SignalEvent::Failed));
    assert_eq!(read[0].at.unwrap().as_ms(), 1_700_000_000_000);
    assert_eq!(receive(json!([])).unwrap(), []);
    for at in [json!(u64::MAX), json!(NOW.plus_seconds(60).as_ms())] {
        assert_eq!(
            receive(signal(json!({"account": "act_1"}), at)).unwrap()[0].at,
            Some(NOW),
            "nobody knows the future"
        );
    }
    for about in [json!({"subject": ""}), json!({"subject": "4\u{200b}2"}), json!({"account": "act\n1"})] {
        let fault = receive(signal(about, Value::Null)).unwrap_err();
        assert!(fault.code() == "bad-output" && fault.to_string().contains("signal.about"), "{fault}");
    }
}

#[test]
fn a_plugin_that_proves_no_messages_is_not_asked_about_them() {
    let mut guest = Guest { receive: Some("unreachable".to_owned()), ..Guest::default() };
    assert_eq!(load(&guest).unwrap().receive(message()).unwrap_err().code(), "trap");
    guest.descriptor["inbound"] = Value::Null;
    assert_eq!(load(&guest).unwrap().receive(message()).unwrap(), []);
}

#[test]
fn a_plugin_of_an_older_contract_has_no_words_for_messages() {
    let plugin = load(&Guest::of_contract("0.1")).unwrap();
    assert_eq!(plugin.descriptor().inbound, None);
    assert_eq!(plugin.migrate("0.9.0", &[1]).unwrap(), None);
    assert_eq!(plugin.receive(message()).unwrap(), []);
    let mut inbound = failure();
    inbound.phase = Phase::Inbound;
    assert_eq!(load(&Guest::default()).unwrap().classify(inbound.clone()).unwrap().code, "acme.subscription-lapsed");
    let fault = plugin.classify(inbound).unwrap_err();
    assert_eq!(fault.code(), "not-in-contract");
    assert!(!fault.is_plugins_fault() && fault.to_string().contains("the phase `inbound`"), "{fault}");
}
