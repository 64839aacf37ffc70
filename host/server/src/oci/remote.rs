//! The conversation with one registry. Every byte is compared with its digest before anybody sees it: that is
//! done by the client, while it receives.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use futures::TryStreamExt;
use http::HeaderValue;
use oci_client::client::{Certificate, Client, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError as Failure;
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
};
use oci_client::secrets::RegistryAuth;
use oci_client::{Reference, RegistryOperation};
use semver::Version;

use super::address::Address;
use super::artifact::{Artifact, Listed};
use super::trouble::{explain, is_missing};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the registry may be silent.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// Also what is no plugin is asked for, so that one can say what is there.
const ACCEPTED: [&str; 4] =
    [OCI_IMAGE_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, IMAGE_MANIFEST_LIST_MEDIA_TYPE];
/// How many versions are named to somebody who asks for one that is not there.
const VERSIONS_NAMED: usize = 10;

/// A proxy for what must not be sent: nothing listens on this port.
const NOWHERE: &str = "http://127.0.0.1:9";

/// How a registry is spoken to.
pub(crate) enum Protocol {
    Https {
        /// Trusted beside those that the machine trusts.
        authorities: Vec<Certificate>,
        /// The proxy that leads out of here, if there is one.
        proxy: Option<String>,
        /// Which hosts are reached without a proxy.
        no_proxy: Option<String>,
    },
    /// Only on this machine.
    PlainHttp,
}

/// A conversation about one place in a registry.
pub(crate) struct Remote {
    client: Client,
    asked: Asked,
}

/// What is asked for, by whom, and how.
pub(super) struct Asked {
    pub(super) address: Address,
    pub(super) login: RegistryAuth,
    pub(super) protocol: Protocol,
}

/// A plugin that is there.
pub(crate) struct Found {
    pub(crate) listed: Listed,
    /// With the digest of the manifest, which stands for exactly this plugin and signature.
    pub(crate) pinned: String,
}

impl Remote {
    pub(crate) fn new(address: Address, login: RegistryAuth, protocol: Protocol) -> Result<Self> {
        if matches!(protocol, Protocol::PlainHttp) && !address.is_loopback() {
            bail!(
                "{} is not on this machine: over plain http others could read the password and change the plugin",
                address.host()
            );
        }
        // Another part of the process may have chosen the same before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let asked = Asked { address, login, protocol };
        let client = Client::try_from(config(&asked.protocol)).map_err(|failure| explain(&failure, &asked))?;
        Ok(Self { client, asked })
    }

    /// Reads what is listed at the place, without the component.
    pub(crate) async fn find(&self, limit: usize) -> Result<Found> {
        if !self.asked.address.names_version() {
            bail!("name a version of {}: {}", self.asked.address.repository(), self.versions().await?);
        }
        match self.look_up(limit).await? {
            Some(found) => Ok(found),
            None => bail!(
                "there is no {} in {}: {}",
                self.asked.address.version(),
                self.asked.address.repository(),
                self.versions().await?
            ),
        }
    }

    /// As [`Self::find`], for somebody who can do without.
    pub(crate) async fn look_up(&self, limit: usize) -> Result<Option<Found>> {
        let reference = self.asked.address.reference();
        self.identify(RegistryOperation::Pull).await?;
        let (manifest, digest) = match self.client.pull_manifest_raw(reference, &self.asked.login, &ACCEPTED).await {
            Ok(found) => found,
            Err(failure) if is_missing(&failure) => return Ok(None),
            Err(failure) => return Err(self.explain(&failure)),
        };
        let listed =
            Listed::read(&manifest, limit).map_err(|why| anyhow!("{} is no plugin: {why}", self.asked.address))?;
        Ok(Some(Found { listed, pinned: format!("{}@{digest}", self.asked.address.repository()) }))
    }

    /// Fetches the component, never more of it than was listed; tells `on_progress` how many bytes are here.
    pub(crate) async fn download(&self, listed: &Listed, mut on_progress: impl FnMut(usize)) -> Result<Vec<u8>> {
        let blob = self.client.pull_blob_stream(self.asked.address.reference(), listed.digest.as_str()).await;
        let mut blob = blob.map_err(|failure| self.explain(&failure))?.stream;
        let mut component = Vec::with_capacity(listed.bytes);
        while let Some(bytes) = blob.try_next().await.map_err(|error| self.explain(&error.into()))? {
            component.extend_from_slice(&bytes);
            if component.len() > listed.bytes {
                bail!("{} sends more than the {} bytes that it listed", self.asked.address.host(), listed.bytes);
            }
            on_progress(component.len());
        }
        Ok(component)
    }

    /// Sends a plugin, and last the manifest, so that there is no moment at which a part is missing.
    pub(crate) async fn upload(&self, artifact: Artifact) -> Result<()> {
        self.identify(RegistryOperation::Push).await?;
        // The client would write the manifest in a form of JSON that leaves the line ends of a signature as they are.
        let manifest = serde_json::to_vec(&artifact.manifest)?;
        self.send(artifact, manifest).await.map_err(|failure| self.explain(&failure))
    }

    async fn send(&self, artifact: Artifact, manifest: Vec<u8>) -> Result<(), Failure> {
        let (client, reference) = (&self.client, self.asked.address.reference());
        let Artifact { listed, layer, config, manifest: described } = artifact;
        client.push_blob(reference, layer.data, &listed.digest).await?;
        client.push_blob(reference, config.data, &described.config.digest).await?;
        client.push_manifest_raw(reference, manifest, HeaderValue::from_static(OCI_IMAGE_MEDIA_TYPE)).await?;
        Ok(())
    }

    pub(crate) fn address(&self) -> &Address {
        &self.asked.address
    }

    /// Shows the login, if there is one and the registry asks for it. Later requests would do so too, but keep
    /// to themselves why it went wrong.
    async fn identify(&self, operation: RegistryOperation) -> Result<()> {
        let reference: &Reference = self.asked.address.reference();
        let identified = self.client.auth(reference, &self.asked.login, operation).await;
        identified.map(|_| ()).map_err(|failure| self.explain(&failure))
    }

    /// What else could have been meant.
    async fn versions(&self) -> Result<String> {
        self.identify(RegistryOperation::Pull).await?;
        let mut tags = match self.client.list_tags(self.asked.address.reference(), &self.asked.login, None, None).await
        {
            Ok(listed) => listed.tags,
            Err(failure) if is_missing(&failure) => Vec::new(),
            Err(failure) => return Err(self.explain(&failure)),
        };
        if tags.is_empty() {
            return Ok(format!("{} has nothing of this name", self.asked.address.host()));
        }
        tags.sort_by_cached_key(|tag| (Version::parse(tag).ok(), tag.clone()));
        let newest = tags.split_off(tags.len().saturating_sub(VERSIONS_NAMED));
        let more = if tags.is_empty() { "" } else { ", and older ones" };
        Ok(format!("there are {}{more}", newest.join(", ")))
    }

    fn explain(&self, failure: &Failure) -> anyhow::Error {
        explain(failure, &self.asked)
    }
}

fn config(protocol: &Protocol) -> ClientConfig {
    let secure = ClientConfig {
        // A list of several artifacts is not for us to choose from.
        platform_resolver: None,
        connect_timeout: Some(CONNECT_TIMEOUT),
        read_timeout: Some(READ_TIMEOUT),
        user_agent: concat!("relink/", env!("CARGO_PKG_VERSION")),
        ..ClientConfig::default()
    };
    match protocol {
        Protocol::Https { authorities, proxy, no_proxy } => ClientConfig {
            extra_root_certificates: authorities.clone(),
            https_proxy: proxy.clone(),
            no_proxy: no_proxy.clone(),
            // A registry says itself who gives out its tokens, and the client would send the password there.
            http_proxy: Some(NOWHERE.to_owned()),
            ..secure
        },
        Protocol::PlainHttp => ClientConfig {
            protocol: ClientProtocol::Http,
            // Keeps such requests from a proxy of the surroundings, and from wherever a registry sends us on to.
            http_proxy: Some(NOWHERE.to_owned()),
            no_proxy: Some("localhost,127.0.0.0/8".to_owned()),
            ..secure
        },
    }
}
