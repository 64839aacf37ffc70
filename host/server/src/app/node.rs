//! The name of this process in the database, which no other living process has.
//!
//! A start frees what its own name had claimed, since whoever had it is gone. So the name is kept in the data
//! folder for the next start, but only behind a lock that the operating system lifts when the process ends: while
//! an old process still works there, as in a rolling restart, a new one gets another name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

const FILE: &str = "node";

/// A name for as long as this lives.
pub(crate) struct Node {
    name: String,
    /// Locked; none if the name is for this one life only.
    _file: Option<File>,
}

impl Node {
    /// Takes the name that the last process in `data_dir` had, or a new one; both begin with `wish`.
    pub(crate) fn take(data_dir: &Path, wish: &str) -> Self {
        let kept = keep(&data_dir.join(FILE)).unwrap_or_else(|error| {
            tracing::warn!(%error, "the name of this process cannot be kept in the data folder");
            None
        });
        let (suffix, file) = kept.map_or_else(|| (new_suffix(), None), |(suffix, file)| (suffix, Some(file)));
        Self { name: format!("{wish}-{suffix}"), _file: file }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Locks the file and reads the name in it, or writes a new one; none if another process has it.
fn keep(path: &Path) -> io::Result<Option<(String, File)>> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let mut suffix = String::new();
    file.read_to_string(&mut suffix)?;
    if suffix.is_empty() || !suffix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        suffix = new_suffix();
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(suffix.as_bytes())?;
    }
    Ok(Some((suffix, file)))
}

fn new_suffix() -> String {
    format!("{:016x}", getrandom::u64().expect("the system gives random bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_for_the_next_start_but_never_shared() {
        let folder = tempfile::tempdir().unwrap();
        let first = Node::take(folder.path(), "relink");
        let name = first.name().to_owned();
        assert!(name.starts_with("relink-"), "{name}");
        assert_ne!(Node::take(folder.path(), "relink").name(), name, "the first one lives");
        drop(first);
        assert_eq!(Node::take(folder.path(), "relink").name(), name);
        let elsewhere = tempfile::tempdir().unwrap();
        assert_ne!(Node::take(elsewhere.path(), "relink").name(), name);
    }

    #[test]
    fn a_file_that_is_no_name_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "two\nlines").unwrap();
        let name = Node::take(folder.path(), "relink").name().to_owned();
        assert_eq!(Node::take(folder.path(), "relink").name(), name);
        assert!(!name.contains('\n'));
    }
}
