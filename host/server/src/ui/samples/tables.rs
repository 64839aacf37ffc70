//! The data-sources page in every state.

use super::parts::{NOW, choices, demo_people, incidents, rows, shell, viewer_shell};
use super::{Sample, sample};
use crate::ui::views::data_sources::{Counts, DataSources};
use crate::ui::views::health::Health;
use crate::ui::views::shell::{Banner, Part, Section, Tone};
use crate::ui::views::table_query::TableQuery;
use crate::ui::when::When;

pub(super) fn data_sources() -> Vec<Sample> {
    let mut demo = table();
    demo.shell.demo_people = demo_people();
    demo.shell.banner = Some(Banner {
        tone: Tone::Ok,
        title: "Checked again.".to_owned(),
        text: "Google Ads still refuses; we told you why below.".to_owned(),
    });
    let mut healthy = table();
    healthy.incidents.clear();
    healthy.counts = Counts { all: 6, connected: 6, ..Counts::default() };
    healthy.rows.retain(|row| row.health == Health::Connected);
    healthy.next = None;
    healthy.shell = viewer_shell();
    healthy.shell.person.may_repair = true;
    let no_match = DataSources {
        query: TableQuery { search: "zebra".to_owned(), ..TableQuery::default() },
        rows: Vec::new(),
        next: None,
        incidents: Vec::new(),
        ..table()
    };
    let empty = DataSources {
        counts: Counts::default(),
        rows: Vec::new(),
        incidents: Vec::new(),
        shell: viewer_shell(),
        ..table()
    };
    let mut hundred = table();
    let ids = (0..100_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    hundred.rows = ids
        .zip(rows().into_iter().cycle())
        .map(|(id, mut row)| {
            row.connection_id = format!("conn_01JD{id:016X}{:06X}", id >> 40);
            row.authorization_id = format!("auth_01JD{:016X}{:06X}", id.rotate_left(9), id >> 33);
            row
        })
        .collect();
    let mut hostile = table();
    hostile.rows[0].client.name = "<b>Acme</b>\"'&".to_owned();
    hostile.rows[0].provider.name = "<script>alert(1)</script>".to_owned();
    hostile.rows[0].account = "x".repeat(300);
    vec![
        sample("data-sources", &table()),
        sample("data-sources-demo", &demo),
        sample("data-sources-healthy", &healthy),
        sample("data-sources-no-match", &no_match),
        sample("data-sources-empty", &empty),
        sample("data-sources-viewer", &DataSources { shell: viewer_shell(), ..table() }),
        sample("data-sources-100", &hundred),
        sample("data-sources-hostile", &hostile),
    ]
}

/// The parts of the data-sources page that a script may ask for.
pub(super) fn fragments() -> [Sample; 2] {
    [("main", Part::Main), ("bell", Part::Bell)].map(|(name, part)| {
        let mut page = table();
        page.shell.part = part;
        sample(name, &page)
    })
}

fn table() -> DataSources {
    DataSources {
        shell: shell(Section::DataSources),
        query: TableQuery::default(),
        counts: Counts { all: 51, connected: 43, needs_action: 4, expires_soon: 2, delayed: 1, paused: 1, stopped: 0 },
        incidents: incidents(),
        providers: choices(&["Ahrefs", "Google Ads", "LinkedIn Ads"]),
        clients: choices(&["Acme Outdoor", "Bluebird Cafe", "Cobalt Systems"]),
        rows: rows(),
        next: Some("cursor".to_owned()),
        last_checked: Some(When::from_now(NOW.plus_seconds(-120), NOW)),
    }
}
