//! Turns a core module into a component and refuses one that could do more than compute.

use anyhow::{Context, Error, Result, anyhow, bail};
use serde::Serialize;
use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::{Resolve, World, WorldId, WorldItem, WorldKey};

/// The only interface from which a plugin may import a function.
const ALLOWED_IMPORT: &str = "relink:plugin/diag@";

/// What a component imports and exports, by name: what others show of it without running it.
#[derive(Debug, Serialize)]
pub struct Interfaces {
    pub exports: Vec<String>,
    pub imports: Vec<String>,
}

impl Interfaces {
    pub fn of(component: &[u8]) -> Result<Self> {
        let (resolve, world) = decode(component)?;
        let World { exports, imports, .. } = &resolve.worlds[world];
        let names = |items: Vec<&WorldKey>| items.into_iter().map(|key| resolve.name_world_key(key)).collect();
        Ok(Self { exports: names(exports.keys().collect()), imports: names(imports.keys().collect()) })
    }
}

/// Makes a component out of what `wit-bindgen` and rustc left behind.
pub fn encode(core_module: &[u8]) -> Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        .module(core_module)
        .and_then(|encoder| encoder.validate(true).encode())
        .map_err(|error| match strange_imports(core_module).as_slice() {
            [] => anyhow!("its core module does not become a component: {error:#}"),
            strange => no_authority(strange),
        })?;
    let authority = foreign_imports(&component)?;
    if !authority.is_empty() {
        return Err(no_authority(&authority));
    }
    Ok(component)
}

fn no_authority(imports: &[String]) -> Error {
    anyhow!(
        "it imports {}, but a plugin may import `relink:plugin/diag.log` and nothing else\n  fix: a dependency asks for time, \
         randomness or files; leave it out, or switch off its feature that does (in Rust, \
         `cargo tree --target wasm32-unknown-unknown --edges features` shows who brings it)",
        imports.join(", ")
    )
}

/// The imports of a core module that no contract of ours explains.
fn strange_imports(core_module: &[u8]) -> Vec<String> {
    /// The canonical ABI has names of its own beside those of interfaces.
    const EXPLAINED: [&str; 4] = ["relink:plugin/", "[export]", "$root", "env"];
    let sections = wasmparser::Parser::new(0).parse_all(core_module).filter_map(Result::ok);
    let imports = sections.filter_map(|section| match section {
        wasmparser::Payload::ImportSection(imports) => Some(imports.into_imports()),
        _ => None,
    });
    let strange = imports
        .flatten()
        .filter_map(Result::ok)
        .filter(|import| !EXPLAINED.iter().any(|explained| import.module.starts_with(explained)));
    strange.map(|import| format!("`{}::{}`", import.module, import.name)).collect()
}

/// Names the functions that the component imports from anywhere but the diagnostic interface.
fn foreign_imports(component: &[u8]) -> Result<Vec<String>> {
    let (resolve, world) = decode(component)?;
    let imports = &resolve.worlds.get(world).context("the component has no world")?.imports;
    let foreign = imports
        .iter()
        .flat_map(|(key, item)| imported_functions(&resolve, key, item))
        .filter(|function| !function.starts_with(ALLOWED_IMPORT));
    Ok(foreign.collect())
}

/// An interface that is imported for its types alone brings no function and no authority.
fn imported_functions(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Vec<String> {
    let name = resolve.name_world_key(key);
    match item {
        WorldItem::Function(_) => vec![name],
        WorldItem::Type { .. } => vec![],
        WorldItem::Interface { id, .. } => {
            let functions = resolve.interfaces[*id].functions.keys();
            functions.map(|function| format!("{name}#{function}")).collect()
        }
    }
}

fn decode(component: &[u8]) -> Result<(Resolve, WorldId)> {
    let decoded =
        wit_component::decode(component).map_err(|error| anyhow!("its interface cannot be read: {error:#}"))?;
    match decoded {
        DecodedWasm::Component(resolve, world) => Ok((resolve, world)),
        DecodedWasm::WitPackage(..) => bail!("it is a WIT package and no component"),
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, ImportSection, Module, TypeSection};

    use super::*;

    #[test]
    fn an_import_that_no_host_has_is_named_with_the_usual_cause() {
        let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
        types.ty().function([], []);
        imports.import("relink:plugin/diag@0.2.0", "log", EntityType::Function(0));
        imports.import("wasi_snapshot_preview1", "random_get", EntityType::Function(0));
        let error = encode(Module::new().section(&types).section(&imports).as_slice()).unwrap_err().to_string();
        assert!(error.contains("it imports `wasi_snapshot_preview1::random_get`, but"), "{error}");
        assert!(error.contains("fix: a dependency asks"), "{error}");
    }
}
