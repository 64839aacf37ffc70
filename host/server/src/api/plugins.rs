//! The plugins of this host: in service, waiting, refused.

pub(crate) mod detail;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{HeaderMap, StatusCode};
use relink_engine::Doubted;
use relink_runtime::{Approval, Figures, Listing, ListingState, Package, Proposed, Reach};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shape::{Listed, moment};
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
use crate::plugins::{self, Action, sum};
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Plugin {
    id: Option<String>,
    display_name: Option<String>,
    version: Option<String>,
    /// SHA-256 of the component.
    digest: Option<String>,
    loaded_at: Option<String>,
    /// The version that a rollback would put back in service.
    previous: Option<String>,
    /// Who signed it.
    publisher: Option<String>,
    /// The id that a file which is not in service claims.
    claims: Option<String>,
    /// What that file asks for beyond what was granted.
    asks: Vec<String>,
    /// `in-service`, `rolled-back`, `suspect`, `waiting`, `disabled` or `refused`.
    state: &'static str,
    /// Why it is not in service.
    problem: Option<String>,
    /// The calls of all its versions since this process started; none for a file that is not in service.
    calls: Option<Calls>,
    /// Why what it calls broken is held back; null if it is taken at its word.
    doubted: Option<DoubtedPlugin>,
}

/// A plugin that calls too many authorizations broken at once. Nobody is told of them until fetches, an operator
/// (`trust-diagnoses`) or the end of the hold speak for it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DoubtedPlugin {
    since: String,
    /// When people are told at the latest.
    until: String,
    /// Authorizations of all workspaces that reported lately.
    reporting: u32,
    /// Those of them that it called broken.
    failing: u32,
    /// Authorizations of whose breakage nobody was told.
    held: i64,
}

/// What calls have cost since this process started.
#[derive(Serialize, ToSchema)]
pub(crate) struct Calls {
    count: u64,
    /// Half of the calls took no longer, in microseconds; null before the first call.
    p50_us: Option<u64>,
    /// 99 of 100 calls took no longer.
    p99_us: Option<u64>,
    /// Calls that the plugin is to blame for: traps, deadlines, too much memory, unusable answers.
    faults: u64,
    /// The most memory that one call has asked for.
    peak_memory_bytes: usize,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Agree to all that the plugin asks for.
    #[serde(default)]
    approve: bool,
    /// Let it wait for an approval if it needs one, rather than refuse it. Every first version does.
    #[serde(default)]
    propose: bool,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// Approve the version with this SHA-256, and no other that may have come meanwhile.
    digest: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Installed {
    id: String,
    version: String,
    digest: String,
    /// What it may reach, or asks for, in words.
    reach: Vec<String>,
}

/// Holds the text of a `.minisig` file, as base64.
const SIGNATURE: &str = "relink-signature";

/// List the plugins
#[utoipa::path(get, path = "/api/v1/plugins", tag = "plugins", responses((status = 200, body = Listed<Plugin>)))]
pub(crate) async fn list(State(app): State<App>, Caller(caller): Caller) -> Result<Json<Listed<Plugin>>, Trouble> {
    refuse_others(&caller)?;
    let mut plugins = Vec::new();
    for listing in app.engine().registry().list() {
        let doubted = match &listing.id {
            Some(id) => app.engine().doubted(id).await?,
            None => None,
        };
        plugins.push(plugin(&app, listing, doubted));
    }
    Ok(Json(Listed::whole(plugins)))
}

/// Install a plugin, or a new version of it
///
/// The body is the component. A signature of minisign goes into the header `relink-signature`, in base64.
/// Who changes plugins must operate the host; an API token may what the person may at that time for whom it acts.
#[utoipa::path(post, path = "/api/v1/plugins", tag = "plugins", params(Wish),
    request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses((status = 201, body = Installed), (status = 202, body = Installed, description = "It waits for an approval"),
        (status = 403, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(crate) async fn install(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
    component: Bytes,
) -> Result<(StatusCode, Json<Installed>), Trouble> {
    let package = Package { component: component.into(), signature: signature(&headers)? };
    if wish.propose && !wish.approve {
        let proposed = plugins::propose(&app, &caller, package).await?.map_err(plugins::trouble)?;
        let status = match &proposed {
            Proposed::InService(_) => StatusCode::CREATED,
            Proposed::Waits(_) => StatusCode::ACCEPTED,
        };
        return Ok((status, Json(installed(proposed.plugin()))));
    }
    let approval = if wish.approve { Approval::Given } else { Approval::Pending };
    let plugin = plugins::install(&app, &caller, package, approval).await?.map_err(plugins::trouble)?;
    Ok((StatusCode::CREATED, Json(installed(&plugin))))
}

/// Remove a plugin, its versions and what it was granted
///
/// Its id stays with its publisher, since the secrets of your app do; the action `forget` ends that.
#[utoipa::path(delete, path = "/api/v1/plugins/{id}", tag = "plugins", params(("id" = String, Path,)),
    responses((status = 204, description = "Removed"), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(crate) async fn remove(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    plugins::remove(&app, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approve or reject what a version asks for, go back to the version before, disable or enable a plugin, forget who
/// published one that was removed, or trust its diagnoses although it calls much broken at once
#[utoipa::path(post, path = "/api/v1/plugins/{id}/{action}", tag = "plugins",
    params(("id" = String, Path,), ("action" = Action, Path,), Seen),
    responses((status = 204, description = "Done"), (status = 403, body = ProblemDocument),
        (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(crate) async fn act(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, action)): Path<(String, Action)>,
    Query(Seen { digest }): Query<Seen>,
) -> Result<StatusCode, Trouble> {
    plugins::perform(&app, &caller, &id, action, digest).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refuse_others(caller: &Identity) -> Result<(), Trouble> {
    if caller.may_see_plugins() {
        return Ok(());
    }
    Err(Trouble::forbidden("Only owners, admins and who operates this host may see its plugins."))
}

fn signature(headers: &HeaderMap) -> Result<Option<String>, Trouble> {
    let Some(header) = headers.get(SIGNATURE) else { return Ok(None) };
    let text = BASE64_STANDARD.decode(header).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let bad = || Trouble::unprocessable(SIGNATURE, "must be the text of a .minisig file in base64");
    text.map(Some).ok_or_else(bad)
}

fn installed(plugin: &relink_runtime::Plugin) -> Installed {
    Installed {
        id: plugin.id().to_owned(),
        version: plugin.version().to_owned(),
        digest: plugin.digest().to_owned(),
        reach: Reach::asked_by(plugin.descriptor()).lines().collect(),
    }
}

fn plugin(app: &App, listing: Listing, doubted: Option<Doubted>) -> Plugin {
    let figures = listing.id.as_deref().map(|id| sum(&app.engine().registry().figures(id)));
    Plugin {
        id: listing.id,
        display_name: listing.display_name,
        version: listing.version,
        digest: listing.digest,
        loaded_at: listing.loaded_at.map(moment),
        previous: listing.previous,
        publisher: listing.publisher,
        claims: listing.claims,
        asks: listing.asks,
        state: match listing.state {
            ListingState::InService => "in-service",
            ListingState::RolledBack => "rolled-back",
            ListingState::Suspect => "suspect",
            ListingState::Waiting => "waiting",
            ListingState::Disabled => "disabled",
            ListingState::Refused => "refused",
        },
        problem: listing.problem,
        calls: figures.as_ref().map(calls),
        doubted: doubted.map(doubted_plugin),
    }
}

fn doubted_plugin(doubted: Doubted) -> DoubtedPlugin {
    let Doubted { since, until, reporting, failing, held } = doubted;
    DoubtedPlugin { since: moment(since), until: moment(until), reporting, failing, held }
}

fn calls(figures: &Figures) -> Calls {
    let micros = |share| figures.within(share).map(|time| time.as_micros() as u64);
    Calls {
        count: figures.calls(),
        p50_us: micros(0.5),
        p99_us: micros(0.99),
        faults: figures.faults(),
        peak_memory_bytes: figures.peak_memory(),
    }
}
