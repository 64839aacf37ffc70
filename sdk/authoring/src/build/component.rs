//! Turns a core module into a component and refuses one that could do more than compute.

use anyhow::{Context, Result, anyhow, bail};
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
        .map_err(|error| anyhow!("its core module does not become a component: {error:#}"))?;
    let authority = foreign_imports(&component)?;
    if !authority.is_empty() {
        bail!("it imports {}, but a plugin has no authority", authority.join(", "));
    }
    Ok(component)
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
