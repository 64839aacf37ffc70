//! `/plugins`: which providers this host knows, and what is missing.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use relink_runtime::{Listing, ListingState, Plugin};
use relink_store::authorizations;
use relink_store::data_sources::{self, Filter};

use crate::api::plugins::{Action, perform};
use crate::pages::connect::missing_app_secrets;
use crate::pages::flash::banner;
use crate::pages::lookup::Lookup;
use crate::pages::visit::Visit;
use crate::ui::views::plugins::{PluginAction, PluginRow, PluginState, Plugins};
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::{Section, Tone};
use crate::ui::views::webhook::WebhookAddress;
use crate::web::trouble::Trouble;

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    refuse_others(&visit)?;
    let lookup = visit.lookup().await?;
    let mut rows = Vec::new();
    for listing in visit.app.engine().registry().list() {
        let data_sources = match &listing.id {
            Some(id) => count_data_sources(&visit, id).await?,
            None => 0,
        };
        rows.push(row(&visit, &lookup, &listing, data_sources));
    }
    rows.extend(removed(&visit, &lookup).await?);
    let page = Plugins { shell: visit.shell(Section::Plugins, &lookup).await?, plugins: rows };
    Ok(visit.respond(&page))
}

/// Plugins that are gone although sign-ins need them.
async fn removed(visit: &Visit, lookup: &Lookup) -> Result<Vec<PluginRow>, Trouble> {
    let mut gone: BTreeMap<String, PluginRow> = BTreeMap::new();
    for authorization in authorizations::list(visit.db(), &visit.person().workspace_id, None).await? {
        let id = authorization.plugin_id;
        if lookup.plugin(&id).is_some() || gone.contains_key(&id) {
            continue;
        }
        let row = PluginRow {
            provider: lookup.provider(&id),
            version: String::new(),
            hosts: Vec::new(),
            redirect_uri: None,
            webhook: None,
            state: PluginState::Removed,
            data_sources: count_data_sources(visit, &id).await?,
            publisher: None,
            asks: Vec::new(),
            actions: Vec::new(),
        };
        gone.insert(id, row);
    }
    Ok(gone.into_values().collect())
}

pub(super) fn refuse_others(visit: &Visit) -> Result<(), Trouble> {
    if visit.identity.may_operate() {
        return Ok(());
    }
    Err(Trouble::forbidden("Your role does not include this page. Ask the owner of your workspace if you need it."))
}

async fn count_data_sources(visit: &Visit, plugin_id: &str) -> Result<usize, Trouble> {
    let person = visit.person();
    let filter = Filter { plugin_id: Some(plugin_id.to_owned()), ..Filter::all(visit.now, 1) };
    let counts: BTreeMap<_, i64> =
        data_sources::counts(visit.db(), &person.workspace_id, &person.visible, &filter).await?;
    Ok(usize::try_from(counts.values().sum::<i64>()).unwrap_or(0))
}

fn row(visit: &Visit, lookup: &Lookup, listing: &Listing, data_sources: usize) -> PluginRow {
    let file = listing.file.as_ref().and_then(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
    let id = listing.id.clone().or_else(|| listing.claims.clone()).or(file).unwrap_or_default();
    let name = listing.display_name.clone().unwrap_or_else(|| id.clone());
    let plugin = lookup.plugin(&id).filter(|_| listing.id.is_some());
    let hosts = plugin.as_ref().map(|plugin| plugin.descriptor().hosts.clone()).unwrap_or_default();
    let has_sign_in =
        plugin.iter().flat_map(|plugin| &plugin.descriptor().auth).any(|method| method.oauth2().is_some());
    let redirect_uri = has_sign_in.then(|| visit.app.engine().redirect_uri(&visit.person().workspace_id, &id));
    let missing: Vec<String> = plugin
        .iter()
        .flat_map(|plugin| &plugin.descriptor().auth)
        .flat_map(|method| missing_app_secrets(&visit.app, &id, method))
        .collect();
    let state = match listing.state {
        ListingState::Refused => PluginState::Failed { why: listing.problem.clone().unwrap_or_default() },
        ListingState::Waiting => PluginState::Waiting,
        ListingState::Disabled => PluginState::Disabled,
        _ if !missing.is_empty() => PluginState::NotSetUp { missing },
        ListingState::RolledBack => PluginState::RolledBack,
        ListingState::Suspect => PluginState::Suspect,
        ListingState::InService => PluginState::Running,
    };
    PluginRow {
        provider: Provider::new(id, name),
        version: listing.version.clone().unwrap_or_default(),
        hosts,
        redirect_uri,
        webhook: plugin.as_ref().and_then(|plugin| webhook_of(visit, plugin)),
        state,
        data_sources,
        publisher: listing.publisher.clone(),
        asks: listing.asks.clone(),
        actions: actions(listing),
    }
}

fn webhook_of(visit: &Visit, plugin: &Plugin) -> Option<WebhookAddress> {
    let inbound = plugin.descriptor().inbound.as_ref()?;
    Some(WebhookAddress {
        label: inbound.label.clone(),
        address: visit.app.engine().webhook_address(&visit.person().workspace_id, plugin.id()),
        help_url: inbound.help_url.clone(),
    })
}

/// What can be done with a plugin in this state.
fn actions(listing: &Listing) -> Vec<PluginAction> {
    let action = |name, label: &str| PluginAction { name, label: label.to_owned() };
    match listing.state {
        ListingState::Refused => Vec::new(),
        ListingState::Waiting => vec![action("approve", "Approve")],
        ListingState::Disabled => vec![action("enable", "Switch on")],
        ListingState::InService | ListingState::RolledBack | ListingState::Suspect => {
            let back = listing.previous.as_ref().map(|version| action("rollback", &format!("Go back to {version}")));
            back.into_iter().chain([action("disable", "Switch off")]).collect()
        }
    }
}

pub(super) async fn act(visit: Visit, Path((id, action)): Path<(String, Action)>) -> Result<Response, Trouble> {
    refuse_others(&visit)?;
    perform(&visit.app, &visit.identity, &id, action).await?;
    Ok(visit.go("/plugins", &banner(Tone::Ok, "Done.", action.outcome())))
}
