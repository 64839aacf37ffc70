//! The public keys of providers (RFC 7517): asked for when they are needed, kept for a while.
//!
//! Whoever posts a token may name any key, so an unknown one is asked for at most once a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use relink_core::plugin::{Descriptor, Encoding, TransportFailure, TransportKind};
use serde::Deserialize;
use tokio::time::Instant;

use super::Unproven;
use super::encoding::decode;
use crate::body::{Body, Files};
use crate::draft::Draft;
use crate::failure::{SendError, failure, timed_out, too_large};
use crate::redact::Redactor;
use crate::send::{Egress, SHORT_WAIT};
use crate::target::Target;

/// A key that the provider withdrew is believed for so much longer.
const KEPT: Duration = Duration::from_hours(1);
const BETWEEN_REQUESTS: Duration = Duration::from_mins(1);
/// Each installed plugin has one at most.
const MAX_SETS: usize = 256;
const MAX_KEYS: usize = 64;
const MAX_ANSWER: usize = 256 << 10;

/// One public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    kid: Option<String>,
    pub(super) material: Material,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// SEC 1, uncompressed.
    P256 {
        point: Vec<u8>,
    },
}

impl Key {
    /// Whether a token that names `kid` may want this key. One that names none is tried with all.
    pub(super) fn is_named(&self, kid: Option<&str>) -> bool {
        kid.is_none() || self.kid.as_deref() == kid
    }
}

/// What is known of each set, by its address.
#[derive(Default)]
pub(crate) struct KeySets(Mutex<HashMap<String, KeySet>>);

struct KeySet {
    keys: Arc<[Key]>,
    fetched_at: Option<Instant>,
    asked_at: Instant,
}

impl KeySet {
    fn is_fresh(&self) -> bool {
        self.fetched_at.is_some_and(|fetched_at| fetched_at.elapsed() < KEPT)
    }
}

/// What is to be done for one key.
enum Plan {
    Use(Arc<[Key]>),
    Ask,
    Wait,
}

impl KeySets {
    /// Decides, and enters at once that the provider is asked, so that others do not ask as well.
    fn plan(&self, url: &str, kid: Option<&str>) -> Plan {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = sets.len() >= MAX_SETS;
        match sets.get_mut(url) {
            Some(set) if set.is_fresh() && set.keys.iter().any(|key| key.is_named(kid)) => {
                Plan::Use(Arc::clone(&set.keys))
            }
            Some(set) if set.asked_at.elapsed() < BETWEEN_REQUESTS => Plan::Wait,
            Some(set) => {
                set.asked_at = Instant::now();
                Plan::Ask
            }
            None if is_full => Plan::Wait,
            None => {
                let set = KeySet { keys: Arc::new([]), fetched_at: None, asked_at: Instant::now() };
                sets.insert(url.to_owned(), set);
                Plan::Ask
            }
        }
    }

    fn enter(&self, url: &str, keys: &Arc<[Key]>) {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(set) = sets.get_mut(url) {
            set.keys = Arc::clone(keys);
            set.fetched_at = Some(Instant::now());
        }
    }

    fn is_had(&self, url: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).is_some_and(KeySet::is_fresh)
    }
}

impl Egress {
    /// The keys of a provider, among them `kid` if the provider has it.
    pub(super) async fn keys(
        &self,
        descriptor: &Descriptor,
        url: &str,
        kid: Option<&str>,
    ) -> Result<Arc<[Key]>, Unproven> {
        let sets = &self.inner.key_sets;
        match sets.plan(url, kid) {
            Plan::Use(keys) => Ok(keys),
            Plan::Ask => self.ask_for_keys(descriptor, url).await.map_err(Unproven::NoKeys),
            Plan::Wait if sets.is_had(url) => {
                Err(Unproven::Refused("the token names a key that the provider did not have a moment ago"))
            }
            Plan::Wait => Err(Unproven::NoKeys(failure(TransportKind::Other, "they were asked for just now"))),
        }
    }

    /// Asks on a task of its own: whoever sent the message may hang up, and must not keep the keys from
    /// those who send theirs after it.
    async fn ask_for_keys(&self, descriptor: &Descriptor, url: &str) -> Result<Arc<[Key]>, TransportFailure> {
        let target = Target::parse(url, &descriptor.hosts)?;
        let (egress, url) = (self.clone(), url.to_owned());
        let asked = tokio::spawn(async move {
            let keys: Arc<[Key]> = egress.fetch_keys(target).await?.into();
            egress.inner.key_sets.enter(&url, &keys);
            Ok(keys)
        });
        asked.await.unwrap_or_else(|_| Err(failure(TransportKind::Other, "asking for them was cut short")))
    }

    async fn fetch_keys(&self, target: Target) -> Result<Vec<Key>, TransportFailure> {
        let config = &self.inner.config;
        let draft = Draft::new(Method::GET, target, None);
        let host = draft.host.clone();
        let slot = self.inner.token_slots.enter(&host, SHORT_WAIT).await;
        let _slot = slot.map_err(|error| match error {
            SendError::Failed(failure) => failure,
            SendError::Throttled { .. } => timed_out("too many requests for keys are under way"),
        })?;
        let deadline = Instant::now() + config.total_timeout;
        let response = self.inner.clients.execute(draft, &config.routes, deadline).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(failure(TransportKind::Other, format!("{host}: status {}", status.as_u16())));
        }
        let nothing = Redactor::new([]).stream();
        let mut body = Body::new(response, &host, Files::LeaveAlone, nothing, config.stall_timeout)?;
        let (body, is_all) = body.read_up_to(MAX_ANSWER, deadline).await?;
        if !is_all {
            return Err(too_large("the set of keys is too large"));
        }
        read_keys(&body).ok_or_else(|| failure(TransportKind::Other, format!("{host}: that is no set of keys")))
    }
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Keys for other purposes and of other kinds are left out.
fn read_keys(body: &[u8]) -> Option<Vec<Key>> {
    let set: Jwks = serde_json::from_slice(body).ok()?;
    Some(set.keys.into_iter().take(MAX_KEYS).filter_map(read_key).collect())
}

fn read_key(jwk: Jwk) -> Option<Key> {
    let bytes = |text: Option<String>| decode(Encoding::Base64url, &text?);
    if jwk.purpose.is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let (algorithm, material) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", None) => ("RS256", Material::Rsa { n: bytes(jwk.n)?, e: bytes(jwk.e)? }),
        ("EC", Some("P-256")) => {
            let point = [vec![4], bytes(jwk.x)?, bytes(jwk.y)?].concat();
            ("ES256", Material::P256 { point })
        }
        _ => return None,
    };
    jwk.alg.is_none_or(|named| named == algorithm).then_some(Key { kid: jwk.kid, material })
}
