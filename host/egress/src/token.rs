//! Asks a token endpoint for tokens, renews them and gives them back.
//!
//! Tokens leave this module only as [`Secret`]s in [`Tokens`]; the answer beside them is redacted
//! and may be shown to a plugin. Nothing here is sent twice: whether to ask again is for the caller
//! to know.

mod answer;
mod params;
mod unique_json;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use relink_core::plugin::{
    BodyFormat, Descriptor, Field, OAuth2, Response, TokenAuth, TransportFailure, TransportKind,
};
use relink_core::secret::Secret;
use tokio::time::Instant;
use tracing::debug;
use zeroize::Zeroizing;

use crate::body::{Body, Files};
use crate::credentials::Credentials;
use crate::draft::Draft;
use crate::failure::{SendError, failure as failed, too_large};
use crate::placement::basic_authorization;
use crate::redact::Redactor;
use crate::response_head;
use crate::send::{Egress, SHORT_WAIT, redacted};
use crate::target::Target;
use params::Params;

/// No honest token answer comes near this.
const MAX_TOKEN_ANSWER: usize = 256 << 10;

/// What is handed in at the token endpoint.
pub enum TokenGrant {
    /// RFC 6749 section 4.1.3.
    AuthorizationCode { code: Secret, redirect_uri: String, verifier: Option<Secret> },
    /// RFC 6749 section 6.
    RefreshToken { refresh_token: Secret },
    /// A living access token for a longer one. There is no standard: all parameters but the
    /// client's own come from the descriptor's `refresh-params`.
    ExtendAccessToken { access_token: Secret },
    /// RFC 6749 section 4.4.
    ClientCredentials,
}

/// Which token is to be revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    AccessToken,
    RefreshToken,
}

/// What a token endpoint said.
#[derive(Debug)]
pub struct TokenAnswer {
    /// Without secrets and with a shortened body, for the plugin to classify.
    pub response: Response,
    /// Only where the status says success and there is a usable access token.
    pub tokens: Option<Tokens>,
    /// Why an answer that says success gave no tokens.
    pub refusal: Option<TokenRefusal>,
}

/// What was lifted out of a token answer.
#[derive(Debug)]
pub struct Tokens {
    pub access_token: Secret,
    /// None where the old one stays.
    pub refresh_token: Option<Secret>,
    /// None where the provider did not say, or said something that is no lifetime.
    pub expires_in_s: Option<u64>,
    pub refresh_token_expires_in_s: Option<u64>,
    /// None means: those that were asked for (RFC 6749 section 5.1).
    pub scopes: Option<Vec<String>>,
    /// Values for the connection's settings, as the descriptor's `keep` names them. Never a secret.
    pub kept: Vec<Field>,
}

/// Why an answer is not taken for tokens although its status says success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    #[error("the answer is neither a JSON object nor a form")]
    Unreadable,
    #[error("the answer has two values of one name")]
    Ambiguous,
    #[error("the answer has no access token")]
    NoAccessToken,
    #[error("a token has a character that no token may have, or is too long")]
    MalformedToken,
    #[error("the token is of another type than bearer")]
    NotBearer,
}

impl Egress {
    /// Sends one token request. Dropping the future abandons it, so a refresh belongs on a task of
    /// its own.
    pub async fn token_request(
        &self,
        descriptor: &Descriptor,
        oauth2: &OAuth2,
        grant: &TokenGrant,
        app: &Credentials,
    ) -> Result<TokenAnswer, TransportFailure> {
        let params = Params::of_grant(oauth2, grant, app)?;
        let reply = self.ask(descriptor, oauth2, &oauth2.token_url, &params, app).await?;
        Ok(answer::read(reply.head, &reply.body, oauth2, &params.secrets(app)))
    }

    /// Gives a token back (RFC 7009); none if the provider has no way to.
    pub async fn revoke(
        &self,
        descriptor: &Descriptor,
        oauth2: &OAuth2,
        token: &Secret,
        kind: TokenKind,
        app: &Credentials,
    ) -> Result<Option<Response>, TransportFailure> {
        let Some(url) = &oauth2.revoke_url else {
            return Ok(None);
        };
        let params = Params::of_revocation(oauth2, token, kind, app)?;
        let reply = self.ask(descriptor, oauth2, url, &params, app).await?;
        Ok(Some(answer::read(reply.head, &reply.body, oauth2, &params.secrets(app)).response))
    }

    async fn ask(
        &self,
        descriptor: &Descriptor,
        oauth2: &OAuth2,
        url: &str,
        params: &Params,
        app: &Credentials,
    ) -> Result<Reply, TransportFailure> {
        let redactor = Redactor::new(params.secrets(app).iter().map(|secret| secret.as_str()));
        let draft = draft(oauth2, Target::parse(url, &descriptor.hosts)?, params, app)?;
        let entered = self.inner.token_slots.enter(&draft.host, SHORT_WAIT).await;
        let _slot = entered.map_err(|error| match error {
            SendError::Failed(failure) => failure,
            // As if there were no way there: the caller must know that nothing was sent.
            SendError::Throttled { .. } => {
                failed(TransportKind::Connect, "too many token requests to one host are under way")
            }
        })?;
        let asked = self.fetch(descriptor, draft, &redactor).await;
        asked.map_err(|failure| redacted(failure, &redactor))
    }

    async fn fetch(
        &self,
        descriptor: &Descriptor,
        draft: Draft,
        redactor: &Redactor,
    ) -> Result<Reply, TransportFailure> {
        let config = &self.inner.config;
        let (host, path) = (draft.host.clone(), draft.url.path().to_owned());
        let sent_at = Instant::now();
        let deadline = sent_at + config.total_timeout;
        let response = self.inner.clients.execute(draft, &config.routes, deadline).await?;
        let is_success = response.status().is_success();
        let head = response_head::read(&response, redactor)?;
        // The tokens must still be in the body when it is read, so it is redacted afterwards.
        let nothing = Redactor::new([]).stream();
        let mut body = Body::new(response, &host, Files::LeaveAlone, nothing, config.stall_timeout)?;
        let (body, is_all) = body.read_up_to(MAX_TOKEN_ANSWER, deadline).await?;
        if is_success && !is_all {
            return Err(too_large("the token answer is too large"));
        }
        let duration_ms = sent_at.elapsed().as_millis();
        debug!(
            plugin.id = descriptor.id,
            http.host = host,
            http.path = path,
            http.status = head.status,
            duration_ms,
            "token endpoint answered"
        );
        Ok(Reply { head, body: Zeroizing::new(body) })
    }
}

/// A token answer with the tokens still in it.
struct Reply {
    head: Response,
    body: Zeroizing<Vec<u8>>,
}

fn draft(oauth2: &OAuth2, target: Target, params: &Params, app: &Credentials) -> Result<Draft, TransportFailure> {
    let (content_type, body) = match oauth2.token_body {
        BodyFormat::Form => ("application/x-www-form-urlencoded", params.to_form()),
        BodyFormat::Json => ("application/json", params.to_json()),
    };
    let mut draft = Draft::new(Method::POST, target, Some(body.into_bytes()));
    draft.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    draft.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if oauth2.token_auth == TokenAuth::Basic {
        let user = params::form_encoded(app.usable("client_id")?);
        let password = params::form_encoded(app.usable("client_secret")?);
        draft.headers.insert(AUTHORIZATION, basic_authorization(&user, &password));
    }
    Ok(draft)
}
