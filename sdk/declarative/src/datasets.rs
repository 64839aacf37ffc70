//! Datasets: columns, key and mode, and the request that fetches them.

mod column;
mod each;
mod items;

use std::collections::BTreeMap;

use relink_sdk::{Context, Fetch, Flow, Slice, Table};
use serde::Deserialize;
use serde_json::Value;

use crate::fill::Values;
use crate::flows::flow_or_refusal;
use crate::list::List;
use crate::pages::Pages;
use crate::plugin::Plugin;
use crate::requests::Request;
use crate::values::Template;

pub(crate) use column::{Column, Type};
pub(crate) use each::Each;
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
    /// The request is sent for each item of this list, for which `{each}` stands.
    pub(crate) each: Option<Each>,
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

    pub(crate) fn flow(
        &'static self,
        name: &'static str,
        plugin: &'static Plugin,
        context: &Context,
        slice: &Slice,
    ) -> Result<Flow, String> {
        let values = Values { plugin, context, slice: Some(slice), each: None };
        let Some(each) = &self.each else { return self.fetch(name, &values) };
        let listed = each.listed(&values)?;
        let (context, slice) = (context.clone(), slice.clone());
        let of_batch = move |batch: &[Value]| {
            let ids = each.joined(batch);
            let values = Values { plugin, context: &context, slice: Some(&slice), each: Some(&ids) };
            flow_or_refusal(self.fetch(name, &values))
        };
        Ok(listed.batches_of(each.batches_of.get(), of_batch).into())
    }

    fn fetch(&'static self, name: &'static str, values: &Values<'_>) -> Result<Flow, String> {
        let defaults = &values.plugin.defaults;
        let request = self.request.filled_with(values, &defaults.query)?;
        let items = defaults.items_or(self.items.as_ref()).lowered();
        let mut fetch = Fetch::rows(self.table(name), request, items);
        for (member, text) in &self.with {
            fetch = fetch.with(member, values.text(text)?);
        }
        if let Some(pages) = defaults.pages_or(self.pages.as_ref()) {
            fetch = fetch.pages(pages.lowered());
        }
        Ok(fetch.into())
    }
}
