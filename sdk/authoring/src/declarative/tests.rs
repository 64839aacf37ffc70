//! What authors are shown, word for word.

use relink_declarative::room;

use super::Table;
use super::report::Source;

const SOUND: &str = r#"
id = "acme"
name = "Acme"
version = "0.1.0"
hosts = ["api.acme.example"]
base = "https://api.acme.example/v1"

[auth.api-key]
headers = { authorization = "Bearer {api_key}" }

[probe]
get = "/me"

[identify]
subject = "/id"
label = "/email"

[datasets.deals]
label = "Deals"
key = "id"
request = { get = "/deals" }

[datasets.deals.columns]
id = "text /id"

[[errors]]
code = "plan-too-small"
reason = "provider-specific"
when = { status = 403 }
"#;

fn parse(text: &str) -> anyhow::Result<Table> {
    Table::parse(&Source { path: "plugin.toml".to_owned(), text })
}

/// Changes the sound table and compares the whole error.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert!(SOUND.contains(from), "{from}");
    let error = parse(&SOUND.replacen(from, to, 1)).unwrap_err();
    assert_eq!(error.to_string(), expected.trim_start_matches('\n'));
}

#[test]
fn a_name_that_is_not_known_is_underlined() {
    check(
        "base =",
        "bass =",
        "
unknown field `bass`, expected one of `id`, `name`, `aliases`, `version`, `hosts`, `help-url`, `base`, `headers`, `settings`, `auth`, `budgets`, `defaults`, `probe`, `identify`, `accounts`, `datasets`, `refusals`, `errors`
 --> plugin.toml:6:1
  |
6 | bass = \"https://api.acme.example/v1\"
  | ^^^^",
    );
}

#[test]
fn a_value_that_cannot_be_is_underlined_however_deep_it_lies() {
    check(
        "\"text /id\"",
        "\"txt /id\"",
        "
`txt /id` is no column: write a type and where the value lies, such as \"text /name\"; the types are text, integer, number, boolean, day, time, json
  --> plugin.toml:24:6
   |
24 | id = \"txt /id\"
   |      ^^^^^^^^^",
    );
    check(
        "status = 403",
        "status = [401, 4030]",
        "
`4030` is no status: write 401, \"400-403\" or \"5xx\"
  --> plugin.toml:29:25
   |
29 | when = { status = [401, 4030] }
   |                         ^^^^",
    );
}

#[test]
fn a_contradiction_is_underlined_with_what_mends_it() {
    check(
        "key = \"id\"",
        "key = [\"id\", \"day\"]",
        "
there is no column `day`; there are: id
  --> plugin.toml:20:14
   |
20 | key = [\"id\", \"day\"]
   |              ^^^^^
   |
   = fix: name one of them, or add it",
    );
}

#[test]
fn what_is_missing_is_shown_where_it_belongs() {
    check(
        "headers = { authorization = \"Bearer {api_key}\" }\n",
        "",
        "
nothing says where the key goes
 --> plugin.toml:8:7
  |
8 | [auth.api-key]
  |       ^^^^^^^
  |
  = fix: add `headers = { authorization = \"Bearer {api_key}\" }`, or `query` or `basic`",
    );
}

#[test]
fn a_date_without_quotes_is_shown_as_such() {
    check(
        "{ get = \"/deals\" }",
        "{ post = \"/deals\", json = { from = 2026-05-01 } }",
        "
a date without quotes is no value of JSON
  --> plugin.toml:21:46
   |
21 | request = { post = \"/deals\", json = { from = 2026-05-01 } }
   |                                              ^^^^^^^^^^
   |
   = fix: write it in quotes, as it is to be sent",
    );
}

#[test]
fn every_mistake_is_shown_at_once() {
    let text = SOUND.replace("/deals", "deals").replace("plan-too-small", "Plan");
    let error = parse(&text).unwrap_err().to_string();
    assert!(error.contains("plugin.toml:21:19") && error.contains("plugin.toml:27:8"), "{error}");
}

#[test]
fn a_table_that_does_not_fit_is_refused_with_both_sizes() {
    let text = SOUND.replace("\"Deals\"", &format!("\"{}\"", "x".repeat(room::CAPACITY)));
    let error = parse(&text).unwrap_err().to_string();
    assert!(error.starts_with("plugin.toml: the table takes 65") && error.contains("room for 65536"), "{error}");
}

#[test]
fn spaces_comments_and_order_make_no_difference() {
    let shuffled = SOUND.replace("id = \"acme\"\nname = \"Acme\"", "# ours\nname =   \"Acme\"\nid = 'acme'");
    assert_eq!(parse(SOUND).unwrap().json, parse(&shuffled).unwrap().json);
}

#[test]
fn a_program_without_the_interpreter_says_how_to_get_it() {
    let error = parse(SOUND).unwrap().component(&[]).unwrap_err().to_string();
    assert!(error.contains("cargo xtask guests"), "{error}");
}
