//! Why the plugins in service stayed as they were.

use std::io;

use crate::refusal::Refusal;

/// Why a change that somebody asked for was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("no plugin {id} is in service")]
    Unknown { id: String },
    #[error("plugin {id} has no earlier version to go back to")]
    NoPrevious { id: String },
    #[error("no file of plugin {id} waits for an approval")]
    NothingWaits { id: String },
    #[error("the version of plugin {id} that waits is no longer the one that was seen: look at it again")]
    AnotherWaits { id: String },
    #[error("plugin {id} is still there: remove it first")]
    StillThere { id: String },
    #[error("nobody is remembered as the publisher of a removed plugin {id}")]
    NotPinned { id: String },
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the plugin folder cannot be changed")]
    Folder(#[from] io::Error),
}
