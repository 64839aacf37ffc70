//! `/help/reasons/{code}`: what a reason means and how to resolve it.

use axum::extract::Path;
use axum::response::Response;

use crate::pages::visit::Visit;
use crate::ui::views::help::HelpReason;
use crate::ui::views::shell::Section;
use crate::ui::words::help;
use crate::web::trouble::Trouble;

pub(super) async fn page(visit: Visit, Path(code): Path<String>) -> Result<Response, Trouble> {
    let found = help::by_code(&code).ok_or_else(Trouble::not_found)?;
    let lookup = visit.lookup().await?;
    let others = help::all().iter().filter(|other| other.code != found.code);
    let page = HelpReason {
        shell: visit.shell(Section::Other, &lookup).await?,
        help: found,
        others: others.map(|other| (other.code, other.title)).collect(),
    };
    Ok(visit.respond(&page))
}
