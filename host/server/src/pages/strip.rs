//! The strip of days of a connection: which are here, which are missing, from the ledger.

use std::collections::{BTreeMap, BTreeSet};

use relink_core::id::{ConnectionId, WorkspaceId};
use relink_core::plugin::{Descriptor, SyncMode};
use relink_core::time::Day;
use relink_store::coverage::{self, CoveredDay};
use relink_store::{Db, StoreError};

use crate::ui::views::coverage::{Coverage, DayState};

/// Which days are looked at, and what is expected of them.
pub(super) struct Expected {
    pub(super) first: Day,
    pub(super) today: Day,
    /// The first day that people want to have.
    pub(super) wanted_from: Day,
    /// Whether missing days are on their way.
    pub(super) is_fetching: bool,
    /// The datasets that have days, by name.
    pub(super) datasets: BTreeSet<String>,
}

/// The datasets with days that an account of this kind has.
pub(super) fn daily_datasets(descriptor: &Descriptor, kind: Option<&str>) -> BTreeSet<String> {
    let daily = descriptor.datasets_of(kind).filter(|dataset| matches!(dataset.mode, SyncMode::Daily(_)));
    daily.map(|dataset| dataset.name.clone()).collect()
}

pub(super) async fn strip(
    db: &Db,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    expected: &Expected,
) -> Result<Coverage, StoreError> {
    let ledger = coverage::list(db, workspace, connection, expected.first).await?;
    Ok(of_ledger(&ledger, expected))
}

/// A day is here when every dataset has it, and lost when one of them can never have it.
fn of_ledger(ledger: &[CoveredDay], expected: &Expected) -> Coverage {
    let mut by_day: BTreeMap<Day, Vec<&CoveredDay>> = BTreeMap::new();
    for covered in ledger.iter().filter(|covered| expected.datasets.contains(&covered.dataset)) {
        if let Some(day) = covered.day {
            by_day.entry(day).or_default().push(covered);
        }
    }
    let state = |day: Day| match by_day.get(&day) {
        _ if day < expected.wanted_from || expected.datasets.is_empty() => DayState::Outside,
        Some(found) if found.len() < expected.datasets.len() => missing(expected),
        Some(found) if found.iter().any(|covered| covered.lost) => DayState::Lost,
        Some(_) => DayState::Here,
        None => missing(expected),
    };
    Coverage { days: expected.first.through(expected.today).map(state).collect() }
}

fn missing(expected: &Expected) -> DayState {
    if expected.is_fetching { DayState::Refilling } else { DayState::Missing }
}

#[cfg(test)]
mod tests {
    use relink_core::time::Timestamp;

    use super::*;

    fn covered(dataset: &str, day: &str, lost: bool) -> CoveredDay {
        CoveredDay {
            dataset: dataset.to_owned(),
            day: Some(day.parse().unwrap()),
            row_count: 1,
            fetched_at: Timestamp::from_ms(0),
            lost,
        }
    }

    #[test]
    fn a_day_is_here_only_if_every_dataset_has_it() {
        let expected = Expected {
            first: "2026-03-01".parse().unwrap(),
            today: "2026-03-05".parse().unwrap(),
            wanted_from: "2026-03-02".parse().unwrap(),
            is_fetching: false,
            datasets: ["spend".to_owned(), "clicks".to_owned()].into(),
        };
        let ledger = [
            covered("spend", "2026-03-01", false),
            covered("spend", "2026-03-02", false),
            covered("clicks", "2026-03-02", true),
            covered("spend", "2026-03-03", false),
            covered("spend", "2026-03-04", false),
            covered("clicks", "2026-03-04", false),
            covered("people", "2026-03-05", false),
        ];
        let days = of_ledger(&ledger, &expected).days;
        assert_eq!(days, [DayState::Outside, DayState::Lost, DayState::Missing, DayState::Here, DayState::Missing]);
    }
}
