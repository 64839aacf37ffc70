//! Addresses of a sign-in that depend on the connection: `https://{settings.shop}.example/oauth`.
//!
//! A plugin is bound to its hosts before anybody gives a setting: wherever the settings can lead has to be among
//! them, and nothing that a person types can be more than a part of a name.

use serde_json::Value;

use super::{Descriptor, OAuth2, Setting, SettingsSchema};

const OPEN: &str = "{settings.";

/// More places than any provider has regions.
const MOST: usize = 64;

enum Piece<'a> {
    Text(&'a str),
    Setting(&'a str),
}

impl Descriptor {
    /// Everywhere that `template` can lead. What can be typed at will is `free`.
    pub fn addresses(&self, template: &str, free: &str) -> Result<Vec<String>, String> {
        if !template.contains(OPEN) {
            return Ok(vec![template.to_owned()]);
        }
        SettingsSchema::of(self).addresses(template, free)
    }
}

impl SettingsSchema {
    fn addresses(&self, template: &str, free: &str) -> Result<Vec<String>, String> {
        let mut addresses = vec![String::new()];
        for piece in pieces(template)? {
            let values = match piece {
                Piece::Text(text) => vec![text.to_owned()],
                Piece::Setting(name) => self.values(name, free)?,
            };
            let with_each =
                addresses.iter().flat_map(|address| values.iter().map(move |value| format!("{address}{value}")));
            addresses = with_each.take(MOST + 1).collect();
            if addresses.len() > MOST {
                return Err(format!("the settings in it lead to more than {MOST} addresses"));
            }
        }
        Ok(addresses)
    }

    fn values(&self, name: &str, free: &str) -> Result<Vec<String>, String> {
        let setting = self.find(name)?;
        let choices = setting.choices.into_iter().map(|choice| choice.value);
        Ok(if choices.len() == 0 { vec![free.to_owned()] } else { choices.collect() })
    }

    /// The address that `template` is for a connection with the settings of `config`.
    pub fn address(&self, template: &str, config: &str) -> Result<String, String> {
        let config: Value = serde_json::from_str(config).unwrap_or_default();
        let mut address = String::new();
        for piece in pieces(template)? {
            match piece {
                Piece::Text(text) => address.push_str(text),
                Piece::Setting(name) => address.push_str(&self.value(name, &config)?),
            }
        }
        Ok(address)
    }

    fn value(&self, name: &str, config: &Value) -> Result<String, String> {
        let setting = self.find(name)?;
        let given = config[name].as_str().map(str::to_owned).or(setting.default);
        let value = given.ok_or_else(|| format!("the setting {name} is missing"))?;
        let is_choice = setting.choices.is_empty() || setting.choices.iter().any(|choice| choice.value == value);
        if is_choice && is_part_of_a_name(&value) {
            Ok(value)
        } else {
            Err(format!("the setting {name} is {value:?}, which is no part of an address"))
        }
    }

    fn find(&self, name: &str) -> Result<Setting, String> {
        let found = self.settings().into_iter().find(|setting| setting.name == name);
        found.ok_or_else(|| format!("`config-schema` has no setting {name:?}"))
    }

    /// `oauth2` with the addresses to which the host itself sends for a connection with the settings of `config`.
    pub fn endpoints(&self, oauth2: &OAuth2, config: &str) -> Result<OAuth2, String> {
        let revoke_url = oauth2.revoke_url.as_ref().map(|url| self.address(url, config)).transpose()?;
        Ok(OAuth2 { token_url: self.address(&oauth2.token_url, config)?, revoke_url, ..oauth2.clone() })
    }
}

fn pieces(template: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, setting)) = rest.split_once(OPEN) {
        let (name, after) = setting.split_once('}').ok_or_else(|| format!("a brace is open in {template:?}"))?;
        pieces.extend([Piece::Text(before), Piece::Setting(name)]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

fn is_part_of_a_name(value: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = value.as_bytes();
    bytes.len() <= 253
        && is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> SettingsSchema {
        SettingsSchema::of_value(json!({ "properties": {
            "shop": { "type": "string" },
            "region": { "enum": ["com", "eu"], "default": "com" },
        } }))
    }

    #[test]
    fn an_address_leads_where_the_settings_say() {
        let address = |template: &str, config: &str| schema().address(template, config);
        assert_eq!(address("https://a.example/x", "{}").unwrap(), "https://a.example/x");
        let shop = "https://{settings.shop}.a.example/{settings.region}";
        assert_eq!(address(shop, r#"{"shop":"acme"}"#).unwrap(), "https://acme.a.example/com");
        assert_eq!(address(shop, r#"{"shop":"acme","region":"eu"}"#).unwrap(), "https://acme.a.example/eu");
        for config in [
            "{}",
            r#"{"shop":"evil.example/"}"#,
            r#"{"shop":"a@b"}"#,
            r#"{"shop":""}"#,
            r#"{"shop":"a","region":"cn"}"#,
        ] {
            assert!(address(shop, config).is_err(), "{config}");
        }
        assert!(address("https://{settings.nothing}", "{}").is_err());
        assert!(address("https://{settings.shop", "{}").is_err());
    }

    #[test]
    fn everywhere_that_it_can_lead_is_known_before() {
        let addresses = |template: &str| schema().addresses(template, "x").unwrap();
        assert_eq!(addresses("https://a.{settings.region}/t"), ["https://a.com/t", "https://a.eu/t"]);
        assert_eq!(addresses("https://{settings.shop}.a.example"), ["https://x.a.example"]);
        assert_eq!(schema().addresses("https://{settings.shop}.a.example", "*").unwrap(), ["https://*.a.example"]);
        assert!(schema().addresses(&"{settings.region}".repeat(7), "x").is_err());
    }
}
