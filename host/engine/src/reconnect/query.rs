//! What came back on the redirect: each parameter once, or not at all.

use relink_core::secret::Secret;
use url::form_urlencoded;

use super::CallbackError;

/// A longer query is no callback of a provider.
const MAX_QUERY: usize = 16 * 1024;

/// The parameters of RFC 6749 sections 4.1.2 and 4.1.2.1 that the host itself reads.
pub(super) struct CallbackQuery {
    pub(super) state: String,
    pub(super) code: Option<Secret>,
    /// The query without code and state, for the plugin to explain a refusal.
    pub(super) for_plugin: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl CallbackQuery {
    pub(super) fn parse(raw: &str) -> Result<Self, CallbackError> {
        if raw.len() > MAX_QUERY {
            return Err(CallbackError::Ambiguous);
        }
        let all: Vec<(String, String)> = form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
        let once = |wanted: &str| -> Result<Option<String>, CallbackError> {
            let mut values = all.iter().filter(|(name, _)| name == wanted);
            let first = values.next().map(|(_, value)| value.clone());
            if values.next().is_some() { Err(CallbackError::Ambiguous) } else { Ok(first) }
        };
        once("iss")?;
        let state = once("state")?.filter(|state| !state.is_empty()).ok_or(CallbackError::NoState)?;
        // An answer is a code or an error (RFC 6749 section 4.1.2); with both it is not to be trusted.
        let is_refusal = once("error")?.is_some();
        let code = once("code")?.filter(|code| !code.is_empty() && !is_refusal).map(Secret::new);
        let parameters: Vec<_> = all.into_iter().filter(|(name, _)| name != "state" && name != "code").collect();
        let for_plugin = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        Ok(Self { state, code, for_plugin, parameters })
    }

    /// Whether the answer is of the provider with this issuer; a provider without one does not say
    /// (RFC 9207 section 2.4). Compared as it stands, since the RFC wants simple string comparison.
    pub(super) fn comes_from(&self, issuer: Option<&str>) -> bool {
        issuer.is_none_or(|issuer| self.get("iss") == Some(issuer))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_read_and_the_code_is_kept_from_the_plugin() {
        let query = CallbackQuery::parse("state=s&code=c%2F1&scope=a+b").unwrap();
        assert_eq!((query.state.as_str(), query.code.unwrap().expose()), ("s", "c/1"));
        assert_eq!(query.for_plugin, "scope=a+b");
    }

    #[test]
    fn a_code_beside_an_error_is_not_exchanged() {
        assert!(CallbackQuery::parse("state=s&code=c&error=access_denied").unwrap().code.is_none());
    }

    #[test]
    fn an_issuer_that_is_expected_must_be_there_and_the_same() {
        let comes_from = |raw: &str, issuer| CallbackQuery::parse(raw).unwrap().comes_from(issuer);
        let issuer = Some("https://login.acme.example");
        assert!(comes_from("state=s&code=c&iss=https%3A%2F%2Flogin.acme.example", issuer));
        for raw in [
            "state=s&code=c",
            "state=s&code=c&iss=",
            "state=s&code=c&iss=https%3A%2F%2Flogin.acme.example%2F",
            "state=s&code=c&iss=https%3A%2F%2Flogin.evil.example",
            "state=s&error=access_denied",
        ] {
            assert!(!comes_from(raw, issuer), "{raw}");
            assert!(comes_from(raw, None), "{raw}");
        }
    }

    #[test]
    fn missing_and_doubled_parameters_are_refused() {
        assert!(matches!(CallbackQuery::parse("code=c"), Err(CallbackError::NoState)));
        assert!(matches!(CallbackQuery::parse("state=&code=c"), Err(CallbackError::NoState)));
        for raw in ["state=a&state=b", "state=a&code=1&code=2", "state=a&iss=x&iss=y", "state=a&error=x&error=y"] {
            assert!(matches!(CallbackQuery::parse(raw), Err(CallbackError::Ambiguous)), "{raw}");
        }
    }
}
