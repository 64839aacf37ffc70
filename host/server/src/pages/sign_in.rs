//! `/login` and `/logout`.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderMap, SET_COOKIE};
use http::{Extensions, StatusCode};
use relink_core::secret::Secret;
use serde::Deserialize;

use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::ClientAddress;
use crate::auth::sign_in::{self, SignInError};
use crate::pages::form::Fields;
use crate::pages::see_other;
use crate::ui;
use crate::ui::views::sign_in::Login;
use crate::web::return_to::ReturnTo;
use crate::web::trouble::Trouble;

const HOME: &str = "/data-sources";

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    return_to: Option<String>,
    #[serde(default)]
    signed_out: Option<String>,
}

pub(super) async fn page(State(app): State<App>, Query(wish): Query<Wish>, extensions: Extensions) -> Response {
    let return_to = ReturnTo::or(wish.return_to.as_deref(), HOME);
    if extensions.get::<Identity>().is_some() {
        return see_other(return_to.as_str());
    }
    let notice = wish.signed_out.map(|_| "You have signed out.".to_owned());
    let page = Login { notice, ..login(&app, &return_to) };
    ui::respond(&page)
}

/// Without a session there is no token against forgery; the origin of the request stands in for it.
fn login(app: &App, return_to: &ReturnTo) -> Login {
    Login {
        csrf: String::new(),
        email: String::new(),
        return_to: return_to.as_str().to_owned(),
        error: None,
        notice: None,
        support_url: app.support_url().to_owned(),
    }
}

pub(super) async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Trouble> {
    let return_to = fields.return_to(HOME);
    let password = Secret::new(fields.get("password").to_owned());
    let previous = app.cookies().session(&headers);
    match sign_in::by_password(&app, fields.get("email"), &password, address, previous).await {
        Ok(token) => Ok(with_session(&app, &token, see_other(return_to.as_str()))),
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(error) => {
            let status = match error {
                SignInError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let email = fields.name("email");
            let page = Login { email, error: Some(error.to_string()), ..login(&app, &return_to) };
            Ok(ui::respond_with(status, &page))
        }
    }
}

/// Gives the browser the cookie of a new session.
pub(super) fn with_session(app: &App, token: &Secret, mut response: Response) -> Response {
    let cookie = app.cookies().set_session(token, app.session_lifetime_ms() / 1_000);
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

pub(super) async fn sign_out(State(app): State<App>, extensions: Extensions) -> Result<Response, Trouble> {
    let session = extensions.get::<Identity>().and_then(|identity| identity.session.as_ref());
    if let Some(session) = session {
        sign_in::end(&app, &session.token_hash).await?;
    }
    let mut response = see_other("/login?signed_out=1").into_response();
    response.headers_mut().append(SET_COOKIE, app.cookies().clear_session());
    Ok(response)
}
