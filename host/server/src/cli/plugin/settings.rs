//! The settings of a connection that an author gives, held against the schema of the plugin.

use anyhow::{Result, anyhow, bail};
use boon::{CompileError, Compiler, SchemaIndex, Schemas, SchemeUrlLoader, ValidationError};
use relink_core::plugin::Descriptor;
use serde_json::{Map, Value};

/// The name under which the schema is known to its compiler; nothing is asked of a network.
const SCHEMA: &str = "https://plugin.invalid/config-schema";

/// The settings as the plugin is told of them, if its schema allows them.
pub(super) fn read(descriptor: &Descriptor, given: &[(String, String)]) -> Result<Value> {
    let schema: Value = serde_json::from_str(&descriptor.config_schema)?;
    let known = schema["properties"].as_object().cloned().unwrap_or_default();
    if let Some((name, _)) = given.iter().find(|(name, _)| !known.contains_key(name)) {
        bail!(unknown(&descriptor.id, name, known.keys()));
    }
    let read = |(name, text): &(String, String)| (name.clone(), value_of(text, &known[name]));
    let settings = Value::from(given.iter().map(read).collect::<Map<_, _>>());
    let (schemas, index) =
        compile(schema).map_err(|problem| anyhow!("`config-schema` of {}: {problem}", descriptor.id))?;
    if let Err(error) = schemas.validate(&settings, index) {
        bail!(
            "the settings are not as plugin {} declares them: {}\n  fix: give each as `--setting NAME=VALUE`; there are: {}",
            descriptor.id,
            in_words(&error),
            names(known.keys())
        );
    }
    Ok(settings)
}

/// What is wrong with the schema of the settings, if anything is.
pub(super) fn problem(descriptor: &Descriptor) -> Option<String> {
    let schema = serde_json::from_str(&descriptor.config_schema).unwrap_or_default();
    compile(schema).err().map(|problem| format!("`config-schema` is no JSON Schema: {problem}"))
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

/// A text, or the number or truth value that the schema wants in its place.
fn value_of(text: &str, property: &Value) -> Value {
    let wants_other = property["type"].as_str().is_some_and(|wanted| wanted != "string");
    let other = serde_json::from_str(text).ok().filter(|_| wants_other);
    other.unwrap_or_else(|| Value::from(text))
}

/// The innermost causes, each with its place.
fn in_words(error: &ValidationError<'_, '_>) -> String {
    if error.causes.is_empty() {
        let place = error.instance_location.to_string();
        return if place.is_empty() { error.kind.to_string() } else { format!("{place}: {}", error.kind) };
    }
    error.causes.iter().map(in_words).collect::<Vec<_>>().join("; ")
}

fn unknown<'a>(plugin: &str, name: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    let distance = |known: &&String| strsim::damerau_levenshtein(known, name);
    let nearest = known.clone().min_by_key(distance).filter(|known| distance(known) <= name.len().div_ceil(2));
    let meant = nearest.map(|nearest| format!("; did you mean {nearest:?}?")).unwrap_or_default();
    format!("plugin {plugin} has no setting {name:?}{meant}\n  fix: there are: {}", names(known))
}

fn names<'a>(known: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = known.map(String::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
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
        assert!(said.contains("missing properties 'data_center'") && said.contains("--setting NAME=VALUE"), "{said}");
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
