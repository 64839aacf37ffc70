//! One plugin calls the sign-ins of many workspaces broken at once: it may be wrong, so nobody is told before
//! it is clear. Few are told as ever.

use std::fs;
use std::time::Duration;

use relink_server::config::{Config, Span};
use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, Person, eventually, plugin_file, story};
use reqwest::Method;
use serde_json::{Value, json};

use crate::keys::connect_ahrefs;
use crate::versions::{Part, component_of};

const KEYS: [&str; 3] = ["acme", "bluebird", "cobalt"];
/// Everybody's first failure is in before anybody's second.
const CONFIRM_AFTER: Duration = Duration::from_mins(10);
/// Longer than a story lasts, and shorter than the hold.
const LONG: Duration = Duration::from_hours(1);
const HOLD: Duration = Duration::from_hours(4);

/// Two workspaces that read from the same provider.
struct Fleet {
    agency: Agency,
    other: Person,
    mine: Vec<String>,
    theirs: Vec<String>,
}

story!(sign_ins_that_many_were_called_broken_with_go_on_and_nobody_was_told);
async fn sign_ins_that_many_were_called_broken_with_go_on_and_nobody_was_told(database: Database) {
    let fleet = Fleet::start(database, KEYS.len()).await;
    let doubted = fleet.until_held().await;
    assert_eq!((&doubted["failing"], &doubted["reporting"]), (&json!(6), &json!(6)), "{doubted}");
    let Fleet { agency, other, mine, .. } = &fleet;
    let held = agency.owner.connection(&mine[0]).await;
    assert_eq!((&held["status"], &held["delay_reason"]), (&json!("delayed"), &json!("held-back")));
    for path in [format!("/connections/{}", mine[0]), "/data-sources".to_owned()] {
        let page = agency.owner.visit(&path).await;
        assert!(page.text().contains("Many Ahrefs connections fail at once"), "{}", page.text());
    }
    for path in ["/plugins", "/plugins/ahrefs"] {
        let page = agency.owner.visit(path).await;
        assert!(page.text().contains("Running, suspected"), "{}", page.text());
    }
    // They are looked at again and again, and stay held back.
    let failures = fleet.failures().await;
    eventually("all of them were looked at again", async || (fleet.failures().await >= failures + 6).then_some(()))
        .await;
    assert_eq!(fleet.doubted().await["held"], 6);

    agency.simulator().heal_all();
    fleet.until_all("connected").await;
    eventually("the plugin is no longer doubted", async || fleet.doubted().await.is_null().then_some(())).await;
    for person in [&agency.owner, other] {
        assert_eq!(person.list("/incidents").await, Vec::<Value>::new());
        assert_eq!(person.notices().await, Vec::<Value>::new());
    }
}

story!(what_an_operator_confirms_is_told_at_once);
async fn what_an_operator_confirms_is_told_at_once(database: Database) {
    let fleet = Fleet::start(database, KEYS.len()).await;
    fleet.until_held().await;
    let owner = &fleet.agency.owner;
    let admin = fleet.agency.hire("tom@northside.example", "admin", None).await;
    let button = "form[action='/plugins/ahrefs/trust-diagnoses'] button";
    assert!(!admin.visit("/plugins/ahrefs").await.has(button), "an admin operates nothing");
    assert_eq!(admin.api(Method::POST, "/plugins/ahrefs/trust-diagnoses", None).await.status, 403);

    let page = owner.visit("/plugins/ahrefs").await;
    let page = owner.press(&page, button).await;
    assert!(page.text().contains("people are told"), "{}", page.text());
    fleet.until_told().await;
    assert!(fleet.doubted().await.is_null());
    let again = owner.api(Method::POST, "/plugins/ahrefs/trust-diagnoses", None).await;
    assert_eq!(again.status, 409, "{}", again.body);
}

story!(what_an_operator_confirms_on_the_machine_is_told_by_the_server);
async fn what_an_operator_confirms_on_the_machine_is_told_by_the_server(database: Database) {
    let fleet = Fleet::start_probed_every(database, LONG).await;
    fleet.until_held().await;
    assert!(fleet.agency.host.trust_diagnoses_from_outside("ahrefs").await);
    fleet.until_told().await;
    assert!(!fleet.agency.host.trust_diagnoses_from_outside("ahrefs").await, "it is believed already");
}

story!(metrics_say_which_plugin_is_doubted_and_how_much_is_held_back);
async fn metrics_say_which_plugin_is_doubted_and_how_much_is_held_back(database: Database) {
    let fleet = Fleet::start(database, KEYS.len()).await;
    assert_eq!(fleet.metric("relink_plugin_doubted").await, "0");
    fleet.until_held().await;
    assert_eq!(fleet.metric("relink_plugin_doubted").await, "1");
    assert_eq!(fleet.metric("relink_plugin_held_authorizations").await, "6");
    fleet.agency.simulator().heal_all();
    fleet.until_all("connected").await;
    eventually("nothing is held back", async || {
        (fleet.metric("relink_plugin_held_authorizations").await == "0").then_some(())
    })
    .await;
    assert_eq!(fleet.metric("relink_plugin_doubted").await, "0");
}

story!(another_version_is_asked_at_once_about_all_that_is_held_back);
async fn another_version_is_asked_at_once_about_all_that_is_held_back(database: Database) {
    let fleet = Fleet::start_probed_every(database, LONG).await;
    let first = fleet.until_held().await;
    // Longer than the clock's precision, and much shorter than until something is looked at again.
    fleet.agency.host.clock.advance(Duration::from_secs(1));
    let installed = fleet.agency.owner.upload(component_of("ahrefs", Part::Patch)).await;
    assert_eq!(installed.status, 201, "{}", installed.body);
    eventually("the new version was asked about all of them", async || {
        let doubted = fleet.doubted().await;
        (doubted["held"] == 6 && doubted["since"] != first["since"]).then_some(())
    })
    .await;
}

story!(what_is_held_back_is_told_when_the_hold_ends);
async fn what_is_held_back_is_told_when_the_hold_ends(database: Database) {
    let fleet = Fleet::start(database, KEYS.len()).await;
    fleet.until_held().await;
    fleet.agency.host.clock.advance(HOLD);
    fleet.until_told().await;
}

story!(another_version_of_a_doubted_plugin_is_judged_anew);
async fn another_version_of_a_doubted_plugin_is_judged_anew(database: Database) {
    let fleet = Fleet::start(database, KEYS.len()).await;
    let first = fleet.until_held().await;
    // Longer than the clock's precision, so that two waves do not begin at the same moment.
    fleet.agency.host.clock.advance(Duration::from_secs(1));
    let installed = fleet.agency.owner.upload(component_of("ahrefs", Part::Patch)).await;
    assert_eq!(installed.status, 201, "{}", installed.body);
    eventually("the new version is doubted for itself", async || {
        let doubted = fleet.doubted().await;
        (!doubted.is_null() && doubted["since"] != first["since"]).then_some(())
    })
    .await;
    assert_eq!(fleet.agency.owner.notices().await, Vec::<Value>::new());
}

story!(a_few_broken_sign_ins_are_told_as_ever);
async fn a_few_broken_sign_ins_are_told_as_ever(database: Database) {
    let fleet = Fleet::start(database, 1).await;
    fleet.until_told().await;
    assert!(fleet.doubted().await.is_null());
}

impl Fleet {
    /// Every sign-in has failed once, and is about to be confirmed.
    async fn start(database: Database, others: usize) -> Self {
        Self::start_with(database, others, |_| {}).await
    }

    /// Nothing of what is held back is looked at by itself before the story is over.
    async fn start_probed_every(database: Database, pause: Duration) -> Self {
        Self::start_with(database, KEYS.len(), |config| config.policy.wave_probe = Span::seconds(pause.as_secs())).await
    }

    async fn start_with(database: Database, others: usize, adjust: impl FnOnce(&mut Config)) -> Self {
        let shelf = tempfile::tempdir().unwrap().keep();
        fs::copy(plugin_file("ahrefs"), shelf.join("ahrefs.wasm")).unwrap();
        let agency = Agency::start_with(database, |config| {
            config.plugins_dir = Some(shelf);
            config.scheduler.interval = Span::seconds(3_600);
            config.policy.heal_probe = Span::seconds(3_600);
            config.policy.confirm_after = Span::seconds(CONFIRM_AFTER.as_secs());
            adjust(config);
        })
        .await;
        let other = agency.host.create_other_owner("hana@harbour.example").await;
        let client = other.add_client("Dune Press").await;
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        for (index, key) in KEYS.into_iter().enumerate() {
            let connected = connect_ahrefs(&agency, key, index).await;
            agency.until_filled(&connected.sources[0].id).await;
            mine.push(connected.sources[0].id.clone());
            if index < others {
                let account = connected.sources[0].account_id.clone();
                let key = agency.simulator().key(Provider::Ahrefs, key);
                let connected = other.connect_key("ahrefs", &key, (&account, &client)).await;
                theirs.push(connected.sources[0].id.clone());
            }
        }
        let fleet = Self { agency, other, mine, theirs };
        fleet.until_all("connected").await;
        for key in KEYS {
            fleet.agency.simulator().fault(Provider::Ahrefs, key, Fault::SubscriptionLapsed);
        }
        for (person, id) in fleet.everything() {
            person.control(id, "check").await;
        }
        let count = fleet.everything().count();
        eventually("each has failed once", async || (fleet.failures().await >= count).then_some(())).await;
        fleet.agency.host.clock.advance(CONFIRM_AFTER);
        fleet
    }

    fn everything(&self) -> impl Iterator<Item = (&Person, &String)> {
        let mine = self.mine.iter().map(|id| (&self.agency.owner, id));
        mine.chain(self.theirs.iter().map(|id| (&self.other, id)))
    }

    /// What a metric says of the plugin.
    async fn metric(&self, name: &str) -> String {
        let page = self.agency.owner.visit("/metrics").await;
        let start = format!("{name}{{plugin=\"ahrefs\",");
        let line = page.body.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{}", page.body));
        line.rsplit(' ').next().unwrap().to_owned()
    }

    /// Why the plugin is doubted.
    async fn doubted(&self) -> Value {
        self.agency.owner.read("/plugins/ahrefs").await["in_service"]["doubted"].clone()
    }

    async fn until_held(&self) -> Value {
        let count = self.everything().count();
        eventually("all of them are held back", async || {
            let doubted = self.doubted().await;
            (doubted["held"] == count).then_some(doubted)
        })
        .await
    }

    /// Everybody is told of what is theirs.
    async fn until_told(&self) {
        self.until_all("needs-reconnect").await;
        for (person, count) in [(&self.agency.owner, self.mine.len()), (&self.other, self.theirs.len())] {
            assert_eq!(person.open_incidents().await.len(), count);
            assert_eq!(person.notices().await.len(), count);
        }
    }

    async fn until_all(&self, status: &str) {
        for (person, id) in self.everything() {
            eventually(format!("{id} is {status}"), async || {
                let connection = person.connection(id).await;
                (connection["status"] == status && !connection["last_success_at"].is_null()).then_some(())
            })
            .await;
        }
    }

    /// How many runs have failed.
    async fn failures(&self) -> usize {
        let mut failures = 0;
        for (person, id) in self.everything() {
            let runs = person.list(&format!("/connections/{id}/runs")).await;
            failures += runs.iter().filter(|run| run["outcome"] == "failed").count();
        }
        failures
    }
}
