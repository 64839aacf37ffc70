//! Host patterns of descriptors: exact names, or one leading `*.` that stands for exactly one
//! label.

/// Whether one of the patterns allows `host`, which is in lower case.
pub(crate) fn allows(patterns: &[String], host: &str) -> bool {
    patterns.iter().any(|pattern| is_acceptable(pattern) && matches(pattern, host))
}

/// Whether a plugin may declare the pattern at all. A wildcard directly under a public suffix
/// (`*.com`, `*.co.uk`) would hand the credentials to whoever buys a domain.
pub(crate) fn is_acceptable(pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => is_host_name(parent) && !is_public_suffix(parent),
        None => is_host_name(pattern),
    }
}

/// A name of letters, digits, hyphens and underscores, in lower case and not an address: what an
/// honest provider uses, and nothing that two parsers could read in two ways.
pub(crate) fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    let ends_in_number = name.rsplit('.').next().is_some_and(looks_like_number);
    name.len() <= 253 && name.split('.').all(is_label) && !ends_in_number
}

/// Such a last label makes URL parsers take the whole name for an IPv4 address: `127.1`,
/// `0x7f000001`.
fn looks_like_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hex || label.bytes().all(|byte| byte.is_ascii_digit())
}

fn matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => pattern == host,
    }
}

/// Suffixes that registries sell under. Shared hosting domains (`*.myshopify.com`) are not meant:
/// there each name under the suffix is a customer of the provider.
fn is_public_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes())
        .is_none_or(|suffix| suffix == name.as_bytes() && suffix.typ() != Some(psl::Type::Private))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, host: &str, expected: bool) {
        assert_eq!(allows(&[pattern.to_owned()], host), expected, "{pattern} {host}");
    }

    #[test]
    fn a_host_must_be_named_or_lie_one_label_under_a_wildcard() {
        check("api.example.com", "api.example.com", true);
        check("api.example.com", "example.com", false);
        check("api.example.com", "evil-api.example.com", false);
        check("api.example.com", "api.example.com.evil.test", false);
        check("*.example.com", "api.example.com", true);
        check("*.example.com", "example.com", false);
        check("*.example.com", "a.b.example.com", false);
        check("*.example.com", "evilexample.com", false);
        check("*.myshopify.com", "acme.myshopify.com", true);
    }

    #[test]
    fn patterns_that_are_too_wide_or_strange_allow_nothing() {
        check("*.co.uk", "bank.co.uk", false);
        check("*.com", "example.com", false);
        check("*", "localhost", false);
        check("*.*.example.com", "a.b.example.com", false);
        check("a.*.example.com", "a.b.example.com", false);
        check("*.168.0.1", "192.168.0.1", false);
        check("127.0.0.1", "127.0.0.1", false);
        check("0x7f.1", "0x7f.1", false);
        check("example.com.", "example.com.", false);
        check("", "", false);
    }
}
