//! What the buttons of one connection do.

use axum::extract::Path;
use axum::response::Response;
use relink_core::id::ConnectionId;
use relink_engine::ControlError;

use crate::pages::flash::banner;
use crate::pages::form::Fields;
use crate::pages::visit::Visit;
use crate::ui::views::shell::Tone;
use crate::web::trouble::Trouble;

pub(super) async fn check(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, Trouble> {
    let id = parse(&id)?;
    visit.app.engine().check_now(visit.person(), &id).await?;
    Ok(done(&visit, &fields, "Checking now.", "The status changes by itself as soon as the provider has answered."))
}

pub(super) async fn pause(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, Trouble> {
    let id = parse(&id)?;
    visit.app.engine().pause(visit.person(), &id).await?;
    Ok(done(&visit, &fields, "Paused.", "Nothing is fetched until somebody resumes it. The data stays."))
}

pub(super) async fn resume(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, Trouble> {
    let id = parse(&id)?;
    visit.app.engine().resume(visit.person(), &id).await?;
    Ok(done(&visit, &fields, "Resumed.", "Missing days are being filled in now."))
}

pub(super) async fn stop(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, Trouble> {
    let id = parse(&id)?;
    visit.app.engine().stop(visit.person(), &id).await?;
    Ok(done(&visit, &fields, "Stopped.", "The data stays. Connect the account again to go on where it ended."))
}

fn parse(id: &str) -> Result<ConnectionId, Trouble> {
    id.parse().map_err(|_| Trouble::not_found())
}

fn done(visit: &Visit, fields: &Fields, title: &str, text: &str) -> Response {
    visit.go(fields.return_to("/data-sources").as_str(), &banner(Tone::Ok, title, text))
}

impl From<ControlError> for Trouble {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::NotFound => Self::not_found(),
            ControlError::NotAllowed => Self::forbidden("Your role does not include changing this data source."),
            ControlError::WrongState => {
                Self::conflict("The data source is not in a state in which that can be done. Load the page again.")
            }
            ControlError::Store(error) => error.into(),
        }
    }
}
