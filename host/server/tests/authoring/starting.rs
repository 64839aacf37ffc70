//! `relink plugin new`.

use crate::support::plugin;

#[test]
fn a_project_in_any_language_says_what_to_do_next() {
    for (lang, main) in [
        ("rust", "src/lib.rs"),
        ("js", "src/plugin.js"),
        ("ts", "src/plugin.ts"),
        ("python", "src/plugin.py"),
        ("toml", "plugin.toml"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let said = plugin(folder.path(), ["new", "big-data", "--lang", lang]).done();
        assert!(said.contains("relink plugin build big-data"), "{said}");
        let code = std::fs::read_to_string(folder.path().join("big-data").join(main)).unwrap();
        assert!(code.contains("api.big-data.example"), "{lang}");
    }
}

#[test]
fn a_bad_name_or_language_or_a_folder_that_exists_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = plugin(folder.path(), ["new", "Beacon", "--lang", "rust"]);
    assert!(wrong.code == 2 && wrong.err.contains("lower-case letters"), "{wrong:?}");
    let wrong = plugin(folder.path(), ["new", "beacon", "--lang", "cobol"]);
    assert!(wrong.code == 2 && wrong.err.contains("rust, js, ts, python and toml"), "{wrong:?}");
    std::fs::create_dir(folder.path().join("beacon")).unwrap();
    let said = plugin(folder.path(), ["new", "beacon", "--lang", "rust"]).failed();
    assert!(said.contains("beacon exists already"), "{said}");
}
