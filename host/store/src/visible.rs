//! Whose data somebody may see, and how a statement is narrowed to it.

use relink_core::id::ClientId;

use crate::query::{Query, placeholders};

/// The clients whose data somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visible {
    All,
    Some(Vec<ClientId>),
}

impl Visible {
    pub fn includes(&self, client: &ClientId) -> bool {
        match self {
            Self::All => true,
            Self::Some(clients) => clients.contains(client),
        }
    }

    /// A condition on `column`; the clients are bound from `first` on by [`Self::bind_to`].
    pub(crate) fn condition(&self, column: &'static str, first: usize) -> String {
        match self {
            Self::All => "TRUE".to_owned(),
            Self::Some(clients) if clients.is_empty() => "FALSE".to_owned(),
            Self::Some(clients) => format!("{column} IN ({})", placeholders(first, clients.len())),
        }
    }

    pub(crate) fn bind_to(&self, query: Query) -> Query {
        match self {
            Self::All => query,
            Self::Some(clients) => query.bind_all(clients),
        }
    }
}
