//! Saying how a provider speaks OAuth 2: RFC 6749, and where it deviates.

use crate::auth::fields;
use crate::{BodyFormat, KeptFrom, KeptValue, Oauth2, Refresh, Rotation, Scope, TokenAuth};

impl Oauth2 {
    /// RFC 6749 as written: PKCE, the client in the body of a form, no refresh token.
    pub fn new(authorize_url: &str, token_url: &str) -> Self {
        Self {
            authorize_url: authorize_url.to_owned(),
            token_url: token_url.to_owned(),
            revoke_url: None,
            scopes: Vec::new(),
            scope_separator: " ".to_owned(),
            pkce: true,
            token_auth: TokenAuth::Body,
            token_body: BodyFormat::Form,
            param_names: Vec::new(),
            authorize_params: Vec::new(),
            reconnect_params: Vec::new(),
            login_hint_param: None,
            token_params: Vec::new(),
            refresh_params: Vec::new(),
            refresh: Refresh::None,
            token_pointers: Vec::new(),
            keep: Vec::new(),
            assumed_lifetime_s: None,
            reauthorize_days: None,
            issuer: None,
        }
    }

    /// A scope without which the plugin cannot work, and what it allows, in words for a person.
    pub fn scope(self, name: &str, label: &str) -> Self {
        self.with_scope(name, label, true)
    }

    /// A scope without which the plugin works, but gives less.
    pub fn optional_scope(self, name: &str, label: &str) -> Self {
        self.with_scope(name, label, false)
    }

    fn with_scope(mut self, name: &str, label: &str, required: bool) -> Self {
        self.scopes.push(Scope { name: name.to_owned(), label: label.to_owned(), required });
        self
    }

    /// What stands between two scopes, if that is no space.
    pub fn scope_separator(mut self, separator: &str) -> Self {
        separator.clone_into(&mut self.scope_separator);
        self
    }

    /// Where tokens are revoked (RFC 7009).
    pub fn revoked_at(mut self, url: &str) -> Self {
        self.revoke_url = Some(url.to_owned());
        self
    }

    /// There is a refresh token, and this becomes of the old one when it is used.
    pub fn refreshed(mut self, rotation: Rotation) -> Self {
        self.refresh = Refresh::RefreshToken(rotation);
        self
    }

    /// There is no refresh token; a living access token is exchanged for a longer one.
    pub fn extended(mut self) -> Self {
        self.refresh = Refresh::ExtendAccessToken;
        self
    }

    /// The provider refuses PKCE.
    pub fn without_pkce(mut self) -> Self {
        self.pkce = false;
        self
    }

    /// How the client proves itself at the token endpoint.
    pub fn token_auth(mut self, auth: TokenAuth) -> Self {
        self.token_auth = auth;
        self
    }

    /// The token endpoint wants JSON.
    pub fn json_token_body(mut self) -> Self {
        self.token_body = BodyFormat::Json;
        self
    }

    /// Parameters of the authorize address, each time.
    pub fn authorize_params(mut self, params: &[(&str, &str)]) -> Self {
        self.authorize_params = fields(params);
        self
    }

    /// Parameters of the authorize address in addition, when an authorization is renewed.
    pub fn reconnect_params(mut self, params: &[(&str, &str)]) -> Self {
        self.reconnect_params = fields(params);
        self
    }

    /// Parameters of the code exchange.
    pub fn token_params(mut self, params: &[(&str, &str)]) -> Self {
        self.token_params = fields(params);
        self
    }

    /// Parameters of the refresh.
    pub fn refresh_params(mut self, params: &[(&str, &str)]) -> Self {
        self.refresh_params = fields(params);
        self
    }

    /// The provider's names for parameters: `("client_id", "client_key")`.
    pub fn param_names(mut self, names: &[(&str, &str)]) -> Self {
        self.param_names = fields(names);
        self
    }

    /// Where the values of the token answer lie: `("access_token", "/data/token")`.
    pub fn token_pointers(mut self, pointers: &[(&str, &str)]) -> Self {
        self.token_pointers = fields(pointers);
        self
    }

    /// The parameter that preselects the account on the provider's page.
    pub fn login_hint(mut self, parameter: &str) -> Self {
        self.login_hint_param = Some(parameter.to_owned());
        self
    }

    /// A value of the callback or the token answer becomes a setting of the connection.
    pub fn keep(mut self, source: KeptFrom, name: &str, setting: &str) -> Self {
        self.keep.push(KeptValue { source, name: name.to_owned(), into_config: setting.to_owned() });
        self
    }

    /// The lifetime of the access token when the provider does not say it.
    pub fn assumed_lifetime_s(mut self, seconds: u64) -> Self {
        self.assumed_lifetime_s = Some(seconds);
        self
    }

    /// What the provider sends as `iss` when it sends the person back (RFC 9207).
    ///
    /// A person who comes back from another provider, or from nobody in particular, is refused: so name
    /// it only if the provider always sends it.
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.to_owned());
        self
    }

    /// After so many days a person must authorize again, whatever happens.
    pub fn reauthorize_days(mut self, days: u32) -> Self {
        self.reauthorize_days = Some(days);
        self
    }
}
