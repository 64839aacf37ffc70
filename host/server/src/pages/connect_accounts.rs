//! Connecting a data source, the last step: which accounts, and for whom.

use axum::extract::{Path, Query};
use axum::response::Response;
use http::StatusCode;
use relink_core::id::{AuthorizationId, ClientId};
use relink_core::plugin::Account;
use relink_engine::AccountsError;
use relink_store::authorizations::{self, Authorization};
use relink_store::clients::{self, Client};
use relink_store::connections;
use serde::Deserialize;

use crate::pages::connect::refuse_viewers;
use crate::pages::flash::banner;
use crate::pages::form::Fields;
use crate::pages::visit::Visit;
use crate::ui::views::connect::{AccountChoice, ConnectAccounts};
use crate::ui::views::data_sources::Choice;
use crate::ui::views::shell::{Section, Tone};
use crate::web::trouble::Trouble;

#[derive(Default, Deserialize)]
pub(super) struct For {
    #[serde(default)]
    client: String,
}

/// What stands in the form.
struct Chosen {
    accounts: Vec<String>,
    client_id: String,
    new_client: String,
    error: Option<String>,
}

pub(super) async fn page(visit: Visit, Path(id): Path<String>, Query(wish): Query<For>) -> Result<Response, Trouble> {
    let authorization = find(&visit, &id).await?;
    let chosen = Chosen { accounts: Vec::new(), client_id: wish.client, new_client: String::new(), error: None };
    let accounts = visit.app.engine().accounts(visit.person(), &authorization.id).await?;
    let page = fill(&visit, &authorization, accounts, chosen).await?;
    Ok(visit.respond(&page))
}

pub(super) async fn add(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, Trouble> {
    let authorization = find(&visit, &id).await?;
    let wanted: Vec<String> = fields.get_all("account").map(str::to_owned).collect();
    let new_client = fields.name("new_client");
    let accounts = visit.app.engine().accounts(visit.person(), &authorization.id).await?;
    let chosen: Vec<Account> = accounts.iter().filter(|account| wanted.contains(&account.id)).cloned().collect();
    let problem = match (chosen.is_empty(), fields.get("client_id").is_empty() && new_client.is_empty()) {
        (true, _) => Some("Choose at least one account."),
        (false, true) => Some("Choose the client whose numbers these are, or name a new one."),
        (false, false) => None,
    };
    if let Some(problem) = problem {
        let client_id = fields.get("client_id").to_owned();
        let chosen = Chosen { accounts: wanted, client_id, new_client, error: Some(problem.to_owned()) };
        let visit = visit.at(&format!("/connect/{id}/accounts"));
        let page = fill(&visit, &authorization, accounts, chosen).await?;
        return Ok(visit.respond_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    // One client is preselected, so a name that somebody typed is the later wish.
    let client = if new_client.is_empty() {
        fields.get("client_id").parse::<ClientId>().map_err(|_| Trouble::not_found())?
    } else {
        make_client(&visit, &new_client).await?
    };
    let count = chosen.len();
    for account in chosen {
        visit.app.engine().add_connection(visit.person(), &authorization.id, &client, account).await?;
    }
    let text = if count == 1 { "1 data source is".to_owned() } else { format!("{count} data sources are") };
    let word = banner(Tone::Ok, "Connected.", format!("{text} being filled with its history now."));
    Ok(visit.go(&format!("/clients/{client}/data-sources"), &word))
}

/// Makes a client; only those who see every client may, since it is one of theirs then.
pub(super) async fn make_client(visit: &Visit, name: &str) -> Result<ClientId, Trouble> {
    let person = visit.person();
    let client = Client {
        workspace_id: person.workspace_id.clone(),
        id: ClientId::new(),
        name: name.to_owned(),
        created_at: visit.now,
    };
    if !person.may_change(&client.id) {
        return Err(Trouble::forbidden("Only people who see all clients can add one."));
    }
    let mut tx = visit.db().begin().await?;
    clients::create(&mut tx, &client).await?;
    tx.commit().await?;
    Ok(client.id)
}

/// A sign-in of which the person may see some data, or that nobody uses yet.
pub(super) async fn find(visit: &Visit, id: &str) -> Result<Authorization, Trouble> {
    refuse_viewers(visit)?;
    let id: AuthorizationId = id.parse().map_err(|_| Trouble::not_found())?;
    let workspace = &visit.person().workspace_id;
    let found = authorizations::find(visit.db(), workspace, &id).await?;
    let authorization = found.filter(|found| found.removed_at.is_none()).ok_or_else(Trouble::not_found)?;
    let dependents = connections::list_of_authorization(visit.db(), workspace, &id).await?;
    if visit.person().may_use(&dependents) { Ok(authorization) } else { Err(Trouble::not_found()) }
}

async fn fill(
    visit: &Visit,
    authorization: &Authorization,
    accounts: Vec<Account>,
    chosen: Chosen,
) -> Result<ConnectAccounts, Trouble> {
    let lookup = visit.lookup().await?;
    let workspace = &visit.person().workspace_id;
    let all = clients::list(visit.db(), workspace).await?;
    let visible: Vec<Client> = all.into_iter().filter(|client| visit.person().may_see(&client.id)).collect();
    let dependents = connections::list_of_authorization(visit.db(), workspace, &authorization.id).await?;
    let note = |account: &Account| {
        let of_account = dependents.iter().filter(|connection| connection.account_id == account.id);
        let names: Vec<&str> = of_account
            .filter_map(|connection| visible.iter().find(|client| client.id == connection.client_id))
            .map(|client| client.name.as_str())
            .collect();
        (!names.is_empty()).then(|| format!("Already connected for {}", names.join(", ")))
    };
    let choice = |account: Account| AccountChoice {
        note: note(&account),
        detail: detail(&account),
        is_selected: chosen.accounts.contains(&account.id),
        id: account.id,
        label: account.label,
    };
    let client_choice = |client: &Client| Choice {
        value: client.id.to_string(),
        label: client.name.clone(),
        is_selected: client.id.as_str() == chosen.client_id,
    };
    Ok(ConnectAccounts {
        shell: visit.shell(Section::DataSources, &lookup).await?,
        provider: lookup.provider(&authorization.plugin_id),
        authorization_id: authorization.id.to_string(),
        login: authorization.label.clone(),
        accounts: accounts.into_iter().map(choice).collect(),
        clients: visible.iter().map(client_choice).collect(),
        new_client: chosen.new_client,
        error: chosen.error,
    })
}

/// "Ad account 1234567890, through 1112223333"
fn detail(account: &Account) -> String {
    let kind = account.kind.as_deref().unwrap_or("account").replace(['-', '_'], " ");
    match &account.parent {
        Some(parent) => format!("{kind} {}, through {parent}", account.id),
        None => format!("{kind} {}", account.id),
    }
}

impl From<AccountsError> for Trouble {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::NotFound => Self::not_found(),
            AccountsError::NotAllowed => Self::forbidden("Your role does not include data of this client."),
            AccountsError::Refused(message) => Self::conflict(message),
            AccountsError::Host(problem) => {
                tracing::error!(problem, "accounts could not be listed");
                Self::unavailable("The accounts cannot be listed at the moment. Try again in a minute.")
            }
            AccountsError::Store(error) => error.into(),
        }
    }
}
