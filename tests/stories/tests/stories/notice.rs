//! Wherever people stand, the bell tells them, and leads to what is broken and to help.

use relink_simulator::world::ANA;
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Connected, Database, story};

use crate::keys::connect_copper;

const HELP: &str = "a[href='/help/reasons/invalid-refresh-token']";

// checklist: 23, 24, 25, 26, 31, 32, 52, 53
story!(a_notice_names_what_is_broken_and_leads_to_it_and_to_nothing_else);
async fn a_notice_names_what_is_broken_and_leads_to_it_and_to_nothing_else(database: Database) {
    let (agency, google, copper) = half_broken_agency(database).await;
    let page = agency.owner.visit("/data-sources").await;
    let entry = page.text_of("#tray .notice").unwrap();
    for words in ["Google", ANA, "Acme Outdoor", "Bluebird Cafe"] {
        assert!(entry.contains(words), "{words} is not in {entry}");
    }
    let told_at = page.attribute("#tray .notice time", "datetime").unwrap();
    assert_eq!(told_at, agency.owner.open_incidents().await[0]["opened_at"]);

    let of_provider = page.attribute("#tray .notice a.title", "href").unwrap();
    assert!(agency.owner.visit(&of_provider).await.has("#needs-reconnect"), "{of_provider}");
    for (place, source) in (1..).zip(&google.sources) {
        let of_client = page.attribute(&format!("#tray .notice .names a:nth-of-type({place})"), "href").unwrap();
        assert_eq!(of_client, format!("/connections/{}", source.id));
        assert!(agency.owner.visit(&of_client).await.has("#needs-reconnect"), "{of_client}");
    }

    let healthy = agency.owner.visit(&format!("/connections/{}", copper.sources[0].id)).await;
    assert!(healthy.status == 200 && !healthy.has("#needs-reconnect"), "{}", healthy.text());
    let tiles = agency.owner.visit(&format!("/clients/{}/data-sources", agency.clients[0])).await;
    assert_eq!(tiles.texts_of(".tile").len(), 2);
    assert_eq!(tiles.texts_of(".tile [aria-label=Disconnected]").len(), 1);
    assert!(tiles.has(".tile.broken .tile-head [role=img][aria-label=Disconnected] svg"), "{}", tiles.body);
    assert!(tiles.text_of(".tile.broken").unwrap().contains("Google"), "{}", tiles.text());
}

// checklist: 9, 21, 44, 51, 119
story!(the_bell_is_on_every_page_and_help_and_repair_are_beside_everything_broken);
async fn the_bell_is_on_every_page_and_help_and_repair_are_beside_everything_broken(database: Database) {
    let (agency, google, _) = half_broken_agency(database).await;
    let connection = format!("/connections/{}", google.sources[0].id);
    let client = format!("/clients/{}/data-sources", agency.clients[0]);
    let plain =
        ["/data-sources", "/clients", "/connect", "/connect?plugin=google", "/notices", "/plugins", "/settings"];
    let mut support = Vec::new();
    for path in plain.into_iter().chain(["/help/reasons/unknown", &connection, &client]) {
        let page = agency.owner.visit(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.has(".topbar #bell button .dot"), "{path} has no bell that tells");
        assert!(page.attribute(".topbar #bell button", "aria-label").unwrap().contains("1 unread"), "{path}");
        assert_eq!(page.texts_of("footer.help a")[1], "Contact support", "{path}");
        support.push(page.attribute("footer.help a:nth-of-type(2)", "href").unwrap());
    }
    support.dedup();
    assert_eq!(support.len(), 1, "{support:?}");

    for (path, part) in [
        ("/data-sources", "main .incident .actions"),
        (client.as_str(), "main .incident .actions"),
        (connection.as_str(), "#needs-reconnect .actions"),
        ("/notices", "main .notice .row"),
        ("/clients", "#tray .notice .row"),
    ] {
        let page = agency.owner.visit(path).await;
        assert_eq!(page.texts_of(&format!("{part} {HELP}")).len(), 1, "{path}: {}", page.text());
        assert_eq!(page.texts_of(&format!("{part} button[form=reconnect]")).len(), 1, "{path}: {}", page.text());
    }
    let table = agency.owner.visit("/data-sources").await;
    assert_eq!(table.texts_of("tr.broken").len(), 2);
    assert_eq!(table.texts_of("tr.broken td:last-child [aria-haspopup=menu]").len(), 2);
    assert_eq!(table.texts_of("tr.broken [role=menu] button[form=reconnect]").len(), 2);
}

/// Ana's sign-in at Google, which two clients use, is broken; Acme's key of Copper is not.
async fn half_broken_agency(database: Database) -> (Agency, Connected, Connected) {
    let agency = Agency::start_unhurried(database).await;
    let [acme, bluebird, _] = &agency.clients;
    let google = agency.connect("google", ANA, &[("1234567890", acme), ("5550102233", bluebird)]).await;
    let copper = connect_copper(&agency, "acme", 0).await;
    agency.until_filled(&copper.sources[0].id).await;
    agency.simulator().fault(Provider::Google, ANA, Fault::Revoked);
    agency.owner.control(&google.sources[0].id, "check").await;
    agency.until_broken(&google.sources[0].id).await;
    (agency, google, copper)
}
