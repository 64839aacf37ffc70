//! A PostgreSQL cluster of our own: on a free port, in a temporary folder, gone when xtask ends.

use std::env;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::run;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// The variable under which tests find the cluster.
pub(crate) const URL_VARIABLE: &str = "RELINK_TEST_POSTGRES_URL";

const START_LIMIT: Duration = Duration::from_secs(30);

/// The line of `postmaster.pid`, from 0, that holds the state.
const STATE_LINE: usize = 7;

/// Run a command beside a private PostgreSQL cluster.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write to the disk as in production, for measurements
    #[arg(long)]
    durable: bool,
    /// The command; it finds the cluster's URL in RELINK_TEST_POSTGRES_URL
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<String>,
}

/// Whether a commit survives a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    Full,
    /// For tests: a cluster that lives for minutes has nothing to lose.
    None,
}

/// A running cluster; dropping it stops the server and removes its files.
pub(crate) struct Cluster {
    server: Child,
    programs: PathBuf,
    account: Option<Account>,
    folder: TempDir,
    port: u16,
}

/// An account without privileges, since PostgreSQL refuses to run as root.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    user_id: u32,
    group_id: u32,
}

/// The chore `postgres`.
pub(crate) fn postgres(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    setup::ensure(workspace, &[Need::PostgreSql])?;
    run::survive_interrupts()?;
    let durability = if arguments.durable { Durability::Full } else { Durability::None };
    let cluster = Cluster::start(durability)?;
    let (program, rest) = arguments.command.split_first().context("a command is needed")?;
    run::run(run::cargo(program).args(rest).env(URL_VARIABLE, cluster.url()))
}

/// The folder with the server's programs; Debian keeps it off the search path, one per version.
pub(crate) fn find_programs() -> Option<PathBuf> {
    // A link on the search path may stand alone, so the programs are taken from where it points.
    let linked = run::find_program("initdb").and_then(|initdb| fs::canonicalize(initdb).ok());
    if let Some(folder) = linked.as_deref().and_then(Path::parent)
        && is_complete(folder)
    {
        return Some(folder.to_owned());
    }
    let version = |folder: &PathBuf| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    versions.map(|entry| entry.path().join("bin")).filter(|folder| is_complete(folder)).max_by_key(version)
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| run::is_executable(&folder.join(program)))
}

impl Cluster {
    /// Makes a fresh cluster and waits until it answers.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let programs = find_programs().context("PostgreSQL is not installed")?;
        let folder =
            tempfile::Builder::new().prefix("relink-postgres-").tempdir().context("no temporary folder can be made")?;
        let account = if folder.path().metadata()?.uid() == 0 {
            let account = unprivileged_account(&fs::read_to_string("/etc/passwd")?)
                .context("PostgreSQL needs a user `postgres` or `nobody` to run as")?;
            chown(folder.path(), Some(account.user_id), Some(account.group_id))?;
            Some(account)
        } else {
            None
        };

        let data = folder.path().join("data");
        let mut initdb = as_account(account.as_ref(), &programs.join("initdb"));
        initdb
            .args(["--no-sync", "--auth=trust", "--username=relink", "--encoding=UTF8"])
            .args(["--locale=C", "--pgdata"])
            .arg(&data)
            .current_dir(folder.path());
        run::capture(&mut initdb)?;

        let port = free_port()?;
        let mut command = as_account(account.as_ref(), &programs.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).args([
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-c",
            "max_connections=300",
        ]);
        if durability == Durability::None {
            command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        let log = File::create(folder.path().join("log"))?;
        let server = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the PostgreSQL server cannot be started")?;
        let mut cluster = Self { server, programs, account, folder, port };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Where clients connect to.
    pub(crate) fn url(&self) -> String {
        format!("postgres://relink@127.0.0.1:{}/postgres", self.port)
    }

    /// The server writes into its lock file when it is ready, which is where `pg_ctl` looks too.
    fn wait_until_ready(&mut self) -> Result<()> {
        let lock_file = self.folder.path().join("data/postmaster.pid");
        let is_ready = run::wait_until(START_LIMIT, || {
            if !matches!(self.server.try_wait(), Ok(None)) {
                return Some(false);
            }
            let state = fs::read_to_string(&lock_file).ok()?;
            state.lines().nth(STATE_LINE)?.trim().eq("ready").then_some(true)
        });
        if is_ready != Some(true) {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            bail!("the PostgreSQL server did not start: {}", log.trim());
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_account(self.account.as_ref(), &self.programs.join("pg_ctl"));
        stop.args(["stop", "--silent", "--mode=fast", "--pgdata"])
            .arg(self.folder.path().join("data"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        // After Ctrl-C the server may have stopped by itself; what matters is that it is gone.
        if !run::succeeds_within(START_LIMIT, &mut stop) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// A command that runs as the account, and that the kernel stops when xtask dies without cleaning up.
fn as_account(account: Option<&Account>, program: &Path) -> Command {
    let Some(setpriv) = run::find_program("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "INT"]);
    if let Some(account) = account {
        command
            .arg(format!("--reuid={}", account.user_id))
            .arg(format!("--regid={}", account.group_id))
            .arg("--clear-groups");
    }
    command.arg(program).env("HOME", env::temp_dir());
    command
}

fn unprivileged_account(passwd: &str) -> Option<Account> {
    let find = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        let user_id = fields.next()?.parse().ok()?;
        let group_id = fields.next()?.parse().ok()?;
        Some(Account { user_id, group_id })
    };
    ["postgres", "nobody"].into_iter().find_map(find)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533::/:/bin/false\n";

    #[test]
    fn server_runs_as_nobody_where_there_is_no_postgres_user() {
        let account = Account { user_id: 65534, group_id: 65533 };
        assert_eq!(unprivileged_account(NOBODY), Some(account));
        let account = Account { user_id: 101, group_id: 104 };
        let both = format!("{NOBODY}postgres:x:101:104::/var/lib/postgresql:/bin/bash\n");
        assert_eq!(unprivileged_account(&both), Some(account));
        assert_eq!(unprivileged_account("root:x:0:0:root:/root:/bin/bash\n"), None);
    }

    #[test]
    fn two_free_ports_can_be_bound_at_once() {
        let first = TcpListener::bind(("127.0.0.1", free_port().unwrap())).unwrap();
        let second = free_port().unwrap();
        assert_ne!(first.local_addr().unwrap().port(), second);
    }
}
