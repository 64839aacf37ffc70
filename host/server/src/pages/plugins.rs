//! `/plugins`: which providers this host knows, and what is missing.

use std::collections::BTreeMap;

use axum::response::Response;
use relink_engine::Doubted;
use relink_runtime::{Listing, ListingState, Plugin};
use relink_store::authorizations;

use crate::pages::connect::missing_app_secrets;
use crate::pages::lookup::Lookup;
use crate::pages::plugin::figures_row;
use crate::pages::visit::Visit;
use crate::plugins::{self, Usage, sum};
use crate::ui::views::plugins::{Doubts, PluginRow, PluginState, Plugins};
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::Section;
use crate::ui::when::When;
use crate::web::trouble::Trouble;

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    refuse_others(&visit)?;
    let lookup = visit.lookup().await?;
    let mut rows = Vec::new();
    for listing in visit.app.engine().registry().list() {
        rows.push(row(&visit, &lookup, listing).await?);
    }
    rows.extend(removed(&visit, &lookup).await?);
    let page = Plugins { shell: visit.shell(Section::Plugins, &lookup).await?, plugins: rows };
    Ok(visit.respond(&page))
}

/// Plugins that are gone although sign-ins need them.
async fn removed(visit: &Visit, lookup: &Lookup) -> Result<Vec<PluginRow>, Trouble> {
    let mut gone: BTreeMap<String, PluginRow> = BTreeMap::new();
    let listed = visit.app.engine().registry().list();
    for authorization in authorizations::list(visit.db(), &visit.person().workspace_id, None).await? {
        let id = authorization.plugin_id;
        let is_listed = listed.iter().any(|listing| listing.id.as_ref().or(listing.claims.as_ref()) == Some(&id));
        if is_listed || gone.contains_key(&id) {
            continue;
        }
        let row = PluginRow {
            provider: lookup.provider(&id),
            has_page: plugins::find(&visit.app, &visit.identity, &id).await?.is_some(),
            version: String::new(),
            state: PluginState::Removed,
            refusal: None,
            figures: None,
            data_sources: data_sources(visit, &id).await?,
            publisher: None,
        };
        gone.insert(id, row);
    }
    Ok(gone.into_values().collect())
}

pub(super) fn refuse_others(visit: &Visit) -> Result<(), Trouble> {
    if visit.identity.may_see_plugins() {
        return Ok(());
    }
    Err(Trouble::forbidden("Your role does not include this page. Ask the owner of your workspace if you need it."))
}

async fn row(visit: &Visit, lookup: &Lookup, listing: Listing) -> Result<PluginRow, Trouble> {
    let file = listing.file.as_ref().and_then(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
    let known = listing.id.clone().or_else(|| listing.claims.clone());
    let in_service = listing.id.as_deref().and_then(|id| lookup.plugin(id));
    let data_sources = match &listing.id {
        Some(id) => data_sources(visit, id).await?,
        None => 0,
    };
    let figures = in_service.as_ref().map(|plugin| {
        let figures = sum(&visit.app.engine().registry().figures(plugin.id()));
        figures_row(&figures, plugin.code_size())
    });
    let has_page = known.is_some();
    let id = known.or(file).unwrap_or_default();
    let name = listing.display_name.clone().unwrap_or_else(|| id.clone());
    let doubted = match &listing.id {
        Some(id) => visit.app.engine().doubted(id).await?,
        None => None,
    };
    let state = state(visit, &listing, in_service.as_deref(), doubted);
    Ok(PluginRow {
        provider: Provider::new(id, name),
        has_page,
        version: listing.version.unwrap_or_default(),
        refusal: listing.refusal.filter(|_| state == PluginState::Failed),
        state,
        figures,
        data_sources,
        publisher: listing.publisher,
    })
}

/// How a plugin stands, for a person.
pub(super) fn state(
    visit: &Visit,
    listing: &Listing,
    in_service: Option<&Plugin>,
    doubted: Option<Doubted>,
) -> PluginState {
    let missing = || -> Vec<String> {
        let methods = in_service.into_iter().flat_map(|plugin| &plugin.descriptor().auth);
        let id = listing.id.as_deref().unwrap_or_default();
        methods.flat_map(|method| missing_app_secrets(&visit.app, id, method)).collect()
    };
    if let Some(Doubted { since, until, reporting, failing, held }) = doubted {
        let (since, until) = (When::at(since, visit.now), When::at(until, visit.now));
        return PluginState::Doubted(Doubts { since, until, reporting, failing, held });
    }
    match listing.state {
        ListingState::Refused => PluginState::Failed,
        ListingState::Waiting => PluginState::Waiting,
        ListingState::Disabled => PluginState::Disabled,
        ListingState::Suspect => PluginState::Suspect,
        ListingState::InService | ListingState::RolledBack => match (missing(), listing.state) {
            (missing, _) if !missing.is_empty() => PluginState::NotSetUp { missing },
            (_, ListingState::RolledBack) => PluginState::RolledBack,
            _ => PluginState::Running,
        },
    }
}

async fn data_sources(visit: &Visit, plugin_id: &str) -> Result<i64, Trouble> {
    Ok(Usage::of(&visit.app, &visit.identity, plugin_id).await?.connections)
}
