//! Which requests an operation takes.

use relink_sdk::{Account, Context, Fetch, Flow, Identity, Slice};
use serde::Deserialize;
use serde_json::Value;

use crate::datasets::ItemsAt;
use crate::fill::Values;
use crate::list::List;
use crate::pages::Pages;
use crate::plugin::Plugin;
use crate::requests::Request;
use crate::values::Pointer;

/// Whose authorization it is.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Identify {
    /// That of the probe otherwise.
    pub(crate) request: Option<Request>,
    pub(crate) subject: Pointer,
    /// The first of them that holds something.
    pub(crate) label: List<Pointer>,
}

/// What the authorization can see.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Accounts {
    /// That of `identify` otherwise.
    pub(crate) request: Option<Request>,
    #[serde(default)]
    pub(crate) items: ItemsAt,
    pub(crate) id: Pointer,
    pub(crate) label: List<Pointer>,
    pub(crate) kind: Option<Pointer>,
    pub(crate) parent: Option<Pointer>,
    pub(crate) pages: Option<Pages>,
}

impl Plugin {
    pub(crate) fn probe_flow(&self, context: &Context) -> Flow {
        flow_or_refusal(self.probe.filled(&self.values(context)).map(|request| Fetch::probe(request).into()))
    }

    pub(crate) fn identify_flow(&'static self, context: &Context) -> Flow {
        let Identify { subject, label, .. } = &self.identify;
        let read = |document: &Value| {
            Some(Identity { subject: subject.text_in(document)?, label: first_text(label, document)? })
        };
        let request = self.identify_request().filled(&self.values(context));
        flow_or_refusal(request.map(|request| Fetch::identity(request, read).into()))
    }

    pub(crate) fn accounts_flow(&'static self, context: &Context) -> Flow {
        let Some(accounts) = &self.accounts else {
            return self.identity_as_account(context);
        };
        let read = |item: &Value| {
            let at = |pointer: &Option<Pointer>| pointer.as_ref()?.text_in(item);
            Some(Account {
                id: accounts.id.text_in(item)?,
                label: first_text(&accounts.label, item)?,
                kind: at(&accounts.kind),
                parent: at(&accounts.parent),
            })
        };
        let request = accounts.request.as_ref().unwrap_or_else(|| self.identify_request());
        let fetch = request.filled(&self.values(context)).map(|request| {
            let fetch = Fetch::accounts(request, accounts.items.lowered(), read);
            accounts.pages.as_ref().map(Pages::lowered).into_iter().fold(fetch, Fetch::pages)
        });
        flow_or_refusal(fetch.map(Flow::from))
    }

    /// A connection is made of an account, so a login that sees no accounts is one.
    fn identity_as_account(&'static self, context: &Context) -> Flow {
        let Identify { subject, label, .. } = &self.identify;
        let read = |document: &Value| {
            let (id, label) = (subject.text_in(document)?, first_text(label, document)?);
            Some(Account { id, label, kind: None, parent: None })
        };
        let request = self.identify_request().filled(&self.values(context));
        let items = ItemsAt::default().lowered();
        flow_or_refusal(request.map(|request| Fetch::accounts(request, items, read).into()))
    }

    pub(crate) fn sync_flow(&'static self, context: &Context, slice: &Slice) -> Flow {
        let Some((name, dataset)) = self.datasets.get_key_value(&slice.dataset) else {
            return Flow::unknown_dataset(slice);
        };
        flow_or_refusal(dataset.flow(name, self, context, slice))
    }

    fn identify_request(&self) -> &Request {
        self.identify.request.as_ref().unwrap_or(&self.probe)
    }

    fn values<'a>(&'a self, context: &'a Context) -> Values<'a> {
        Values { plugin: self, context, slice: None, each: None }
    }
}

pub(crate) fn flow_or_refusal(flow: Result<Flow, String>) -> Flow {
    flow.unwrap_or_else(Flow::refused)
}

fn first_text(pointers: &List<Pointer>, document: &Value) -> Option<String> {
    pointers.iter().filter_map(|pointer| pointer.text_in(document)).find(|text| !text.is_empty())
}
