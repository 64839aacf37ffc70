//! Cursor paging of the Graph API, and its selection of fields.

use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use url::Url;

use super::{access_token, errors};
use crate::{answer, call::Call};

/// One page of `items`. The provider may send fewer than `limit`, and this one does.
pub(super) fn page(call: &Call, items: &[Value], at_most: usize) -> Response {
    let limit = call.param("limit").and_then(|limit| limit.parse().ok()).unwrap_or(25_usize);
    let start = match call.param("after") {
        None => 0,
        Some(cursor) => match offset(cursor) {
            Some(offset) if offset <= items.len() => offset,
            _ => return errors::invalid_parameter("Invalid cursors values"),
        },
    };
    let end = items.len().min(start + limit.clamp(1, at_most));
    let mut body = json!({"data": &items[start..end]});
    if !items.is_empty() {
        body["paging"] = json!({"cursors": {"before": cursor(start), "after": cursor(end)}});
    }
    if end < items.len() {
        body["paging"]["next"] = json!(next_url(call, &cursor(end)));
    }
    answer::json(200, &body)
}

/// The address of the next page holds the access token, as it does at the provider.
fn next_url(call: &Call, after: &str) -> String {
    let mut url = Url::parse(&format!("https://{}", call.host)).expect("a simulated host is a valid one");
    url.set_path(&call.path);
    {
        let mut query = url.query_pairs_mut();
        if let Some(token) = access_token(call) {
            query.append_pair("access_token", token);
        }
        let others = call.query.iter().filter(|(name, _)| !matches!(*name, "access_token" | "after"));
        query.extend_pairs(others).append_pair("after", after);
    }
    url.into()
}

fn cursor(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("QVFIU{offset}"))
}

fn offset(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("QVFIU")?.parse().ok()
}

/// Keeps the wanted fields, and those that are always sent.
pub(super) fn select(item: &Value, fields: &[&str], always: &[&str]) -> Value {
    let mut selected = Map::new();
    for name in always.iter().chain(fields) {
        if let Some(value) = item.get(*name) {
            selected.insert((*name).to_owned(), value.clone());
        }
    }
    Value::Object(selected)
}

/// The `fields` parameter without the sub-selections in braces.
pub(super) fn fields(call: &Call) -> Vec<&str> {
    let mut depth = 0_u32;
    let text = call.param("fields").unwrap_or_default();
    text.split(|letter: char| {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && letter == ','
    })
    .map(|field| field.split(['{', '.']).next().unwrap_or(field).trim())
    .filter(|field| !field.is_empty())
    .collect()
}
