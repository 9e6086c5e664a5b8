//! What went over the wire, and where it was kept.

use std::net::IpAddr;

use crate::model::time::Timestamp;

/// One request and its response without the document, as far as HTTP shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was asked for, without user name and password.
    pub url: String,
    /// The headers of the request; in HTTP/2 they are sent in another form.
    pub request_headers: Vec<(String, String)>,
    /// The status.
    pub status: u16,
    /// The words the standard has for it.
    pub reason: &'static str,
    /// The headers of the response.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Who answered.
    pub peer: Option<IpAddr>,
}

/// An earlier capture of the same document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its row in the archive.
    pub row: i64,
    /// The name of its response record.
    pub record_id: String,
    /// Where its answer came from.
    pub url: String,
    /// When it was.
    pub at: Timestamp,
    /// The digest of the document.
    pub digest: String,
}

/// A kept exchange, with all its redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// When it was.
    pub at: Timestamp,
    /// What was asked for.
    pub url: String,
    /// Where the answer came from.
    pub final_url: String,
    /// Its status.
    pub status: u16,
    /// The digest of the document, where there was one.
    pub digest: Option<String>,
    /// The row of the capture that holds the same document.
    pub refers_to: Option<i64>,
    /// The name of the response record.
    pub record_id: String,
    /// The file.
    pub file: String,
    /// Its first byte there.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
}

/// A digest as WARC has it: `sha256:` and base32.
pub fn digest(hash: &[u8; 32]) -> String {
    format!("sha256:{}", data_encoding::BASE32.encode(hash))
}
