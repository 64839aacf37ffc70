//! The part of a descriptor that says how people authorize and where secrets are placed.
//!
//! The host will act on it with secrets in its hands, so nothing is left to trust: addresses lie
//! within the plugin's hosts, every placement names a declared secret, and no parameter can replace
//! one that protects the flow.

use std::borrow::Cow;

use relink_core::plugin::{AuthKind, AuthMethod, CredentialUse, Descriptor, Field, OAuth2, Place, Placement};
use url::Url;

use super::descriptor::{check_help_url, check_subset, distinct, features_in_words, quoted, refuse};
use super::hosts;
use crate::refusal::Refusal;
use crate::text;

/// Parameters that only the host sets, since they bind the answer to the person who asked, and those
/// that would replace them all (RFC 9101).
const HOST_PARAMS: [&str; 12] = [
    "state",
    "nonce",
    "redirect_uri",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "code_challenge",
    "code_challenge_method",
    "refresh_token",
    "request",
    "request_uri",
];

/// Headers that belong to the connection and not to a credential.
const CONNECTION_HEADERS: [&str; 5] = ["connection", "content-length", "host", "te", "transfer-encoding"];

const ACCESS_TOKEN: &str = "access_token";
const CLIENT_SECRET: &str = "client_secret";

pub(super) fn check(descriptor: &Descriptor, supported: &[String]) -> Result<(), Refusal> {
    if descriptor.auth.is_empty() {
        return Err(refuse("`auth` is empty", "at least one way to authorize", "declare an auth method"));
    }
    distinct("auth", descriptor.auth.iter().map(|method| method.id.as_str()))?;
    descriptor.auth.iter().try_for_each(|method| Check { method, descriptor, supported }.run())
}

struct Check<'a> {
    method: &'a AuthMethod,
    descriptor: &'a Descriptor,
    supported: &'a [String],
}

impl Check<'_> {
    fn run(&self) -> Result<(), Refusal> {
        self.check_secrets()?;
        match &self.method.kind {
            AuthKind::OAuth2Code(oauth2) => self.check_oauth2(oauth2)?,
            AuthKind::OAuth2ClientCredentials(oauth2) => {
                self.need("auth:oauth2-client-credentials")?;
                self.check_oauth2(oauth2)?;
            }
            AuthKind::OAuth1(oauth1) => {
                self.need("auth:oauth1")?;
                let urls = [&oauth1.request_url, &oauth1.authorize_url, &oauth1.access_url];
                urls.into_iter().try_for_each(|url| self.check_url("oauth1", url))?;
            }
            AuthKind::StaticSecret if self.method.user_secrets.iter().all(|slot| slot.optional) => {
                let found = format!("`{}` has no user secret that must be given", self.at());
                return Err(refuse(found, "the values that a person types", "declare them in `user-secrets`"));
            }
            AuthKind::StaticSecret => {}
        }
        distinct(&format!("{}.uses", self.at()), self.method.uses.iter().map(|one| one.name.as_str()))?;
        self.method.uses.iter().try_for_each(|one| self.check_use(one))
    }

    fn at(&self) -> String {
        format!("auth[{}]", self.method.id)
    }

    fn check_secrets(&self) -> Result<(), Refusal> {
        let slots = || self.method.app_secrets.iter().chain(&self.method.user_secrets);
        distinct(&format!("{} secrets", self.at()), slots().map(|slot| slot.name.as_str()))?;
        for slot in slots() {
            check_help_url(&format!("{}.{}.help-url", self.at(), slot.name), slot.help_url.as_deref())?;
            if matches!(slot.name.as_str(), ACCESS_TOKEN | "refresh_token") {
                return Err(refuse(
                    format!("`{}` declares the secret {}", self.at(), quoted(&slot.name)),
                    "names other than those of the tokens that the host obtains",
                    "rename the secret",
                ));
            }
            if slot.public && slot.name == CLIENT_SECRET {
                return Err(refuse(
                    format!("`{}` makes {} public", self.at(), quoted(&slot.name)),
                    "public values that are no secret, such as a client id or an e-mail address",
                    "do not declare it as public: whoever has it can act in the name of the operator's app",
                ));
            }
            if slot.optional && matches!(slot.name.as_str(), "client_id" | CLIENT_SECRET) {
                return Err(refuse(
                    format!("`{}` makes {} optional", self.at(), quoted(&slot.name)),
                    "optional secrets only where requests of the plugin place them",
                    "declare it as needed, or not at all: the host itself sends it to the token endpoint",
                ));
            }
        }
        Ok(())
    }

    fn check_oauth2(&self, oauth2: &OAuth2) -> Result<(), Refusal> {
        let needs_browser = matches!(self.method.kind, AuthKind::OAuth2Code(_));
        if needs_browser {
            self.check_url("authorize-url", &oauth2.authorize_url)?;
        }
        self.check_url("token-url", &oauth2.token_url)?;
        oauth2.revoke_url.iter().try_for_each(|url| self.check_url("revoke-url", url))?;
        distinct(&format!("{}.scopes", self.at()), oauth2.scopes.iter().map(|scope| scope.name.as_str()))?;
        self.check_issuer(oauth2.issuer.as_deref())?;
        self.check_names(oauth2)?;
        for params in [&oauth2.authorize_params, &oauth2.reconnect_params, &oauth2.token_params, &oauth2.refresh_params]
        {
            self.check_params(oauth2, params)?;
        }
        match oauth2.token_pointers.iter().find(|pointer| !is_pointer(&pointer.value)) {
            None => Ok(()),
            Some(pointer) => Err(refuse(
                format!("`{}.token-pointers` has {}", self.at(), quoted(&pointer.value)),
                "JSON pointers (RFC 6901), which start with \"/\"",
                "write it like \"/data/access_token\"",
            )),
        }
    }

    /// It is compared and never visited, so it may lie anywhere; but RFC 9207 says how it looks, and one
    /// that no provider can send would refuse every sign-in.
    fn check_issuer(&self, issuer: Option<&str>) -> Result<(), Refusal> {
        let is_issuer = |issuer: &str| hosts::is_help_url(issuer) && !issuer.contains(['?', '#']);
        match issuer.filter(|issuer| !is_issuer(issuer)) {
            None => Ok(()),
            Some(issuer) => Err(refuse(
                format!("`{}.issuer` is {}", self.at(), quoted(issuer)),
                "an https URL without query and fragment (RFC 9207)",
                "copy `issuer` of the provider's metadata (RFC 8414)",
            )),
        }
    }

    /// The host adds its own parameters to the same request, and of two values of one name some
    /// providers take the first and others the last.
    fn check_names(&self, oauth2: &OAuth2) -> Result<(), Refusal> {
        let urls = [Some(&oauth2.authorize_url), Some(&oauth2.token_url), oauth2.revoke_url.as_ref()];
        let addresses = urls.into_iter().flatten().filter_map(|url| self.addresses(url).ok()).flatten();
        let urls: Vec<_> = addresses.filter_map(|url| Url::parse(&url).ok()).collect();
        let in_urls = urls.iter().flat_map(Url::query_pairs).map(|(name, _)| name);
        let others = oauth2.param_names.iter().filter(|renamed| !HOST_PARAMS.contains(&renamed.name.as_str()));
        let renamed = others.map(|renamed| &renamed.value).chain(&oauth2.login_hint_param);
        let mut names = in_urls.chain(renamed.map(|name| Cow::Borrowed(name.as_str())));
        match names.find(|name| is_hosts_own(oauth2, name)) {
            None => Ok(()),
            Some(name) => Err(refuse(
                format!("`{}` gives the name {} to a parameter of its own", self.at(), quoted(&name)),
                format!("URLs, `param-names` and `login-hint-param` without {}", HOST_PARAMS.join(", ")),
                "remove it: the host sets it itself",
            )),
        }
    }

    fn check_params(&self, oauth2: &OAuth2, params: &[Field]) -> Result<(), Refusal> {
        let is_clean = |param: &Field| text::is_clean(&param.name, 100) && text::is_clean(&param.value, 2_000);
        match params.iter().find(|param| is_hosts_own(oauth2, &param.name) || !is_clean(param)) {
            None => Ok(()),
            Some(param) => Err(refuse(
                format!("`{}` sets the parameter {}", self.at(), quoted(&param.name)),
                format!("visible names and values, and none of the host's own parameters: {}", HOST_PARAMS.join(", ")),
                "remove it; where the provider calls one of these by another name, use `param-names`",
            )),
        }
    }

    fn check_use(&self, one: &CredentialUse) -> Result<(), Refusal> {
        let at = format!("{}.uses[{}]", self.at(), one.name);
        check_subset(&format!("{at}.hosts"), &one.hosts, &self.descriptor.hosts)?;
        if let Some(signer) = &one.signer {
            self.need(&format!("signer:{}", signer.name))?;
        }
        one.placements.iter().try_for_each(|placement| self.check_placement(&at, placement))
    }

    fn check_placement(&self, at: &str, placement: &Placement) -> Result<(), Refusal> {
        let mut slots = self.method.app_secrets.iter().chain(&self.method.user_secrets);
        let has_token = !matches!(self.method.kind, AuthKind::StaticSecret);
        let is_declared =
            (has_token && placement.secret == ACCESS_TOKEN) || slots.any(|slot| slot.name == placement.secret);
        if !is_declared {
            return Err(refuse(
                format!("`{at}` places the secret {}, which is not declared", quoted(&placement.secret)),
                "\"access_token\" of an OAuth method, or a declared app secret or user secret",
                "declare the secret in the same auth method, or correct the name",
            ));
        }
        let is_placeable = match placement.place {
            Place::Header => is_header(&placement.name),
            Place::Query | Place::FormField => !placement.name.is_empty() && text::is_clean(&placement.name, 100),
            Place::JsonPointer => is_pointer(&placement.name),
            Place::BasicUser | Place::BasicPassword => true,
        };
        if is_placeable && text::is_clean(&placement.prefix, 200) && text::is_clean(&placement.suffix, 200) {
            return Ok(());
        }
        Err(refuse(
            format!("`{at}` places a secret at {}", quoted(&placement.name)),
            "a header of the request itself, a parameter name or a JSON pointer, and visible prefix and suffix",
            "correct the placement",
        ))
    }

    fn check_url(&self, field: &str, url: &str) -> Result<(), Refusal> {
        let hosts = &self.descriptor.hosts;
        let leads_to_hosts = |addresses: Vec<String>| {
            addresses.iter().try_for_each(|address| hosts::check_url(address, hosts).map_err(str::to_owned))
        };
        self.addresses(url).and_then(leads_to_hosts).map_err(|wrong| {
            refuse(
                format!("`{}.{field}` is {}: {wrong}", self.at(), quoted(url)),
                "an https URL on one of the descriptor's `hosts`, whatever settings stand in it",
                "correct the URL, or add its host to `hosts` so that the operator sees it",
            )
        })
    }

    /// Everywhere that a URL can lead, with one label for what people type at will.
    fn addresses(&self, url: &str) -> Result<Vec<String>, String> {
        self.descriptor.addresses(url, "x")
    }

    /// Demands that a feature beyond the contract's core is declared by the plugin and present here.
    fn need(&self, feature: &str) -> Result<(), Refusal> {
        let is_supported = self.supported.iter().any(|one| one == feature);
        let is_declared = self.descriptor.requires.iter().any(|one| one == feature);
        if is_supported && is_declared {
            return Ok(());
        }
        let (found, fix) = if is_supported {
            ("which `requires` does not name", "add it to `requires`")
        } else {
            ("which this host does not have", "update the host, or offer another auth method")
        };
        Err(refuse(
            format!("`{}` needs the feature {}, {found}", self.at(), quoted(feature)),
            features_in_words(self.supported),
            fix,
        ))
    }
}

/// Whether the host sets this parameter, under its name in the standard or the provider's.
fn is_hosts_own(oauth2: &OAuth2, name: &str) -> bool {
    let is = |own: &str| own.eq_ignore_ascii_case(name);
    HOST_PARAMS.iter().any(|own| is(own) || is(oauth2.param_name(own)))
}

pub(super) fn is_header(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let belongs_to_connection = CONNECTION_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name));
    !name.is_empty() && name.len() <= 100 && name.bytes().all(is_token) && !belongs_to_connection
}

fn is_pointer(pointer: &str) -> bool {
    pointer.starts_with('/') && text::is_clean(pointer, 200)
}
