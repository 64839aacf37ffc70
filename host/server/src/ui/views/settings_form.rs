//! The settings of a connection that people are asked for: a region, a subdomain. None is a secret.

use std::collections::BTreeMap;

use relink_core::plugin::{Choice, Setting, SettingsSchema, Unusable};

/// The fields for what the plugin wants to know with one way of signing in.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsForm {
    /// Keeps two forms on one page apart.
    pub(crate) id: String,
    pub(crate) fields: Vec<SettingField>,
    /// What is wrong with the values together, when no single field is to blame.
    pub(crate) error: Option<String>,
}

/// The form posts it as `setting.{name}`.
#[derive(Clone, Debug)]
pub(crate) struct SettingField {
    pub(crate) setting: Setting,
    pub(crate) value: String,
    /// What is wrong with it and how to put it right.
    pub(crate) error: Option<String>,
}

impl SettingsForm {
    /// The fields with what is known of them.
    pub(crate) fn new(id: &str, asked: &SettingsSchema, known: &BTreeMap<String, String>) -> Self {
        let field = |setting: Setting| {
            let value = known.get(&setting.name).or(setting.default.as_ref()).cloned().unwrap_or_default();
            SettingField { setting, value, error: None }
        };
        Self { id: id.to_owned(), fields: asked.settings().into_iter().map(field).collect(), error: None }
    }

    /// The form as it was sent, and what is wrong where it is wrong.
    pub(crate) fn refused(mut self, typed: &BTreeMap<String, String>, unusable: &[Unusable]) -> Self {
        for field in &mut self.fields {
            let name = &field.setting.name;
            field.value = typed.get(name).cloned().unwrap_or_default();
            let problem = unusable.iter().find(|unusable| unusable.setting.as_ref() == Some(name));
            field.error = problem.map(|unusable| unusable.message.clone());
        }
        let together = unusable.iter().find(|unusable| unusable.setting.is_none());
        self.error = together.map(|unusable| unusable.message.clone());
        self
    }
}

impl SettingField {
    pub(crate) fn is_chosen(&self, choice: &Choice) -> bool {
        self.value == choice.value
    }

    /// Nothing is chosen until somebody does.
    pub(crate) fn has_empty_choice(&self) -> bool {
        self.setting.default.is_none()
    }

    /// Somebody may leave it without a value.
    pub(crate) fn may_stay_empty(&self) -> bool {
        !self.setting.is_required && (self.setting.choices.is_empty() || self.has_empty_choice())
    }

    pub(crate) fn is_described(&self) -> bool {
        self.error.is_some() || self.setting.description.is_some()
    }
}
