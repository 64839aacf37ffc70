//! Debian's `docker-registry`, on a free port of loopback and with a folder of its own.

pub(crate) mod authority;
pub(crate) mod neighbour;
pub(crate) mod tokens;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use oci_client::client::{Client, ClientConfig, ClientProtocol, Config, ImageLayer};
use oci_client::manifest::OciImageManifest;
use oci_client::secrets::RegistryAuth;
use relink_authoring::command::wait_until;
use serde_json::Value;
use tempfile::TempDir;

use authority::{Authority, Certified};

pub(crate) const USERNAME: &str = "ci";
pub(crate) const PASSWORD: &str = "canary-registry-password";
/// What `htpasswd -B` makes of it.
const PASSWORD_HASH: &str = "$2b$04$gT7QBmOndLVCy4TGwWQGYe3Yrvxmj32tsJenBZjY03mnihPRK8MXq";
/// The name of the plugin in every test.
pub(crate) const NAME: &str = "acme/beacon";

const START_LIMIT: Duration = Duration::from_secs(30);
const LISTENING: &str = "listening on 127.0.0.1:";

/// Lets [`USERNAME`] in.
pub(crate) const GUARDED: &str = "auth: {htpasswd: {realm: plugins, path: htpasswd}}";

/// A running registry; dropping it stops the process and removes its files.
pub(crate) struct Registry {
    server: Child,
    folder: TempDir,
    port: u16,
}

impl Registry {
    /// Starts a registry that lets everybody in; none, if it is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_in(tempfile::tempdir().unwrap(), "", "")
    }

    /// Starts a registry that lets [`USERNAME`] in.
    pub(crate) fn start_guarded() -> Option<Self> {
        Self::start_in(tempfile::tempdir().unwrap(), GUARDED, "")
    }

    /// Starts a registry that speaks https, and whose tokens, if it has any, `authority` stands behind.
    pub(crate) fn start_secure(certified: &Certified, authority: &Authority, settings: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("certificate.pem", certified.certificate.pem()),
            ("key.pem", certified.key.serialize_pem()),
            ("authority.pem", authority.pem()),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self::start_in(folder, settings, ", tls: {certificate: certificate.pem, key: key.pem}")
    }

    fn start_in(folder: TempDir, settings: &str, tls: &str) -> Option<Self> {
        let place = folder.path();
        let settings = format!(
            "version: 0.1\nlog: {{level: info}}\nhttp: {{addr: \"127.0.0.1:0\", secret: test{tls}}}\n\
             storage: {{filesystem: {{rootdirectory: \"{}\"}}}}\n{settings}\n",
            place.display()
        );
        fs::write(place.join("settings.yml"), settings).unwrap();
        fs::write(place.join("htpasswd"), format!("{USERNAME}:{PASSWORD_HASH}\n")).unwrap();
        let log = File::create(place.join("log")).unwrap();
        let mut command = Command::new("docker-registry");
        command.args(["serve", "settings.yml"]).current_dir(place).env_clear().stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let server = match command.spawn() {
            Ok(server) => server,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                println!("skipped: there is no registry; run `sudo apt-get install docker-registry`");
                return None;
            }
            Err(error) => panic!("docker-registry does not start: {error}"),
        };
        let mut registry = Self { server, folder, port: 0 };
        registry.port = registry.wait_for_port();
        Some(registry)
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The plugin in this registry, with a tag.
    pub(crate) fn tagged(&self, tag: &str) -> String {
        format!("{}/{NAME}:{tag}", self.host())
    }

    /// Which manifest the registry has under a tag.
    pub(crate) fn digest_of(&self, tag: &str) -> String {
        let tags = self.folder.path().join("docker/registry/v2/repositories").join(NAME).join("_manifests/tags");
        fs::read_to_string(tags.join(tag).join("current/link")).unwrap()
    }

    /// The file in which the registry keeps what has this digest.
    pub(crate) fn blob(&self, digest: &str) -> PathBuf {
        let hex = digest.strip_prefix("sha256:").unwrap();
        self.folder.path().join("docker/registry/v2/blobs/sha256").join(&hex[..2]).join(hex).join("data")
    }

    pub(crate) fn json(&self, digest: &str) -> Value {
        serde_json::from_slice(&fs::read(self.blob(digest)).unwrap()).unwrap()
    }

    /// The digest of the only layer under a tag.
    pub(crate) fn layer_of(&self, tag: &str) -> String {
        self.json(&self.digest_of(tag))["layers"][0]["digest"].as_str().unwrap().to_owned()
    }

    /// Pushes as another tool would: a configuration and layers of any type, and a manifest that may lie.
    pub(crate) fn push(&self, tag: &str, config: &str, layers: &[(&str, &[u8])], lie: fn(&mut OciImageManifest)) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = ClientConfig { protocol: ClientProtocol::Http, ..ClientConfig::default() };
        let layer =
            |(media_type, bytes): &(&str, &[u8])| ImageLayer::new(bytes.to_vec(), (*media_type).to_owned(), None);
        let layers: Vec<ImageLayer> = layers.iter().map(layer).collect();
        let config = Config::new(&b"{}"[..], config.to_owned(), None);
        let mut manifest = OciImageManifest::build(&layers, &config, None);
        manifest.media_type = Some("application/vnd.oci.image.manifest.v1+json".to_owned());
        lie(&mut manifest);
        let reference = self.tagged(tag).parse().unwrap();
        let client = Client::try_from(client).unwrap();
        let pushed = client.push(&reference, &layers, config, &RegistryAuth::Anonymous, Some(manifest));
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(pushed).unwrap();
    }

    /// The registry chooses its port and writes it into its log.
    fn wait_for_port(&mut self) -> u16 {
        let log = self.folder.path().join("log");
        let port = wait_until(START_LIMIT, || {
            let log = fs::read_to_string(&log).unwrap();
            let port =
                log.split(LISTENING).nth(1).and_then(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next());
            assert!(self.server.try_wait().unwrap().is_none(), "docker-registry does not start: {log}");
            port?.parse().ok()
        });
        port.expect("docker-registry listens")
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
