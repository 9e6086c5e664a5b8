//! A second reader, feed-rs, for documents of which ours makes less than there seems to be.
//!
//! It reads strictly, so what it finds is there. It is kept from what it does on its own account:
//! making up GUIDs, cleaning markup, ending the program.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use feed_rs::model as theirs;
use feed_rs::parser::Builder;

use crate::model::document::Hints;
use crate::model::entry::{Enclosure, RawEntry, RawText};
use crate::model::time::{StatedDate, Timestamp};
use crate::parse::date;
use crate::parse::feed::ENTRIES_MAX;
use crate::parse::feed::bounds::Lists;
use crate::parse::feed::draft::is_web;
use crate::parse::feed::xml::Document;

/// It needs many times the size of a document,
const BYTES_MAX: usize = 16 << 20;

/// and most for its elements
const MARKS_MAX: usize = 100_000;

/// and its entries.
const SEEN_MAX: usize = 5_000;

/// Stands for a GUID that the document does not give.
const NO_GUID: &str = "";

/// Dates by their moment: feed-rs hands back moments, we keep their precision.
type Dates = Arc<Mutex<HashMap<i64, StatedDate>>>;

/// Whether more entries can be seen in `text` than were found, and not too many to ask again.
pub(super) fn sees_more(text: &str, n_found: usize) -> bool {
    if text.len() > BYTES_MAX {
        return false;
    }
    let n_seen = n_tags(text, "<item") + n_tags(text, "<entry");
    n_seen > n_found && n_seen <= SEEN_MAX
}

fn n_tags(text: &str, tag: &str) -> usize {
    let bytes = text.as_bytes();
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    memchr::memmem::find_iter(bytes, tag)
        .filter(|at| bytes.get(at + tag.len()).is_some_and(is_end))
        .count()
}

/// Reads `text`; `None` when it is no feed to this reader, or not to be read by it.
pub(super) fn read(text: &str, url: &str) -> Option<Document> {
    let n_marks = || memchr::memchr_iter(b'<', text.as_bytes()).count();
    if text.len() > BYTES_MAX || n_marks() > MARKS_MAX {
        return None;
    }
    let dates = Dates::default();
    let seen = Arc::clone(&dates);
    let parser = Builder::new()
        .base_uri(Some(url).filter(|url| !url.is_empty()))
        .sanitize_content(false)
        .id_generator(|_, _, _| NO_GUID.to_owned())
        .timestamp_parser(move |text| {
            let stated = date::parse(text)?;
            let seconds = stated.at.seconds();
            seen.lock().unwrap_or_else(PoisonError::into_inner).insert(seconds, stated);
            DateTime::<Utc>::from_timestamp(seconds, 0)
        })
        .build();
    // The text is UTF-8 by now; a declaration of something else would have it decoded twice.
    let text =
        text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(text, |x| x.1);
    let feed = catch_unwind(AssertUnwindSafe(|| parser.parse(text.as_bytes()))).ok()?.ok()?;
    let dates = dates.lock().unwrap_or_else(PoisonError::into_inner);
    Some(translate(feed, &dates))
}

fn translate(feed: theirs::Feed, dates: &HashMap<i64, StatedDate>) -> Document {
    let format = feed.feed_type.clone();
    let date = |moment: Option<DateTime<Utc>>| {
        let seconds = moment?.timestamp();
        let exact = StatedDate::exact(Timestamp::from_seconds(seconds));
        Some(dates.get(&seconds).copied().unwrap_or(exact))
    };
    let entries = feed.entries.into_iter().take(ENTRIES_MAX);
    let mut lists = Lists::default();
    let entries = entries.map(|entry| {
        let mut entry = RawEntry {
            published: date(entry.published),
            updated: date(entry.updated).filter(|_| entry.updated != entry.published),
            ..translate_entry(entry, &format)
        };
        lists.trim(&mut entry);
        entry
    });
    Document {
        title: feed.title.map(|title| title.content.trim().to_owned()),
        hints: Hints {
            ttl: feed.ttl.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
            language: feed.language,
            home_url: article_link(&feed.links),
            ..Hints::default()
        },
        entries: entries.collect(),
        clocks_in_utc: Vec::new(),
        is_feed: true,
        first: None,
        is_unclosed: false,
        is_cut: false,
    }
}

fn translate_entry(entry: theirs::Entry, format: &theirs::FeedType) -> RawEntry {
    let is_typed = matches!(format, theirs::FeedType::Atom | theirs::FeedType::JSON);
    let guid = Some(entry.id.trim().to_owned()).filter(|id| id != NO_GUID);
    // RSS has no way to say that a text is plain, and often it is not.
    let text = |text: theirs::Text| RawText {
        is_plain: is_typed && text.content_type.subty() == "plain",
        content: text.content,
    };
    let content = entry.content.and_then(|content| {
        Some(RawText { is_plain: content.content_type.subty() == "plain", content: content.body? })
    });
    RawEntry {
        link: article_link(&entry.links).or_else(|| guid.clone().filter(|guid| is_web(guid))),
        guid,
        title: entry.title.map(text),
        summary: entry.summary.map(text),
        content: content.filter(|content| !content.content.trim().is_empty()),
        authors: entry.authors.into_iter().filter_map(|a| a.name.or(a.email)).collect(),
        categories: entry.categories.into_iter().map(|c| c.label.unwrap_or(c.term)).collect(),
        language: entry.language,
        enclosures: entry.media.into_iter().flat_map(enclosures).collect(),
        ..RawEntry::default()
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
    use proptest::prelude::*;

    use super::*;
    use crate::parse::feed;

    const URL: &str = "https://dijkbode.example/rss";

    #[test]
    fn entries_that_can_be_seen_are_counted() {
        assert!(sees_more("<rss><item><title/></item><item/></rss>", 1));
        assert!(!sees_more("<rss><item><title/></item><items/></rss>", 1));
        assert!(!sees_more(&"<item/>".repeat(SEEN_MAX + 1), 0));
    }

    #[test]
    fn what_the_second_reader_cannot_read_is_none() {
        assert!(read("<rss version='2.0'><channel>", URL).is_none());
        assert!(read("niets", URL).is_none());
    }

    /// Words with what needs escaping, and what does not.
    fn words() -> impl Strategy<Value = String> {
        "[a-z\u{e9}\u{eb}]{1,8}( [a-z&<>\"'0-9]{1,6}){0,5}[a-z]"
    }

    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;")
    }

    fn rss(items: &[(String, u32)]) -> String {
        let item = |(title, n): &(String, u32)| {
            format!(
                "<item><title>{}</title><link>https://dijkbode.example/{n}?a=1&amp;b=2</link>\
                 <guid isPermaLink=\"false\">nr-{n}</guid>\
                 <pubDate>Mon, 14 Feb 2022 10:{:02}:00 +0100</pubDate></item>",
                escaped(title),
                n % 60
            )
        };
        let items: String = items.iter().map(item).collect();
        format!("<rss version=\"2.0\"><channel><title>Dijkbode</title>{items}</channel></rss>")
    }

    fn atom(items: &[(String, u32)]) -> String {
        let entry = |(title, n): &(String, u32)| {
            format!(
                "<entry><title type=\"html\">{}</title><link rel=\"self\" href=\"/s\"/>\
                 <link rel=\"alternate\" href=\"/artikel/{n}\"/><id>urn:nr:{n}</id>\
                 <updated>2022-02-14T10:{:02}:00+01:00</updated></entry>",
                escaped(title),
                n % 60
            )
        };
        let items: String = items.iter().map(entry).collect();
        let head = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Dijkbode</title>";
        format!("{head}<id>urn:dijkbode</id>{items}</feed>")
    }

    proptest! {
        /// Two readers that know nothing of each other, and one document.
        #[test]
        fn on_good_documents_both_readers_agree(
            items in prop::collection::vec((words(), 1_u32..1000), 0..6),
            is_atom in any::<bool>(),
        ) {
            let document = if is_atom { atom(&items) } else { rss(&items) };
            let ours = feed::parse(document.as_bytes(), URL, None).unwrap();
            let theirs = read(&document, URL).unwrap();
            prop_assert!(ours.repairs.is_empty(), "{:?}", ours.repairs);
            prop_assert_eq!(&ours.title, &theirs.title);
            let title = |entry: &RawEntry| entry.title.as_ref().map(|t| t.content.trim().to_owned());
            let facts = |entries: &[RawEntry]| -> Vec<_> {
                let fact = |e: &RawEntry| {
                    (title(e), e.link.clone(), e.guid.clone(), e.published.or(e.updated))
                };
                entries.iter().map(fact).collect()
            };
            prop_assert_eq!(facts(&ours.entries), facts(&theirs.entries));
        }
    }
}
