//! Where the finished plugins are, and their compiled code, which all tests share.

use std::path::{Path, PathBuf};

/// Names the folder with the plugins.
const FOLDER_VARIABLE: &str = "RELINK_TEST_PLUGINS";

/// The folder with the plugins.
///
/// # Panics
/// If it has none: stories are told with the real ones.
pub(crate) fn folder() -> PathBuf {
    let folder = std::env::var_os(FOLDER_VARIABLE).map_or_else(|| target_folder().join("plugins"), PathBuf::from);
    let has_plugins = std::fs::read_dir(&folder).is_ok_and(|mut files| {
        files.any(|file| file.is_ok_and(|file| file.path().extension().is_some_and(|kind| kind == "wasm")))
    });
    assert!(has_plugins, "there are no plugins in {}: build them with `cargo xtask guests`", folder.display());
    folder
}

/// The finished plugin with this id.
pub fn plugin_file(id: &str) -> PathBuf {
    folder().join(format!("{id}.wasm"))
}

/// Lets the server of `data_dir` keep compiled plugins where every other test finds them.
pub(crate) fn share_compiled_code(data_dir: &Path) {
    let shared = target_folder().join("stories").join("plugin-cache");
    std::fs::create_dir_all(&shared).expect("the target folder can be written");
    std::os::unix::fs::symlink(shared, data_dir.join("plugin-cache")).expect("the data folder is new");
}

/// Cargo's target folder, found from this program, which lies somewhere in it.
fn target_folder() -> PathBuf {
    let program = std::env::current_exe().expect("the test program has a path");
    let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    program.ancestors().find(is_target).expect("cargo marks its target folder").to_owned()
}
