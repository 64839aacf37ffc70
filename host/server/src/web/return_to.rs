//! Where a person is sent back to: a path of this host, and nowhere else.

/// A path, with its query, that a browser can only read as one of this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// The path if it is one, or `otherwise`.
    pub(crate) fn or(text: Option<&str>, otherwise: &'static str) -> Self {
        let text = text.filter(|text| is_own_path(text)).unwrap_or(otherwise);
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Browsers read `//host` and `/\host` as another host, and drop tabs and line ends before they
/// look; what decodes to such a start is refused too, since a proxy may decode it.
fn is_own_path(text: &str) -> bool {
    let is_plain = text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let Some(rest) = text.strip_prefix('/') else { return false };
    let rest = rest.to_ascii_lowercase();
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    is_plain && !rest.starts_with('/') && !["%2f", "%5c", "%0", "%25"].iter().any(|escape| path.contains(escape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_host_are_followed() {
        let refused = [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "HTTPS://evil.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "%2f%2fevil.example",
            "/%2f%2fevil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%252fevil.example",
            "/a\r\nset-cookie: x",
            "/a%0d%0aset-cookie: x",
            "/\tevil",
            "/\t/evil.example",
            "\n//evil.example",
            " /data-sources",
            "//user@evil.example",
            "user@evil.example",
            "/\u{ff0f}evil.example",
            "/\u{2025}evil",
            "evil.example",
            "@evil.example",
            "",
            "?next=/",
            "/a\0b",
        ];
        for text in refused {
            assert_eq!(ReturnTo::or(Some(text), "/data-sources").as_str(), "/data-sources", "{text:?}");
        }
        let followed = ["/", "/data-sources?status=paused&q=a%20b#top", "/connections/conn_1", "/a/b%20c?x=%2F%2Fy"];
        for text in followed {
            assert_eq!(ReturnTo::or(Some(text), "/data-sources").as_str(), text);
        }
        let long = format!("/{}", "a".repeat(5_000));
        assert_eq!(ReturnTo::or(Some(&long), "/").as_str(), "/");
        assert_eq!(ReturnTo::or(None, "/").as_str(), "/");
    }
}
