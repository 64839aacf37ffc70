//! The button "Reconnect": straight to the provider's own sign-in page.

use axum::response::Response;
use relink_core::id::AuthorizationId;
use relink_engine::ReconnectError;

use crate::pages::form::Fields;
use crate::pages::visit::Visit;
use crate::pages::{secrets, see_other};
use crate::web::trouble::Trouble;

pub(super) async fn begin(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let id: AuthorizationId = fields.get("authorization_id").parse().map_err(|_| Trouble::not_found())?;
    let return_to = fields.return_to("/data-sources");
    let session = &visit.session().token_hash;
    let begun = visit.app.engine().begin_reconnect(visit.person(), &id, session, return_to.as_str()).await?;
    Ok(see_other(begun.authorize_url.as_str()))
}

impl From<ReconnectError> for Trouble {
    fn from(error: ReconnectError) -> Self {
        match error {
            ReconnectError::NotFound => Self::not_found(),
            ReconnectError::NotAllowed => Self::forbidden("Your role does not include reconnecting this data source."),
            ReconnectError::Settings(settings) => secrets::unusable(&settings),
            ReconnectError::NotOAuth(provider) => {
                Self::conflict(format!("{provider} has no sign-in page: enter its key on the page of the data source."))
            }
            ReconnectError::MissingAppSecret { plugin, secret } => {
                tracing::warn!(plugin.name = plugin, secret.name = secret, "a reconnection could not begin");
                Self::conflict(format!(
                    "This server is not registered at {plugin} yet. Ask whoever runs it to complete the settings."
                ))
            }
            ReconnectError::Plugin(problem) => {
                tracing::error!(problem, "a reconnection could not begin");
                Self::unavailable("The plugin of this provider is not ready. Try again in a minute.")
            }
            ReconnectError::Host(problem) => {
                tracing::error!(problem, "a reconnection could not begin");
                Self::unavailable("Something went wrong on our side. Try again in a minute.")
            }
            ReconnectError::Store(error) => error.into(),
        }
    }
}
