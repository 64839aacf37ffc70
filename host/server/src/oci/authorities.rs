//! Certificates of authorities that a registry may prove itself with, beside those that the machine trusts: a
//! registry inside of a company often has one of the company's own.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use oci_client::client::{Certificate, CertificateEncoding};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Reads all certificates of a PEM file. Only this conversation trusts them.
pub(crate) fn read_authorities(file: &Path) -> Result<Vec<Certificate>> {
    let name = file.display();
    let found = CertificateDer::pem_file_iter(file).with_context(|| format!("{name} cannot be read"))?;
    let mut authorities = Vec::new();
    for certificate in found {
        let certificate = certificate.with_context(|| format!("{name} is no PEM file"))?;
        // The client takes the bytes as they are, and would only later say that something is wrong with some.
        let usable = RootCertStore::empty().add(certificate.clone());
        usable.with_context(|| format!("{name} has a certificate that cannot be read"))?;
        authorities.push(Certificate { encoding: CertificateEncoding::Der, data: certificate.to_vec() });
    }
    ensure!(
        !authorities.is_empty(),
        "{name} has no certificate: it should have one that begins with -----BEGIN CERTIFICATE-----"
    );
    Ok(authorities)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn read(text: &str) -> Result<usize> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        fs::write(&file, text).unwrap();
        read_authorities(&file).map(|authorities| authorities.len())
    }

    #[test]
    fn a_file_may_hold_several_certificates_among_other_things() {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap().pem();
        let text = format!("Our authority, old and new:\n{certificate}\n{}\n{certificate}", key.serialize_pem());
        assert_eq!(read(&text).unwrap(), 2);
    }

    #[test]
    fn a_file_without_a_usable_certificate_is_refused() {
        let key = KeyPair::generate().unwrap().serialize_pem();
        let empty = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n";
        for (text, expected) in [
            ("", "has no certificate"),
            (key.as_str(), "has no certificate"),
            (empty, "has a certificate that cannot be read"),
            (broken, "is no PEM file"),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(expected), "{text}: {said}");
        }
        assert!(
            read_authorities(Path::new("missing.pem")).unwrap_err().to_string().contains("missing.pem cannot be read")
        );
    }
}
