//! `/data-sources`: every data source that the person may see.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use relink_core::id::ClientId;
use relink_store::data_sources::{self, Filter, Sort as StoreSort, Status};
use relink_store::{Cursor, StoreError, clients};

use crate::pages::incident_cards;
use crate::pages::lookup::Lookup;
use crate::pages::rows;
use crate::pages::visit::Visit;
use crate::ui::views::data_sources::{Choice, Counts, DataSources};
use crate::ui::views::shell::Section;
use crate::ui::views::table_query::{Sort, TableQuery};
use crate::ui::when::When;
use crate::web::trouble::Trouble;

const ROWS: usize = 50;

pub(super) async fn page(visit: Visit, query: Result<Query<TableQuery>, QueryRejection>) -> Result<Response, Trouble> {
    // A mistyped address shows the plain table rather than an error.
    let mut query = query.map(|Query(query)| query).unwrap_or_default();
    let lookup = visit.lookup().await?;
    let person = visit.person();
    let found = match list(&visit, &query).await {
        Err(StoreError::Cursor) => {
            query.after.clear();
            list(&visit, &query).await?
        }
        found => found?,
    };
    let all = Filter::all(visit.now, 1);
    let counted = data_sources::counts(visit.db(), &person.workspace_id, &person.visible, &all).await?;
    let page = DataSources {
        shell: visit.shell(Section::DataSources, &lookup).await?,
        counts: counts(|status| counted.get(&status).map_or(0, |count| usize::try_from(*count).unwrap_or(0))),
        incidents: incident_cards::cards(&visit, &lookup, None).await?,
        providers: providers(&visit, &query),
        clients: client_choices(&visit, &query).await?,
        rows: rows::rows(&visit, &lookup, &found.items).await?,
        next: found.next.map(|cursor| cursor.to_string()),
        last_checked: Some(When::from_now(visit.now, visit.now)),
        query,
    };
    Ok(visit.respond(&page))
}

async fn list(
    visit: &Visit,
    query: &TableQuery,
) -> Result<relink_store::Page<data_sources::DataSourceRow>, StoreError> {
    let person = visit.person();
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (sort, descending) = order(query.sort);
    let filter = Filter {
        status: Status::from_code(&query.status),
        plugin_id: some(&query.provider),
        client_id: query.client.parse::<ClientId>().ok(),
        search: some(query.search.trim()),
        sort,
        descending,
        after: query.after.parse::<Cursor>().ok(),
        ..Filter::all(visit.now, ROWS)
    };
    data_sources::list(visit.db(), &person.workspace_id, &person.visible, &filter).await
}

/// What is broken comes first when sorted by status, and what is oldest when sorted by freshness.
const fn order(sort: Sort) -> (StoreSort, bool) {
    match sort {
        Sort::Urgency | Sort::Status => (StoreSort::Status, false),
        Sort::StatusDescending => (StoreSort::Status, true),
        Sort::Source => (StoreSort::Plugin, false),
        Sort::SourceDescending => (StoreSort::Plugin, true),
        Sort::Client => (StoreSort::Client, false),
        Sort::ClientDescending => (StoreSort::Client, true),
        Sort::Freshness => (StoreSort::LastSuccess, false),
        Sort::FreshnessDescending => (StoreSort::LastSuccess, true),
    }
}

fn counts(of: impl Fn(Status) -> usize) -> Counts {
    let shown = [Status::Connected, Status::NeedsReconnect, Status::ExpiresSoon, Status::Delayed, Status::Paused];
    Counts {
        all: shown.into_iter().map(&of).sum(),
        connected: of(Status::Connected),
        needs_action: of(Status::NeedsReconnect),
        expires_soon: of(Status::ExpiresSoon),
        delayed: of(Status::Delayed),
        paused: of(Status::Paused),
        stopped: of(Status::Stopped),
    }
}

fn providers(visit: &Visit, query: &TableQuery) -> Vec<Choice> {
    let plugins = visit.app.engine().registry().plugins();
    let choice = |plugin: &std::sync::Arc<relink_runtime::Plugin>| Choice {
        value: plugin.id().to_owned(),
        label: plugin.descriptor().display_name.clone(),
        is_selected: plugin.id() == query.provider,
    };
    plugins.iter().map(choice).collect()
}

async fn client_choices(visit: &Visit, query: &TableQuery) -> Result<Vec<Choice>, StoreError> {
    let all = clients::list(visit.db(), &visit.person().workspace_id).await?;
    let visible = all.into_iter().filter(|client| visit.person().may_see(&client.id));
    let choice = |client: clients::Client| Choice {
        is_selected: client.id.as_str() == query.client,
        value: client.id.to_string(),
        label: client.name,
    };
    Ok(visible.map(choice).collect())
}

/// The first connections of one client, for the client's own page.
pub(super) async fn rows_of_client(
    visit: &Visit,
    lookup: &Lookup,
    client: &ClientId,
) -> Result<Vec<crate::ui::views::data_sources::Row>, StoreError> {
    const MOST: usize = 200;
    let person = visit.person();
    let filter = Filter { client_id: Some(client.clone()), sort: StoreSort::Status, ..Filter::all(visit.now, MOST) };
    let found = data_sources::list(visit.db(), &person.workspace_id, &person.visible, &filter).await?;
    rows::rows(visit, lookup, &found.items).await
}
