//! Rules of the source tree that no compiler checks, as tests of xtask.

mod fences;
mod files;
mod locks;

use crate::workspace::Workspace;

fn workspace() -> Workspace {
    Workspace::load().expect("cargo knows the workspace that it is testing")
}
