//! Puts the fixtures of a plugin into its component, where every host finds them.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_encoder::{ComponentSection, CustomSection};

/// Appends the fixtures of the plugin in `folder` to its component; one that has none stays as it is.
pub fn attach_fixtures(component: &mut Vec<u8>, folder: &Path) -> Result<()> {
    let fixtures = folder.join("fixtures");
    if !fixtures.is_dir() {
        return Ok(());
    }
    let cases = relink_fixtures::load(&fixtures).context("the fixtures cannot be put into the plugin")?;
    let data = relink_fixtures::pack(cases);
    CustomSection { name: relink_fixtures::SECTION.into(), data: data.into() }.append_to_component(component);
    Ok(())
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
    fn a_mistake_in_a_fixture_is_told_before_a_host_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("fixtures")).unwrap();
        fs::write(folder.path().join("fixtures/probe.json"), r#"{ "abuot": "a probe" }"#).unwrap();
        let error = attach_fixtures(&mut EMPTY.to_vec(), folder.path()).unwrap_err();
        assert!(format!("{error:#}").contains("probe.json:1:"), "{error:#}");
    }
}
