//! Why there is no conversation at all: nobody answers, or whoever does cannot prove who it is.

use std::error::Error;
use std::io;

use anyhow::anyhow;
use rustls::{CertificateError, Error as TlsError, InvalidMessage};
use url::Url;

use super::innermost;
use crate::oci::remote::{Asked, Protocol};

/// Says why `url` cannot be connected to, and what to do about it.
pub(super) fn explain(error: &(dyn Error + 'static), url: Option<&Url>, asked: &Asked) -> anyhow::Error {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    let place = place(url, asked);
    let is_plain = url.is_some_and(|url| url.scheme() == "http");
    if is_plain && matches!(asked.protocol, Protocol::Https { .. }) {
        return anyhow!(
            "{place} is to be spoken to over plain http, where others could read the password and the plugin: whoever \
             runs the registry has to name an address with https"
        );
    }
    match find_tls_error(error) {
        // The signature is bad if the machine trusts another authority of the same name, such as the one before.
        Some(TlsError::InvalidCertificate(UnknownIssuer | BadSignature)) => anyhow!(
            "{place} has a certificate of an authority that this machine does not trust: if the authority is that of \
             your company, name the file with its certificate with --ca-file"
        ),
        Some(TlsError::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
            anyhow!("{place} has a certificate for another name: is the name right?")
        }
        Some(TlsError::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. },
        )) => anyhow!("{place} has a certificate that is not valid today: is the clock of this machine right?"),
        Some(TlsError::InvalidMessage(InvalidMessage::InvalidContentType)) if asked.address.is_loopback() => {
            anyhow!("{place} does not speak https; if it speaks plain http, add --plain-http")
        }
        Some(cause) => anyhow!("{place} cannot be spoken to over https: {cause}"),
        None => anyhow!("{place} cannot be reached: {}", innermost(error)),
    }
}

/// The registry, or whoever it sends us on to: for a token, or to where it keeps the bytes.
fn place(url: Option<&Url>, asked: &Asked) -> String {
    let host = asked.address.host();
    let Some(url) = url else { return host.to_owned() };
    let is_registry = Url::parse(&format!("{}://{host}", url.scheme()))
        .is_ok_and(|own| (own.host_str(), own.port()) == (url.host_str(), url.port()));
    if is_registry {
        return host.to_owned();
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}, where {host} sends us to,", url.host_str().unwrap_or_default())
}

fn find_tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An error of I/O hides from `source` what it wraps.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}
