//! Rows of CSV, which may hold line feeds between quotes.

use relink_core::plugin::{Csv, TransportFailure};

use super::batch::Batch;

pub(super) struct CsvRows {
    delimiter: u8,
    /// Lines before the table, which need not be CSV: titles, dates.
    lines_to_skip: u32,
    header_is_next: bool,
    at: At,
    row: Vec<u8>,
}

/// Where in a row the scanner stands. A quote means something only where a field begins or inside
/// quotes.
#[derive(Clone, Copy)]
enum At {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote inside quotes: the field has ended, or a second quote makes it a literal one.
    QuoteInQuoted,
}

impl CsvRows {
    pub(super) fn new(csv: Csv) -> Self {
        let delimiter = u8::try_from(csv.delimiter).unwrap_or(b',');
        Self {
            delimiter,
            lines_to_skip: csv.skip_lines,
            header_is_next: csv.header,
            at: At::FieldStart,
            row: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, input: &[u8], batch: &mut Batch) -> Result<(), TransportFailure> {
        let mut input = input;
        while self.lines_to_skip > 0 {
            let Some(end) = input.iter().position(|byte| *byte == b'\n') else {
                return Ok(());
            };
            input = &input[end + 1..];
            self.lines_to_skip -= 1;
        }
        let mut start = 0;
        for (index, byte) in input.iter().enumerate() {
            if self.ends_row(*byte) {
                self.row.extend_from_slice(&input[start..=index]);
                start = index + 1;
                self.complete(batch)?;
            }
        }
        self.row.extend_from_slice(&input[start..]);
        batch.check_record(self.row.len())
    }

    /// The last row need not end with a line feed.
    pub(super) fn finish(&mut self, batch: &mut Batch) -> Result<(), TransportFailure> {
        if !self.row.is_empty() {
            self.complete(batch)?;
        }
        if !self.header_is_next {
            batch.add_empty();
        }
        Ok(())
    }

    fn complete(&mut self, batch: &mut Batch) -> Result<(), TransportFailure> {
        let row = std::mem::take(&mut self.row);
        if std::mem::take(&mut self.header_is_next) {
            return batch.set_prefix(row);
        }
        batch.add(&row)
    }

    fn ends_row(&mut self, byte: u8) -> bool {
        let in_quotes = matches!(self.at, At::Quoted);
        self.at = match (self.at, byte) {
            (At::Quoted, b'"') => At::QuoteInQuoted,
            (At::FieldStart | At::QuoteInQuoted, b'"') | (At::Quoted, _) => At::Quoted,
            (_, byte) if byte == self.delimiter || byte == b'\n' => At::FieldStart,
            _ => At::Plain,
        };
        byte == b'\n' && !in_quotes
    }
}
