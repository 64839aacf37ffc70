//! What an operator does to plugins. Each change leaves a line in the audit trail.

use std::sync::Arc;

use relink_runtime::{Approval, ChangeError, Package, Plugin, Proposed, Registry};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::shape::operators_only;
use crate::api::tokens::note;
use crate::app::App;
use crate::auth::Identity;
use crate::web::trouble::Trouble;

/// What is done with a plugin that is there.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    Approve,
    Reject,
    Rollback,
    Disable,
    Enable,
    /// Let another publisher take the id of a plugin that was removed, and with it the secrets of your app.
    Forget,
    /// Take it at its word although it calls much broken at once.
    TrustDiagnoses,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Approve => "plugin.approved",
            Self::Reject => "plugin.rejected",
            Self::Rollback => "plugin.rolled-back",
            Self::Disable => "plugin.disabled",
            Self::Enable => "plugin.enabled",
            Self::Forget => "plugin.publisher-forgotten",
            Self::TrustDiagnoses => "plugin.diagnoses-trusted",
        }
    }

    /// What it has led to, for a person.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Approve => "The new version has what it asked for, and is in service.",
            Self::Reject => "The version that waited is gone. Nothing else has changed.",
            Self::Rollback => "The version before is in service again. The other one is withdrawn for good.",
            Self::Disable => "The plugin is out of service. Its data sources wait; nothing of them is lost.",
            Self::Enable => "The plugin is in service again.",
            Self::Forget => "Whoever this host trusts may now publish a plugin of this name.",
            Self::TrustDiagnoses => "What the plugin calls broken is checked once more now, and people are told.",
        }
    }
}

/// Does one thing to a plugin. `seen` is the digest of what the caller looked at, if that matters.
pub(crate) async fn perform(
    app: &App,
    caller: &Identity,
    id: &str,
    action: Action,
    seen: Option<String>,
) -> Result<(), Trouble> {
    let change: fn(&Registry, &str, Option<&str>) -> Result<(), ChangeError> = match action {
        Action::Approve => Registry::approve,
        Action::Reject => |registry, id, _| registry.reject(id),
        Action::Rollback => |registry, id, _| registry.roll_back(id).map(drop),
        Action::Disable => |registry, id, _| registry.disable(id),
        Action::Enable => |registry, id, _| registry.enable(id),
        Action::Forget => |registry, id, _| registry.forget(id),
        Action::TrustDiagnoses => return trust_diagnoses(app, caller, id).await,
    };
    let wanted = id.to_owned();
    self::change(app, caller, move |registry| change(registry, &wanted, seen.as_deref())).await?.map_err(trouble)?;
    leave_note(app, caller, (action.name(), id)).await
}

async fn trust_diagnoses(app: &App, caller: &Identity, id: &str) -> Result<(), Trouble> {
    operators_only(caller)?;
    if !app.engine().trust_diagnoses(id).await? {
        return Err(Trouble::conflict("Nothing that this plugin calls broken is held back."));
    }
    leave_note(app, caller, (Action::TrustDiagnoses.name(), id)).await
}

pub(crate) async fn remove(app: &App, caller: &Identity, id: &str) -> Result<(), Trouble> {
    let wanted = id.to_owned();
    change(app, caller, move |registry| registry.remove(&wanted)).await?.map_err(trouble)?;
    leave_note(app, caller, ("plugin.removed", id)).await
}

/// Puts a component in service at once.
pub(crate) async fn install(
    app: &App,
    caller: &Identity,
    package: Package,
    approval: Approval,
) -> Result<Result<Arc<Plugin>, ChangeError>, Trouble> {
    let installed = change(app, caller, move |registry| registry.install(package, approval)).await?;
    if let Ok(plugin) = &installed {
        leave_note(app, caller, ("plugin.installed", plugin.id())).await?;
    }
    Ok(installed)
}

/// Puts a component in service, or where it waits for an approval.
pub(crate) async fn propose(
    app: &App,
    caller: &Identity,
    package: Package,
) -> Result<Result<Proposed, ChangeError>, Trouble> {
    let proposed = change(app, caller, move |registry| registry.propose(package)).await?;
    match &proposed {
        Ok(Proposed::InService(plugin)) => leave_note(app, caller, ("plugin.installed", plugin.id())).await?,
        Ok(Proposed::Waits(plugin)) => leave_note(app, caller, ("plugin.proposed", plugin.id())).await?,
        Err(_) => {}
    }
    Ok(proposed)
}

/// Changes what is in service, away from the threads that answer: it compiles and writes files.
async fn change<T: Send + 'static>(
    app: &App,
    caller: &Identity,
    change: impl FnOnce(&Registry) -> T + Send + 'static,
) -> Result<T, Trouble> {
    operators_only(caller)?;
    let registry = Arc::clone(app.engine().registry());
    tokio::task::spawn_blocking(move || change(&registry)).await.map_err(|_| Trouble::internal())
}

pub(crate) fn trouble(error: ChangeError) -> Trouble {
    match error {
        ChangeError::Unknown { .. } | ChangeError::NotPinned { .. } => Trouble::not_found(),
        ChangeError::NoPrevious { .. }
        | ChangeError::NothingWaits { .. }
        | ChangeError::AnotherWaits { .. }
        | ChangeError::StillThere { .. } => Trouble::conflict(error.to_string()),
        ChangeError::Refused(refusal) => Trouble::unprocessable("component", refusal.to_string()),
        ChangeError::Folder(error) => {
            tracing::error!(%error, "the plugin folder cannot be changed");
            Trouble::internal()
        }
    }
}

async fn leave_note(app: &App, caller: &Identity, what: (&str, &str)) -> Result<(), Trouble> {
    let mut tx = app.engine().db().begin().await?;
    note(&mut tx, app, caller, what).await?;
    Ok(tx.commit().await?)
}
