//! `/plugins/install`: a plugin comes as a file, by way of a browser.

use axum::response::Response;
use http::StatusCode;
use relink_runtime::{ChangeError, Package, Proposed, Refusal};

use crate::api::shape::operators_only;
use crate::pages::flash::banner;
use crate::pages::plugin::address;
use crate::pages::visit::Visit;
use crate::plugins;
use crate::ui::views::plugin::InstallPage;
use crate::ui::views::shell::{Section, Tone};
use crate::web::trouble::Trouble;
use crate::web::upload::Upload;

/// Why the form is shown again.
#[derive(Default)]
struct Problem {
    refusal: Option<Refusal>,
    error: Option<String>,
}

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    operators_only(&visit.identity)?;
    Ok(visit.respond(&fill(&visit, Problem::default()).await?))
}

pub(super) async fn install(visit: Visit, upload: Upload) -> Result<Response, Trouble> {
    operators_only(&visit.identity)?;
    let package = match package(&upload) {
        Ok(package) => package,
        Err(error) => return again(visit, Problem { error: Some(error.to_owned()), refusal: None }).await,
    };
    match plugins::propose(&visit.app, &visit.identity, package).await? {
        Ok(proposed) => {
            let word = match &proposed {
                Proposed::InService(_) => {
                    banner(Tone::Ok, "Installed.", "It asks for no more than was granted before.")
                }
                Proposed::Waits(_) => banner(Tone::Warn, "Not in service yet.", "Look at what it asks for first."),
            };
            Ok(visit.go(&address(proposed.plugin().id()), &word))
        }
        Err(ChangeError::Refused(refusal)) => again(visit, Problem { refusal: Some(refusal), error: None }).await,
        Err(error) => Err(plugins::trouble(error)),
    }
}

fn package(upload: &Upload) -> Result<Package, &'static str> {
    let component = upload.get("component").ok_or("Choose the file of the plugin.")?;
    let signature = upload.get("signature").map(|text| String::from_utf8(text.to_vec()));
    let signature = signature.transpose().map_err(|_| "The signature is no `.minisig` file: those are text.")?;
    Ok(Package { component: component.to_vec(), signature })
}

async fn again(visit: Visit, problem: Problem) -> Result<Response, Trouble> {
    let visit = visit.at("/plugins/install");
    let page = fill(&visit, problem).await?;
    Ok(visit.respond_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

async fn fill(visit: &Visit, problem: Problem) -> Result<InstallPage, Trouble> {
    let lookup = visit.lookup().await?;
    Ok(InstallPage {
        shell: visit.shell(Section::Plugins, &lookup).await?,
        refusal: problem.refusal,
        error: problem.error,
        needs_signature: visit.app.engine().registry().needs_signature(),
    })
}
