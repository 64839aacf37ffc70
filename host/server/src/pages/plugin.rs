//! `/plugins/{id}`: everything about one plugin, and what an operator does with it.

use axum::extract::Path;
use axum::response::Response;
use relink_runtime::{Figures, Listing, ListingState, Plugin, Reach};

use crate::pages::flash::banner;
use crate::pages::form::Fields;
use crate::pages::plugins::{refuse_others, state};
use crate::pages::visit::Visit;
use crate::plugins::{self, Action, AppSecret, Known, Version};
use crate::ui::amount::{grouped, size, time};
use crate::ui::views::plugin::{About, AppSecretRow, Aside, FiguresRow, PluginPage, ReachGroup, VersionRow};
use crate::ui::views::plugins::{PluginAction, PluginState};
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::{Section, Tone};
use crate::ui::views::webhook::WebhookAddress;
use crate::ui::when::When;
use crate::web::trouble::Trouble;

pub(super) async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    refuse_others(&visit)?;
    let known = plugins::find(&visit.app, &visit.identity, &id).await?.ok_or_else(Trouble::not_found)?;
    let lookup = visit.lookup().await?;
    let shell = visit.shell(Section::Plugins, &lookup).await?;
    let listing = main_listing(&known);
    let name = listing.and_then(|listing| listing.display_name.clone()).unwrap_or_else(|| id.clone());
    let page = PluginPage {
        shell,
        provider: Provider::new(id, name),
        state: listing
            .map_or(PluginState::Removed, |listing| state(&visit, listing, known.plugin.as_deref(), known.doubted)),
        version: listing.and_then(|listing| listing.version.clone()).unwrap_or_default(),
        about: about(&visit, &known),
        aside: known.aside.iter().filter_map(aside).collect(),
        figures: figures_row(&known.figures, known.plugin.as_ref().and_then(|plugin| plugin.code_size())),
        reach: reach(&known.granted),
        used_by: known.usage.sentence(),
        actions: if visit.identity.may_operate() { actions(&known) } else { Vec::new() },
        previous: previous(&visit, &known),
        reserved_for: known.reserved_for(),
        is_removed: known.is_removed(),
        app_secrets: known.secrets.into_iter().map(secret_row).collect(),
        versions: known.versions.into_iter().map(|version| version_row(&visit, version)).collect(),
    };
    Ok(visit.respond(&page))
}

/// Does what a button says. An approval names what was seen: another file may have come meanwhile.
pub(super) async fn act(
    visit: Visit,
    Path((id, action)): Path<(String, Action)>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let seen = Some(fields.get("digest").to_owned()).filter(|digest| !digest.is_empty());
    plugins::perform(&visit.app, &visit.identity, &id, action, seen).await?;
    Ok(visit.go(&next(&visit, &id).await?, &banner(Tone::Ok, "Done.", action.outcome())))
}

pub(super) async fn remove(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    plugins::remove(&visit.app, &visit.identity, &id).await?;
    let word = banner(Tone::Ok, "Removed.", "The plugin, its versions and what it was granted are gone.");
    Ok(visit.go(&next(&visit, &id).await?, &word))
}

/// Where to go after a change: the plugin may be gone.
async fn next(visit: &Visit, id: &str) -> Result<String, Trouble> {
    let is_gone = plugins::find(&visit.app, &visit.identity, id).await?.is_none();
    Ok(if is_gone { "/plugins".to_owned() } else { address(id) })
}

/// The address of a plugin's page. Ids of plugins have no characters that a path could not hold.
pub(super) fn address(id: &str) -> String {
    format!("/plugins/{id}")
}

/// What is in service, or the file that would be.
fn main_listing(known: &Known) -> Option<&Listing> {
    let disabled = known.aside.iter().find(|listing| listing.state == ListingState::Disabled);
    known.listing.as_ref().or(disabled).or(known.aside.first())
}

fn about(visit: &Visit, known: &Known) -> About {
    let listing = main_listing(known);
    let plugin = known.plugin.as_ref();
    let mut methods = plugin.into_iter().flat_map(|plugin| &plugin.descriptor().auth);
    let has_sign_in = methods.any(|method| method.oauth2().is_some());
    let redirect_uri = || visit.app.engine().redirect_uri(&visit.person().workspace_id, &known.id);
    About {
        publisher: listing.and_then(|listing| listing.publisher.clone()),
        contract: plugin.map(|plugin| plugin.contract()),
        digest: listing.and_then(|listing| listing.digest.clone()),
        loaded_at: listing.and_then(|listing| listing.loaded_at).map(|moment| When::at(moment, visit.now)),
        size: plugin.map(|plugin| size(plugin.size())),
        redirect_uri: has_sign_in.then(redirect_uri),
        webhook: plugin.and_then(|plugin| webhook(visit, plugin)),
    }
}

fn webhook(visit: &Visit, plugin: &Plugin) -> Option<WebhookAddress> {
    let inbound = plugin.descriptor().inbound.as_ref()?;
    Some(WebhookAddress {
        label: inbound.label.clone(),
        address: visit.app.engine().webhook_address(&visit.person().workspace_id, plugin.id()),
        help_url: inbound.help_url.clone(),
    })
}

/// What waits or was refused; a plugin that is switched off is no trouble.
fn aside(listing: &Listing) -> Option<Aside> {
    let refusal = listing.refusal.clone().filter(|_| listing.state != ListingState::Disabled)?;
    Some(Aside {
        version: listing.version.clone().unwrap_or_default(),
        digest: listing.digest.clone().unwrap_or_default(),
        publisher: listing.publisher.clone(),
        waits: listing.state == ListingState::Waiting,
        asks: listing.asks.clone(),
        refusal,
    })
}

fn actions(known: &Known) -> Vec<PluginAction> {
    let is_disabled = known.aside.iter().any(|listing| listing.state == ListingState::Disabled);
    if is_disabled {
        return vec![PluginAction { name: "enable", label: "Switch on", icon: "play" }];
    }
    let disable = PluginAction { name: "disable", label: "Switch off", icon: "pause" };
    known.listing.iter().map(|_| disable.clone()).collect()
}

fn previous(visit: &Visit, known: &Known) -> Option<String> {
    known.listing.as_ref()?.previous.clone().filter(|_| visit.identity.may_operate())
}

/// What calls have cost, in words.
pub(super) fn figures_row(figures: &Figures, code: Option<usize>) -> FiguresRow {
    FiguresRow {
        calls: grouped(figures.calls()),
        p50: figures.within(0.5).map(time),
        p99: figures.within(0.99).map(time),
        faults: grouped(figures.faults()),
        has_faults: figures.faults() > 0,
        peak_memory: Some(figures.peak_memory()).filter(|bytes| *bytes > 0).map(size),
        code: code.map(size),
    }
}

fn reach(granted: &Reach) -> Vec<ReachGroup> {
    // The operator's own secrets stand under their registration.
    let Reach { hosts, sign_in, permissions, app_secrets: _, shown, secrets, inbound, budgets, features } = granted;
    let groups = [
        ("Talks to", hosts),
        ("Signs people in at", sign_in),
        ("Asks people for", permissions),
        ("Sees", shown),
        ("Has Relink send", secrets),
        ("Has Relink believe", inbound),
        ("Asks", budgets),
        ("Needs of this server", features),
    ];
    let filled = groups.into_iter().filter(|(_, items)| !items.is_empty());
    filled.map(|(heading, items)| ReachGroup { heading, items: items.iter().cloned().collect() }).collect()
}

fn secret_row(secret: AppSecret) -> AppSecretRow {
    AppSecretRow { name: secret.name, label: secret.label, is_set: secret.is_set }
}

fn version_row(visit: &Visit, version: Version) -> VersionRow {
    VersionRow {
        version: version.kept.version,
        installed_at: When::at(version.kept.installed_at, visit.now),
        is_in_service: version.is_in_service,
        withdrawn: version.kept.withdrawn,
        figures: version.figures.as_ref().map(|figures| figures_row(figures, None)),
    }
}
