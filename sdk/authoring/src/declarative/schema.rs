//! That editors, which know the schema, and the interpreter say the same of a table.

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use super::Table;
use super::report::Source;
use crate::pack;

/// Every table of the repository.
fn tables() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = fs::read_dir(root.join("plugins")).unwrap().map(|entry| entry.unwrap().path());
    let bundled = folders.filter(|folder| folder.join("plugin.toml").exists() && !folder.join("Cargo.toml").exists());
    bundled.chain([root.join("sdk/declarative/template")]).map(|folder| folder.join("plugin.toml")).collect()
}

/// The schema as an editor reads it.
struct Editor(Schemas, SchemaIndex);

impl Editor {
    fn open() -> Self {
        let schema = serde_json::from_str(pack::text("sdk/declarative/plugin.schema.json")).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("plugin.schema.json", schema).unwrap();
        let index = compiler.compile("plugin.schema.json", &mut schemas).unwrap();
        Self(schemas, index)
    }

    fn accepts(&self, text: &str) -> Result<(), String> {
        let table: toml::Table = text.parse().unwrap();
        let document: Value = serde_json::to_value(table).unwrap();
        self.0.validate(&document, self.1).map_err(|error| format!("{error:#}"))
    }
}

fn interpreter_accepts(text: &str) -> bool {
    Table::parse(&Source { path: "plugin.toml".to_owned(), text }).is_ok()
}

#[test]
fn every_table_of_the_repository_is_as_the_schema_says() {
    let editor = Editor::open();
    let tables = tables();
    assert!(tables.len() >= 7, "{tables:?}");
    for file in tables {
        editor
            .accepts(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

#[test]
fn every_table_of_the_repository_leads_editors_to_the_schema() {
    for file in tables() {
        let text = fs::read_to_string(&file).unwrap();
        let schema = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap_or_default();
        assert!(file.with_file_name(schema).ends_with("plugin.schema.json"), "{}", file.display());
        assert!(file.with_file_name(schema).exists(), "{}: {schema}", file.display());
    }
}

/// The table of the template with another piece in place of one.
fn changed(from: &str, to: &str) -> String {
    let template = pack::text("sdk/declarative/template/plugin.toml");
    assert!(template.contains(from), "{from}");
    template.replacen(from, to, 1)
}

#[test]
fn what_the_interpreter_refuses_of_names_and_forms_is_underlined_while_it_is_written() {
    let editor = Editor::open();
    for (from, to) in [
        ("base =", "bass ="),
        ("hosts = [\"api.acme.example\", \"login.acme.example\"]", ""),
        ("refresh = \"stays-valid\"", "refresh = \"stays\""),
        ("[auth.oauth2]", "[auth.oauth3]"),
        ("calls = 60", "calls = \"60\""),
        ("get = \"/me\"", "get = \"/me\"\nput = \"/me\""),
        ("subject = \"/id\"", "subject = \"id\""),
        ("items = \"/data\"", "items = { xml = {} }"),
        ("restated-days = 3", "restated_days = 3"),
        ("items = \"/data\"\npages", "each = { request = { get = \"/a\" }, id = \"/id\", batches-of = 0 }\npages"),
        ("in-query = \"cursor\"", "in-path = \"cursor\""),
        ("\"text /campaign/id\"", "\"string /campaign/id\""),
        ("times = 1e-6", "divided-by = 1e6"),
        ("reason = \"provider-specific\"", "reason = \"specific\""),
        ("phase = \"api\"", "phase = \"later\""),
        ("phase = \"api\"", "status = \"40x\""),
        ("\"/error/code\" =", "\"error.code\" ="),
        ("remedy = \"fix-billing\"", "retry-after = { seconds = \"60\" }"),
    ] {
        let text = changed(from, to);
        assert!(!interpreter_accepts(&text), "the interpreter takes {to:?}");
        assert!(editor.accepts(&text).is_err(), "the schema takes {to:?}");
    }
}

#[test]
fn every_form_that_the_interpreter_takes_is_let_through() {
    let editor = Editor::open();
    for (from, to) in [
        ("refresh = \"stays-valid\"", "refresh = { grace-s = 60 }"),
        ("get = \"/me\"", "get = \"/me\"\nquery = { limit = 100, all = true, day = \"{today:compact}\" }"),
        ("get = \"/me\"", "post = \"/me\"\njson = { filter = [{ day = \"{today}\" }, 1] }"),
        ("label = \"/email\"", "label = [\"/email\", \"\"]"),
        ("items = \"/data\"", "items = { csv = { delimiter = \";\", skipped-lines = 1 } }"),
        ("items = \"/data\"", "items = { lines = {} }"),
        ("pages = { token = \"/next\", in-query", "pages = { last-item = \"/id\", in-query"),
        (
            "request = { get = \"/accounts/{account}/clicks\"",
            "each = { request = { get = \"/a\" }, id = \"/id\", batches-of = 20, separator = \"|\" }\n\
             request = { get = \"/clicks/{each}\"",
        ),
        ("\"text /campaign/id\"", "\"text\""),
        ("phase = \"api\",", "phase = [\"api\", \"token-endpoint\"], status = [401, \"400-403\", \"5xx\"],"),
        (
            "when = { phase = \"api\", json = { \"/error/code\" = \"PLAN_LIMIT\" } }",
            "when = [{ contains = \"a\" }, { status = 403 }]",
        ),
        ("remedy = \"fix-billing\"", "retry-after = \"utc-midnight\""),
        ("remedy = \"fix-billing\"", "retry-after = { json = { at = \"/wait\", unit = \"seconds\" } }"),
    ] {
        let text = changed(from, to);
        assert!(interpreter_accepts(&text), "the interpreter refuses {to:?}");
        editor.accepts(&text).unwrap_or_else(|error| panic!("{to:?}: {error}"));
    }
}
