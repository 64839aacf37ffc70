//! The two HTTP clients: one for the public internet, one for what the operator routed elsewhere.

use std::sync::Arc;
use std::time::Duration;

use relink_core::plugin::TransportFailure;
use reqwest::{Client, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout_at};

use crate::config::EgressConfig;
use crate::draft::Draft;
use crate::failure::{from_client, timed_out};
use crate::resolver::PublicResolver;
use crate::routes::Routes;

const MAX_ANSWER_HEADERS: usize = 128;
const MAX_HTTP2_HEADER_BYTES: u32 = 64 * 1024;
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The TLS or HTTP stack could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be set up")]
pub struct BuildError(#[source] Box<dyn std::error::Error + Send + Sync>);

pub(crate) struct Clients {
    /// https to public addresses only.
    public: Client,
    /// Only ever given URLs that the operator's own routes made.
    routed: Client,
}

impl Clients {
    pub(crate) fn new(config: &EgressConfig) -> Result<Self, BuildError> {
        let public = builder(config)?.https_only(true).dns_resolver(Arc::new(PublicResolver));
        Ok(Self {
            public: public.build().map_err(|error| BuildError(error.into()))?,
            routed: builder(config)?.build().map_err(|error| BuildError(error.into()))?,
        })
    }

    /// Sends the request and waits for the head of the answer.
    pub(crate) async fn execute(
        &self,
        draft: Draft,
        routes: &Routes,
        deadline: Instant,
    ) -> Result<reqwest::Response, TransportFailure> {
        let (client, url) = match routes.route(&draft.url) {
            Some(url) => (&self.routed, url),
            None => (&self.public, draft.url),
        };
        let request = client.request(draft.method, url).headers(draft.headers);
        let request = match draft.body {
            Some(body) => request.body(body),
            None => request,
        };
        let Ok(answered) = timeout_at(deadline, request.send()).await else {
            return Err(timed_out(format!("{}: no answer in time", draft.host)));
        };
        answered.map_err(|error| from_client(&error, &draft.host))
    }
}

fn builder(config: &EgressConfig) -> Result<reqwest::ClientBuilder, BuildError> {
    Ok(Client::builder()
        .tls_backend_preconfigured(tls()?)
        .user_agent(&config.user_agent)
        .connect_timeout(config.connect_timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .http1_max_headers(MAX_ANSWER_HEADERS)
        .http2_max_header_list_size(MAX_HTTP2_HEADER_BYTES))
}

/// The provider and the roots are named here, so that nothing depends on what another crate
/// installed or on the certificates of the machine.
fn tls() -> Result<ClientConfig, BuildError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
