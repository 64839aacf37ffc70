//! `relink plugin push`, `pull` and `install` with a registry.

mod installing;
mod logins;
mod refusals;
mod secure;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::registry::{NAME, PASSWORD, Registry, USERNAME};
use crate::support::{Beacon, Said, relink, said};

/// Runs a command against a registry on this machine, as somebody without any login.
fn with(beacon: &Beacon, arguments: &[&str]) -> Said {
    said(command(beacon, arguments).arg("--plain-http"))
}

/// A command of somebody whose only logins are those in the folder of the plugin.
fn command(beacon: &Beacon, arguments: &[&str]) -> Command {
    let mut relink = relink(beacon.folder());
    relink.arg("plugin").args(arguments).env("DOCKER_CONFIG", beacon.folder());
    relink.env("XDG_RUNTIME_DIR", beacon.folder());
    relink
}

/// Pushes the plugin to the tag of its version.
fn push(beacon: &Beacon, registry: &Registry) -> String {
    with(beacon, &["push", &format!("{}/{NAME}", registry.host()), "dist/beacon.wasm"]).done()
}

/// Makes a key and signs the plugin; gives back the public key.
fn sign(beacon: &Beacon) -> String {
    let said = beacon.plugin(&["keygen", "acme.key"]).done();
    beacon.plugin(&["sign", "dist/beacon.wasm", "--key", "acme.key"]).done();
    said.rsplit('"').nth(1).unwrap().to_owned()
}

/// Adds a custom section, so that the component is another one and yet says and does the same.
fn change_bytes(beacon: &Beacon) {
    let file = beacon.folder().join("dist/beacon.wasm");
    let mut component = fs::read(&file).unwrap();
    component.extend(b"\0\x05\x04note");
    fs::write(file, component).unwrap();
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[test]
fn a_plugin_is_laid_out_in_the_registry_as_other_tools_expect() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    sign(&beacon);
    let said = push(&beacon, &registry);
    let digest = registry.digest_of("0.1.0");
    assert!(said.contains(&format!("beacon 0.1.0 is in {}, signed.", registry.tagged("0.1.0"))), "{said}");
    assert!(said.contains(&format!("{}/{NAME}@{digest}", registry.host())), "{said}");

    let component = fs::read(beacon.folder().join("dist/beacon.wasm")).unwrap();
    let signature = fs::read_to_string(beacon.folder().join("dist/beacon.wasm.minisig")).unwrap();
    let manifest = registry.json(&digest);
    let config = manifest["config"].clone();
    let layer = sha256(&component);
    assert_eq!(
        manifest,
        json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": { "mediaType": "application/vnd.wasm.config.v0+json", "digest": config["digest"], "size": config["size"] },
            "layers": [{
                "mediaType": "application/wasm",
                "digest": layer,
                "size": component.len(),
                "annotations": { "org.opencontainers.image.title": "beacon.wasm" },
            }],
            "annotations": {
                "dev.relink.minisig": signature,
                "org.opencontainers.image.title": "beacon",
                "org.opencontainers.image.version": "0.1.0",
            },
        })
    );
    let config = registry.json(config["digest"].as_str().unwrap());
    assert_eq!(config["architecture"], "wasm");
    assert_eq!(config["os"], "wasip2");
    assert_eq!(config["layerDigests"], json!([layer]));
    assert!(config["created"].as_str().unwrap().ends_with('Z'), "{config}");
    let exports = config["component"]["exports"].as_array().unwrap();
    assert!(exports.iter().any(|export| export.as_str().unwrap().starts_with("relink:plugin/provider@")), "{config}");
    let imports = config["component"]["imports"].as_array().unwrap();
    assert!(imports.iter().all(|import| import.as_str().unwrap().starts_with("relink:plugin/")), "{config}");
    assert_eq!(fs::read(registry.blob(&layer)).unwrap(), component);
}

#[test]
fn tag_and_digest_bring_back_the_same_bytes_and_signature() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    sign(&beacon);
    push(&beacon, &registry);
    let by_digest = format!("{}/{NAME}@{}", registry.host(), registry.digest_of("0.1.0"));
    for (reference, file) in [(registry.tagged("0.1.0"), "tag.wasm"), (by_digest.clone(), "digest.wasm")] {
        let said = with(&beacon, &["pull", &reference, "--output", file]).done();
        assert!(said.contains(&format!("beacon 0.1.0 is in {file}, signed")) && said.contains(&by_digest), "{said}");
        for (pulled, pushed) in
            [(file.to_owned(), "dist/beacon.wasm"), (format!("{file}.minisig"), "dist/beacon.wasm.minisig")]
        {
            let read = |name: &str| fs::read(beacon.folder().join(name)).unwrap();
            assert_eq!(read(&pulled), read(pushed), "{pulled}");
        }
    }
    let said = with(&beacon, &["pull", &by_digest, "--output", "tag.wasm"]).failed();
    assert!(said.contains("tag.wasm is there already"), "{said}");
}

#[test]
fn a_version_is_pushed_once_and_only_other_tags_move() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    let latest = ["push", &registry.tagged("latest"), "dist/beacon.wasm"];
    push(&beacon, &registry);
    with(&beacon, &latest).done();
    let first = registry.digest_of("0.1.0");
    let said = push(&beacon, &registry);
    assert!(said.contains("was already in") && registry.digest_of("0.1.0") == first, "{said}");

    sign(&beacon);
    push(&beacon, &registry);
    let signed = registry.digest_of("0.1.0");
    assert_ne!(signed, first, "a signature may come later");

    change_bytes(&beacon);
    let said = with(&beacon, &["push", &registry.tagged("0.1.0"), "dist/beacon.wasm"]).failed();
    assert!(said.contains("count the version up") && registry.digest_of("0.1.0") == signed, "{said}");
    let said = with(&beacon, &["push", &registry.tagged("0.2.0"), "dist/beacon.wasm"]).failed();
    assert!(said.contains("the plugin is version 0.1.0"), "{said}");
    let before = registry.layer_of("latest");
    with(&beacon, &latest).done();
    assert_ne!(registry.layer_of("latest"), before);
}

#[test]
fn a_guarded_registry_wants_the_right_password_and_nobody_else_sees_it() {
    let Some(registry) = Registry::start_guarded() else { return };
    let beacon = Beacon::new();
    let reference = registry.tagged("0.1.0");
    let said = with(&beacon, &["push", &reference, "dist/beacon.wasm"]).failed();
    assert!(said.contains(&format!("docker login {}", registry.host())) && said.contains("--username"), "{said}");

    let refused = with_password(&beacon, &["push", &reference, "dist/beacon.wasm"], "wrong").failed();
    assert!(refused.contains("does not let \"ci\"") && refused.contains("password"), "{refused}");
    let pushed = with_password(&beacon, &["push", &reference, "dist/beacon.wasm"], PASSWORD);
    assert!(!pushed.err.contains(PASSWORD) && !pushed.out.contains(PASSWORD), "{pushed:?}");
    pushed.done();

    save_login(&beacon, &registry, "wrong");
    let said = with(&beacon, &["pull", &reference, "--output", "login.wasm"]).failed();
    assert!(said.contains("does not let \"ci\""), "{said}");
    save_login(&beacon, &registry, PASSWORD);
    with(&beacon, &["pull", &reference, "--output", "login.wasm"]).done();
}

/// What `docker login` writes.
fn save_login(beacon: &Beacon, registry: &Registry, password: &str) {
    let login = json!({ "auths": { registry.host(): { "username": USERNAME, "password": password } } });
    fs::write(beacon.folder().join("config.json"), login.to_string()).unwrap();
}

/// Runs a command over plain http that is given a password.
fn with_password(beacon: &Beacon, arguments: &[&str], password: &str) -> Said {
    as_user(command(beacon, arguments).arg("--plain-http"), USERNAME, password)
}

/// Runs a command as somebody who types a password.
fn as_user(command: &mut Command, username: &str, password: &str) -> Said {
    let mut relink = command.args(["--username", username]);
    relink = relink.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut relink = relink.spawn().unwrap();
    writeln!(relink.stdin.take().unwrap(), "{password}").unwrap();
    let output = relink.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// The commands that the guide for authors shows are those that are run here, in their order.
#[test]
fn the_commands_of_the_guide_do_what_it_says() {
    let Some(registry) = Registry::start_guarded() else { return };
    let beacon = Beacon::new();
    save_login(&beacon, &registry, PASSWORD);
    fs::create_dir_all(beacon.folder().join("relink-data/plugins")).unwrap();
    let guide = include_str!("../../../../plugins/README.md");
    let section = guide.split("\n## ").find(|section| section.starts_with("9. Publish it")).unwrap();
    let commands: Vec<&str> =
        section.split("```").skip(1).step_by(2).flat_map(str::lines).filter(|line| !line.is_empty()).collect();
    assert_eq!(commands.len(), 6, "{commands:?}");
    for command in commands {
        let mut command = command.replace("registry.example.com", &registry.host());
        if command.contains(&registry.host()) {
            command.push_str(" --plain-http");
        }
        let program = Path::new(env!("CARGO_BIN_EXE_relink")).parent().unwrap();
        let path = format!("{}:{}", program.display(), env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(beacon.folder()).env("PATH", path);
        shell
            .env("DOCKER_CONFIG", beacon.folder())
            .env("REGISTRY_PASSWORD", PASSWORD)
            .env("RELINK_CONFIG", "relink.toml");
        fs::write(beacon.folder().join("relink.toml"), trusted(&beacon)).unwrap();
        said(&mut shell).done();
    }
    assert!(beacon.folder().join("beacon.wasm.minisig").exists());
    assert!(beacon.folder().join("relink-data/plugins/beacon.wasm").exists());
}

/// Settings in which the publisher is trusted, once there is a key.
fn trusted(beacon: &Beacon) -> String {
    let public_key = fs::read_to_string(beacon.folder().join("acme.key.pub")).unwrap_or_default();
    public_key.lines().nth(1).map_or_else(String::new, |key| format!("[plugin_trust.publishers]\nacme = \"{key}\"\n"))
}
