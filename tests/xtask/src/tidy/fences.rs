//! Which crate may name which: the layers of the architecture, and one home for each power.

use super::workspace;

/// A crate from outside that grants a power, and the only crates that may hold it.
/// Test crates are among them: benchmarks measure our layer against the bare library, stories act as a browser.
const POWERS: [(&str, &[&str]); 4] = [
    ("sqlx", &["relink-store", "relink-bench"]),
    ("wasmtime", &["relink-runtime", "relink-bench"]),
    ("reqwest", &["relink-egress", "relink-simulator", "relink-stories", "relink-bench"]),
    // It brings `reqwest`, for registries of plugins and for nothing else.
    ("oci-client", &["relink"]),
];

/// Crates that do what `reqwest` does; one way to send HTTP is enough.
const OTHER_HTTP_CLIENTS: [&str; 6] = ["attohttpc", "curl", "isahc", "minreq", "surf", "ureq"];

/// The crates of the product from top to bottom: each may use those further down that it is given here.
const LAYERS: [(&str, &[&str]); 10] = [
    (
        "relink",
        &[
            "relink-engine",
            "relink-runtime",
            "relink-egress",
            "relink-store",
            "relink-core",
            "relink-authoring",
            "relink-fixtures",
        ],
    ),
    ("relink-engine", &["relink-runtime", "relink-egress", "relink-store", "relink-core"]),
    ("relink-runtime", &["relink-core", "relink-fixtures"]),
    ("relink-egress", &["relink-core"]),
    ("relink-store", &["relink-core"]),
    ("relink-core", &[]),
    ("relink-sdk", &["relink-fixtures"]),
    ("relink-declarative", &["relink-sdk"]),
    ("relink-authoring", &["relink-declarative", "relink-fixtures"]),
    ("relink-fixtures", &[]),
];

/// Values and decisions do no I/O, so the crate has no need for a runtime.
const NOT_IN_CORE: [&str; 4] = ["axum", "futures", "tokio", "tracing"];

#[test]
fn each_power_has_one_home() {
    for package in &workspace().packages {
        for dependency in &package.dependencies {
            if let Some((power, homes)) = POWERS.iter().find(|(power, _)| *power == dependency.name) {
                let package = package.name.as_str();
                assert!(homes.contains(&package), "{package} must not depend on {power}");
            }
            let is_http_client = OTHER_HTTP_CLIENTS.contains(&dependency.name.as_str());
            assert!(!is_http_client, "{} must not bring {}", package.name, dependency.name);
        }
    }
}

#[test]
fn crates_depend_downwards_only() {
    let workspace = workspace();
    for (name, below) in LAYERS {
        let package = workspace.package(name).expect("the crate is part of the workspace");
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind.is_none());
        for dependency in normal.filter(|dependency| dependency.name.starts_with("relink")) {
            let allowed = below.contains(&dependency.name.as_str());
            assert!(allowed, "{name} must not depend on {}", dependency.name);
        }
    }
}

#[test]
fn plugins_know_the_sdk_and_nothing_of_the_host() {
    let workspace = workspace();
    let home = workspace.root.join("plugins");
    let plugins = workspace.packages.iter().filter(|package| package.folder().parent() == Some(&home));
    for package in plugins {
        for dependency in &package.dependencies {
            let is_host = dependency.name.starts_with("relink") && dependency.name != "relink-sdk";
            assert!(!is_host, "{} must not depend on {}", package.name, dependency.name);
        }
    }
}

#[test]
fn core_needs_no_runtime() {
    let workspace = workspace();
    let core = workspace.package("relink-core").expect("the crate is part of the workspace");
    for dependency in &core.dependencies {
        let is_barred = NOT_IN_CORE.contains(&dependency.name.as_str());
        assert!(!is_barred, "relink-core must not depend on {}", dependency.name);
    }
}

#[test]
fn xtask_depends_on_no_crate_of_the_host() {
    let workspace = workspace();
    let xtask = workspace.package("xtask").expect("the crate is part of the workspace");
    for dependency in &xtask.dependencies {
        let is_barred = dependency.name.starts_with("relink") && dependency.name != "relink-authoring";
        assert!(!is_barred, "xtask must not depend on {}", dependency.name);
    }
}
