//! The JSON Schema of tables, with which editors complete names and underline what cannot be.
//!
//! It is made of the types that read a table, and only in tests: projects get the file that lies beside this
//! crate, so neither the program nor the interpreter carries what makes it.

use std::borrow::Cow;
use std::path::Path;
use std::{env, fs};

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::datasets::{Column, ItemsAt, LongColumn, LongItems};
use crate::list::List;
use crate::plugin::Plugin;
use crate::values::{
    Actor, Blast, BudgetKey, Grant, Phases, Pointer, Reason, Remedy, Scalar, SecretText, Statuses, Template, Unit,
};

#[test]
fn the_file_beside_the_crate_is_the_schema_of_the_types() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin.schema.json");
    let made = schema();
    if env::var_os("RELINK_WRITE_SCHEMA").is_some() {
        fs::write(&file, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
    }
    let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert!(
        written == made,
        "the types have changed: run `RELINK_WRITE_SCHEMA=1 cargo test -p relink-declarative schema`"
    );
}

/// Draft 7 is what editors of TOML understand.
fn schema() -> Value {
    let mut schema = SchemaSettings::draft07().with_transform(NoNull).into_generator().into_root_schema_for::<Plugin>();
    schema.insert("title".to_owned(), json!("A provider for Relink"));
    schema.to_value()
}

/// TOML has no null: what may be missing is only not required.
#[derive(Clone)]
struct NoNull;

impl Transform for NoNull {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(mut choices)) = schema.remove("anyOf") {
            choices.retain(|choice| choice["type"] != "null");
            let word = if choices.len() == 1 { "allOf" } else { "anyOf" };
            schema.insert(word.to_owned(), choices.into());
        }
        transform_subschemas(self, schema);
    }
}

/// How a value with a form of its own is written.
macro_rules! written_as {
    ($($kind:ident: $schema:expr;)+) => {$(
        impl JsonSchema for $kind {
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )+};
}

written_as! {
    Actor: one_of(&Self::names());
    Blast: one_of(&Self::names());
    BudgetKey: one_of(&Self::names());
    Grant: one_of(&Self::names());
    Phases: one_of(&Self::names());
    Reason: one_of(&Self::names());
    Remedy: one_of(&Self::names());
    Unit: one_of(&Self::names());
    Pointer: json_schema!({
        "description": "A JSON pointer, such as \"/data/0/id\"; an empty one is the whole document.",
        "type": "string",
        "pattern": "^(/.*)?$",
    });
    Scalar: json_schema!({ "type": ["string", "integer", "boolean"] });
    SecretText: json_schema!({
        "description": "A text with the name of one secret in braces, such as \"Bearer {api_key}\".",
        "type": "string",
        "pattern": r"^[^{]*\{[^}]+\}[^{]*$",
    });
    Statuses: json_schema!({
        "description": "A status such as 401, or a range such as \"400-403\" or \"5xx\".",
        "anyOf": [
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": "^([1-5]xx|[1-5][0-9]{2}( *- *[1-5][0-9]{2})?)$" },
        ],
    });
    Template: json_schema!({
        "description": "A text with placeholders such as {account}, {since} and {settings.NAME}; braces that are meant \
                        are doubled.",
        "type": ["string", "integer", "boolean"],
    });
}

fn one_of(names: &[&str]) -> Schema {
    json_schema!({ "type": "string", "enum": names })
}

impl JsonSchema for Column {
    fn schema_name() -> Cow<'static, str> {
        "Column".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A type and where the value lies, such as \"text /name\".",
            "anyOf": [
                { "type": "string", "pattern": "^(text|integer|number|boolean|day|time|json)( +(/.*)?)?$" },
                generator.subschema_for::<LongColumn>(),
            ],
        })
    }
}

impl JsonSchema for ItemsAt {
    fn schema_name() -> Cow<'static, str> {
        "Items".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<Pointer>(), generator.subschema_for::<LongItems>()] })
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}
