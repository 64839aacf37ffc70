//! Which secrets there are, and where they go, in words.

use relink_core::plugin::{AuthMethod, Place, Placement};

pub(super) fn of_app(method: &AuthMethod) -> Vec<String> {
    method.app_secrets.iter().map(|slot| format!("{}/{}", method.id, slot.name)).collect()
}

pub(super) fn shown(method: &AuthMethod) -> Vec<String> {
    method.slots().filter(|slot| slot.public).map(|slot| format!("{}/{}", method.id, slot.name)).collect()
}

pub(super) fn uses(method: &AuthMethod) -> Vec<String> {
    let uses = method.uses.iter().flat_map(|credential_use| {
        let hosts = match credential_use.hosts.as_slice() {
            [] => "any of its hosts".to_owned(),
            hosts => hosts.join(", "),
        };
        let places = credential_use.placements.iter();
        places.map(move |placement| format!("{} in {} to {hosts}", placement.secret, place_of(placement)))
    });
    uses.collect()
}

/// A query is written to the logs of whoever passes it on, which a header is not: so the place matters.
fn place_of(placement: &Placement) -> String {
    let name = &placement.name;
    match placement.place {
        Place::Header => format!("header {name}"),
        Place::Query => format!("query parameter {name}"),
        Place::FormField => format!("form field {name}"),
        Place::JsonPointer => format!("body at {name}"),
        Place::BasicUser => "the user of basic authentication".to_owned(),
        Place::BasicPassword => "the password of basic authentication".to_owned(),
    }
}
