//! Keys and signatures of minisign, for those who publish plugins.

use std::fs::{self, OpenOptions};
use std::io::{Cursor, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use minisign::{KeyPair, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};
use relink_runtime::signature_file;
use sha2::{Digest, Sha256};

/// What stands in the comment that is signed with the component, before its SHA-256.
const DIGEST: &str = "sha256:";
/// How every component begins.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

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

/// Refuses a signature that names other bytes, so that nobody publishes one of an earlier build. Whether it is good
/// only those can say who know the key.
pub(super) fn refuse_other_bytes(component: &[u8], signature: &str) -> Result<()> {
    let comment = SignatureBox::from_string(signature).and_then(|signature| signature.trusted_comment());
    let comment = comment.context("the signature beside the plugin is damaged: sign it again")?;
    let is_other = comment.split_once(DIGEST).is_some_and(|(_, named)| named.trim() != digest(component));
    ensure!(
        !is_other,
        "the signature beside the plugin is of another build of it\n  fix: sign it again with `relink plugin sign`, or remove \
         the signature"
    );
    Ok(())
}

fn digest(component: &[u8]) -> String {
    Sha256::digest(component).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn read_secret_key(key: &Path) -> Result<SecretKey> {
    let text = fs::read_to_string(key).with_context(|| format!("the key {} cannot be read", key.display()))?;
    let secret_key = SecretKeyBox::from_string(&text).and_then(SecretKeyBox::into_unencrypted_secret_key);
    let is_public = || PublicKeyBox::from_string(&text).and_then(PublicKeyBox::into_public_key).is_ok();
    if secret_key.is_err() && is_public() {
        bail!("{} is the public key: sign with the secret one, which has no `.pub` at its end", key.display());
    }
    secret_key.with_context(|| format!("{} is no unencrypted secret key of minisign", key.display()))
}

/// Writes the signature of a component beside it.
pub(super) fn sign(file: &Path, key: &Path) -> Result<ExitCode> {
    let component = fs::read(file).with_context(|| format!("the plugin {} cannot be read", file.display()))?;
    ensure!(
        component.starts_with(COMPONENT),
        "{} is no component: sign the file that `relink plugin build` writes, such as dist/beacon.wasm",
        file.display()
    );
    let secret_key = read_secret_key(key)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let comment = format!("{name} {DIGEST}{}", digest(&component));
    let signature = minisign::sign(None, &secret_key, Cursor::new(component), Some(&comment), None)?;
    let beside = signature_file(file);
    fs::write(&beside, signature.to_string())?;
    println!("{} is written.", beside.display());
    Ok(ExitCode::SUCCESS)
}
