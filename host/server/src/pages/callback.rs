//! Where the provider sends the browser back to.
//!
//! It changes something although it is a GET: OAuth has it so. What stands in for the missing token
//! against forgery is the state, which is bound to the session that began.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{Extensions, StatusCode};
use relink_core::id::WorkspaceId;
use relink_core::reason::{Diagnosis, Reason};
use relink_engine::{CallbackError, Completed};
use relink_store::reconnections::{self, Reconnection as Attempt};
use relink_store::token::token_hash;
use relink_store::{authorizations, users};

use crate::app::App;
use crate::auth::{Identity, SessionRef};
use crate::pages::flash::{self, banner};
use crate::ui;
use crate::ui::views::provider::Provider;
use crate::ui::views::reconnection::{Ending, Reconnection, Retry};
use crate::ui::views::shell::{Banner, Tone};
use crate::ui::when::When;
use crate::web::return_to::ReturnTo;
use crate::web::trouble::Trouble;

pub(super) async fn callback(
    State(app): State<App>,
    Path((workspace_id, plugin_id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    extensions: Extensions,
) -> Result<Response, Trouble> {
    let workspace_id: WorkspaceId = workspace_id.parse().map_err(|_| Trouble::not_found())?;
    let session = extensions.get::<Identity>().and_then(|identity| identity.session.clone());
    let session_hash = session.as_ref().map(|session| session.token_hash.as_slice());
    let query = query.unwrap_or_default();
    let completed = app.engine().complete(&workspace_id, &plugin_id, &query, session_hash).await;
    let provider = provider(&app, &plugin_id);
    let attempt = find_attempt(&app, &query, session.as_ref()).await?;
    Ok(match completed {
        Ok(completed) => went_well(&app, &provider, &completed, attempt.as_ref()),
        Err(error) => {
            let ending = match healed_meanwhile(&app, &error, attempt.as_ref()).await? {
                Some(healed) => healed,
                None => ending(&error),
            };
            went_wrong(&app, provider, (&error, ending), attempt.as_ref(), session.as_ref())
        }
    })
}

/// What an attempt that came to nothing was about may work again: a colleague was quicker, or the
/// person went back to a page that had already done its work.
async fn healed_meanwhile(
    app: &App,
    error: &CallbackError,
    attempt: Option<&Attempt>,
) -> Result<Option<Ending>, Trouble> {
    let came_to_nothing =
        matches!(error, CallbackError::Expired | CallbackError::AlreadyUsed | CallbackError::Declined { .. });
    let Some(attempt) = attempt.filter(|_| came_to_nothing) else { return Ok(None) };
    let Some(id) = &attempt.authorization_id else { return Ok(None) };
    let db = app.engine().db();
    let found = authorizations::find(db, &attempt.workspace_id, id).await?;
    let works = found.filter(|found| found.incident_id.is_none() && found.authorized_at >= attempt.created_at);
    let Some(authorization) = works else { return Ok(None) };
    let by = match &authorization.authorized_by {
        Some(id) => users::find(db, &attempt.workspace_id, id).await?.map(|user| user.name),
        None => None,
    };
    Ok(Some(Ending::AlreadyHealed { by, at: When::at(authorization.authorized_at, app.engine().now()) }))
}

/// The attempt of the state, told only to the session that began it.
async fn find_attempt(app: &App, query: &str, session: Option<&SessionRef>) -> Result<Option<Attempt>, Trouble> {
    let state = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state");
    let (Some((_, state)), Some(session)) = (state, session) else { return Ok(None) };
    let found = reconnections::find_by_state(app.engine().db(), &token_hash(&state)).await?;
    Ok(found.filter(|attempt| attempt.session_hash == session.token_hash))
}

fn provider(app: &App, plugin_id: &str) -> Provider {
    match app.engine().registry().get(plugin_id) {
        Some(plugin) => Provider::new(plugin_id, plugin.descriptor().display_name.clone()),
        None => Provider::new("", "The provider"),
    }
}

/// A new sign-in goes on to its accounts; a repaired one goes back to where it was asked for, where
/// a page of a connection shows the result in full.
fn went_well(app: &App, provider: &Provider, completed: &Completed, attempt: Option<&Attempt>) -> Response {
    if completed.is_new {
        let client = completed.client_id.as_ref().map(|id| format!("?client={id}")).unwrap_or_default();
        return Redirect::to(&format!("/connect/{}/accounts{client}", completed.authorization_id)).into_response();
    }
    let return_to = ReturnTo::or(Some(&completed.return_to), "/data-sources");
    let path = return_to.as_str().split(['?', '#']).next().unwrap_or_default();
    let attempt = attempt.map(|attempt| format!("?reconnection={}", attempt.id)).unwrap_or_default();
    let target = match completed.not_healed.first() {
        _ if path.starts_with("/connections/") => format!("{path}{attempt}"),
        Some(unhealed) => format!("/connections/{}{attempt}", unhealed.connection_id),
        None => return_to.as_str().to_owned(),
    };
    let mut response = Redirect::to(&target).into_response();
    let (name, value) = flash::leave(app.cookies(), &success(provider, completed));
    response.headers_mut().append(name, value);
    response
}

fn success(provider: &Provider, completed: &Completed) -> Banner {
    let (healed, unhealed) = (completed.healed.len(), completed.not_healed.len());
    let sources = |count: usize| match count {
        1 => "1 data source is".to_owned(),
        count => format!("{count} data sources are"),
    };
    match (healed, unhealed) {
        (0, 0) => banner(Tone::Ok, format!("{} reconnected.", provider.name), "The sign-in works."),
        (healed, 0) => banner(
            Tone::Ok,
            format!("{} reconnected.", provider.name),
            format!("{} running again. Missing days are being filled in now.", sources(healed)),
        ),
        (0, unhealed) => banner(
            Tone::Warn,
            format!("Signed in to {}.", provider.name),
            format!("{} still out of reach of this login.", sources(unhealed)),
        ),
        (healed, unhealed) => banner(
            Tone::Warn,
            format!("{} reconnected in part.", provider.name),
            format!("{} running again, {unhealed} not yet.", sources(healed)),
        ),
    }
}

fn went_wrong(
    app: &App,
    provider: Provider,
    (error, ending): (&CallbackError, Ending),
    attempt: Option<&Attempt>,
    session: Option<&SessionRef>,
) -> Response {
    let back_to = ReturnTo::or(error.return_to(), "/data-sources").as_str().to_owned();
    let authorization_id = attempt.and_then(|attempt| attempt.authorization_id.as_ref());
    let retry = session.zip(authorization_id).map(|(session, id)| Retry {
        csrf: session.csrf.clone(),
        authorization_id: id.to_string(),
        return_to: back_to.clone(),
    });
    let status = match ending {
        Ending::Cancelled | Ending::AlreadyHealed { .. } => StatusCode::OK,
        _ => StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST),
    };
    let page = Reconnection {
        provider,
        ending,
        retry,
        back_to,
        support_url: app.support_url().to_owned(),
        attempt_id: attempt.map(|attempt| attempt.id.to_string()),
    };
    ui::respond_with(status, &page)
}

fn ending(error: &CallbackError) -> Ending {
    match error {
        CallbackError::NoState | CallbackError::Ambiguous | CallbackError::UnknownState => Ending::UnknownLink,
        CallbackError::Expired => Ending::TooLate,
        CallbackError::AlreadyUsed => Ending::AlreadyUsed,
        CallbackError::ForeignSession => Ending::OtherSession,
        CallbackError::ForeignIssuer { .. } => Ending::ForeignIssuer { message: error.message() },
        CallbackError::Declined { .. } => Ending::Cancelled,
        CallbackError::ProviderRefused { diagnosis, .. } => refused(diagnosis),
        CallbackError::WrongAccount { expected, got, .. } => {
            Ending::WrongAccount { expected: expected.clone(), got: got.clone() }
        }
        CallbackError::UnknownAccount { .. } => {
            Ending::ProviderError { message: error.message(), code: error.code().to_owned() }
        }
        CallbackError::MissingScopes { labels, .. } => Ending::MissingPermission { boxes: labels.clone() },
        CallbackError::Host { .. } | CallbackError::Store(_) => {
            tracing::error!(error = %crate::web::trouble::with_causes(error), "a reconnection failed on our side");
            Ending::ProviderError { message: error.message(), code: error.code().to_owned() }
        }
    }
}

fn refused(diagnosis: &Diagnosis) -> Ending {
    match diagnosis.reason {
        Reason::InsufficientPrivileges => Ending::StillNoAccess { message: diagnosis.message.clone() },
        Reason::ProviderOutage | Reason::RateLimited => Ending::ProviderUnreachable,
        _ => Ending::ProviderError { message: diagnosis.message.clone(), code: diagnosis.code.clone() },
    }
}
