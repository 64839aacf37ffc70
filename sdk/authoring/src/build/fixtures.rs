//! Puts the fixtures of a plugin into its component, where every host finds them.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::BinaryReader;

/// How many bytes of a component stand before its first section.
const PREAMBLE: usize = 8;

/// Puts the fixtures of the plugin in `folder` into its component, in place of those that it has; none if there
/// are none.
pub fn attach_fixtures(component: &mut Vec<u8>, folder: &Path) -> Result<()> {
    let fixtures = folder.join("fixtures");
    *component = without_fixtures(component).context("the component cannot be read")?;
    if !holds_any(&fixtures) {
        return Ok(());
    }
    let cases = relink_fixtures::load(&fixtures).context("the fixtures cannot be put into the plugin")?;
    let data = relink_fixtures::pack(cases);
    CustomSection { name: relink_fixtures::SECTION.into(), data: data.into() }.append_to_component(component);
    Ok(())
}

fn holds_any(fixtures: &Path) -> bool {
    let files = fixtures.read_dir().into_iter().flatten().filter_map(Result::ok);
    files.map(|file| file.path()).any(|path| path.extension().is_some_and(|extension| extension == "json"))
}

/// The component with all its sections but those that hold fixtures. Components within it are left alone.
fn without_fixtures(component: &[u8]) -> Result<Vec<u8>, wasmparser::BinaryReaderError> {
    let mut reader = BinaryReader::new(component, 0);
    let mut kept = reader.read_bytes(PREAMBLE)?.to_vec();
    while !reader.eof() {
        let start = reader.current_position();
        let is_custom = reader.read_u8()? == 0;
        let content = reader.read_reader()?;
        let is_fixtures = is_custom && content.clone().read_string().is_ok_and(|name| name == relink_fixtures::SECTION);
        if !is_fixtures {
            kept.extend(&component[start..reader.current_position()]);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn fixtures_become_a_section_of_the_component() {
        let folder = tempfile::tempdir().unwrap();
        let mut component = EMPTY.to_vec();
        attach_fixtures(&mut component, folder.path()).unwrap();
        assert_eq!(component, EMPTY);
        fs::create_dir(folder.path().join("fixtures")).unwrap();
        fs::write(folder.path().join("fixtures/probe.json"), r#"{ "about": "a probe", "operation": "probe" }"#)
            .unwrap();
        attach_fixtures(&mut component, folder.path()).unwrap();
        let text = String::from_utf8_lossy(&component[EMPTY.len()..]).into_owned();
        assert!(text.contains("relink:fixtures[{\"file\":\"fixtures/probe.json\",\"line\":1,"), "{text}");
    }

    #[test]
    fn fixtures_that_changed_or_are_gone_take_the_place_of_those_before() {
        let folder = tempfile::tempdir().unwrap();
        let fixture = folder.path().join("fixtures/probe.json");
        fs::create_dir(folder.path().join("fixtures")).unwrap();
        let note = CustomSection { name: "note".into(), data: b"kept".into() };
        let mut bare = EMPTY.to_vec();
        note.append_to_component(&mut bare);
        let mut component = bare.clone();
        for about in ["a probe", "another probe"] {
            fs::write(&fixture, format!(r#"{{ "about": "{about}", "operation": "probe" }}"#)).unwrap();
            attach_fixtures(&mut component, folder.path()).unwrap();
            let text = String::from_utf8_lossy(&component).into_owned();
            assert_eq!((text.matches("relink:fixtures").count(), text.matches(about).count()), (1, 1), "{text}");
        }
        fs::remove_dir_all(folder.path().join("fixtures")).unwrap();
        attach_fixtures(&mut component, folder.path()).unwrap();
        assert_eq!(component, bare);
    }

    #[test]
    fn a_mistake_in_a_fixture_is_told_before_a_host_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("fixtures")).unwrap();
        fs::write(folder.path().join("fixtures/probe.json"), r#"{ "abuot": "a probe" }"#).unwrap();
        let error = attach_fixtures(&mut EMPTY.to_vec(), folder.path()).unwrap_err();
        assert!(format!("{error:#}").contains("probe.json:1:"), "{error:#}");
    }
}
