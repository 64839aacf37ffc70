//! The data itself, as it was fetched.

use axum::Json;
use axum::extract::{Path, Query, State};
use relink_core::time::Day;
use relink_store::Dataset;
use relink_store::records::{self, RecordFilter};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::api::connections;
use crate::api::shape::{Listed, Paging, moment};
use crate::app::App;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Record {
    /// Unique in the dataset.
    key: String,
    day: Option<String>,
    fetched_at: String,
    #[schema(value_type = Object)]
    data: Box<RawValue>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    dataset: String,
    /// The first day, as in 2026-03-01.
    since: Option<String>,
    /// The last day.
    until: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

/// List the records of a dataset
#[utoipa::path(get, path = "/api/v1/connections/{id}/records", tag = "records", params(("id" = String, Path,), Wanted),
    responses((status = 200, body = Listed<Record>), (status = 404, body = ProblemDocument)))]
pub(crate) async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Listed<Record>>, Trouble> {
    let connection = connections::find(&app, &caller, &id).await?;
    let paging = Paging { after: wanted.after, limit: wanted.limit };
    let filter = RecordFilter {
        since: wanted.since.map(|text| day(&text)).transpose()?,
        until: wanted.until.map(|text| day(&text)).transpose()?,
        after: paging.after()?,
        limit: paging.limit(),
    };
    let dataset =
        Dataset { workspace_id: &connection.workspace_id, connection_id: &connection.id, name: &wanted.dataset };
    let page = records::list(app.engine().db(), dataset, &filter).await?;
    Ok(Json(Listed::of(page, |row| Record {
        key: row.key,
        day: row.day.map(|day| day.to_string()),
        fetched_at: moment(row.fetched_at),
        data: RawValue::from_string(row.data).unwrap_or_else(|_| RawValue::NULL.to_owned()),
    })))
}

fn day(text: &str) -> Result<Day, Trouble> {
    text.parse().map_err(|_| Trouble::bad_request("A day is written as in 2026-03-01."))
}
