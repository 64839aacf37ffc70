//! What one page of a sync costs: a megabyte of JSON goes in, rows come out and are stored.
//!
//! The physical limit is the same plugin as native code, with the same rows in the same database. Both sides
//! read the rows and store them as the engine does; what differs is how the answer is decoded.

mod answer;
mod database;
mod decode;

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use relink_core::plugin::Found;
use tokio::runtime::Runtime;

use crate::report::Report;
use crate::rounds::{Contender, Sample, interleave};
use answer::Page;
use database::Database;
use decode::{Native, Sandboxed};

const ROUNDS: usize = 11;
/// Pages in one turn.
const PAGES: u32 = 3;

const NATIVE: &str = "native decode, stored";
const PLUGIN: &str = "plugin in a fresh instance, stored";

const PAGE_MS: &str = "page ms";
const DECODE_MS: &str = "decode ms";
const STORE_MS: &str = "store ms";
const ROWS: &str = "rows/s";

const ABOUT: &str = "one page of Google Ads, 1 MB of JSON: decoded by the plugin, stored in SQLite";

pub(crate) fn run() -> Result<Report> {
    let runtime = Runtime::new()?;
    let native = Native::start()?;
    let plugin = Sandboxed::start(&runtime)?;
    let database = runtime.block_on(Database::make(plugin.dataset()?))?;
    let pages = Pages { runtime: &runtime, database: &database, stored: Cell::new(0) };
    let sample = Page::number(0);
    let note = format!("a page has {} rows and {} bytes", sample.rows, sample.body.len());
    let mut contenders = [
        Contender::new(NATIVE, || pages.time(|page| native.decode(page))),
        Contender::new(PLUGIN, || pages.time(|page| runtime.block_on(plugin.decode(page)))),
    ];
    let all = interleave(ROUNDS, &mut contenders)?;
    // Half as many rows a second are twice the time.
    Ok(Report::new("page", ABOUT, all)
        .ratio(PAGE_MS, PLUGIN, NATIVE, Some(2.0))
        .ratio(DECODE_MS, PLUGIN, NATIVE, None)
        .ratio(STORE_MS, PLUGIN, NATIVE, None)
        .note(note))
}

/// Pages that were never stored before.
struct Pages<'a> {
    runtime: &'a Runtime,
    database: &'a Database,
    stored: Cell<u32>,
}

impl Pages<'_> {
    fn time(&self, decode: impl Fn(Vec<u8>) -> Result<Vec<Found>>) -> Result<Sample> {
        let (mut decoding, mut storing, mut rows) = (Duration::ZERO, Duration::ZERO, 0);
        for _ in 0..PAGES {
            let page = Page::number(self.stored.replace(self.stored.get() + 1));
            let began = Instant::now();
            let found = decode(page.body)?;
            decoding += began.elapsed();
            let began = Instant::now();
            let stored = self.runtime.block_on(self.database.store(found))?;
            storing += began.elapsed();
            ensure!(stored == page.rows, "{stored} of {} rows were stored", page.rows);
            rows += stored;
        }
        let per_page = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(PAGES);
        Ok(vec![
            (PAGE_MS, per_page(decoding + storing)),
            (DECODE_MS, per_page(decoding)),
            (STORE_MS, per_page(storing)),
            (ROWS, rows as f64 / (decoding + storing).as_secs_f64()),
        ])
    }
}
