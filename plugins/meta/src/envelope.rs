//! Where an error lies in an answer.
//!
//! The Graph API itself answers `{"error": {"code", "error_subcode", "message"}}`. Its description of
//! a token, its batches and Instagram's token endpoint wrap or name the same differently.

use relink_sdk::Failure;
use serde_json::{Value, json};

/// A longer answer is a page of rows, which need not be read twice.
const LONGEST_ERROR_BYTES: usize = 16 * 1024;

/// The same failure with its error where the error table looks for it.
pub(crate) fn in_usual_form(failure: &Failure) -> Failure {
    let mut failure = failure.clone();
    if let Some(error) = error_in(&failure.body) {
        failure.body = json!({ "error": error }).to_string().into_bytes();
    }
    failure
}

/// What the error inside an answer says, for the operator.
pub(crate) fn refusal(body: &[u8]) -> Option<String> {
    let error = (body.len() <= LONGEST_ERROR_BYTES).then(|| error_in(body))??;
    Some(format!("the answer holds error {}", error["code"]))
}

/// Meta leaves `null` in place of an item of a batch for which there was no time.
pub(crate) fn has_unanswered_item(failure: &Failure) -> bool {
    let Ok(Value::Array(batch)) = serde_json::from_slice(&failure.body) else {
        return false;
    };
    batch.contains(&Value::Null) && batch.iter().any(Value::is_object)
}

fn error_in(body: &[u8]) -> Option<Value> {
    match serde_json::from_slice(body).ok()? {
        Value::Array(batch) => batch.iter().find_map(of_batch_item),
        document => of_document(&document),
    }
}

/// An item of a batch is an answer of its own, with its body as text.
fn of_batch_item(item: &Value) -> Option<Value> {
    let document: Value = serde_json::from_str(item["body"].as_str()?).ok()?;
    of_document(&document)
}

fn of_document(document: &Value) -> Option<Value> {
    let of_graph = [document.pointer("/error"), document.pointer("/data/error")];
    if let Some(error) = of_graph.into_iter().flatten().find(|error| error.is_object()) {
        return Some(with_subcode(error.clone()));
    }
    let message = document["error_message"].as_str()?;
    Some(json!({ "code": document["code"], "type": document["error_type"], "message": message }))
}

/// The description of a token says `subcode`, everything else `error_subcode`.
fn with_subcode(mut error: Value) -> Value {
    if error["error_subcode"].is_null() && !error["subcode"].is_null() {
        error["error_subcode"] = error["subcode"].clone();
    }
    error
}
