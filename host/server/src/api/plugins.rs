//! The plugins of this host, in service and refused.

use axum::Json;
use axum::extract::State;
use relink_runtime::{Listing, ListingState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shape::{Listed, moment, operators_only};
use crate::app::App;
use crate::auth::extract::Caller;
use crate::web::trouble::Trouble;

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
    /// `in-service`, `rolled-back`, `suspect` or `refused`.
    state: &'static str,
    /// Why it was refused.
    problem: Option<String>,
}

/// List the plugins
#[utoipa::path(get, path = "/api/v1/plugins", tag = "plugins", responses((status = 200, body = Listed<Plugin>)))]
pub(crate) async fn list(State(app): State<App>, Caller(caller): Caller) -> Result<Json<Listed<Plugin>>, Trouble> {
    operators_only(&caller)?;
    let listings = app.engine().registry().list();
    Ok(Json(Listed::whole(listings.into_iter().map(plugin).collect())))
}

fn plugin(listing: Listing) -> Plugin {
    Plugin {
        id: listing.id,
        display_name: listing.display_name,
        version: listing.version,
        digest: listing.digest,
        loaded_at: listing.loaded_at.map(moment),
        previous: listing.previous,
        state: match listing.state {
            ListingState::InService => "in-service",
            ListingState::RolledBack => "rolled-back",
            ListingState::Suspect => "suspect",
            ListingState::Refused => "refused",
        },
        problem: listing.problem,
    }
}
