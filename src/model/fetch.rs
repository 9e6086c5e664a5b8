//! One HTTP exchange and what came of it.

use std::time::Duration;

use crate::model::time::Timestamp;

/// What one request for a feed came to. All of it is expected, so none of it is an `Err`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A document other than the last one.
    Fresh,
    /// 304, or a body equal to the last one.
    NotModified,
    /// 410: the publisher says it is gone.
    Gone,
    /// The server asked us to wait (`Retry-After`), for as long as held here.
    Throttled {
        /// How long from now.
        wait: Duration,
    },
    /// Anything else.
    Failed(Failure),
}

impl Outcome {
    /// The word used in the archive, in JSON and on the terminal.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::NotModified => "not-modified",
            Self::Gone => "gone",
            Self::Throttled { .. } => "throttled",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether the document was reached.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Fresh | Self::NotModified)
    }
}

/// For whom a feed waited the last time, instead of being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// It was asked for, and the server asked to wait.
    ForItself,
    /// It was not asked for, because its host had asked to wait.
    ForItsHost,
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind, for counting.
    pub class: FailureClass,
    /// One line for the owner: what failed and why.
    pub reason: String,
}

impl Failure {
    /// A failure of `class` with its reason.
    pub fn new(class: FailureClass, reason: impl Into<String>) -> Self {
        Self { class, reason: reason.into() }
    }
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// The URL itself cannot be fetched.
    Url,
    /// The address is not allowed (loopback, private, …).
    Blocked,
    /// The name did not resolve.
    Dns,
    /// No connection, or it broke in the body.
    Connect,
    /// A connection, and no answer on it or none that is HTTP.
    Protocol,
    /// The certificate or handshake failed.
    Tls,
    /// A time limit passed.
    Timeout,
    /// A redirect led nowhere.
    Redirect,
    /// An error status.
    Http,
    /// A limit on size passed, or the body could not be decoded.
    Body,
    /// The document is not a feed.
    Parse,
    /// No host can be reached: our own network is down.
    Outage,
    /// A fault of ours.
    Internal,
}

impl FailureClass {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Blocked => "blocked",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Protocol => "protocol",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Redirect => "redirect",
            Self::Http => "http",
            Self::Body => "body",
            Self::Parse => "parse",
            Self::Outage => "outage",
            Self::Internal => "internal",
        }
    }
}

/// The record of one exchange, kept for good.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    /// When the request was sent.
    pub at: Timestamp,
    /// Where the document came from, when redirects led away from the feed's URL.
    pub final_url: Option<String>,
    /// The HTTP status of the last response, if there was one.
    pub status: Option<u16>,
    /// What came of it.
    pub outcome: Outcome,
    /// Decoded body bytes.
    pub size_bytes: u64,
    /// From the request to the last byte.
    pub duration: Duration,
}

impl Fetch {
    /// Whether nothing was asked, because the host had asked to wait.
    pub fn is_put_off(&self) -> bool {
        self.status.is_none() && matches!(self.outcome, Outcome::Throttled { .. })
    }
}

/// What a host said of itself in its robots.txt or `/.well-known/tdmrep.json`, as it is kept from one
/// run of the program to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFile {
    /// Where it was read.
    pub url: String,
    /// When it was read.
    pub read_at: Timestamp,
    /// What was made of it.
    pub json: String,
}

impl HostFile {
    /// For how long it may stand in for one that cannot be read (RFC 9309 section 2.4).
    pub const KEPT_FOR: Duration = Duration::from_secs(30 * 86_400);
}
