//! The plugin that this crate becomes: the SDK asks, the table answers.

use std::sync::OnceLock;

use relink_sdk::{Context, Descriptor, Diagnosis, ErrorTable, Failure, Flow, Provider, Response, Slice};

use crate::errors::{self, Explaining};
use crate::plugin::Plugin;
use crate::room;

/// The provider of the table that was put into this component.
pub struct Declared;

relink_sdk::register!(Declared);

impl Provider for Declared {
    fn describe() -> Descriptor {
        plugin().described()
    }

    fn errors() -> ErrorTable {
        let plugin = plugin();
        errors::table(&plugin.id, &plugin.name, &plugin.errors)
    }

    fn probe(context: &Context) -> Flow {
        plugin().probe_flow(context)
    }

    fn identify(context: &Context) -> Flow {
        plugin().identify_flow(context)
    }

    fn accounts(context: &Context) -> Flow {
        plugin().accounts_flow(context)
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        plugin().sync_flow(context, slice)
    }

    fn classify(failure: &Failure) -> Diagnosis {
        let explaining: Explaining = serde_json::from_slice(room::contents()).expect(CHECKED);
        explaining.explain(failure)
    }

    fn refusal(answer: &Response) -> Option<String> {
        let is_refused = plugin().refusals.iter().any(|refusal| refusal.is_in(answer));
        is_refused.then(|| format!("the provider answered {}, but with an error inside", answer.status))
    }
}

const CHECKED: &str = "a table is read before it is put in here";

/// The table of this component, read once in each instance.
fn plugin() -> &'static Plugin {
    static PLUGIN: OnceLock<Plugin> = OnceLock::new();
    PLUGIN.get_or_init(|| Plugin::from_json(room::contents()).expect(CHECKED))
}
