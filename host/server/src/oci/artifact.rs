//! How a plugin lies in a registry: the [layout for WebAssembly] that other tools read and write as well, one
//! manifest with one configuration and one layer. A signature of minisign is an annotation of the manifest,
//! which tools that do not know it leave alone.
//!
//! [layout for WebAssembly]: https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/

use std::collections::BTreeMap;

use anyhow::Result;
use oci_client::client::{Config, ImageLayer};
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest, OciManifest};
use relink_authoring::build::component::Interfaces;
use relink_core::time::Timestamp;
use relink_runtime::{Package, Plugin};
use serde::Serialize;

const WASM: &str = "application/wasm";
const WASM_CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// How container images call their configurations; so do tools that push a file without saying what it is.
const IMAGE_CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

const TITLE: &str = "org.opencontainers.image.title";
const VERSION: &str = "org.opencontainers.image.version";
const SIGNATURE: &str = "dev.relink.minisig";

/// What a push sends.
pub(crate) struct Artifact {
    /// As somebody who looks will find it.
    pub(crate) listed: Listed,
    pub(super) layer: ImageLayer,
    pub(super) config: Config,
    pub(super) manifest: OciImageManifest,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WasmConfig<'a> {
    created: String,
    architecture: &'static str,
    /// The layout has no word for components without WASI; this one says that it is a component.
    os: &'static str,
    layer_digests: [&'a str; 1],
    component: Interfaces,
}

impl Artifact {
    pub(crate) fn new(plugin: &Plugin, package: Package, created_at: Timestamp) -> Result<Self> {
        let component = Interfaces::of(&package.component)?;
        // Tools that write artifacts into files take the name of the file from here.
        let file_name = BTreeMap::from([(TITLE.to_owned(), format!("{}.wasm", plugin.id()))]);
        let layer = ImageLayer::new(package.component, WASM.to_owned(), Some(file_name));
        let listed = Listed { digest: layer.sha256_digest(), bytes: layer.data.len(), signature: package.signature };
        let config = WasmConfig {
            created: created_at.to_string(),
            architecture: "wasm",
            os: "wasip2",
            layer_digests: [&listed.digest],
            component,
        };
        let config = Config::new(serde_json::to_vec(&config)?, WASM_CONFIG.to_owned(), None);
        let named =
            [(TITLE, Some(plugin.id())), (VERSION, Some(plugin.version())), (SIGNATURE, listed.signature.as_deref())];
        let annotations: BTreeMap<String, String> =
            named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
        let mut manifest = OciImageManifest::build(std::slice::from_ref(&layer), &config, Some(annotations));
        manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.to_owned());
        Ok(Self { listed, layer, config, manifest })
    }
}

/// A plugin as its manifest lists it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) digest: String,
    pub(crate) bytes: usize,
    pub(crate) signature: Option<String>,
}

/// Why something in a registry is not taken for a plugin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoPlugin {
    #[error("it is a container image, not a plugin")]
    Image,
    #[error("it is a list of several artifacts: name one of them by its digest")]
    Index,
    #[error("its manifest cannot be read")]
    Unreadable,
    #[error("its configuration has the type {0:?}, not {WASM_CONFIG:?}: push it again with `relink plugin push`")]
    Config(String),
    #[error("it has {0} layers, not one")]
    Layers(usize),
    #[error("its layer has the type {0:?}, not {WASM:?}")]
    Layer(String),
    #[error("the plugin has {bytes} bytes; at most {limit} are taken")]
    TooLarge { bytes: i64, limit: usize },
}

impl Listed {
    /// Reads a manifest; a component of more than `limit` bytes is refused before anything of it is fetched.
    pub(super) fn read(manifest: &[u8], limit: usize) -> Result<Self, NoPlugin> {
        let manifest = match serde_json::from_slice(manifest) {
            Ok(OciManifest::Image(manifest)) => manifest,
            Ok(OciManifest::ImageIndex(_)) => return Err(NoPlugin::Index),
            Err(_) => return Err(NoPlugin::Unreadable),
        };
        let config = manifest.config.media_type.as_str();
        if IMAGE_CONFIGS.contains(&config) {
            return Err(NoPlugin::Image);
        }
        if config != WASM_CONFIG {
            return Err(NoPlugin::Config(config.to_owned()));
        }
        let [layer] = manifest.layers.as_slice() else { return Err(NoPlugin::Layers(manifest.layers.len())) };
        if layer.media_type != WASM {
            return Err(NoPlugin::Layer(layer.media_type.clone()));
        }
        let Some(bytes) = usize::try_from(layer.size).ok().filter(|bytes| *bytes <= limit) else {
            return Err(NoPlugin::TooLarge { bytes: layer.size, limit });
        };
        let signature = manifest.annotations.as_ref().and_then(|annotations| annotations.get(SIGNATURE).cloned());
        Ok(Self { digest: layer.digest.clone(), bytes, signature })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest() -> Value {
        json!({
            "schemaVersion": 2,
            "mediaType": OCI_IMAGE_MEDIA_TYPE,
            "config": { "mediaType": WASM_CONFIG, "digest": "sha256:c", "size": 2 },
            "layers": [{ "mediaType": WASM, "digest": "sha256:l", "size": 100 }],
        })
    }

    fn read_with(change: impl FnOnce(&mut Value)) -> Result<Listed, NoPlugin> {
        let mut manifest = manifest();
        change(&mut manifest);
        Listed::read(manifest.to_string().as_bytes(), 100)
    }

    #[test]
    fn a_plugin_of_another_tool_is_read_and_has_no_signature() {
        let listed = Listed { digest: "sha256:l".to_owned(), bytes: 100, signature: None };
        assert_eq!(read_with(|_| {}), Ok(listed));
        let signed = read_with(|manifest| manifest["annotations"] = json!({ SIGNATURE: "RW" })).unwrap();
        assert_eq!(signed.signature.as_deref(), Some("RW"));
    }

    #[test]
    fn what_is_no_plugin_is_told_by_name() {
        let config =
            |media_type: &'static str| move |manifest: &mut Value| manifest["config"]["mediaType"] = json!(media_type);
        assert_eq!(read_with(config(IMAGE_CONFIGS[0])), Err(NoPlugin::Image));
        assert_eq!(read_with(config(IMAGE_CONFIGS[1])), Err(NoPlugin::Image));
        assert_eq!(read_with(config("text/plain")), Err(NoPlugin::Config("text/plain".to_owned())));
        let tar = "application/vnd.oci.image.layer.v1.tar";
        assert_eq!(
            read_with(|manifest| manifest["layers"][0]["mediaType"] = json!(tar)),
            Err(NoPlugin::Layer(tar.to_owned()))
        );
        assert_eq!(read_with(|manifest| manifest["layers"] = json!([])), Err(NoPlugin::Layers(0)));
        assert_eq!(
            read_with(|manifest| *manifest = json!({ "schemaVersion": 2, "manifests": [] })),
            Err(NoPlugin::Index)
        );
        assert_eq!(read_with(|manifest| *manifest = json!([])), Err(NoPlugin::Unreadable));
    }

    #[test]
    fn a_size_beyond_the_limit_or_below_zero_is_refused() {
        for bytes in [101, -1, i64::MAX] {
            let refused = read_with(|manifest| manifest["layers"][0]["size"] = json!(bytes));
            assert_eq!(refused, Err(NoPlugin::TooLarge { bytes, limit: 100 }));
        }
    }
}
