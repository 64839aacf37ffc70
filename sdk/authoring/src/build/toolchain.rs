//! Finds a toolchain for `wasm32-unknown-unknown`: rustup's where it can be had, else Debian's.

use std::env;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::command;

const TARGET: &str = "wasm32-unknown-unknown";

/// Long enough to download 20 MB on a slow line; without a network rustup gives up by itself much sooner.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

/// A plugin's stack is touched at every call, since each call has a fresh instance: 64 KiB are quick to clear.
const GUEST_FLAGS: &str = "-C link-arg=-zstack-size=65536";

/// Where cargo leaves the core modules within a target folder.
pub fn core_modules(guest_target: &Path) -> PathBuf {
    guest_target.join(TARGET).join("release")
}

/// A way to compile Rust to WebAssembly.
#[derive(Debug)]
pub enum Toolchain {
    /// The toolchain on the search path, with the target's standard library beside it.
    Own,
    /// Debian's packages bring a rustc of their own and the standard library as source.
    Debian { linker: PathBuf },
}

impl Toolchain {
    /// Looks for the target, asks rustup for it once, and falls back to Debian's packages.
    ///
    /// In the folder `notes` it is noted when rustup has no target.
    pub fn find(notes: &Path) -> Option<Self> {
        if own_toolchain_has_target() || add_target_once(notes) {
            return Some(Self::Own);
        }
        let programs = ["/usr/bin/cargo", "/usr/bin/rustc"].map(Path::new);
        let library = Path::new("/usr/lib/rustlib/src/rust/library/std");
        let is_complete = programs.into_iter().all(command::is_executable) && library.is_dir();
        let linker = newest_linker(Path::new("/usr/bin"))?;
        is_complete.then_some(Self::Debian { linker })
    }

    /// The command that builds in release mode for size; the caller adds the packages.
    pub fn cargo(&self, guest_target: &Path) -> Command {
        let program = match self {
            Self::Own => "cargo",
            Self::Debian { .. } => "/usr/bin/cargo",
        };
        let mut cargo = command::cargo(program);
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(is_meant_for_the_host) {
                cargo.env_remove(name);
            }
        }
        cargo
            .args(["build", "--release", "--lib", "--target", TARGET, "--target-dir"])
            .arg(guest_target)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s")
            .env("CARGO_PROFILE_RELEASE_LTO", "true")
            .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
            .env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", GUEST_FLAGS);
        if let Self::Debian { linker } = self {
            // The standard library is built from source, which a stable cargo does only when told so.
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", "/usr/bin/rustc")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }
}

impl Display for Toolchain {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => write!(formatter, "the installed target {TARGET}"),
            Self::Debian { .. } => write!(formatter, "Debian's /usr/bin/rustc"),
        }
    }
}

/// Settings that a person or the outer cargo made for native code, and that would break or change the guest.
fn is_meant_for_the_host(name: &str) -> bool {
    const PREFIXES: [&str; 3] = ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_"];
    const NAMES: [&str; 6] = [
        "CARGO_ENCODED_RUSTFLAGS",
        "LD_LIBRARY_PATH",
        "RUSTC",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn own_toolchain_has_target() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    command::capture(&mut rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Asks rustup for the target, and remembers a refusal as long as the compiler stays the same.
fn add_target_once(notes: &Path) -> bool {
    let Some(rustup) = command::find_program("rustup") else {
        return false;
    };
    let Ok(compiler) = command::capture(Command::new("rustc").arg("-vV")) else {
        return false;
    };
    let refusal = notes.join("rustup-has-no-target");
    if fs::read_to_string(&refusal).is_ok_and(|refused| refused == compiler) {
        return false;
    }
    let toolchain = active_toolchain(&rustup);
    command::announce(format_args!(
        "adding {TARGET} to the toolchain {toolchain} of rustup, once: `rustup target add {TARGET}`"
    ));
    let mut add = Command::new(rustup);
    if command::succeeds_within(RUSTUP_LIMIT, add.args(["target", "add", TARGET])) {
        return own_toolchain_has_target();
    }
    command::note("rustup cannot fetch it; Debian's packages will do");
    // Without the note the question is asked again, which costs time and nothing else.
    let _ = fs::create_dir_all(notes);
    let _ = fs::write(refusal, compiler);
    false
}

/// The toolchain that is chosen here, by a setting, a variable or a file: what is added serves all that use it.
fn active_toolchain(rustup: &Path) -> String {
    let shown = command::capture(Command::new(rustup).args(["show", "active-toolchain"])).unwrap_or_default();
    shown.split_whitespace().next().unwrap_or("in use").to_owned()
}

/// Debian names the linker after the version of LLVM; the newest understands what any rustc writes.
fn newest_linker(folder: &Path) -> Option<PathBuf> {
    let version = |path: &PathBuf| {
        let suffix = path.file_name()?.to_str()?.strip_prefix("wasm-ld-")?;
        suffix.parse::<u32>().ok()
    };
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    entries.map(|entry| entry.path()).filter(|path| version(path).is_some()).max_by_key(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_linker_is_chosen_by_number_and_not_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["wasm-ld-9", "wasm-ld-22", "wasm-ld-14", "wasm-ld-old"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(newest_linker(folder.path()), Some(folder.path().join("wasm-ld-22")));
    }

    #[test]
    fn folder_without_linker_has_no_newest() {
        assert_eq!(newest_linker(tempfile::tempdir().unwrap().path()), None);
    }

    #[test]
    fn guest_does_not_inherit_flags_of_the_host() {
        for name in ["RUSTFLAGS", "RUSTC_WRAPPER", "CARGO_PROFILE_RELEASE_LTO", "CARGO_BUILD_TARGET"] {
            assert!(is_meant_for_the_host(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_NET_OFFLINE", "RUSTUP_TOOLCHAIN", "HTTPS_PROXY", "PATH"] {
            assert!(!is_meant_for_the_host(name), "{name}");
        }
    }
}
