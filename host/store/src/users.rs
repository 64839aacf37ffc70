//! Users: people who sign in, what they may do and whose data they see.

use relink_core::id::{UserId, WorkspaceId};
use relink_core::secret::Secret;
use relink_core::time::Timestamp;

use crate::code::code_enum;
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;
use crate::visible::Visible;

const TABLE: &str = "users";

code_enum! {
    /// What a person may do; the meaning of each is decided where it is checked.
    Role {
        Owner = "owner",
        Admin = "admin",
        Staff = "staff",
        /// A client's person, who sees and repairs but does not manage.
        Viewer = "viewer",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub workspace_id: WorkspaceId,
    pub id: UserId,
    /// In lower case; unique across all workspaces.
    pub email: String,
    pub name: String,
    pub role: Role,
    /// None until the person has chosen a password.
    pub password_hash: Option<Secret>,
    /// Whether the person sees every client, also those to come; otherwise those of `user_clients`.
    pub all_clients: bool,
    /// Whether the person operates the host: installs plugins for everybody, whatever the role.
    pub is_operator: bool,
    pub created_at: Timestamp,
    pub deactivated_at: Option<Timestamp>,
}

const CREATE: &str = "
    INSERT INTO users
        (workspace_id, id, email, name, role, password_hash, all_clients, is_operator, created_at, deactivated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// A second person with the same address is a conflict, in whichever workspace.
pub async fn create(tx: &mut Tx, user: &User) -> Result<()> {
    let insert = query(TABLE, CREATE)
        .bind(&user.workspace_id)
        .bind(&user.id)
        .bind(normal_email(&user.email))
        .bind(&user.name)
        .bind(user.role)
        .bind(user.password_hash.as_ref().map(Secret::expose))
        .bind(user.all_clients)
        .bind(user.is_operator)
        .bind(user.created_at)
        .bind(user.deactivated_at);
    insert.execute(tx).await?;
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT workspace_id, id, email, name, role, password_hash, all_clients, is_operator, created_at,
                    deactivated_at
             FROM users ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE workspace_id = $1 AND id = $2");

pub async fn find(access: impl Into<Access<'_>>, workspace: &WorkspaceId, id: &UserId) -> Result<Option<User>> {
    query(TABLE, FIND).bind(workspace).bind(id).fetch_optional(access, read).await
}

const FIND_BY_EMAIL: &str = select!("WHERE email = $1 AND deactivated_at IS NULL");

/// Finds who signs in: the workspace is not known yet. Nobody who was deactivated is found.
pub async fn find_by_email(access: impl Into<Access<'_>>, email: &str) -> Result<Option<User>> {
    query(TABLE, FIND_BY_EMAIL).bind(normal_email(email)).fetch_optional(access, read).await
}

const LIST: &str = select!("WHERE workspace_id = $1 ORDER BY id");

pub async fn list(access: impl Into<Access<'_>>, workspace: &WorkspaceId) -> Result<Vec<User>> {
    query(TABLE, LIST).bind(workspace).fetch_all(access, read).await
}

const SET_ROLE: &str = "UPDATE users SET role = $3 WHERE workspace_id = $1 AND id = $2";

pub async fn set_role(tx: &mut Tx, workspace: &WorkspaceId, id: &UserId, role: Role) -> Result<bool> {
    query(TABLE, SET_ROLE).bind(workspace).bind(id).bind(role).changes_a_row(tx).await
}

const SET_OPERATOR: &str = "UPDATE users SET is_operator = $3 WHERE workspace_id = $1 AND id = $2";

/// Lets the person operate the host, or no longer.
pub async fn set_operator(tx: &mut Tx, workspace: &WorkspaceId, id: &UserId, is_operator: bool) -> Result<bool> {
    query(TABLE, SET_OPERATOR).bind(workspace).bind(id).bind(is_operator).changes_a_row(tx).await
}

const OPERATORS: &str = "SELECT COUNT(*) AS operators FROM users WHERE is_operator AND deactivated_at IS NULL";

/// How many people operate the host, of all workspaces.
pub async fn count_operators(access: impl Into<Access<'_>>) -> Result<i64> {
    let count = query(TABLE, OPERATORS).fetch_optional(access, |row| row.get("operators")).await?;
    Ok(count.unwrap_or(0))
}

const SET_PASSWORD_HASH: &str = "UPDATE users SET password_hash = $3 WHERE workspace_id = $1 AND id = $2";

pub async fn set_password_hash(tx: &mut Tx, workspace: &WorkspaceId, id: &UserId, hash: &Secret) -> Result<bool> {
    query(TABLE, SET_PASSWORD_HASH).bind(workspace).bind(id).bind(hash.expose()).changes_a_row(tx).await
}

const DEACTIVATE: &str = "
    UPDATE users SET deactivated_at = $3 WHERE workspace_id = $1 AND id = $2 AND deactivated_at IS NULL";

/// From now on the person cannot sign in, and sessions and API tokens of the person are not found.
pub async fn deactivate(tx: &mut Tx, workspace: &WorkspaceId, id: &UserId, now: Timestamp) -> Result<bool> {
    query(TABLE, DEACTIVATE).bind(workspace).bind(id).bind(now).changes_a_row(tx).await
}

const SET_ALL_CLIENTS: &str = "UPDATE users SET all_clients = $3 WHERE workspace_id = $1 AND id = $2";
const DELETE_CLIENTS: &str = "DELETE FROM user_clients WHERE workspace_id = $1 AND user_id = $2";
const ADD_CLIENT: &str = "INSERT INTO user_clients (workspace_id, user_id, client_id) VALUES ($1, $2, $3)";

/// Replaces whose data the person sees.
pub async fn set_clients(tx: &mut Tx, workspace: &WorkspaceId, id: &UserId, visible: &Visible) -> Result<bool> {
    let all = *visible == Visible::All;
    if !query(TABLE, SET_ALL_CLIENTS).bind(workspace).bind(id).bind(all).changes_a_row(tx).await? {
        return Ok(false);
    }
    query(TABLE, DELETE_CLIENTS).bind(workspace).bind(id).execute(tx).await?;
    if let Visible::Some(clients) = visible {
        for client in clients {
            query(TABLE, ADD_CLIENT).bind(workspace).bind(id).bind(client).execute(tx).await?;
        }
    }
    Ok(true)
}

const CLIENTS: &str = "
    SELECT client_id FROM user_clients WHERE workspace_id = $1 AND user_id = $2 ORDER BY client_id";

pub async fn visible_clients(access: impl Into<Access<'_>>, user: &User) -> Result<Visible> {
    if user.all_clients {
        return Ok(Visible::All);
    }
    let clients = query(TABLE, CLIENTS).bind(&user.workspace_id).bind(&user.id);
    Ok(Visible::Some(clients.fetch_all(access, |row| row.get("client_id")).await?))
}

/// Addresses are compared without regard to case, as people type them.
fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(crate) fn read(row: &Row) -> Result<User> {
    Ok(User {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        role: row.get("role")?,
        password_hash: row.get::<Option<String>>("password_hash")?.map(Secret::new),
        all_clients: row.get("all_clients")?,
        is_operator: row.get("is_operator")?,
        created_at: row.get("created_at")?,
        deactivated_at: row.get("deactivated_at")?,
    })
}
