//! The operator's settings: what there is to set, and what it is when nothing is said.
//!
//! `config.default.toml` is the manual; a test holds both together. Reading the file and the
//! environment is in `config/load.rs`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use relink_core::decide::{Policy, WavePolicy};
use relink_core::secret::Secret;
use relink_runtime::{BadKey, Compile, CompileLimits, Keeping, Trust, TrustMode, Workshop};
use serde::{Deserialize, Deserializer};
use url::Url;

pub use load::{ConfigError, Loaded, load};
pub use span::Span;

mod load;
mod span;

/// The default settings with their explanation, as `relink config default` prints them.
pub const DEFAULT_TEXT: &str = include_str!("config.default.toml");

/// Everything that an operator can set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    pub base_url: Option<Url>,
    pub trust_forwarded_for: bool,
    pub data_dir: PathBuf,
    pub plugins_dir: Option<PathBuf>,
    pub sealing_key_file: Option<PathBuf>,
    pub retired_sealing_key_files: Vec<PathBuf>,
    pub support_url: Option<Url>,
    pub database: Database,
    pub egress: EgressSettings,
    pub scheduler: Scheduler,
    pub policy: PolicySettings,
    pub mail: Mail,
    pub sessions: Sessions,
    pub log: Log,
    pub plugin_trust: PluginTrust,
    pub plugin_compile: PluginCompile,
    /// Secrets of the apps: plugin, way to sign in, name.
    pub plugins: BTreeMap<String, BTreeMap<String, BTreeMap<String, ConfigSecret>>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    pub url: Option<ConfigSecret>,
    pub wait: Span,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, wait: Span::seconds(10) }
    }
}

/// Whom plugins are taken from.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PluginTrust {
    pub mode: TrustMode,
    /// Names of publishers with their public keys of minisign.
    pub publishers: BTreeMap<String, String>,
}

/// What compiling one plugin may take.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PluginCompile {
    pub time_per_mib: Span,
    pub memory_mib: u64,
}

impl Default for PluginCompile {
    fn default() -> Self {
        let CompileLimits { time_per_mib, memory_bytes } = CompileLimits::default();
        Self { time_per_mib: Span::seconds(time_per_mib.as_secs()), memory_mib: memory_bytes >> 20 }
    }
}

impl PluginCompile {
    /// Compiling in a child of this program: what `relink` does, whatever it was started for.
    pub fn apart(&self) -> Compile {
        let Self { time_per_mib, memory_mib } = self;
        let limits = CompileLimits { time_per_mib: time_per_mib.duration(), memory_bytes: memory_mib << 20 };
        Compile::Apart(Workshop::new(&this_program(), ["compile-plugin"], limits))
    }
}

/// By the name that stays true when an update replaces the file while the program runs.
fn this_program() -> PathBuf {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { running } else { std::env::current_exe().unwrap_or(running) }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EgressSettings {
    /// Host name or `*` to a template with `{host}`.
    pub routes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scheduler {
    pub node: String,
    pub tick: Span,
    pub runs_at_once: usize,
    pub claim: Span,
    pub interval: Span,
    pub backfill_days: u32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicySettings {
    pub confirm_after: Span,
    pub doubtful_failures: u32,
    pub doubtful_span: Span,
    pub retry_first: Span,
    pub retry_most: Span,
    pub heal_probe: Span,
    pub wave_authorizations: u32,
    pub wave_window: Span,
    pub wave_hold: Span,
    pub wave_probe: Span,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    pub smtp_url: Option<ConfigSecret>,
    pub from: Option<String>,
    pub delay: Span,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    pub lifetime: Span,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// A secret of the settings, which no dump of the settings shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigSecret(pub Secret);

impl<'de> Deserialize<'de> for ConfigSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

impl Config {
    /// The address that browsers use.
    pub fn base_url(&self) -> Url {
        self.base_url.clone().unwrap_or_else(|| {
            Url::parse(&format!("http://{}/", self.listen)).expect("a socket address makes a valid URL")
        })
    }

    pub fn database_url(&self) -> Secret {
        match &self.database.url {
            Some(url) => url.0.clone(),
            None => Secret::new(format!("sqlite:{}", self.data_dir.join("relink.db").display())),
        }
    }

    /// Whether there may be a database: without settings for one, the first start makes a file.
    pub fn has_database(&self) -> bool {
        self.database.url.is_some() || self.data_dir.join("relink.db").exists()
    }

    pub fn plugins_dir(&self) -> PathBuf {
        self.plugins_dir.clone().unwrap_or_else(|| self.data_dir.join("plugins"))
    }

    /// Whom plugins are taken from, and where their versions are kept.
    pub fn plugin_keeping(&self) -> Result<Keeping, BadKey> {
        let PluginTrust { mode, publishers } = &self.plugin_trust;
        let publishers = publishers.iter().map(|(name, key)| (name.as_str(), key.as_str()));
        let archive_dir = self.data_dir.join("plugin-versions");
        Ok(Keeping::new(Trust::new(publishers, *mode)?, archive_dir))
    }

    pub fn plugin_cache_dir(&self) -> PathBuf {
        self.data_dir.join("plugin-cache")
    }

    pub fn rescue_journal(&self) -> PathBuf {
        self.data_dir.join("rescue-journal")
    }

    pub fn sealing_key_file(&self) -> PathBuf {
        self.sealing_key_file.clone().unwrap_or_else(|| self.data_dir.join("sealing.key"))
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            base_url: None,
            trust_forwarded_for: false,
            data_dir: PathBuf::from("relink-data"),
            plugins_dir: None,
            sealing_key_file: None,
            retired_sealing_key_files: Vec::new(),
            support_url: None,
            database: Database::default(),
            egress: EgressSettings::default(),
            scheduler: Scheduler::default(),
            policy: PolicySettings::default(),
            mail: Mail::default(),
            sessions: Sessions::default(),
            log: Log::default(),
            plugin_trust: PluginTrust::default(),
            plugin_compile: PluginCompile::default(),
            plugins: BTreeMap::new(),
        }
    }
}

impl Default for Scheduler {
    fn default() -> Self {
        Self {
            node: "relink".to_owned(),
            tick: Span::seconds(1),
            runs_at_once: 32,
            claim: Span::seconds(300),
            interval: Span::seconds(6 * 3_600),
            backfill_days: 30,
        }
    }
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self {
            confirm_after: Span::seconds(30),
            doubtful_failures: 3,
            doubtful_span: Span::seconds(600),
            retry_first: Span::seconds(30),
            retry_most: Span::seconds(3_600),
            heal_probe: Span::seconds(3_600),
            wave_authorizations: 5,
            wave_window: Span::seconds(3_600),
            wave_hold: Span::seconds(4 * 3_600),
            wave_probe: Span::seconds(60),
        }
    }
}

impl PolicySettings {
    pub fn to_policy(&self) -> Policy {
        Policy {
            confirm_after_ms: self.confirm_after.as_ms(),
            doubtful_failures: self.doubtful_failures,
            doubtful_span_ms: self.doubtful_span.as_ms(),
            retry_first_ms: self.retry_first.as_ms(),
            retry_most_ms: self.retry_most.as_ms(),
            heal_probe_ms: self.heal_probe.as_ms(),
            wave: WavePolicy {
                authorizations: self.wave_authorizations,
                window_ms: self.wave_window.as_ms(),
                hold_ms: self.wave_hold.as_ms(),
                probe_ms: self.wave_probe.as_ms(),
            },
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self { smtp_url: None, from: None, delay: Span::seconds(300) }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self { lifetime: Span::seconds(14 * 86_400) }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_says_what_the_code_does() {
        assert_eq!(toml::from_str::<Config>(DEFAULT_TEXT).unwrap(), Config::default());
        assert_eq!(PolicySettings::default().to_policy(), Policy::default());
    }

    /// Asks serde itself which settings there are, so that a new one cannot be forgotten.
    #[test]
    fn the_default_file_names_every_setting() {
        let mut named = 0;
        for name in settings_of("") {
            let inner = settings_of(&name);
            let is_section = DEFAULT_TEXT.contains(&format!("\n[{name}"));
            assert!(inner.is_empty() || is_section, "config.default.toml lacks [{name}]");
            for setting in if inner.is_empty() { vec![name] } else { inner } {
                let line = format!("{setting} = ");
                let is_named = DEFAULT_TEXT.lines().any(|text| text.trim_start_matches("# ").starts_with(&line));
                let is_map =
                    DEFAULT_TEXT.contains(&format!("{setting}.")) || DEFAULT_TEXT.contains(&format!(".{setting}]"));
                assert!(is_named || is_map, "config.default.toml does not name {setting}");
                named += 1;
            }
        }
        assert!(named > 20, "only {named} settings were found");
    }

    fn settings_of(section: &str) -> Vec<String> {
        let probe = if section.is_empty() { "\"?\" = 1".to_owned() } else { format!("[{section}]\n\"?\" = 1") };
        let Err(error) = toml::from_str::<Config>(&probe) else { return Vec::new() };
        let Some((_, listed)) = error.message().split_once("expected") else { return Vec::new() };
        listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn the_data_dir_gives_the_other_places() {
        let config = Config { data_dir: PathBuf::from("/srv/relink"), ..Config::default() };
        assert_eq!(config.database_url().expose(), "sqlite:/srv/relink/relink.db");
        assert_eq!(config.sealing_key_file(), PathBuf::from("/srv/relink/sealing.key"));
        assert_eq!(config.base_url().as_str(), "http://127.0.0.1:8080/");
    }
}
