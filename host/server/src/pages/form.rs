//! The fields of a form that was sent, some of which may come several times.

use std::collections::BTreeMap;

use axum::extract::{Form, FromRequest, Request};
use relink_core::secret::Secret;
use relink_engine::Typed;

use crate::web::return_to::ReturnTo;
use crate::web::trouble::Trouble;

/// What the fields with the values of secrets begin with.
const SECRET_PREFIX: &str = "secret.";
/// What those with settings of the connection begin with.
const SETTING_PREFIX: &str = "setting.";
/// Names of people, clients and tokens are at most so long.
const LONGEST_NAME: usize = 200;

pub(super) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(fields) = form.map_err(|rejection| Trouble::new(rejection.status(), "The form could not be read."))?;
        Ok(Self(fields))
    }
}

impl Fields {
    /// The value of a field; empty if it did not come.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A name as people write it: one line, without space around it, not too long.
    pub(super) fn name(&self, field: &str) -> String {
        let one_line: String = self.get(field).chars().filter(|character| !character.is_control()).collect();
        one_line.trim().chars().take(LONGEST_NAME).collect()
    }

    pub(super) fn return_to(&self, otherwise: &'static str) -> ReturnTo {
        ReturnTo::or(Some(self.get("return_to")), otherwise)
    }

    /// The secrets and settings that were typed, by their names.
    pub(super) fn typed(&self) -> Typed {
        let secrets = self.named(SECRET_PREFIX).map(|(name, value)| (name, Secret::new(value))).collect();
        Typed { secrets, settings: self.settings() }
    }

    pub(super) fn settings(&self) -> BTreeMap<String, String> {
        self.named(SETTING_PREFIX).collect()
    }

    fn named(&self, prefix: &str) -> impl Iterator<Item = (String, String)> {
        let named = self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)));
        named.map(|(name, value)| (name.to_owned(), value.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_and_names_are_tidied() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = Fields(vec![
            pair("account", "1"),
            pair("account", "2"),
            pair("name", "  Acme\r\n Outdoor "),
            pair("secret.api_key", "canary"),
            pair("setting.region", "eu"),
            pair("return_to", "//evil.example"),
        ]);
        assert_eq!(fields.get_all("account").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.name("name"), "Acme Outdoor");
        assert_eq!(fields.typed().secrets["api_key"].expose(), "canary");
        assert_eq!(fields.typed().settings["region"], "eu");
        assert_eq!(fields.return_to("/data-sources").as_str(), "/data-sources");
        assert_eq!(fields.get("missing"), "");
    }
}
