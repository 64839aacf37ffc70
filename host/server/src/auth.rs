//! Who asks: by the session of a browser or by an API token. What they may do is the engine's to say.

pub(crate) mod cookie;
pub(crate) mod extract;
pub(crate) mod guard;
pub(crate) mod limiter;
pub(crate) mod origin;
pub(crate) mod password;
pub(crate) mod secret_token;
pub(crate) mod sign_in;

use relink_core::time::Timestamp;
use relink_engine::{Person, Role};
use relink_store::token::token_hash;
use relink_store::users::{self, User};
use relink_store::{Db, StoreError, api_tokens, sessions};

/// The person behind a request.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) person: Person,
    pub(crate) user: User,
    /// None when an API token was shown instead.
    pub(crate) session: Option<SessionRef>,
}

/// The session of the browser, as far as others need it.
#[derive(Clone, Debug)]
pub(crate) struct SessionRef {
    pub(crate) token_hash: Vec<u8>,
    pub(crate) csrf: String,
}

impl Identity {
    /// Whether the person may see people and tokens of the workspace.
    pub(crate) fn may_administer(&self) -> bool {
        matches!(self.person.role, Role::Owner | Role::Admin)
    }

    /// Whether the person may install and change plugins, which serve every workspace of the host.
    pub(crate) fn may_operate(&self) -> bool {
        self.user.is_operator
    }

    pub(crate) fn may_see_plugins(&self) -> bool {
        self.may_administer() || self.may_operate()
    }

    /// Whether the person may repair and change data sources.
    pub(crate) fn may_repair(&self) -> bool {
        self.person.role != Role::Viewer
    }
}

/// Finds who holds this session.
pub(crate) async fn by_session(db: &Db, token: &str, now: Timestamp) -> Result<Option<Identity>, StoreError> {
    let Some((session, user)) = sessions::find(db, &token_hash(token), now).await? else { return Ok(None) };
    let person = person_of(db, &user).await?;
    let session = Some(SessionRef { token_hash: session.token_hash, csrf: session.csrf_token });
    Ok(Some(Identity { person, user, session }))
}

/// Finds for whom this API token acts.
pub(crate) async fn by_api_token(db: &Db, token: &str, now: Timestamp) -> Result<Option<Identity>, StoreError> {
    let Some((_, user)) = api_tokens::find_by_hash(db, &token_hash(token), now).await? else { return Ok(None) };
    let person = person_of(db, &user).await?;
    Ok(Some(Identity { person, user, session: None }))
}

async fn person_of(db: &Db, user: &User) -> Result<Person, StoreError> {
    Ok(Person {
        workspace_id: user.workspace_id.clone(),
        user_id: user.id.clone(),
        role: user.role,
        visible: users::visible_clients(db, user).await?,
    })
}
