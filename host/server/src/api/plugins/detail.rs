//! Everything that is known of one plugin.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use relink_runtime::Reach;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Calls, Plugin, calls, plugin, refuse_others};
use crate::api::shape::moment;
use crate::app::App;
use crate::auth::extract::Caller;
use crate::plugins::{self, AppSecret, Known, Version};
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct PluginDetail {
    id: String,
    /// What is in service; null if nothing is.
    in_service: Option<Plugin>,
    /// Files that claim to be this plugin and are not in service: waiting, disabled, refused.
    aside: Vec<Plugin>,
    /// The version of the contract that it was built for.
    contract: Option<&'static str>,
    /// Who alone may publish a plugin of this id, also after it was removed; null if no signed one was here.
    publisher: Option<String>,
    /// The size of its compiled code; null until the first call maps it. It takes memory only where it runs.
    code_bytes: Option<usize>,
    granted: Granted,
    /// The secrets of your registration at the provider that it needs.
    app_secrets: Vec<Secret>,
    /// The newest first.
    versions: Vec<Kept>,
    /// Data sources that you may see; of the whole host if you operate it.
    connections: i64,
    /// Workspaces that have some; null unless you operate the host.
    workspaces: Option<usize>,
}

/// What the operator lets it reach.
#[derive(Serialize, ToSchema)]
struct Granted {
    hosts: Vec<String>,
    sign_in: Vec<String>,
    /// Scopes, and whatever else is said at the sign-in.
    permissions: Vec<String>,
    app_secrets: Vec<String>,
    /// Values that are not taken out of answers.
    shown: Vec<String>,
    secrets: Vec<String>,
    /// What passes for a message of the provider.
    inbound: Vec<String>,
    budgets: Vec<String>,
    features: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct Secret {
    name: String,
    label: String,
    is_set: bool,
}

/// A version that was in service.
#[derive(Serialize, ToSchema)]
struct Kept {
    version: String,
    digest: String,
    installed_at: String,
    is_in_service: bool,
    /// Why it was taken out of service for good.
    withdrawn: Option<String>,
    /// Null if it was not in service since this process started.
    calls: Option<Calls>,
}

/// Get a plugin
#[utoipa::path(get, path = "/api/v1/plugins/{id}", tag = "plugins", params(("id" = String, Path,)),
    responses((status = 200, body = PluginDetail), (status = 404, body = ProblemDocument)))]
pub(crate) async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<PluginDetail>, Trouble> {
    refuse_others(&caller)?;
    let known = plugins::find(&app, &caller, &id).await?.ok_or_else(Trouble::not_found)?;
    Ok(Json(detail(&app, known)))
}

fn detail(app: &App, known: Known) -> PluginDetail {
    PluginDetail {
        contract: known.plugin.as_ref().map(|plugin| plugin.contract()),
        code_bytes: known.plugin.as_ref().and_then(|plugin| plugin.code_size()),
        id: known.id,
        publisher: known.publisher,
        in_service: known.listing.map(|listing| plugin(app, listing, known.doubted)),
        aside: known.aside.into_iter().map(|listing| plugin(app, listing, None)).collect(),
        granted: granted(known.granted),
        app_secrets: known.secrets.into_iter().map(secret).collect(),
        versions: known.versions.into_iter().map(kept).collect(),
        connections: known.usage.connections,
        workspaces: known.usage.workspaces,
    }
}

fn granted(reach: Reach) -> Granted {
    let list = |set: BTreeSet<String>| set.into_iter().collect();
    let Reach { hosts, sign_in, permissions, app_secrets, shown, secrets, inbound, budgets, features } = reach;
    Granted {
        hosts: list(hosts),
        sign_in: list(sign_in),
        permissions: list(permissions),
        app_secrets: list(app_secrets),
        shown: list(shown),
        secrets: list(secrets),
        inbound: list(inbound),
        budgets: list(budgets),
        features: list(features),
    }
}

fn secret(AppSecret { name, label, is_set }: AppSecret) -> Secret {
    Secret { name, label, is_set }
}

fn kept(version: Version) -> Kept {
    Kept {
        version: version.kept.version,
        digest: version.kept.digest,
        installed_at: moment(version.kept.installed_at),
        is_in_service: version.is_in_service,
        withdrawn: version.kept.withdrawn,
        calls: version.figures.as_ref().map(calls),
    }
}
