//! What every answer and every page has in common: headers, limits, where a person may be sent.

pub(crate) mod headers;
pub(crate) mod http_server;
pub(crate) mod live;
pub(crate) mod request_log;
pub(crate) mod return_to;
pub(crate) mod trouble;
pub(crate) mod upload;
