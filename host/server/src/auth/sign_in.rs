//! Begins and ends sessions.

use std::net::IpAddr;

use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_store::sessions::{self, Session};
use relink_store::token::token_hash;
use relink_store::users::{self, User};
use relink_store::{StoreError, Tx};

use crate::app::App;
use crate::auth::secret_token;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// The same words for an unknown person and a wrong password.
    #[error("The e-mail address or the password does not match.")]
    NoMatch,
    #[error("Too many attempts. Try again in {} seconds.", wait_ms.div_euclid(1_000) + 1)]
    TooMany { wait_ms: i64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs in by password and gives the token of a new session; `previous` ends with it.
pub(crate) async fn by_password(
    app: &App,
    email: &str,
    password: &Secret,
    address: IpAddr,
    previous: Option<Secret>,
) -> Result<Secret, SignInError> {
    let account = email.trim().to_lowercase();
    let now = app.engine().now();
    app.limiter().try_now(&account, address, now).map_err(|wait_ms| SignInError::TooMany { wait_ms })?;
    let user = users::find_by_email(app.engine().db(), &account).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.as_ref()).map(Secret::expose);
    let is_right = app.passwords().verify(password, hash).await;
    let Some(user) = user.filter(|_| is_right) else { return Err(SignInError::NoMatch) };
    app.limiter().forgive(&account, address);
    Ok(begin(app, &user, previous).await?)
}

/// Begins a session of `user`, and ends the one that the browser had before.
pub(crate) async fn begin(app: &App, user: &User, previous: Option<Secret>) -> Result<Secret, StoreError> {
    let now = app.engine().now();
    let mut tx = app.engine().db().begin().await?;
    if let Some(previous) = previous {
        sessions::delete(&mut tx, &token_hash(previous.expose())).await?;
    }
    sessions::purge(&mut tx, now).await?;
    let token = add_session(&mut tx, user, now, app.session_lifetime_ms()).await?;
    tx.commit().await?;
    Ok(token)
}

/// Adds a session to what `tx` writes.
pub(crate) async fn add_session(
    tx: &mut Tx,
    user: &User,
    now: Timestamp,
    lifetime_ms: i64,
) -> Result<Secret, StoreError> {
    let token = secret_token::random();
    let session = Session {
        token_hash: token_hash(token.expose()).to_vec(),
        workspace_id: user.workspace_id.clone(),
        user_id: user.id.clone(),
        csrf_token: secret_token::random().expose().to_owned(),
        created_at: now,
        expires_at: now.plus_ms(lifetime_ms),
    };
    sessions::create(tx, &session).await?;
    Ok(token)
}

pub(crate) async fn end(app: &App, session_hash: &[u8]) -> Result<(), StoreError> {
    let mut tx = app.engine().db().begin().await?;
    sessions::delete(&mut tx, session_hash).await?;
    tx.commit().await
}
