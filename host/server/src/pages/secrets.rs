//! A new key in the place of an old one: tried with the provider first.

use axum::extract::Path;
use axum::response::Response;
use relink_core::id::AuthorizationId;
use relink_core::plugin::Unusable;
use relink_engine::{Completed, SecretsError, SecretsErrorKind};
use relink_store::authorizations;

use crate::pages::flash::banner;
use crate::pages::form::Fields;
use crate::pages::visit::Visit;
use crate::pages::{connect_accounts, connection};
use crate::ui::views::key_form::KeyForm;
use crate::ui::views::shell::{Banner, Tone};
use crate::web::trouble::Trouble;

pub(super) async fn replace(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, Trouble> {
    let authorization = connect_accounts::find(&visit, &id).await?;
    let id = authorization.id;
    let return_to = fields.return_to("/data-sources");
    match visit.app.engine().replace_secrets(visit.person(), &id, fields.typed()).await {
        Ok(completed) => Ok(visit.go(return_to.as_str(), &success(&completed))),
        Err(error) if error.kind == SecretsErrorKind::Refused => {
            let form = form_with_error(&visit, &id, &fields, &error).await?;
            let visit = visit.at(return_to.as_str());
            connection::page_with_form(&visit, fields.get("connection_id"), form).await
        }
        Err(error) => Err(error.into()),
    }
}

fn success(completed: &Completed) -> Banner {
    match completed.healed.len() {
        0 => banner(Tone::Ok, "Key updated.", "The provider accepts it."),
        1 => banner(Tone::Ok, "Key updated.", "1 data source is running again. Missing days are being filled in now."),
        healed => banner(
            Tone::Ok,
            "Key updated.",
            format!("{healed} data sources are running again. Missing days are being filled in now."),
        ),
    }
}

async fn form_with_error(
    visit: &Visit,
    id: &AuthorizationId,
    fields: &Fields,
    error: &SecretsError,
) -> Result<KeyForm, Trouble> {
    let authorization = authorizations::find(visit.db(), &visit.person().workspace_id, id).await?;
    let authorization = authorization.ok_or_else(Trouble::not_found)?;
    let form = connection::known_key_form(&visit.lookup().await?, &authorization).ok_or_else(Trouble::internal)?;
    Ok(filled(form, fields, error))
}

/// The form as it was sent, without its secrets, and what is wrong where it is wrong.
pub(super) fn filled(mut form: KeyForm, fields: &Fields, error: &SecretsError) -> KeyForm {
    for field in &mut form.fields {
        if field.is_public {
            fields.get(&format!("secret.{}", field.name)).clone_into(&mut field.value);
        }
        field.error = (error.field.as_deref() == Some(&field.name)).then(|| error.message.clone());
    }
    form.settings = form.settings.refused(&fields.settings(), &error.settings);
    if error.settings.is_empty() && form.fields.iter().all(|field| field.error.is_none()) {
        form.error = Some(error.message.clone());
    }
    form
}

/// The first setting that cannot be used, in an answer that has place for one.
pub(super) fn unusable(settings: &[Unusable]) -> Trouble {
    let first = settings.first();
    let field = first.and_then(|unusable| unusable.setting.as_ref()).map(|name| format!("settings.{name}"));
    Trouble::unprocessable(
        field.unwrap_or_default(),
        first.map(|unusable| unusable.message.as_str()).unwrap_or_default(),
    )
}

impl From<SecretsError> for Trouble {
    fn from(error: SecretsError) -> Self {
        match error.kind {
            SecretsErrorKind::NotFound => Self::not_found(),
            SecretsErrorKind::NotAllowed => Self::forbidden(error.message),
            SecretsErrorKind::Refused if error.settings.is_empty() => {
                Self::unprocessable(error.field.unwrap_or_default(), error.message)
            }
            SecretsErrorKind::Refused => unusable(&error.settings),
            SecretsErrorKind::Host => Self::unavailable(error.message),
        }
    }
}
