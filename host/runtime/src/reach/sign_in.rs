//! How people sign in, in words.

use relink_core::plugin::{AuthKind, AuthMethod, OAuth2};

pub(super) fn addresses(method: &AuthMethod) -> Vec<String> {
    match &method.kind {
        AuthKind::OAuth2Code(oauth2) => vec![protected(oauth2), oauth2.token_url.clone()],
        AuthKind::OAuth2ClientCredentials(oauth2) => vec![oauth2.token_url.clone()],
        AuthKind::OAuth1(oauth1) => {
            vec![oauth1.request_url.clone(), oauth1.authorize_url.clone(), oauth1.access_url.clone()]
        }
        AuthKind::StaticSecret => Vec::new(),
    }
}

/// The address together with what protects the sign-in there, so that an update that drops a
/// protection says something else.
fn protected(oauth2: &OAuth2) -> String {
    let without_pkce = if oauth2.pkce { "" } else { ", without PKCE" };
    let issuer = oauth2.issuer.iter().map(|issuer| format!(", answered by {issuer}"));
    format!("{}{without_pkce}{}", oauth2.authorize_url, issuer.collect::<String>())
}

/// Providers have parameters of their own that widen what is asked for, so all of them count.
pub(super) fn permissions(method: &AuthMethod) -> Vec<String> {
    let Some(oauth2) = method.oauth2() else { return Vec::new() };
    let scopes = oauth2.scopes.iter().map(|scope| scope.name.clone());
    let parameters = [&oauth2.authorize_params, &oauth2.reconnect_params, &oauth2.token_params];
    let parameters = parameters.into_iter().flatten().map(|param| format!("{}={}", param.name, param.value));
    scopes.chain(parameters).collect()
}
