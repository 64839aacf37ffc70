//! How the command line says who speaks to a registry, and how.

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use oci_client::secrets::RegistryAuth;
use relink_runtime::{Limits, Package};

use crate::oci::{Address, Protocol, Remote, read_authorities, saved_login};

/// How long nothing is said about a download.
const SAY_EVERY: Duration = Duration::from_secs(2);
const MEGABYTE: f64 = 1_000_000.0;

#[derive(Args)]
pub(in crate::cli) struct Access {
    /// Who asks the registry; the password is read from the standard input. Without it, what `docker login` or
    /// `podman login` left is used
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Trust the authorities whose certificates are in this PEM file, beside those that the machine trusts
    #[arg(long, value_name = "FILE", conflicts_with = "plain_http")]
    ca_file: Option<PathBuf>,
    /// Speak http with a registry on this machine
    #[arg(long)]
    plain_http: bool,
}

/// A plugin as it came from a registry.
pub(super) struct Pulled {
    pub(super) package: Package,
    /// Where exactly these bytes can be had again.
    pub(super) pinned: String,
}

impl Access {
    pub(super) fn open(&self, address: Address) -> Result<Remote> {
        let protocol = self.protocol()?;
        let login = match &self.username {
            Some(username) => RegistryAuth::Basic(username.clone(), read_password(username)?),
            None => saved_login(&address)?,
        };
        Remote::new(address, login, protocol)
    }

    fn protocol(&self) -> Result<Protocol> {
        if self.plain_http {
            return Ok(Protocol::PlainHttp);
        }
        let authorities = self.ca_file.as_deref().map(read_authorities).transpose()?;
        Ok(Protocol::Https {
            authorities: authorities.unwrap_or_default(),
            proxy: first_variable(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]),
            no_proxy: first_variable(&["NO_PROXY", "no_proxy"]),
        })
    }

    /// Fetches a plugin with its signature, and says how far it is if that takes long.
    pub(super) async fn pull(&self, address: Address) -> Result<Pulled> {
        let remote = self.open(address)?;
        let found = remote.find(Limits::default().component_bytes).await?;
        let mut said_at = Instant::now();
        let total = found.listed.bytes;
        let on_progress = |received: usize| {
            if said_at.elapsed() >= SAY_EVERY {
                said_at = Instant::now();
                eprintln!("    {:.1} of {:.1} MB", received as f64 / MEGABYTE, total as f64 / MEGABYTE);
            }
        };
        let component = remote.download(&found.listed, on_progress).await?;
        Ok(Pulled { package: Package { component, signature: found.listed.signature }, pinned: found.pinned })
    }
}

fn first_variable(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| env::var(name).ok()).filter(|value| !value.is_empty())
}

fn read_password(username: &str) -> Result<String> {
    eprintln!("Type the password of {username}, then Enter:");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("the standard input cannot be read")?;
    let password = line.trim_end_matches(['\r', '\n']);
    ensure!(!password.is_empty(), "there is no password of {username} on the standard input");
    Ok(password.to_owned())
}
