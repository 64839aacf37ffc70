//! One request, its further pages, and what is made of the items.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::harvest::{Crop, Harvest};
use super::{Course, Happened, Turn};
use crate::decode::{self, Items};
use crate::pages::{Page, Pages};
use crate::table::Table;
use crate::{Account, Chunking, Delivery, Identity, Next, Request, Response};

/// One request and what is made of its answers, page by page.
///
/// ```
/// use relink_sdk::{Column, Fetch, Items, Pages, Request, Table};
///
/// static DEALS: Table =
///     Table::new("deals", "Deals", &[Column::text("id", "/id").key(), Column::text("name", "/name")]);
///
/// let deals = Fetch::rows(&DEALS, Request::get("https://api.acme.example/deals"), Items::at("/deals"))
///     .pages(Pages::token("/next").in_query("cursor"));
/// # let _ = deals;
/// ```
pub struct Fetch {
    request: Request,
    items: Items,
    pages: Pages,
    expand: Vec<Box<dyn Fn(Value) -> Vec<Value>>>,
    harvest: Harvest,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    page: Page,
    /// The header of a CSV file that comes in chunks.
    csv_header: Option<Vec<String>>,
}

impl Fetch {
    /// A request of which only the success counts.
    pub fn probe(request: Request) -> Self {
        Self::new(request, Items::at(""), Harvest::Nothing)
    }

    /// Rows of a dataset.
    pub fn rows(table: &'static Table, request: Request, items: Items) -> Self {
        Self::new(request, items, Harvest::Rows(table))
    }

    /// Who authorized, read from the JSON document of the answer.
    pub fn identity(request: Request, read: impl Fn(&Value) -> Option<Identity> + 'static) -> Self {
        Self::new(request, Items::at(""), Harvest::Identity(Box::new(read)))
    }

    /// The accounts that the authorization can see, one per item.
    pub fn accounts(request: Request, items: Items, read: impl Fn(&Value) -> Option<Account> + 'static) -> Self {
        Self::new(request, items, Harvest::Accounts(Box::new(read)))
    }

    pub(super) fn values(request: Request, items: Items, read: impl Fn(&Value) -> Option<Value> + 'static) -> Self {
        Self::new(request, items, Harvest::Values(Box::new(read)))
    }

    fn new(request: Request, items: Items, harvest: Harvest) -> Self {
        Self { request, items, pages: Pages::one(), expand: Vec::new(), harvest }
    }

    /// How one page leads to the next.
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
    }

    /// Adds a member to each item that only the request knows, such as the account.
    ///
    /// ```
    /// # use relink_sdk::{Column, Fetch, Items, Request, Table};
    /// static SPEND: Table = Table::new("spend", "Spend", &[
    ///     Column::text("account", "/account").key(),
    ///     Column::number("spend", "/spend"),
    /// ]);
    /// let spend = Fetch::rows(&SPEND, Request::get("https://api.acme.example/spend"), Items::at("/data"))
    ///     .with("account", "act_1");
    /// # let _ = spend;
    /// ```
    pub fn with(self, name: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.expand(move |mut item| {
            if let Value::Object(members) = &mut item {
                members.insert(name.to_owned(), value.clone());
            }
            vec![item]
        })
    }

    /// Turns each item into those that the table reads: unrolls lists, or drops an item by giving
    /// nothing back. Several are applied in the order in which they are named.
    ///
    /// ```
    /// # use relink_sdk::{Column, Fetch, Items, Request, Table};
    /// use serde_json::Value;
    ///
    /// # static TAGS: Table = Table::new("tags", "Tags", &[Column::text("tag", "").key()]);
    /// let tags = Fetch::rows(&TAGS, Request::get("https://api.acme.example/posts"), Items::at("/posts"))
    ///     .expand(|post| post["tags"].as_array().cloned().unwrap_or_default());
    /// # let _ = tags;
    /// ```
    pub fn expand(mut self, expand: impl Fn(Value) -> Vec<Value> + 'static) -> Self {
        self.expand.push(Box::new(expand));
        self
    }

    /// Lets the host cut a large answer into chunks at the borders of items. Such an answer has no
    /// further pages.
    pub fn in_chunks(mut self, max_bytes: u32) -> Self {
        let framing = self.items.framing();
        self.request.deliver = Delivery::Chunks(Chunking { framing, max_bytes });
        self.pages = Pages::one();
        self
    }

    pub(super) fn start(&self) -> Turn {
        self.send(Position::default())
    }

    pub(super) fn go_on(&self, position: Position, happened: &Happened<'_>) -> Turn {
        self.go_on_with_values(position, happened).0
    }

    /// Like `go_on`, and gives the values of a page to an `Each` flow.
    pub(super) fn go_on_with_values(&self, position: Position, happened: &Happened<'_>) -> (Turn, Vec<Value>) {
        let taken = match happened {
            Happened::Answered(answer) => self.take(position, answer),
            // The answer of which some chunks were taken is read again from its start: rows have
            // keys, so taking them twice does no harm.
            Happened::Unanswered(_) | Happened::Woken => {
                let page = position.page;
                return (self.send(Position { page, ..Position::default() }), Vec::new());
            }
        };
        match taken {
            Ok((crop, course)) => (Turn { found: crop.found, course }, crop.values),
            Err(why) => (Turn::failed(why), Vec::new()),
        }
    }

    fn send(&self, position: Position) -> Turn {
        let request = self.pages.request(self.request.clone(), &position.page);
        Turn::send(super::Position::Fetch(position), request)
    }

    fn take(&self, position: Position, answer: &Response) -> Result<(Crop, Course), String> {
        if matches!(self.request.deliver, Delivery::Chunks(_)) {
            return self.take_chunk(position, answer);
        }
        let (document, listed) = self.read(answer)?;
        // The paginator reads the document before the items are taken out of it.
        let seen = if self.items.are_in_a_document() { self.items.within(&document) } else { &listed };
        let next = self.pages.next(&position.page, answer, &document, seen)?;
        let items = if self.items.are_in_a_document() { self.items.take_from(document) } else { listed };
        let crop = self.harvest.reap(&self.expanded(items))?;
        let course = match next {
            None => Course::Finished,
            Some(page) => self.send(Position { page, ..Position::default() }).course,
        };
        Ok((crop, course))
    }

    fn take_chunk(&self, mut position: Position, answer: &Response) -> Result<(Crop, Course), String> {
        let items = if answer.body.is_empty() {
            Vec::new()
        } else {
            self.items.decode_chunk(&answer.body, &mut position.csv_header)?
        };
        let crop = self.harvest.reap(&self.expanded(items))?;
        let course =
            if answer.more { Course::Do(super::Position::Fetch(position), Next::Receive) } else { Course::Finished };
        Ok((crop, course))
    }

    /// The document, with the items in it or without any, or else the items of a list. An empty answer has
    /// none of either.
    fn read(&self, answer: &Response) -> Result<(Value, Vec<Value>), String> {
        if answer.body.is_empty() || matches!(self.harvest, Harvest::Nothing) {
            return Ok((Value::Null, Vec::new()));
        }
        if self.items.are_in_a_document() {
            return Ok((decode::parse(&answer.body)?, Vec::new()));
        }
        Ok((Value::Null, self.items.decode(&answer.body)?))
    }

    fn expanded(&self, items: Vec<Value>) -> Vec<Value> {
        self.expand.iter().fold(items, |items, expand| items.into_iter().flat_map(expand).collect())
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Fetch")
            .field("request", &self.request)
            .field("items", &self.items)
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}
