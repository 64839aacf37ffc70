//! What Linux tells of a folder: inotify(7).

use std::future;
use std::io;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use inotify::{EventMask, EventOwned, EventStream, Inotify, WatchMask};

use super::News;

/// Room for some dozens of events; the kernel keeps the others.
const BUFFER_BYTES: usize = 4 << 10;

pub(super) struct Told {
    folder: PathBuf,
    /// None if the system can tell nothing: it has a limit on those who ask.
    events: Option<EventStream<[u8; BUFFER_BYTES]>>,
}

impl Told {
    pub(super) fn of(folder: &Path) -> Self {
        let events = watch(folder).inspect_err(|error| {
            tracing::warn!(%error, "the system does not tell of new plugins, they are found a little later");
        });
        Self { folder: folder.to_owned(), events: events.ok() }
    }

    /// Waits for news, in the order in which it happened. What the kernel had no room for is missing.
    pub(super) async fn next(&mut self) -> News {
        while let Some(events) = &mut self.events {
            match events.next().await {
                Some(Ok(event)) => {
                    if let Some(news) = self.news(event) {
                        return news;
                    }
                }
                Some(Err(error)) => {
                    tracing::warn!(%error, "the system no longer tells of new plugins, they are found a little later");
                    self.events = None;
                }
                None => self.events = None,
            }
        }
        future::pending().await
    }

    fn news(&self, event: EventOwned) -> Option<News> {
        let file = self.folder.join(event.name?);
        let is_whole = event.mask.intersects(EventMask::CLOSE_WRITE | EventMask::MOVED_TO);
        Some(if is_whole { News::Whole(file) } else { News::Changing(file) })
    }
}

fn watch(folder: &Path) -> io::Result<EventStream<[u8; BUFFER_BYTES]>> {
    let inotify = Inotify::init()?;
    inotify.watches().add(folder, WatchMask::CLOSE_WRITE | WatchMask::MOVED_TO | WatchMask::MODIFY)?;
    inotify.into_event_stream([0; BUFFER_BYTES])
}
