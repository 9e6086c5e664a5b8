//! RSS, RDF, Atom and JSON Feed documents, well-formed or not.
//!
//! A ladder: unpack, decode, strip, read, ask feed-rs where that gave too little, resolve. There is
//! one way of reading for good documents and broken ones; what is mended on the way is counted. Time and memory are linear in the size
//! of the document, and one broken entry costs that entry at most.

mod bounds; // what a document may grow to
mod channel; // what a document says of itself
mod draft; // an entry while it is read
mod json; // JSON Feed
mod name; // which element holds what
mod open; // open elements, and what is in force in them
pub mod repair; // what had to be mended
mod second; // feed-rs, when ours makes too little of it
mod unpack; // stray compression
mod xml; // RSS, RDF, Atom

use std::borrow::Cow;
use std::collections::HashMap;

use url::Url;

use crate::model::document::Hints;
use crate::model::entry::RawEntry;
use crate::model::time::{Precision, StatedDate};
use crate::parse::feed::bounds::Links;
use crate::parse::feed::repair::{Repair, Repairs};
use crate::parse::feed::xml::Document;
use crate::parse::markup::reference::{is_forbidden, windows_1252};
use crate::parse::{charset, date};

/// More entries than any feed lists; those beyond it are left out.
pub const ENTRIES_MAX: usize = 20_000;

/// A larger document is refused before it is looked at.
pub const BYTES_MAX: usize = 64 << 20;

/// A document as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParsedFeed {
    /// Its own title.
    pub title: Option<String>,
    /// What it says beside its entries.
    pub hints: Hints,
    /// The encoding it was in.
    pub encoding: &'static str,
    /// Its entries, in document order.
    pub entries: Vec<RawEntry>,
    /// It ended within an entry or a tag: there may be more entries, and the last may lack something.
    pub is_cut: bool,
    /// What had to be mended.
    pub repairs: Repairs,
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
    /// It is larger than [`BYTES_MAX`], or unpacks to more than is read of one that does not say that it
    /// is compressed.
    #[error("it is too large")]
    TooLarge,
    /// It is something else, or nothing of it is left.
    #[error("it is not a readable feed: {0}")]
    Unreadable(String),
}

/// Reads a feed document. `url` resolves relative links, and may be empty when nobody knows it;
/// `content_type` is the server's.
pub fn parse(bytes: &[u8], url: &str, content_type: Option<&str>) -> Result<ParsedFeed, Error> {
    if bytes.len() > BYTES_MAX {
        return Err(Error::TooLarge);
    }
    let mut repairs = Repairs::default();
    let body = unpack::unpack(bytes, &mut repairs).ok_or(Error::TooLarge)?;
    let decoded = charset::read(&body, content_type);
    repairs.add_many(Repair::Encoding, usize::from(decoded.is_misdeclared));
    repairs.add_many(Repair::BadBytes, decoded.n_bad);
    let text = unescaped(strip(decoded.text, &mut repairs), &mut repairs);
    let text = text.trim_matches(is_blank);
    if text.is_empty() {
        return Err(Error::Empty);
    }
    let document = second_opinion(read(text, &mut repairs), text, url, &mut repairs)?;
    Ok(finish(document, url, decoded.encoding, (Links::of(text), repairs)))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// The text without what XML forbids. C1 controls are bytes of windows-1252 that were taken for
/// characters on the way.
fn strip<'t>(text: Cow<'t, str>, repairs: &mut Repairs) -> Cow<'t, str> {
    let is_bad = |c: char| is_forbidden(c) || windows_1252(c).is_some();
    // In UTF-8 these bytes are in all of them, and in little else.
    let may_be = |byte: u8| {
        (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || matches!(byte, 0xc2 | 0xef)
    };
    if !text.bytes().any(may_be) {
        return text;
    }
    let n_bad = text.chars().filter(|c| is_bad(*c)).count();
    if n_bad == 0 {
        return text;
    }
    repairs.add_many(Repair::BadCharacter, n_bad);
    let mut stripped = String::with_capacity(text.len());
    stripped
        .extend(text.chars().filter(|c| !is_forbidden(*c)).map(|c| windows_1252(c).unwrap_or(c)));
    stripped.into()
}

/// A document that was escaped as a whole, as on its way through a web page.
fn unescaped<'t>(text: Cow<'t, str>, repairs: &mut Repairs) -> Cow<'t, str> {
    let start = text.trim_start_matches(is_blank);
    if !["&lt;?xml", "&lt;rss", "&lt;feed", "&lt;rdf"].iter().any(|word| start.starts_with(word)) {
        return text;
    }
    repairs.add(Repair::EscapedDocument);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&").into()
}

fn read(text: &str, repairs: &mut Repairs) -> Result<Document, Error> {
    let first = text.find(['<', '{', '[']).map(|at| text.as_bytes()[at]);
    if matches!(first, Some(b'{' | b'['))
        && let Some(document) = json::read(text, repairs)
    {
        return judged(document, text);
    }
    let mut own = repairs.clone();
    let document = xml::read(text, &mut own);
    if document.is_feed || document.first.is_none() || is_page(&document, text) {
        *repairs = own;
        return judged(document, text);
    }
    // The root may be what is broken.
    let mut further = repairs.clone();
    let salvaged = xml::salvage(text, &mut further);
    let is_told = |entry: &RawEntry| entry.title.is_some() && entry.link.is_some();
    if salvaged.entries.iter().any(is_told) {
        further.add(Repair::Salvaged);
        *repairs = further;
        return Ok(salvaged);
    }
    judged(document, text)
}

fn is_page(document: &Document, text: &str) -> bool {
    let names = ["html", "head", "body"];
    let is_one = |name: &String| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    let start = text.get(..200).unwrap_or(text).to_ascii_lowercase();
    document.first.as_ref().is_some_and(is_one)
        || start.contains("<!doctype html")
        || start.contains("<html")
}

/// Asks the second reader where the first finds no feed, or fewer entries than can be seen; the one
/// that finds more is right.
fn second_opinion(
    first: Result<Document, Error>,
    text: &str,
    url: &str,
    repairs: &mut Repairs,
) -> Result<Document, Error> {
    let n_found = match &first {
        Ok(document) => document.entries.len(),
        Err(Error::Unreadable(_)) => 0,
        Err(_) => return first,
    };
    if first.is_ok() && !second::sees_more(text, n_found) {
        return first;
    }
    match second::read(text, url) {
        Some(mut second) if first.is_err() || second.entries.len() > n_found => {
            repairs.add(Repair::SecondReader);
            let known = first.map(|document| document.entries).unwrap_or_default();
            second.entries = merged(known, second.entries);
            Ok(second)
        }
        _ => first,
    }
}

/// What the first reader found, which reads more of each entry, and at its place whatever only the
/// second one did.
fn merged(known: Vec<RawEntry>, second: Vec<RawEntry>) -> Vec<RawEntry> {
    let key = |entry: &RawEntry| {
        let title = || entry.title.as_ref().map(|title| title.content.trim().to_owned());
        entry.link.clone().or_else(|| entry.guid.clone()).or_else(title)
    };
    let places: HashMap<_, _> = known.iter().map(key).zip(0_usize..).collect();
    let mut entries = Vec::new();
    let mut known = known.into_iter();
    let mut n_taken = 0;
    for entry in second {
        if let Some(place) = places.get(&key(&entry)) {
            let n_more = (place + 1).saturating_sub(n_taken);
            entries.extend(known.by_ref().take(n_more));
            n_taken += n_more;
        } else {
            entries.push(entry);
        }
    }
    entries.extend(known);
    entries.truncate(ENTRIES_MAX);
    entries
}

/// A feed, or what it is instead.
fn judged(document: Document, text: &str) -> Result<Document, Error> {
    if document.is_feed {
        // A feed of which only the beginning came is not a feed without entries.
        if (document.is_cut || document.is_unclosed) && document.entries.is_empty() {
            return Err(Error::Unreadable("it is cut off before its first entry".to_owned()));
        }
        return Ok(document);
    }
    if is_page(&document, text) {
        return Err(Error::WebPage);
    }
    Err(match document.first {
        Some(name) => {
            let name: String = name.chars().filter(char::is_ascii).take(40).collect();
            Error::Unreadable(format!("it begins with `<{name}>`"))
        }
        None if text.starts_with(['{', '[']) => Error::Unreadable("no JSON Feed".to_owned()),
        None => Error::Unreadable("it has no elements".to_owned()),
    })
}

fn finish(
    mut document: Document,
    url: &str,
    encoding: &'static str,
    (mut growth, mut repairs): (Links, Repairs),
) -> ParsedFeed {
    settle_zones(&mut document);
    let own = Url::parse(url).ok();
    let mut resolve = |link: &mut String, base: Option<&Url>| {
        if let Some(absolute) = absolute(link, base, &mut growth) {
            *link = absolute;
        }
    };
    let Hints { self_url, home_url, pages, hubs, .. } = &mut document.hints;
    let mut links = vec![self_url, home_url, &mut pages.current, &mut pages.prev_archive];
    links.extend([&mut pages.next_archive, &mut pages.first, &mut pages.previous]);
    links.extend([&mut pages.next, &mut pages.last]);
    for link in links.into_iter().flatten().chain(hubs) {
        resolve(link, own.as_ref());
    }
    // What feed readers do: entries are relative to the site, which may not be where the feed is.
    let home = document.hints.home_url.as_deref().and_then(|home| Url::parse(home).ok());
    let base = home.filter(Url::has_host).or(own);
    for entry in &mut document.entries {
        if let Some(link) = &mut entry.link {
            resolve(link, base.as_ref());
        }
        if entry.link.as_deref().is_some_and(|link| Url::parse(link).is_err()) {
            repairs.add(Repair::RelativeLink);
        }
        for enclosure in &mut entry.enclosures {
            resolve(&mut enclosure.url, base.as_ref());
        }
    }
    let is_nameless = |entry: &&RawEntry| entry.guid.is_none() && entry.link.is_none();
    repairs.add_many(Repair::Nameless, document.entries.iter().filter(is_nameless).count());
    let Document { title, hints, entries, is_cut, .. } = document;
    ParsedFeed { title, hints, encoding, entries, is_cut, repairs }
}

/// A date without a zone is meant as those are that have one, where both show the same time: some
/// feeds repeat the date of their newest or first entry as their own, or that of an entry in another
/// element.
fn settle_zones(document: &mut Document) {
    let is_open = |date: &Option<StatedDate>| {
        date.filter(|date| date.is_zone_assumed && date.precision == Precision::Second)
    };
    let open = |entry: &RawEntry| {
        [is_open(&entry.published), is_open(&entry.updated)].into_iter().flatten()
    };
    let clocks = |entry: &RawEntry| open(entry).map(|date| date.at.to_local());
    let entries = &mut document.entries;
    let Some(newest) = entries.iter().flat_map(clocks).max() else { return };
    let first = entries.iter().flat_map(clocks).next();
    let is_repeated = |entry: &RawEntry| {
        let stated = entry.published_text.as_deref().and_then(date::clock_in_utc);
        clocks(entry).any(|clock| Some(clock) == stated)
    };
    let own = &document.clocks_in_utc;
    // The clock of an entry may by chance show the time of another one in UTC.
    let is_of_first = first.is_some_and(|first| own.contains(&first))
        && !entries.iter().flat_map(open).any(|date| own.contains(&date.at.to_utc()));
    if !own.contains(&newest) && !is_of_first && !entries.iter().any(is_repeated) {
        return;
    }
    for entry in entries {
        for date in [&mut entry.published, &mut entry.updated] {
            *date = is_open(date).map(date::in_utc).or(*date);
        }
    }
}

/// An absolute address for a relative one; `None` when it is absolute already or stays relative.
fn absolute(link: &str, base: Option<&Url>, growth: &mut Links) -> Option<String> {
    if link.is_empty() || Url::parse(link).is_ok() {
        return None;
    }
    if link.starts_with("www.") {
        return Some(format!("https://{link}"));
    }
    match base {
        Some(base) => growth.join(base, link),
        None => link.starts_with("//").then(|| format!("https:{link}")),
    }
}

#[cfg(test)]
mod tests;
