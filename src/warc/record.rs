//! Records as bytes: each a gzip member of its own.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::model::capture::{self, Earlier, Exchange};
use crate::model::time::Timestamp;

/// The same document came again.
pub const IDENTICAL: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// The server itself said so, with 304.
pub const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/// A digest as WARC has it: `sha256:` and base32.
pub fn digest(bytes: &[u8]) -> String {
    capture::digest(&Sha256::digest(bytes).into())
}

/// A fresh name for a record.
pub fn new_id() -> String {
    Uuid::new_v4().urn().to_string()
}

/// One exchange to be written.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'e> {
    /// What went over the wire.
    pub exchange: &'e Exchange,
    /// The document, decoded; empty where it was not read.
    pub body: &'e [u8],
    /// When it was asked for.
    pub at: Timestamp,
    /// The name of its response record.
    pub record_id: &'e str,
    /// The same document, kept before: then it is not kept again.
    pub earlier: Option<&'e Earlier>,
    /// What else is known, as names and values.
    pub notes: &'e [(&'static str, String)],
}

/// The records of an exchange: response or revisit, request, and metadata where there are notes.
pub fn exchange(entry: &Entry<'_>) -> Vec<u8> {
    let mut bytes = answer(entry);
    let concurrent = ("WARC-Concurrent-To", format!("<{}>", entry.record_id));
    let mut request = common("request", &new_id(), entry);
    request.push(("Content-Type", "application/http; msgtype=request".to_owned()));
    request.push(concurrent.clone());
    bytes.extend(member(request, &request_block(entry.exchange)));
    let mut notes = fields(entry.notes);
    if entry.exchange.status == 304 && entry.earlier.is_some() {
        notes.push_str("http-status: 304\r\n");
        for (name, value) in &entry.exchange.headers {
            let value = String::from_utf8_lossy(value);
            let _ = write!(notes, "http-header: {name}: {}\r\n", one_line(&value));
        }
    }
    if !notes.is_empty() {
        let mut metadata = common("metadata", &new_id(), entry);
        metadata.push(("Content-Type", "application/warc-fields".to_owned()));
        metadata.push(concurrent);
        bytes.extend(member(metadata, notes.as_bytes()));
    }
    bytes
}

/// What was made of a document, in plain text, as in the WET files of web archives.
#[derive(Debug, Clone, Copy)]
pub struct Conversion<'c> {
    /// What the record is named after: the same name gives the same record.
    pub name: &'c str,
    /// The address of the document.
    pub url: &'c str,
    /// When it was read.
    pub at: Timestamp,
    /// Its language.
    pub language: Option<&'c str>,
    /// The text.
    pub text: &'c str,
}

/// The record of a conversion.
pub fn conversion(of: &Conversion<'_>) -> Vec<u8> {
    let mut headers = vec![
        ("WARC-Type", "conversion".to_owned()),
        ("WARC-Record-ID", format!("<{}>", id_of(of.name))),
        ("WARC-Date", of.at.to_rfc3339()),
        ("WARC-Target-URI", of.url.to_owned()),
        ("Content-Type", "text/plain; charset=utf-8".to_owned()),
    ];
    headers.extend(of.language.map(|tag| ("WARC-Identified-Content-Language", tag.to_owned())));
    member(headers, of.text.as_bytes())
}

/// The name of a record that depends on `name` alone (RFC 9562 section 5.8).
pub fn id_of(name: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(name)[..16]);
    let id = uuid::Builder::from_bytes(bytes)
        .with_variant(uuid::Variant::RFC4122)
        .with_version(uuid::Version::Custom);
    id.into_uuid().urn().to_string()
}

/// The record that opens a file.
pub fn info(file: &str, at: Timestamp) -> Vec<u8> {
    info_as(&new_id(), file, at)
}

/// The record that opens a file, under a name of its own.
pub fn info_as(record_id: &str, file: &str, at: Timestamp) -> Vec<u8> {
    let headers = vec![
        ("WARC-Type", "warcinfo".to_owned()),
        ("WARC-Record-ID", format!("<{record_id}>")),
        ("WARC-Date", at.to_rfc3339()),
        ("WARC-Filename", file.to_owned()),
        ("Content-Type", "application/warc-fields".to_owned()),
    ];
    let software = format!("knipsel/{}", env!("CARGO_PKG_VERSION"));
    let notes = [
        ("software", software),
        ("format", "WARC file version 1.1".to_owned()),
        (
            "conformsTo",
            "http://bibnum.bnf.fr/WARC/WARC_ISO_28500_version1-1_latestdraft.pdf".to_owned(),
        ),
        ("description", "documents are kept without their transfer and content coding".to_owned()),
    ];
    member(headers, fields(&notes).as_bytes())
}

/// The record of a response. A document that was kept before is referred to; a 304 then has no head
/// of its own, because players would show it in place of the document (its head is in the metadata).
fn answer(entry: &Entry<'_>) -> Vec<u8> {
    let Entry { exchange, body, earlier, .. } = entry;
    let is_304 = exchange.status == 304;
    let kind = if earlier.is_some() { "revisit" } else { "response" };
    let mut headers = common(kind, entry.record_id, entry);
    headers.push(("Content-Type", "application/http; msgtype=response".to_owned()));
    if let Some(peer) = exchange.peer {
        headers.push(("WARC-IP-Address", peer.to_string()));
    }
    let Some(earlier) = earlier else {
        let mut block = response_head(exchange, body.len());
        if !is_304 {
            headers.push(("WARC-Payload-Digest", digest(body)));
        }
        if body.is_empty() && has_unread_body(exchange) {
            headers.push(("WARC-Truncated", "unspecified".to_owned()));
        }
        block.extend_from_slice(body);
        return member(headers, &block);
    };
    let profile = if is_304 { NOT_MODIFIED } else { IDENTICAL };
    headers.push(("WARC-Payload-Digest", earlier.digest.clone()));
    headers.push(("WARC-Profile", profile.to_owned()));
    headers.push(("WARC-Refers-To", format!("<{}>", earlier.record_id)));
    headers.push(("WARC-Refers-To-Target-URI", earlier.url.clone()));
    headers.push(("WARC-Refers-To-Date", earlier.at.to_rfc3339()));
    let block = if is_304 { Vec::new() } else { response_head(exchange, body.len()) };
    member(headers, &block)
}

/// A document that was announced and not read: that of an error or a redirect.
fn has_unread_body(exchange: &Exchange) -> bool {
    let mut headers = exchange.headers.iter();
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    exchange.status != 304 && length.is_none_or(|(_, value)| value != b"0")
}

fn common(kind: &'static str, record_id: &str, entry: &Entry<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("WARC-Type", kind.to_owned()),
        ("WARC-Record-ID", format!("<{record_id}>")),
        ("WARC-Date", entry.at.to_rfc3339()),
        ("WARC-Target-URI", entry.exchange.url.clone()),
    ]
}

fn fields(notes: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in notes {
        let _ = write!(text, "{name}: {}\r\n", one_line(value));
    }
    text
}

fn request_block(exchange: &Exchange) -> Vec<u8> {
    let target = exchange.url.split_once("://").map_or("", |(_, rest)| rest);
    let (host, path) = target.split_at(target.find(['/', '?']).unwrap_or(target.len()));
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = path.split('#').next().unwrap_or_default();
    let mut text = format!("GET {slash}{path} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in &exchange.request_headers {
        let _ = write!(text, "{name}: {}\r\n", one_line(value));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// The head of a response whose document is kept decoded: its length is that of what follows, and
/// the codings it was sent in are gone.
fn response_head(exchange: &Exchange, body_bytes: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", exchange.status, exchange.reason).into_bytes();
    for (name, value) in &exchange.headers {
        let is_of_coding = ["content-length", "transfer-encoding", "content-encoding"]
            .iter()
            .any(|coding| name.eq_ignore_ascii_case(coding));
        if !is_of_coding {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
    }
    if exchange.status != 304 {
        head.extend_from_slice(format!("Content-Length: {body_bytes}\r\n").as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn one_line(value: &str) -> String {
    value.replace(['\r', '\n'], " ")
}

/// One record as a gzip member.
fn member(mut headers: Vec<(&'static str, String)>, block: &[u8]) -> Vec<u8> {
    headers.push(("WARC-Block-Digest", digest(block)));
    headers.push(("Content-Length", block.len().to_string()));
    let mut head = String::from("WARC/1.1\r\n");
    for (name, value) in &headers {
        let _ = write!(head, "{name}: {}\r\n", one_line(value));
    }
    head.push_str("\r\n");
    let mut gzip = GzEncoder::new(Vec::with_capacity(block.len() / 3), Compression::new(4));
    let written = gzip
        .write_all(head.as_bytes())
        .and_then(|()| gzip.write_all(block))
        .and_then(|()| gzip.write_all(b"\r\n\r\n"))
        .and_then(|()| gzip.finish());
    written.expect("writing to memory does not fail")
}
