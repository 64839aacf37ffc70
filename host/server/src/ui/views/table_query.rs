//! The query of the data-sources table: what to show and in which order, kept in the address.

use serde::Deserialize;

/// Status filter, provider, client, search, order and place, as they stand in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct TableQuery {
    pub(crate) status: String,
    pub(crate) provider: String,
    pub(crate) client: String,
    pub(crate) search: String,
    pub(crate) sort: Sort,
    /// The cursor of the last row that was shown.
    pub(crate) after: String,
}

/// A column, and whether its order is turned round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Sort {
    /// What needs somebody comes first, though nobody has ordered a column.
    #[default]
    #[serde(rename = "")]
    Urgency,
    #[serde(rename = "status")]
    Status,
    #[serde(rename = "-status")]
    StatusDescending,
    #[serde(rename = "source")]
    Source,
    #[serde(rename = "-source")]
    SourceDescending,
    #[serde(rename = "client")]
    Client,
    #[serde(rename = "-client")]
    ClientDescending,
    #[serde(rename = "fresh")]
    Freshness,
    #[serde(rename = "-fresh")]
    FreshnessDescending,
}

/// The head of a column that can be ordered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) words: &'static str,
    /// Where a click leads.
    pub(crate) href: String,
    /// The value of `aria-sort`; only the ordered column has one.
    pub(crate) order: Option<&'static str>,
    pub(crate) icon: &'static str,
}

impl Sort {
    const fn code(self) -> &'static str {
        match self {
            Self::Urgency => "",
            Self::Status => "status",
            Self::StatusDescending => "-status",
            Self::Source => "source",
            Self::SourceDescending => "-source",
            Self::Client => "client",
            Self::ClientDescending => "-client",
            Self::Freshness => "fresh",
            Self::FreshnessDescending => "-fresh",
        }
    }

    /// The column, whichever way it is ordered; of no column, nothing.
    pub(crate) fn column(self) -> &'static str {
        self.code().trim_start_matches('-')
    }

    pub(crate) fn is_descending(self) -> bool {
        self.code().starts_with('-')
    }

    const fn reversed(self) -> Self {
        match self {
            Self::Status => Self::StatusDescending,
            Self::Urgency | Self::StatusDescending => Self::Status,
            Self::Source => Self::SourceDescending,
            Self::SourceDescending => Self::Source,
            Self::Client => Self::ClientDescending,
            Self::ClientDescending => Self::Client,
            Self::Freshness => Self::FreshnessDescending,
            Self::FreshnessDescending => Self::Freshness,
        }
    }
}

impl TableQuery {
    /// Where a click on the head of `column` leads: this column first, then the other way round.
    fn sort_href(&self, column: Sort) -> String {
        let sort = if self.sort == column { column.reversed() } else { column };
        Self { sort, after: String::new(), ..self.clone() }.href()
    }

    pub(crate) fn status_href(&self, status: &str) -> String {
        Self { status: status.to_owned(), after: String::new(), ..self.clone() }.href()
    }

    pub(crate) fn next_href(&self, after: &str) -> String {
        Self { after: after.to_owned(), ..self.clone() }.href()
    }

    pub(crate) fn without_search_href(&self) -> String {
        Self { search: String::new(), after: String::new(), ..self.clone() }.href()
    }

    pub(crate) fn heads(&self) -> [Head; 4] {
        [
            (Sort::Source, "Data source"),
            (Sort::Client, "Client"),
            (Sort::Status, "Status"),
            (Sort::Freshness, "Data, last 7 days"),
        ]
        .map(|(column, words)| self.head(column, words))
    }

    fn head(&self, column: Sort, words: &'static str) -> Head {
        let is_ordered = self.sort.column() == column.column();
        let (order, icon) = match (is_ordered, self.sort.is_descending()) {
            (true, true) => (Some("descending"), "descending"),
            (true, false) => (Some("ascending"), "ascending"),
            (false, _) => (None, "sort"),
        };
        Head { words, href: self.sort_href(column), order, icon }
    }

    pub(crate) fn sort_code(&self) -> &'static str {
        self.sort.code()
    }

    pub(crate) fn is_filtered(&self) -> bool {
        [&self.status, &self.provider, &self.client, &self.search].into_iter().any(|value| !value.is_empty())
    }

    pub(crate) fn href(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let pairs = [
            ("status", self.status.as_str()),
            ("provider", &self.provider),
            ("client", &self.client),
            ("search", &self.search),
            ("sort", self.sort.code()),
            ("after", &self.after),
        ];
        query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
        match query.finish() {
            query if query.is_empty() => "/data-sources".to_owned(),
            query => format!("/data-sources?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_on_a_column_turns_the_order_round() {
        let query = TableQuery { search: "a & b".to_owned(), after: "x".to_owned(), ..TableQuery::default() };
        assert_eq!(query.sort_href(Sort::Client), "/data-sources?search=a+%26+b&sort=client");
        assert_eq!(query.sort_href(Sort::Status), "/data-sources?search=a+%26+b&sort=status");
        let ordered = TableQuery { sort: Sort::Status, ..query };
        assert_eq!(ordered.sort_href(Sort::Status), "/data-sources?search=a+%26+b&sort=-status");
    }

    #[test]
    fn only_the_ordered_column_says_so() {
        let query = TableQuery { sort: Sort::ClientDescending, ..TableQuery::default() };
        let orders = query.heads().map(|head| head.order);
        assert_eq!(orders, [None, Some("descending"), None, None]);
        assert!(TableQuery::default().heads().iter().all(|head| head.order.is_none()));
    }

    #[test]
    fn the_plain_page_has_the_plain_address() {
        assert_eq!(TableQuery::default().href(), "/data-sources");
        assert!(!TableQuery::default().is_filtered());
    }
}
