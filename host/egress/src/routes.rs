//! Where the operator sends a host's requests instead: to a simulator, a gateway, a test server.

use std::collections::BTreeMap;
use std::fmt;

use url::Url;

const ANY_HOST: &str = "*";
const HOST: &str = "{host}";

/// A map from host name (or `*`) to the base URL that stands for it.
///
/// With `*` = `http://127.0.0.1:9100/{host}`, `https://example.com/a?b` becomes
/// `http://127.0.0.1:9100/example.com/a?b`.
#[derive(Clone, Default)]
pub struct Routes {
    bases: BTreeMap<String, String>,
}

/// A route that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the route for {host:?} must be an http or https URL without query, user or fragment")]
pub struct RouteError {
    host: String,
}

impl Routes {
    /// Checks the templates, so that no request can fail for a bad one.
    pub fn new(templates: impl IntoIterator<Item = (String, String)>) -> Result<Self, RouteError> {
        let mut bases = BTreeMap::new();
        for (host, template) in templates {
            let host = host.to_ascii_lowercase();
            let example = Url::parse(&template.replace(HOST, "example.com"));
            if !example.is_ok_and(|url| is_base(&url)) {
                return Err(RouteError { host });
            }
            bases.insert(host, template.trim_end_matches('/').to_owned());
        }
        Ok(Self { bases })
    }

    /// The URL to use in place of `url`; the same one if its host has no route.
    #[must_use]
    pub fn rewrite(&self, url: &Url) -> Url {
        self.route(url).unwrap_or_else(|| url.clone())
    }

    /// Every URL that may be used in place of one whose host may begin with `*.`, for any name there.
    #[must_use]
    pub fn rewrite_any(&self, url: &Url) -> Vec<Url> {
        let behind = url.host_str().and_then(|host| host.strip_prefix('*'));
        let hosts = self.bases.keys().filter(|host| behind.is_some_and(|behind| host.ends_with(behind)));
        let routed = hosts.filter_map(|host| {
            let mut exact = url.clone();
            exact.set_host(Some(host)).ok()?;
            self.route(&exact)
        });
        std::iter::once(self.rewrite(url)).chain(routed).collect()
    }

    /// The URL to use in place of `url`, if the operator routed its host.
    pub(crate) fn route(&self, url: &Url) -> Option<Url> {
        let host = url.host_str()?;
        let base = self.bases.get(host).or_else(|| self.bases.get(ANY_HOST))?;
        let mut routed = Url::parse(&format!("{}{}", base.replace(HOST, host), url.path())).ok()?;
        routed.set_query(url.query());
        Some(routed)
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.bases).finish()
    }
}

fn is_base(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(host: &str, template: &str, url: &str) -> String {
        let routes = Routes::new([(host.to_owned(), template.to_owned())]).unwrap();
        routes.rewrite(&url.parse().unwrap()).to_string()
    }

    #[test]
    fn any_name_may_have_a_route_of_its_own() {
        let routes = Routes::new([("acme.shop.example".to_owned(), "http://127.0.0.1:9100".to_owned())]).unwrap();
        let any = |url: &str| routes.rewrite_any(&url.parse().unwrap()).iter().map(Url::to_string).collect::<Vec<_>>();
        assert_eq!(any("https://*.shop.example/a"), ["https://*.shop.example/a", "http://127.0.0.1:9100/a"]);
        assert_eq!(any("https://acme.shop.example/a"), ["http://127.0.0.1:9100/a"]);
        assert_eq!(any("https://*.other.example/a"), ["https://*.other.example/a"]);
    }

    #[test]
    fn a_route_keeps_path_and_query_and_names_the_real_host() {
        let any = "http://127.0.0.1:9100/{host}";
        let google = "https://accounts.google.com/o/oauth2/v2/auth?x=1";
        let routed = "http://127.0.0.1:9100/accounts.google.com/o/oauth2/v2/auth?x=1";
        assert_eq!(rewritten("*", any, google), routed);
        assert_eq!(rewritten("*", "http://127.0.0.1:9100/{host}/", google), routed);
        assert_eq!(rewritten("accounts.google.com", any, google), routed);
        assert_eq!(rewritten("Accounts.Google.COM", any, google), routed);
        assert_eq!(rewritten("google.com", any, google), google);
        assert_eq!(rewritten("*", "https://gateway.test", google), "https://gateway.test/o/oauth2/v2/auth?x=1");
    }

    #[test]
    fn the_host_s_own_route_wins_over_the_general_one() {
        let templates = [("*", "http://127.0.0.1:1"), ("example.com", "http://127.0.0.1:2")];
        let routes = Routes::new(templates.map(|(host, base)| (host.to_owned(), base.to_owned()))).unwrap();
        assert_eq!(routes.rewrite(&"https://example.com/".parse().unwrap()).port(), Some(2));
        assert_eq!(routes.rewrite(&"https://example.org/".parse().unwrap()).port(), Some(1));
    }

    #[test]
    fn unusable_templates_are_refused() {
        for template in ["", "127.0.0.1", "file:///etc", "http://h/?q=1", "http://u:p@h", "http://h/#f", "http://"] {
            assert!(Routes::new([("*".to_owned(), template.to_owned())]).is_err(), "{template}");
        }
    }
}
