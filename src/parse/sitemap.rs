//! Sitemaps (sitemaps.org 0.9): indexes of sitemaps, and the news articles that a news sitemap lists
//! (`news:news`: title, language and date of publication).
//!
//! An address without `news:news` says when a page was changed, not when it was published or what it
//! is; it is counted and left out.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use url::Url;

use crate::model::entry::{RawEntry, RawText};
use crate::model::time::StatedDate;
use crate::parse::{charset, date};

/// Addresses of one sitemap, as the protocol has it; what lies beyond is left out.
pub const URLS_MAX: usize = 50_000;

/// Bytes of one sitemap, unpacked, as the protocol has it.
const BYTES_MAX: u64 = 50 << 20;

/// Characters of a text within it; a longer one is cut.
const TEXT_BYTES_MAX: usize = 8192;

/// Elements within each other; deeper ones are no sitemap's.
const DEPTH_MAX: usize = 64;

/// A sitemap as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sitemap {
    /// The sitemaps it points to, when it is an index.
    pub sitemaps: Vec<Child>,
    /// The articles it lists, in its order.
    pub articles: Vec<RawEntry>,
    /// All addresses it lists, of articles or not.
    pub n_urls: usize,
    /// It ended before it should have, or lists more than [`URLS_MAX`]: there may be more.
    pub is_cut: bool,
}

/// A sitemap that an index points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Where it is.
    pub url: String,
    /// When it was last changed, if the index says so.
    pub modified: Option<StatedDate>,
}

/// Why a document is not a sitemap, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It unpacks to too much, or to nothing that can be read.
    #[error("it cannot be unpacked")]
    Packed,
    /// It is something else.
    #[error("it is not a sitemap")]
    Other,
}

/// Reads a sitemap. `url` resolves relative addresses; `content_type` is the server's.
pub fn parse(bytes: &[u8], url: &str, content_type: Option<&str>) -> Result<Sitemap, Error> {
    let unpacked = unpack(bytes)?;
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    let (text, _) = charset::decode(bytes, content_type);
    let mut reader = Reader::from_str(text.trim_start_matches(|c: char| c != '<'));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut document = Document { base: Url::parse(url).ok(), ..Document::default() };
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => document.open(element.local_name().as_ref()),
            Ok(Event::End(element)) => document.close(element.local_name().as_ref()),
            Ok(Event::Text(text)) => document.text(&text.xml10_content()),
            Ok(Event::CData(text)) => document.text(&text.xml10_content()),
            Ok(Event::GeneralRef(entity)) => {
                let name = entity.xml10_content();
                match (entity.resolve_char_ref(), resolve_predefined_entity(&name)) {
                    (Ok(Some(c)), _) => document.text(c.encode_utf8(&mut [0; 4])),
                    (_, Some(text)) => document.text(text),
                    // Not of XML, but titles are read as HTML further on.
                    _ => document.text(&format!("&{name};")),
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                document.sitemap.is_cut = true;
                break;
            }
        }
        if document.sitemap.n_urls + document.sitemap.sitemaps.len() >= URLS_MAX {
            document.sitemap.is_cut = true;
            break;
        }
    }
    document.finish()
}

/// The bytes of a gzip file; `None` when it is none. Servers send `sitemap.xml.gz` as a file, which
/// the HTTP client leaves as it is.
fn unpack(bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(None);
    }
    let mut unpacked = Vec::new();
    let mut limited = MultiGzDecoder::new(bytes).take(BYTES_MAX + 1);
    limited.read_to_end(&mut unpacked).map_err(|_| Error::Packed)?;
    if unpacked.len() as u64 > BYTES_MAX { Err(Error::Packed) } else { Ok(Some(unpacked)) }
}

/// Where in the document we are, and what was read.
#[derive(Default)]
struct Document {
    base: Option<Url>,
    /// Local names of the open elements: publishers choose their own prefixes, some none.
    open: Vec<String>,
    is_sitemap: bool,
    item: Item,
    value: String,
    sitemap: Sitemap,
}

/// One `url` or `sitemap` element.
#[derive(Default)]
struct Item {
    loc: String,
    modified: String,
    has_news: bool,
    title: String,
    language: String,
    published: String,
    keywords: String,
}

impl Document {
    fn open(&mut self, name: &str) {
        self.value.clear();
        match name {
            "urlset" | "sitemapindex" => self.is_sitemap = true,
            "url" | "sitemap" => self.item = Item::default(),
            "news" if self.parent() == Some("url") => self.item.has_news = true,
            _ => {}
        }
        if self.open.len() < DEPTH_MAX {
            self.open.push(name.to_owned());
        }
    }

    fn parent(&self) -> Option<&str> {
        self.open.last().map(String::as_str)
    }

    fn text(&mut self, text: &str) {
        let room = TEXT_BYTES_MAX.saturating_sub(self.value.len());
        let mut end = room.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.value.push_str(&text[..end]);
    }

    fn close(&mut self, name: &str) {
        // An end tag without its start changes nothing; one that was left out is closed with it.
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        self.open.truncate(at);
        let value = std::mem::take(&mut self.value);
        let value = value.trim();
        let field = match (self.parent(), name) {
            (Some("url" | "sitemap"), "loc") => &mut self.item.loc,
            (Some("url" | "sitemap"), "lastmod") => &mut self.item.modified,
            (Some("news"), "title") => &mut self.item.title,
            (Some("news"), "publication_date") => &mut self.item.published,
            (Some("news"), "keywords") => &mut self.item.keywords,
            (Some("news" | "publication"), "language") => &mut self.item.language,
            (_, "url") => return self.close_url(),
            (_, "sitemap") => return self.close_sitemap(),
            _ => return,
        };
        value.clone_into(field);
    }

    fn close_url(&mut self) {
        let item = std::mem::take(&mut self.item);
        let Some(link) = self.absolute(&item.loc) else { return };
        self.sitemap.n_urls += 1;
        if !item.has_news {
            return;
        }
        let keywords = item.keywords.split(',').map(str::trim).filter(|word| !word.is_empty());
        self.sitemap.articles.push(RawEntry {
            link: Some(link),
            title: Some(RawText { content: item.title, is_plain: false }),
            published: date::parse(&item.published),
            updated: date::parse(&item.modified),
            language: Some(item.language).filter(|language| !language.is_empty()),
            categories: keywords.map(str::to_owned).collect(),
            ..RawEntry::default()
        });
    }

    fn close_sitemap(&mut self) {
        let item = std::mem::take(&mut self.item);
        if let Some(url) = self.absolute(&item.loc) {
            self.sitemap.sitemaps.push(Child { url, modified: date::parse(&item.modified) });
        }
    }

    fn absolute(&self, loc: &str) -> Option<String> {
        let url = match &self.base {
            Some(base) => base.join(loc),
            None => Url::parse(loc),
        };
        let url = url.ok().filter(|_| !loc.is_empty())?;
        matches!(url.scheme(), "http" | "https").then(|| url.into())
    }

    fn finish(mut self) -> Result<Sitemap, Error> {
        if !self.is_sitemap {
            return Err(Error::Other);
        }
        self.sitemap.is_cut |= !self.open.is_empty();
        Ok(self.sitemap)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    const URL: &str = "https://dijkbode.example/sitemap/nieuws.xml";

    const NEWS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url>
  <loc> https://dijkbode.example/nieuws/1200001/brug?a=1&amp;b=2 </loc>
  <lastmod>2022-02-14T10:00:00+01:00</lastmod>
  <image:image><image:loc>https://dijkbode.example/brug.jpg</image:loc><image:title>Foto</image:title></image:image>
  <n:news>
    <n:publication><n:name>De Dijkbode</n:name><n:language>nl</n:language></n:publication>
    <n:publication_date>2022-02-14T08:30:00+01:00</n:publication_date>
    <n:title><![CDATA[Brug & sluis]]> weer &lt;i&gt;open&lt;/i&gt; in IJlst &#8211; caf&eacute; dicht</n:title>
    <n:keywords>verkeer, water , </n:keywords>
  </n:news>
</url>
<url><loc>https://dijkbode.example/over-ons</loc><lastmod>2022-01-01</lastmod></url>
<url><loc>mailto:redactie@dijkbode.example</loc><n:news><n:title>Nee</n:title></n:news></url>
<url><loc>/nieuws/1200002/zwembad</loc><n:news><n:publication_date>2022-02-14</n:publication_date><n:title>Zwembad</n:title></n:news></url>
</urlset>"#;

    #[test]
    fn articles_are_those_with_news() {
        let sitemap = parse(NEWS.as_bytes(), URL, None).unwrap();
        assert_eq!((sitemap.n_urls, sitemap.is_cut), (3, false));
        assert!(sitemap.sitemaps.is_empty());
        let [brug, zwembad] = &sitemap.articles[..] else { panic!("{sitemap:?}") };
        assert_eq!(
            brug.link.as_deref(),
            Some("https://dijkbode.example/nieuws/1200001/brug?a=1&b=2")
        );
        let title = &brug.title.as_ref().unwrap().content;
        assert_eq!(title, "Brug & sluis weer <i>open</i> in IJlst – café dicht");
        assert_eq!(brug.published.unwrap().to_rfc3339(), "2022-02-14T07:30:00Z");
        assert_eq!(brug.updated.unwrap().to_rfc3339(), "2022-02-14T09:00:00Z");
        assert_eq!(brug.language.as_deref(), Some("nl"));
        assert_eq!(brug.categories, ["verkeer", "water"]);
        assert_eq!(
            zwembad.link.as_deref(),
            Some("https://dijkbode.example/nieuws/1200002/zwembad")
        );
        assert_eq!(zwembad.published.unwrap().to_rfc3339(), "2022-02-14");
    }

    #[test]
    fn an_index_points_to_sitemaps() {
        let index = "<sitemapindex><sitemap><loc>https://dijkbode.example/1.xml</loc>\
            <lastmod>2022-02-14T09:00:00Z</lastmod></sitemap><sitemap><loc>2.xml.gz</loc></sitemap>\
            <sitemap><loc></loc></sitemap></sitemapindex>";
        let sitemap = parse(index.as_bytes(), URL, None).unwrap();
        let urls: Vec<_> = sitemap.sitemaps.iter().map(|child| child.url.as_str()).collect();
        let expected =
            ["https://dijkbode.example/1.xml", "https://dijkbode.example/sitemap/2.xml.gz"];
        assert_eq!(urls, expected);
        assert_eq!(sitemap.sitemaps[0].modified.unwrap().to_rfc3339(), "2022-02-14T09:00:00Z");
        assert_eq!(sitemap.sitemaps[1].modified, None);
    }

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_packed_sitemap_is_unpacked_within_its_limit() {
        let sitemap = parse(&packed(NEWS.as_bytes()), URL, Some("application/gzip")).unwrap();
        assert_eq!(sitemap.articles.len(), 2);
        let bomb = packed(&vec![b' '; usize::try_from(BYTES_MAX).unwrap() + 1]);
        assert_eq!(parse(&bomb, URL, None), Err(Error::Packed));
        assert_eq!(parse(&packed(NEWS.as_bytes())[..200], URL, None), Err(Error::Packed));
    }

    #[test]
    fn what_is_cut_off_keeps_what_came_before() {
        let cut = NEWS.find("<url><loc>/nieuws").unwrap() + 30;
        let sitemap = parse(&NEWS.as_bytes()[..cut], URL, None).unwrap();
        assert_eq!((sitemap.articles.len(), sitemap.is_cut), (1, true));
    }

    #[test]
    fn more_addresses_than_the_protocol_allows_are_left_out() {
        let one = "<url><loc>https://dijkbode.example/a</loc></url>";
        let text = format!("<urlset>{}</urlset>", one.repeat(URLS_MAX + 10));
        let sitemap = parse(text.as_bytes(), URL, None).unwrap();
        assert_eq!((sitemap.n_urls, sitemap.is_cut), (URLS_MAX, true));
    }

    #[test]
    fn other_documents_are_no_sitemaps() {
        for text in ["", "geen", "<html><body>404</body></html>", "<rss><channel/></rss>", "{}"] {
            assert_eq!(parse(text.as_bytes(), URL, None), Err(Error::Other), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0..NEWS.len()) {
            let _ = parse(&bytes, URL, None);
            let mut mixed = NEWS.as_bytes()[..cut].to_vec();
            mixed.extend(bytes);
            let _ = parse(&mixed, URL, None);
        }
    }
}
