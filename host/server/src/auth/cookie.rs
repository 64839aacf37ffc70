//! The cookies of Relink: the session, and what the next page says about the last action.

use http::header::{COOKIE, HeaderMap, HeaderValue};
use relink_core::secret::Secret;
use url::Url;

/// Names and attributes of our cookies, by how browsers reach this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookies {
    is_https: bool,
}

impl Cookies {
    pub(crate) fn new(base_url: &Url) -> Self {
        Self { is_https: base_url.scheme() == "https" }
    }

    /// With `__Host-`, browsers take the cookie only over https, from this host, for all of it.
    pub(crate) const fn session_name(self) -> &'static str {
        if self.is_https { "__Host-relink" } else { "relink" }
    }

    pub(crate) fn session(self, headers: &HeaderMap) -> Option<Secret> {
        read(headers, self.session_name()).map(|token| Secret::new(token.to_owned()))
    }

    /// `Lax`, since the provider sends the browser back here and the session must come along.
    pub(crate) fn set_session(self, token: &Secret, lifetime_s: i64) -> HeaderValue {
        self.set(self.session_name(), token.expose(), lifetime_s)
    }

    pub(crate) fn clear_session(self) -> HeaderValue {
        self.set(self.session_name(), "", 0)
    }

    pub(crate) fn set(self, name: &str, value: &str, lifetime_s: i64) -> HeaderValue {
        let secure = if self.is_https { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={lifetime_s}; HttpOnly; SameSite=Lax{secure}");
        let mut value = HeaderValue::try_from(text).expect("names and values of our cookies are plain ASCII");
        value.set_sensitive(true);
        value
    }
}

/// The value of a cookie that came exactly once: of two, one may be planted by a neighbouring host.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    let first = values.next().filter(|value| !value.is_empty())?;
    values.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(base_url: &str) -> Cookies {
        Cookies::new(&Url::parse(base_url).unwrap())
    }

    #[test]
    fn the_session_cookie_is_as_strict_as_the_address_allows() {
        let token = Secret::new("t".to_owned());
        let https = cookies("https://relink.example.com").set_session(&token, 60);
        assert_eq!(https, "__Host-relink=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let http = cookies("http://127.0.0.1:8080").set_session(&token, 60);
        assert_eq!(http, "relink=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_cookie_is_read_only_if_it_is_the_only_one() {
        let check = |header: &str, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, header.parse().unwrap());
            let found = cookies("http://localhost").session(&headers);
            assert_eq!(found.as_ref().map(Secret::expose), expected, "{header}");
        };
        check("relink=abc", Some("abc"));
        check("a=b; relink=abc; c=d", Some("abc"));
        check("relink=abc; relink=planted", None);
        check("relink=", None);
        check("xrelink=abc", None);
        check("__Host-relink=abc", None);
    }
}
