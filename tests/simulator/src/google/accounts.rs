//! Google Analytics Admin API: `accountSummaries`.

use axum::response::Response;
use serde_json::{Value, json};

use super::{ANALYTICS_SCOPES, errors, visible};
use crate::{
    answer,
    call::Call,
    ledger::{Ledger, Visitor},
    world::Kind,
};

/// The real default is 50; a small one makes paging happen.
const PAGE_SIZE: usize = 2;

pub(super) fn answer(call: &Call, visitor: &Visitor, ledger: &Ledger) -> Response {
    if !visitor.may_any(ANALYTICS_SCOPES) {
        return errors::missing_scope(ANALYTICS_SCOPES[0]);
    }
    if call.route() != ["accountSummaries"] {
        return errors::not_found(&call.path);
    }
    let summaries: Vec<Value> = visible(visitor, Kind::AnalyticsProperty, ledger)
        .into_iter()
        .map(|property| {
            // One Analytics account per business, as agencies see them.
            let account = property.id.replacen('3', "1", 1);
            json!({
                "name": format!("accountSummaries/{account}"),
                "account": format!("accounts/{account}"),
                "displayName": property.site,
                "propertySummaries": [{
                    "property": format!("properties/{}", property.id),
                    "displayName": property.name,
                    "propertyType": "PROPERTY_TYPE_ORDINARY",
                    "parent": format!("accounts/{account}"),
                }],
            })
        })
        .collect();
    let size = call.query.get("pageSize").and_then(|size| size.parse().ok()).unwrap_or(PAGE_SIZE);
    let size: usize = size.clamp(1, PAGE_SIZE);
    let start = match call.query.get("pageToken") {
        None => 0,
        Some(token) => match token.parse() {
            Ok(start) if start < summaries.len() => start,
            _ => return errors::invalid_argument("Request contains an invalid argument."),
        },
    };
    let end = summaries.len().min(start + size);
    let mut body = json!({"accountSummaries": &summaries[start..end]});
    if end < summaries.len() {
        body["nextPageToken"] = json!(end.to_string());
    }
    answer::json(200, &body)
}
