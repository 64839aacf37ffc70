//! Lines for the operator's log, and the only thing that a plugin can say outside its results.
//!
//! Natively, where tests run, the lines go to the standard error stream.

use crate::bindings::relink::plugin::diag::Severity;

/// Logs what only the plugin's author needs.
///
/// ```
/// relink_sdk::log::debug("the second page is empty");
/// ```
pub fn debug(text: &str) {
    write(Severity::Debug, text);
}

/// Logs something ordinary.
///
/// ```
/// relink_sdk::log::info("the report has 3 parts");
/// ```
pub fn info(text: &str) {
    write(Severity::Info, text);
}

/// Logs something odd from which the plugin recovered.
///
/// ```
/// relink_sdk::log::warn("2 items had no id and were left out");
/// ```
pub fn warn(text: &str) {
    write(Severity::Warn, text);
}

/// Logs something at which somebody must look.
///
/// ```
/// relink_sdk::log::error("the provider sent a report of another account");
/// ```
pub fn error(text: &str) {
    write(Severity::Error, text);
}

#[cfg(target_arch = "wasm32")]
fn write(severity: Severity, text: &str) {
    crate::bindings::relink::plugin::diag::log(severity, text);
}

#[cfg(not(target_arch = "wasm32"))]
fn write(severity: Severity, text: &str) {
    eprintln!("{severity:?}: {text}");
}
