//! What went over the wire, for those who keep it.

use std::net::IpAddr;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use url::Url;

use crate::fetch::redirect;
use crate::model::capture::Exchange;

/// What the client asks for and undoes by itself.
const CODINGS: &str = "gzip, br, zstd";

/// One request and the head of its response.
#[derive(Debug, Clone)]
pub(super) struct Hop {
    pub(super) url: Url,
    pub(super) asked: HeaderMap,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) peer: Option<IpAddr>,
}

/// For the record: with the words of the standard, without passwords.
pub(super) fn exchange(hop: &Hop) -> Exchange {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let mut request_headers: Vec<(String, String)> = hop
        .asked
        .iter()
        .filter(|(name, _)| *name != reqwest::header::AUTHORIZATION)
        .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
        .collect();
    request_headers.push(("accept-encoding".to_owned(), CODINGS.to_owned()));
    Exchange {
        url: redirect::without_credentials(hop.url.clone()).into(),
        request_headers,
        status: hop.status.as_u16(),
        reason: hop.status.canonical_reason().unwrap_or_default(),
        headers: hop
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect(),
        peer: hop.peer,
    }
}
