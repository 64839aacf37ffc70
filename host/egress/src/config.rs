//! The operator's settings for requests to providers. Only values; nothing here reads the
//! environment.

use std::time::Duration;

use crate::routes::Routes;

/// Limits and routes that hold for every request.
#[derive(Clone, Debug)]
pub struct EgressConfig {
    /// Hosts that are reached elsewhere: the operator's explicit exception from all address rules.
    pub routes: Routes,
    pub user_agent: String,
    pub connect_timeout: Duration,
    /// The longest time from sending to the end of the answer, or to the next chunk of a download.
    pub total_timeout: Duration,
    /// A body that brings less than a kibibyte in this time of waiting is given up.
    pub stall_timeout: Duration,
    /// Bytes of a whole body, or of one chunk.
    pub max_body: usize,
    /// Bytes of a download in chunks, after decompression.
    pub max_download: u64,
    /// Requests under way to one host; token endpoints have their own, equally large share.
    pub per_host_concurrency: usize,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            routes: Routes::default(),
            user_agent: concat!("relink/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_mins(1),
            stall_timeout: Duration::from_secs(20),
            max_body: 16 << 20,
            max_download: 4 << 30,
            per_host_concurrency: 16,
        }
    }
}
