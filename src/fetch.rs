//! The one guarded door to the web: feeds, and what a person names to find them, go through
//! [`client::Client::get`], article pages, sitemaps and whatever else through
//! [`client::Client::get_page`], which asks robots.txt first, and no other module names reqwest.
//!
//! It knows hosts, limits and statuses. It does not know what a feed is, when to come again, or
//! whether a document is new; nothing is kept between two requests but open connections, the
//! time at which each host was last asked, until when it asked to be left alone, and for a day its
//! robots.txt and its reservations, which whoever has an archive keeps between two runs as well.

pub mod client;

mod answer;
mod body;
mod failure;
mod guard;
mod headers;
mod hop;
mod hosts;
mod http;
mod kept;
mod lanes;
pub mod links;
mod memory;
mod redirect;
mod reserved;
mod robots;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use crate::fetch::guard::Guard;
use crate::fetch::hop::Hop;
use crate::fetch::lanes::Room;
use crate::fetch::links::Links;
use crate::model::capture::Exchange;
use crate::model::feed::Validators;
use crate::model::fetch::Failure;
use crate::model::reservation::Reservations;
use crate::model::time::Timestamp;
use crate::model::units::{ByteSize, Span};

/// The limits of every request, and who we say we are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Hosts that may be fetched although they are not public: names as they stand in the URL,
    /// addresses and networks (`nas.local`, `127.0.0.1`, `10.0.0.0/8`).
    pub allow_hosts: Vec<String>,
    /// How a publisher can reach the owner; part of the User-Agent unless empty.
    pub contact: String,
    /// From the end of one request to the start of the next within one registrable domain.
    pub host_gap: Span,
    /// The same from one page to the next, and for all else that is not a feed; a longer
    /// `crawl-delay` in the robots.txt of the host takes its place.
    pub page_gap: Span,
    /// Requests in flight over all hosts together, at least 1. Those to slow hosts have places of
    /// their own, sixteen times as many.
    pub concurrency: usize,
    /// To resolve the name, connect and shake hands.
    pub connect_timeout: Span,
    /// From the start of a request to the headers of its response.
    pub header_timeout: Span,
    /// Between two pieces of a body.
    pub idle_timeout: Span,
    /// For a request with all its redirects, waiting for a host's turn not counted.
    pub total_timeout: Span,
    /// The largest body, after decompression.
    pub body_max: ByteSize,
    /// How many redirects are followed.
    pub redirects_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        let seconds = |n| Span(Duration::from_secs(n));
        Self {
            allow_hosts: Vec::new(),
            contact: String::new(),
            host_gap: seconds(2),
            page_gap: seconds(5),
            concurrency: 16,
            connect_timeout: seconds(10),
            header_timeout: seconds(15),
            idle_timeout: seconds(15),
            total_timeout: seconds(60),
            body_max: ByteSize(16 << 20),
            redirects_max: 5,
        }
    }
}

impl Options {
    /// The key that cannot be used, and why.
    pub fn mistake(&self) -> Option<(&'static str, String)> {
        if let Err(error) = Guard::new(&self.allow_hosts) {
            return Some(("fetch.allow_hosts", error.to_string()));
        }
        if let Err(error) = http::headers(&self.contact) {
            return Some(("fetch.contact", error.to_string()));
        }
        if self.concurrency == 0 {
            return Some(("fetch.concurrency", "`fetch.concurrency` must be 1 or more".to_owned()));
        }
        let limits = [
            ("fetch.connect_timeout", self.connect_timeout.0.is_zero()),
            ("fetch.header_timeout", self.header_timeout.0.is_zero()),
            ("fetch.idle_timeout", self.idle_timeout.0.is_zero()),
            ("fetch.total_timeout", self.total_timeout.0.is_zero()),
            ("fetch.body_max", self.body_max.0 == 0),
        ];
        let (key, _) = limits.into_iter().find(|(_, is_nothing)| *is_nothing)?;
        Some((key, format!("with `{key}` at zero nothing can be fetched")))
    }
}

/// What to get.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where; `http` or `https`.
    pub url: &'a str,
    /// Sent back verbatim; empty for an unconditional request.
    pub validators: &'a Validators,
    /// In place of our own User-Agent.
    pub user_agent: Option<&'a str>,
    /// The wall clock, to read a `Retry-After` that is a date.
    pub now: Timestamp,
}

/// What came of a request. It keeps its place among the requests in flight until it is dropped, and
/// its room: no more than [`Options::concurrency`] documents of the largest size are in memory,
/// however slow their storing.
#[derive(Debug)]
pub struct Response {
    /// Where the answer came from: the URL of the request, or after redirects the last one, without
    /// user name and password.
    pub final_url: String,
    /// There were redirects, and all of them were permanent (301, 308).
    pub is_moved: bool,
    /// The status of the last response, if there was one.
    pub status: Option<u16>,
    /// What to send with the next request, once this document is safely stored: those of the
    /// document, or on a 304 those of the request with what the 304 renewed. Empty otherwise.
    pub validators: Validators,
    /// The `Content-Type` as sent.
    pub content_type: Option<String>,
    /// For how long the publisher calls this fresh.
    pub max_age: Option<Duration>,
    /// What its headers reserve of use by machines.
    pub reservations: Reservations,
    /// What its headers say of hubs that push it.
    pub links: Links,
    /// Bytes of the document, decompressed.
    pub size_bytes: u64,
    /// A server closed a connection that it had kept open, before it answered on it, and was asked
    /// once more.
    pub is_asked_again: bool,
    /// Spent on requests, redirects included, waiting for a host's turn excluded.
    pub duration: Duration,
    /// The answer itself.
    pub answer: Answer,
    /// Held, not read.
    pub place: Place,
    /// All that went over the wire, redirects included.
    hops: Vec<Hop>,
}

impl Response {
    /// What went over the wire, in order: the redirects, and then what gave the answer. Empty when
    /// no server answered.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.hops.iter().map(hop::exchange).collect()
    }
}

/// What robots.txt forbids to fetch, so that it was not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// The URL of the request, or where its redirects led; without user name and password.
    pub url: String,
    /// One line for the owner.
    pub reason: String,
    /// The rules themselves could not be read, so that nothing there may be fetched.
    pub is_whole_host: bool,
    /// When robots.txt is read again, from now: asking sooner gives the same answer.
    pub wait: Duration,
}

/// What is sent with a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent<'s> {
    /// `application/x-www-form-urlencoded`
    Form(&'s str),
    /// `application/json`
    Json(&'s str),
}

/// What a server said to what it was sent, when that was no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// One line for the owner.
    pub reason: String,
    /// How long it asked to be left alone.
    pub wait: Option<Duration>,
}

/// A place among the requests in flight, and room for the document.
#[derive(Debug, Default)]
#[expect(dead_code, reason = "what counts is when it is dropped")]
pub struct Place(Option<OwnedSemaphorePermit>, Room);

/// The answer of a server, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A whole document, never empty.
    Document(Vec<u8>),
    /// 304: what we have is current.
    NotModified,
    /// 410: it is gone.
    Gone,
    /// The server asked us to wait (`Retry-After`), or its host had and it was not asked.
    Throttled {
        /// How long from now, at most a day.
        wait: Duration,
    },
    /// Anything else.
    Failed(Failure),
}

/// What the host of `url` is counted under: its registrable domain, or the host itself.
pub fn site(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| hosts::key(&url).to_owned())
}

/// Whether both are of one scheme, host and port.
pub fn is_same_origin(url: &str, other: &str) -> bool {
    let origin = |url: &str| Url::parse(url).map(|url| url.origin());
    matches!((origin(url), origin(other)), (Ok(one), Ok(other)) if one == other)
}

/// Whether `to` may take the place of `from` without asking the owner: the same registrable domain,
/// not from `https` to `http`, and no user name or password that would be lost.
pub fn is_safe_move(from: &str, to: &str) -> bool {
    let (Ok(from), Ok(to)) = (Url::parse(from), Url::parse(to)) else { return false };
    hosts::key(&from) == hosts::key(&to)
        && (from.scheme() == to.scheme() || to.scheme() == "https")
        && from.username().is_empty()
        && from.password().is_none()
}

/// Why a client cannot be made: something in the options is wrong, or the system is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An entry of `allow_hosts` cannot be read.
    #[error("`{entry}` in `fetch.allow_hosts` is not a host name, an address or a network")]
    AllowHost {
        /// As written.
        entry: String,
    },
    /// The contact cannot be sent in a header.
    #[error("`fetch.contact` has a character that cannot be sent in a User-Agent")]
    Contact,
    /// TLS or the connection pool cannot be set up.
    #[error("cannot set up the HTTP client")]
    Client {
        /// What is wrong.
        source: reqwest::Error,
    },
}
