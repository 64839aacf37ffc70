//! Sends one request of a plugin.

mod slots;

use std::sync::Arc;
use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use relink_core::plugin::{AuthMethod, Descriptor, Request, Throttle, TransportFailure};
use relink_core::time::Timestamp;
use tokio::time::{Instant, sleep};
use tracing::debug;

use crate::answer::{Answer, Receive};
use crate::budgets::{Budgets, Scope};
use crate::client::{BuildError, Clients};
use crate::config::EgressConfig;
use crate::credentials::Credentials;
use crate::draft::Draft;
use crate::failure::{SendError, blocked};
use crate::inbound::KeySets;
use crate::placement;
use crate::redact::Redactor;
use crate::routes::Routes;
use crate::target::Target;
use slots::Slots;

/// Waits that are shorter than this are not worth a round through the scheduler.
pub(crate) const SHORT_WAIT: Duration = Duration::from_secs(2);

/// The way to the providers. Clones share connections and budgets.
#[derive(Clone)]
pub struct Egress {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: EgressConfig,
    pub(crate) clients: Clients,
    budgets: Budgets,
    /// Requests for data under way, by host.
    data_slots: Slots,
    /// Requests to token endpoints under way: data must never delay what keeps authorizations
    /// alive.
    pub(crate) token_slots: Slots,
    /// With which providers sign their messages.
    pub(crate) key_sets: KeySets,
}

/// On whose behalf a request is sent.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub descriptor: &'a Descriptor,
    pub method: &'a AuthMethod,
    /// All secrets of the connection: each is taken out of the answer, whichever the request uses.
    pub credentials: &'a Credentials,
    pub scope: Scope<'a>,
}

impl Egress {
    pub fn new(config: EgressConfig) -> Result<Self, BuildError> {
        let inner = Inner {
            clients: Clients::new(&config)?,
            budgets: Budgets::new(),
            data_slots: Slots::new(config.per_host_concurrency),
            token_slots: Slots::new(config.per_host_concurrency),
            key_sets: KeySets::default(),
            config,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    pub fn routes(&self) -> &Routes {
        &self.inner.config.routes
    }

    /// Sends what a plugin asked for, if it may, and gives back the answer without anything secret.
    pub async fn send(&self, call: Call<'_>, request: &Request) -> Result<Answer, SendError> {
        let draft = prepare(call, request)?;
        let host = draft.host.clone();
        let permit = self.inner.data_slots.enter(&host, SHORT_WAIT).await?;
        self.take_from_budgets(call, &host).await?;

        let redactor = Redactor::new(call.credentials.confidential(call.method));
        let part_timeout = self.timeout_of(request);
        let deadline = Instant::now() + part_timeout;
        let how = Receive {
            host: &host,
            delivery: &request.deliver,
            redactor: &redactor,
            config: &self.inner.config,
            deadline,
            part_timeout,
            permit,
        };
        let answer = self.exchange(call, draft, how).await;
        answer.map_err(|failure| SendError::Failed(redacted(failure, &redactor)))
    }

    /// Remembers what a plugin read out of an answer about the provider's own limits.
    pub fn note_throttle(&self, descriptor: &Descriptor, scope: Scope<'_>, throttle: &Throttle, now: Timestamp) {
        self.inner.budgets.note(descriptor, scope, throttle, now);
    }

    async fn exchange(&self, call: Call<'_>, draft: Draft, how: Receive<'_>) -> Result<Answer, TransportFailure> {
        let path = draft.url.path().to_owned();
        let sent_at = Instant::now();
        let response = self.inner.clients.execute(draft, self.routes(), how.deadline).await?;
        let duration_ms = sent_at.elapsed().as_millis();
        debug!(
            plugin.id = call.descriptor.id,
            http.host = how.host,
            http.path = path,
            http.status = response.status().as_u16(),
            duration_ms,
            "provider answered"
        );
        if let Some(wait) = wished_wait(response.status(), response.headers()) {
            self.inner.budgets.hold(call.descriptor, call.scope, how.host, wait);
        }
        Answer::receive(response, how).await
    }

    async fn take_from_budgets(&self, call: Call<'_>, host: &str) -> Result<(), SendError> {
        let give_up_at = Instant::now() + SHORT_WAIT;
        loop {
            let Err(wait) = self.inner.budgets.take(call.descriptor, call.scope, host) else {
                return Ok(());
            };
            if Instant::now() + wait > give_up_at {
                let retry_after_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                return Err(SendError::Throttled { retry_after_ms });
            }
            sleep(wait).await;
        }
    }

    fn timeout_of(&self, request: &Request) -> Duration {
        let longest = self.inner.config.total_timeout;
        request.timeout_ms.map_or(longest, |ms| Duration::from_millis(ms.into()).min(longest))
    }
}

fn prepare(call: Call<'_>, request: &Request) -> Result<Draft, TransportFailure> {
    let target = Target::parse(&request.url, &call.descriptor.hosts)?;
    let mut draft = Draft::of_plugin(request, target)?;
    if let Some(name) = &request.credential {
        let Some(credential_use) = call.method.credential_use(name) else {
            return Err(blocked(format!("the plugin declares no credential {name:?}")));
        };
        placement::place(&mut draft, call.method, credential_use, call.credentials)?;
    }
    Ok(draft)
}

pub(crate) fn redacted(mut failure: TransportFailure, redactor: &Redactor) -> TransportFailure {
    failure.detail = redactor.text(&failure.detail);
    failure
}

/// How long the provider wants to be left alone: seconds, or a date by its own clock.
fn wished_wait(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if status != StatusCode::TOO_MANY_REQUESTS && status != StatusCode::SERVICE_UNAVAILABLE {
        return None;
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let retry_after = text(RETRY_AFTER)?;
    if let Ok(seconds) = retry_after.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = httpdate::parse_http_date(retry_after).ok()?;
    let now = httpdate::parse_http_date(text(DATE)?).ok()?;
    until.duration_since(now).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(status: u16, headers: &[(http::HeaderName, &str)]) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        wished_wait(StatusCode::from_u16(status).unwrap(), &headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        assert_eq!(wait(429, &[(RETRY_AFTER, "30")]), Some(30));
        assert_eq!(wait(503, &[(RETRY_AFTER, " 2.0 ")]), Some(2));
        assert_eq!(wait(429, &[(RETRY_AFTER, "0")]), Some(0));
        let date = (DATE, "Wed, 21 Oct 2015 07:28:00 GMT");
        let later = (RETRY_AFTER, "Wed, 21 Oct 2015 07:29:30 GMT");
        assert_eq!(wait(429, &[date, later.clone()]), Some(90));
        assert_eq!(wait(429, &[later]), None);
        for nonsense in ["", "-5", "soon", "NaN", "inf", "1e400", "9999999999999999999999"] {
            assert_eq!(wait(429, &[(RETRY_AFTER, nonsense)]), None, "{nonsense}");
        }
        assert_eq!(wait(200, &[(RETRY_AFTER, "30")]), None);
        assert_eq!(wait(404, &[(RETRY_AFTER, "30")]), None);
    }
}
