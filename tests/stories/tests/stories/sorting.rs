//! The order of the table, as its column heads say it.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, Page, story};

use crate::keys::connect_copper;

const STATUS: &str = "table.sources thead th:nth-child(3)";

// checklist: 42
story!(a_click_on_the_status_column_puts_what_is_broken_at_the_top);
async fn a_click_on_the_status_column_puts_what_is_broken_at_the_top(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let google = agency.connect("google", ANA, &[("1234567890", &agency.clients[0])]).await;
    let copper = connect_copper(&agency, "cobalt", 2).await;
    agency.until_filled(&copper.sources[0].id).await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.owner.control(&google.sources[0].id, "check").await;
    agency.until_broken(&google.sources[0].id).await;

    for start in ["/data-sources", "/data-sources?sort=-client"] {
        let page = agency.owner.visit(start).await;
        assert_eq!(page.attribute(STATUS, "aria-sort"), None, "{start}");
        let once = click(&agency, &page).await;
        assert_eq!(once.attribute(STATUS, "aria-sort").as_deref(), Some("ascending"), "{start}");
        assert!(once.has("tbody tr:first-child.broken"), "{start}: {}", once.text());
        let twice = click(&agency, &once).await;
        assert_eq!(twice.attribute(STATUS, "aria-sort").as_deref(), Some("descending"), "{start}");
        assert!(twice.has("tbody tr:last-child.broken"), "{start}: {}", twice.text());
    }
    let by_client = agency.owner.visit("/data-sources?sort=-client").await;
    assert!(by_client.has("tbody tr:last-child.broken"), "{}", by_client.text());
    assert!(agency.owner.visit("/data-sources").await.has("tbody tr:first-child.broken"));
}

async fn click(agency: &Agency, page: &Page) -> Page {
    assert_eq!(page.text_of(STATUS).unwrap(), "Status");
    let place = page.attribute(&format!("{STATUS} a"), "href").unwrap();
    agency.owner.visit(&place).await
}
