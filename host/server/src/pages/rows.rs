//! One row of the table, and one tile, per connection.

use std::collections::BTreeMap;

use relink_core::id::AuthorizationId;
use relink_core::reason::{Reason, Remedy};
use relink_core::time::Timestamp;
use relink_core::words::text_of;
use relink_store::authorizations::{self, Authorization};
use relink_store::connections::{ConnectionState, HELD_BACK};
use relink_store::data_sources::{DataSourceRow, Status};
use relink_store::{StoreError, incidents};

use crate::pages::lookup::{Circumstances, Lookup};
use crate::pages::strip::{self, Expected};
use crate::pages::visit::Visit;
use crate::ui::views::coverage::{Coverage, DayState};
use crate::ui::views::data_sources::Row;
use crate::ui::views::health::{DataState, Health};
use crate::ui::views::provider::ClientLink;
use crate::ui::views::repair::SignInKind;
use crate::ui::when::When;

const DAYS_OF_ROW: i64 = 7;
const DAY_MS: i64 = 86_400_000;

/// The rows of a list, each with the authorization that it uses.
pub(super) async fn rows(visit: &Visit, lookup: &Lookup, found: &[DataSourceRow]) -> Result<Vec<Row>, StoreError> {
    let mut authorizations: BTreeMap<AuthorizationId, Option<Authorization>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(found.len());
    for source in found {
        let id = &source.authorization_id;
        if !authorizations.contains_key(id) {
            let authorization = authorizations::find(visit.db(), &visit.person().workspace_id, id).await?;
            authorizations.insert(id.clone(), authorization);
        }
        let authorization = authorizations.get(id).and_then(Option::as_ref);
        rows.push(row(visit, lookup, source, authorization).await?);
    }
    Ok(rows)
}

async fn row(
    visit: &Visit,
    lookup: &Lookup,
    source: &DataSourceRow,
    authorization: Option<&Authorization>,
) -> Result<Row, StoreError> {
    let health = health_of(source, visit.now);
    let coverage = coverage(visit, lookup, source).await?;
    let data = data_of(source, &coverage, visit.now);
    let reason = match &source.incident {
        Some(summary) => {
            let incident = incidents::find(visit.db(), &visit.person().workspace_id, &summary.id).await?;
            let circumstances = Circumstances {
                authorization,
                account: Some(&source.account_label),
                last_success_at: source.last_success_at,
            };
            incident.map(|incident| lookup.words(&incident, &circumstances).short)
        }
        None => quiet_reason(source, &data, lookup),
    };
    Ok(Row {
        connection_id: source.id.to_string(),
        authorization_id: source.authorization_id.to_string(),
        provider: lookup.provider(&source.plugin_id),
        account: source.account_label.clone(),
        client: ClientLink::new(source.client_id.as_str(), &source.client_name),
        health,
        reason,
        data,
        coverage,
        signed_in_as: source.authorization_label.clone(),
        sign_in_kind: authorization.map_or(SignInKind::OAuth, |found| lookup.sign_in_kind(found)),
    })
}

pub(super) fn health_of(source: &DataSourceRow, now: Timestamp) -> Health {
    if let Some(incident) = &source.incident {
        return broken(incident.remedy);
    }
    match source.status {
        Status::NeedsReconnect => Health::NeedsReconnect,
        Status::Paused => Health::Paused,
        Status::Stopped => Health::Stopped,
        Status::ExpiresSoon => Health::ExpiresSoon { days: days_until(source.reauthorize_at, now) },
        Status::Delayed => Health::Delayed,
        Status::Connected if source.last_success_at.is_none() => Health::Checking,
        Status::Connected => Health::Connected,
    }
}

/// What a person reads on something broken: whether signing in again is what helps.
pub(super) const fn broken(remedy: Remedy) -> Health {
    match remedy {
        Remedy::FixBilling | Remedy::AskAdmin | Remedy::ActAtProvider | Remedy::Operator => Health::NeedsAction,
        Remedy::Reauthorize | Remedy::ReplaceSecret | Remedy::None | Remedy::Wait | Remedy::Refresh => {
            Health::NeedsReconnect
        }
    }
}

fn days_until(moment: Option<Timestamp>, now: Timestamp) -> i64 {
    moment.map_or(0, |moment| moment.since_ms(now).max(0).div_euclid(DAY_MS))
}

async fn coverage(visit: &Visit, lookup: &Lookup, source: &DataSourceRow) -> Result<Coverage, StoreError> {
    let today = visit.now.day();
    let history = i64::from(visit.app.engine().settings().backfill_days);
    let plugin = lookup.plugin(&source.plugin_id);
    let kind = source.account_kind.as_deref();
    let expected = Expected {
        first: today.plus_days(1 - DAYS_OF_ROW),
        today,
        wanted_from: source.connected_at.day().plus_days(-history),
        is_fetching: source.incident.is_none() && source.state == ConnectionState::Active,
        datasets: plugin.map(|plugin| strip::daily_datasets(plugin.descriptor(), kind)).unwrap_or_default(),
    };
    strip::strip(visit.db(), &visit.person().workspace_id, &source.id, &expected).await
}

pub(super) fn data_of(source: &DataSourceRow, coverage: &Coverage, now: Timestamp) -> DataState {
    let as_of = source.last_success_at.map(|moment| When::at(moment, now));
    let open = coverage.count(DayState::Missing) + coverage.count(DayState::Refilling);
    let done = coverage.count(DayState::Here) + coverage.count(DayState::Lost);
    match (source.status, as_of) {
        (Status::NeedsReconnect, _) => DataState::Stopped { missing_days: open },
        (Status::Paused | Status::Stopped, as_of) => DataState::Resting { as_of },
        (Status::Delayed, as_of) => DataState::Delayed { as_of },
        (_, Some(_)) if open > 0 => DataState::CatchingUp { done, of: done + open },
        (_, Some(as_of)) => DataState::Fresh { as_of },
        (_, None) => DataState::None,
    }
}

/// What people are told of a breakage that is held back.
pub(super) fn held_back(provider: &str) -> String {
    format!("Many {provider} connections fail at once; it is being looked into")
}

/// The line below a status that nobody need act on.
fn quiet_reason(source: &DataSourceRow, data: &DataState, lookup: &Lookup) -> Option<String> {
    match data {
        DataState::CatchingUp { done, of } => Some(format!("{done} of {of} days")),
        DataState::Delayed { .. } if source.delay_reason.as_deref() == Some(HELD_BACK) => {
            Some(held_back(&lookup.provider(&source.plugin_id).name))
        }
        DataState::Delayed { .. } => {
            let reason = source.delay_reason.as_deref().and_then(Reason::from_code);
            let waiting = || format!("Waiting for {}", lookup.provider(&source.plugin_id).name);
            Some(reason.map_or_else(waiting, |reason| text_of(reason).short.to_owned()))
        }
        _ => None,
    }
}
