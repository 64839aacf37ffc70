//! Records that end with a line feed.

use relink_core::plugin::TransportFailure;

use super::batch::Batch;

#[derive(Default)]
pub(super) struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    pub(super) fn push(&mut self, input: &[u8], batch: &mut Batch) -> Result<(), TransportFailure> {
        for piece in input.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                batch.add(&self.partial)?;
                self.partial.clear();
            } else {
                batch.check_record(self.partial.len())?;
            }
        }
        Ok(())
    }

    /// The last line need not end with a line feed.
    pub(super) fn finish(&mut self, batch: &mut Batch) -> Result<(), TransportFailure> {
        if self.partial.is_empty() { Ok(()) } else { batch.add(&std::mem::take(&mut self.partial)) }
    }
}
