//! The names of elements: which vocabulary they are of, and what they hold.
//!
//! Vocabularies are known by their namespace, in any of its spellings, or else by the prefix that
//! everybody uses for them. RSS and Atom are one vocabulary here: their elements do not clash.

/// A vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS of any version, RDF and Atom.
    Feed,
    /// Dublin Core, the fifteen elements.
    Dc,
    /// Dublin Core terms.
    Terms,
    /// RSS 1.0 content.
    Content,
    /// Media RSS.
    Media,
    /// Apple's podcasts.
    Itunes,
    /// RSS 1.0 syndication.
    Syndication,
    /// RFC 5005.
    History,
    /// XHTML.
    Html,
    /// One of which nothing is kept.
    Other,
}

/// Parts of the addresses of namespaces, without scheme, `www.` and what ends them.
const SPACES: [(&str, Space); 29] = [
    ("w3.org/2005/atom", Space::Feed),
    ("purl.org/atom/ns", Space::Feed),
    ("purl.org/atom/app", Space::Other),
    ("purl.org/rss/1.0/modules/content", Space::Content),
    ("purl.org/rss/1.0/modules/syndication", Space::Syndication),
    ("purl.org/rss/1.0/modules", Space::Other),
    ("purl.org/rss/1.0", Space::Feed),
    ("purl.org/rss/2.0", Space::Feed),
    ("purl.org/net/rss1.1", Space::Feed),
    ("my.netscape.com/rdf/simple/0.9", Space::Feed),
    ("channel.netscape.com/rdf/simple/0.9", Space::Feed),
    ("my.netscape.com/publish/formats/rss-0.91", Space::Feed),
    ("backend.userland.com/rss", Space::Feed),
    ("blogs.law.harvard.edu/tech/rss", Space::Feed),
    ("cyber.law.harvard.edu/rss", Space::Feed),
    ("rssboard.org/rss", Space::Feed),
    ("w3.org/1999/02/22-rdf-syntax-ns", Space::Feed),
    ("purl.org/dc/elements", Space::Dc),
    ("purl.org/dc/terms", Space::Terms),
    ("purl.org/dc", Space::Dc),
    ("dublincore.org", Space::Dc),
    ("search.yahoo.com/mrss", Space::Media),
    ("video.search.yahoo.com/mrss", Space::Media),
    ("tools.search.yahoo.com/mrss", Space::Media),
    ("rssboard.org/media-rss", Space::Media),
    ("itunes.com/dtds/podcast", Space::Itunes),
    ("example.com/dtds/podcast", Space::Itunes),
    ("purl.org/syndication/history", Space::History),
    ("w3.org/1999/xhtml", Space::Html),
];

const PREFIXES: [(&str, Space); 21] = [
    ("atom", Space::Feed),
    ("atom03", Space::Feed),
    ("atom10", Space::Feed),
    ("a10", Space::Feed),
    ("rss", Space::Feed),
    ("rss1", Space::Feed),
    ("rss10", Space::Feed),
    ("rdf", Space::Feed),
    ("dc", Space::Dc),
    ("dcterms", Space::Terms),
    ("dct", Space::Terms),
    ("terms", Space::Terms),
    ("content", Space::Content),
    ("media", Space::Media),
    ("itunes", Space::Itunes),
    ("sy", Space::Syndication),
    ("syn", Space::Syndication),
    ("fh", Space::History),
    ("xhtml", Space::Html),
    ("html", Space::Html),
    ("h", Space::Html),
];

impl Space {
    /// The vocabulary of a namespace's address; `None` for one that is not known.
    pub(super) fn of_address(address: &str) -> Option<Self> {
        let address = address.trim().to_ascii_lowercase();
        let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        let address = address.strip_prefix("www.").unwrap_or(address);
        let known = SPACES.iter().find(|(start, _)| address.starts_with(start));
        known.map(|(_, space)| *space)
    }

    /// The vocabulary that `prefix` stands for by custom.
    pub(super) fn of_prefix(prefix: &str) -> Option<Self> {
        let known = PREFIXES.iter().find(|(name, _)| name.eq_ignore_ascii_case(prefix));
        known.map(|(_, space)| *space)
    }
}

/// What an element of an entry, or of a feed, holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Title,
    Link,
    Guid,
    Published,
    Updated,
    Summary,
    Content,
    Author,
    Category,
    Language,
    Enclosure,
    Media,
    Group,
}

/// What an element of an entry holds, and how good it is for that: 0 is best, and of two as good
/// the first one counts.
pub(super) fn entry_part(space: Space, name: &str) -> Option<(Part, u8)> {
    use Part::{
        Author, Category, Content, Enclosure, Group, Guid, Language, Link, Media, Published,
        Summary, Title, Updated,
    };
    Some(match (space, name) {
        (Space::Feed, "title") => (Title, 0),
        (Space::Dc | Space::Terms, "title") => (Title, 2),
        (Space::Itunes, "title") => (Title, 3),
        (Space::Media, "title") => (Title, 4),
        (Space::Feed, "link" | "url") => (Link, 0),
        (Space::Feed, "guid" | "id") => (Guid, 0),
        (Space::Dc | Space::Terms, "identifier") => (Guid, 2),
        (Space::Feed, "pubdate" | "published" | "issued") => (Published, 0),
        (Space::Terms, "issued") => (Published, 1),
        (Space::Dc, "date") => (Published, 2),
        (Space::Terms, "date" | "created" | "available") => (Published, 3),
        (Space::Feed, "date" | "created" | "publishdate" | "pub_date" | "pub-date") => {
            (Published, 4)
        }
        (Space::Feed, "updated" | "modified") => (Updated, 0),
        (Space::Terms, "modified") => (Updated, 1),
        (Space::Feed, "lastbuilddate") => (Updated, 2),
        (Space::Feed, "description" | "summary") => (Summary, 0),
        (Space::Dc | Space::Terms, "description" | "abstract") => (Summary, 2),
        (Space::Itunes, "summary") => (Summary, 3),
        (Space::Media, "description") => (Summary, 4),
        (Space::Itunes, "subtitle") => (Summary, 5),
        (Space::Content, "encoded") => (Content, 0),
        (Space::Feed, "content" | "encoded" | "fulltext" | "full-text") => (Content, 1),
        (Space::Feed | Space::Html, "body") => (Content, 2),
        (Space::Feed, "author") | (Space::Dc | Space::Terms, "creator") => (Author, 0),
        (Space::Itunes, "author") => (Author, 1),
        (Space::Feed, "category") | (Space::Dc | Space::Terms, "subject") => (Category, 0),
        (Space::Feed | Space::Dc | Space::Terms, "language") => (Language, 0),
        (Space::Feed, "enclosure") => (Enclosure, 0),
        (Space::Media, "content") => (Media, 0),
        (Space::Media, "group") => (Group, 0),
        _ => return None,
    })
}

/// What an element of a feed holds beside its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeedPart {
    Title,
    Link,
    Language,
    Ttl,
    SkipHours,
    SkipDays,
    UpdatePeriod,
    UpdateFrequency,
    UpdateBase,
    Date,
    Archive,
    Complete,
    Cloud,
    NewUrl,
}

/// What an element of a feed holds, and how good it is for that.
pub(super) fn feed_part(space: Space, name: &str) -> Option<(FeedPart, u8)> {
    Some(match (space, name) {
        (Space::Feed, "title") => (FeedPart::Title, 0),
        (Space::Dc | Space::Terms, "title") => (FeedPart::Title, 2),
        (Space::Itunes | Space::Media, "title") => (FeedPart::Title, 3),
        (Space::Feed, "link") => (FeedPart::Link, 0),
        (Space::Feed, "language") => (FeedPart::Language, 0),
        (Space::Dc | Space::Terms, "language") => (FeedPart::Language, 1),
        (Space::Feed, "ttl") => (FeedPart::Ttl, 0),
        (Space::Feed, "skiphours") => (FeedPart::SkipHours, 0),
        (Space::Feed, "skipdays") => (FeedPart::SkipDays, 0),
        (Space::Syndication, "updateperiod") => (FeedPart::UpdatePeriod, 0),
        (Space::Syndication, "updatefrequency") => (FeedPart::UpdateFrequency, 0),
        (Space::Syndication, "updatebase") => (FeedPart::UpdateBase, 0),
        (Space::Feed, "pubdate" | "lastbuilddate" | "updated" | "modified" | "date") => {
            (FeedPart::Date, 0)
        }
        (Space::Dc, "date") => (FeedPart::Date, 0),
        (Space::History, "archive") => (FeedPart::Archive, 0),
        (Space::History, "complete") => (FeedPart::Complete, 0),
        (Space::Feed, "cloud") => (FeedPart::Cloud, 0),
        (Space::Itunes, "new-feed-url") => (FeedPart::NewUrl, 0),
        _ => return None,
    })
}

/// An element that holds others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Structure {
    /// `rss`, `rdf:RDF`, `feed`.
    Root,
    /// `channel`.
    Channel,
    /// `item`, `entry`.
    Entry,
}

/// What holds what, in any of the vocabularies of feeds.
pub(super) fn structure(name: &str) -> Option<Structure> {
    Some(match name {
        "rss" | "rdf" | "feed" => Structure::Root,
        "channel" => Structure::Channel,
        "item" | "entry" => Structure::Entry,
        _ => return None,
    })
}

/// `prefix:name` apart.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// A name in lower case, without allocating: no name that is known is longer.
pub(super) struct Lower([u8; 24], usize);

impl Lower {
    pub(super) fn new(name: &str) -> Self {
        let mut buffer = [0; 24];
        let length = if name.len() <= buffer.len() { name.len() } else { 0 };
        buffer[..length].copy_from_slice(&name.as_bytes()[..length]);
        buffer.make_ascii_lowercase();
        Self(buffer, length)
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0[..self.1]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_known_in_every_spelling() {
        let check = |address, space| assert_eq!(Space::of_address(address), space, "{address}");
        check("http://www.w3.org/2005/Atom", Some(Space::Feed));
        check("https://www.w3.org/2005/Atom/", Some(Space::Feed));
        check("http://purl.org/atom/ns#", Some(Space::Feed));
        check("http://purl.org/rss/1.0/", Some(Space::Feed));
        check("http://purl.org/rss/1.0/modules/content/", Some(Space::Content));
        check("http://purl.org/rss/1.0/modules/slash/", Some(Space::Other));
        check("http://purl.org/dc/elements/1.1/", Some(Space::Dc));
        check("http://purl.org/dc/terms/", Some(Space::Terms));
        check("HTTP://search.yahoo.com/mrss", Some(Space::Media));
        check("urn:krant", None);
    }

    #[test]
    fn names_are_lowered_without_loss() {
        assert_eq!(Lower::new("pubDate").as_str(), "pubdate");
        assert_eq!(Lower::new(&"x".repeat(25)).as_str(), "");
    }
}
