//! The plugins of this host, in service and refused.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{HeaderMap, StatusCode};
use relink_runtime::{Approval, ChangeError, Listing, ListingState, Package, Reach, Registry};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shape::{Listed, moment, operators_only};
use crate::api::tokens::note;
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
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
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Agree to all that the plugin asks for.
    #[serde(default)]
    approve: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Installed {
    id: String,
    version: String,
    digest: String,
    /// What it may reach, in words.
    reach: Vec<String>,
}

/// A larger body is no component that the sandbox would take.
pub(crate) const COMPONENT_BYTES: usize = 64 * 1024 * 1024;
/// Holds the text of a `.minisig` file, as base64.
const SIGNATURE: &str = "relink-signature";

/// List the plugins
#[utoipa::path(get, path = "/api/v1/plugins", tag = "plugins", responses((status = 200, body = Listed<Plugin>)))]
pub(crate) async fn list(State(app): State<App>, Caller(caller): Caller) -> Result<Json<Listed<Plugin>>, Trouble> {
    operators_only(&caller)?;
    let listings = app.engine().registry().list();
    Ok(Json(Listed::whole(listings.into_iter().map(plugin).collect())))
}

/// Install a plugin, or a new version of it
///
/// The body is the component. A signature of minisign goes into the header `relink-signature`, in base64.
#[utoipa::path(post, path = "/api/v1/plugins", tag = "plugins", params(Wish),
    request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses((status = 201, body = Installed), (status = 422, body = ProblemDocument)))]
pub(crate) async fn install(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
    component: Bytes,
) -> Result<(StatusCode, Json<Installed>), Trouble> {
    operators_only(&caller)?;
    let package = Package { component: component.into(), signature: signature(&headers)? };
    let approval = if wish.approve { Approval::Given } else { Approval::Pending };
    let plugin = change(&app, move |registry| registry.install(package, approval)).await?;
    leave_note(&app, &caller, ("plugin.installed", plugin.id())).await?;
    let installed = Installed {
        id: plugin.id().to_owned(),
        version: plugin.version().to_owned(),
        digest: plugin.digest().to_owned(),
        reach: Reach::asked_by(plugin.descriptor()).lines().collect(),
    };
    Ok((StatusCode::CREATED, Json(installed)))
}

/// Remove a plugin, its versions and what it was granted
#[utoipa::path(delete, path = "/api/v1/plugins/{id}", tag = "plugins", params(("id" = String, Path,)),
    responses((status = 204, description = "Removed"), (status = 404, body = ProblemDocument)))]
pub(crate) async fn remove(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    operators_only(&caller)?;
    let wanted = id.clone();
    change(&app, move |registry| registry.remove(&wanted)).await?;
    leave_note(&app, &caller, ("plugin.removed", &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approve what a version asks for, go back to the version before, disable or enable a plugin
#[utoipa::path(post, path = "/api/v1/plugins/{id}/{action}", tag = "plugins",
    params(("id" = String, Path,), ("action" = Action, Path,)),
    responses((status = 204, description = "Done"), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(crate) async fn act(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, action)): Path<(String, Action)>,
) -> Result<StatusCode, Trouble> {
    operators_only(&caller)?;
    perform(&app, &caller, &id, action).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an operator does with a plugin that is there.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    Approve,
    Rollback,
    Disable,
    Enable,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Approve => "plugin.approved",
            Self::Rollback => "plugin.rolled-back",
            Self::Disable => "plugin.disabled",
            Self::Enable => "plugin.enabled",
        }
    }

    /// What it has led to, for a person.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Approve => "The new version has what it asked for, and is in service.",
            Self::Rollback => "The version before is in service again. The other one is withdrawn for good.",
            Self::Disable => "The plugin is out of service. Its data sources wait; nothing of them is lost.",
            Self::Enable => "The plugin is in service again.",
        }
    }
}

pub(crate) async fn perform(app: &App, caller: &Identity, id: &str, action: Action) -> Result<(), Trouble> {
    let wanted = id.to_owned();
    change(app, move |registry| match action {
        Action::Approve => registry.approve(&wanted),
        Action::Rollback => registry.roll_back(&wanted).map(drop),
        Action::Disable => registry.disable(&wanted),
        Action::Enable => registry.enable(&wanted),
    })
    .await?;
    leave_note(app, caller, (action.name(), id)).await
}

/// Changes what is in service, away from the threads that answer: it compiles and writes files.
async fn change<T: Send + 'static>(
    app: &App,
    change: impl FnOnce(&Registry) -> Result<T, ChangeError> + Send + 'static,
) -> Result<T, Trouble> {
    let registry = Arc::clone(app.engine().registry());
    let changed = tokio::task::spawn_blocking(move || change(&registry)).await.map_err(|_| Trouble::internal())?;
    changed.map_err(|error| match error {
        ChangeError::Unknown { .. } => Trouble::not_found(),
        ChangeError::NoPrevious { .. } | ChangeError::NothingWaits { .. } => Trouble::conflict(error.to_string()),
        ChangeError::Refused(refusal) => Trouble::unprocessable("component", refusal.to_string()),
        ChangeError::Folder(error) => {
            tracing::error!(%error, "the plugin folder cannot be changed");
            Trouble::internal()
        }
    })
}

async fn leave_note(app: &App, caller: &Identity, what: (&str, &str)) -> Result<(), Trouble> {
    let mut tx = app.engine().db().begin().await?;
    note(&mut tx, app, caller, what).await?;
    Ok(tx.commit().await?)
}

fn signature(headers: &HeaderMap) -> Result<Option<String>, Trouble> {
    let Some(header) = headers.get(SIGNATURE) else { return Ok(None) };
    let text = BASE64_STANDARD.decode(header).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let bad = || Trouble::unprocessable(SIGNATURE, "must be the text of a .minisig file in base64");
    text.map(Some).ok_or_else(bad)
}

fn plugin(listing: Listing) -> Plugin {
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
    }
}
