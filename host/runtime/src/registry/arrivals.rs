//! Files of the plugin folder whose writers are done with them, as the operating system tells it.
//!
//! Linux tells of a file that was moved in, or closed after it was written: such a file need not be
//! watched until it stops changing. Where nothing is told, as on network file systems and other systems,
//! nothing arrives here, and the looks at the folder find what changed.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time;

#[cfg(target_os = "linux")]
use linux::Told;
#[cfg(not(target_os = "linux"))]
use other::Told;

/// A signature comes right before or behind its component, and both are to be taken together.
const QUIET: Duration = Duration::from_millis(10);

pub(super) struct Arrivals {
    told: Told,
    whole: BTreeSet<PathBuf>,
}

/// What is told of a file.
enum News {
    /// It was moved in, or its writer closed it.
    Whole(PathBuf),
    /// Something was written to it.
    Changing(PathBuf),
}

impl Arrivals {
    /// Must be called within a runtime.
    pub(super) fn of(folder: &Path) -> Self {
        Self { told: Told::of(folder), whole: BTreeSet::new() }
    }

    /// Waits until files are whole and nothing more is told. If it is dropped while it waits, nothing is lost.
    pub(super) async fn next(&mut self) -> BTreeSet<PathBuf> {
        loop {
            let news = if self.whole.is_empty() {
                self.told.next().await
            } else {
                match time::timeout(QUIET, self.told.next()).await {
                    Ok(news) => news,
                    Err(_) => return std::mem::take(&mut self.whole),
                }
            };
            match news {
                News::Whole(file) => self.whole.insert(file),
                News::Changing(file) => self.whole.remove(&file),
            };
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;

    use super::*;

    #[tokio::test]
    async fn files_that_were_closed_or_moved_in_are_whole_and_those_still_open_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("before.wasm"), b"nobody tells of it").unwrap();
        let mut arrivals = Arrivals::of(folder.path());
        let mut slow = File::create(file("slow.wasm")).unwrap();
        slow.write_all(b"a part").unwrap();
        fs::write(file("again.wasm"), b"whole, it seems").unwrap();
        let mut again = File::options().append(true).open(file("again.wasm")).unwrap();
        again.write_all(b", but is not").unwrap();
        fs::write(file("closed.wasm"), b"whole").unwrap();
        fs::rename(file("before.wasm"), file("moved.wasm")).unwrap();
        assert_eq!(arrivals.next().await, [file("closed.wasm"), file("moved.wasm")].into());
        drop((slow, again));
        assert_eq!(arrivals.next().await, [file("again.wasm"), file("slow.wasm")].into());
    }
}
