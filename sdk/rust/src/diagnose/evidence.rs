//! A failure as the rules of a table look at it: read once, however many rules there are.

use std::cell::OnceCell;

use serde_json::Value;

use super::Grant;
use crate::Failure;

pub(super) struct Evidence<'a> {
    pub(super) failure: &'a Failure,
    pub(super) grant: Grant,
    /// The body, if it is JSON.
    pub(super) document: Option<Value>,
    /// The body was made for people, by something in front of the API.
    pub(super) is_web_page: bool,
    lower_case: OnceCell<String>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(failure: &'a Failure, grant: Grant) -> Self {
        let (document, is_web_page) = (failure.json(), failure.is_html());
        Self { failure, grant, document, is_web_page, lower_case: OnceCell::new() }
    }

    /// What lies at a JSON pointer of the body.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        self.document.as_ref()?.pointer(pointer)
    }

    /// The body in lower case.
    pub(super) fn text(&self) -> &str {
        self.lower_case.get_or_init(|| self.failure.text().to_lowercase())
    }
}
