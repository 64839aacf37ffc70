//! What a component must satisfy before it is compiled, and what its description must satisfy after.
//!
//! Everything here reads bytes and values only: nothing of the component runs.

mod auth;
mod descriptor;
mod format;
mod hosts;
mod inbound;
mod surface;

use wasmparser::Validator;

pub(crate) use descriptor::{check_descriptor, is_plugin_id};
pub(crate) use hosts::is_help_url;

use crate::bindings::Contract;
use crate::engine::GUEST_FEATURES;
use crate::limits::Limits;
use crate::refusal::{Gate, Refusal};

/// Counts up when a check of [`examine`] becomes stricter, so that what passed before is examined again.
pub(crate) const REVISION: u32 = 3;

/// What the bytes of a component tell.
pub(crate) struct Examined {
    /// The version of the contract that it was built for.
    pub(crate) contract: Contract,
    /// The fixtures that it carries, as they stand in it.
    pub(crate) fixtures: Option<Vec<u8>>,
}

/// Checks the bytes of a component, and finds what is to be known before it is compiled.
pub(crate) fn examine(component: &[u8], limits: &Limits) -> Result<Examined, Refusal> {
    format::check(component, limits.component_bytes)?;
    validate(component)?;
    let surface = surface::Surface::read(component).map_err(|error| invalid(&error))?;
    surface.check_imports()?;
    let contract = surface.contract()?;
    surface.check_resources(limits)?;
    Ok(Examined { contract, fixtures: surface.fixtures })
}

fn validate(component: &[u8]) -> Result<(), Refusal> {
    Validator::new_with_features(GUEST_FEATURES).validate_all(component).map(|_| ()).map_err(|error| invalid(&error))
}

fn invalid(error: &wasmparser::BinaryReaderError) -> Refusal {
    let fix = if error.message().contains("unexpected end") {
        "copy the file again: it ends too early"
    } else if error.message().contains("not enabled") || error.message().contains("support") {
        "build without this WebAssembly feature, for example by removing it from `-C target-feature`"
    } else {
        "build the plugin again: the file is damaged, or a tool that changed it has a bug"
    };
    Refusal::new(
        Gate::Validation,
        format!("the component is not valid: {error}"),
        "a valid component without threads, SIMD, exceptions, garbage collection, 64-bit or several memories",
        fix,
    )
}
