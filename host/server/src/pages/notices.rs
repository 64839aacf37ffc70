//! `/notices`: everything that the person was told, and the marks that it was read.

use axum::response::Response;
use relink_core::id::NoticeId;
use relink_store::notices;

use crate::pages::form::Fields;
use crate::pages::visit::Visit;
use crate::pages::{see_other, tray};
use crate::ui::views::notices::NoticesPage;
use crate::ui::views::shell::Section;
use crate::web::trouble::Trouble;

const SHOWN: usize = 100;

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let lookup = visit.lookup().await?;
    // The bell alone shows the tray, which the shell has.
    let entries = if visit.part.has_main() { tray::entries(&visit, &lookup, SHOWN).await? } else { Vec::new() };
    let (resolved, open) = entries.into_iter().partition(|entry| entry.resolved.is_some());
    let page = NoticesPage { shell: visit.shell(Section::Other, &lookup).await?, open, resolved };
    Ok(visit.respond(&page))
}

pub(super) async fn read(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let person = visit.person();
    let mut tx = visit.db().begin().await?;
    match fields.get("notice_id") {
        "" => {
            notices::mark_all_read(&mut tx, &person.workspace_id, &person.user_id, visit.now).await?;
        }
        id => {
            let id: NoticeId = id.parse().map_err(|_| Trouble::not_found())?;
            notices::mark_read(&mut tx, &person.workspace_id, &person.user_id, &id, visit.now).await?;
        }
    }
    tx.commit().await?;
    Ok(see_other(fields.return_to("/notices").as_str()))
}
