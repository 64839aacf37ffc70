//! A list first, and then a flow for each part of it: campaigns, then statistics of 20 at a time.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Course, Fetch, Flow, Happened, Turn};
use crate::decode::Items;
use crate::pages::Pages;
use crate::{Context, Request};

/// Lists values, and then runs a flow for every `size` of them.
///
/// The values wait in the state, which holds 64 KiB, so keep no more of an item than its id.
///
/// ```
/// use relink_sdk::{Column, Each, Fetch, Items, Pages, Request, Table};
/// use serde_json::Value;
///
/// static STATS: Table = Table::new("stats", "Statistics", &[Column::text("id", "/id").key()]);
///
/// let campaigns = Request::get("https://api.acme.example/campaigns");
/// let stats = Each::listed(campaigns, Items::at("/data"), |item| Some(item["id"].clone()))
///     .pages(Pages::token("/next_cursor").in_query("cursor"))
///     .batches_of(20, |ids| {
///         let ids: Vec<&str> = ids.iter().filter_map(Value::as_str).collect();
///         let request = Request::get("https://api.acme.example/stats").query("ids", ids.join(","));
///         Fetch::rows(&STATS, request, Items::at("/data")).into()
///     });
/// # let _ = stats;
/// ```
pub struct Each {
    list: Fetch,
    size: usize,
    make: MakeFlow,
}

/// Makes the flow of one batch.
type MakeFlow = Box<dyn Fn(&[Value]) -> Flow>;

/// The first half of an [`Each`]: what to list.
#[derive(Debug)]
pub struct Listed(Fetch);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Position {
    Listing { list: Box<super::Position>, waiting: VecDeque<Value> },
    Running { waiting: VecDeque<Value>, batch: Vec<Value>, inner: Box<super::Position> },
}

impl Each {
    /// Says what to list, and what to keep of each item.
    pub fn listed(request: Request, items: Items, keep: impl Fn(&Value) -> Option<Value> + 'static) -> Listed {
        Listed(Fetch::values(request, items, keep))
    }

    pub(super) fn start(&self) -> Turn {
        self.list.start().nested(|list| listing(list, VecDeque::new()))
    }

    pub(super) fn go_on(&self, context: &Context, position: Position, happened: &Happened<'_>) -> Turn {
        match position {
            Position::Listing { list, mut waiting } => {
                let super::Position::Fetch(list) = *list else {
                    return Turn::failed("the state belongs to another flow");
                };
                let (turn, values) = self.list.go_on_with_values(list, happened);
                waiting.extend(values);
                match turn.course {
                    Course::Finished => self.run_next(context, waiting),
                    _ => turn.nested(|list| listing(list, waiting)),
                }
            }
            Position::Running { waiting, batch, inner } => {
                let turn = (self.make)(&batch).go_on(context, *inner, happened);
                match turn.course {
                    Course::Finished => turn.then(self.run_next(context, waiting)),
                    _ => turn.nested(|inner| running(waiting, batch, inner)),
                }
            }
        }
    }

    /// Starts the flow of the next batch; a batch with nothing to do is skipped.
    fn run_next(&self, context: &Context, mut waiting: VecDeque<Value>) -> Turn {
        let mut turn = Turn::default();
        while !waiting.is_empty() && matches!(turn.course, Course::Finished) {
            let batch: Vec<Value> = waiting.drain(..self.size.min(waiting.len())).collect();
            let rest = &waiting;
            let started = (self.make)(&batch).start(context);
            turn = turn.then(started.nested(|inner| running(rest.clone(), batch, inner)));
        }
        turn
    }
}

impl Listed {
    /// How one page of the list leads to the next.
    pub fn pages(self, pages: Pages) -> Self {
        Self(self.0.pages(pages))
    }

    /// What to do with every `size` of the values.
    pub fn batches_of(self, size: usize, make: impl Fn(&[Value]) -> Flow + 'static) -> Each {
        Each { list: self.0, size: size.max(1), make: Box::new(make) }
    }

    /// What to do with each value.
    pub fn one_by_one(self, make: impl Fn(&Value) -> Flow + 'static) -> Each {
        self.batches_of(1, move |batch| batch.first().map_or_else(Flow::nothing, &make))
    }
}

impl fmt::Debug for Each {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Each").field("list", &self.list).field("size", &self.size).finish_non_exhaustive()
    }
}

fn listing(list: super::Position, waiting: VecDeque<Value>) -> super::Position {
    super::Position::Each(Position::Listing { list: Box::new(list), waiting })
}

fn running(waiting: VecDeque<Value>, batch: Vec<Value>, inner: super::Position) -> super::Position {
    super::Position::Each(Position::Running { waiting, batch, inner: Box::new(inner) })
}
