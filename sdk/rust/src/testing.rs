//! The test kit: runs a provider natively against recorded exchanges.
//!
//! A plugin has a folder `fixtures` of JSON files. Each file holds one fixture or an array of them,
//! and a fixture is of one of two kinds:
//!
//! - a **diagnosis**: a `failure` goes in, the `diagnosis` has to come out;
//! - an **exchange**: an `operation` runs against recorded answers; its requests, what it `found`
//!   and how it `ends` have to be as recorded.
//!
//! One line in `tests/fixtures.rs` makes all the tests:
//!
//! ```text
//! relink_sdk::testing::fixtures!(relink_plugin_acme::Acme);
//! ```
//!
//! Only what a fixture names is compared, so it may be as short as the fact that it shows.

mod coverage;
mod diff;
mod exchange;
mod expected;
mod failing;
mod fixture;
mod soundness;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Provider;
use fixture::Fixture;

#[doc(inline)]
pub use crate::fixtures;

/// Makes the tests of a plugin out of its folder of fixtures.
///
/// ```text
/// relink_sdk::testing::fixtures!(relink_plugin_acme::Acme);
/// ```
#[macro_export]
macro_rules! fixtures {
    ($provider:ty) => {
        #[test]
        fn every_fixture_holds() {
            $crate::testing::check_fixtures::<$provider>(env!("CARGO_MANIFEST_DIR"));
        }

        #[test]
        fn every_rule_and_every_operation_has_a_fixture() {
            $crate::testing::check_coverage::<$provider>(env!("CARGO_MANIFEST_DIR"));
        }

        #[test]
        fn the_descriptor_is_sound_and_agrees_with_the_manifest() {
            $crate::testing::check_descriptor::<$provider>(env!("CARGO_MANIFEST_DIR"));
        }

        #[test]
        fn classify_answers_any_bytes() {
            $crate::testing::check_totality::<$provider>();
        }
    };
}

/// Runs every fixture and panics with what differs.
#[track_caller]
pub fn check_fixtures<P: Provider>(plugin_dir: &str) {
    let mut report = String::new();
    for (file, fixture) in load(plugin_dir) {
        for difference in run::<P>(&fixture) {
            let _ = writeln!(report, "{file}: {}\n    {difference}", fixture.about);
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// Panics if a rule, a dataset or an operation has no fixture.
#[track_caller]
pub fn check_coverage<P: Provider>(plugin_dir: &str) {
    let fixtures: Vec<Fixture> = load(plugin_dir).into_iter().map(|(_, fixture)| fixture).collect();
    let missing = coverage::missing::<P>(&fixtures);
    assert!(missing.is_empty(), "\nno fixture for:\n    {}", missing.join("\n    "));
}

/// Panics if the descriptor contradicts itself or `plugin.toml`.
#[track_caller]
pub fn check_descriptor<P: Provider>(plugin_dir: &str) {
    let manifest = fs::read_to_string(Path::new(plugin_dir).join("plugin.toml")).unwrap_or_default();
    let mistakes = soundness::mistakes(&P::describe(), &manifest);
    assert!(mistakes.is_empty(), "\n    {}", mistakes.join("\n    "));
}

/// Feeds `classify` with noise; it must answer, with a message, whatever comes.
#[track_caller]
pub fn check_totality<P: Provider>() {
    for failure in failing::noise() {
        let diagnosis = P::classify(&failure);
        assert!(!diagnosis.message.is_empty() && !diagnosis.code.is_empty(), "{failure:?}");
    }
}

/// What differs from a fixture; nothing if it holds.
fn run<P: Provider>(fixture: &Fixture) -> Vec<String> {
    match (&fixture.failure, &fixture.operation) {
        (Some(failure), None) => {
            let Some(expected) = &fixture.diagnosis else {
                return vec!["a fixture with a failure needs a diagnosis".to_owned()];
            };
            match failure.to_failure() {
                Ok(failure) => expected.differences(&P::classify(&failure)),
                Err(mistake) => vec![mistake],
            }
        }
        (None, Some(operation)) => exchange::run::<P>(fixture, operation),
        _ => vec!["a fixture has either a failure or an operation".to_owned()],
    }
}

/// All fixtures of a plugin with the names of their files, in the order of the names.
#[track_caller]
fn load(plugin_dir: &str) -> Vec<(String, Fixture)> {
    let dir = Path::new(plugin_dir).join("fixtures");
    let mut files: Vec<_> = fs::read_dir(&dir)
        .unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no fixture", dir.display());
    files.iter().flat_map(|path| load_file(path)).collect()
}

#[track_caller]
fn load_file(path: &Path) -> Vec<(String, Fixture)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let fixtures = match document {
        Value::Array(fixtures) => fixtures,
        one => vec![one],
    };
    let read = |fixture| serde_json::from_value(fixture).unwrap_or_else(|error| panic!("{name}: {error}"));
    fixtures.into_iter().map(|fixture| (name.clone(), read(fixture))).collect()
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;
