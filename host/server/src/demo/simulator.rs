//! The simulated providers: a child process, and what the demo asks it for.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;

use super::people;

const START: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(10);
/// So long that a demo refreshes while somebody looks on.
const ACCESS_LIFETIME: &str = "google=120";

/// Ends with the value that stands for it.
pub(super) struct Simulator {
    child: Child,
    base_url: String,
}

/// What a simulated provider granted.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) expires_in_s: u64,
    pub(super) scopes: Vec<String>,
    pub(super) subject: String,
}

/// A key that a simulated provider made.
#[derive(Deserialize)]
pub(super) struct Key {
    pub(super) secret: String,
    pub(super) email: Option<String>,
}

/// The same port again after a restart, so that a provider's page that is still open goes on working.
/// Whoever was killed needs a moment to let it go.
async fn free_port(wanted: u16) -> u16 {
    for _ in 0..20 {
        if std::net::TcpListener::bind(("127.0.0.1", wanted)).is_ok() {
            return wanted;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    0
}

impl Simulator {
    /// Starts the simulator on `port`, or on any free one if that is taken. It ends with this process,
    /// however that ends: its standard input is a pipe from here.
    pub(super) async fn start(program: &Path, state: &Path, port: u16) -> Result<Self> {
        let bind = format!("127.0.0.1:{}", free_port(port).await);
        let mut child = Command::new(program)
            .args(["--with-parent", "--bind", &bind, "--access-lifetime", ACCESS_LIFETIME, "--state"])
            .arg(state)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("the simulator {} cannot be started", program.display()))?;
        let output = child.stdout.take().context("the simulator has no output")?;
        let mut lines = BufReader::new(output).lines();
        let ready = timeout(START, lines.next_line()).await.context("the simulator did not get ready")??;
        let ready = ready.context("the simulator ended at once")?;
        let base_url = ready.rsplit_once(' ').map(|(_, url)| url.trim_end_matches('/').to_owned());
        let base_url = base_url.filter(|url| url.starts_with("http://"));
        let base_url = base_url.with_context(|| format!("the simulator said {ready:?} instead of its address"))?;
        // Its later lines are read, so that it never waits for a reader.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                tracing::debug!(line, "simulator");
            }
        });
        Ok(Self { child, base_url })
    }

    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(super) async fn tokens(&self, provider: &str, login: &str) -> Result<Tokens> {
        self.post("/_sim/tokens", &json!({ "provider": provider, "login": login })).await
    }

    pub(super) async fn key(&self, provider: &str, name: &str) -> Result<Key> {
        self.post("/_sim/keys", &json!({ "provider": provider, "key": name })).await
    }

    /// Enters an address for messages, as the operator would at the provider.
    pub(super) async fn set_webhook(&self, provider: &str, address: &str) -> Result<()> {
        let webhook = json!({ "url": address, "client_id": people::CLIENT_ID, "secret": people::OTHER_SECRET });
        let answer: Value = self.post("/_sim/webhooks", &json!({ "provider": provider, "webhook": webhook })).await?;
        tracing::debug!(%answer, "the simulator knows the webhook");
        Ok(())
    }

    pub(super) async fn stop(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::debug!(%error, "the simulator had ended already");
        }
    }

    /// Posts to the child on this machine: no proxy, no TLS, no redirect.
    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        let url = Url::parse(&self.base_url)?;
        let authority = url.authority().to_owned();
        let stream = timeout(ANSWER, TcpStream::connect(&authority)).await??;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = http::Request::post(path)
            .header(HOST, authority)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(serde_json::to_vec(body)?)))?;
        let response = timeout(ANSWER, sender.send_request(request)).await??;
        let status = response.status();
        let answer = timeout(ANSWER, response.into_body().collect()).await??.to_bytes();
        if !status.is_success() {
            bail!("the simulator answered {path} with {status}: {}", String::from_utf8_lossy(&answer));
        }
        serde_json::from_slice(&answer).with_context(|| format!("the simulator's answer to {path} is not understood"))
    }
}
