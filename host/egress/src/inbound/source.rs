//! Where the headers of a message say something.

use http::HeaderMap;
use relink_core::plugin::Source;

use super::Unproven;

/// Everything that is said at the source: an item can be there for each of several secrets.
pub(super) fn values<'a>(source: &Source, headers: &'a HeaderMap) -> Vec<&'a str> {
    let lines = headers.get_all(source.header()).iter().filter_map(|line| line.to_str().ok());
    match source {
        Source::Header(_) => lines.map(str::trim).collect(),
        Source::HeaderItem { item, .. } => {
            let items = lines.flat_map(|line| line.split(',')).filter_map(|pair| pair.trim().split_once('='));
            items.filter(|(name, _)| name == item).map(|(_, value)| value).collect()
        }
    }
}

/// What is said once: of two values, one could be hashed and the other one read.
pub(super) fn value<'a>(source: &Source, headers: &'a HeaderMap) -> Result<&'a str, Unproven> {
    match values(source, headers).as_slice() {
        [value] => Ok(value),
        [] => Err(Unproven::Refused("a header that is hashed is missing")),
        _ => Err(Unproven::Refused("a header that is hashed is there several times")),
    }
}
