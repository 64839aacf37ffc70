//! `/clients` and the data sources of one client.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use relink_core::id::ClientId;
use relink_store::clients;
use relink_store::data_sources::{self, Filter, Status};

use crate::pages::visit::Visit;
use crate::pages::{data_sources as table, incident_cards};
use crate::ui::views::clients::{ClientPage, ClientRow, Clients};
use crate::ui::views::shell::Section;
use crate::web::trouble::Trouble;

pub(super) async fn list(visit: Visit) -> Result<Response, Trouble> {
    let lookup = visit.lookup().await?;
    let person = visit.person();
    let mut rows = Vec::new();
    for client in clients::list(visit.db(), &person.workspace_id).await? {
        if !person.may_see(&client.id) {
            continue;
        }
        let filter = Filter { client_id: Some(client.id.clone()), ..Filter::all(visit.now, 1) };
        let counts = data_sources::counts(visit.db(), &person.workspace_id, &person.visible, &filter).await?;
        rows.push(row(client, &counts));
    }
    let page = Clients { shell: visit.shell(Section::Clients, &lookup).await?, clients: rows };
    Ok(visit.respond(&page))
}

fn row(client: clients::Client, counts: &BTreeMap<Status, i64>) -> ClientRow {
    let count = |status| counts.get(&status).map_or(0, |count| usize::try_from(*count).unwrap_or(0));
    let shown = Status::ALL.iter().filter(|status| **status != Status::Stopped);
    ClientRow {
        id: client.id.to_string(),
        name: client.name,
        data_sources: shown.map(|status| count(*status)).sum(),
        broken: count(Status::NeedsReconnect),
        expires_soon: count(Status::ExpiresSoon),
    }
}

pub(super) async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id: ClientId = id.parse().map_err(|_| Trouble::not_found())?;
    let found = clients::find(visit.db(), &visit.person().workspace_id, &id).await?;
    let client = found.filter(|client| visit.person().may_see(&client.id)).ok_or_else(Trouble::not_found)?;
    let lookup = visit.lookup().await?;
    let page = ClientPage {
        shell: visit.shell(Section::Clients, &lookup).await?,
        id: client.id.to_string(),
        name: client.name,
        incidents: incident_cards::cards(&visit, &lookup, Some(&id)).await?,
        rows: table::rows_of_client(&visit, &lookup, &id).await?,
    };
    Ok(visit.respond(&page))
}
