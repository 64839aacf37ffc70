//! The secrets for one conversation: from a file or the environment, never from the command line, where
//! every user of the machine can read them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use relink_core::plugin::AuthMethod;
use relink_core::secret::Secret;
use relink_egress::Credentials;
use zeroize::Zeroizing;

/// What the name of a variable begins with; a secret's own name follows in upper case.
const PREFIX: &str = "PLUGIN_SECRET_";

/// Reads what requests of this method need; the environment goes before the file.
///
/// A file may hold the secrets of all methods of the plugin.
pub(super) fn read(
    methods: &[AuthMethod],
    method: &AuthMethod,
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Credentials> {
    let mut written = file.map(read_file).transpose()?.unwrap_or_default();
    let of_plugin: BTreeSet<&str> = methods.iter().flat_map(|method| slots(method).chain(needed(method))).collect();
    let needed = needed(method);
    let known: BTreeSet<&str> = slots(method).chain(needed.iter().copied()).collect();
    if let Some(unknown) = written.keys().find(|name| !of_plugin.contains(name.as_str())) {
        let known: Vec<&str> = known.into_iter().collect();
        bail!("auth method {:?} has no secret {unknown:?}; there are: {}", method.id, known.join(", "));
    }
    let mut credentials = Credentials::new();
    for name in known {
        let value = variable(&variable_of(name)).map(Secret::new).or_else(|| written.remove(name));
        match value.filter(|value| !value.expose().is_empty()) {
            Some(value) => credentials.insert(name, value),
            None if needed.contains(name) => bail!(missing(method, name)),
            None => {}
        }
    }
    Ok(credentials)
}

/// The secrets that some request places, and cannot do without.
fn needed(method: &AuthMethod) -> BTreeSet<&str> {
    let placements = method.uses.iter().flat_map(|credential_use| &credential_use.placements);
    placements.map(|placement| placement.secret.as_str()).filter(|secret| !method.is_optional(secret)).collect()
}

fn slots(method: &AuthMethod) -> impl Iterator<Item = &str> {
    method.slots().map(|slot| slot.name.as_str())
}

fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.to_ascii_uppercase().replace(['-', '.'], "_"))
}

fn missing(method: &AuthMethod, name: &str) -> String {
    let hint = match name {
        "access_token" => " (an access token that is still valid; the tools of the provider give one)",
        _ => "",
    };
    format!(
        "the secret {name:?} of auth method {:?} is missing{hint}\n  fix: write `{name} = \"…\"` into a file and name it with \
         --secrets, or set {}",
        method.id,
        variable_of(name)
    )
}

/// A message about the file never quotes it.
fn read_file(path: &Path) -> Result<BTreeMap<String, Secret>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let text = Zeroizing::new(text);
    let Ok(table) = text.parse::<toml::Table>() else {
        bail!("{} is not understood: write one secret a line, as `api_key = \"…\"`", path.display());
    };
    let read = |(name, value): (String, toml::Value)| match value {
        toml::Value::String(text) => Ok((name, Secret::new(text))),
        _ => bail!("{}: {name} is no text: put it in quotes", path.display()),
    };
    table.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use relink_core::plugin::{AuthKind, CredentialUse, Place, Placement, SecretSlot};

    use super::*;

    fn slot(name: &str, optional: bool) -> SecretSlot {
        let (name, label) = (name.to_owned(), name.to_owned());
        SecretSlot { name, label, help_url: None, public: false, optional }
    }

    fn method() -> AuthMethod {
        let placement = |secret: &str| Placement {
            secret: secret.to_owned(),
            place: Place::Header,
            name: "x-key".to_owned(),
            prefix: String::new(),
            suffix: String::new(),
        };
        let placements = vec![placement("api_key"), placement("developer_token")];
        let credential_use = CredentialUse { name: "default".to_owned(), placements, signer: None, hosts: vec![] };
        AuthMethod {
            id: "key".to_owned(),
            label: "Key".to_owned(),
            kind: AuthKind::StaticSecret,
            app_secrets: vec![slot("unused", false), slot("developer_token", true)],
            user_secrets: vec![slot("api_key", false)],
            uses: vec![credential_use],
        }
    }

    fn read(
        method: &AuthMethod,
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Credentials> {
        super::read(std::slice::from_ref(method), method, file, variable)
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let file = file("api_key = \"from-the-file\"");
        let value = |variable: fn(&str) -> Option<String>| {
            let credentials = read(&method(), Some(file.path()), variable).unwrap();
            credentials.get("api_key").unwrap().expose().to_owned()
        };
        assert_eq!(value(|_| None), "from-the-file");
        assert_eq!(value(|name| (name == "PLUGIN_SECRET_API_KEY").then(|| "from-outside".to_owned())), "from-outside");
    }

    #[test]
    fn one_file_serves_all_methods_and_each_is_given_its_own() {
        let oauth = AuthMethod {
            id: "oauth".to_owned(),
            app_secrets: vec![],
            user_secrets: vec![slot("access_token", false)],
            uses: vec![],
            ..method()
        };
        let file = file("api_key = \"of-the-key\"\naccess_token = \"of-oauth\"");
        let methods = [method(), oauth];
        let credentials = super::read(&methods, &methods[1], Some(file.path()), |_| None).unwrap();
        assert_eq!(credentials.get("access_token").unwrap().expose(), "of-oauth");
        assert!(credentials.get("api_key").is_none());
    }

    #[test]
    fn what_is_missing_or_unknown_is_named_and_no_value_is_shown() {
        for nothing in [None, Some(String::new())] {
            let missing = read(&method(), None, |_| nothing.clone()).unwrap_err().to_string();
            assert!(missing.contains("\"api_key\"") && missing.contains("PLUGIN_SECRET_API_KEY"), "{missing}");
        }
        for text in ["api_kee = \"canary\"", "api_key = canary", "api_key = 12345"] {
            let error = read(&method(), Some(file(text).path()), |_| None).unwrap_err().to_string();
            assert!(!error.contains("canary") && !error.contains("12345"), "{error}");
        }
    }
}
