//! What must hold of every descriptor, whatever the provider.

use serde_json::Value;

use super::convert;
use crate::{Descriptor, SyncMode};

/// Contradictions within a descriptor, and between it and `plugin.toml`.
pub(super) fn mistakes(descriptor: &Descriptor, manifest: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if descriptor.hosts.is_empty() {
        wrong.push("the descriptor names no host".to_owned());
    }
    for method in &descriptor.auth {
        for placement in method.uses.iter().flat_map(|credential| &credential.placements) {
            let mut slots = method.app_secrets.iter().chain(&method.user_secrets);
            let known = placement.secret == "access_token" || slots.any(|slot| slot.name == placement.secret);
            if !known {
                wrong.push(format!("{}: there is no secret {:?}", method.id, placement.secret));
            }
        }
    }
    for dataset in &descriptor.datasets {
        let schema: Value = serde_json::from_str(&dataset.row_schema).unwrap_or_default();
        let day_field = match &dataset.mode {
            SyncMode::Daily(daily) => Some(&daily.day_field),
            SyncMode::Full => None,
        };
        let missing = |field: &&String| schema.pointer(&format!("/properties/{field}")).is_none();
        for field in dataset.primary_key.iter().chain(day_field).filter(missing) {
            wrong.push(format!("dataset {}: there is no column {field:?}", dataset.name));
        }
        if dataset.primary_key.is_empty() {
            wrong.push(format!("dataset {}: it has no primary key", dataset.name));
        }
    }
    wrong.extend(relink_fixtures::disagreements(&convert::descriptor(descriptor), manifest));
    wrong
}
