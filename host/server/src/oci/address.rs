//! Where a plugin is: `registry.example.com/acme/beacon:1.2.0`, or with `@sha256:…` for exactly these bytes.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use anyhow::{Error, Result, bail};
use oci_client::Reference;
use semver::Version;

/// Tells the address of a registry from the path of a file.
pub(crate) const SCHEME: &str = "oci://";

const EXPECTED: &str = "expected registry.example.com/acme/beacon:1.2.0, or @sha256:… in place of the tag";

#[derive(Clone, Debug)]
pub(crate) struct Address {
    reference: Reference,
    /// Without a tag the reference says `latest`, which nobody wrote.
    names_version: bool,
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.strip_prefix(SCHEME).unwrap_or(text);
        let Ok(reference) = text.parse::<Reference>() else { bail!("{text:?} is no place in a registry: {EXPECTED}") };
        // The parser knows one registry by heart; where a plugin comes from should be written down.
        if !text.starts_with(reference.registry()) {
            bail!("{text:?} names no registry: {EXPECTED}");
        }
        let names_tag = reference.tag().is_some_and(|tag| text.ends_with(&format!(":{tag}")));
        Ok(Self { names_version: names_tag || reference.digest().is_some(), reference })
    }
}

impl Address {
    /// Where version `version` of a plugin is pushed to. A tag that is a version tells the truth.
    pub(crate) fn for_version(mut self, version: &str) -> Result<Self> {
        // A tag cannot have the plus sign; this is how other tools write it.
        let own = version.replace('+', "_");
        if self.reference.digest().is_some() {
            bail!("a digest follows from the plugin: push to a tag, such as {}:{own}", self.repository());
        }
        if !self.names_version {
            let (registry, repository) = (self.reference.registry(), self.reference.repository());
            self.reference = Reference::with_tag(registry.to_owned(), repository.to_owned(), own);
            self.names_version = true;
        } else if self.is_for_good() && self.reference.tag() != Some(&own) {
            bail!("the plugin is version {version}: push it to {}:{own}", self.repository());
        }
        Ok(self)
    }

    /// Whether a tag or digest is named.
    pub(crate) fn names_version(&self) -> bool {
        self.names_version
    }

    /// Whether what is here must not be replaced by something else: a tag such as `latest` may be moved.
    pub(crate) fn is_for_good(&self) -> bool {
        self.reference.tag().is_some_and(|tag| Version::parse(&tag.replace('_', "+")).is_ok())
    }

    /// Whether the registry is on this machine, so that nobody can listen on the way.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.host().split(':').next().unwrap_or_default();
        host == "localhost" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }

    /// The registry, as it is asked for logins and connected to.
    pub(crate) fn host(&self) -> &str {
        self.reference.resolve_registry()
    }

    /// Registry and name, without the version.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}", self.reference.registry(), self.reference.repository())
    }

    /// The last part of the name, such as `beacon`.
    pub(crate) fn name(&self) -> &str {
        let repository = self.reference.repository();
        repository.rsplit('/').next().unwrap_or(repository)
    }

    /// The tag, or the digest, which decides where there are both.
    pub(crate) fn version(&self) -> &str {
        self.reference.digest().or(self.reference.tag()).unwrap_or_default()
    }

    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.reference.digest().is_some() { '@' } else { ':' };
        write!(formatter, "{}{separator}{}", self.repository(), self.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn a_version_is_a_tag_or_a_digest() {
        for (text, version) in [
            ("oci://registry.example.com/acme/beacon:1.2.0".to_owned(), "1.2.0"),
            (format!("localhost/beacon@{DIGEST}"), DIGEST),
            (format!("localhost:5000/beacon:1.2.0@{DIGEST}"), DIGEST),
        ] {
            let address = address(&text);
            assert!(address.names_version(), "{text}");
            assert_eq!(address.version(), version, "{text}");
            assert_eq!(address.name(), "beacon", "{text}");
        }
        assert!(!address("registry.example.com/acme/latest").names_version());
    }

    #[test]
    fn what_names_no_registry_is_refused() {
        for text in [
            "beacon:1.2.0",
            "acme/beacon:1.2.0",
            "library/beacon",
            "",
            "https://registry.example.com/acme/beacon",
            "a b",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_push_goes_to_the_tag_of_the_version() {
        let pushed = |text: &str| address(text).for_version("1.2.0+3").map(|address| address.to_string());
        assert_eq!(pushed("registry.example.com/acme/beacon").unwrap(), "registry.example.com/acme/beacon:1.2.0_3");
        assert_eq!(
            pushed("registry.example.com/acme/beacon:latest").unwrap(),
            "registry.example.com/acme/beacon:latest"
        );
        assert!(
            pushed("registry.example.com/acme/beacon:1.3.0").unwrap_err().to_string().contains("acme/beacon:1.2.0_3")
        );
        assert!(pushed(&format!("registry.example.com/acme/beacon@{DIGEST}")).is_err());
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for text in ["localhost/x:1", "localhost:5000/x:1", "127.0.0.1:5000/x:1", "127.9.9.9/x:1"] {
            assert!(address(text).is_loopback(), "{text}");
        }
        for text in
            ["localhost.example.com/x:1", "127.0.0.1.example.com/x:1", "10.0.0.1:5000/x:1", "registry.example.com/x:1"]
        {
            assert!(!address(text).is_loopback(), "{text}");
        }
    }
}
