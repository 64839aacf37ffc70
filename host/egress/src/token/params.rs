//! The parameters of a token request: those of the standard, under the provider's names, and the
//! descriptor's own.

use std::collections::BTreeMap;

use relink_core::plugin::{Field, OAuth2, TokenAuth, TransportFailure};
use relink_core::secret::Secret;
use serde_json::Value;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::{TokenGrant, TokenKind};
use crate::credentials::Credentials;

pub(super) type Text = Zeroizing<String>;

/// Parameters in the order in which they are sent. They hold secrets, so they are wiped and have no
/// Debug.
pub(super) struct Params {
    fields: Vec<(String, Text)>,
    /// What the grant itself brought: the code, the verifier, the old token.
    handed_in: BTreeMap<&'static str, Text>,
}

impl Params {
    pub(super) fn of_grant(oauth2: &OAuth2, grant: &TokenGrant, app: &Credentials) -> Result<Self, TransportFailure> {
        let mut params = Self { fields: Vec::new(), handed_in: BTreeMap::new() };
        let extra = match grant {
            TokenGrant::AuthorizationCode { code, redirect_uri, verifier } => {
                params.add(oauth2, "grant_type", "authorization_code");
                params.hand_in(oauth2, "code", code);
                params.add(oauth2, "redirect_uri", redirect_uri);
                if let Some(verifier) = verifier {
                    params.hand_in(oauth2, "code_verifier", verifier);
                }
                &oauth2.token_params
            }
            TokenGrant::RefreshToken { refresh_token } => {
                params.add(oauth2, "grant_type", "refresh_token");
                params.hand_in(oauth2, "refresh_token", refresh_token);
                &oauth2.refresh_params
            }
            TokenGrant::ExtendAccessToken { access_token } => {
                params.handed_in.insert("access_token", text(access_token));
                &oauth2.refresh_params
            }
            TokenGrant::ClientCredentials => {
                params.add(oauth2, "grant_type", "client_credentials");
                let scopes: Vec<_> = oauth2.scopes.iter().map(|scope| scope.name.as_str()).collect();
                if !scopes.is_empty() {
                    params.add(oauth2, "scope", &scopes.join(&oauth2.scope_separator));
                }
                &oauth2.token_params
            }
        };
        params.add_client(oauth2, app)?;
        for field in extra {
            params.override_with(field, app);
        }
        Ok(params)
    }

    pub(super) fn of_revocation(
        oauth2: &OAuth2,
        token: &Secret,
        kind: TokenKind,
        app: &Credentials,
    ) -> Result<Self, TransportFailure> {
        let mut params = Self { fields: Vec::new(), handed_in: BTreeMap::new() };
        params.hand_in(oauth2, "token", token);
        let hint = match kind {
            TokenKind::AccessToken => "access_token",
            TokenKind::RefreshToken => "refresh_token",
        };
        params.add(oauth2, "token_type_hint", hint);
        params.add_client(oauth2, app)?;
        Ok(params)
    }

    pub(super) fn to_form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.fields {
            form.append_pair(name, value);
        }
        form.finish()
    }

    pub(super) fn to_json(&self) -> String {
        let fields = self.fields.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        Value::Object(fields.collect()).to_string()
    }

    /// Everything that must not come back. The client id is in every authorize URL and no secret.
    pub(super) fn secrets(&self, app: &Credentials) -> Vec<Text> {
        let app = app.values().filter(|(name, _)| *name != "client_id");
        // Basic authentication sends base64 of the encoded value, which is not base64 of the value.
        let spellings = |value: &str| [value.to_owned(), form_encoded(value)].map(Zeroizing::new);
        let app = app.flat_map(|(_, value)| spellings(value));
        app.chain(self.handed_in.values().cloned()).collect()
    }

    fn add(&mut self, oauth2: &OAuth2, standard_name: &str, value: &str) {
        let name = oauth2.param_name(standard_name).to_owned();
        self.fields.push((name, Zeroizing::new(value.to_owned())));
    }

    fn hand_in(&mut self, oauth2: &OAuth2, standard_name: &'static str, secret: &Secret) {
        self.add(oauth2, standard_name, secret.expose());
        self.handed_in.insert(standard_name, text(secret));
    }

    fn add_client(&mut self, oauth2: &OAuth2, app: &Credentials) -> Result<(), TransportFailure> {
        if oauth2.token_auth != TokenAuth::Basic {
            self.add(oauth2, "client_id", app.usable("client_id")?);
        }
        if oauth2.token_auth == TokenAuth::Body {
            self.add(oauth2, "client_secret", app.usable("client_secret")?);
        }
        Ok(())
    }

    /// A declared parameter takes the place of a standard one of its name; an empty one removes it.
    fn override_with(&mut self, extra: &Field, app: &Credentials) {
        self.fields.retain(|(name, _)| *name != extra.name);
        if !extra.value.is_empty() {
            let value = self.filled_in(&extra.value, app);
            self.fields.push((extra.name.clone(), value));
        }
    }

    /// Replaces `{name}` by what the grant brought or the app has under this name. The template
    /// comes from the descriptor and what is filled in is not looked at again, so no answer can
    /// smuggle in a placeholder.
    fn filled_in(&self, template: &str, app: &Credentials) -> Text {
        let mut filled = Zeroizing::new(String::new());
        let mut rest = template;
        while let Some((before, opened)) = rest.split_once('{') {
            filled.push_str(before);
            let named = opened.split_once('}').and_then(|(name, after)| Some((self.lookup(name, app)?, after)));
            if let Some((value, after)) = named {
                filled.push_str(value);
                rest = after;
            } else {
                filled.push('{');
                rest = opened;
            }
        }
        filled.push_str(rest);
        filled
    }

    fn lookup<'a>(&'a self, name: &str, app: &'a Credentials) -> Option<&'a str> {
        let handed_in = self.handed_in.get(name).map(|value| value.as_str());
        handed_in.or_else(|| app.get(name).map(Secret::expose))
    }
}

/// RFC 6749 section 2.3.1 wants client id and secret form-encoded before they become a user and a
/// password.
pub(super) fn form_encoded(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

fn text(secret: &Secret) -> Text {
    Zeroizing::new(secret.expose().to_owned())
}
