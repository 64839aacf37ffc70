//! Making failures by hand, as tests do; the host makes the real ones.

use crate::{Facts, Failure, Field, Phase, TransportFailure, TransportKind};

impl Failure {
    /// Starts a failure of which nothing is known but its phase.
    ///
    /// ```
    /// use relink_sdk::{Failure, Phase};
    ///
    /// let failure = Failure::new(Phase::Refresh).answered(400, &[], r#"{"error":"invalid_grant"}"#);
    /// assert_eq!(failure.status, Some(400));
    /// ```
    pub fn new(phase: Phase) -> Self {
        Self {
            now: 0,
            phase,
            auth_method: String::new(),
            status: None,
            headers: Vec::new(),
            body: Vec::new(),
            transport: None,
            redirect_query: None,
            dataset: None,
            account: None,
            facts: Facts {
                token_age_s: None,
                has_refresh_token: None,
                just_refreshed: None,
                newer_token_in_store: None,
                granted_scopes: Vec::new(),
                requested_scopes: Vec::new(),
                consecutive: 1,
                fleet_failure_ratio: None,
            },
        }
    }

    /// The provider answered this.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// let failure = Failure::new(Phase::Sync).answered(500, &[("server", "nginx")], "oops");
    /// assert_eq!(failure.header("server"), Some("nginx"));
    /// ```
    pub fn answered(mut self, status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        self.status = Some(status);
        self.headers = headers
            .iter()
            .map(|(name, value)| Field { name: name.to_lowercase(), value: (*value).to_owned() })
            .collect();
        self.body = body.into();
        self
    }

    /// There was no answer.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase, TransportKind};
    /// assert!(Failure::new(Phase::Sync).unanswered(TransportKind::Timeout).transport.is_some());
    /// ```
    pub fn unanswered(mut self, kind: TransportKind) -> Self {
        self.transport = Some(TransportFailure { kind, detail: String::new() });
        self
    }

    /// The browser came back with this query.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// assert!(Failure::new(Phase::Authorize).redirected("code=1").redirect_query.is_some());
    /// ```
    pub fn redirected(mut self, query: &str) -> Self {
        self.redirect_query = Some(query.to_owned());
        self
    }
}
