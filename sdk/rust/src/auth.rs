//! Saying how people authorize, and where the host puts the credential.

use crate::request::DEFAULT_CREDENTIAL;
use crate::{AuthKind, AuthMethod, CredentialUse, Field, Oauth2, Place, Placement, SecretSlot, Signer};

impl AuthMethod {
    /// An OAuth 2 code grant, with the token as `Authorization: Bearer`.
    ///
    /// ```
    /// use relink_sdk::{AuthMethod, Oauth2, Rotation};
    ///
    /// let oauth = Oauth2::new("https://acme.example/authorize", "https://acme.example/token")
    ///     .scope("reports.read", "See your reports")
    ///     .refreshed(Rotation::StaysValid)
    ///     .login_hint("login_hint");
    /// let method = AuthMethod::oauth2(oauth);
    /// assert_eq!(method.app_secrets[1].name, "client_secret");
    /// ```
    pub fn oauth2(oauth: Oauth2) -> Self {
        Self {
            id: "oauth".to_owned(),
            label: "Log in".to_owned(),
            kind: AuthKind::Oauth2Code(oauth),
            app_secrets: vec![
                SecretSlot::new("client_id", "Client ID").public(),
                SecretSlot::new("client_secret", "Client secret"),
            ],
            user_secrets: Vec::new(),
            uses: vec![CredentialUse::bearer("access_token")],
        }
    }

    /// A key that a person types, sent as `Authorization: Bearer`.
    ///
    /// ```
    /// let method = relink_sdk::AuthMethod::bearer_key("https://acme.example/help/keys");
    /// assert_eq!(method.user_secrets[0].name, "api_key");
    /// ```
    pub fn bearer_key(help_url: &str) -> Self {
        Self::secrets([SecretSlot::new("api_key", "API key").help(help_url)]).used(CredentialUse::bearer("api_key"))
    }

    /// Secrets that a person types; [`AuthMethod::used`] says where they go.
    ///
    /// ```
    /// use relink_sdk::{AuthMethod, CredentialUse, Place, SecretSlot};
    ///
    /// let method = AuthMethod::secrets([
    ///     SecretSlot::new("email", "E-mail address").public(),
    ///     SecretSlot::new("api_key", "API key"),
    /// ])
    /// .used(
    ///     CredentialUse::new("default")
    ///         .header("x-user", "email")
    ///         .header("x-key", "api_key"),
    /// );
    /// assert_eq!(method.uses[0].placements.len(), 2);
    /// ```
    pub fn secrets(slots: impl IntoIterator<Item = SecretSlot>) -> Self {
        Self {
            id: "api-key".to_owned(),
            label: "API key".to_owned(),
            kind: AuthKind::StaticSecret,
            app_secrets: Vec::new(),
            user_secrets: slots.into_iter().collect(),
            uses: Vec::new(),
        }
    }

    /// Renames the method, as is needed where there are two of a kind.
    pub fn named(mut self, id: &str, label: &str) -> Self {
        id.clone_into(&mut self.id);
        label.clone_into(&mut self.label);
        self
    }

    /// Adds a secret that the operator supplies once, such as a developer token.
    pub fn app_secret(mut self, slot: SecretSlot) -> Self {
        self.app_secrets.push(slot);
        self
    }

    /// Adds a way to use the secrets, in place of one of the same name.
    pub fn used(mut self, credential: CredentialUse) -> Self {
        self.uses.retain(|existing| existing.name != credential.name);
        self.uses.push(credential);
        self
    }
}

impl SecretSlot {
    /// A secret value.
    pub fn new(name: &str, label: &str) -> Self {
        Self { name: name.to_owned(), label: label.to_owned(), help_url: None, public: false, optional: false }
    }

    /// Says where the person finds the value.
    pub fn help(mut self, url: &str) -> Self {
        self.help_url = Some(url.to_owned());
        self
    }

    /// Says that the value is no secret and may be shown again.
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Says that nobody has to give the value. What would carry it is then left out of a request.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl CredentialUse {
    /// A use without placements; `"default"` is the one that requests take by themselves.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), placements: Vec::new(), signer: None, hosts: Vec::new() }
    }

    /// The default use: `Authorization: Bearer` and this secret.
    pub fn bearer(secret: &str) -> Self {
        Self::new(DEFAULT_CREDENTIAL).placed(secret, Place::Header, "authorization", "Bearer ")
    }

    /// Puts a secret into a header.
    pub fn header(self, name: &str, secret: &str) -> Self {
        self.placed(secret, Place::Header, name, "")
    }

    /// Puts a secret into a parameter of the query.
    pub fn query(self, name: &str, secret: &str) -> Self {
        self.placed(secret, Place::Query, name, "")
    }

    /// Puts two secrets into basic authentication.
    pub fn basic(self, user: &str, password: &str) -> Self {
        self.placed(user, Place::BasicUser, "", "").placed(password, Place::BasicPassword, "", "")
    }

    /// Puts a secret into basic authentication as the password, where the provider looks at no user.
    ///
    /// ```
    /// use relink_sdk::{CredentialUse, DEFAULT_CREDENTIAL, Place};
    ///
    /// let key = CredentialUse::new(DEFAULT_CREDENTIAL).basic_password("api_key");
    /// assert_eq!(key.placements[0].where_, Place::BasicPassword);
    /// ```
    pub fn basic_password(self, secret: &str) -> Self {
        self.placed(secret, Place::BasicPassword, "", "")
    }

    /// Puts a secret anywhere, behind a prefix.
    pub fn placed(mut self, secret: &str, place: Place, name: &str, prefix: &str) -> Self {
        self.placements.push(Placement {
            secret: secret.to_owned(),
            where_: place,
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            suffix: String::new(),
        });
        self
    }

    /// Signs the request with a signer of the host.
    pub fn signed(mut self, signer: &str, params: &[(&str, &str)]) -> Self {
        self.signer = Some(Signer { name: signer.to_owned(), params: fields(params) });
        self
    }

    /// Gives it to these hosts only.
    pub fn only_to<'a>(mut self, hosts: impl IntoIterator<Item = &'a str>) -> Self {
        self.hosts = hosts.into_iter().map(str::to_owned).collect();
        self
    }
}

pub(crate) fn fields(pairs: &[(&str, &str)]) -> Vec<Field> {
    let field = |(name, value): &(&str, &str)| Field { name: (*name).to_owned(), value: (*value).to_owned() };
    pairs.iter().map(field).collect()
}
