//! A provider of our own on a loopback socket, and the values that every test needs.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request as HttpRequest;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response as HttpResponse};
use relink_core::plugin::{
    AuthKind, AuthMethod, BodyFormat, Budget, CredentialUse, Delivery, Descriptor, OAuth2, Place, Placement, Refresh,
    Request, SecretSlot, TokenAuth, TransportKind,
};
use relink_core::secret::Secret;
use relink_egress::{Answer, Call, Credentials, Egress, EgressConfig, Routes, Scope, SendError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const HOST: &str = "api.example.com";
pub(crate) const TOKEN: &str = "canary/access+token==0123456789";

/// A provider that answers every request in the same way and remembers what it saw.
pub(crate) struct Provider {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path_and_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Provider {
    pub(crate) async fn answering<R: IntoResponse>(
        answer: impl Fn(&Seen) -> R + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let noted = Arc::clone(&seen);
        let handle = move |request: HttpRequest| async move {
            let request = read(request).await;
            noted.lock().unwrap().push(request.clone());
            let response: HttpResponse = answer(&request).into_response();
            response
        };
        let app = Router::new().fallback(handle);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, seen }
    }

    /// A provider that reads the head of a request and then writes what `script` says, byte by byte
    /// as given.
    pub(crate) async fn writing<F: Future<Output = std::io::Result<()>> + Send>(
        script: impl Fn(TcpStream) -> F + Copy + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut head = [0; 4096];
                    let _ = socket.read(&mut head).await;
                    let _ = script(socket).await;
                });
            }
        });
        Self { address, seen: Arc::default() }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn only_request(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }

    pub(crate) fn config(&self) -> EgressConfig {
        let base = format!("http://{}/{{host}}", self.address);
        EgressConfig {
            routes: Routes::new([("*".to_owned(), base)]).unwrap(),
            connect_timeout: Duration::from_secs(5),
            ..EgressConfig::default()
        }
    }

    pub(crate) fn egress(&self) -> Egress {
        Egress::new(self.config()).unwrap()
    }

    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, SendError> {
        send(&self.egress(), request).await
    }
}

async fn read(request: HttpRequest) -> Seen {
    let (parts, body) = request.into_parts();
    let body: Body = body;
    Seen {
        method: parts.method.to_string(),
        path_and_query: parts.uri.path_and_query().unwrap().to_string(),
        headers: parts.headers,
        body: String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap(),
    }
}

pub(crate) async fn write(mut socket: TcpStream, text: &str) -> std::io::Result<()> {
    socket.write_all(text.as_bytes()).await
}

/// Sends `request` for a method that places the access token as a bearer token under the name
/// "default".
pub(crate) async fn send(egress: &Egress, request: &Request) -> Result<Answer, SendError> {
    let method = method(vec![credential_use("default", vec![bearer()])]);
    let credentials = credentials();
    send_as(egress, &method, &credentials, request).await
}

pub(crate) async fn send_as(
    egress: &Egress,
    method: &AuthMethod,
    credentials: &Credentials,
    request: &Request,
) -> Result<Answer, SendError> {
    let descriptor = descriptor(Vec::new());
    let scope = Scope { authorization: "auth_1", connection: "conn_1" };
    egress.send(Call { descriptor: &descriptor, method, credentials, scope }, request).await
}

pub(crate) fn kind<T>(sent: Result<T, SendError>) -> TransportKind {
    match sent {
        Err(SendError::Failed(failure)) => failure.kind,
        Err(SendError::Throttled { .. }) => panic!("throttled"),
        Ok(_) => panic!("an answer came"),
    }
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new().with("access_token", secret(TOKEN))
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(crate) fn get(path: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        url: format!("https://{HOST}{path}"),
        headers: Vec::new(),
        body: None,
        credential: Some("default".to_owned()),
        deliver: Delivery::Whole(1 << 20),
        timeout_ms: None,
        idempotent: true,
    }
}

pub(crate) fn descriptor(budgets: Vec<Budget>) -> Descriptor {
    Descriptor {
        id: "example".to_owned(),
        display_name: "Example".to_owned(),
        aliases: Vec::new(),
        version: "1.0.0".to_owned(),
        requires: Vec::new(),
        hosts: vec![HOST.to_owned(), "localhost".to_owned(), "*.example.net".to_owned()],
        auth: Vec::new(),
        datasets: Vec::new(),
        budgets,
        config_schema: "{}".to_owned(),
        help_url: None,
        inbound: None,
    }
}

pub(crate) fn method(uses: Vec<CredentialUse>) -> AuthMethod {
    let slot = |name: &str, public| SecretSlot {
        name: name.to_owned(),
        label: String::new(),
        help_url: None,
        public,
        optional: false,
    };
    AuthMethod {
        id: "key".to_owned(),
        label: "Key".to_owned(),
        kind: AuthKind::StaticSecret,
        app_secrets: Vec::new(),
        user_secrets: vec![slot("email", true), slot("api_key", false)],
        uses,
    }
}

pub(crate) fn credential_use(name: &str, placements: Vec<Placement>) -> CredentialUse {
    CredentialUse { name: name.to_owned(), placements, signer: None, hosts: Vec::new() }
}

pub(crate) fn bearer() -> Placement {
    Placement { prefix: "Bearer ".to_owned(), ..placement("access_token", Place::Header, "authorization") }
}

pub(crate) fn placement(secret: &str, place: Place, name: &str) -> Placement {
    Placement { secret: secret.to_owned(), place, name: name.to_owned(), prefix: String::new(), suffix: String::new() }
}

pub(crate) fn oauth2() -> OAuth2 {
    OAuth2 {
        authorize_url: format!("https://{HOST}/authorize"),
        token_url: format!("https://{HOST}/token"),
        revoke_url: Some(format!("https://{HOST}/revoke")),
        scopes: Vec::new(),
        scope_separator: " ".to_owned(),
        pkce: true,
        token_auth: TokenAuth::Body,
        token_body: BodyFormat::Form,
        param_names: Vec::new(),
        authorize_params: Vec::new(),
        reconnect_params: Vec::new(),
        login_hint_param: None,
        token_params: Vec::new(),
        refresh_params: Vec::new(),
        refresh: Refresh::None,
        token_pointers: Vec::new(),
        keep: Vec::new(),
        assumed_lifetime_s: None,
        reauthorize_days: None,
        issuer: None,
    }
}
