//! HTTP clients: HTTP/1.1, no compression, no redirects, certificates checked by the platform's rules.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Url, redirect};
use rustls::client::Resumption;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use super::error::SourceError;

/// A connection outlives the requests of one refresh or one report, not the pause between two.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);
/// As many hosts as there are sources, and some.
const TLS_SESSIONS: usize = 16;

/// The TLS configuration for [`Sources`](super::Sources): built once and shared by the whole process, because the
/// platform's root certificates are read from disk and take half a megabyte.
///
/// A machine without root certificates is no error: sources without TLS still work, and those with TLS fail one by
/// one.
pub fn client_config() -> Result<Arc<ClientConfig>, SourceError> {
    let tls = |error: rustls::Error| SourceError::Tls(error.to_string());
    let builder = || {
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions().map_err(tls)
    };
    let mut config = match builder()?.with_platform_verifier() {
        Ok(verified) => verified.with_no_client_auth(),
        Err(error) => {
            log::warn!(event = "no-root-certificates"; "no root certificates on this machine, every https source will fail: {error}");
            builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(TLS_SESSIONS);
    Ok(Arc::new(config))
}

/// One client for sources on the network and one for sources on this machine.
#[derive(Debug)]
pub(super) struct Clients {
    network: Client,
    loopback: Client,
}

impl Clients {
    pub(super) fn new(tls: &ClientConfig) -> Result<Self, SourceError> {
        Ok(Self { network: build(builder(tls))?, loopback: build(loopback(tls))? })
    }

    /// The client for one base URL.
    pub(super) fn client_for(&self, url: &Url) -> Client {
        if is_loopback(url) { self.loopback.clone() } else { self.network.clone() }
    }
}

/// A client of the same kind for one URL that is no source.
pub(crate) fn client_of(tls: &ClientConfig, url: &Url) -> Result<Client, SourceError> {
    build(if is_loopback(url) { loopback(tls) } else { builder(tls) })
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn build(builder: ClientBuilder) -> Result<Client, SourceError> {
    builder.build().map_err(|error| SourceError::Client(error.to_string()))
}

/// A proxy from the environment cannot reach this machine's loopback address.
fn loopback(tls: &ClientConfig) -> ClientBuilder {
    builder(tls).no_proxy()
}

fn builder(tls: &ClientConfig) -> ClientBuilder {
    Client::builder()
        // A copy that shares the verifier, and with it the root certificates.
        .tls_backend_preconfigured(tls.clone())
        .http1_only()
        .redirect(redirect::Policy::none())
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_CONNECTION)
}
