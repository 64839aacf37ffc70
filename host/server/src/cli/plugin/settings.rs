//! The settings of a connection that an author gives, held against the schema of the plugin.

use anyhow::{Result, bail};
use relink_core::plugin::{Descriptor, SettingsSchema};
use serde_json::Value;

/// The settings as the plugin is told of them, if its schema allows them.
pub(super) fn read(descriptor: &Descriptor, given: &[(String, String)]) -> Result<Value> {
    let schema = SettingsSchema::of(descriptor);
    let known: Vec<String> = schema.settings().into_iter().map(|setting| setting.name).collect();
    if let Some((name, _)) = given.iter().find(|(name, _)| !known.contains(name)) {
        bail!(unknown(&descriptor.id, name, &known));
    }
    if let Some(problem) = schema.problem() {
        bail!("`config-schema` of {}: {problem}", descriptor.id);
    }
    schema.read(&given.iter().cloned().collect()).map(Value::Object).or_else(|unusable| {
        let causes: Vec<&str> = unusable.iter().map(|unusable| unusable.by_schema.as_str()).collect();
        bail!(
            "the settings are not as plugin {} declares them: {}\n  fix: give each as `--setting NAME=VALUE`; there are: {}",
            descriptor.id,
            causes.join("; "),
            names(&known)
        )
    })
}

/// What is wrong with the schema of the settings, if anything is.
pub(super) fn problem(descriptor: &Descriptor) -> Option<String> {
    let problem = SettingsSchema::of(descriptor).problem()?;
    Some(format!("`config-schema` is no JSON Schema: {problem}"))
}

fn unknown(plugin: &str, name: &str, known: &[String]) -> String {
    let distance = |known: &&String| strsim::damerau_levenshtein(known, name);
    let nearest = known.iter().min_by_key(distance).filter(|known| distance(known) <= name.len().div_ceil(2));
    let meant = nearest.map(|nearest| format!("; did you mean {nearest:?}?")).unwrap_or_default();
    format!("plugin {plugin} has no setting {name:?}{meant}\n  fix: there are: {}", names(known))
}

fn names(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn descriptor(schema: &Value) -> Descriptor {
        Descriptor {
            id: "beacon".to_owned(),
            version: "0.1.0".to_owned(),
            display_name: "Beacon".to_owned(),
            aliases: Vec::new(),
            requires: Vec::new(),
            hosts: Vec::new(),
            auth: Vec::new(),
            datasets: Vec::new(),
            budgets: Vec::new(),
            config_schema: schema.to_string(),
            inbound: None,
            help_url: None,
        }
    }

    fn with_data_center(given: &[(&str, &str)]) -> Result<Value, String> {
        let schema = json!({
            "type": "object",
            "properties": {
                "data_center": { "type": "string", "pattern": "^us[0-9]+$" },
                "page_size": { "type": "integer", "maximum": 1000 },
            },
            "required": ["data_center"],
        });
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        read(&descriptor(&schema), &given).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_are_told_as_the_schema_types_them() {
        let settings = with_data_center(&[("data_center", "us20"), ("page_size", "50")]).unwrap();
        assert_eq!(settings, json!({ "data_center": "us20", "page_size": 50 }));
    }

    #[test]
    fn what_the_schema_does_not_allow_is_refused_with_what_it_does() {
        let said = with_data_center(&[("data_centre", "us20")]).unwrap_err();
        assert!(said.contains("no setting \"data_centre\"; did you mean \"data_center\"?"), "{said}");
        let said = with_data_center(&[("data_center", "EU")]).unwrap_err();
        assert!(said.contains("/data_center: 'EU' does not match pattern"), "{said}");
        let said = with_data_center(&[]).unwrap_err();
        assert!(said.contains("`data_center` is missing") && said.contains("--setting NAME=VALUE"), "{said}");
        let said = with_data_center(&[("data_center", "us20"), ("page_size", "many")]).unwrap_err();
        assert!(said.contains("/page_size: want integer, but got string"), "{said}");
    }

    #[test]
    fn a_schema_that_is_none_is_a_problem() {
        assert_eq!(problem(&descriptor(&json!({ "type": "object", "properties": {} }))), None);
        for (schema, expected) in [
            (json!({ "type": "objekt" }), "/type"),
            (json!({ "properties": { "a": { "pattern": "(" } } }), "pattern"),
            (json!({ "$ref": "file:///etc/hostname" }), "file:///etc/hostname"),
        ] {
            let said = problem(&descriptor(&schema)).unwrap();
            assert!(said.contains("is no JSON Schema") && said.contains(expected), "{said}");
        }
    }
}
