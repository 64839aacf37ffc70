//! What goes wrong between a person and a registry, in words. Nothing that the registry sent as a page and no
//! URL is repeated: both may hold what is for nobody's eyes.

mod connecting;

use anyhow::{Error, anyhow};
use oci_client::errors::{DigestError, OciDistributionError as Failure, OciEnvelope, OciErrorCode};
use oci_client::secrets::RegistryAuth;

use super::remote::Asked;

/// How much of a registry's own words is repeated.
const LONGEST_REMARK: usize = 200;

/// Whether the registry says that there is no such thing.
pub(super) fn is_missing(failure: &Failure) -> bool {
    use OciErrorCode::{ManifestUnknown, NameUnknown, NotFound};
    match failure {
        Failure::ServerError { code, .. } => *code == 404,
        Failure::RegistryError { envelope, .. } => has(envelope, &[ManifestUnknown, NameUnknown, NotFound]),
        _ => false,
    }
}

pub(super) fn explain(failure: &Failure, asked: &Asked) -> Error {
    let host = asked.address.host();
    match failure {
        failure if is_refusal(failure) => refused(asked),
        Failure::RegistryError { envelope, .. } => anyhow!("{host} refuses: {}", remark(envelope)),
        Failure::ServerError { code: code @ 400..500, .. } => {
            anyhow!("{host} refuses with status {code}: does it take anything but container images?")
        }
        Failure::ServerError { code, .. } => anyhow!("{host} answers with status {code}: try again later"),
        Failure::RequestError(error) if error.is_timeout() => anyhow!("{host} does not answer in time"),
        Failure::RequestError(error) if error.is_connect() => connecting::explain(error, error.url(), asked),
        Failure::RequestError(error) if error.is_builder() => anyhow!(
            "this machine trusts no authority that {host} could prove itself with: install the package \
             ca-certificates, or name an authority with --ca-file"
        ),
        Failure::RequestError(error) => anyhow!("the conversation with {host} broke off: {}", innermost(error)),
        failure if is_altered(failure) => altered(host),
        Failure::IoError(error) => anyhow!("the conversation with {host} broke off: {}", innermost(error)),
        other => {
            tracing::debug!(error = %other, "unexpected answer of a registry");
            anyhow!("{host} does not answer as a registry does: is it one, and is its name right?")
        }
    }
}

fn is_refusal(failure: &Failure) -> bool {
    use OciErrorCode::{Denied, Unauthorized};
    match failure {
        Failure::UnauthorizedError { .. } | Failure::AuthenticationFailure(_) => true,
        Failure::ServerError { code, .. } => matches!(code, 401 | 403),
        Failure::RegistryError { envelope, .. } => has(envelope, &[Denied, Unauthorized]),
        _ => false,
    }
}

/// Whether bytes are not those that their digest stands for.
fn is_altered(failure: &Failure) -> bool {
    match failure {
        Failure::DigestError(_) => true,
        // A body is read as a stream, whose errors are those of I/O.
        Failure::IoError(error) => error.get_ref().is_some_and(|inner| inner.downcast_ref::<DigestError>().is_some()),
        _ => false,
    }
}

fn altered(host: &str) -> Error {
    anyhow!(
        "what {host} sends is not what its digest says, so nothing of it is used: the registry is damaged, or somebody \
         changed it"
    )
}

fn refused(asked: &Asked) -> Error {
    let (host, repository) = (asked.address.host(), asked.address.repository());
    match &asked.login {
        RegistryAuth::Basic(username, _) => anyhow!(
            "{host} does not let {username:?} do this with {repository}: check the password and the rights, or log in \
             as somebody else"
        ),
        RegistryAuth::Anonymous | RegistryAuth::Bearer(_) => anyhow!(
            "{host} wants to know who asks for {repository}: run `docker login {host}`, or give --username and the \
             password on the standard input"
        ),
    }
}

fn has(envelope: &OciEnvelope, codes: &[OciErrorCode]) -> bool {
    envelope.errors.iter().any(|error| codes.contains(&error.code))
}

/// The first thing that the registry says, on one line.
fn remark(envelope: &OciEnvelope) -> String {
    let said = envelope.errors.first().map_or("it gives no reason", |error| error.message.as_str());
    said.chars().filter(|letter| !letter.is_control()).take(LONGEST_REMARK).collect()
}

/// The cause of all causes, which alone says something to a person: the others repeat the URL.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
