//! Keys and signatures of minisign, for those who publish plugins.

use std::fs::{self, OpenOptions};
use std::io::{Cursor, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use minisign::{KeyPair, SecretKeyBox};
use relink_runtime::signature_file;

/// Makes a pair of keys. The secret one is not encrypted, so that a build can use it: the rights of the
/// file protect it.
pub(super) fn keygen(secret_key: &Path) -> Result<ExitCode> {
    let public_key = secret_key.with_added_extension("pub");
    ensure!(!secret_key.exists(), "{} is there already: keep it, or name another file", secret_key.display());
    let pair = KeyPair::generate_unencrypted_keypair()?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(secret_key)?;
    file.write_all(pair.sk.to_box(None)?.to_string().as_bytes())?;
    fs::write(&public_key, pair.pk.to_box()?.to_string())?;
    println!("{} signs; keep it secret and safe.", secret_key.display());
    println!("Operators trust you with this line of their settings, under [plugin_trust.publishers]:");
    println!("\"your name\" = \"{}\"", pair.pk.to_base64());
    Ok(ExitCode::SUCCESS)
}

/// Writes the signature of a component beside it.
pub(super) fn sign(file: &Path, key: &Path) -> Result<ExitCode> {
    let component = fs::read(file).with_context(|| format!("the plugin {} cannot be read", file.display()))?;
    let text = fs::read_to_string(key).with_context(|| format!("the key {} cannot be read", key.display()))?;
    let secret_key = SecretKeyBox::from_string(&text)
        .and_then(SecretKeyBox::into_unencrypted_secret_key)
        .with_context(|| format!("{} is no unencrypted secret key of minisign", key.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let signature = minisign::sign(None, &secret_key, Cursor::new(component), Some(&name), None)?;
    let beside = signature_file(file);
    fs::write(&beside, signature.to_string())?;
    println!("{} is written.", beside.display());
    Ok(ExitCode::SUCCESS)
}
