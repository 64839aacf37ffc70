//! Tokens of the API may do to plugins what the person may for whom they act, and nothing else.

use std::fs;

use relink_runtime::TrustMode;
use relink_stories::{Agency, Database, Page, Person, Program, plugin_file, story};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::versions::{Part, component_of};

const ACTIONS: [&str; 7] = ["approve", "reject", "rollback", "disable", "enable", "forget", "trust-diagnoses"];

async fn start(database: Database) -> (Agency, TempDir) {
    let shelf = tempfile::tempdir().unwrap();
    let agency = Agency::start_with(database, |config| {
        config.plugins_dir = Some(shelf.path().to_owned());
        config.plugin_trust.mode = TrustMode::Unsigned;
    })
    .await;
    (agency, shelf)
}

fn component() -> Vec<u8> {
    fs::read(plugin_file("ahrefs")).unwrap()
}

#[track_caller]
fn check_refusal(answer: &Page) {
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let problem = answer.json();
    assert_eq!((&problem["status"], &problem["title"]), (&json!(403), &json!("Forbidden")));
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.starts_with("Only who operates this host may change plugins"), "{detail}");
    assert!(detail.contains("relink user operator"), "{detail}");
}

/// Everything that changes plugins is refused, and changes nothing.
async fn check_may_not_operate(agency: &Agency, program: &Program) {
    let before = agency.owner.read("/plugins").await["items"][0]["digest"].clone();
    check_refusal(&program.upload("/plugins", component_of("ahrefs", Part::Patch), None).await);
    check_refusal(&program.upload("/plugins?propose=true", component_of("ahrefs", Part::Patch), None).await);
    check_refusal(&program.upload("/plugins?approve=true", component_of("ahrefs", Part::Patch), None).await);
    for action in ACTIONS {
        check_refusal(&program.api(Method::POST, &format!("/plugins/ahrefs/{action}")).await);
    }
    check_refusal(&program.api(Method::DELETE, "/plugins/ahrefs").await);
    check_refusal(&program.api(Method::DELETE, "/plugins/nobody-knows").await);
    let after = agency.owner.read("/plugins").await;
    assert_eq!((&after["items"][0]["digest"], &after["items"][0]["state"]), (&before, &json!("in-service")));
}

async fn set_operator(agency: &Agency, person: &Person, is_operator: bool) {
    let people = agency.owner.list("/users").await;
    let id = people.iter().find(|one| one["email"] == person.email.as_str()).unwrap()["id"].as_str().unwrap();
    let wish = json!({ "operator": is_operator });
    assert_eq!(agency.owner.api(Method::PATCH, &format!("/users/{id}"), Some(&wish)).await.status, 200);
}

story!(a_token_of_an_operator_does_to_plugins_all_that_the_operator_may);
async fn a_token_of_an_operator_does_to_plugins_all_that_the_operator_may(database: Database) {
    let (agency, shelf) = start(database).await;
    let program = agency.owner.program().await;
    let act = async |action: &str| program.api(Method::POST, &format!("/plugins/ahrefs/{action}")).await.status;
    let proposed = program.upload("/plugins?propose=true", component(), None).await;
    assert_eq!(proposed.status, 202, "{}", proposed.body);
    assert_eq!(act("reject").await, 204);
    assert_eq!(program.upload("/plugins?propose=true", component(), None).await.status, 202);
    assert_eq!(act("approve").await, 204);
    let replaced = program.upload("/plugins", component_of("ahrefs", Part::Patch), None).await;
    assert_eq!(replaced.status, 201, "{}", replaced.body);
    assert_eq!(act("rollback").await, 204);
    assert_eq!(act("rollback").await, 409);
    assert_eq!(act("disable").await, 204);
    assert_eq!(act("enable").await, 204);
    assert_eq!(act("dance").await, 400);
    assert_eq!(program.api(Method::GET, "/plugins/ahrefs").await.json()["in_service"]["state"], "rolled-back");
    assert_eq!(program.api(Method::DELETE, "/plugins/ahrefs").await.status, 204);
    assert_eq!(program.api(Method::DELETE, "/plugins/ahrefs").await.status, 404);
    assert_eq!(fs::read_dir(shelf.path()).unwrap().count(), 0);

    let people = agency.owner.list("/users").await;
    let mine = &people.iter().find(|one| one["email"] == agency.owner.email.as_str()).unwrap()["id"];
    let audit = agency.owner.list("/audit").await;
    let of_plugins = |line: &&Value| line["action"].as_str().unwrap().starts_with("plugin.");
    let lines: Vec<_> = audit.iter().filter(of_plugins).collect();
    assert_eq!(lines.len(), 9, "{lines:?}");
    assert!(lines.iter().all(|line| line["user_id"] == *mine && line["target"] == "ahrefs"), "{lines:?}");
}

story!(a_token_of_an_admin_who_operates_nothing_changes_no_plugin);
async fn a_token_of_an_admin_who_operates_nothing_changes_no_plugin(database: Database) {
    let (agency, _shelf) = start(database).await;
    assert_eq!(agency.owner.upload(component()).await.status, 201);
    let admin = agency.hire("tom@northside.example", "admin", None).await;
    let program = admin.program().await;
    assert_eq!(program.api(Method::GET, "/plugins").await.status, 200);
    check_may_not_operate(&agency, &program).await;
    // The owner of another workspace is nobody here.
    let other = agency.host.create_other_owner("hana@harbour.example").await;
    check_may_not_operate(&agency, &other.program().await).await;
}

story!(a_token_may_no_more_than_its_person_may_now);
async fn a_token_may_no_more_than_its_person_may_now(database: Database) {
    let (agency, _shelf) = start(database).await;
    assert_eq!(agency.owner.upload(component()).await.status, 201);
    let admin = agency.hire("tom@northside.example", "admin", None).await;
    let program = admin.program().await;
    set_operator(&agency, &admin, true).await;
    assert_eq!(program.api(Method::POST, "/plugins/ahrefs/disable").await.status, 204);
    assert_eq!(program.api(Method::POST, "/plugins/ahrefs/enable").await.status, 204);
    set_operator(&agency, &admin, false).await;
    check_may_not_operate(&agency, &program).await;

    let tokens = agency.owner.list("/tokens").await;
    let id = tokens[0]["id"].as_str().unwrap();
    set_operator(&agency, &admin, true).await;
    assert_eq!(agency.owner.api(Method::DELETE, &format!("/tokens/{id}"), None).await.status, 204);
    let revoked = program.api(Method::POST, "/plugins/ahrefs/disable").await;
    assert_eq!(revoked.status, 401, "{}", revoked.body);
}
