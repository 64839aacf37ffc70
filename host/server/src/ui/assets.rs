//! Styles, scripts and icons, inside the program and under an address that names their content.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

struct Asset {
    name: &'static str,
    content: &'static str,
}

macro_rules! assets {
    ($($name:literal),* $(,)?) => {
        const ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            content: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $name)),
        }),*];
    };
}

assets![
    "relink.css",
    "icons.svg",
    "logo.svg",
    "js/app.js",
    "js/announce.js",
    "js/copy.js",
    "js/dialog.js",
    "js/filter.js",
    "js/live.js",
    "js/menu.js",
    "js/parts.js",
    "js/submit.js",
    "js/tray.js",
    "js/zone.js",
];

/// One version for all assets, so that modules can import each other by relative addresses.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.name);
        hash.update(asset.content);
    }
    let digest = hash.finalize();
    format!("{:016x}", digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)))
});

/// The address of an asset; it changes with the content, so browsers may keep it for ever.
pub(crate) fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// The addresses of the scripts that a page loads, for the browser to fetch them all at once.
pub(crate) fn modules() -> impl Iterator<Item = String> {
    ASSETS.iter().filter(|asset| asset.name.starts_with("js/")).map(|asset| url(asset.name))
}

/// Serves the assets.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{version}/{*name}", get(serve))
}

async fn serve(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", *VERSION);
    // A page of the previous release may still ask for its own version: it gets ours, for now only.
    let caching = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers_out = [
        (CONTENT_TYPE, content_type(asset.name).to_owned()),
        (CACHE_CONTROL, caching.to_owned()),
        (ETAG, etag.clone()),
    ];
    let known = headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    if known {
        return (StatusCode::NOT_MODIFIED, headers_out).into_response();
    }
    (headers_out, asset.content).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fetch(version: &str, name: &str, known: Option<String>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(etag) = known {
            headers.insert(IF_NONE_MATCH, etag.parse().unwrap());
        }
        serve(Path((version.to_owned(), name.to_owned())), headers).await
    }

    #[tokio::test]
    async fn assets_may_be_kept_for_ever_under_their_own_version_only() {
        let current = fetch(&VERSION, "relink.css", None).await;
        assert!(current.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let stale = fetch("0000", "relink.css", None).await;
        assert_eq!(stale.headers()[CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let answer = fetch(&VERSION, "js/app.js", Some(format!("\"{}\"", *VERSION))).await;
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(fetch(&VERSION, "js/../Cargo.toml", None).await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn every_module_that_a_script_imports_is_served() {
        for asset in ASSETS.iter().filter(|asset| asset.name.starts_with("js/")) {
            for line in asset.content.lines().filter(|line| line.starts_with("import ")) {
                let file = line.rsplit_once("\"./").unwrap().1.trim_end_matches("\";");
                assert!(ASSETS.iter().any(|other| other.name == format!("js/{file}")), "{line}");
            }
        }
    }
}
