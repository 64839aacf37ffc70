//! Where a plugin wants its request to go, and whether it may.

use url::{Host, Url};

use relink_core::plugin::TransportFailure;

use crate::failure::blocked;
use crate::hosts;

const MAX_URL_BYTES: usize = 16 * 1024;

/// A URL that a plugin may send to: https, the standard port, a host of its descriptor.
pub(crate) struct Target {
    pub(crate) url: Url,
    pub(crate) host: String,
}

impl Target {
    pub(crate) fn parse(text: &str, allowed_hosts: &[String]) -> Result<Self, TransportFailure> {
        let url = parse_strictly(text).map_err(blocked)?;
        let Some(Host::Domain(host)) = url.host() else {
            return Err(blocked("the host of the URL is an address, not a name"));
        };
        if !hosts::is_host_name(host) {
            return Err(blocked("the host of the URL is not a plain name"));
        }
        if !hosts::allows(allowed_hosts, host) {
            return Err(blocked(format!("{host} is not among the hosts of the plugin")));
        }
        Ok(Self { host: host.to_owned(), url })
    }
}

/// URL parsers forgive: they drop tabs and newlines, take `\` for `/`, map look-alike letters. What
/// they would have to forgive is refused, so that nobody can read the URL in two ways.
fn parse_strictly(text: &str) -> Result<Url, &'static str> {
    if text.len() > MAX_URL_BYTES {
        return Err("the URL is too long");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err("the URL has a character that must be percent-encoded");
    }
    let mut url = Url::parse(text).map_err(|_| "the URL cannot be parsed")?;
    if url.scheme() != "https" {
        return Err("the URL is not https");
    }
    if url.port().is_some() {
        return Err("the URL names another port than 443");
    }
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return Err("the URL carries a user name");
    }
    url.set_fragment(None);
    Ok(url)
}

fn authority(text: &str) -> &str {
    let after_scheme = text.split_once("//").map_or(text, |(_, rest)| rest);
    after_scheme.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, hosts: &[&str]) -> Result<Target, TransportFailure> {
        let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
        Target::parse(text, &hosts)
    }

    #[test]
    fn urls_of_allowed_hosts_are_taken() {
        for url in ["https://api.example.com/v1?x=a@b#f", "HTTPS://API.EXAMPLE.COM/", "https://api.example.com:443"] {
            assert_eq!(parse(url, &["api.example.com"]).map(|target| target.host), Ok("api.example.com".to_owned()));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let refused = [
            "http://api.example.com/",
            "https://api.example.com:22/",
            "https://api.example.com:6379/",
            "https://api.example.com:80/",
            "https://api.example.com./",
            "https://evil.test/",
            "https://api.example.com@evil.test/",
            "https://@api.example.com/",
            "https://user@api.example.com/",
            "https://user:password@api.example.com/",
            "https://api.example.com\\@evil.test/",
            "https://api.exa\tmple.com/",
            "https://api.example.com/\r\nHost: evil.test",
            " https://api.example.com/",
            "https://\u{430}pi.example.com/",
            "https://api\u{3002}example.com/",
            "https://xn--pi-7kc.example.com/",
            "//api.example.com/",
            "api.example.com",
            "file:///etc/passwd",
            "gopher://api.example.com/",
            "unix:/var/run/docker.sock",
            "data:text/plain,x",
            "",
        ];
        for url in refused {
            assert!(parse(url, &["api.example.com"]).is_err(), "{url:?}");
        }
        assert!(
            parse(&format!("https://api.example.com/{}", "a".repeat(MAX_URL_BYTES)), &["api.example.com"]).is_err()
        );
    }

    #[test]
    fn addresses_are_refused_in_every_spelling_even_if_declared() {
        let spellings = [
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "8.8.8.8",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[fe80::1%25eth0]",
            "\u{2460}\u{2461}\u{2466}.0.0.1",
            "169.254.169.254",
        ];
        for host in spellings {
            let failure = parse(&format!("https://{host}/"), &[host, "127.0.0.1", "8.8.8.8", "[::1]"]);
            assert!(failure.is_err(), "{host}");
        }
    }
}
