//! What changed in the plugin folder since the last look.
//!
//! Files are compared by what the file system says about them, and taken when two looks in a row find
//! them the same: whoever copies a file slowly is waited for. One whose writer is known to be done with it
//! is taken at once. A file that is missing once may be
//! between two steps of a careless replacement, so it is gone only after a second look.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::archive::{component_file, open_within, signature_file};
use crate::refusal::{Gate, Refusal};

const LOOKS_UNTIL_GONE: u8 = 2;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A file is new or different, and complete as far as one can see.
    Ready(PathBuf),
    Gone(PathBuf),
}

pub(super) struct Folder {
    path: PathBuf,
    files: BTreeMap<PathBuf, Seen>,
}

struct Seen {
    print: Print,
    is_reported: bool,
    looks_missing: u8,
}

/// What the file system says about a file; the time of change cannot be set back by a copy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    inode: u64,
    bytes: u64,
    changed_at: (i64, i64),
    /// A signature may come after the file that it is for.
    signed_at: Option<(i64, i64)>,
}

impl Folder {
    /// Opens the folder, and makes it if need be.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self { path: path.canonicalize()?, files: BTreeMap::new() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn look(&mut self) -> io::Result<Vec<Change>> {
        let mut present = self.prints()?;
        let mut changes = Vec::new();
        self.files.retain(|file, seen| {
            let Some(print) = present.remove(file) else {
                seen.looks_missing += 1;
                let is_gone = seen.looks_missing >= LOOKS_UNTIL_GONE;
                if is_gone {
                    changes.push(Change::Gone(file.clone()));
                }
                return !is_gone;
            };
            seen.looks_missing = 0;
            if seen.print != print {
                *seen = Seen::new(print);
            } else if !seen.is_reported {
                seen.is_reported = true;
                changes.push(Change::Ready(file.clone()));
            }
            true
        });
        self.files.extend(present.into_iter().map(|(file, print)| (file, Seen::new(print))));
        Ok(changes)
    }

    /// Reports files that are whole, as far as they have anything new. A signature stands for its component.
    pub(super) fn take(&mut self, whole: &BTreeSet<PathBuf>) -> Vec<Change> {
        let components: BTreeSet<PathBuf> = whole.iter().map(|file| component_file(file)).collect();
        let mut changes = Vec::new();
        for file in components.into_iter().filter(|file| is_component_name(file)) {
            let Some(print) = Print::of(&file) else { continue };
            if self.files.get(&file).is_some_and(|seen| seen.print == print && seen.is_reported) {
                continue;
            }
            self.files.insert(file.clone(), Seen { is_reported: true, ..Seen::new(print) });
            changes.push(Change::Ready(file));
        }
        changes
    }

    /// Has a file reported again, as if it were new.
    pub(super) fn forget(&mut self, file: &Path) {
        if let Some(seen) = self.files.get_mut(file) {
            seen.is_reported = false;
        }
    }

    fn prints(&self) -> io::Result<BTreeMap<PathBuf, Print>> {
        let mut prints = BTreeMap::new();
        for entry in fs::read_dir(&self.path)? {
            let file = entry?.path();
            if !is_component_name(&file) {
                continue;
            }
            // A file that goes away between the listing and this line is simply not there.
            if let Some(print) = Print::of(&file) {
                prints.insert(file, print);
            }
        }
        Ok(prints)
    }
}

/// Reads a file of a folder, unless it is too large or lies elsewhere.
pub(super) fn read(folder: &Path, file: &Path, limit: usize) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: io::Error| {
        Refusal::new(
            Gate::File,
            format!("the file cannot be read: {error}"),
            "a readable file within the folder",
            "put a copy of the component itself into the folder",
        )
    };
    let file = open_within(folder, file).map_err(unreadable)?;
    // One byte more than allowed, so that the gate sees that there is more.
    let most = limit as u64 + 1;
    let bytes = file.metadata().map_err(unreadable)?.len().min(most);
    let mut component = Vec::with_capacity(usize::try_from(bytes).unwrap_or(limit));
    file.take(most).read_to_end(&mut component).map_err(unreadable)?;
    Ok(component)
}

impl Print {
    pub(super) fn of(file: &Path) -> Option<Self> {
        let about = fs::metadata(file).ok()?;
        let signed_at = fs::metadata(signature_file(file)).ok().map(|about| change_time(&about));
        Some(Self { inode: about.ino(), bytes: about.len(), changed_at: change_time(&about), signed_at })
    }
}

fn change_time(about: &Metadata) -> (i64, i64) {
    (about.ctime(), about.ctime_nsec())
}

impl Seen {
    fn new(print: Print) -> Self {
        Self { print, is_reported: false, looks_missing: 0 }
    }
}

/// Whether a file is meant as a plugin: hidden files are somebody's temporary ones.
fn is_component_name(file: &Path) -> bool {
    let is_hidden = file.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    file.extension().is_some_and(|extension| extension == "wasm") && !is_hidden
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::symlink;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;
    use crate::archive::signature_of;

    struct Scene {
        _root: tempfile::TempDir,
        outside: PathBuf,
        folder: Folder,
    }

    impl Scene {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let outside = root.path().join("outside.wasm");
            fs::write(&outside, b"outside").unwrap();
            let folder = Folder::open(&root.path().join("plugins")).unwrap();
            Self { _root: root, outside, folder }
        }

        fn file(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn looks(&mut self) -> [Vec<Change>; 2] {
            [self.folder.look().unwrap(), self.folder.look().unwrap()]
        }
    }

    #[test]
    fn a_file_is_taken_once_it_stops_changing() {
        let mut scene = Scene::new();
        let file = scene.file("a.wasm");
        for length in 1..4 {
            fs::write(&file, vec![0; length]).unwrap();
            assert_eq!(scene.folder.look().unwrap(), []);
        }
        assert_eq!(scene.folder.look().unwrap(), [Change::Ready(file)]);
        assert_eq!(scene.folder.look().unwrap(), []);
    }

    #[test]
    fn a_file_that_is_whole_is_taken_at_once_and_not_again() {
        let mut scene = Scene::new();
        let file = scene.file("a.wasm");
        fs::write(&file, b"a").unwrap();
        let whole = BTreeSet::from([file.clone(), scene.file(".tmp.wasm"), scene.file("notes.txt")]);
        assert_eq!(scene.folder.take(&whole), [Change::Ready(file.clone())]);
        assert_eq!(scene.folder.take(&whole), []);
        assert_eq!(scene.looks(), [vec![], vec![]]);
        scene.folder.forget(&file);
        assert_eq!(scene.folder.take(&whole), [Change::Ready(file)]);
    }

    #[test]
    fn a_signature_that_comes_later_has_its_file_taken_again() {
        let mut scene = Scene::new();
        let file = scene.file("a.wasm");
        fs::write(&file, b"a").unwrap();
        scene.looks();
        fs::write(signature_file(&file), b"signed").unwrap();
        let whole = BTreeSet::from([signature_file(&file)]);
        assert_eq!(scene.folder.take(&whole), [Change::Ready(file)]);
    }

    #[test]
    fn a_file_that_is_gone_before_it_is_taken_is_left_to_the_looks() {
        let mut scene = Scene::new();
        assert_eq!(scene.folder.take(&BTreeSet::from([scene.file("a.wasm")])), []);
    }

    #[test]
    fn a_file_is_gone_after_two_looks() {
        let mut scene = Scene::new();
        let file = scene.file("a.wasm");
        fs::write(&file, b"a").unwrap();
        scene.looks();
        fs::remove_file(&file).unwrap();
        assert_eq!(scene.looks(), [vec![], vec![Change::Gone(file)]]);
    }

    #[test]
    fn hidden_and_other_files_are_left_alone() {
        let mut scene = Scene::new();
        for name in [".tmp123.wasm", "a.wasm.part", "README.md", "a.cwasm"] {
            fs::write(scene.file(name), b"x").unwrap();
        }
        assert_eq!(scene.looks(), [vec![], vec![]]);
    }

    #[test]
    fn links_are_followed_within_the_folder_only() {
        let scene = Scene::new();
        fs::write(scene.file("real.wasm"), b"inside").unwrap();
        symlink("real.wasm", scene.file("near.wasm")).unwrap();
        symlink(&scene.outside, scene.file("far.wasm")).unwrap();
        symlink(scene.folder.path(), scene.file("folder.wasm")).unwrap();
        assert_eq!(read(scene.folder.path(), &scene.file("near.wasm"), 100).unwrap(), b"inside");
        for name in ["far.wasm", "folder.wasm", "missing.wasm"] {
            assert_eq!(read(scene.folder.path(), &scene.file(name), 100).unwrap_err().gate, Gate::File, "{name}");
        }
    }

    #[test]
    fn neither_a_pipe_nor_an_endless_signature_holds_anybody_up() {
        let scene = Scene::new();
        let pipe = scene.file("pipe.wasm");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert_eq!(read(scene.folder.path(), &pipe, 100).unwrap_err().gate, Gate::File);
        let file = scene.file("a.wasm");
        symlink("/dev/zero", signature_file(&file)).unwrap();
        assert!(signature_of(&file).unwrap_err().to_string().contains("link out of the folder"));
    }

    #[test]
    fn a_large_file_is_not_read_to_its_end() {
        let scene = Scene::new();
        let file = scene.file("large.wasm");
        File::create(&file).unwrap().set_len(10 << 30).unwrap();
        assert_eq!(read(scene.folder.path(), &file, 1_000).unwrap().len(), 1_001);
    }
}
