//! The login that `docker login` or `podman login` left, in a file or with a helper that keeps secrets.

use anyhow::{Result, bail};
use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential, get_podman_credential};
use oci_client::secrets::RegistryAuth;

use super::address::Address;

/// Under which name docker keeps the login of its own registry.
const DOCKER_HUB: (&str, &str) = ("index.docker.io", "https://index.docker.io/v1/");

/// Finds the login for a registry. Who has none may still pull what is public.
pub(crate) fn saved_login(address: &Address) -> Result<RegistryAuth> {
    let host = address.host();
    let name = if host == DOCKER_HUB.0 { DOCKER_HUB.1 } else { host };
    let saved = match get_credential(name) {
        Err(error) if is_absent(&error) => get_podman_credential(name),
        found => found,
    };
    match saved {
        Ok(DockerCredential::UsernamePassword(username, password)) => Ok(RegistryAuth::Basic(username, password)),
        Ok(DockerCredential::IdentityToken(_)) => bail!(
            "docker keeps an identity token for {host}, which cannot be used here: give --username, and a password or \
             an access token on the standard input"
        ),
        Err(error) if is_absent(&error) => Ok(RegistryAuth::Anonymous),
        // What a helper printed may be a secret.
        Err(_) => bail!(
            "the login for {host} that docker keeps cannot be read: run `docker login {host}` again, or give --username"
        ),
    }
}

/// A helper that has no login for this registry fails like one that is broken; docker goes on too.
fn is_absent(error: &CredentialRetrievalError) -> bool {
    matches!(
        error,
        CredentialRetrievalError::ConfigNotFound
            | CredentialRetrievalError::ConfigReadError
            | CredentialRetrievalError::NoCredentialConfigured
            | CredentialRetrievalError::HelperFailure { .. }
    )
}
