//! Settings of a connection that are no secrets: a region, a subdomain.

use std::collections::BTreeMap;

use relink_sdk::Context;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Setting {
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) default: Option<String>,
    /// A regular expression as in JSON Schema.
    pub(crate) pattern: Option<String>,
    /// All values that can be given, each with its name for people.
    #[serde(default)]
    pub(crate) choices: BTreeMap<String, String>,
}

/// The JSON Schema of all settings; those without a default must be given.
pub(crate) fn schema(settings: &BTreeMap<String, Setting>) -> Value {
    let properties: Map<String, Value> =
        settings.iter().map(|(name, setting)| (name.clone(), setting.schema())).collect();
    let required: Vec<&String> =
        settings.iter().filter(|(_, setting)| setting.default.is_none()).map(|(name, _)| name).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

impl Setting {
    fn schema(&self) -> Value {
        let mut schema = json!({ "type": "string", "title": self.label });
        let optional = [("description", &self.description), ("default", &self.default), ("pattern", &self.pattern)];
        for (name, text) in optional {
            if let Some(text) = text {
                schema[name] = json!(text);
            }
        }
        if !self.choices.is_empty() {
            let choice = |(value, label): (&String, &String)| json!({ "const": value, "title": label });
            schema["oneOf"] = self.choices.iter().map(choice).collect();
        }
        schema
    }
}

/// What a connection chose, or the default.
pub(crate) fn value(settings: &BTreeMap<String, Setting>, name: &str, context: &Context) -> Option<String> {
    context.setting(name).or_else(|| settings.get(name)?.default.clone())
}
