//! Columns, tables, items and requests as the cases write them.

use serde_json::{Value, json};

use crate::{Column, Delivery, Items, Pages, Request, Table};

/// A text that lives as long as the tests, which is what `static` tables are made of.
pub(super) fn forever(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// Refuses a member that no runner looks at.
#[track_caller]
pub(super) fn only(document: &Value, known: &[&str]) {
    let unknown = document.as_object().unwrap().keys().find(|name| !known.contains(&name.as_str()));
    assert_eq!(unknown, None, "the runner does not know this member of {document}");
}

pub(super) fn text<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    document.get(name).map(|value| value.as_str().unwrap())
}

/// A list of texts, which may be missing.
pub(super) fn texts<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    document
        .get(name)
        .map_or_else(Vec::new, |list| list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect())
}

/// A list of pairs, which may be missing; a number counts as its text.
pub(super) fn pairs(document: &Value, name: &str) -> Vec<(String, String)> {
    let shown = |value: &Value| crate::answer::scalar(value).unwrap();
    document.get(name).map_or_else(Vec::new, |list| {
        list.as_array().unwrap().iter().map(|pair| (shown(&pair[0]), shown(&pair[1]))).collect()
    })
}

pub(super) fn column_of(column: &Value) -> Column {
    only(column, &["name", "type", "pointer", "key", "times"]);
    let (name, pointer) = (forever(text(column, "name").unwrap_or("v")), forever(column["pointer"].as_str().unwrap()));
    let made = match column["type"].as_str().unwrap() {
        "text" => Column::text(name, pointer),
        "integer" => Column::integer(name, pointer),
        "number" => Column::number(name, pointer),
        "boolean" => Column::boolean(name, pointer),
        "day" => Column::day(name, pointer),
        "time" => Column::time(name, pointer),
        "json" => Column::json(name, pointer),
        other => panic!("there is no column {other}"),
    };
    let made = if column["key"] == true { made.key() } else { made };
    column["times"].as_f64().map_or(made, |factor| made.times(factor))
}

pub(super) fn table_of(table: &Value) -> Table {
    only(table, &["name", "label", "columns", "daily", "window_days", "restated_days", "history_days", "for_accounts"]);
    let columns: Vec<Column> = table["columns"].as_array().unwrap().iter().map(column_of).collect();
    let (name, label) = (forever(table["name"].as_str().unwrap()), forever(table["label"].as_str().unwrap()));
    let days = |name: &str| table[name].as_u64().map(|days| u32::try_from(days).unwrap());
    let mut made = Table::new(name, label, Vec::leak(columns));
    if let Some(day) = text(table, "daily") {
        made = made.daily(forever(day));
    }
    if let Some(kind) = text(table, "for_accounts") {
        made = made.for_accounts(forever(kind));
    }
    made = days("window_days").map_or(made, |days| made.window_days(days));
    made = days("restated_days").map_or(made, |days| made.restated_days(days));
    days("history_days").map_or(made, |days| made.history_days(days))
}

pub(super) fn items_of(items: &Value) -> Items {
    only(items, &["at", "lines", "csv", "skipping_lines"]);
    if let Some(pointer) = text(items, "at") {
        return Items::at(pointer);
    }
    if items["lines"] == true {
        return Items::lines();
    }
    let table = Items::csv(items["csv"].as_str().unwrap().chars().next().unwrap());
    items["skipping_lines"].as_u64().map_or(table.clone(), |lines| table.skipping_lines(u32::try_from(lines).unwrap()))
}

pub(super) fn pages_of(pages: &Value) -> Pages {
    let ways = ["one", "token", "next_url", "number", "offset", "link_header", "last_item"];
    let places = ["in_query", "in_body", "only_if", "total"];
    only(pages, &[&ways[..], &places].concat());
    let size = |name: &str| pages[name]["size"].as_u64().unwrap();
    let mut made = if let Some(pointer) = text(pages, "token") {
        Pages::token(pointer)
    } else if let Some(pointer) = text(pages, "next_url") {
        Pages::next_url(pointer)
    } else if let Some(first) = pages["number"]["first"].as_u64() {
        Pages::number(first, size("number"))
    } else if pages["offset"].is_object() {
        Pages::offset(size("offset"))
    } else if pages["link_header"] == true {
        Pages::link_header()
    } else if let Some(pointer) = text(pages, "last_item") {
        Pages::last_item(pointer)
    } else {
        Pages::one()
    };
    made = text(pages, "in_query").map_or(made.clone(), |parameter| made.in_query(parameter));
    made = text(pages, "in_body").map_or(made.clone(), |pointer| made.in_body(pointer));
    made = text(pages, "only_if").map_or(made.clone(), |pointer| made.only_if(pointer));
    text(pages, "total").map_or(made.clone(), |pointer| made.total(pointer))
}

pub(super) fn request_of(request: &Value) -> Request {
    only(
        request,
        &["get", "post", "query", "headers", "json", "form", "body", "credential", "repeatable", "max_bytes"],
    );
    let mut made = text(request, "get").map_or_else(|| Request::post(request["post"].as_str().unwrap()), Request::get);
    for (name, value) in pairs(request, "query") {
        made = made.query(&name, value);
    }
    for (name, value) in pairs(request, "headers") {
        made = made.header(&name, value);
    }
    if let Some(document) = request.get("json") {
        made = made.json(document);
    }
    if request.get("form").is_some() {
        let form = pairs(request, "form");
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        made = made.form(&form);
    }
    if let [content_type, body] = texts(request, "body")[..] {
        made = made.body(content_type, body);
    }
    match request.get("credential") {
        None => {}
        Some(Value::Null) => made = made.without_credential(),
        Some(name) => made = made.credential(name.as_str().unwrap()),
    }
    if request["repeatable"] == true {
        made = made.repeatable();
    }
    request["max_bytes"].as_u64().map_or(made.clone(), |bytes| made.max_bytes(u32::try_from(bytes).unwrap()))
}

/// How the body of a request is compared.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    Json,
    Text,
}

/// A request as the contract's record, with its body as a document or as text.
pub(super) fn sent_json(request: &Request, shown: Shown) -> Value {
    let Delivery::Whole(max_bytes) = request.deliver else { panic!("{:?}", request.deliver) };
    let read = |body: &[u8]| match shown {
        Shown::Json => serde_json::from_slice(body).unwrap(),
        Shown::Text => json!(String::from_utf8_lossy(body)),
    };
    let body = request.body.as_deref().map(read);
    let headers: Vec<Value> =
        request.headers.iter().map(|header| json!({ "name": header.name, "value": header.value })).collect();
    json!({
        "method": request.method, "url": request.url, "headers": headers, "body": body,
        "credential": request.credential, "deliver": { "whole": max_bytes },
        "timeout_ms": request.timeout_ms, "idempotent": request.idempotent,
    })
}
