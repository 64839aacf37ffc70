//! `/welcome/{token}`: the first person makes an account, with a link that works once.
//!
//! Looking at the page uses nothing up, so a preview of the link does no harm.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use relink_core::id::{UserId, WorkspaceId};
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_store::one_time_links::{self, OneTimeLink, Purpose};
use relink_store::token::token_hash;
use relink_store::users::{self, Role, User};
use relink_store::workspaces::{self, Workspace};
use relink_store::{Db, StoreError};

use crate::app::App;
use crate::auth::password::SHORTEST;
use crate::auth::{secret_token, sign_in};
use crate::pages::form::Fields;
use crate::pages::see_other;
use crate::pages::sign_in::with_session;
use crate::ui;
use crate::ui::views::sign_in::Welcome;
use crate::web::trouble::Trouble;

const LINK_LIFETIME_MS: i64 = 86_400_000;
const FIRST_WORKSPACE: &str = "My workspace";

/// Makes a link for the first owner, and the first workspace; none if somebody can sign in already.
pub(crate) async fn offer(db: &Db, now: Timestamp) -> Result<Option<Secret>, StoreError> {
    let mut existing = workspaces::list(db).await?;
    for workspace in &existing {
        if !users::list(db, &workspace.id).await?.is_empty() {
            return Ok(None);
        }
    }
    let workspace = match existing.pop() {
        Some(workspace) => workspace,
        None => make_first_workspace(db, now).await?,
    };
    let token = secret_token::random();
    let link = OneTimeLink {
        token_hash: token_hash(token.expose()).to_vec(),
        workspace_id: workspace.id,
        purpose: Purpose::CreateOwner,
        created_at: now,
        expires_at: now.plus_ms(LINK_LIFETIME_MS),
    };
    let mut tx = db.begin().await?;
    one_time_links::create(&mut tx, &link).await?;
    tx.commit().await?;
    Ok(Some(token))
}

pub(crate) async fn make_first_workspace(db: &Db, now: Timestamp) -> Result<Workspace, StoreError> {
    let workspace = Workspace { id: WorkspaceId::new(), name: FIRST_WORKSPACE.to_owned(), created_at: now };
    let mut tx = db.begin().await?;
    workspaces::create(&mut tx, &workspace).await?;
    tx.commit().await?;
    Ok(workspace)
}

pub(super) async fn page(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Trouble> {
    let mut tx = app.engine().db().begin().await?;
    let link = one_time_links::consume(&mut tx, &token_hash(&token), app.engine().now()).await?;
    tx.rollback().await?;
    let link = link.ok_or_else(used_up)?;
    Ok(ui::respond(&form(&app, &token, &link, None).await?))
}

pub(super) async fn create_owner(
    State(app): State<App>,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let now = app.engine().now();
    let password = app.passwords().hash(&Secret::new(fields.get("password").to_owned())).await;
    let mut tx = app.engine().db().begin().await?;
    let link = one_time_links::consume(&mut tx, &token_hash(&token), now).await?.ok_or_else(used_up)?;
    let (name, email) = (fields.name("name"), fields.name("email"));
    let problems = Problems {
        name: name.is_empty().then(|| "Type your name.".to_owned()),
        email: (!is_email(&email)).then(|| "Type your e-mail address.".to_owned()),
        password: password.as_ref().err().map(ToString::to_string),
    };
    let Ok(hash) = password.map_err(drop).and_then(|hash| if problems.none() { Ok(hash) } else { Err(()) }) else {
        tx.rollback().await?;
        let page = Welcome { name, email, ..form(&app, &token, &link, Some(problems)).await? };
        return Ok(ui::respond_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    // Whoever sets the host up operates it; owners of later workspaces do not.
    let is_operator = users::count_operators(&mut tx).await? == 0;
    let owner = User {
        workspace_id: link.workspace_id,
        id: UserId::new(),
        email,
        name,
        role: Role::Owner,
        password_hash: Some(Secret::new(hash)),
        all_clients: true,
        is_operator,
        created_at: now,
        deactivated_at: None,
    };
    users::create(&mut tx, &owner).await?;
    let session = sign_in::add_session(&mut tx, &owner, now, app.session_lifetime_ms()).await?;
    tx.commit().await?;
    Ok(with_session(&app, &session, see_other("/data-sources")))
}

#[derive(Default)]
struct Problems {
    name: Option<String>,
    email: Option<String>,
    password: Option<String>,
}

impl Problems {
    fn none(&self) -> bool {
        self.name.is_none() && self.email.is_none() && self.password.is_none()
    }
}

async fn form(app: &App, token: &str, link: &OneTimeLink, problems: Option<Problems>) -> Result<Welcome, StoreError> {
    let workspace = workspaces::find(app.engine().db(), &link.workspace_id).await?;
    let problems = problems.unwrap_or_default();
    Ok(Welcome {
        csrf: String::new(),
        token: token.to_owned(),
        workspace: workspace.map(|workspace| workspace.name).unwrap_or_default(),
        name: String::new(),
        email: String::new(),
        name_error: problems.name,
        email_error: problems.email,
        password_error: problems.password,
        password_min_length: SHORTEST,
        support_url: app.support_url().to_owned(),
    })
}

/// Whether it can be an address at all; whether it is one only a message would show.
fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) && !text.contains(' ')
}

fn used_up() -> Trouble {
    Trouble::new(StatusCode::GONE, "Links of this kind work once and for a limited time. Ask for a new one.")
}
