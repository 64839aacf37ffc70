//! `/metrics` in the text format of Prometheus, and the two questions of a load balancer.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use relink_runtime::ListingState;
use relink_store::data_sources::{self, Filter, Status};
use relink_store::incidents::{self, IncidentFilter};
use relink_store::{Visible, workspaces};

use crate::app::App;
use crate::web::trouble::Trouble;

/// More open incidents than this are counted as so many.
const MOST_INCIDENTS: usize = 500;
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What this process has counted since it started.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: [AtomicU64; 5],
}

impl Metrics {
    pub(crate) fn count_request(&self, status: u16) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.requests[class].fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Whether this process can serve: it can if its database answers.
async fn ready(State(app): State<App>) -> Response {
    match workspaces::list(app.engine().db()).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

async fn metrics(State(app): State<App>) -> Result<Response, Trouble> {
    let mut text = String::new();
    write_requests(&mut text, app.metrics());
    write_plugins(&mut text, &app);
    write_calls(&mut text, &app);
    write_doubts(&mut text, &app).await?;
    write_connections(&mut text, &app).await?;
    Ok(([(CONTENT_TYPE, FORMAT)], text).into_response())
}

fn write_requests(text: &mut String, metrics: &Metrics) {
    head(text, "relink_http_requests_total", "counter", "Answers by class of status.");
    for (index, count) in metrics.requests.iter().enumerate() {
        line(text, "relink_http_requests_total", &format!("class=\"{}xx\"", index + 1), count.load(Ordering::Relaxed));
    }
}

fn write_plugins(text: &mut String, app: &App) {
    head(text, "relink_plugins", "gauge", "Plugin files by state.");
    let listings = app.engine().registry().list();
    for (name, state) in [
        ("in-service", ListingState::InService),
        ("rolled-back", ListingState::RolledBack),
        ("suspect", ListingState::Suspect),
        ("waiting", ListingState::Waiting),
        ("disabled", ListingState::Disabled),
        ("refused", ListingState::Refused),
    ] {
        let count = listings.iter().filter(|listing| listing.state == state).count();
        line(text, "relink_plugins", &format!("state=\"{name}\""), count);
    }
}

/// What plugins do, version by version; a version that was swapped keeps its figures.
fn write_calls(text: &mut String, app: &App) {
    let registry = app.engine().registry();
    let versions: Vec<_> = registry
        .plugins()
        .iter()
        .flat_map(|plugin| registry.figures(plugin.id()).into_iter().map(|version| (plugin.id().to_owned(), version)))
        .map(|(id, version)| (format!("plugin=\"{id}\",version=\"{}\"", version.version), version.figures))
        .collect();
    head(text, "relink_plugin_call_seconds", "summary", "Time of calls of plugins.");
    for (labels, figures) in &versions {
        for quantile in [0.5, 0.99] {
            let time = figures.within(quantile).unwrap_or_default().as_secs_f64();
            line(text, "relink_plugin_call_seconds", &format!("{labels},quantile=\"{quantile}\""), time);
        }
        line(text, "relink_plugin_call_seconds_sum", labels, figures.total().as_secs_f64());
        line(text, "relink_plugin_call_seconds_count", labels, figures.calls());
    }
    head(text, "relink_plugin_faults_total", "counter", "Calls that a plugin is to blame for.");
    for (labels, figures) in &versions {
        line(text, "relink_plugin_faults_total", labels, figures.faults());
    }
    head(text, "relink_plugin_peak_memory_bytes", "gauge", "The most memory that one call has asked for.");
    for (labels, figures) in &versions {
        line(text, "relink_plugin_peak_memory_bytes", labels, figures.peak_memory());
    }
    head(
        text,
        "relink_plugin_code_bytes",
        "gauge",
        "Compiled code that is mapped; it takes memory only where it runs.",
    );
    for plugin in registry.plugins() {
        let labels = format!("plugin=\"{}\",version=\"{}\"", plugin.id(), plugin.version());
        line(text, "relink_plugin_code_bytes", &labels, plugin.code_size().unwrap_or_default());
    }
}

/// Plugins that call too much broken at once, and how many authorizations wait for what becomes of that.
async fn write_doubts(text: &mut String, app: &App) -> Result<(), Trouble> {
    let mut held = Vec::new();
    for plugin in app.engine().registry().plugins() {
        let doubted = app.engine().doubted(plugin.id()).await?;
        let labels = format!("plugin=\"{}\",version=\"{}\"", plugin.id(), plugin.version());
        held.push((labels, doubted.map(|doubted| doubted.held)));
    }
    head(text, "relink_plugin_doubted", "gauge", "1 if what a plugin calls broken is held back.");
    for (labels, held) in &held {
        line(text, "relink_plugin_doubted", labels, u8::from(held.is_some()));
    }
    head(text, "relink_plugin_held_authorizations", "gauge", "Authorizations of whose breakage nobody was told yet.");
    for (labels, held) in &held {
        line(text, "relink_plugin_held_authorizations", labels, held.unwrap_or_default());
    }
    Ok(())
}

/// Counts of all workspaces together: whose they are is nobody's business here.
async fn write_connections(text: &mut String, app: &App) -> Result<(), Trouble> {
    let db = app.engine().db();
    let mut by_status: BTreeMap<Status, i64> = Status::ALL.iter().map(|status| (*status, 0)).collect();
    let mut open_incidents = 0;
    for workspace in workspaces::list(db).await? {
        let all = Filter::all(app.engine().now(), 1);
        for (status, count) in data_sources::counts(db, &workspace.id, &Visible::All, &all).await? {
            *by_status.entry(status).or_default() += count;
        }
        let only_open = IncidentFilter { only_open: true, limit: MOST_INCIDENTS, ..IncidentFilter::default() };
        open_incidents += incidents::list(db, &workspace.id, &Visible::All, &only_open).await?.items.len();
    }
    head(text, "relink_connections", "gauge", "Connections by status.");
    for (status, count) in by_status {
        line(text, "relink_connections", &format!("status=\"{}\"", status.code()), count);
    }
    head(text, "relink_open_incidents", "gauge", "Incidents that are open.");
    line(text, "relink_open_incidents", "", open_incidents);
    Ok(())
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}").expect("writing to a string cannot fail");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl Display) {
    let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    writeln!(text, "{name}{labels} {value}").expect("writing to a string cannot fail");
}
