//! Reads the settings: the file, then the environment on top, then the files that hold secrets.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::config::Config;

/// Says what is wrong with the settings, and where, in a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings file {} cannot be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the settings file {} is not valid TOML: {message}", path.display())]
    Syntax { path: PathBuf, message: String },
    #[error("{problem} (in {origin}). `relink config default` prints every setting with its explanation")]
    Value { origin: String, problem: String },
    #[error("the file {} that {setting} names cannot be read: {source}", path.display())]
    Secret { setting: String, path: PathBuf, source: std::io::Error },
}

/// Names the settings file; it is no setting itself.
const FILE_VARIABLE: &str = "RELINK_CONFIG";

/// The settings, and which variables looked like settings but are none.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub config: Config,
    pub ignored_variables: Vec<String>,
}

/// Reads the settings of `path`, if one is given, with those of `variables` on top.
pub fn load(path: Option<&Path>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Loaded, ConfigError> {
    let mut table = match path {
        Some(path) => read_table(path)?,
        None => Table::new(),
    };
    let origin = path.map_or_else(|| "the defaults".to_owned(), |path| path.display().to_string());
    read::<Config>(&without_secret_files(&table))
        .map_err(|problem| ConfigError::Value { origin: origin.clone(), problem })?;
    let mut ignored_variables = Vec::new();
    for (name, value) in variables {
        match keys_of(&name) {
            Some(keys) if name != FILE_VARIABLE => match with_variable(&table, &name, &keys, &value)? {
                Ok(changed) => table = changed,
                Err(why) => ignored_variables.push(format!("{name} is ignored: {why}")),
            },
            _ => {}
        }
    }
    read_secret_files(&mut table)?;
    let config: Config = read(&table).map_err(|problem| ConfigError::Value { origin: origin.clone(), problem })?;
    check(&config).map_err(|problem| ConfigError::Value { origin, problem })?;
    Ok(Loaded { config, ignored_variables })
}

fn read_table(path: &Path) -> Result<Table, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| ConfigError::Syntax { path: path.to_owned(), message: error.to_string() })
}

fn read<T: DeserializeOwned>(table: &Table) -> Result<T, String> {
    table.clone().try_into().map_err(|error: toml::de::Error| in_words(&error))
}

const NO_SUCH_SETTING: &str = "there is no setting";

/// Turns serde's "unknown field, expected one of …" into the one name that was probably meant.
fn in_words(error: &toml::de::Error) -> String {
    let text = error.to_string();
    let text = text.trim().replace('\n', " ");
    let Some((_, rest)) = text.split_once("unknown field `") else { return text };
    let Some((unknown, rest)) = rest.split_once('`') else { return text };
    let place = rest.rsplit_once("in `").map_or("", |(_, place)| place.trim_end_matches('`'));
    let section = place.strip_suffix(unknown).unwrap_or(place).trim_end_matches('.');
    let known = rest.split('`').skip(1).step_by(2);
    let nearest = known
        .map(|name| (strsim::damerau_levenshtein(unknown, name), name))
        .filter(|(distance, _)| *distance <= unknown.len().div_ceil(2))
        .min();
    let dot = if section.is_empty() { "" } else { "." };
    match nearest {
        Some((_, name)) => {
            format!("{NO_SUCH_SETTING} `{section}{dot}{unknown}`; did you mean `{section}{dot}{name}`?")
        }
        None => format!("{NO_SUCH_SETTING} `{section}{dot}{unknown}`"),
    }
}

/// The place of a setting that a variable such as `RELINK_DATABASE__URL` names.
fn keys_of(variable: &str) -> Option<Vec<String>> {
    let name = variable.strip_prefix("RELINK_")?.to_ascii_lowercase();
    Some(name.split("__").map(str::to_owned).collect())
}

/// Sets the value as text or, where text does not fit, as the number or list that it spells.
///
/// A name that is no setting is not an error, but a reason to leave the variable alone.
fn with_variable(
    table: &Table,
    name: &str,
    keys: &[String],
    value: &str,
) -> Result<Result<Table, String>, ConfigError> {
    let spelled =
        toml::from_str::<Table>(&format!("value = {value}")).ok().and_then(|mut parsed| parsed.remove("value"));
    let mut problem = String::new();
    for candidate in [Some(Value::String(value.to_owned())), spelled].into_iter().flatten() {
        let mut changed = table.clone();
        if !set(&mut changed, keys, candidate) {
            continue;
        }
        match read::<Config>(&without_secret_files(&changed)) {
            Ok(_) => return Ok(Ok(changed)),
            Err(found) if found.starts_with(NO_SUCH_SETTING) => return Ok(Err(found)),
            Err(found) => problem = found,
        }
    }
    Err(ConfigError::Value { origin: format!("the environment variable {name}"), problem })
}

fn set(table: &mut Table, keys: &[String], value: Value) -> bool {
    let Some((first, rest)) = keys.split_first() else { return false };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return true;
    }
    let inner = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
    inner.as_table_mut().is_some_and(|inner| set(inner, rest, value))
}

/// The sections whose values are secrets, and so may be in files of their own.
fn secret_sections(table: &mut Table) -> Vec<(String, &mut Table)> {
    let mut sections = Vec::new();
    for (name, value) in table {
        let Some(section) = value.as_table_mut() else { continue };
        match name.as_str() {
            "database" | "mail" => sections.push((name.clone(), section)),
            "plugins" => {
                for (plugin, methods) in section {
                    let methods = methods.as_table_mut().into_iter().flatten();
                    for (method, secrets) in methods {
                        if let Some(secrets) = secrets.as_table_mut() {
                            sections.push((format!("plugins.{plugin}.{method}"), secrets));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    sections
}

fn read_secret_files(table: &mut Table) -> Result<(), ConfigError> {
    for (section, values) in secret_sections(table) {
        for (name, path) in take_secret_files(values) {
            let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::Secret {
                setting: format!("{section}.{name}_file"),
                path,
                source,
            })?;
            values.insert(name, Value::String(text.trim_end_matches(['\r', '\n']).to_owned()));
        }
    }
    Ok(())
}

/// The table with a blank in the place of each secret that is in a file.
fn without_secret_files(table: &Table) -> Table {
    let mut table = table.clone();
    for (_, values) in secret_sections(&mut table) {
        for (name, _) in take_secret_files(values) {
            values.insert(name, Value::String(String::new()));
        }
    }
    table
}

fn take_secret_files(values: &mut Table) -> Vec<(String, PathBuf)> {
    let named: Vec<String> = values.keys().filter(|key| key.ends_with("_file")).cloned().collect();
    let mut files = Vec::new();
    for key in named {
        if let (Some(name), Some(Value::String(path))) = (key.strip_suffix("_file"), values.remove(&key)) {
            files.push((name.to_owned(), PathBuf::from(path)));
        }
    }
    files
}

/// What the types cannot say.
fn check(config: &Config) -> Result<(), String> {
    let base_url = config.base_url();
    let is_this_machine = matches!(base_url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if !matches!(base_url.scheme(), "http" | "https") || base_url.path() != "/" || base_url.query().is_some() {
        return Err(format!("base_url is {base_url}, but it must be like https://relink.example.com, without a path"));
    }
    if config.base_url.is_some() && base_url.scheme() == "http" && !is_this_machine {
        return Err(format!("base_url is {base_url}, but providers and browsers need https unless it is this machine"));
    }
    if config.base_url.is_none() && config.listen.ip().is_unspecified() {
        return Err(format!(
            "listen is {}, which browsers cannot open: set base_url to the address they use",
            config.listen
        ));
    }
    if config.scheduler.runs_at_once == 0 {
        return Err("scheduler.runs_at_once is 0, so nothing would ever be synced: set 1 or more".to_owned());
    }
    if config.mail.smtp_url.is_some() && config.mail.from.is_none() {
        return Err("mail.smtp_url is set but mail.from is not: name the sender".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relink.toml");
        std::fs::write(&path, text).unwrap();
        load(Some(&path), variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn refusal(text: &str, variables: &[(&str, &str)]) -> String {
        load_text(text, variables).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_setting_is_refused_with_the_nearest_name() {
        assert!(refusal("lisen = \"127.0.0.1:1\"", &[]).contains("did you mean `listen`?"));
        let text = refusal("[scheduler]\nrun_at_once = 3", &[]);
        assert!(text.contains("`scheduler.run_at_once`; did you mean `scheduler.runs_at_once`?"), "{text}");
        let text = refusal("zzzzzz = 1", &[]);
        assert!(text.contains("no setting `zzzzzz`") && !text.contains("did you mean"), "{text}");
    }

    #[test]
    fn wrong_values_are_refused_with_their_place() {
        assert!(refusal("listen = 8080", &[]).contains("listen"));
        assert!(refusal("[policy]\nconfirm_after = \"soon\"", &[]).contains("is not a span"));
        assert!(refusal("listen = ", &[]).contains("line 1"));
        assert!(refusal("base_url = \"http://relink.example.com\"", &[]).contains("https"));
        assert!(refusal("base_url = \"https://relink.example.com/app\"", &[]).contains("without a path"));
    }

    #[test]
    fn variables_override_the_file_and_fit_the_type() {
        let variables = [
            ("RELINK_LISTEN", "127.0.0.1:9"),
            ("RELINK_SCHEDULER__RUNS_AT_ONCE", "7"),
            ("RELINK_PLUGINS__GOOGLE__OAUTH__CLIENT_ID", "12345"),
            ("RELINK_CHROMIUM", "/usr/bin/chromium"),
            ("OTHER", "x"),
        ];
        let Loaded { config, ignored_variables } = load_text("listen = \"127.0.0.1:1\"", &variables).unwrap();
        assert_eq!(ignored_variables.len(), 1, "{ignored_variables:?}");
        assert_eq!(config.listen.port(), 9);
        assert_eq!(config.scheduler.runs_at_once, 7);
        assert_eq!(config.plugins["google"]["oauth"]["client_id"].0.expose(), "12345");
        assert!(refusal("", &[("RELINK_SCHEDULER__RUNS_AT_ONCE", "many")]).contains("RELINK_SCHEDULER__RUNS_AT_ONCE"));
    }

    #[test]
    fn secrets_are_read_from_their_files_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "canary\n").unwrap();
        let text = format!("[plugins.google.oauth]\nclient_secret_file = {:?}", path.display().to_string());
        let config = load_text(&text, &[]).unwrap().config;
        assert_eq!(config.plugins["google"]["oauth"]["client_secret"].0.expose(), "canary");
        assert!(!format!("{config:?}").contains("canary"));
        let text = refusal("[database]\nurl_file = \"/nowhere/at/all\"", &[]);
        assert!(text.contains("database.url_file") && text.contains("/nowhere/at/all"), "{text}");
    }
}
