//! Puts secrets into a request, as the descriptor declared and the operator approved.
//!
//! A request names a use, never a secret, and there are no placeholders in text: data that came
//! from a provider can never turn into a credential.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use relink_core::plugin::{AuthMethod, CredentialUse, Place, Placement, TransportFailure};
use serde_json::Value;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::draft::Draft;
use crate::failure::blocked;
use crate::hosts;

const FORM: &str = "application/x-www-form-urlencoded";

/// Places every secret of `credential_use` but optional ones that nobody gave; refuses a host that may
/// not receive them.
pub(crate) fn place(
    draft: &mut Draft,
    method: &AuthMethod,
    credential_use: &CredentialUse,
    credentials: &Credentials,
) -> Result<(), TransportFailure> {
    if let Some(signer) = &credential_use.signer {
        return Err(blocked(format!("this host has no signer {:?}", signer.name)));
    }
    if !credential_use.hosts.is_empty() && !hosts::allows(&credential_use.hosts, &draft.host) {
        return Err(blocked(format!("credential {:?} may not go to {}", credential_use.name, draft.host)));
    }
    let mut basic = Basic::default();
    let is_left_out = |secret: &str| method.is_optional(secret) && credentials.get(secret).is_none();
    for placement in credential_use.placements.iter().filter(|placement| !is_left_out(&placement.secret)) {
        let secret = credentials.usable(&placement.secret)?;
        let value = Zeroizing::new(format!("{}{secret}{}", placement.prefix, placement.suffix));
        match placement.place {
            Place::Header => set_header(draft, placement, &value)?,
            Place::Query => add_to_query(draft, &placement.name, &value)?,
            Place::FormField => add_to_form(draft, &placement.name, &value)?,
            Place::JsonPointer => set_in_json(draft, &placement.name, &value)?,
            Place::BasicUser => basic.user = Some(value),
            Place::BasicPassword => basic.password = Some(value),
        }
    }
    basic.set(draft)
}

/// The value of an `Authorization: Basic` header.
pub(crate) fn basic_authorization(user: &str, password: &str) -> HeaderValue {
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let encoded = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&encoded).expect("base64 has no characters that a header forbids");
    value.set_sensitive(true);
    value
}

/// User and password come from two placements and become one header.
#[derive(Default)]
struct Basic {
    user: Option<Zeroizing<String>>,
    password: Option<Zeroizing<String>>,
}

impl Basic {
    fn set(self, draft: &mut Draft) -> Result<(), TransportFailure> {
        if self.user.is_none() && self.password.is_none() {
            return Ok(());
        }
        let user = self.user.unwrap_or_default();
        let password = self.password.unwrap_or_default();
        if user.contains(':') {
            return Err(blocked("the user name of basic authentication has a colon"));
        }
        draft.headers.insert(AUTHORIZATION, basic_authorization(&user, &password));
        Ok(())
    }
}

fn set_header(draft: &mut Draft, placement: &Placement, value: &str) -> Result<(), TransportFailure> {
    let name = HeaderName::from_bytes(placement.name.as_bytes())
        .map_err(|_| blocked(format!("credential header {:?} has no valid name", placement.name)))?;
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| blocked(format!("credential header {name:?} has a forbidden character")))?;
    value.set_sensitive(true);
    draft.headers.insert(name, value);
    Ok(())
}

fn add_to_query(draft: &mut Draft, name: &str, value: &str) -> Result<(), TransportFailure> {
    if draft.url.query_pairs().any(|(taken, _)| taken == name) {
        return Err(blocked(format!("the URL already has the credential's parameter {name:?}")));
    }
    draft.url.query_pairs_mut().append_pair(name, value);
    Ok(())
}

fn add_to_form(draft: &mut Draft, name: &str, value: &str) -> Result<(), TransportFailure> {
    let body = draft.body.take().unwrap_or_default();
    if body.is_empty() {
        draft.headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
    } else if !draft.has_content_type(FORM) {
        return Err(blocked("the credential goes into a form, but the body is none"));
    }
    if form_urlencoded::parse(&body).any(|(taken, _)| taken == name) {
        return Err(blocked(format!("the form already has the credential's field {name:?}")));
    }
    let text = String::from_utf8(body).map_err(|_| blocked("the form is not text"))?;
    draft.body = Some(form_urlencoded::Serializer::new(text).append_pair(name, value).finish().into_bytes());
    Ok(())
}

/// The parent of the value must exist, so that the plugin decides the shape and the host only the
/// value.
fn set_in_json(draft: &mut Draft, pointer: &str, value: &str) -> Result<(), TransportFailure> {
    let body = draft.body.as_deref().unwrap_or(b"{}");
    let mut document: Value =
        serde_json::from_slice(body).map_err(|_| blocked("the credential goes into JSON, but the body is none"))?;
    let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let Some(Value::Object(parent)) = document.pointer_mut(parent) else {
        return Err(blocked(format!("the body has no object for the credential at {pointer:?}")));
    };
    parent.insert(key.replace("~1", "/").replace("~0", "~"), Value::from(value));
    draft.body = Some(document.to_string().into_bytes());
    if !draft.headers.contains_key(CONTENT_TYPE) {
        draft.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(())
}
