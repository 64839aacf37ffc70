//! Why a component is not taken into service, in the manner of a good compiler.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The checks that a component passes on its way into service, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// The file can be read and has an acceptable size.
    File,
    /// The bytes are a WebAssembly component, and not something else.
    Format,
    /// The component is valid, and uses no WebAssembly feature that is switched off here.
    Validation,
    /// Nothing is imported but the log.
    Imports,
    /// A version of the contract that this host speaks is exported.
    Exports,
    /// What the component needs from the start fits into the sandbox.
    Resources,
    /// It can be compiled, and its types are those of the contract.
    Compile,
    /// It describes itself in time.
    Describe,
    /// The description makes sense.
    Descriptor,
    /// The fixtures that it carries hold.
    Fixtures,
    /// Somebody whom the operator trusts has signed it.
    Signature,
    /// No operator switched it off.
    Disabled,
    /// This version was not withdrawn before.
    Withdrawn,
    /// It is no earlier version, and no other component of a version that is known.
    Version,
    /// It asks for no more than the operator granted.
    Approval,
    /// No other file claims to be the same plugin.
    Conflict,
}

impl Gate {
    pub const fn code(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Format => "format",
            Self::Validation => "validation",
            Self::Imports => "imports",
            Self::Exports => "exports",
            Self::Resources => "resources",
            Self::Compile => "compile",
            Self::Describe => "describe",
            Self::Descriptor => "descriptor",
            Self::Fixtures => "fixtures",
            Self::Signature => "signature",
            Self::Disabled => "disabled",
            Self::Withdrawn => "withdrawn",
            Self::Version => "version",
            Self::Approval => "approval",
            Self::Conflict => "conflict",
        }
    }
}

/// Why a component is not taken into service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub gate: Gate,
    pub found: String,
    pub expected: String,
    pub fix: String,
}

impl Refusal {
    pub(crate) fn new(
        gate: Gate,
        found: impl Into<String>,
        expected: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { gate, found: found.into(), expected: expected.into(), fix: fix.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gate, found, expected, fix } = self;
        write!(f, "refused at the gate `{}`: {found}\n  expected: {expected}\n  fix: {fix}", gate.code())
    }
}

impl std::error::Error for Refusal {}
