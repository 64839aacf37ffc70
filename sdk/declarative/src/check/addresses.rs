//! Whether addresses lead to hosts that the operator sees.

use crate::values::{Piece, Template};

use super::{Mistake, Place};

/// The host of an address, if it stands there as text.
pub(super) fn literal_host(address: &str) -> Option<&str> {
    let rest = address.split_once("://")?.1;
    let end = rest.find(['/', '?', '#']);
    end.map(|end| &rest[..end]).or(Some(rest)).filter(|host| !host.is_empty())
}

/// The host with which a template begins, unless a placeholder is part of it.
pub(super) fn host_of(template: &Template) -> Option<&str> {
    let [Piece::Text(text), more @ ..] = template.pieces() else { return None };
    let rest = text.split_once("://")?.1;
    let is_cut_short = !more.is_empty() && !rest.contains('/');
    if is_cut_short { None } else { literal_host(text) }
}

/// Looks for the host of an address among those of the table.
pub(super) fn check_host(hosts: &[String], host: Option<&str>, place: &Place, found: &mut Vec<Mistake>) {
    if let Some(host) = host.filter(|host| !hosts.iter().any(|allowed| covers(allowed, host))) {
        found.push(place.mistake(
            format!("the host {host} is not in `hosts`"),
            format!("add \"{host}\" to `hosts`, so that the operator sees where requests go"),
        ));
    }
}

/// An exact name, or one label in the place of a leading `*`.
fn covers(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix("*.") {
        None => allowed == host,
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent) || host == parent,
    }
}
