//! The languages in which a plugin may be written.

use std::fmt;
use std::str::FromStr;

/// A language that has an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Rust,
    JavaScript,
    TypeScript,
    Python,
    Toml,
}

impl Language {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [Self::Rust, Self::JavaScript, Self::TypeScript, Self::Python, Self::Toml];

    /// The folder of its template, from the root of the repository.
    pub(crate) const fn template(self) -> &'static str {
        match self {
            Self::Rust => "plugins/_template/",
            Self::JavaScript => "sdk/js/template/js/",
            Self::TypeScript => "sdk/js/template/ts/",
            Self::Python => "sdk/python/template/",
            Self::Toml => "sdk/declarative/template/",
        }
    }

    /// What a project brings along, since no registry has it, from the root of the repository.
    pub(crate) const fn vendored(self) -> &'static [&'static str] {
        match self {
            Self::Rust => &["plugins/README.md", "sdk/fixtures/", "sdk/rust/", "wit/"],
            Self::JavaScript | Self::TypeScript => &[
                "plugins/README.md",
                "sdk/js/README.md",
                "sdk/js/bin/",
                "sdk/js/package.json",
                "sdk/js/src/",
                "sdk/js/types/",
                "wit/",
            ],
            Self::Python => {
                &["plugins/README.md", "sdk/python/README.md", "sdk/python/pyproject.toml", "sdk/python/src/", "wit/"]
            }
            Self::Toml => &["plugins/README.md", "sdk/declarative/README.md", "sdk/declarative/plugin.schema.json"],
        }
    }

    /// The guide of its SDK, from the root of the repository.
    pub(crate) const fn guide(self) -> &'static str {
        match self {
            Self::Rust => "plugins/README.md",
            Self::JavaScript | Self::TypeScript => "sdk/js/README.md",
            Self::Python => "sdk/python/README.md",
            Self::Toml => "sdk/declarative/README.md",
        }
    }

    /// Where the plugin begins.
    pub const fn main_file(self) -> &'static str {
        match self {
            Self::Rust => "src/lib.rs",
            Self::JavaScript => "src/plugin.js",
            Self::TypeScript => "src/plugin.ts",
            Self::Python => "src/plugin.py",
            Self::Toml => "plugin.toml",
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "rust" => Ok(Self::Rust),
            "js" | "javascript" => Ok(Self::JavaScript),
            "ts" | "typescript" => Ok(Self::TypeScript),
            "python" => Ok(Self::Python),
            "toml" => Ok(Self::Toml),
            _ => Err("the languages are rust, js, ts, python and toml".to_owned()),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::TypeScript => "TypeScript",
            Self::Python => "Python",
            Self::Toml => "TOML",
        })
    }
}
