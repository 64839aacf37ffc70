//! `/settings`: people and API tokens.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use relink_core::id::{ApiTokenId, AuditId};
use relink_core::secret::Secret;
use relink_store::api_tokens::{self, ApiToken};
use relink_store::audit::{self, AuditLine};
use relink_store::token::token_hash;
use relink_store::users::{self, User};
use relink_store::{StoreError, Tx, Visible, clients};

use crate::auth::secret_token;
use crate::pages::flash::banner;
use crate::pages::form::Fields;
use crate::pages::visit::{Visit, full_role};
use crate::ui::views::settings::{PersonRow, Settings, TokenRow};
use crate::ui::views::shell::{Section, Tone};
use crate::ui::when::When;
use crate::web::trouble::Trouble;

/// What the form of a new token shows.
#[derive(Default)]
struct TokenForm {
    name: String,
    error: Option<String>,
    made: Option<Secret>,
}

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let page = fill(&visit, TokenForm::default()).await?;
    Ok(visit.respond(&page))
}

pub(super) async fn create_token(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    refuse_others(&visit)?;
    let visit = visit.at("/settings");
    let name = fields.name("name");
    if name.is_empty() {
        let error = Some("Say what the token is for, so that you know it again.".to_owned());
        let page = fill(&visit, TokenForm { error, ..TokenForm::default() }).await?;
        return Ok(visit.respond_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let token = make_token(&visit, &name).await?;
    let page = fill(&visit, TokenForm { made: Some(token), ..TokenForm::default() }).await?;
    Ok(visit.respond(&page))
}

async fn make_token(visit: &Visit, name: &str) -> Result<Secret, StoreError> {
    let person = visit.person();
    let token = secret_token::random_api_token();
    let row = ApiToken {
        workspace_id: person.workspace_id.clone(),
        id: ApiTokenId::new(),
        user_id: person.user_id.clone(),
        name: name.to_owned(),
        token_hash: token_hash(token.expose()).to_vec(),
        created_at: visit.now,
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = visit.db().begin().await?;
    api_tokens::create(&mut tx, &row).await?;
    note(&mut tx, visit, "api-token.created", row.id.as_str()).await?;
    tx.commit().await?;
    Ok(token)
}

pub(super) async fn revoke_token(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, Trouble> {
    refuse_others(&visit)?;
    let id: ApiTokenId = id.parse().map_err(|_| Trouble::not_found())?;
    let mut tx = visit.db().begin().await?;
    if !api_tokens::revoke(&mut tx, &visit.person().workspace_id, &id, visit.now).await? {
        return Err(Trouble::not_found());
    }
    note(&mut tx, &visit, "api-token.revoked", id.as_str()).await?;
    tx.commit().await?;
    let word = banner(Tone::Ok, "Token revoked.", "Whoever uses it is refused from now on.");
    Ok(visit.go(fields.return_to("/settings").as_str(), &word))
}

async fn note(tx: &mut Tx, visit: &Visit, action: &str, target: &str) -> Result<(), StoreError> {
    let line = AuditLine {
        workspace_id: visit.person().workspace_id.clone(),
        id: AuditId::new(),
        at: visit.now,
        user_id: Some(visit.person().user_id.clone()),
        action: action.to_owned(),
        target: target.to_owned(),
        detail: None,
    };
    audit::add(tx, &line).await
}

fn refuse_others(visit: &Visit) -> Result<(), Trouble> {
    if visit.identity.may_administer() {
        return Ok(());
    }
    Err(Trouble::forbidden("Your role does not include this page. Ask the owner of your workspace if you need it."))
}

async fn fill(visit: &Visit, form: TokenForm) -> Result<Settings, Trouble> {
    refuse_others(visit)?;
    let lookup = visit.lookup().await?;
    let workspace = &visit.person().workspace_id;
    let mut people = Vec::new();
    for user in users::list(visit.db(), workspace).await? {
        people.push(person_row(visit, user).await?);
    }
    let tokens = api_tokens::list(visit.db(), workspace).await?;
    let token_row = |token: ApiToken| TokenRow {
        id: token.id.to_string(),
        name: token.name,
        owner: lookup.person(Some(&token.user_id)).unwrap_or_default().to_owned(),
        created_at: When::at(token.created_at, visit.now),
        last_used_at: token.last_used_at.map(|moment| When::from_now(moment, visit.now)),
    };
    Ok(Settings {
        shell: visit.shell(Section::Settings, &lookup).await?,
        people,
        tokens: tokens.into_iter().map(token_row).collect(),
        new_token: form.made.map(|token| token.expose().to_owned()),
        token_name: form.name,
        token_error: form.error,
    })
}

async fn person_row(visit: &Visit, user: User) -> Result<PersonRow, StoreError> {
    let names = match users::visible_clients(visit.db(), &user).await? {
        Visible::All => "All clients".to_owned(),
        Visible::Some(ids) => {
            let all = clients::list(visit.db(), &user.workspace_id).await?;
            let names: Vec<String> =
                all.into_iter().filter(|client| ids.contains(&client.id)).map(|client| client.name).collect();
            if names.is_empty() { "No client yet".to_owned() } else { names.join(", ") }
        }
    };
    Ok(PersonRow {
        role: full_role(&user),
        is_active: user.deactivated_at.is_none(),
        name: user.name,
        email: user.email,
        clients: names,
    })
}
