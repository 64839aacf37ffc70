//! A server beside the registry that speaks https: for tokens, or for bytes that the registry keeps elsewhere.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::authority::Certified;

/// Starts the server for as long as the test runs; gives back its port.
pub(crate) fn start(certified: &Certified, router: Router) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap();
    let port = listener.local_addr().unwrap().port();
    let secure = Secure { listener, acceptor: acceptor(certified) };
    thread::spawn(move || runtime.block_on(axum::serve(secure, router).into_future()));
    port
}

fn acceptor(certified: &Certified) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(certified.key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = versions.with_no_client_auth().with_single_cert(vec![certified.certificate.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

struct Secure {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Secure {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    /// Goes on with the next one who asks, if one does not get as far as https.
    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.listener.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
