//! The test kit: runs a provider natively against recorded exchanges.
//!
//! [`relink_fixtures`] says how fixtures are written, and compares; here a provider is put behind it.
//!
//! One line in `tests/fixtures.rs` makes all the tests:
//!
//! ```text
//! relink_sdk::testing::fixtures!(relink_plugin_acme::Acme);
//! ```

mod convert;
mod native;
mod noise;
mod soundness;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use relink_fixtures::{Case, Fixture, coverage};

use self::native::Native;
use crate::Provider;

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
    for Case { path, line, fixture } in load(plugin_dir) {
        for difference in relink_fixtures::run(&mut Native::<P>::new(), &fixture) {
            let _ = writeln!(report, "{}:{line}: {}\n    {difference}", path.display(), fixture.about);
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// Panics if a rule, a dataset or an operation has no fixture.
#[track_caller]
pub fn check_coverage<P: Provider>(plugin_dir: &str) {
    let cases = load(plugin_dir);
    let fixtures: Vec<&Fixture> = cases.iter().map(|case| &case.fixture).collect();
    let missing = missing::<P>(&fixtures);
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
    for failure in noise::failures() {
        let diagnosis = P::classify(&failure);
        assert!(!diagnosis.message.is_empty() && !diagnosis.code.is_empty(), "{failure:?}");
    }
}

/// What has no fixture: rules of the error table, datasets, and the other operations.
fn missing<P: Provider>(fixtures: &[&Fixture]) -> Vec<String> {
    let mut missing = coverage::missing_rules(P::errors().codes(), fixtures);
    missing.extend(coverage::missing_operations(&mut Native::<P>::new(), fixtures));
    missing
}

#[track_caller]
fn load(plugin_dir: &str) -> Vec<Case> {
    relink_fixtures::load(&Path::new(plugin_dir).join("fixtures")).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;
