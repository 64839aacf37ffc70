//! Starts a project that builds and passes its tests at once, wherever its folder lies.
//!
//! The SDKs are on no registry, so a project brings along the one of its language, in `vendor/relink`:
//! a cutting of the repository, in which everything lies where it lies there.

mod vendor;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::language::Language;
use crate::name::Name;
use crate::pack;

/// Where a project keeps its copy of the SDK.
const VENDOR: &str = "vendor/relink";

/// Writes the project into `folder`, which must not exist.
pub fn start(name: &Name, language: Language, folder: &Path) -> Result<()> {
    if folder.exists() {
        bail!("{} exists already: choose another name, or remove it first", folder.display());
    }
    for (path, bytes) in pack::below(language.template()) {
        let inner = &path[language.template().len()..];
        let text = std::str::from_utf8(bytes).with_context(|| format!("{path} is no text"))?;
        write(&folder.join(inner), adapted(inner, &name.put_into(text)).as_bytes())?;
    }
    if language == Language::Rust {
        write(&folder.join("Cargo.toml"), name.put_into(RUST_MANIFEST).as_bytes())?;
        write(&folder.join("Cargo.lock"), pack::text("Cargo.lock").as_bytes())?;
        write(&folder.join(".gitignore"), b"dist/\nsecrets.toml\ntarget/\n")?;
    }
    let guide = format!("{VENDOR}/{}", language.guide());
    write(&folder.join("README.md"), name.put_into(README).replace("{guide}", &guide).as_bytes())?;
    vendor::write(language, &folder.join(VENDOR))
}

/// Templates point to the SDK from where they lie in the repository, and to its guide.
fn adapted(path: &str, text: &str) -> String {
    match path {
        "package.json" => text.replace("\"file:../..\"", &format!("\"file:{VENDOR}/sdk/js\"")),
        "requirements.txt" => text.replace("--editable ..[", &format!("--editable ./{VENDOR}/sdk/python[")),
        "plugin.toml" => text.replace("#:schema ../", &format!("#:schema ./{VENDOR}/sdk/declarative/")),
        // The name that the guides use.
        ".gitignore" => format!("{text}secrets.toml\n"),
        _ => text.replace("`plugins/README.md`", &format!("`{VENDOR}/plugins/README.md`")),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// The template's own manifest takes everything from the workspace, of which a project has none.
const RUST_MANIFEST: &str = r#"[package]
name = "relink-plugin-acme"
version = "0.1.0"
edition = "2024"
publish = false

[lib]
crate-type = ["cdylib", "rlib"]

[dependencies]
relink-sdk = { path = "vendor/relink/sdk/rust" }
serde_json = "1"

# A workspace of its own, whatever folder it lies in.
[workspace]
exclude = ["vendor"]
"#;

const README: &str = "# Acme, a plugin for Relink

```sh
relink plugin build .   # makes dist/acme.wasm
relink plugin test .    # runs fixtures/*.json against it, in the sandbox
relink plugin check .   # says whether a host would take it
relink plugin run . --secrets secrets.toml --operation accounts
```

The guide is [{guide}]({guide}).
The folder `vendor` holds the SDK, which no registry has; leave it as it is.
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn started(language: Language) -> (tempfile::TempDir, BTreeSet<String>) {
        let folder = tempfile::tempdir().unwrap();
        start(&"beacon".parse().unwrap(), language, &folder.path().join("beacon")).unwrap();
        let mut files = BTreeSet::new();
        let mut folders = vec![folder.path().join("beacon")];
        while let Some(inner) = folders.pop() {
            for entry in fs::read_dir(inner).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.strip_prefix(folder.path().join("beacon")).unwrap().display().to_string());
                }
            }
        }
        (folder, files)
    }

    #[test]
    fn every_language_has_its_code_fixtures_and_sdk() {
        for (language, sdk) in [
            (Language::Rust, "vendor/relink/sdk/rust/src/lib.rs"),
            (Language::JavaScript, "vendor/relink/sdk/js/src/index.js"),
            (Language::TypeScript, "vendor/relink/sdk/js/types/index.d.ts"),
            (Language::Python, "vendor/relink/sdk/python/src/relink_sdk/wit/plugin.wit"),
            (Language::Toml, "vendor/relink/sdk/declarative/README.md"),
        ] {
            let (_folder, files) = started(language);
            for file in
                [language.main_file(), "plugin.toml", "fixtures/operations.json", "README.md", ".gitignore", sdk]
            {
                assert!(files.contains(file), "{language}: {file} of {files:?}");
            }
        }
    }

    #[test]
    fn secrets_stay_out_of_the_repository() {
        for language in Language::ALL {
            let (folder, _) = started(language);
            let ignored = fs::read_to_string(folder.path().join("beacon/.gitignore")).unwrap();
            assert!(ignored.lines().any(|line| line == "secrets.toml"), "{language}: {ignored}");
        }
    }

    #[test]
    fn nothing_of_the_template_s_name_or_place_is_left() {
        for language in Language::ALL {
            let (folder, files) = started(language);
            for file in files.iter().filter(|file| !file.starts_with("vendor/") && *file != "Cargo.lock") {
                let text = fs::read_to_string(folder.path().join("beacon").join(file)).unwrap();
                for left in ["acme", "Acme", "workspace = true", "file:../..", "--editable ..[", "#:schema ../"] {
                    assert!(!text.contains(left), "{language}: {left:?} in {file}");
                }
            }
        }
    }

    #[test]
    fn an_editor_finds_the_schema_of_a_table() {
        let (folder, files) = started(Language::Toml);
        let table = fs::read_to_string(folder.path().join("beacon/plugin.toml")).unwrap();
        let schema = table.lines().next().unwrap().strip_prefix("#:schema ./").unwrap();
        assert!(files.contains(schema), "{schema} of {files:?}");
    }

    #[test]
    fn a_folder_that_exists_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let error = start(&"beacon".parse().unwrap(), Language::Rust, folder.path()).unwrap_err();
        assert!(error.to_string().contains("exists already"), "{error}");
    }

    #[test]
    fn the_manifest_has_the_dependencies_of_the_template() {
        let dependencies = |text: &str| -> Vec<String> {
            text.parse::<toml::Table>().unwrap()["dependencies"].as_table().unwrap().keys().cloned().collect()
        };
        assert_eq!(dependencies(RUST_MANIFEST), dependencies(pack::text("plugins/_template/Cargo.toml")));
    }
}
