//! The versions of every plugin that were in service, so that one command can go back to them.
//!
//! `<folder>/<id>/` holds `ledger.json`, and `<digest>.wasm` with `<digest>.minisig` for
//! each version. All writes are atomic; a lock keeps the server and the command line apart.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::OFlags;
use tempfile::NamedTempFile;

use crate::gate::is_plugin_id;
use crate::ledger::Ledger;

const LEDGER: &str = "ledger.json";

/// Signatures have some 300 bytes; their comments may be longer.
const SIGNATURE_BYTES: u64 = 16 * 1024;

pub(crate) struct Archive {
    folder: PathBuf,
}

/// A component with the signature that came with it.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub component: Vec<u8>,
    /// The text of a `.minisig` file.
    pub signature: Option<String>,
}

impl Archive {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Holds everybody else off until the file is dropped.
    pub(crate) fn lock(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let file = File::create(self.folder.join("lock"))?;
        file.lock()?;
        Ok(file)
    }

    /// What is known of a plugin; nothing is known of one that never was in service.
    pub(crate) fn ledger(&self, id: &str) -> io::Result<Ledger> {
        match self.file(id, LEDGER).and_then(fs::read) {
            Ok(text) => Ok(serde_json::from_slice(&text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ledger::default()),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn save(&self, id: &str, ledger: &Ledger) -> io::Result<()> {
        write_whole(&self.file(id, LEDGER)?, &serde_json::to_vec_pretty(ledger)?)
    }

    pub(crate) fn keep(&self, id: &str, digest: &str, package: &Package) -> io::Result<()> {
        write_whole(&self.file(id, &format!("{digest}.wasm"))?, &package.component)?;
        match &package.signature {
            Some(signature) => write_whole(&self.file(id, &format!("{digest}.minisig"))?, signature.as_bytes()),
            None => Ok(()),
        }
    }

    pub(crate) fn package(&self, id: &str, digest: &str) -> io::Result<Package> {
        let component = fs::read(self.file(id, &format!("{digest}.wasm"))?)?;
        let signature = read_if_there(&self.file(id, &format!("{digest}.minisig"))?)?;
        Ok(Package { component, signature })
    }

    /// Forgets the versions of a plugin, but not its ledger.
    pub(crate) fn drop_packages(&self, id: &str) -> io::Result<()> {
        for entry in fs::read_dir(self.home(id)?)? {
            let entry = entry?;
            if entry.file_name() != LEDGER {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    pub(crate) fn forget(&self, id: &str) -> io::Result<()> {
        match self.home(id).and_then(fs::remove_dir_all) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The plugins of which something is known.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.written_at().into_keys().collect()
    }

    /// When the ledger of each plugin was written, by id.
    pub(crate) fn written_at(&self) -> BTreeMap<String, SystemTime> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return BTreeMap::new() };
        let written_at = |entry: DirEntry| {
            let time = fs::metadata(entry.path().join(LEDGER)).ok()?.modified().ok()?;
            Some((entry.file_name().into_string().ok()?, time))
        };
        entries.flatten().filter_map(written_at).collect()
    }

    fn file(&self, id: &str, name: &str) -> io::Result<PathBuf> {
        Ok(self.home(id)?.join(name))
    }

    /// The folder of a plugin. An id may come from an address, where it can be a path to somewhere else.
    fn home(&self, id: &str) -> io::Result<PathBuf> {
        if is_plugin_id(id) { Ok(self.folder.join(id)) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// Where the signature of a component lies: beside it.
pub fn signature_file(component: &Path) -> PathBuf {
    let mut name = component.as_os_str().to_owned();
    name.push(".minisig");
    PathBuf::from(name)
}

/// The component that a signature is for; a component is itself.
pub(crate) fn component_file(file: &Path) -> PathBuf {
    if file.extension().is_some_and(|extension| extension == "minisig") {
        return file.with_extension("");
    }
    file.to_owned()
}

/// The signature that lies beside a component.
pub(crate) fn signature_of(component: &Path) -> io::Result<Option<String>> {
    let signature = match open_within(component.parent().unwrap_or(Path::new(".")), &signature_file(component)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        signature => signature?,
    };
    let mut text = String::new();
    signature.take(SIGNATURE_BYTES).read_to_string(&mut text)?;
    Ok(Some(text))
}

/// Opens a file of a folder in which others write: links out of it are not followed, and what is no file is not
/// waited for.
pub(crate) fn open_within(folder: &Path, file: &Path) -> io::Result<File> {
    let real = file.canonicalize()?;
    if !real.starts_with(folder.canonicalize()?) {
        return Err(io::Error::other("it is a link out of the folder"));
    }
    // A link that takes the file's place meanwhile is not followed either.
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).expect("flags of a file are small");
    let file = File::options().read(true).custom_flags(flags).open(&real)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    Ok(file)
}

/// Writes a component and its signature into the plugin folder. The signature is first, so that there
/// is no moment at which the component is without it.
///
/// If the component cannot be written, the signature of the one that is there comes back.
pub(crate) fn put(file: &Path, package: &Package) -> io::Result<()> {
    let before = signature_of(file)?;
    put_signature(file, package.signature.as_deref())?;
    let written = write_whole(file, &package.component);
    if written.is_err() {
        put_signature(file, before.as_deref())?;
    }
    written
}

fn put_signature(component: &Path, signature: Option<&str>) -> io::Result<()> {
    match signature {
        Some(signature) => write_whole(&signature_file(component), signature.as_bytes()),
        None => remove_if_there(&signature_file(component)),
    }
}

pub(crate) fn remove(file: &Path) -> io::Result<()> {
    remove_if_there(file)?;
    remove_if_there(&signature_file(file))
}

fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn read_if_there(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file so that whoever looks sees the old one or the whole new one.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    File::open(folder)?.sync_all()
}
