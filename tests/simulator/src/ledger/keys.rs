//! API keys. A client may have had several; a deleted one stays known, to be refused as such.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Ledger;
use crate::{Provider, fault::Fault, world::world};

/// An API key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key {
    /// Where.
    pub provider: Provider,
    /// The client whose key it is.
    pub name: String,
    /// The key itself.
    pub secret: String,
    /// The e-mail address that belongs to it.
    pub email: String,
    /// The account that it opens.
    pub account: String,
    /// False once deleted.
    pub alive: bool,
    /// 1 for the first key of a client, and so on.
    pub serial: u32,
}

/// The first key of every client. Their secrets are the same in every run, so that they can be
/// written into a demo's instructions.
pub(super) fn fixtures() -> Vec<Key> {
    world().keys.iter().map(|fixture| make(fixture.provider, fixture.name, 1)).collect()
}

fn make(provider: Provider, name: &str, serial: u32) -> Key {
    let fixture = world().key(provider, name).expect("callers ask for fixtures only");
    Key {
        provider,
        name: name.to_owned(),
        secret: secret(provider, name, serial),
        email: fixture.email.to_owned(),
        account: fixture.account.to_owned(),
        alive: true,
        serial,
    }
}

/// Copper's keys are 32 hex digits; Ahrefs documents no shape, its keys are opaque.
fn secret(provider: Provider, name: &str, serial: u32) -> String {
    let digest = Sha256::digest(format!("{provider} {name} {serial}").as_bytes());
    let number = digest.iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let hex = format!("{number:032x}");
    match provider {
        Provider::Ahrefs => format!("{name}-{hex}"),
        _ => hex,
    }
}

impl Ledger {
    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key with this secret, also a deleted one.
    pub(crate) fn find_key(&self, provider: Provider, secret: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.provider == provider && key.secret == secret)
    }

    /// The newest key of a client, dead or alive.
    pub(crate) fn newest_key(&self, provider: Provider, name: &str) -> Option<&Key> {
        self.keys.iter().filter(|key| key.provider == provider && key.name == name).max_by_key(|key| key.serial)
    }

    /// Makes another key for a client; none if there is no such client.
    pub(crate) fn create_key(&mut self, provider: Provider, name: &str) -> Option<Key> {
        let key = make(provider, name, self.newest_key(provider, name)?.serial + 1);
        self.keys.push(key.clone());
        self.troubles.retain(|trouble| {
            !(trouble.provider == provider
                && trouble.fault == Fault::KeyDeleted
                && trouble.subject.who.as_deref() == Some(name))
        });
        self.changed = true;
        Some(key)
    }

    /// Deletes every key of a client, or of everybody.
    pub(super) fn delete_keys(&mut self, provider: Provider, name: Option<&str>) {
        self.changed = true;
        for key in &mut self.keys {
            if key.provider == provider && name.is_none_or(|name| key.name == name) {
                key.alive = false;
            }
        }
    }
}
