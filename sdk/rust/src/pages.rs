//! How one page leads to the next.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::scalar;
use crate::{Request, Response};

/// A way of paging.
///
/// ```
/// use relink_sdk::Pages;
///
/// // {"results": [...], "paging": {"next": {"after": "x"}}} and ?after=x
/// let hubspot_like = Pages::token("/paging/next/after").in_query("after");
/// // {"page_number": 2} in the body of a search, until a page is not full
/// let copper_like = Pages::number(1, 200).in_body("/page_number");
/// // ?start=100, until {"paging": {"total": 250}} is reached
/// let linkedin_like = Pages::offset(100).in_query("start").total("/paging/total");
/// // Link: <https://…?page=2>; rel="next"
/// let github_like = Pages::link_header();
/// // {"data": [..., {"id": "ch_9"}], "has_more": true} and ?starting_after=ch_9
/// let stripe_like = Pages::last_item("/id").in_query("starting_after").only_if("/has_more");
/// # let _ = (hubspot_like, copper_like, linkedin_like, github_like, stripe_like);
/// ```
#[derive(Clone, Debug)]
pub struct Pages {
    kind: Kind,
    place: Place,
    only_if: Option<String>,
    total: Option<String>,
}

#[derive(Clone, Debug)]
enum Kind {
    One,
    Token(String),
    NextUrl(String),
    Number { first: u64, size: u64 },
    Offset { size: u64 },
    LinkHeader,
    LastItem(String),
}

#[derive(Clone, Debug)]
enum Place {
    Query(String),
    Body(String),
}

/// Which page is to be fetched; part of the persisted state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Page {
    #[default]
    First,
    Token(String),
    Url(String),
    Number(u64),
    Offset(u64),
}

impl Pages {
    /// The answer is complete: there is no next page.
    pub fn one() -> Self {
        Self::of(Kind::One, "")
    }

    /// The answer holds the token of the next page at a JSON pointer; it goes into the parameter
    /// `page_token` unless another place is named.
    pub fn token(pointer: &str) -> Self {
        Self::of(Kind::Token(pointer.to_owned()), "page_token")
    }

    /// The answer holds the address of the next page at a JSON pointer.
    pub fn next_url(pointer: &str) -> Self {
        Self::of(Kind::NextUrl(pointer.to_owned()), "")
    }

    /// Pages are numbered from `first`; a page of fewer than `size` items is the last one. The
    /// number goes into the parameter `page` unless another place is named.
    pub fn number(first: u64, size: u64) -> Self {
        Self::of(Kind::Number { first, size }, "page")
    }

    /// The next page starts at an offset; a page of fewer than `size` items is the last one. The
    /// offset goes into the parameter `offset` unless another place is named.
    pub fn offset(size: u64) -> Self {
        Self::of(Kind::Offset { size }, "offset")
    }

    /// The `Link` header names the next page (RFC 8288).
    pub fn link_header() -> Self {
        Self::of(Kind::LinkHeader, "")
    }

    /// The next page begins behind the last item of this one, whose id lies at a JSON pointer in it; a
    /// page without items is the last one. The id goes into the parameter `after` unless another
    /// place is named. Name [`Pages::only_if`] where the answer says whether there is more, which
    /// saves the request for that empty page.
    pub fn last_item(pointer: &str) -> Self {
        Self::of(Kind::LastItem(pointer.to_owned()), "after")
    }

    fn of(kind: Kind, parameter: &str) -> Self {
        Self { kind, place: Place::Query(parameter.to_owned()), only_if: None, total: None }
    }

    /// Puts the token, number, offset or id into this parameter of the query.
    pub fn in_query(mut self, parameter: &str) -> Self {
        self.place = Place::Query(parameter.to_owned());
        self
    }

    /// Puts the token, number, offset or id into the JSON body, at this pointer.
    pub fn in_body(mut self, pointer: &str) -> Self {
        self.place = Place::Body(pointer.to_owned());
        self
    }

    /// Goes on only if the answer holds something there that is not false, null, empty or zero.
    pub fn only_if(mut self, pointer: &str) -> Self {
        self.only_if = Some(pointer.to_owned());
        self
    }

    /// The number of all items stands there: pages are counted against it, and a short page is not
    /// taken for the last one.
    pub fn total(mut self, pointer: &str) -> Self {
        self.total = Some(pointer.to_owned());
        self
    }

    /// The request for a page, made of the request for the first one.
    pub(crate) fn request(&self, first: Request, page: &Page) -> Request {
        let value = match page {
            Page::First => return first,
            Page::Url(url) => {
                return Request { url: url.clone(), ..first };
            }
            Page::Token(token) => Value::String(token.clone()),
            Page::Number(number) | Page::Offset(number) => Value::from(*number),
        };
        match &self.place {
            Place::Query(name) => first.query(name, scalar(&value).unwrap_or_default()),
            Place::Body(pointer) => first.body_value(pointer, value),
        }
    }

    /// The page after this one, if there is one; the items are those that came, before they are unrolled.
    pub(crate) fn next(
        &self,
        page: &Page,
        answer: &Response,
        document: &Value,
        items: &[Value],
    ) -> Result<Option<Page>, String> {
        let wanted = self.only_if.as_deref().is_none_or(|pointer| is_truthy(document.pointer(pointer)));
        if !wanted {
            return Ok(None);
        }
        let count = items.len() as u64;
        let next = match &self.kind {
            Kind::One => None,
            Kind::Token(pointer) => text_at(document, pointer).map(Page::Token),
            Kind::NextUrl(pointer) => text_at(document, pointer).map(Page::Url),
            Kind::LinkHeader => answer.header("link").and_then(next_link).map(Page::Url),
            Kind::LastItem(pointer) => match items.last() {
                None => None,
                Some(item) => Some(Page::Token(text_at(item, pointer).ok_or("the last item has no id to go on from")?)),
            },
            Kind::Number { first, size } => {
                let number = if let Page::Number(number) = page { *number } else { *first };
                let seen = (number.saturating_sub(*first) + 1).saturating_mul(*size);
                self.has_more(document, count, *size, seen).then_some(Page::Number(number + 1))
            }
            Kind::Offset { size } => {
                let offset = if let Page::Offset(offset) = page { *offset } else { 0 };
                let seen = offset.saturating_add(count);
                self.has_more(document, count, *size, seen).then_some(Page::Offset(seen))
            }
        };
        match next {
            Some(next) if next == *page => Err("the next page is the same page again".to_owned()),
            next => Ok(next),
        }
    }

    /// An empty page is always the last one, so a wrong total cannot make it run for ever.
    fn has_more(&self, document: &Value, count: u64, size: u64, seen: u64) -> bool {
        let total = self.total.as_deref().and_then(|pointer| document.pointer(pointer)?.as_u64());
        count > 0 && total.map_or(count >= size, |total| seen < total)
    }
}

fn text_at(document: &Value, pointer: &str) -> Option<String> {
    document.pointer(pointer).and_then(scalar).filter(|text| !text.is_empty() && text != "false")
}

fn is_truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(truth)) => *truth,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(_)) => true,
    }
}

/// The target of `rel="next"`; addresses may contain commas, so the brackets delimit them.
fn next_link(header: &str) -> Option<String> {
    header.split('<').skip(1).find_map(|link| {
        let (url, parameters) = link.split_once('>')?;
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("rel")
                && value.trim().trim_matches('"').split(' ').any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        is_next.then(|| url.to_owned())
    })
}

#[cfg(test)]
mod tests;
