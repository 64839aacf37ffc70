//! A list first, and then the dataset's own request for each part of it: campaigns, then statistics of 20 at
//! a time.

use std::num::NonZeroUsize;

use relink_sdk::Listed;
use serde::Deserialize;
use serde_json::Value;

use crate::datasets::ItemsAt;
use crate::fill::Values;
use crate::pages::Pages;
use crate::requests::Request;
use crate::values::Pointer;

/// The list. Its ids wait in the state of a run, which holds 64 KiB.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Each {
    pub(crate) request: Request,
    pub(crate) items: Option<ItemsAt>,
    pub(crate) pages: Option<Pages>,
    /// What `{each}` stands for lies there in an item.
    pub(crate) id: Pointer,
    /// For how many items one request asks.
    #[serde(default = "one")]
    pub(crate) batches_of: NonZeroUsize,
    /// What stands between the ids of a batch; a comma otherwise.
    pub(crate) separator: Option<String>,
}

fn one() -> NonZeroUsize {
    NonZeroUsize::MIN
}

impl Each {
    pub(super) fn listed(&'static self, values: &Values<'_>) -> Result<Listed, String> {
        let defaults = &values.plugin.defaults;
        let request = self.request.filled_with(values, &defaults.query)?;
        let items = defaults.items_or(self.items.as_ref()).lowered();
        let listed = relink_sdk::Each::listed(request, items, |item| self.id.text_in(item).map(Value::String));
        Ok(match defaults.pages_or(self.pages.as_ref()) {
            Some(pages) => listed.pages(pages.lowered()),
            None => listed,
        })
    }

    /// The text of a batch, as one request takes it.
    pub(super) fn joined(&self, batch: &[Value]) -> String {
        let ids: Vec<&str> = batch.iter().filter_map(Value::as_str).collect();
        ids.join(self.separator.as_deref().unwrap_or(","))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_takes_the_ids_of_its_batch_as_the_provider_wants_them() {
        let each = |mut table: Value| -> Each {
            table["request"] = json!({ "get": "/campaigns" });
            table["id"] = json!("/id");
            serde_json::from_value(table).unwrap()
        };
        let batch = [json!("a"), json!("b")];
        assert_eq!(each(json!({})).joined(&batch), "a,b");
        assert_eq!(each(json!({ "separator": "|" })).joined(&batch), "a|b");
        assert_eq!(each(json!({})).batches_of.get(), 1);
        assert_eq!(each(json!({ "batches-of": 20 })).batches_of.get(), 20);
    }
}
