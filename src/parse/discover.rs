//! Where the feeds of a web page may be: what it announces, what it links to, and where feeds
//! usually are.
//!
//! It does not fetch, so it cannot know which of these are feeds; [`crate::discover`] finds out.

pub mod guess;

mod rank;
mod words;

use std::collections::HashSet;
use std::ops::ControlFlow;

use html5ever::tokenizer::Tag;
use url::Url;

use crate::parse::charset;
use crate::parse::tags::{self, Markup, Piece, attribute};

/// Candidates that one page can give.
const CANDIDATES_MAX: usize = 500;

/// Feeds of a page that are named in one line.
const ANNOUNCED_MAX: usize = 3;

/// Of the text of a link, enough to see what it is.
const LABEL_BYTES_MAX: usize = 200;

/// Longer addresses are of no use: servers rarely take more (RFC 9110 section 4.1).
const URL_BYTES_MAX: usize = 8192;

/// What a web page says of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its `title`.
    pub title: String,
    /// What may be feeds, in document order, each once.
    pub candidates: Vec<Candidate>,
}

impl Page {
    /// The first feeds that it announces, in a few words for an error; nothing without any.
    pub fn announced(&self) -> String {
        let announced = self.candidates.iter().filter(|c| c.source == Source::Announced);
        let urls: Vec<&str> = announced.take(ANNOUNCED_MAX).map(|c| c.url.as_str()).collect();
        if urls.is_empty() { String::new() } else { format!("; it links to {}", urls.join(" ")) }
    }
}

/// An address that may be a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where; `http` or `https`.
    pub url: String,
    /// What the page calls it; empty when it does not say.
    pub title: String,
    /// Why it may be one.
    pub source: Source,
}

/// Why an address may be a feed; the better reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The page has a `link rel=alternate` to it.
    Announced,
    /// The catalogue has it.
    Known,
    /// A visible link has the address of a feed.
    Linked,
    /// A visible link speaks of feeds.
    Mentioned,
    /// `robots.txt` lists it.
    Listed,
    /// Feeds are often there.
    Guessed,
}

impl Source {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Announced => "announced",
            Self::Linked => "linked",
            Self::Mentioned => "mentioned",
            Self::Listed => "listed",
            Self::Guessed => "guessed",
        }
    }
}

impl Candidate {
    /// Whether it has what readers write, and not what the page is about.
    pub fn is_comments(&self) -> bool {
        words::of(&self.title).chain(words::of_path(&self.url)).any(|word| {
            // Not `commentaar`, which is a leader.
            matches!(
                word.as_str(),
                "comments"
                    | "comment"
                    | "reacties"
                    | "reactie"
                    | "replies"
                    | "kommentar"
                    | "kommentare"
            )
        })
    }

    /// How many segments of the path of `page_url` its address has as well: `/sport/` and
    /// `/rss/sport.xml` share one.
    pub fn n_shared_segments(&self, page_url: &str) -> usize {
        rank::n_shared(page_url, &self.url)
    }
}

/// Reads the page that was found at `url`.
pub fn page(bytes: &[u8], url: &str, content_type: Option<&str>) -> Page {
    let Ok(url) = Url::parse(url) else { return Page::default() };
    let (text, _) = charset::decode(bytes, content_type);
    let mut reading = Reading::default();
    tags::read(&text, Markup::Html, |piece, _| {
        reading.take(piece);
        ControlFlow::Continue(())
    });
    reading.end_link();
    let base = reading.base.as_deref().and_then(|base| url.join(base).ok());
    Page {
        candidates: resolved(reading.links, base.as_ref().unwrap_or(&url), &url),
        title: squeezed(&reading.title),
    }
}

/// The better ones first; `page_url` is where somebody wants the feeds of.
pub fn rank(candidates: &mut [Candidate], page_url: &str) {
    candidates.sort_by_cached_key(|candidate| rank::of(candidate, page_url));
}

/// Whether `document` is a page for people, whatever comes before its first tag.
pub fn is_page(document: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&document[..document.len().min(4096)]);
    let start = start.to_ascii_lowercase();
    let has_feed = ["<rss", "<feed", "<rdf:rdf"].iter().any(|tag| start.contains(tag));
    !has_feed && ["<html", "<head", "<body", "<!doctype html"].iter().any(|tag| start.contains(tag))
}

fn resolved(links: Vec<Link>, base: &Url, page_url: &Url) -> Vec<Candidate> {
    let mut seen = HashSet::new();
    let mut candidates = Vec::new();
    for link in links {
        let Some(url) = resolve(&link.href, base).filter(|url| !is_same(url, page_url)) else {
            continue;
        };
        let Some(source) = link.source(&url) else { continue };
        if seen.insert(String::from(url.clone())) && candidates.len() < CANDIDATES_MAX {
            let title = squeezed(&link.label);
            candidates.push(Candidate { url: url.into(), title, source });
        }
    }
    candidates
}

/// `feed:` stands before an address or in place of its scheme.
fn resolve(href: &str, base: &Url) -> Option<Url> {
    let href = href.trim();
    let plain = href.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("feed:"));
    let href = match plain.map(|_| href[5..].trim_start_matches('/')) {
        Some(rest) if rest.starts_with("http") => rest.to_owned(),
        Some(rest) => format!("https://{rest}"),
        None => href.to_owned(),
    };
    let mut url = base.join(&href).ok()?;
    url.set_fragment(None);
    let is_usable = matches!(url.scheme(), "http" | "https") && url.as_str().len() <= URL_BYTES_MAX;
    is_usable.then_some(url)
}

fn is_same(url: &Url, page_url: &Url) -> bool {
    let mut page_url = page_url.clone();
    page_url.set_fragment(None);
    *url == page_url
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A link of the page that may lead to a feed.
#[derive(Debug, Default)]
struct Link {
    href: String,
    /// What is written on it.
    label: String,
    /// What its attributes say of it besides.
    hints: String,
    kind: Kind,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Visible.
    #[default]
    Anchor,
    /// `link` with the type of a feed.
    Typed,
    /// `link` without a type, or with one that other things have as well.
    Untyped,
    /// `meta` that sends browsers on: the feeds may be on that page.
    Refresh,
}

impl Link {
    /// Why the link may lead to a feed, if anything says so.
    fn source(&self, url: &Url) -> Option<Source> {
        let has_address = words::is_feed_address(url);
        let speaks_of_it =
            || words::speak_of_feeds(&self.label) || words::speak_of_feeds(&self.hints);
        match self.kind {
            Kind::Typed => Some(Source::Announced),
            Kind::Untyped => (has_address || speaks_of_it()).then_some(Source::Announced),
            Kind::Refresh => Some(Source::Mentioned),
            Kind::Anchor if words::is_file(url) => None,
            Kind::Anchor if has_address => Some(Source::Linked),
            Kind::Anchor => speaks_of_it().then_some(Source::Mentioned),
        }
    }
}

#[derive(Debug, Default)]
struct Reading {
    title: String,
    is_in_title: bool,
    has_title: bool,
    base: Option<String>,
    links: Vec<Link>,
    open: Option<Link>,
}

impl Reading {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open(tag),
            Piece::Close("a") => self.end_link(),
            Piece::Close("title") => {
                self.has_title |= self.is_in_title;
                self.is_in_title = false;
            }
            Piece::Close(_) => {}
            Piece::Text(text) if self.is_in_title => push(&mut self.title, text),
            Piece::Text(text) => {
                if let Some(link) = &mut self.open {
                    push(&mut link.label, text);
                }
            }
        }
    }

    fn open(&mut self, tag: &Tag) {
        match &*tag.name {
            // Drawings have titles as well, further down.
            "title" => self.is_in_title = !self.has_title,
            "base" if self.base.is_none() => {
                self.base = attribute(tag, "href").map(str::to_owned);
            }
            "link" => {
                let link = announced(tag);
                self.push(link);
            }
            "meta" => {
                let link = refresh(tag);
                self.push(link);
            }
            "a" | "area" => {
                self.end_link();
                self.open = anchor(tag);
            }
            "img" | "svg" | "i" | "span" | "use" => {
                if let Some(link) = &mut self.open {
                    push_attributes(&mut link.hints, tag, &["alt", "class", "title", "href"]);
                }
            }
            _ => {}
        }
    }

    fn end_link(&mut self) {
        let link = self.open.take();
        self.push(link);
    }

    /// Keeps what can lead to a feed; most links of a page are articles.
    fn push(&mut self, link: Option<Link>) {
        let is_likely = |link: &Link| {
            matches!(link.kind, Kind::Typed | Kind::Refresh)
                || [&link.href, &link.label, &link.hints].iter().any(|text| words::hint(text))
        };
        if let Some(link) = link.filter(is_likely)
            && self.links.len() < 4 * CANDIDATES_MAX
        {
            self.links.push(link);
        }
    }
}

fn push(text: &mut String, more: &str) {
    let left = LABEL_BYTES_MAX.saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(left)]);
}

fn push_attributes(text: &mut String, tag: &Tag, names: &[&str]) {
    for value in names.iter().filter_map(|name| attribute(tag, name)) {
        push(text, value);
        push(text, " ");
    }
}

fn anchor(tag: &Tag) -> Option<Link> {
    let href = attribute(tag, "href")?.to_owned();
    let mut hints = String::new();
    push_attributes(&mut hints, tag, &["title", "aria-label", "type", "rel", "class", "id"]);
    Some(Link { href, hints, ..Link::default() })
}

/// `<meta http-equiv="refresh" content="0; url=/nieuws">` (HTML Standard section 4.2.5.3).
fn refresh(tag: &Tag) -> Option<Link> {
    attribute(tag, "http-equiv").filter(|name| name.eq_ignore_ascii_case("refresh"))?;
    let (_, target) = attribute(tag, "content")?.split_once([';', ','])?;
    let target = target.trim_start();
    let href = match target.get(..3) {
        Some(key) if key.eq_ignore_ascii_case("url") => {
            target[3..].trim_start().strip_prefix('=').unwrap_or(target)
        }
        _ => target,
    };
    let href = href.trim().trim_matches(['"', '\'']).to_owned();
    Some(Link { href, kind: Kind::Refresh, ..Link::default() })
}

/// A `link` that stands for the page in another form, which may be a feed.
fn announced(tag: &Tag) -> Option<Link> {
    let rel = attribute(tag, "rel").unwrap_or_default().to_ascii_lowercase();
    let has = |word: &str| rel.split_ascii_whitespace().any(|found| found == word);
    if has("stylesheet") || !(has("alternate") || has("feed")) {
        return None;
    }
    let kind =
        match attribute(tag, "type").map(media_type).as_deref() {
            Some(kind) if is_feed_type(kind) => Kind::Typed,
            None | Some("" | "text/xml" | "application/xml" | "application/json") => {
                if has("feed") { Kind::Typed } else { Kind::Untyped }
            }
            Some(_) => return None,
        };
    // Translations and other devices are stated the same way.
    let is_other = ["hreflang", "media"].iter().any(|name| attribute(tag, name).is_some());
    if kind == Kind::Untyped && is_other && attribute(tag, "type").is_none() {
        return None;
    }
    let href = attribute(tag, "href")?.to_owned();
    let label = attribute(tag, "title").unwrap_or_default();
    let label = label[..label.floor_char_boundary(LABEL_BYTES_MAX)].to_owned();
    Some(Link { href, label, hints: String::new(), kind })
}

fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The registered types, and those that are written in their place.
fn is_feed_type(media_type: &str) -> bool {
    let Some((_, kind)) = media_type.split_once('/') else { return false };
    matches!(
        kind.trim_start_matches("x-").trim_start_matches("x."),
        "rss+xml" | "rss" | "atom+xml" | "atom" | "rdf+xml" | "rdf" | "feed+json"
    )
}

#[cfg(test)]
mod tests;
