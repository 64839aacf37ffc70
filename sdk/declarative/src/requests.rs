//! Requests, and what is the same in all of them.

use std::collections::BTreeMap;

use relink_sdk::Request as Sent;
use serde::Deserialize;
use serde_json::Value;

use crate::datasets::ItemsAt;
use crate::fill::Values;
use crate::pages::Pages;
use crate::values::{Piece, Source, Template};

/// One request: `get` or `post`, and what goes with it.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Request {
    /// A path below `base`, or a whole address.
    pub(crate) get: Option<Template>,
    /// The same, for a request with a body.
    pub(crate) post: Option<Template>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, Template>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Template>,
    /// A JSON document; texts in it may have placeholders.
    pub(crate) json: Option<Value>,
    #[serde(default)]
    pub(crate) form: BTreeMap<String, Template>,
    /// Sending it twice does no harm, as for a search that happens to be a POST.
    #[serde(default)]
    pub(crate) repeatable: bool,
    /// The largest answer; 4 MiB otherwise.
    pub(crate) max_bytes: Option<u32>,
}

/// What holds for every dataset that says nothing else.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Defaults {
    pub(crate) items: Option<ItemsAt>,
    pub(crate) pages: Option<Pages>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, Template>,
}

impl Defaults {
    /// Where items lie, if nothing is said for one request.
    pub(crate) fn items_or(&self, own: Option<&ItemsAt>) -> ItemsAt {
        own.or(self.items.as_ref()).cloned().unwrap_or_default()
    }

    /// How pages follow each other, if nothing is said for one request.
    pub(crate) fn pages_or<'a>(&'a self, own: Option<&'a Pages>) -> Option<&'a Pages> {
        own.or(self.pages.as_ref())
    }
}

impl Request {
    pub(crate) fn target(&self) -> Option<&Template> {
        self.get.as_ref().or(self.post.as_ref())
    }

    /// Whether something in it depends on the item of a list.
    pub(crate) fn names_an_item(&self) -> bool {
        let texts = [&self.query, &self.headers, &self.form].into_iter().flat_map(BTreeMap::values);
        let names = |text: &Template| text.sources().any(|source| *source == Source::Each);
        self.target().into_iter().chain(texts).any(names) || self.json.as_ref().is_some_and(names_an_item)
    }

    /// The request with its values filled in.
    pub(crate) fn filled(&self, values: &Values<'_>) -> Result<Sent, String> {
        self.filled_with(values, &BTreeMap::new())
    }

    /// The same, with parameters of the query that it need not name itself.
    pub(crate) fn filled_with(&self, values: &Values<'_>, query: &BTreeMap<String, Template>) -> Result<Sent, String> {
        let target = self.target().ok_or("the request has no address")?;
        let url = values.address(target)?;
        let mut request = if self.get.is_some() { Sent::get(url) } else { Sent::post(url) };
        for (name, text) in query.iter().filter(|(name, _)| !self.query.contains_key(*name)).chain(&self.query) {
            request = request.query(name, values.text(text)?);
        }
        for (name, text) in values.plugin.headers.iter().chain(&self.headers) {
            request = request.header(name, values.text(text)?);
        }
        if let Some(document) = &self.json {
            request = request.json(&values.document(document)?);
        }
        if !self.form.is_empty() {
            let fields: Vec<(&str, String)> = self.form_fields(values)?;
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            request = request.form(&fields);
        }
        if let Some(bytes) = self.max_bytes {
            request = request.max_bytes(bytes);
        }
        Ok(if self.repeatable { request.repeatable() } else { request })
    }

    fn form_fields(&self, values: &Values<'_>) -> Result<Vec<(&str, String)>, String> {
        self.form.iter().map(|(name, text)| Ok((name.as_str(), values.text(text)?))).collect()
    }
}

fn names_an_item(document: &Value) -> bool {
    match document {
        Value::String(text) => text.contains("{each}"),
        Value::Array(items) => items.iter().any(names_an_item),
        Value::Object(members) => members.values().any(names_an_item),
        _ => false,
    }
}

/// Whether an address stands for itself, and does not hang below `base`.
pub(crate) fn is_absolute(target: &Template) -> bool {
    match target.pieces().first() {
        Some(Piece::Text(text)) => text.contains("://"),
        Some(Piece::Value(Source::Setting(_), _)) => true,
        _ => false,
    }
}
