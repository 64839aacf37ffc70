//! A claim on a row for a limited time: whoever holds it works on the row alone.

use relink_core::time::Timestamp;

/// Who wants to hold rows, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// The process, such as `host-1/01J…`; for people who look into the database.
    pub owner: &'a str,
    pub now: Timestamp,
    pub until: Timestamp,
}
