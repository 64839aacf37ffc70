//! Gathers records into chunks of at most so many bytes.

use std::collections::VecDeque;

use relink_core::plugin::TransportFailure;

use crate::failure::too_large;

pub(super) struct Batch {
    max_bytes: usize,
    prefix: Vec<u8>,
    separator: &'static [u8],
    suffix: &'static [u8],
    /// Prefix and records so far; empty if there is no record yet.
    open: Vec<u8>,
    has_records: bool,
    closed: VecDeque<Vec<u8>>,
}

impl Batch {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            prefix: Vec::new(),
            separator: b"",
            suffix: b"",
            open: Vec::new(),
            has_records: false,
            closed: VecDeque::new(),
        }
    }

    /// Each further chunk begins with `prefix`.
    pub(super) fn set_prefix(&mut self, prefix: Vec<u8>) -> Result<(), TransportFailure> {
        self.check_record(prefix.len())?;
        self.prefix = prefix;
        Ok(())
    }

    /// Each further chunk is a JSON array.
    pub(super) fn set_json_array(&mut self) {
        (self.prefix, self.separator, self.suffix) = (b"[".to_vec(), b",", b"]");
    }

    /// Adds a whole record, in a new chunk if the open one has no room for it.
    pub(super) fn add(&mut self, record: &[u8]) -> Result<(), TransportFailure> {
        self.check_record(record.len())?;
        if !self.open.is_empty() {
            let length = self.open.len() + self.separator.len() + record.len() + self.suffix.len();
            if length > self.max_bytes {
                self.flush();
            } else {
                self.open.extend_from_slice(self.separator);
            }
        }
        if self.open.is_empty() {
            self.open.extend_from_slice(&self.prefix);
        }
        self.open.extend_from_slice(record);
        self.has_records = true;
        Ok(())
    }

    /// Adds bytes that may be cut anywhere.
    pub(super) fn add_bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.max_bytes - self.open.len()));
            self.open.extend_from_slice(now);
            bytes = later;
            if self.open.len() == self.max_bytes {
                self.flush();
            }
        }
    }

    /// Adds a chunk without records if there was none: a table or list that is empty.
    pub(super) fn add_empty(&mut self) {
        if !self.has_records {
            self.open.extend_from_slice(&self.prefix);
        }
    }

    /// Fails as soon as a record, even an incomplete one, is too long for any chunk.
    pub(super) fn check_record(&self, length: usize) -> Result<(), TransportFailure> {
        if self.prefix.len() + length + self.suffix.len() > self.max_bytes {
            return Err(too_large("one record is larger than the chunk that the plugin asked for"));
        }
        Ok(())
    }

    pub(super) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Closes the open chunk, if it has anything in it.
    pub(super) fn flush(&mut self) {
        if !self.open.is_empty() {
            self.open.extend_from_slice(self.suffix);
            self.closed.push_back(std::mem::take(&mut self.open));
        }
    }

    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        self.closed.pop_front()
    }
}
