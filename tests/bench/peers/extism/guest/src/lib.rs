//! The same function as an Extism plugin: JSON in, the code of the diagnosis out.

use extism_pdk::{FnResult, plugin_fn};
use relink_plugin_ahrefs::Ahrefs;
use relink_sdk::{Failure, Phase, Provider};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    auth_method: String,
    status: u16,
    body: String,
}

#[plugin_fn]
pub fn explain(input: String) -> FnResult<String> {
    let Input { auth_method, status, body } = serde_json::from_str(&input)?;
    let failure = Failure { auth_method, ..Failure::new(Phase::Sync) }.answered(status, &[], body);
    Ok(Ahrefs::classify(&failure).code)
}
