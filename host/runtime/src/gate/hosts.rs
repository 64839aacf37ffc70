//! Host names in a descriptor: where a plugin's requests may go, as the operator reads it.

use url::Url;

/// Second-level labels under which countries register other people's names (`co.uk`, `com.au`).
const SHARED_LABELS: [&str; 8] = ["ac", "co", "com", "edu", "gov", "net", "ne", "org"];
const LOCAL_SUFFIXES: [&str; 5] = ["local", "localhost", "internal", "home", "lan"];

/// Says what is wrong with an entry of `hosts`.
pub(super) fn check_host(host: &str) -> Result<(), &'static str> {
    let name = host.strip_prefix("*.").unwrap_or(host);
    let labels: Vec<_> = name.split('.').collect();
    if name.len() > 253 || !labels.iter().all(|label| is_label(label)) {
        return Err("it is not a host name in lower case, without scheme, port or path");
    }
    let (Some(top), true) = (labels.last(), labels.len() >= 2) else {
        return Err("it has a single label");
    };
    if top.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("it is an address and not a name");
    }
    if LOCAL_SUFFIXES.contains(top) {
        return Err("it is a name of a local network");
    }
    let is_shared = labels.len() == 2 && top.len() == 2 && SHARED_LABELS.contains(&labels[0]);
    if is_shared {
        return Err("it is a suffix under which anybody can register");
    }
    Ok(())
}

/// Whether the entry `pattern` covers `host`, which may itself be such an entry.
pub(super) fn covers(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => pattern == host,
        Some(parent) => {
            pattern == host || host.strip_suffix(parent).and_then(|rest| rest.strip_suffix('.')).is_some_and(is_label)
        }
    }
}

/// Says what is wrong with a URL to which the host itself will send people or secrets.
pub(super) fn check_url(url: &str, hosts: &[String]) -> Result<(), &'static str> {
    let Ok(parsed) = Url::parse(url) else { return Err("it is not an absolute URL") };
    if parsed.scheme() != "https" {
        return Err("it is not https");
    }
    if !parsed.username().is_empty() || parsed.password().is_some() || parsed.fragment().is_some() {
        return Err("it has a user name or a fragment");
    }
    if parsed.port().is_some() {
        return Err("it names a port");
    }
    match parsed.host_str() {
        Some(host) if hosts.iter().any(|pattern| covers(pattern, host)) => Ok(()),
        _ => Err("its host is not in `hosts`"),
    }
}

/// Whether a person may be sent to a URL for help.
pub(crate) fn is_help_url(url: &str) -> bool {
    url.len() <= 500 && Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty())
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_one_leading_wildcard_are_hosts() {
        for host in ["api.ahrefs.com", "googleapis.com", "*.api.mailchimp.com", "*.myshopify.com", "a.co.uk", "t.co"] {
            assert_eq!(check_host(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        let refused = [
            "*",
            "*.com",
            "*.co.uk",
            "co.uk",
            "a.*.com",
            "**.a.com",
            "127.0.0.1",
            "10.1",
            "[::1]",
            "localhost",
            "metadata.google.internal",
            "printer.local",
            "A.com",
            "a.com:8443",
            "https://a.com",
            "a.com/x",
            "a..com",
            "a.com.",
            "-a.com",
            "a_b.com",
            "bücher.de",
            "",
            "user@a.com",
            "a.com\n",
        ];
        for host in refused {
            assert!(check_host(host).is_err(), "{host:?}");
        }
    }

    #[test]
    fn a_wildcard_covers_one_label() {
        let cases = [
            ("a.com", "a.com", true),
            ("a.com", "b.a.com", false),
            ("*.a.com", "b.a.com", true),
            ("*.a.com", "c.b.a.com", false),
            ("*.a.com", "a.com", false),
            ("*.a.com", "xa.com", false),
            ("*.a.com", "*.a.com", true),
            ("a.com", "*.a.com", false),
        ];
        for (pattern, host, expected) in cases {
            assert_eq!(covers(pattern, host), expected, "{pattern} {host}");
        }
    }

    #[test]
    fn urls_stay_within_the_hosts_over_https() {
        let hosts = ["login.a.com".to_owned()];
        assert_eq!(check_url("https://login.a.com/oauth?x=1", &hosts), Ok(()));
        let refused = [
            "http://login.a.com/",
            "https://evil.com/",
            "https://login.a.com@evil.com/",
            "https://login.a.com:8443/",
            "https://evil.com#login.a.com",
            "//login.a.com",
            "javascript:alert(1)",
            "https://u:p@login.a.com/",
        ];
        for url in refused {
            assert!(check_url(url, &hosts).is_err(), "{url}");
        }
    }
}
