//! What one reconnect costs that heals ten thousand connections, while others are being synced.
//!
//! Timed is the last request of the flow: the browser comes back from the provider, and the server
//! exchanges the code, asks the provider who this is and what it sees, and heals everything in one
//! transaction. The reference is one bare statement that writes the same rows of the same database.

mod bare;
mod scene;

use std::time::Duration;

use anyhow::Result;
use relink_stories::Database;
use tokio::runtime::Runtime;

use crate::report::Report;
use crate::rounds::{Contender, Series, interleave};
use scene::Scene;

const ROUNDS: usize = 11;

const MS: &str = "ms";
const FIRST_DATA_MS: &str = "first data ms";

const ABOUT: &str = "one reconnect heals 10,000 connections, while others are synced all the time";

/// What the same contenders are called on each database.
struct Names {
    reconnect: &'static str,
    one: &'static str,
    bare: &'static str,
}

const SQLITE: Names = Names {
    reconnect: "SQLite: reconnect, 10,000 connections",
    one: "SQLite: reconnect, 1 connection",
    bare: "SQLite: bare UPDATE of 10,000 rows",
};
const POSTGRES: Names = Names {
    reconnect: "PostgreSQL: reconnect, 10,000 connections",
    one: "PostgreSQL: reconnect, 1 connection",
    bare: "PostgreSQL: bare UPDATE of 10,000 rows",
};

pub(crate) fn run() -> Result<Report> {
    let runtime = Runtime::new()?;
    let (mut all, mut notes) = (Vec::new(), Vec::new());
    let (series, note) = measure(&runtime, Database::Sqlite, &SQLITE)?;
    all.extend(series);
    notes.push(note);
    if Database::has_postgres() {
        let (series, note) = measure(&runtime, Database::Postgres, &POSTGRES)?;
        all.extend(series);
        notes.push(note);
    }
    let report = [SQLITE, POSTGRES].iter().fold(Report::new("reconnect", ABOUT, all), |report, names| {
        report.ratio(MS, names.reconnect, names.bare, Some(5.0)).limit(MS, names.reconnect, 2_000.0).limit(
            FIRST_DATA_MS,
            names.reconnect,
            5_000.0,
        )
    });
    Ok(notes.into_iter().fold(report, Report::note))
}

fn measure(runtime: &Runtime, database: Database, names: &Names) -> Result<(Vec<Series>, String)> {
    let scene = runtime.block_on(Scene::set(database))?;
    let began_at = scene.now();
    let mut contenders = [
        Contender::new(names.reconnect, || {
            runtime.block_on(async {
                scene.break_many().await?;
                let healed = scene.reconnect_many().await;
                let first_data = scene.first_data(&healed).await?;
                Ok(vec![(MS, ms(healed.took)), (FIRST_DATA_MS, ms(first_data))])
            })
        }),
        Contender::new(names.bare, || {
            runtime.block_on(async {
                scene.break_many().await?;
                Ok(vec![(MS, ms(scene.update_bare().await?))])
            })
        }),
        Contender::new(names.one, || runtime.block_on(async { Ok(vec![(MS, ms(scene.reconnect_one().await.took))]) })),
    ];
    let all = interleave(ROUNDS, &mut contenders)?;
    let rate = runtime.block_on(scene.syncs_per_second_since(began_at))?;
    Ok((all, format!("{}: meanwhile {rate:.0} syncs per second", names.reconnect)))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
