//! What it costs to put a plugin in service while the host runs, and to put another version in its place
//! while it is called.
//!
//! From the time to the first answer is taken what compiling was of it, as the child process says that the host
//! starts for that. Calls while a version is swapped are held against calls while nothing changes.

mod compile;
mod host;
mod load;

use std::cell::Cell;
use std::time::Duration;

use anyhow::Result;

use crate::classify::error::RealError;
use crate::guests;
use crate::latency::P99;
use crate::report::Report;
use crate::rounds::{Contender, Sample, interleave};
use host::{Drop, Host, Loaded};
use load::Load;

pub(crate) use compile::{COMMAND as COMPILE, as_child as compile_as_child};

const ROUNDS: usize = 9;

const COPIED: &str = "copied into the folder, first answer";
const MOVED: &str = "moved into the folder, first answer";
const KNOWN: &str = "copied into the folder, known, first answer";
const STEADY: &str = "500 calls/s, nothing changes";
const SWAPPED: &str = "500 calls/s, another version comes";

const COMPILING: &str = "compiling ms";
const BEYOND: &str = "beyond ms";
const FAILED: &str = "failed calls";

const ABOUT: &str = "load a plugin while the host runs, and swap it while it is called";

pub(crate) fn run() -> Result<Report> {
    let versions = Versions::new()?;
    let host = Host::open()?;
    let error = RealError::from_fixtures()?;
    host.install(&versions.next())?;
    // The turn that does not count compiles it.
    let known = versions.next_plugin();
    let load = Load::new(&host, &error);
    let time_load = |(id, component): &(String, Vec<u8>), how| -> Result<Sample> {
        let Loaded { compiling, beyond } = host.time_load(id, component, how, error.for_host())?;
        Ok(vec![(COMPILING, ms(compiling)), (BEYOND, ms(beyond))])
    };
    let mut contenders = [
        Contender::new(COPIED, || time_load(&versions.next_plugin(), Drop::Copy)),
        Contender::new(MOVED, || time_load(&versions.next_plugin(), Drop::Move)),
        Contender::new(KNOWN, || time_load(&known, Drop::Copy)),
        Contender::new(STEADY, || load.while_nothing_changes()),
        Contender::new(SWAPPED, || load.while_it_becomes(&versions.next())),
    ];
    let all = interleave(ROUNDS, &mut contenders)?;
    Ok(Report::new("swap", ABOUT, all)
        .limit(BEYOND, COPIED, 50.0)
        .limit(BEYOND, MOVED, 50.0)
        .limit(BEYOND, KNOWN, 50.0)
        .ratio(P99, SWAPPED, STEADY, Some(2.0))
        .worst(FAILED, STEADY, 0.0)
        .worst(FAILED, SWAPPED, 0.0)
        .note("a call counts from the moment at which it was due, until it is answered"))
}

/// As many versions and copies of one plugin as are wanted, each of them new to every cache.
struct Versions {
    component: Vec<u8>,
    made: Cell<u32>,
}

/// The plugin that is copied, and its version.
const ORIGINAL: &str = "ahrefs";
const VERSION: &str = "0.1.0";

impl Versions {
    fn new() -> Result<Self> {
        Ok(Self { component: guests::component(ORIGINAL)?, made: Cell::new(0) })
    }

    /// The next version of the original plugin.
    fn next(&self) -> Vec<u8> {
        let number = self.count();
        let version = format!("{}.{}.{}", 1 + number / 100, number / 10 % 10, number % 10);
        guests::replaced(&self.component, VERSION, &version)
    }

    /// A plugin of its own, by id.
    fn next_plugin(&self) -> (String, Vec<u8>) {
        let id = format!("bch{:03}", self.count());
        let component = guests::replaced(&self.component, ORIGINAL, &id);
        (id, component)
    }

    fn count(&self) -> u32 {
        self.made.replace(self.made.get() + 1)
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
