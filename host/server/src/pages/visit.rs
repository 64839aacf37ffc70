//! One person on one page: what every page needs, and what surrounds it.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::Response;
use http::StatusCode;
use http::header::HeaderMap;
use http::request::Parts;
use relink_core::time::Timestamp;
use relink_engine::{Person, Role};
use relink_store::data_sources::{self, Filter, Status};
use relink_store::users::User;
use relink_store::{Db, StoreError, workspaces};

use crate::app::App;
use crate::auth::extract::SignedIn;
use crate::auth::{Identity, SessionRef};
use crate::pages::lookup::Lookup;
use crate::pages::{demo, flash, see_other, tray};
use crate::ui;
use crate::ui::views::shell::{self, Banner, Part, Section, Shell};

/// A signed-in person asks for a page.
pub(super) struct Visit {
    pub(super) app: App,
    pub(super) identity: Identity,
    pub(super) part: Part,
    pub(super) now: Timestamp,
    here: String,
    banner: Option<Banner>,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let SignedIn(identity) = SignedIn::from_request_parts(parts, app).await?;
        let Ok(part) = Part::from_request_parts(parts, app).await;
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let here = uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        Ok(Self {
            app: app.clone(),
            identity,
            part,
            now: app.engine().now(),
            here,
            banner: shown(&parts.headers, part),
        })
    }
}

/// The bell alone says nothing of the last action, so the word stays for a page that does.
fn shown(headers: &HeaderMap, part: Part) -> Option<Banner> {
    flash::find(headers).filter(|_| part.has_main())
}

impl Visit {
    pub(super) fn db(&self) -> &Db {
        self.app.engine().db()
    }

    pub(super) fn person(&self) -> &Person {
        &self.identity.person
    }

    pub(super) fn session(&self) -> &SessionRef {
        self.identity.session.as_ref().expect("pages are only for those with a session")
    }

    pub(super) async fn lookup(&self) -> Result<Lookup, StoreError> {
        Lookup::new(&self.app, &self.person().workspace_id, self.now).await
    }

    /// Everything around the main part of the page.
    pub(super) async fn shell(&self, section: Section, lookup: &Lookup) -> Result<Shell, StoreError> {
        let workspace = workspaces::find(self.db(), &self.person().workspace_id).await?;
        let query = self.here.split_once('?').map_or("", |(_, query)| query);
        let search = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "search");
        Ok(Shell {
            part: self.part,
            section,
            workspace: workspace.map(|workspace| workspace.name).unwrap_or_default(),
            person: self.shell_person(),
            csrf: self.session().csrf.clone(),
            here: self.here.clone(),
            broken: self.broken().await?,
            tray: tray::tray(self, lookup).await?,
            banner: self.banner.clone(),
            search: search.map(|(_, value)| value.into_owned()).unwrap_or_default(),
            support_url: self.app.support_url().to_owned(),
            demo_people: demo::people(&self.app, &self.identity).await?,
        })
    }

    fn shell_person(&self) -> shell::Person {
        let user = &self.identity.user;
        shell::Person {
            name: user.name.clone(),
            email: user.email.clone(),
            role: full_role(user),
            may_repair: self.identity.may_repair(),
            may_administer: self.identity.may_administer(),
            may_operate: self.identity.may_operate(),
        }
    }

    async fn broken(&self) -> Result<usize, StoreError> {
        let all = Filter::all(self.now, 1);
        let person = self.person();
        let counts = data_sources::counts(self.db(), &person.workspace_id, &person.visible, &all).await?;
        Ok(counts.get(&Status::NeedsReconnect).map_or(0, |count| usize::try_from(*count).unwrap_or(0)))
    }

    /// For a page that answers a form: the address to come back to is not the form's.
    #[must_use]
    pub(super) fn at(self, here: &str) -> Self {
        Self { here: here.to_owned(), ..self }
    }

    pub(super) fn respond(&self, page: &impl askama::Template) -> Response {
        self.respond_with(StatusCode::OK, page)
    }

    pub(super) fn respond_with(&self, status: StatusCode, page: &impl askama::Template) -> Response {
        let mut response = ui::respond_with(status, page);
        if self.banner.is_some() {
            let (name, value) = flash::clear(self.app.cookies());
            response.headers_mut().append(name, value);
        }
        response
    }

    /// Sends the browser on, and lets the next page say how it went.
    pub(super) fn go(&self, path: &str, banner: &Banner) -> Response {
        let mut response = see_other(path);
        let (name, value) = flash::leave(self.app.cookies(), banner);
        response.headers_mut().append(name, value);
        response
    }
}

/// What a person may do, in the workspace and beyond it.
pub(super) fn full_role(user: &User) -> String {
    let role = role_name(user.role);
    if user.is_operator { format!("{role} and operator") } else { role.to_owned() }
}

/// A role as the pages call it.
const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Staff => "Staff",
        Role::Viewer => "Client",
    }
}
