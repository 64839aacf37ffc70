//! The front door, and in the demo the wish to be somebody else.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use http::header::{HOST, HeaderMap};
use http::{Extensions, StatusCode};
use relink_core::id::UserId;
use relink_store::{StoreError, users, workspaces};

use crate::app::App;
use crate::auth::{Identity, sign_in};
use crate::demo::people::DemoMode;
use crate::pages::form::Fields;
use crate::pages::see_other;
use crate::pages::sign_in::with_session;
use crate::pages::visit::{Visit, full_role};
use crate::ui::views::shell::DemoPerson;
use crate::web::trouble::Trouble;

const HOME: &str = "/data-sources";

/// `/`: on to the data sources. In the demo, whoever sits at this machine is let in as the admin.
pub(super) async fn front_door(
    State(app): State<App>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Trouble> {
    if app.demo().is_none() || extensions.get::<Identity>().is_some() || !is_at_this_machine(&headers, &extensions) {
        return Ok(see_other(HOME));
    }
    let Some(admin) = users::find_by_email(app.engine().db(), DemoMode::FIRST_PERSON).await? else {
        return Err(Trouble::new(StatusCode::SERVICE_UNAVAILABLE, "The demo is still being prepared. Load again."));
    };
    let token = sign_in::begin(&app, &admin, app.cookies().session(&headers)).await?;
    Ok(with_session(&app, &token, see_other(HOME)))
}

/// The name in the address counts too: a website that points its own name here must not get in.
fn is_at_this_machine(headers: &HeaderMap, extensions: &Extensions) -> bool {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| peer.0.ip().is_loopback());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    peer && matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// The people one may be; none outside of the demo.
pub(super) async fn people(app: &App, current: &Identity) -> Result<Vec<DemoPerson>, StoreError> {
    if app.demo().is_none() {
        return Ok(Vec::new());
    }
    let mut all = users::list(app.engine().db(), &current.person.workspace_id).await?;
    all.sort_by_key(|user| (user.role, !user.all_clients));
    let person = |user: users::User| DemoPerson {
        is_current: user.id == current.user.id,
        user_id: user.id.to_string(),
        role: full_role(&user),
        name: user.name,
    };
    Ok(all.into_iter().map(person).collect())
}

/// Ends the session and begins one of the other person.
pub(super) async fn change_role(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, Trouble> {
    let app = &visit.app;
    if app.demo().is_none() {
        return Err(Trouble::not_found());
    }
    let id: UserId = fields.get("user_id").parse().map_err(|_| Trouble::not_found())?;
    let user = users::find(app.engine().db(), &visit.person().workspace_id, &id).await?;
    let user = user.ok_or_else(Trouble::not_found)?;
    let token = sign_in::begin(app, &user, app.cookies().session(&headers)).await?;
    Ok(with_session(app, &token, see_other(fields.return_to(HOME).as_str())))
}

/// Whether anything is here at all, for the demo's seed.
pub(crate) async fn is_empty(app: &App) -> Result<bool, StoreError> {
    Ok(workspaces::list(app.engine().db()).await?.is_empty())
}
