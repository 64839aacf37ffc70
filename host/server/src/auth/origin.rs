//! Whether a request that changes something comes from a page of this host.
//!
//! Browsers say where a request comes from, and no page can make them lie. Other programs say
//! nothing, and carry no cookie that a stranger's page could use.

use http::header::{HOST, HeaderMap, HeaderValue, ORIGIN};
use url::Url;

pub(crate) fn is_own(headers: &HeaderMap, base_url: &Url) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if !matches!(site, None | Some(b"same-origin" | b"none")) {
        return false;
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Some(origin) = origin.to_str().ok().and_then(|text| Url::parse(text).ok()) else { return false };
    origin.origin() == base_url.origin() || (is_this_machine(&origin) && is_host(headers, &origin))
}

/// `localhost` and `127.0.0.1` are the same place to a person who tries Relink out.
fn is_this_machine(origin: &Url) -> bool {
    matches!(origin.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn is_host(headers: &HeaderMap, origin: &Url) -> bool {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    host.is_some_and(|host| origin.as_str().trim_end_matches('/').strip_prefix("http://") == Some(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &str)], base_url: &str, expected: bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        assert_eq!(is_own(&map, &Url::parse(base_url).unwrap()), expected, "{headers:?}");
    }

    #[test]
    fn only_pages_of_this_host_may_change_something() {
        let base = "https://relink.example.com";
        check(&[], base, true);
        check(&[("origin", "https://relink.example.com")], base, true);
        check(&[("origin", "https://relink.example.com"), ("sec-fetch-site", "same-origin")], base, true);
        check(&[("sec-fetch-site", "none")], base, true);
        check(&[("sec-fetch-site", "cross-site")], base, false);
        check(&[("sec-fetch-site", "same-site")], base, false);
        check(&[("origin", "https://evil.example")], base, false);
        check(&[("origin", "http://relink.example.com")], base, false);
        check(&[("origin", "https://relink.example.com:8443")], base, false);
        check(&[("origin", "https://relink.example.com.evil.example")], base, false);
        check(&[("origin", "null")], base, false);
        check(&[("origin", "https://evil.example"), ("host", "evil.example")], base, false);
    }

    #[test]
    fn this_machine_has_several_names() {
        let base = "http://127.0.0.1:8080";
        check(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")], base, true);
        check(&[("origin", "http://localhost:9100"), ("host", "localhost:8080")], base, false);
        check(&[("origin", "http://evil.example:8080"), ("host", "evil.example:8080")], base, false);
    }
}
