//! The logins that docker keeps with a helper, which is a program of its own.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::{env, fs};

use serde_json::{Value, json};

use super::command;
use crate::registry::{PASSWORD, Registry, USERNAME};
use crate::support::{Beacon, said};

/// Writes what `docker login` writes if a helper keeps the passwords.
fn keep_login_with_helper(beacon: &Beacon, config: &Value, script: &str) {
    let helper = beacon.folder().join("docker-credential-vault");
    fs::write(&helper, format!("#!/bin/sh\nhost=$(cat)\n{script}\n")).unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(beacon.folder().join("config.json"), config.to_string()).unwrap();
}

/// A command for a guarded registry, whose helper is found.
fn with_helper(beacon: &Beacon, arguments: &[&str]) -> Command {
    let path = format!("{}:{}", beacon.folder().display(), env::var("PATH").unwrap());
    let mut command = command(beacon, arguments);
    command.arg("--plain-http").env("PATH", path);
    command
}

#[test]
fn a_helper_is_asked_for_the_login_of_this_registry() {
    let Some(registry) = Registry::start_guarded() else { return };
    let beacon = Beacon::new();
    let reference = registry.tagged("0.1.0");
    let login = json!({ "ServerURL": registry.host(), "Username": USERNAME, "Secret": PASSWORD });
    let script = format!("test \"$1 $host\" = \"get {}\" && echo '{login}'", registry.host());
    keep_login_with_helper(&beacon, &json!({ "credHelpers": { registry.host(): "vault" } }), &script);
    said(&mut with_helper(&beacon, &["push", &reference, "dist/beacon.wasm"])).done();
    keep_login_with_helper(&beacon, &json!({ "credsStore": "vault" }), &script);
    said(&mut with_helper(&beacon, &["pull", &reference])).done();
}

#[test]
fn a_helper_that_cannot_help_is_told_without_what_it_said() {
    let Some(registry) = Registry::start_guarded() else { return };
    let beacon = Beacon::new();
    let pull = ["pull", &registry.tagged("0.1.0")];
    let log_in = format!("docker login {}", registry.host());
    let wrong = json!({ "Username": USERNAME, "Secret": "canary-wrong" });
    let identity = json!({ "Username": "<token>", "Secret": "canary-identity" });
    for (script, expected) in [
        ("echo canary-nothing; exit 1".to_owned(), "wants to know who asks"),
        ("echo canary-babble".to_owned(), "cannot be read"),
        (format!("echo '{wrong}'"), "does not let \"ci\""),
        (format!("echo '{identity}'"), "keeps an identity token"),
    ] {
        keep_login_with_helper(&beacon, &json!({ "credsStore": "vault" }), &script);
        let refused = said(&mut with_helper(&beacon, &pull)).failed();
        assert!(refused.contains(expected) && !refused.contains("canary"), "{script}: {refused}");
    }
    let without_helper = said(command(&beacon, &pull).arg("--plain-http")).failed();
    assert!(without_helper.contains("cannot be read") && without_helper.contains(&log_in), "{without_helper}");
}
