//! RSS, RDF, Atom and JSON Feed documents, read by feed-rs behind our own types.
//!
//! Around feed-rs: decoding, the junk it refuses, our own dates, no made-up GUIDs, and a fence for
//! its panics. Repairing documents it cannot read is not done here yet.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use feed_rs::model as theirs;

use crate::model::entry::{Enclosure, RawEntry, RawText};
use crate::model::time::{StatedDate, Timestamp};
use crate::parse::{charset, date};

/// More entries than any feed lists; above it feed-rs would need gigabytes.
pub const ENTRIES_MAX: usize = 20_000;

/// Stands for a GUID the document did not give.
const NO_GUID: &str = "";

/// A document as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParsedFeed {
    /// Its own title.
    pub title: Option<String>,
    /// The language it states, as a BCP 47 tag.
    pub language: Option<String>,
    /// How long it asks to be left alone (RSS `ttl`).
    pub ttl: Option<Duration>,
    /// Where it says that older entries are (RFC 5005): its archive, or its next page.
    pub older_url: Option<String>,
    /// The encoding it was in.
    pub encoding: &'static str,
    /// Its entries, in document order.
    pub entries: Vec<RawEntry>,
    /// What was odd about it, one line each.
    pub warnings: Vec<String>,
}

/// Why a document is not a feed, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is a page for people.
    #[error("it is a web page, not a feed")]
    WebPage,
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It lists more than [`ENTRIES_MAX`].
    #[error("it lists more than {ENTRIES_MAX} entries")]
    TooManyEntries,
    /// feed-rs cannot read it.
    #[error("it is not a readable feed: {0}")]
    Unreadable(String),
}

/// Reads a feed document. `url` resolves relative links; `content_type` is the server's.
pub fn parse(bytes: &[u8], url: &str, content_type: Option<&str>) -> Result<ParsedFeed, Error> {
    let (text, encoding) = charset::decode(bytes, content_type);
    let document = without_declaration(text.trim_start_matches(is_junk));
    if document.is_empty() {
        return Err(Error::Empty);
    }
    if is_web_page(document) {
        return Err(Error::WebPage);
    }
    if count_entries(document) > ENTRIES_MAX {
        return Err(Error::TooManyEntries);
    }
    let document = without_illegal(document);
    let dates = Dates::default();
    let feed = guarded(&document, url, &dates)?;
    Ok(translate(feed, encoding, &dates))
}

/// White space, byte order marks and stray text before the document.
fn is_junk(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{feff}'
}

/// The text is UTF-8 by now, so a declaration of another encoding would have it decoded twice.
fn without_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, document)) => document.trim_start_matches(is_junk),
        None => text,
    }
}

fn is_web_page(document: &str) -> bool {
    let start: String = document.chars().take(200).collect::<String>().to_ascii_lowercase();
    let start = start.trim_start();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<head")
}

fn count_entries(document: &str) -> usize {
    let count = |tag: &str| memchr::memmem::find_iter(document.as_bytes(), tag).count();
    count("<item") + count("<entry")
}

/// XML 1.0 section 2.2: no control characters but tab and line ends.
fn without_illegal(document: &str) -> std::borrow::Cow<'_, str> {
    let is_illegal = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    if document.bytes().any(is_illegal) {
        let is_illegal = |c: char| u8::try_from(c).is_ok_and(is_illegal);
        return document.replace(is_illegal, "").into();
    }
    document.into()
}

/// The dates of a document, by their moment: feed-rs hands back moments, we keep their precision.
type Dates = Arc<Mutex<HashMap<i64, StatedDate>>>;

fn guarded(document: &str, url: &str, dates: &Dates) -> Result<theirs::Feed, Error> {
    let seen = Arc::clone(dates);
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(url))
        .sanitize_content(false)
        .id_generator(|_, _, _| NO_GUID.to_owned())
        .timestamp_parser(move |text| {
            let stated = date::parse(text)?;
            let seconds = stated.at.seconds();
            seen.lock().unwrap_or_else(PoisonError::into_inner).insert(seconds, stated);
            DateTime::<Utc>::from_timestamp(seconds, 0)
        })
        .build();
    catch_unwind(AssertUnwindSafe(|| parser.parse(document.as_bytes())))
        .map_err(|_| Error::Unreadable("the parser failed on it".to_owned()))?
        .map_err(|error| Error::Unreadable(error.to_string()))
}

fn translate(feed: theirs::Feed, encoding: &'static str, dates: &Dates) -> ParsedFeed {
    let format = feed.feed_type.clone();
    let dates = dates.lock().unwrap_or_else(PoisonError::into_inner);
    let look_up = |moment: Option<DateTime<Utc>>| {
        let seconds = moment?.timestamp();
        let exact = StatedDate::exact(Timestamp::from_seconds(seconds));
        Some(dates.get(&seconds).copied().unwrap_or(exact))
    };
    let mut warnings = Vec::new();
    let entries: Vec<RawEntry> = feed
        .entries
        .into_iter()
        .map(|entry| RawEntry {
            published: look_up(entry.published),
            updated: look_up(entry.updated).filter(|_| entry.updated != entry.published),
            ..translate_entry(entry, &format)
        })
        .collect();
    let n_bare = entries.iter().filter(|e| e.guid.is_none() && e.link.is_none()).count();
    if n_bare > 0 {
        warnings.push(format!("{n_bare} entries have neither link nor GUID"));
    }
    ParsedFeed {
        title: feed.title.map(|title| title.content.trim().to_owned()),
        language: feed.language,
        older_url: older(&feed.links),
        ttl: feed.ttl.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        encoding,
        entries,
        warnings,
    }
}

fn translate_entry(entry: theirs::Entry, format: &theirs::FeedType) -> RawEntry {
    // RSS has no way to say that a text is plain, and often it is not.
    let is_typed = matches!(format, theirs::FeedType::Atom | theirs::FeedType::JSON);
    let guid = Some(entry.id.trim().to_owned()).filter(|id| id != NO_GUID);
    let text = |text: theirs::Text| RawText {
        is_plain: is_typed && text.content_type.subty() == "plain",
        content: text.content,
    };
    let content = entry.content.and_then(|content| {
        Some(RawText { is_plain: content.content_type.subty() == "plain", content: content.body? })
    });
    RawEntry {
        link: article_link(&entry.links).or_else(|| permalink(guid.as_deref())),
        guid,
        title: entry.title.map(text),
        summary: entry.summary.map(text),
        content: content.filter(|content| !content.content.trim().is_empty()),
        authors: entry.authors.into_iter().filter_map(|a| a.name.or(a.email)).collect(),
        categories: entry.categories.into_iter().map(|c| c.label.unwrap_or(c.term)).collect(),
        published: None,
        updated: None,
        language: entry.language,
        enclosures: entry.media.into_iter().flat_map(enclosures).collect(),
    }
}

/// RFC 4287 section 4.2.7.2: no `rel` means `alternate`. Comments and media are other things.
fn article_link(links: &[theirs::Link]) -> Option<String> {
    let is_article = |link: &&theirs::Link| {
        link.target.is_none() && matches!(link.rel.as_deref(), None | Some("alternate"))
    };
    let is_html = |link: &&theirs::Link| {
        link.media_type.as_deref().is_none_or(|media_type| media_type.contains("html"))
    };
    let link = links.iter().filter(is_article).find(is_html);
    let link = link.or_else(|| links.iter().find(is_article))?;
    Some(link.href.trim().to_owned()).filter(|href| !href.is_empty())
}

/// RFC 5005 sections 3 and 4: an archive does not change while it is read, a page does.
fn older(links: &[theirs::Link]) -> Option<String> {
    let of = |rel: &str| links.iter().find(|link| link.rel.as_deref() == Some(rel));
    let link = of("prev-archive").or_else(|| of("next"))?;
    Some(link.href.trim().to_owned()).filter(|href| !href.is_empty())
}

/// RSS 2.0: a GUID is the article's address unless it says otherwise; only an address can be one.
fn permalink(guid: Option<&str>) -> Option<String> {
    guid.filter(|guid| guid.starts_with("http://") || guid.starts_with("https://"))
        .map(ToOwned::to_owned)
}

fn enclosures(media: theirs::MediaObject) -> impl Iterator<Item = Enclosure> {
    media.content.into_iter().filter_map(|content| {
        Some(Enclosure {
            url: content.url?.to_string(),
            media_type: content.content_type.map(|media_type| media_type.to_string()),
            size_bytes: content.size.filter(|size| *size > 0),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RSS: &str = r#"<?xml version="1.0" encoding="windows-1252"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>De Dijkbode</title><link>https://dijkbode.example/</link><ttl>15</ttl><language>nl-NL</language>
<item><title>Co&#246;rdinatie faalt bij brug</title><link>
   https://dijkbode.example/binnenland/1203001/coordinatie-faalt </link>
 <guid isPermaLink="false">artikel-1203001</guid><dc:creator>Sjoerd van der Meulen</dc:creator>
 <description>&lt;p&gt;De brug &amp;amp; de sluis.&lt;/p&gt;</description>
 <pubDate>ma, 14 feb 2022 10:30:00 +0100</pubDate><category>Binnenland</category>
 <enclosure url="https://dijkbode.example/f.jpg" type="image/jpeg" length="0"/>
 <atom:link rel="related" href="https://dijkbode.example/binnenland/1199999/ouder"/></item>
<item><title>Zonder nummer</title></item>
</channel></rss>"#;

    #[track_caller]
    fn read(document: &str) -> ParsedFeed {
        parse(document.as_bytes(), "https://dijkbode.example/rss", None).unwrap()
    }

    #[test]
    fn an_rss_item_keeps_what_it_says() {
        let feed = read(RSS);
        assert_eq!(feed.ttl, Some(Duration::from_secs(900)));
        let entry = &feed.entries[0];
        assert_eq!(entry.guid.as_deref(), Some("artikel-1203001"));
        assert_eq!(
            entry.link.as_deref(),
            Some("https://dijkbode.example/binnenland/1203001/coordinatie-faalt")
        );
        assert_eq!(entry.authors, ["Sjoerd van der Meulen"]);
        assert_eq!(entry.published.unwrap().to_rfc3339(), "2022-02-14T09:30:00Z");
        assert_eq!(entry.updated, None);
        assert_eq!(entry.enclosures[0].size_bytes, None);
    }

    #[test]
    fn a_missing_guid_is_never_made_up() {
        let feed = read(RSS);
        assert_eq!((&feed.entries[1].guid, &feed.entries[1].link), (&None, &None));
        assert_eq!(feed.warnings, ["1 entries have neither link nor GUID"]);
    }

    #[test]
    fn a_document_in_another_encoding_is_decoded_once() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(
            "<?xml version=\"1.0\" encoding=\"windows-1252\"?><rss version=\"2.0\"><channel>\
             <item><title>Oekraïne, België</title></item></channel></rss>",
        );
        let feed = parse(&bytes, "https://a.example/", None).unwrap();
        assert_eq!(feed.entries[0].title.as_ref().unwrap().content, "Oekraïne, België");
        assert_eq!(feed.encoding, "windows-1252");
    }

    #[test]
    fn atom_links_resolve_and_the_alternate_wins() {
        let feed = read(
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><entry><id>tag:1</id>
            <title type="text">1 &lt; 2</title><link rel="self" href="/self"/>
            <link rel="alternate" type="text/html" href="/artikel/1"/>
            <updated>2022-02-14T10:30:00+01:00</updated></entry></feed>"#,
        );
        let entry = &feed.entries[0];
        assert_eq!(entry.link.as_deref(), Some("https://dijkbode.example/artikel/1"));
        assert!(entry.title.as_ref().unwrap().is_plain);
    }

    #[test]
    fn a_page_nothing_and_nonsense_are_told_apart() {
        let check = |text: &str| parse(text.as_bytes(), "https://a.example/", None).unwrap_err();
        assert_eq!(check("<!DOCTYPE html><html></html>"), Error::WebPage);
        assert_eq!(check("  \n"), Error::Empty);
        assert!(matches!(check("<rss version='2.0'>"), Error::Unreadable(_)));
        assert!(matches!(check("niets"), Error::Unreadable(_)));
        let many = format!("<rss version='2.0'><channel>{}", "<item/>".repeat(ENTRIES_MAX + 1));
        assert_eq!(check(&many), Error::TooManyEntries);
    }

    #[test]
    fn a_panic_in_the_parser_is_fenced() {
        let text =
            "<?xml version=\"1.0\" encoding=\"UTF-16BE\"?><rss version=\"2.0\"><channel/></rss>";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(parse(&bytes, "https://a.example/", None).is_ok());
    }

    proptest! {
        #[test]
        fn a_damaged_feed_is_survived(cut in 0..RSS.len(), byte in any::<u8>()) {
            let mut bytes = RSS.as_bytes().to_vec();
            bytes[cut] = byte;
            let _ = parse(&bytes, "https://a.example/", None);
            let _ = parse(&bytes[..cut], "https://a.example/", None);
        }
    }
}
