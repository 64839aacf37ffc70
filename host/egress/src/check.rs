//! What is wrong with a descriptor from the point of view of requests, told when the plugin is
//! installed.
//!
//! The same rules hold again for each request; this only says it early, and to the right person.

use std::fmt;

use relink_core::plugin::{AuthMethod, Descriptor, OAuth2, Request};
use url::Url;

use crate::hosts;
use crate::target::Target;

/// What descriptors may name in `requires` of all that is done here.
pub const FEATURES: &[&str] = &["auth:oauth2-client-credentials"];

/// One thing to put right in a descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptorProblem(String);

impl fmt::Display for DescriptorProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Finds everything that would make requests of this plugin be refused.
pub fn check_descriptor(descriptor: &Descriptor) -> Result<(), Vec<DescriptorProblem>> {
    let mut problems = Vec::new();
    check_hosts(&descriptor.hosts, "hosts", &mut problems);
    for budget in &descriptor.budgets {
        check_hosts(&budget.hosts, &format!("budget {:?}", budget.name), &mut problems);
        if budget.calls == 0 || budget.per_ms == 0 {
            problems.push(format!("budget {:?} allows no call at all", budget.name));
        }
    }
    for method in &descriptor.auth {
        check_uses(method, &mut problems);
        if let Some(oauth2) = method.oauth2() {
            check_urls(descriptor, oauth2, &method.id, &mut problems);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into_iter().map(DescriptorProblem).collect()) }
}

/// Whether a URL is https and its host one of this plugin's. An address in which people's settings stand has to be
/// asked about each time: when the plugin was installed, only an example of what they type was looked at.
pub fn is_within(descriptor: &Descriptor, url: &str) -> bool {
    Target::parse(url, &descriptor.hosts).is_ok()
}

/// Whether the request names a host and a credential of this plugin: one that another version asked for
/// may name what this version no longer has.
pub fn may_send(descriptor: &Descriptor, method: &AuthMethod, request: &Request) -> bool {
    is_within(descriptor, &request.url)
        && request.credential.as_deref().is_none_or(|name| method.credential_use(name).is_some())
}

fn check_hosts(patterns: &[String], place: &str, problems: &mut Vec<String>) {
    for pattern in patterns.iter().filter(|pattern| !hosts::is_acceptable(pattern)) {
        problems.push(format!("{place}: {pattern:?} is neither a host name nor \"*.\" before a registered domain"));
    }
}

fn check_uses(method: &AuthMethod, problems: &mut Vec<String>) {
    let is_declared = |secret: &str| {
        let mut slots = method.app_secrets.iter().chain(&method.user_secrets);
        (secret == "access_token" && method.oauth2().is_some()) || slots.any(|slot| slot.name == secret)
    };
    for credential_use in &method.uses {
        let place = format!("credential {:?} of {:?}", credential_use.name, method.id);
        check_hosts(&credential_use.hosts, &place, problems);
        for placement in credential_use.placements.iter().filter(|placement| !is_declared(&placement.secret)) {
            problems.push(format!("{place} uses the undeclared secret {:?}", placement.secret));
        }
        if let Some(signer) = &credential_use.signer {
            problems.push(format!("{place} needs the unknown signer {:?}", signer.name));
        }
    }
}

/// The token endpoint must be a host of the plugin: an honest consent page together with somebody
/// else's token endpoint is how authorization codes are stolen.
fn check_urls(descriptor: &Descriptor, oauth2: &OAuth2, method: &str, problems: &mut Vec<String>) {
    let addresses = |url: &str| descriptor.addresses(url, "x");
    let sent_to = [Some(("token-url", &oauth2.token_url)), oauth2.revoke_url.as_ref().map(|url| ("revoke-url", url))];
    for (field, url) in sent_to.into_iter().flatten() {
        let is_allowed = |address: &String| Target::parse(address, &descriptor.hosts).map_err(|failure| failure.detail);
        let outcome = addresses(url).and_then(|all| all.iter().try_for_each(|one| is_allowed(one).map(|_| ())));
        problems.extend(outcome.err().map(|problem| format!("{field} of {method:?}: {problem}")));
    }
    let is_https = |address: &String| Url::parse(address).is_ok_and(|url| url.scheme() == "https");
    if !addresses(&oauth2.authorize_url).is_ok_and(|all| all.iter().all(is_https)) {
        problems.push(format!("authorize-url of {method:?} is not an https URL"));
    }
}

#[cfg(test)]
mod tests;
