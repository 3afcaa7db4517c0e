//! TLS: the cryptography of all connections, and certificates that are read from files.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// Makes ring the cryptography of this process, if it has none yet.
pub(crate) fn install_provider() {
    // Another one that the process has is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Reads what a server needs: its certificates and key, and the authority of its clients, if they
/// have to show certificates.
///
/// # Errors
///
/// A file cannot be read, or is not what it should be; the text names it.
pub(crate) fn server(
    certificates: &Path,
    key: &Path,
    client_authority: Option<&Path>,
) -> io::Result<Arc<ServerConfig>> {
    install_provider();
    let chain = read_certificates(certificates)?;
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| wrong(key, &format!("no private key (PEM) was found: {error}")))?;
    let builder = ServerConfig::builder();
    let builder = match client_authority {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in read_certificates(path)? {
                roots.add(certificate).map_err(|error| wrong(path, &error.to_string()))?;
            }
            let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build();
            builder.with_client_cert_verifier(
                verifier.map_err(|error| wrong(path, &error.to_string()))?,
            )
        }
    };
    let config = builder.with_single_cert(chain, private);
    let config = config.map_err(|error| {
        let key = key.display();
        wrong(certificates, &format!("it cannot be used with the key {key}: {error}"))
    })?;
    Ok(Arc::new(config))
}

/// Reads the certificates of a file (PEM).
///
/// # Errors
///
/// It cannot be read, or has none; the text names it.
pub(crate) fn read_certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let file = File::open(path).map_err(|error| wrong(path, &error.to_string()))?;
    let found = CertificateDer::pem_reader_iter(BufReader::new(file));
    let found: Result<Vec<_>, _> = found.collect();
    let found = found.map_err(|error| wrong(path, &error.to_string()))?;
    if found.is_empty() {
        return Err(wrong(path, "it has no certificate (PEM)"));
    }
    Ok(found)
}

fn wrong(path: &Path, reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{}: {reason}", path.display()))
}
