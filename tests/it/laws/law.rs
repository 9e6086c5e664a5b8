//! What holds of anything that comes from outside, for whoever makes it up: the tests beside this
//! do, and so do the fuzz targets.

use std::collections::HashSet;

use knipsel::export::opml;
use knipsel::extract::recurring::Recurring;
use knipsel::extract::{self, Rules, Source};
use knipsel::model::feed::Feed;
use knipsel::normalize::entry::normalize;
use knipsel::normalize::{gate, text, url};
use knipsel::parse::feed::ENTRIES_MAX;
use knipsel::parse::{date, discover, mend, subscriptions};
use knipsel::query;
use knipsel::warc::read::Records;

/// Where documents are said to come from.
const URL: &str = "https://dijkbode.example/nieuws/rss?x=1";

/// After so many pages what stands on all of them is known to recur.
const PAGES_SEEN: u32 = 20;

/// Declared entities may add as much to a document.
const ENTITIES_BYTES: usize = 1 << 20;

/// Any bytes as a feed: read twice it says the same, and its entries are no larger than it is.
pub fn feed(bytes: &[u8]) {
    let parse = || knipsel::parse::feed::parse(bytes, URL, None);
    let Ok(feed) = parse() else { return };
    assert_eq!(parse().as_ref(), Ok(&feed), "read twice, it says two things");
    assert!(feed.entries.len() <= ENTRIES_MAX);
    let _ = feed.repairs.lines();
    let mut length = 0;
    for entry in &feed.entries {
        let texts = [&entry.title, &entry.summary, &entry.content];
        length += texts.into_iter().flatten().map(|text| text.content.len()).sum::<usize>();
        let normal = normalize(entry);
        let is_plain = |line: &str| text::squeeze(line) == line;
        assert!(normal.text.split('\n').all(is_plain), "{:?}", normal.text);
        assert!(!normal.text.contains("\n\n\n"), "{:?}", normal.text);
        assert_eq!(text::squeeze(&normal.title), normal.title, "a title is one line");
    }
    if !is_packed(bytes) {
        // A byte of windows-1252 is three of UTF-8 at most, an escaped `<` in markup four.
        assert!(length <= 12 * bytes.len() + ENTITIES_BYTES, "{length} of {}", bytes.len());
    }
}

fn is_packed(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1f, 0x8b, ..] | [0x78, ..] | [0x28, 0xb5, ..])
        || bytes.first().is_some_and(|byte| *byte < b' ')
}

/// Any text as a date: what is read is written so that it is read again.
pub fn date(text: &str) {
    let _ = date::clock_in_utc(text);
    let Some(stated) = date::parse(text) else { return };
    let _ = date::in_utc(stated);
    let written = stated.to_rfc3339();
    // Epochs of nine digits and more reach beyond the years that are read.
    if let Some(again) = date::parse(&written) {
        assert_eq!(again.to_rfc3339(), written, "{text:?}");
    }
}

/// Any text as JSON: what is made of it is JSON, and little more than it was.
pub fn json(text: &str) {
    let mended = mend::json(text);
    assert!(mended.text.len() <= 8 * text.len() + 16);
    if !mended.text.is_empty() {
        let read = serde_json::from_str::<serde_json::Value>(&mended.text);
        assert!(read.is_ok(), "{text:?} -> {}", mended.text);
    }
}

/// Any text as a list of feeds: what is read and written as OPML is read back.
pub fn list(text: &str) {
    let list = subscriptions::read(text);
    assert!(list.feeds.len() + list.warnings.len() <= text.len() + 2);
    let feed = |subscription: &subscriptions::Subscription| {
        let named = || Feed::new(&*subscription.title, &*subscription.url);
        subscription.own.clone().unwrap_or_else(named)
    };
    let feeds: Vec<Feed> = list.feeds.iter().map(feed).collect();
    let addresses = |feeds: &mut dyn Iterator<Item = String>| {
        let mut addresses: Vec<String> = feeds.collect();
        addresses.sort_unstable();
        addresses
    };
    let mut written = Vec::new();
    opml::write(&mut written, &feeds.iter().collect::<Vec<_>>()).expect("memory takes it");
    let again = subscriptions::read(&String::from_utf8(written).expect("OPML is UTF-8"));
    assert_eq!(
        addresses(&mut again.feeds.into_iter().map(|feed| feed.url)),
        addresses(&mut feeds.into_iter().map(|feed| feed.url)),
    );
}

/// Any bytes as a web page: its feeds are a few addresses of the web, each once.
pub fn discover(bytes: &[u8]) {
    let _ = discover::is_page(bytes);
    let page = discover::page(bytes, URL, None);
    let _ = page.announced();
    assert!(page.candidates.len() <= 500);
    let addresses: HashSet<&str> = page.candidates.iter().map(|c| c.url.as_str()).collect();
    assert_eq!(addresses.len(), page.candidates.len(), "each once");
    for candidate in &page.candidates {
        assert!(candidate.url.starts_with("http://") || candidate.url.starts_with("https://"));
        assert!(candidate.url.len() <= 8192 && candidate.title.len() <= 200);
    }
    let mut ranked = page.candidates.clone();
    discover::rank(&mut ranked, URL);
    let once = ranked.clone();
    discover::rank(&mut ranked, URL);
    assert_eq!(ranked, once, "in order is in order");
}

/// Any bytes as an article page: its text is plain lines, and there is none where a wall stands.
pub fn page(bytes: &[u8]) {
    let source = Source { url: URL.to_owned(), ..Source::default() };
    let read = || extract::page(bytes, &source, &Rules::default());
    let Ok(page) = read() else { return };
    assert_eq!(read().as_ref(), Ok(&page), "read twice, it says two things");
    let is_plain = |line: &str| text::squeeze(line) == line;
    assert!(page.text.split('\n').all(is_plain), "{:?}", page.text);
    assert!(!page.text.contains("\n\n\n") && page.text.trim() == page.text, "{:?}", page.text);
    assert!(page.wall.is_none() || page.text.is_empty());
    assert!(page.text.len() <= 12 * bytes.len(), "{} of {}", page.text.len(), bytes.len());
    // Of a copy of the page everything recurs, and so no word of it is taken out.
    let mut copy = page.clone();
    let mut seen = Recurring::default();
    for _ in 0..PAGES_SEEN {
        seen.observe(&page.keys);
    }
    copy.leave_out(&seen.keys());
    assert_eq!(copy.n_words, page.n_words, "{:?}", page.text);
}

/// Any bytes as a WARC file: its records are no larger than it is, and what they hold is unpacked
/// within bounds.
pub fn warc(bytes: &[u8]) {
    let mut length = 0;
    for record in Records::new(bytes).map_while(Result::ok) {
        length += record.block.len();
        assert!(record.payload().len() <= record.block.len());
        let _ = (record.kind(), record.http_status(), record.http_header("Content-Type"));
        if let Ok(document) = record.document() {
            assert!(document.len() <= 64 << 20, "{}", document.len());
        }
    }
    assert!(length <= bytes.len(), "{length} of {}", bytes.len());
}

/// Any text as a search: it is refused within itself, or what it means can be written and read.
pub fn query(text: &str) {
    match query::parse(text) {
        Ok(query) => assert_eq!(query::parse(&query.to_string()), Ok(query), "{text:?}"),
        Err(error) => assert!((1..=text.chars().count() + 1).contains(&error.at), "{text:?}"),
    }
}

/// Any text as an address: the canonical form of a canonical form is itself.
pub fn canonical(text: &str) {
    let _ = (gate::behind(text), url::is_unsafe(text));
    let Some(once) = url::canonical(text) else { return };
    assert_eq!(url::canonical(&once).as_deref(), Some(&*once), "{text:?}");
    assert!(once.starts_with("https://") && !once.contains('#'), "{once}");
    // A character of four bytes is twelve when percent-encoded.
    assert!(once.len() <= 3 * text.len() + 16, "{once}");
    let _ = url::is_home_page(&once);
}
