//! A registry over https: whose word for it counts, what a person is told, and who never sees a password.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::{fs, thread};

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use rcgen::date_time_ymd;

use super::{as_user, command};
use crate::registry::authority::{Authority, Certified};
use crate::registry::tokens::{self, READER};
use crate::registry::{GUARDED, PASSWORD, Registry, USERNAME, neighbour};
use crate::support::{Beacon, said};

const AUTHORITY: &str = "authority.pem";

/// A plugin, and beside it the certificate of the authority.
fn beacon_with(authority: &Authority) -> Beacon {
    let beacon = Beacon::new();
    fs::write(beacon.folder().join(AUTHORITY), authority.pem()).unwrap();
    beacon
}

/// A command of somebody who trusts the authority.
fn trusting(beacon: &Beacon, arguments: &[&str]) -> Command {
    let mut command = command(beacon, arguments);
    command.args(["--ca-file", AUTHORITY]);
    command
}

#[test]
fn an_authority_is_trusted_once_it_is_named() {
    let authority = Authority::new();
    let Some(registry) = Registry::start_secure(&authority.certify(), &authority, "") else { return };
    let beacon = beacon_with(&authority);
    let reference = registry.tagged("0.1.0");
    let push = ["push", &reference, "dist/beacon.wasm"];
    let refused = said(&mut command(&beacon, &push)).failed();
    assert!(refused.contains("an authority that this machine does not trust"), "{refused}");
    assert!(refused.contains(&registry.host()) && refused.contains("--ca-file"), "{refused}");
    fs::write(beacon.folder().join("stranger.pem"), Authority::new().pem()).unwrap();
    let refused = said(command(&beacon, &push).args(["--ca-file", "stranger.pem"])).failed();
    assert!(refused.contains("does not trust"), "{refused}");

    said(&mut trusting(&beacon, &push)).done();
    said(&mut trusting(&beacon, &["pull", &reference, "--output", "named.wasm"])).done();
    let read = |file: &str| fs::read(beacon.folder().join(file)).unwrap();
    assert_eq!(read("named.wasm"), read("dist/beacon.wasm"));
    let of_machine = ["pull", &reference, "--output", "machine.wasm"];
    said(command(&beacon, &of_machine).env("SSL_CERT_FILE", AUTHORITY)).done();
    assert_eq!(read("machine.wasm"), read("dist/beacon.wasm"));
}

#[test]
fn a_certificate_that_proves_nothing_is_told_with_the_reason() {
    let authority = Authority::new();
    let beacon = beacon_with(&authority);
    let another = authority.certify_as(&["registry.example.com"], |_| {});
    let old = authority.certify_as(&["127.0.0.1"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    for (certified, expected) in
        [(another, "has a certificate for another name"), (old, "has a certificate that is not valid today")]
    {
        let Some(registry) = Registry::start_secure(&certified, &authority, "") else { return };
        let refused = said(&mut trusting(&beacon, &["pull", &registry.tagged("0.1.0")])).failed();
        assert!(refused.contains(&registry.host()) && refused.contains(expected), "{refused}");
    }
}

#[test]
fn authorities_that_cannot_be_had_are_told_before_anybody_is_asked() {
    let beacon = Beacon::new();
    let pull = ["pull", "registry.invalid/acme/beacon:0.1.0"];
    let refused = said(command(&beacon, &pull).args(["--ca-file", "missing.pem"])).failed();
    assert!(refused.contains("missing.pem cannot be read"), "{refused}");
    let refused = said(command(&beacon, &pull).args(["--ca-file", "dist/beacon.wasm"])).failed();
    assert!(refused.contains("dist/beacon.wasm has no certificate"), "{refused}");
    fs::write(beacon.folder().join("empty.pem"), "").unwrap();
    let refused = said(command(&beacon, &pull).env("SSL_CERT_FILE", "empty.pem").env_remove("SSL_CERT_DIR")).failed();
    assert!(refused.contains("this machine trusts no authority") && refused.contains("ca-certificates"), "{refused}");
}

#[test]
fn a_token_is_given_for_the_password_and_allows_what_it_says() {
    let authority = Authority::new();
    let Some(registry) = Registry::start_secure(&authority.certify(), &authority, &tokens::start(&authority)) else {
        return;
    };
    let beacon = beacon_with(&authority);
    let reference = registry.tagged("0.1.0");
    let push = ["push", &reference, "dist/beacon.wasm"];
    let nobody = said(&mut trusting(&beacon, &push)).failed();
    assert!(nobody.contains(&format!("{} wants to know who asks", registry.host())), "{nobody}");
    let wrong = as_user(&mut trusting(&beacon, &push), USERNAME, "canary-wrong-password").failed();
    assert!(wrong.contains("does not let \"ci\"") && !wrong.contains("canary"), "{wrong}");
    let reader = as_user(&mut trusting(&beacon, &push), READER, PASSWORD).failed();
    assert!(reader.contains("does not let \"reader\"") && reader.contains("the rights"), "{reader}");

    let pushed = as_user(&mut trusting(&beacon, &push), USERNAME, PASSWORD);
    assert!(!format!("{pushed:?}").contains(PASSWORD), "{pushed:?}");
    pushed.done();
    as_user(&mut trusting(&beacon, &["pull", &reference]), READER, PASSWORD).done();
}

/// What was shown to a server, each time that it was asked.
type Shown = Arc<Mutex<Vec<Option<String>>>>;

/// Starts a server with other people's bytes, which is no part of the registry.
fn start_store(certified: &Certified, component: Vec<u8>) -> (u16, Shown) {
    let shown = Shown::default();
    let seen = Arc::clone(&shown);
    let answer = async move |headers: HeaderMap| {
        let authorization = headers.get(AUTHORIZATION).map(|value| format!("{value:?}"));
        seen.lock().unwrap().push(authorization);
        component
    };
    (neighbour::start(certified, Router::new().fallback(answer)), shown)
}

#[test]
fn whoever_keeps_the_bytes_for_the_registry_does_not_see_the_password() {
    let authority = Authority::new();
    let beacon = beacon_with(&authority);
    let component = fs::read(beacon.folder().join("dist/beacon.wasm")).unwrap();
    let (port, shown) = start_store(&authority.certify(), component.clone());
    let settings = format!(
        "{GUARDED}\nmiddleware: {{storage: [{{name: redirect, options: {{baseurl: \"https://localhost:{port}\"}}}}]}}"
    );
    let Some(registry) = Registry::start_secure(&authority.certify(), &authority, &settings) else { return };
    let reference = registry.tagged("0.1.0");
    as_user(&mut trusting(&beacon, &["push", &reference, "dist/beacon.wasm"]), USERNAME, PASSWORD).done();
    as_user(&mut trusting(&beacon, &["pull", &reference]), USERNAME, PASSWORD).done();
    assert_eq!(fs::read(beacon.folder().join("beacon.wasm")).unwrap(), component);
    let shown = shown.lock().unwrap();
    assert!(!shown.is_empty() && shown.iter().all(Option::is_none), "{shown:?}");
}

#[test]
fn a_password_is_not_sent_over_plain_http_even_if_the_registry_says_so() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let realm = format!("http://{}/token", listener.local_addr().unwrap());
    let settings = format!(
        "auth: {{token: {{realm: \"{realm}\", service: plugins, issuer: tokens, rootcertbundle: authority.pem}}}}"
    );
    let Some(registry) = Registry::start_secure(&authority.certify(), &authority, &settings) else { return };
    let beacon = beacon_with(&authority);
    let pull = ["pull", &registry.tagged("0.1.0")];
    let mut pull = trusting(&beacon, &pull);
    let refused = as_user(pull.env_remove("NO_PROXY").env_remove("no_proxy"), USERNAME, PASSWORD).failed();
    assert!(refused.contains("plain http") && refused.contains("an address with https"), "{refused}");
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody came");
}

#[test]
fn the_proxy_of_the_surroundings_leads_to_a_registry() {
    let beacon = Beacon::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").unwrap();
        line
    });
    let mut pull = command(&beacon, &["pull", "registry.invalid/acme/beacon:0.1.0"]);
    pull.env("HTTPS_PROXY", proxy).env_remove("NO_PROXY").env_remove("no_proxy");
    let refused = said(&mut pull).failed();
    assert!(refused.contains("registry.invalid cannot be reached") && !refused.contains("lookup"), "{refused}");
    assert_eq!(asked.join().unwrap(), "CONNECT registry.invalid:443 HTTP/1.1\r\n");
}

#[test]
fn whoever_the_registry_sends_us_to_has_to_prove_who_it_is() {
    let authority = Authority::new();
    let stranger = Authority::new();
    let settings = tokens::start(&stranger);
    let Some(registry) = Registry::start_secure(&authority.certify(), &authority, &settings) else { return };
    let beacon = beacon_with(&authority);
    let refused = as_user(&mut trusting(&beacon, &["pull", &registry.tagged("0.1.0")]), USERNAME, PASSWORD).failed();
    assert!(refused.contains(&format!(", where {} sends us to,", registry.host())), "{refused}");
    assert!(refused.contains("does not trust") && !refused.contains(PASSWORD), "{refused}");
}
