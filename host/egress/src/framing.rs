//! Cuts a body into chunks at the borders of its records, so that a plugin can read each chunk
//! alone.

mod batch;
mod csv;
mod json_items;
mod lines;

use relink_core::plugin::{Framing, TransportFailure};

use crate::failure::blocked;
use batch::Batch;
use csv::CsvRows;
use json_items::JsonItems;
use lines::Lines;

/// Takes a body in pieces of any size and gives it out in chunks of whole records.
pub(crate) struct Cutter {
    scanner: Scanner,
    batch: Batch,
}

enum Scanner {
    Raw,
    Lines(Lines),
    Csv(CsvRows),
    JsonItems(JsonItems),
}

impl Cutter {
    pub(crate) fn new(framing: &Framing, max_bytes: usize) -> Result<Self, TransportFailure> {
        let scanner = match framing {
            Framing::Raw => Scanner::Raw,
            Framing::Lines => Scanner::Lines(Lines::default()),
            Framing::Csv(csv) if !csv.delimiter.is_ascii() => {
                return Err(blocked("the CSV delimiter is not an ASCII character"));
            }
            Framing::Csv(csv) => Scanner::Csv(CsvRows::new(*csv)),
            Framing::JsonItems(pointer) => Scanner::JsonItems(JsonItems::new(pointer)),
        };
        Ok(Self { scanner, batch: Batch::new(max_bytes.max(1)) })
    }

    pub(crate) fn push(&mut self, input: &[u8]) -> Result<(), TransportFailure> {
        match &mut self.scanner {
            Scanner::Raw => self.batch.add_bytes(input),
            Scanner::Lines(lines) => lines.push(input, &mut self.batch)?,
            Scanner::Csv(rows) => rows.push(input, &mut self.batch)?,
            Scanner::JsonItems(items) => items.push(input, &mut self.batch)?,
        }
        Ok(())
    }

    /// The input is over, once and for all; what is left comes out with `take`.
    pub(crate) fn finish(&mut self) -> Result<(), TransportFailure> {
        match &mut self.scanner {
            Scanner::Raw => {}
            Scanner::Lines(lines) => lines.finish(&mut self.batch)?,
            Scanner::Csv(rows) => rows.finish(&mut self.batch)?,
            Scanner::JsonItems(items) => items.finish(&mut self.batch)?,
        }
        self.batch.flush();
        Ok(())
    }

    /// The input has failed; the records that were complete still come out with `take`.
    pub(crate) fn give_up(&mut self) {
        self.batch.flush();
    }

    /// Whether the rest of the body holds nothing more to give out.
    pub(crate) fn is_done(&self) -> bool {
        matches!(&self.scanner, Scanner::JsonItems(items) if items.is_done())
    }

    /// The next complete chunk.
    pub(crate) fn take(&mut self) -> Option<Vec<u8>> {
        self.batch.take()
    }
}

#[cfg(test)]
mod tests;
