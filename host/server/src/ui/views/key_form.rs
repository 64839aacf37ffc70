//! The fields of a key, asked for once and never shown again.

use crate::ui::views::settings_form::SettingsForm;

/// The fields that one way of signing in needs.
#[derive(Clone, Debug)]
pub(crate) struct KeyForm {
    /// The id of the way of signing in; it keeps two forms on one page apart.
    pub(crate) method: String,
    pub(crate) fields: Vec<KeyField>,
    pub(crate) settings: SettingsForm,
    /// What is wrong with the values together, when no single field is to blame.
    pub(crate) error: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct KeyField {
    /// The name of the secret; the form posts it as `secret.{name}`.
    pub(crate) name: String,
    pub(crate) label: String,
    /// Known values of public fields; always empty for a secret.
    pub(crate) value: String,
    pub(crate) is_public: bool,
    /// It may be left empty.
    pub(crate) is_optional: bool,
    /// Where the person finds the value.
    pub(crate) help_url: Option<String>,
    /// What is wrong with it and how to put it right.
    pub(crate) error: Option<String>,
}

impl KeyForm {
    pub(crate) fn settings(&self) -> &SettingsForm {
        &self.settings
    }
}

impl KeyField {
    /// What browsers and password managers should offer.
    pub(crate) fn autocomplete(&self) -> &'static str {
        if self.is_public { "username" } else { "current-password" }
    }
}
