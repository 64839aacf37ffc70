//! What a component wants from the host and offers to it, read without running or compiling it.

use semver::Version;
use wasmparser::{BinaryReaderError, ComponentExternalKind, Parser, Payload};

use crate::bindings::Contract;
use crate::limits::Limits;
use crate::refusal::{Gate, Refusal};
use crate::text;

const PAGE_BYTES: u64 = 64 * 1024;

/// The interfaces of the contract that may be imported: the log, and types without any function.
const IMPORTABLE: [&str; 2] = ["relink:plugin/diag", "relink:plugin/types"];
const PROVIDER: &str = "relink:plugin/provider";

const SMALLER: &str =
    "reduce the initial size (for Rust: `-C link-arg=-zstack-size=65536`), or ask the operator to raise the limit";
const LESS_CODE: &str = "build in release mode, and leave out what the plugin does not need";

#[derive(Default)]
pub(super) struct Surface {
    imports: Vec<String>,
    exports: Vec<String>,
    core_modules: usize,
    functions: u64,
    locals: u64,
    largest_memory_bytes: u64,
    largest_table_elements: u64,
    pub(super) fixtures: Option<Vec<u8>>,
}

impl Surface {
    pub(super) fn read(component: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut surface = Self::default();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } => {
                    surface.core_modules += 1;
                    depth += 1;
                }
                Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(imports) if depth == 0 => {
                    for import in imports {
                        surface.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(exports) if depth == 0 => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ComponentExternalKind::Instance {
                            surface.exports.push(export.name.name.to_owned());
                        }
                    }
                }
                Payload::CustomSection(section) if depth == 0 && section.name() == relink_fixtures::SECTION => {
                    surface.fixtures = Some(section.data().to_owned());
                }
                Payload::FunctionSection(functions) => surface.functions += u64::from(functions.count()),
                Payload::CodeSectionEntry(function) => {
                    for locals in function.get_locals_reader()? {
                        surface.locals += u64::from(locals?.0);
                    }
                }
                Payload::MemorySection(memories) => {
                    for memory in memories {
                        let bytes = memory?.initial.saturating_mul(PAGE_BYTES);
                        surface.largest_memory_bytes = surface.largest_memory_bytes.max(bytes);
                    }
                }
                Payload::TableSection(tables) => {
                    for table in tables {
                        let elements = table?.ty.initial;
                        surface.largest_table_elements = surface.largest_table_elements.max(elements);
                    }
                }
                _ => {}
            }
        }
        Ok(surface)
    }

    pub(super) fn check_imports(&self) -> Result<(), Refusal> {
        let is_allowed = |import: &&String| IMPORTABLE.iter().any(|name| spoken(name, import).is_some());
        let refused: Vec<_> = self.imports.iter().filter(|import| !is_allowed(import)).collect();
        let Some(first) = refused.first() else { return Ok(()) };
        let fix = if first.starts_with("wasi:") {
            "build without WASI: for Rust target `wasm32-unknown-unknown`, for JavaScript disable every feature of \
             componentize-js, for Python pass `--stub-wasi`; time and randomness are in the context of each step"
        } else if IMPORTABLE.iter().any(|name| first.starts_with(name)) {
            "build with an SDK of a version that this host speaks"
        } else {
            "remove the dependency that needs it: a plugin asks for requests by returning them from `step`"
        };
        Err(Refusal::new(
            Gate::Imports,
            format!("the component imports {}", name_all(&refused)),
            format!("no import but `relink:plugin/diag` in version {}", spoken_versions()),
            fix,
        ))
    }

    pub(super) fn contract(&self) -> Result<Contract, Refusal> {
        if let Some(contract) = self.exports.iter().find_map(|export| spoken(PROVIDER, export)) {
            return Ok(contract);
        }
        let is_provider = |export: &&String| export.starts_with(PROVIDER);
        let (found, fix) = match self.exports.iter().find(is_provider) {
            Some(other) => (
                format!("the component exports {}", name_all(&[other])),
                "build with an SDK of a version that this host speaks, or update the host",
            ),
            None if self.exports.is_empty() => (
                "the component exports no interface".to_owned(),
                "implement the world `relink:plugin/plugin`: with the Rust SDK, call its register macro",
            ),
            None => (
                format!("the component exports only {}", name_all(&self.exports.iter().collect::<Vec<_>>())),
                "implement the world `relink:plugin/plugin`: with the Rust SDK, call its register macro",
            ),
        };
        let expected = format!("`{PROVIDER}` in version {}", spoken_versions());
        Err(Refusal::new(Gate::Exports, found, expected, fix))
    }

    pub(super) fn check_resources(&self, limits: &Limits) -> Result<(), Refusal> {
        let needs = [
            ("bytes of memory", self.largest_memory_bytes, limits.memory_bytes, SMALLER),
            ("table elements", self.largest_table_elements, limits.table_elements, SMALLER),
            ("core modules", self.core_modules as u64, limits.core_instances, LESS_CODE),
            ("functions", self.functions, limits.functions, LESS_CODE),
            ("local variables", self.locals, limits.locals, LESS_CODE),
        ];
        let mut beyond = needs.into_iter().filter(|(_, needed, limit, _)| *needed > *limit as u64);
        let Some((what, needed, limit, fix)) = beyond.next() else { return Ok(()) };
        Err(Refusal::new(
            Gate::Resources,
            format!("the component needs {needed} {what} from the start"),
            format!("at most {limit} {what}"),
            fix,
        ))
    }
}

/// The contract to which `name@version` belongs, if this host speaks it.
fn spoken(interface: &str, name: &str) -> Option<Contract> {
    let version = name.strip_prefix(interface)?.strip_prefix('@')?;
    let version = Version::parse(version).ok().filter(|version| version.pre.is_empty())?;
    let line = format!("{}.{}", version.major, version.minor);
    Contract::ALL.iter().copied().find(|contract| contract.version() == line)
}

fn spoken_versions() -> String {
    let versions: Vec<_> = Contract::ALL.iter().map(|contract| format!("{}.x", contract.version())).collect();
    versions.join(" or ")
}

/// The first few names, cleaned, since they are the component's own words.
fn name_all(names: &[&String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{}`", text::line(name, 100))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
