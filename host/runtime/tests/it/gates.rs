//! What is let into service, and what the others are told.

use relink_runtime::{Gate, Refusal};
use serde_json::json;

use crate::guest::{Guest, LOOP, load, load_bytes};

#[track_caller]
fn check(guest: &Guest, gate: Gate, expected: &str) {
    check_refusal(&load(guest).unwrap_err(), gate, expected);
}

#[track_caller]
fn check_refusal(refusal: &Refusal, gate: Gate, expected: &str) {
    assert_eq!(refusal.gate, gate, "{refusal}");
    assert!(refusal.to_string().contains(expected), "{refusal}");
}

#[test]
fn an_honest_component_is_loaded() {
    let component = Guest::default().component();
    let plugin = load_bytes(&component).unwrap();
    assert_eq!((plugin.id(), plugin.version(), plugin.size()), ("acme", "1.0.0", component.len()));
    assert_eq!(plugin.digest().len(), 64);
    let method = plugin.descriptor().auth_method("oauth").unwrap();
    assert_eq!(method.oauth2().unwrap().token_pointer("access_token"), "/data/token");
    assert_eq!(method.credential_use("default").unwrap().placements[0].prefix, "Bearer ");
}

#[test]
fn a_core_module_is_refused_with_the_way_to_make_a_component() {
    let refusal = load_bytes(&wat::parse_str("(module)").unwrap()).unwrap_err();
    check_refusal(&refusal, Gate::Format, "relink plugin build");
}

#[test]
fn a_foreign_import_is_refused_by_name() {
    let wasi = Guest {
        wit: Guest::default().wit.replace("import diag;", "import diag; import wasi:filesystem/types@0.2.3;"),
        imports: r#"(import "wasi:filesystem/types@0.2.3" "open" (func))"#.to_owned(),
        ..Guest::default()
    };
    check(&wasi, Gate::Imports, "the component imports `wasi:filesystem/types@0.2.3`");
    check(&wasi, Gate::Imports, "wasm32-unknown-unknown");
    for import in ["(func)", "(instance)"] {
        let component = wat::parse_str(format!(r#"(component (import "clock" {import}))"#)).unwrap();
        check_refusal(&load_bytes(&component).unwrap_err(), Gate::Imports, "the component imports `clock`");
    }
}

#[test]
fn functions_in_the_importable_interfaces_are_refused_too() {
    let imports = r#"(import "relink:plugin/types@0.2.0" (instance (export "now" (func))))"#;
    let exports = r#"(instance $provider) (export "relink:plugin/provider@0.2.0" (instance $provider))"#;
    let component = wat::parse_str(format!("(component {imports} {exports})")).unwrap();
    check_refusal(&load_bytes(&component).unwrap_err(), Gate::Compile, "`relink:plugin/types@0.2.0`");
}

#[test]
fn an_unknown_version_of_the_contract_is_refused_with_the_versions_that_are_spoken() {
    let newer = Guest {
        wit: Guest::default().wit.replace("relink:plugin@0.2.0", "relink:plugin@0.9.0"),
        version: "0.9.0".to_owned(),
        ..Guest::default()
    };
    let refusal = load(&newer).unwrap_err();
    assert!(matches!(refusal.gate, Gate::Imports | Gate::Exports), "{refusal}");
    assert!(refusal.found.contains("@0.9.0") && refusal.expected.contains("0.1.x or 0.2.x"), "{refusal}");
    let provider = r#"(component (instance $p) (export "relink:plugin/provider@0.9.0" (instance $p)))"#;
    let refusal = load_bytes(&wat::parse_str(provider).unwrap()).unwrap_err();
    check_refusal(&refusal, Gate::Exports, "exports `relink:plugin/provider@0.9.0`");
}

#[test]
fn a_later_patch_of_the_contract_is_spoken() {
    let patched = Guest {
        wit: Guest::default().wit.replace("relink:plugin@0.2.0", "relink:plugin@0.2.7"),
        version: "0.2.7".to_owned(),
        ..Guest::default()
    };
    assert_eq!(load(&patched).unwrap().id(), "acme");
}

#[test]
fn a_component_that_offers_nothing_is_refused() {
    let refusal = load_bytes(&wat::parse_str("(component)").unwrap()).unwrap_err();
    check_refusal(&refusal, Gate::Exports, "exports no interface");
}

#[test]
fn a_changed_contract_is_refused() {
    let wit = Guest::default()
        .wit
        .replace("enum certainty { certain, doubtful }", "enum certainty { certain, doubtful, guessed }");
    check(&Guest { wit, ..Guest::default() }, Gate::Compile, "not those of the contract");
}

#[test]
fn features_beyond_the_limited_set_are_refused() {
    let cases = [
        ("(func (drop (v128.const i32x4 0 0 0 0)))", "SIMD"),
        ("(func (param i32) (return_call 0 (local.get 0)))", "tail call"),
        ("(memory 1)", "memor"),
    ];
    for (extra, expected) in cases {
        let component = wat::parse_str(format!("(component (core module (memory 1) {extra}))")).unwrap();
        check_refusal(&load_bytes(&component).unwrap_err(), Gate::Validation, expected);
    }
}

#[test]
fn needs_beyond_the_limits_are_refused() {
    check(&Guest { pages: 1025, ..Guest::default() }, Gate::Resources, "67174400 bytes of memory");
    let extra = "(table 100000 funcref)".to_owned();
    check(&Guest { extra, ..Guest::default() }, Gate::Resources, "100000 table elements");
}

#[test]
fn a_component_that_cannot_describe_itself_is_refused() {
    let cases = [("unreachable", "trapped"), (LOOP, "stopped after 2000 ms"), ("(i32.const -8)", "unusable")];
    for (body, expected) in cases {
        check(&Guest { describe: Some(body.to_owned()), ..Guest::default() }, Gate::Describe, expected);
    }
}

#[test]
fn truncated_components_are_refused() {
    let component = Guest::default().component();
    for length in (0..component.len()).step_by(37) {
        let refusal = load_bytes(&component[..length]).unwrap_err();
        assert!(matches!(refusal.gate, Gate::Format | Gate::Validation | Gate::Exports), "{length}: {refusal}");
    }
}

#[test]
fn flipped_bits_never_bring_the_host_down() {
    let component = Guest::default().component();
    let refused = (8..component.len()).step_by(211).filter(|position| {
        let mut damaged = component.clone();
        damaged[*position] ^= 0x10;
        load_bytes(&damaged).is_err()
    });
    assert!(refused.count() > 0, "some of the flips must be noticed");
}

#[test]
fn a_component_that_is_too_large_is_refused_before_it_is_read() {
    let mut component = Guest::default().component();
    component.resize(crate::guest::limits().component_bytes + 1, 0);
    check_refusal(&load_bytes(&component).unwrap_err(), Gate::File, "at most 33554432 bytes");
}

#[test]
fn a_refusal_says_what_to_do() {
    let mut guest = Guest::default();
    guest.descriptor["version"] = json!("one");
    let text = load(&guest).unwrap_err().to_string();
    assert!(text.starts_with("refused at the gate `descriptor`: `version` is \"one\""), "{text}");
    assert!(text.contains("\n  expected: ") && text.ends_with("\n  fix: write it like \"1.2.0\""), "{text}");
}
