//! The HTTP client below ours: what it sends by itself, and what it refuses.

use std::sync::Arc;
use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT};

use crate::fetch::guard::{Guard, Resolver};
use crate::fetch::{Error, Options};

/// Feeds before pages, for servers that offer a choice; anything rather than a 406.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.8, */*;q=0.7";

/// Header lines in a response; over HTTP/1 hyper holds their bytes to 400 KiB.
const N_HEADERS_MAX: usize = 128;
const HTTP2_HEADER_BYTES_MAX: u32 = 64 << 10;

/// Long enough for the next feed of the same publisher, too short to see the next round.
pub(super) const POOL_IDLE: Duration = Duration::from_secs(30);

/// A client with these limits, that sends `headers` with every request.
pub(super) fn client(
    options: &Options,
    guard: &Arc<Guard>,
    headers: &HeaderMap,
) -> reqwest::Result<reqwest::Client> {
    // It can only fail because there is a provider, and then that one is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || builder(options, guard, headers.clone());
    builder().build().or_else(|_| {
        // The platform verifier fails where there is nothing to verify with (minimal containers).
        // What else was wrong is wrong again.
        tracing::warn!("no certificates in this system, using the bundled ones of Mozilla");
        bundled_roots().and_then(|roots| builder().tls_certs_only(roots).build())
    })
}

/// What goes with every request.
pub(super) fn headers(contact: &str) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    headers.insert(USER_AGENT, user_agent(contact)?);
    Ok(headers)
}

fn user_agent(contact: &str) -> Result<HeaderValue, Error> {
    let contact = contact.trim();
    let contact = if contact.is_empty() { String::new() } else { format!("; {contact}") };
    let (version, url) = (env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_REPOSITORY"));
    HeaderValue::from_str(&format!("knipsel/{version} (+{url}{contact})"))
        .map_err(|_| Error::Contact)
}

fn builder(options: &Options, guard: &Arc<Guard>, headers: HeaderMap) -> ClientBuilder {
    reqwest::Client::builder()
        .default_headers(headers)
        .dns_resolver(Resolver(Arc::clone(guard)))
        // A proxy would connect in our place, past the guard.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(options.connect_timeout.0)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(1)
        .http1_max_headers(N_HEADERS_MAX)
        .http2_max_header_list_size(HTTP2_HEADER_BYTES_MAX)
}

fn bundled_roots() -> reqwest::Result<Vec<reqwest::Certificate>> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    roots.map(|root| reqwest::Certificate::from_der(root)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_agent_names_program_page_and_contact() {
        let plain = user_agent("").unwrap();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(plain, format!("knipsel/{version} (+https://github.com/knipsel/knipsel)"));
        let with_contact = user_agent(" archief@voorbeeld.nl ").unwrap();
        assert!(with_contact.to_str().unwrap().ends_with("/knipsel; archief@voorbeeld.nl)"));
        assert!(matches!(user_agent("a\nb"), Err(Error::Contact)));
    }

    #[test]
    fn a_system_without_certificates_is_served_by_the_bundled_ones() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Arc::new(Guard::new(&[]).unwrap());
        let builder = builder(&Options::default(), &guard, headers("").unwrap());
        assert!(builder.tls_certs_only(bundled_roots().unwrap()).build().is_ok());
    }
}
