//! Datasets: columns, key and mode, and the request that fetches them.

mod column;
mod items;

use std::collections::BTreeMap;

use relink_sdk::{Fetch, Flow, Table};
use serde::Deserialize;

use crate::fill::Values;
use crate::list::List;
use crate::pages::Pages;
use crate::plugin::Plugin;
use crate::requests::Request;
use crate::values::Template;

pub(crate) use column::{Column, Type};
pub(crate) use items::ItemsAt;
#[cfg(test)]
pub(crate) use {column::Long as LongColumn, items::Long as LongItems};

/// One dataset.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Dataset {
    /// What is in it, for the person who authorizes.
    pub(crate) label: String,
    /// The columns that together identify a row.
    pub(crate) key: List<String>,
    pub(crate) columns: BTreeMap<String, Column>,
    /// Without it, every run reads the whole dataset.
    pub(crate) daily: Option<Daily>,
    /// Only accounts of this kind have it.
    pub(crate) for_accounts: Option<String>,
    pub(crate) request: Request,
    /// Where the rows lie in the answer.
    pub(crate) items: Option<ItemsAt>,
    pub(crate) pages: Option<Pages>,
    /// What each item gets in addition, since only the request knows it.
    #[serde(default)]
    pub(crate) with: BTreeMap<String, Template>,
}

/// Rows belong to days.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Daily {
    /// The column that holds the day of a row.
    pub(crate) day: String,
    /// How many days are asked for at once, at most.
    pub(crate) window_days: Option<u32>,
    /// For how many days the provider still corrects its figures.
    #[serde(default)]
    pub(crate) restated_days: u32,
    /// How far back the provider remembers.
    pub(crate) history_days: Option<u32>,
}

impl Dataset {
    /// The table as the SDK knows it.
    ///
    /// The SDK takes tables that live as long as the program, since in code they are constants. An instance
    /// lives for one call, so what is left behind here is gone soon.
    pub(crate) fn table(&'static self, name: &'static str) -> &'static Table {
        let column = |(name, column): (&'static String, &'static Column)| {
            column.lowered(name, self.key.iter().any(|key| key == name))
        };
        let columns: &'static [relink_sdk::Column] = self.columns.iter().map(column).collect::<Vec<_>>().leak();
        let mut table = Table::new(name, &self.label, columns);
        if let Some(kind) = &self.for_accounts {
            table = table.for_accounts(kind);
        }
        if let Some(daily) = &self.daily {
            table = table.daily(&daily.day).restated_days(daily.restated_days);
            if let Some(days) = daily.window_days {
                table = table.window_days(days);
            }
            if let Some(days) = daily.history_days {
                table = table.history_days(days);
            }
        }
        Box::leak(Box::new(table))
    }

    /// The dataset as the descriptor shows it, with the key in the order of the table's author.
    pub(crate) fn described(&'static self, name: &'static str) -> relink_sdk::Dataset {
        relink_sdk::Dataset { primary_key: self.key.0.clone(), ..self.table(name).dataset() }
    }

    pub(crate) fn fetch(&'static self, name: &'static str, values: &Values<'_>) -> Result<Flow, String> {
        let defaults = &values.plugin.defaults;
        let request = self.request.filled_with(values, &defaults.query)?;
        let items = self.items_at(values.plugin).lowered();
        let mut fetch = Fetch::rows(self.table(name), request, items);
        for (member, text) in &self.with {
            fetch = fetch.with(member, values.text(text)?);
        }
        if let Some(pages) = self.pages.as_ref().or(defaults.pages.as_ref()) {
            fetch = fetch.pages(pages.lowered());
        }
        Ok(fetch.into())
    }

    fn items_at(&self, plugin: &Plugin) -> ItemsAt {
        self.items.clone().or_else(|| plugin.defaults.items.clone()).unwrap_or_default()
    }
}
