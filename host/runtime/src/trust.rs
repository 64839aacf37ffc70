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
        let signer =
            self.publishers.iter().find(|publisher| publisher.key.verify(component, &signature, false).is_ok());
        let unknown = || {
            refused(
                "the signature is by nobody that you trust, or the plugin was changed after it was signed",
                "add the publisher's public key to `plugin_trust.publishers`, or get plugin and signature again",
            )
        };
        signer.map(|publisher| Some(publisher.name.clone())).ok_or_else(unknown)
    }
}

fn refused(found: &str, fix: &str) -> Refusal {
    Refusal::new(Gate::Signature, found, "a signature by a publisher that the operator trusts", fix)
}
