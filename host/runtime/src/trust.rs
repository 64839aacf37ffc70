//! Who made a plugin: detached signatures in the format of minisign, checked against the keys that
//! the operator trusts. Nothing is asked of a network.

use minisign_verify::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

use crate::refusal::{Gate, Refusal};

/// The publishers that the operator trusts.
#[derive(Clone, Default)]
pub struct Trust {
    publishers: Vec<Publisher>,
    mode: TrustMode,
}

/// Whom the operator takes plugins from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustMode {
    /// From publishers whose keys are known.
    #[default]
    Signed,
    /// Also from whoever can write into the plugin folder or may install plugins.
    Unsigned,
    /// As `Unsigned`, and a version may be replaced by any other and may reach whatever it asks for:
    /// for those who write plugins.
    Development,
}

#[derive(Clone)]
struct Publisher {
    name: String,
    key: PublicKey,
}

#[derive(Debug, thiserror::Error)]
#[error("the key of publisher {name:?} is not a public key of minisign: give the line that begins with RW")]
pub struct BadKey {
    name: String,
}

impl Trust {
    /// `publishers` are names with public keys in base64, as `minisign -G` prints them.
    pub fn new<'a>(publishers: impl IntoIterator<Item = (&'a str, &'a str)>, mode: TrustMode) -> Result<Self, BadKey> {
        let read = |(name, key): (&str, &str)| {
            let key = PublicKey::from_base64(key.trim()).map_err(|_| BadKey { name: name.to_owned() })?;
            Ok(Publisher { name: name.to_owned(), key })
        };
        Ok(Self { publishers: publishers.into_iter().map(read).collect::<Result<_, _>>()?, mode })
    }

    pub(crate) fn mode(&self) -> TrustMode {
        self.mode
    }

    /// Names the publisher whose key made `signature`; none for an unsigned plugin that may be taken.
    pub(crate) fn publisher_of(&self, component: &[u8], signature: Option<&str>) -> Result<Option<String>, Refusal> {
        let Some(signature) = signature else {
            return match self.mode {
                TrustMode::Unsigned | TrustMode::Development => Ok(None),
                TrustMode::Signed => Err(refused(
                    "the plugin is not signed",
                    "put its signature beside it, with the same name and `.minisig` behind it; or set \
                     `plugin_trust.mode = \"unsigned\"` if you build your plugins yourself",
                )),
            };
        };
        let signature = Signature::decode(signature)
            .map_err(|_| refused("the signature is damaged", "copy the `.minisig` file again"))?;
        let mut signer_of_others = None;
        for Publisher { name, key } in &self.publishers {
            match key.verify(component, &signature, false) {
                Ok(()) => return Ok(Some(name.clone())),
                Err(minisign_verify::Error::UnexpectedKeyId) => {}
                Err(_) => signer_of_others = Some(name),
            }
        }
        Err(signer_of_others.map_or_else(by_a_stranger, |name| of_other_bytes(name)))
    }
}

fn by_a_stranger() -> Refusal {
    refused(
        "the signature is by nobody that you trust",
        "add the publisher's public key to `plugin_trust.publishers`, if you trust that publisher",
    )
}

fn of_other_bytes(publisher: &str) -> Refusal {
    refused(
        &format!("the signature is by {publisher:?}, but the plugin was changed or built again since"),
        "get plugin and signature of the same build; whoever built it again has to sign it again",
    )
}

fn refused(found: &str, fix: &str) -> Refusal {
    Refusal::new(Gate::Signature, found, "a signature by a publisher that the operator trusts", fix)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use minisign::KeyPair;

    use super::*;

    fn found(trust: &Trust, component: &[u8], signature: &str) -> String {
        trust.publisher_of(component, Some(signature)).unwrap_err().found
    }

    #[test]
    fn a_stranger_is_told_from_a_plugin_that_changed() {
        let (acme, other) =
            (KeyPair::generate_unencrypted_keypair().unwrap(), KeyPair::generate_unencrypted_keypair().unwrap());
        let trust = Trust::new([("Acme", acme.pk.to_base64().as_str())], TrustMode::Signed).unwrap();
        let sign =
            |keys: &KeyPair| minisign::sign(None, &keys.sk, Cursor::new(b"plugin"), None, None).unwrap().to_string();
        assert_eq!(trust.publisher_of(b"plugin", Some(&sign(&acme))).unwrap().as_deref(), Some("Acme"));
        assert!(found(&trust, b"plugin", &sign(&other)).contains("by nobody that you trust"));
        assert!(found(&trust, b"another", &sign(&acme)).contains("by \"Acme\", but the plugin was changed"));
    }
}
