//! Finds what the chores need on this machine, and installs from Debian's packages what is missing.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::guests;
use crate::postgres;
use crate::run;
use crate::workspace::Workspace;

/// Something that must be on the machine before a chore can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    CCompiler,
    GuestToolchain,
    Node,
    Python,
    PostgreSql,
    Registry,
    Chromium,
}

impl Need {
    pub(crate) const ALL: [Self; 7] = [
        Self::CCompiler,
        Self::GuestToolchain,
        Self::Node,
        Self::Python,
        Self::PostgreSql,
        Self::Registry,
        Self::Chromium,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::CCompiler => "a C compiler",
            Self::GuestToolchain => "a Rust toolchain for WebAssembly",
            Self::Node => "Node.js with npm",
            Self::Python => "Python 3.11 with venv",
            Self::PostgreSql => "the PostgreSQL server",
            Self::Registry => "a registry for plugins",
            Self::Chromium => "Chromium",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::CCompiler => &["gcc", "libc6-dev"],
            Self::GuestToolchain => &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
            Self::Node => &["nodejs", "npm"],
            Self::Python => &["python3", "python3-venv"],
            Self::PostgreSql => &["postgresql"],
            Self::Registry => &["docker-registry"],
            Self::Chromium => &["chromium"],
        }
    }

    /// Where the need was found, in words for a person.
    fn find(self, workspace: &Workspace) -> Option<String> {
        let path = match self {
            Self::GuestToolchain => {
                return guests::find_toolchain(workspace).map(|found| found.to_string());
            }
            Self::CCompiler => run::find_program("cc"),
            Self::Node => run::find_program("node").and(run::find_program("npm")),
            Self::Python => find_python(),
            Self::PostgreSql => postgres::find_programs(),
            Self::Registry => run::find_program("docker-registry"),
            Self::Chromium => find_chromium(),
        };
        path.map(|path| path.display().to_string())
    }
}

/// The chore `setup`: everything, with a line for each.
pub(crate) fn setup(workspace: &Workspace) -> Result<()> {
    ensure(workspace, &Need::ALL)?;
    for need in Need::ALL {
        let place = need.find(workspace).unwrap_or_default();
        run::note(format_args!("{}: {place}", need.title()));
    }
    Ok(())
}

/// Installs those of the needs that the machine does not meet, or says which command would.
pub(crate) fn ensure(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    let missing = missing(workspace, needs);
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)?;
    let still_missing = self::missing(workspace, &missing);
    if !still_missing.is_empty() {
        bail!("{} cannot be found although its packages are installed", titles(&still_missing));
    }
    Ok(())
}

/// A Python that can make environments; Debian's needs a package more for it.
fn find_python() -> Option<PathBuf> {
    let python = run::find_program("python3")?;
    let mut probe = Command::new(&python);
    let is_complete =
        run::capture(probe.args(["-c", "import ensurepip, sys; assert sys.version_info >= (3, 11)"])).is_ok();
    is_complete.then_some(python)
}

/// The browser for the browser tests.
pub(crate) fn find_chromium() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("RELINK_CHROMIUM") {
        return Some(PathBuf::from(chosen));
    }
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(run::find_program)
}

fn missing(workspace: &Workspace, needs: &[Need]) -> Vec<Need> {
    let unmet = |need: &Need| need.find(workspace).is_none();
    needs.iter().copied().filter(unmet).collect()
}

fn install(missing: &[Need]) -> Result<()> {
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages()).copied().collect();
    let hint = format!("sudo apt-get install {}", packages.join(" "));
    if run::find_program("apt-get").is_none() {
        bail!("{} is missing: install what Debian does with `{hint}`", titles(missing));
    }
    if !is_root() {
        bail!("{} is missing: run `{hint}`", titles(missing));
    }
    run::announce(format_args!("installing {}", packages.join(" ")));
    run::run(apt_get().args(["-qq", "update"]))?;
    run::run(apt_get().args(["-q", "--yes", "--no-install-recommends", "install"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    run::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn titles(needs: &[Need]) -> String {
    let titles: Vec<&str> = needs.iter().map(|need| need.title()).collect();
    titles.join(", ")
}
