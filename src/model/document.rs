//! What a feed document says beside its entries: wishes, addresses, the rest of its list.
//!
//! As the publisher states it; whether a wish is followed is for those who read it.

use std::time::Duration;

use crate::model::time::StatedDate;

/// What a document says of itself, and asks of those who poll it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    /// How long it asks to be left alone: RSS `ttl`.
    pub ttl: Option<Duration>,
    /// How often it is made anew: `sy:updatePeriod` divided by `sy:updateFrequency`.
    pub update_interval: Option<Duration>,
    /// From when those intervals count: `sy:updateBase`.
    pub update_base: Option<StatedDate>,
    /// Hours of the day (UTC, 0 to 23) in which nothing appears: RSS `skipHours`.
    pub skip_hours: Vec<u8>,
    /// Days of the week (0 is Monday) on which nothing appears: RSS `skipDays`.
    pub skip_days: Vec<u8>,
    /// WebSub hubs: `rel="hub"`, JSON Feed `hubs`.
    pub hubs: Vec<String>,
    /// Its own address: `rel="self"`, JSON Feed `feed_url`.
    pub self_url: Option<String>,
    /// The page for people that it belongs to.
    pub home_url: Option<String>,
    /// Where it says to have moved: `itunes:new-feed-url`.
    pub new_url: Option<String>,
    /// RSS `cloud`.
    pub cloud: Option<Cloud>,
    /// The language it states, as it stands there.
    pub language: Option<String>,
    /// The other documents of its list.
    pub pages: Pages,
}

/// The documents over which a list is spread (RFC 5005), as absolute addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pages {
    /// `fh:archive`: this document is an archive, and does not change.
    pub is_archive: bool,
    /// `fh:complete`: this document lists everything there is.
    pub is_complete: bool,
    /// `rel="current"`: the document with the newest entries.
    pub current: Option<String>,
    /// `rel="prev-archive"`: the archive of what came before.
    pub prev_archive: Option<String>,
    /// `rel="next-archive"`: the archive of what came after.
    pub next_archive: Option<String>,
    /// `rel="first"`.
    pub first: Option<String>,
    /// `rel="previous"`.
    pub previous: Option<String>,
    /// `rel="next"`, JSON Feed `next_url`.
    pub next: Option<String>,
    /// `rel="last"`.
    pub last: Option<String>,
}

impl Pages {
    /// Where older entries are (sections 3 and 4): an archive does not change while it is read, a
    /// page does.
    pub fn older(&self) -> Option<&str> {
        self.prev_archive.as_deref().or(self.next.as_deref())
    }
}

/// Where RSS 2.0 says notices of changes can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cloud {
    /// The host.
    pub domain: String,
    /// The port.
    pub port: Option<u16>,
    /// The path.
    pub path: String,
    /// The name of the procedure.
    pub procedure: String,
    /// `xml-rpc`, `soap` or `http-post`.
    pub protocol: String,
}
