//! Plugins, from the bytes of a component to an answered call.
//!
//! This is the only crate that names wasmtime. It decides what may be loaded (`gate`), holds what is
//! loaded (`registry`), and bounds what a loaded plugin may use of the machine (`limits`). It does no
//! I/O but for the plugin folder, the cache of compiled code and the child that compiles, and it gives
//! plugins none: the one function they can call writes a line to the operator's log.

mod archive;
mod bindings;
mod cache;
mod calls;
mod code;
mod compiler;
mod conduct;
mod engine;
mod fault;
mod figures;
pub mod fixtures;
mod gate;
mod guest;
mod ledger;
mod limits;
mod loader;
mod output;
mod plugin;
mod reach;
mod refusal;
mod registry;
mod suspects;
mod text;
mod trust;

pub use archive::{Package, signature_file};
pub use calls::Calls;
pub use compiler::{Compile, CompileLimits, Workshop, compile_as_child};
pub use fault::Fault;
pub use figures::Figures;
pub use fixtures::Proof;
pub use ledger::KeptVersion;
pub use limits::Limits;
pub use loader::{Loader, LoaderConfig, OpenError};
pub use plugin::Plugin;
pub use reach::Reach;
pub use refusal::{Gate, Refusal};
pub use registry::{
    Approval, ChangeError, Clock, History, Keeping, Listing, ListingState, Proposed, Registry, RegistryConfig,
    RegistryEvent, VersionFigures,
};
pub use trust::{BadKey, Trust, TrustMode};
