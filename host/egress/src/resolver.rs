//! Name resolution that only ever yields public addresses.
//!
//! The check sits here, in the client's own resolver, so that the address that was vetted is the
//! one that is connected to: a name that answers differently a moment later gains nothing.

use std::io;
use std::net::SocketAddr;

use relink_core::plugin::TransportKind;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookupError {
    #[error("the name could not be resolved: {0}")]
    Failed(io::Error),
    #[error("the name resolves to no public address")]
    NotPublic,
}

impl LookupError {
    pub(crate) fn kind(&self) -> TransportKind {
        match self {
            Self::Failed(_) => TransportKind::Dns,
            Self::NotPublic => TransportKind::Blocked,
        }
    }
}

pub(crate) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(LookupError::Failed)?;
            let addresses: Addrs = Box::new(keep_public(found)?.into_iter());
            Ok(addresses)
        })
    }
}

fn keep_public(found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, LookupError> {
    let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
    if public.is_empty() { Err(LookupError::NotPublic) } else { Ok(public) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(addresses: &[&str]) -> Option<Vec<String>> {
        let found = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0));
        Some(keep_public(found).ok()?.iter().map(|address| address.ip().to_string()).collect())
    }

    #[test]
    fn private_addresses_are_dropped_from_a_mixed_answer() {
        assert_eq!(kept(&["127.0.0.1", "8.8.8.8", "::1", "10.0.0.1"]), Some(vec!["8.8.8.8".to_owned()]));
    }

    #[test]
    fn an_answer_without_public_address_is_refused() {
        assert_eq!(kept(&["127.0.0.1", "fd00::1", "64:ff9b::8.8.8.8"]), None);
        assert_eq!(kept(&[]), None);
    }

    #[tokio::test]
    async fn a_name_of_the_loopback_is_refused() {
        let Err(error) = PublicResolver.resolve("localhost".parse().unwrap()).await else {
            panic!("localhost gave addresses");
        };
        assert!(matches!(error.downcast_ref(), Some(LookupError::NotPublic)), "{error}");
    }
}
