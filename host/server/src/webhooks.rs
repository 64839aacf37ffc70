//! Where providers send messages by themselves. Neither a session nor a token counts here, only the proof
//! that the plugin declares; no other website has anything to gain.
//!
//! Whoever cannot prove a message learns nothing but that. Neither a body nor a query is logged.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use relink_core::id::WorkspaceId;
use relink_core::plugin::Proof;
use relink_egress::{HandshakeAnswer, Unproven};
use relink_engine::{Delivery, InboundError};

use crate::app::App;
use crate::auth::extract::ClientAddress;
use crate::web::trouble::Trouble;

/// The largest messages of providers, which collect them, have some hundred kilobytes.
const MESSAGE_BYTES: usize = 1024 * 1024;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/webhooks/{workspace_id}/{plugin_id}", get(handshake).post(receive))
        .layer(DefaultBodyLimit::max(MESSAGE_BYTES))
}

async fn receive(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path((workspace_id, plugin_id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Trouble> {
    let now = app.engine().now();
    app.limiter().try_message(address, now).map_err(|_| too_many())?;
    let workspace_id: WorkspaceId = workspace_id.parse().map_err(|_| Trouble::not_found())?;
    let query = query.unwrap_or_default();
    let delivery = Delivery { query: &query, headers: &headers, body: &body };
    app.engine().receive(&workspace_id, &plugin_id, delivery).await?;
    Ok(thanks(&app, &plugin_id))
}

/// For security event tokens that is 202 (RFC 8935 section 2.2); others insist on 200.
fn thanks(app: &App, plugin_id: &str) -> StatusCode {
    let plugin = app.engine().registry().get(plugin_id);
    match plugin.and_then(|plugin| plugin.descriptor().inbound.clone()).map(|inbound| inbound.proof) {
        Some(Proof::Jws(_)) => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    }
}

async fn handshake(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path((workspace_id, plugin_id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let now = app.engine().now();
    app.limiter().try_message(address, now).map_err(|_| too_many())?;
    let workspace_id: WorkspaceId = workspace_id.parse().map_err(|_| Trouble::not_found())?;
    let answer = app.engine().shake_hands(&workspace_id, &plugin_id, &query.unwrap_or_default()).await?;
    let (kind, text) = match answer {
        HandshakeAnswer::Text(text) => ("text/plain; charset=utf-8", text),
        HandshakeAnswer::Json(text) => ("application/json", text),
    };
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response())
}

fn too_many() -> Trouble {
    Trouble::new(StatusCode::TOO_MANY_REQUESTS, "Too many messages. Send them again a little later.")
}

impl From<InboundError> for Trouble {
    fn from(error: InboundError) -> Self {
        match error {
            InboundError::NotFound => Self::not_found(),
            InboundError::Unproven(Unproven::Refused(_)) => Self::forbidden("The message is not proven."),
            // A provider sends it again, and by then the operator may have done their part.
            InboundError::Unproven(Unproven::NotSetUp(_) | Unproven::NoKeys(_)) => {
                Self::unavailable("Messages cannot be proven at present.")
            }
            InboundError::Store(error) => error.into(),
            InboundError::Seal(error) => {
                tracing::error!(%error, "a message could not be sealed");
                Self::internal()
            }
        }
    }
}
