//! What the errors of LinkedIn mean.
//!
//! An error is `{"status", "serviceErrorCode", "code", "message"}`, of which older services leave out
//! all but status and message. The token endpoint follows RFC 6749. See
//! <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling> and
//! <https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow>.

mod api;
mod login;

use relink_sdk::ErrorTable;

/// The first rule that fits counts.
pub(crate) fn table() -> ErrorTable {
    ErrorTable::new("linkedin", "LinkedIn", login::rules().into_iter().chain(api::rules()))
}
