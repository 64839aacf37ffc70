//! The settings of a connection that are no secret, a region or a subdomain: what `config-schema` of a plugin asks
//! people for, and whether it allows what they answer.

use std::collections::{BTreeMap, BTreeSet};

use boon::{CompileError, Compiler, ErrorKind, InstanceToken, SchemaIndex, Schemas, SchemeUrlLoader, ValidationError};
use serde_json::{Map, Value};

use super::{AuthMethod, Descriptor};

/// The name under which the schema is known to its compiler; nothing is asked of a network.
const SCHEMA: &str = "https://plugin.invalid/config-schema";

/// Longer than any region, host or subdomain; a paste of something else.
const MAX_SETTING: usize = 1_024;

/// One property of the schema, in words for who fills in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub label: String,
    pub description: Option<String>,
    /// What the plugin takes if nothing is given.
    pub default: Option<String>,
    /// All that can be given, if these are so few that the schema lists them.
    pub choices: Vec<Choice>,
    pub is_required: bool,
}

/// One of the values that can be given, and its name for people: `oneOf` with `const` and `title`, or `enum`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// What is wrong with what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The setting that is to blame, if it is one alone.
    pub setting: Option<String>,
    /// For a person who reads the form.
    pub message: String,
    /// For an author who reads the schema.
    pub by_schema: String,
}

/// What a plugin wants to know of a connection.
#[derive(Clone, Debug)]
pub struct SettingsSchema(Value);

impl SettingsSchema {
    pub fn of(descriptor: &Descriptor) -> Self {
        Self::of_value(serde_json::from_str(&descriptor.config_schema).unwrap_or_default())
    }

    pub(super) fn of_value(schema: Value) -> Self {
        Self(schema)
    }

    /// What people are asked for who sign in with `method`: not for what the provider's answers bring.
    #[must_use]
    pub fn asked_with(mut self, method: &AuthMethod) -> Self {
        let kept: BTreeSet<&str> =
            method.oauth2().into_iter().flat_map(|oauth2| &oauth2.keep).map(|kept| kept.into_config.as_str()).collect();
        if let Some(properties) = self.0.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| !kept.contains(name.as_str()));
        }
        if let Some(required) = self.0.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| name.as_str().is_none_or(|name| !kept.contains(name)));
        }
        self
    }

    /// The settings, those that must be given first.
    pub fn settings(&self) -> Vec<Setting> {
        let mut settings: Vec<Setting> =
            self.properties().map(|(name, property)| self.setting(name, property)).collect();
        settings.sort_by_key(|setting| !setting.is_required);
        settings
    }

    fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["properties"].as_object().into_iter().flatten()
    }

    fn setting(&self, name: &str, property: &Value) -> Setting {
        let text = |key: &str| property[key].as_str().map(str::to_owned);
        Setting {
            name: name.to_owned(),
            label: text("title").unwrap_or_else(|| name.to_owned()),
            description: text("description"),
            default: property.get("default").map(as_typed),
            choices: choices(property),
            is_required: self.0["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name)),
        }
    }

    /// The settings that were typed as the plugin is told of them, if the schema allows them. What is left empty was
    /// not given, and of what the schema does not know nothing is taken.
    pub fn read(&self, typed: &BTreeMap<String, String>) -> Result<Map<String, Value>, Vec<Unusable>> {
        let given = self.properties().filter_map(|(name, property)| {
            let text = typed.get(name)?.trim();
            (!text.is_empty()).then(|| (name.clone(), value_of(text, property)))
        });
        let settings = Value::Object(given.collect());
        let (schemas, index) = compile(self.0.clone()).map_err(|problem| vec![Unusable::whole(&problem)])?;
        let mut unusable = self.too_much(&settings);
        if let Err(error) = schemas.validate(&settings, index) {
            self.explain(&error, &mut unusable);
        }
        match settings {
            Value::Object(settings) if unusable.is_empty() => Ok(settings),
            _ => Err(unusable),
        }
    }

    /// `config` with what was typed in the place of what it says of these settings: what was not typed stays, and
    /// what was typed empty goes.
    pub fn typed_into(&self, config: &str, typed: &BTreeMap<String, String>) -> Result<String, Vec<Unusable>> {
        let mut texts = self.known(config);
        texts.extend(typed.clone());
        let mut config: Map<String, Value> = serde_json::from_str(config).unwrap_or_default();
        config.retain(|name, _| self.0["properties"].get(name).is_none());
        config.extend(self.read(&texts)?);
        Ok(Value::Object(config).to_string())
    }

    /// What `config` says of the settings, as a person types it.
    pub fn known(&self, config: &str) -> BTreeMap<String, String> {
        let config: Map<String, Value> = serde_json::from_str(config).unwrap_or_default();
        let known = self.properties().filter_map(|(name, _)| Some((name.clone(), as_typed(config.get(name)?))));
        known.collect()
    }

    /// What is wrong with the schema itself, if anything is.
    pub fn problem(&self) -> Option<String> {
        compile(self.0.clone()).err()
    }

    fn too_much(&self, settings: &Value) -> Vec<Unusable> {
        let texts =
            settings.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_str()?)));
        let long = texts.filter(|(_, text)| text.len() > MAX_SETTING || text.chars().any(char::is_control));
        let unusable = |(name, _): (&String, &str)| Unusable {
            setting: Some(name.clone()),
            message: format!("This is not a {}: paste the value alone.", self.label(name)),
            by_schema: format!("/{name}: longer than {MAX_SETTING} bytes, or with control characters"),
        };
        long.map(unusable).collect()
    }

    fn explain(&self, error: &ValidationError<'_, '_>, into: &mut Vec<Unusable>) {
        match (error.instance_location.tokens.first(), &error.kind) {
            (Some(InstanceToken::Prop(name)), _) => into.push(Unusable {
                setting: Some(name.to_string()),
                message: format!("This cannot be right: look at the {} once more.", self.label(name)),
                by_schema: in_words(error),
            }),
            (_, ErrorKind::Required { want }) => into.extend(want.iter().map(|name| Unusable {
                setting: Some((*name).to_owned()),
                message: format!("Enter the {}.", self.label(name)),
                by_schema: format!("`{name}` is missing"),
            })),
            _ if error.causes.is_empty() => into.push(Unusable::whole(&error.kind.to_string())),
            _ => error.causes.iter().for_each(|cause| self.explain(cause, into)),
        }
    }

    fn label(&self, name: &str) -> String {
        self.setting(name, &self.0["properties"][name]).label
    }
}

impl Unusable {
    fn whole(by_schema: &str) -> Self {
        let message = format!("These values do not go together: {by_schema}.");
        Self { setting: None, message, by_schema: by_schema.to_owned() }
    }
}

fn compile(schema: Value) -> Result<(Schemas, SchemaIndex), String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    // Whatever the schema refers to has to stand in it.
    compiler.use_loader(Box::new(SchemeUrlLoader::new()));
    let outcome = compiler.add_resource(SCHEMA, schema).and_then(|()| compiler.compile(SCHEMA, &mut schemas));
    let index = outcome.map_err(|error| match error {
        CompileError::ValidationError { src, .. } => in_words(&src),
        CompileError::InvalidRegex { regex, src, .. } => format!("the pattern {regex:?} cannot be read: {src}"),
        error => error.to_string(),
    })?;
    Ok((schemas, index))
}

/// The innermost causes, each with its place.
fn in_words(error: &ValidationError<'_, '_>) -> String {
    if error.causes.is_empty() {
        return format!("{}: {}", error.instance_location, error.kind);
    }
    error.causes.iter().map(in_words).collect::<Vec<_>>().join("; ")
}

/// A text, or the number or truth value that the schema wants in its place.
fn value_of(text: &str, property: &Value) -> Value {
    let wants_other = property["type"].as_str().is_some_and(|wanted| wanted != "string");
    let other = serde_json::from_str(text).ok().filter(|_| wants_other);
    other.unwrap_or_else(|| Value::from(text))
}

fn choices(property: &Value) -> Vec<Choice> {
    let listed = property["enum"].as_array().into_iter().flatten().map(|value| Choice::of(value, value));
    let named = property["oneOf"].as_array().into_iter().flatten();
    let named = named.filter_map(|choice| {
        let value = choice.get("const")?;
        Some(Choice::of(value, choice.get("title").unwrap_or(value)))
    });
    let of_switch = [("true", "Yes"), ("false", "No")].into_iter().filter(|_| property["type"] == "boolean");
    let of_switch = of_switch.map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned() });
    listed.chain(named).chain(of_switch).collect()
}

impl Choice {
    fn of(value: &Value, label: &Value) -> Self {
        Self { value: as_typed(value), label: as_typed(label) }
    }
}

/// As a person types it.
fn as_typed(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked() -> SettingsSchema {
        SettingsSchema(json!({
            "type": "object",
            "properties": {
                "page_size": { "type": "integer", "maximum": 1000, "default": 50 },
                "region": { "oneOf": [{ "const": "eu", "title": "Europe" }, { "const": "us", "title": "America" }] },
                "shop": { "type": "string", "title": "Shop", "pattern": "^[a-z-]+$", "description": "Before .example" },
            },
            "required": ["shop"],
        }))
    }

    fn typed(given: &[(&str, &str)]) -> BTreeMap<String, String> {
        given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn what_must_be_given_is_asked_first_and_choices_have_names() {
        let settings = asked().settings();
        let names: Vec<_> = settings.iter().map(|setting| (setting.name.as_str(), setting.is_required)).collect();
        assert_eq!(names, [("shop", true), ("page_size", false), ("region", false)]);
        assert_eq!(settings[0].label, "Shop");
        assert_eq!(settings[1].default.as_deref(), Some("50"));
        assert_eq!(settings[2].choices[0], Choice { value: "eu".to_owned(), label: "Europe".to_owned() });
    }

    #[test]
    fn what_was_typed_takes_the_place_of_what_was_known() {
        let config = r#"{"kept":"stays","region":"us","shop":"old"}"#;
        let now = asked()
            .typed_into(config, &typed(&[("shop", " acme "), ("region", ""), ("page_size", "100"), ("odd", "x")]));
        let now: Value = serde_json::from_str(&now.unwrap()).unwrap();
        assert_eq!(now, json!({ "kept": "stays", "shop": "acme", "page_size": 100 }));
        let same = asked().typed_into(config, &typed(&[])).unwrap();
        assert_eq!(asked().known(&same)["shop"], "old");
    }

    #[test]
    fn each_setting_that_cannot_be_is_named_once() {
        let wrong = |given: &[(&str, &str)]| {
            let unusable = asked().read(&typed(given)).unwrap_err().into_iter();
            unusable.map(|unusable| (unusable.setting.unwrap(), unusable.message)).collect::<Vec<_>>()
        };
        assert_eq!(wrong(&[]), [("shop".to_owned(), "Enter the Shop.".to_owned())]);
        let names = |given| wrong(given).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(
            names(&[("shop", "Acme Inc"), ("region", "mars"), ("page_size", "2000")]),
            ["page_size", "region", "shop"]
        );
        assert_eq!(names(&[("shop", "a\nb"), ("page_size", "many")]).len(), 3);
    }

    #[test]
    fn nobody_is_asked_for_what_the_provider_answers() {
        let oauth: crate::plugin::OAuth2 = serde_json::from_value(json!({
            "issuer": null, "authorize_url": "", "token_url": "", "revoke_url": null, "scopes": [],
            "scope_separator": " ", "pkce": true, "token_auth": "body", "token_body": "form", "param_names": [],
            "authorize_params": [], "reconnect_params": [], "login_hint_param": null, "token_params": [],
            "refresh_params": [], "refresh": "none", "token_pointers": [],
            "keep": [{ "source": "token-answer", "name": "shop", "into_config": "shop" }],
            "assumed_lifetime_s": null, "reauthorize_days": null,
        }))
        .unwrap();
        let method = AuthMethod {
            id: "oauth".to_owned(),
            label: String::new(),
            kind: crate::plugin::AuthKind::OAuth2Code(oauth),
            app_secrets: Vec::new(),
            user_secrets: Vec::new(),
            uses: Vec::new(),
        };
        let asked = asked().asked_with(&method);
        assert!(asked.settings().iter().all(|setting| setting.name != "shop"));
        assert!(asked.read(&typed(&[("shop", "evil")])).unwrap().is_empty());
        assert!(SettingsSchema(json!({})).asked_with(&method).problem().is_none());
    }
}
