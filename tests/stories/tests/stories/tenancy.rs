//! Nobody reaches into another workspace, and no other website acts in a person's name.

use relink_simulator::{Fault, Provider};
use relink_stories::{Agency, Database, Page, Person, eventually, story};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER_OWNER: &str = "henry@harbour.example";

/// Ids of things of one workspace.
struct Ids {
    client: String,
    authorization: String,
    connection: String,
    incident: String,
    notice: String,
    user: String,
    token: String,
    account: String,
}

// checklist: 37
story!(ids_of_another_workspace_are_answered_like_ids_of_nothing);
async fn ids_of_another_workspace_are_answered_like_ids_of_nothing(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let other = agency.host.create_other_owner(OTHER_OWNER).await;
    let ids = fill(&agency, &other).await;
    let nothing = Ids {
        client: of_nothing(&ids.client),
        authorization: of_nothing(&ids.authorization),
        connection: of_nothing(&ids.connection),
        incident: of_nothing(&ids.incident),
        notice: of_nothing(&ids.notice),
        user: of_nothing(&ids.user),
        token: of_nothing(&ids.token),
        account: ids.account.clone(),
    };
    let before = state(&other, &ids).await;
    for (foreign, absent) in
        api_requests(&ids, &agency.clients[0]).iter().zip(&api_requests(&nothing, &agency.clients[0]))
    {
        let (method, path, body) = foreign;
        let foreign_answer = agency.owner.api(method.clone(), path, body.as_ref()).await;
        let absent_answer = agency.owner.api(absent.0.clone(), &absent.1, absent.2.as_ref()).await;
        assert_eq!(foreign_answer.status, 404, "{method} {path}: {}", foreign_answer.body);
        assert_eq!(shape(&foreign_answer), shape(&absent_answer), "{method} {path}");
    }
    for path in [
        format!("/connections/{}", ids.connection),
        format!("/clients/{}/data-sources", ids.client),
        format!("/connect/{}/accounts", ids.authorization),
    ] {
        assert_eq!(agency.owner.visit(&path).await.status, 404, "{path}");
    }
    let home = agency.owner.visit("/data-sources").await;
    for (action, field, value) in [
        ("/reconnections", "authorization_id", &ids.authorization),
        (&*format!("/connections/{}/stop", ids.connection), "unused", &ids.connection),
        (&*format!("/authorizations/{}/secrets", ids.authorization), "secret.api_key", &ids.token),
    ] {
        let form = home.form("form#act").to(action).set(field, value);
        assert_eq!(agency.owner.submit(&form).await.status, 404, "{action}");
    }
    assert!(agency.owner.list("/connections").await.is_empty());
    assert_eq!(state(&other, &ids).await, before, "something of the other workspace was changed");
}

story!(nothing_is_changed_without_the_token_of_the_session_or_from_another_website);
async fn nothing_is_changed_without_the_token_of_the_session_or_from_another_website(database: Database) {
    let agency = Agency::start_unhurried(database).await;
    let key = agency.simulator().key(Provider::Copper, "acme");
    let connected = agency.connect_key("copper", &key, (&key.account, &agency.clients[0])).await;
    let id = &connected.sources[0].id;
    agency.until_filled(id).await;
    let page = agency.owner.visit(&format!("/connections/{id}")).await;
    let stop = page.press("#stop-dialog button.danger");

    for form in [stop.clone().without("csrf"), stop.clone().set("csrf", "made-up")] {
        assert_eq!(agency.owner.submit(&form).await.status, 403);
    }
    let other = agency.host.sign_in(&agency.owner.email).await;
    let of_other_session = other.visit(&format!("/connections/{id}")).await.press("#stop-dialog button.danger");
    assert_eq!(agency.owner.submit(&of_other_session).await.status, 403, "the token of another session was taken");
    let answer = agency.owner.api_without_token(Method::POST, &format!("/connections/{id}/stop")).await;
    assert_eq!(answer.status, 403);
    let answer = agency.owner.browser.submit_from(&stop, "https://evil.example").await;
    assert_eq!(answer.status, 403);
    assert_eq!(agency.owner.connection(id).await["status"], "connected");
}

/// Gives the other workspace one of everything that has an id.
async fn fill(agency: &Agency, other: &Person) -> Ids {
    let client = other.add_client("Harbour Lights").await;
    let key = agency.simulator().key(Provider::Copper, "bluebird");
    let connected = other.connect_key("copper", &key, (&key.account, &client)).await;
    agency.simulator().fault(Provider::Copper, "bluebird", Fault::KeyDeleted);
    let connection = connected.sources[0].id.clone();
    other.control(&connection, "check").await;
    let notice = eventually("the other workspace hears of it", async || other.notices().await.into_iter().next()).await;
    let token = other.post("/tokens", &json!({ "name": "reports" })).await;
    let users = other.list("/users").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Ids {
        client,
        authorization: connected.authorization_id.clone(),
        connection,
        incident: text(&notice["incident_id"]),
        notice: text(&notice["id"]),
        user: text(&users[0]["id"]),
        token: text(&token["id"]),
        account: key.account,
    }
}

fn api_requests(ids: &Ids, own_client: &str) -> Vec<(Method, String, Option<Value>)> {
    let Ids { client, authorization, connection, incident, notice, user, token, account } = ids;
    let of_connection = |part: &str| format!("/connections/{connection}{part}");
    let mut requests: Vec<(Method, String, Option<Value>)> =
        ["", "/records?dataset=people", "/coverage", "/gaps", "/runs"]
            .map(|part| (Method::GET, of_connection(part), None))
            .into();
    requests.extend(["/check", "/pause", "/resume", "/stop"].map(|part| (Method::POST, of_connection(part), None)));
    let new = |client: &str| json!({ "authorization_id": authorization, "client_id": client, "account_id": account });
    requests.extend([
        (Method::GET, format!("/clients/{client}"), None),
        (Method::PATCH, format!("/clients/{client}"), Some(json!({ "name": "Ours" }))),
        (Method::GET, format!("/authorizations/{authorization}"), None),
        (Method::GET, format!("/authorizations/{authorization}/accounts"), None),
        (
            Method::PUT,
            format!("/authorizations/{authorization}/secrets"),
            Some(json!({ "secrets": { "api_key": "x" } })),
        ),
        (Method::POST, "/connections".to_owned(), Some(new(own_client))),
        (Method::POST, "/connections".to_owned(), Some(new(client))),
        (Method::POST, "/reconnections".to_owned(), Some(json!({ "authorization_id": authorization }))),
        (Method::GET, format!("/incidents/{incident}"), None),
        (Method::POST, format!("/notices/{notice}/read"), None),
        (Method::GET, format!("/users/{user}"), None),
        (Method::PATCH, format!("/users/{user}"), Some(json!({ "deactivated": true }))),
        (Method::DELETE, format!("/tokens/{token}"), None),
    ]);
    requests
}

/// An id of the same kind that names nothing.
fn of_nothing(id: &str) -> String {
    let (start, end) = id.split_at(id.len() - 4);
    format!("{start}{}", if end == "0000" { "1111" } else { "0000" })
}

fn shape(answer: &Page) -> (u16, Value, Option<&str>) {
    let kind = answer.headers.get("content-type").and_then(|value| value.to_str().ok());
    (answer.status, answer.json(), kind)
}

/// What the others see of their own.
async fn state(other: &Person, ids: &Ids) -> Vec<Value> {
    vec![
        other.read(&format!("/clients/{}", ids.client)).await,
        other.read(&format!("/authorizations/{}", ids.authorization)).await,
        other.connection(&ids.connection).await,
        other.read("/notices").await,
        other.read("/users").await,
        other.read("/tokens").await,
    ]
}
