//! OPML 1.0 and 2.0: the lists in which feed readers exchange subscriptions.
//!
//! Reads what real programs write, well-formed or not; it does not judge whether a URL is a feed.

use std::ops::ControlFlow;

use html5ever::tokenizer::Tag;

use crate::model::feed::{ArticleIdPattern, Feed, Fulltext, Revisit};
use crate::model::page::PageRules;
use crate::parse::subscriptions::Subscription;
use crate::parse::tags::{self, End, Markup, Piece, attribute};

/// Folders around a feed that become its tags; nobody nests deeper.
const DEPTH_MAX: usize = 16;

/// Categories of one feed.
const CATEGORIES_MAX: usize = 64;

/// The subscriptions in `text`, and what had to be left out.
///
/// Broken markup costs only itself.
pub fn parse(text: &str) -> (Vec<Subscription>, Vec<String>) {
    let mut reading = Reading::default();
    let text = text.trim_start_matches('\u{feff}');
    let end = tags::read(text, Markup::Xml, |piece, line| {
        match piece {
            Piece::Open(tag) if &*tag.name == "outline" => reading.open(tag, line),
            Piece::Close("outline") => {
                reading.folders.pop();
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    let Reading { feeds, mut warnings, folders, has_outline } = reading;
    if end == End::InTag {
        warnings.push("the document ends within a tag; it may be cut off".to_owned());
    } else if !folders.is_empty() {
        warnings.push("the document ends within an outline; it may be cut off".to_owned());
    }
    if !has_outline {
        warnings.push("there is no outline in it; is it OPML?".to_owned());
    }
    (feeds, warnings)
}

#[derive(Default)]
struct Reading {
    feeds: Vec<Subscription>,
    warnings: Vec<String>,
    /// The names of the outlines that are open; a subscription gives none.
    folders: Vec<Option<String>>,
    has_outline: bool,
}

impl Reading {
    fn open(&mut self, tag: &Tag, line: u64) {
        self.has_outline = true;
        let outline = Outline(tag);
        let is_folder = outline.url().is_empty();
        if !tag.self_closing {
            let name = outline.name();
            self.folders.push((is_folder && !name.is_empty()).then_some(name));
        }
        match outline.obstacle() {
            Some(reason) => {
                let name = outline.name();
                let name = if name.is_empty() { "an outline" } else { &format!("`{name}`") };
                self.warnings.push(format!("line {line}: {name} {reason}; left out"));
            }
            None if !is_folder => self.feeds.push(outline.subscription(&self.folders)),
            None => {}
        }
    }
}

struct Outline<'t>(&'t Tag);

impl Outline<'_> {
    /// An attribute, runs of white space made one space (XML 1.0 section 3.3.3).
    fn text(&self, name: &str) -> String {
        let value = attribute(self.0, name).unwrap_or_default();
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn name(&self) -> String {
        let title = self.text("title");
        if title.is_empty() { self.text("text") } else { title }
    }

    fn kind(&self) -> String {
        self.text("type").to_ascii_lowercase()
    }

    /// `xmlUrl`, or the `url` that some write in its place.
    fn url(&self) -> String {
        let url = self.text("xmlurl");
        if url.is_empty() && matches!(&*self.kind(), "rss" | "atom" | "feed") {
            return self.text("url");
        }
        url
    }

    /// Why this is no feed, though it is more than a folder.
    fn obstacle(&self) -> Option<&'static str> {
        let kind = self.kind();
        if kind.contains("xpath") || kind.contains("dotnotation") {
            return Some("is a page that its reader takes apart, and no feed");
        }
        if !self.url().is_empty() {
            return None;
        }
        let has = |name: &str| attribute(self.0, name).is_some_and(|value| !value.is_empty());
        if kind == "include" || has("frss:opmlurl") || has("opmlurl") {
            return Some("is another list, which is not fetched");
        }
        self.0.self_closing.then_some("has no `xmlUrl`")
    }

    fn subscription(&self, folders: &[Option<String>]) -> Subscription {
        let mut tags: Vec<String> = Vec::new();
        let innermost = &folders[folders.len().saturating_sub(DEPTH_MAX)..];
        for tag in innermost.iter().flatten().cloned().chain(self.categories()) {
            if !tag.is_empty() && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Subscription { title: self.name(), url: self.url(), tags, own: self.own() }
    }

    fn categories(&self) -> Vec<String> {
        let categories = self.text("category");
        let words = categories.split(',').map(|word| word.trim().trim_matches('/'));
        words.filter(|word| !word.is_empty()).take(CATEGORIES_MAX).map(str::to_owned).collect()
    }

    /// The feed as knipsel itself wrote it.
    fn own(&self) -> Option<Feed> {
        let exact = |name: &str| attribute(self.0, name).map(str::to_owned);
        let name = exact("knipsel:name").filter(|name| !name.is_empty())?;
        let tags = exact("knipsel:tags").and_then(|tags| serde_json::from_str(&tags).ok());
        let is = |name: &str, value: &str| attribute(self.0, name) == Some(value);
        Some(Feed {
            name,
            url: self.url(),
            outlet: exact("knipsel:outlet"),
            section: exact("knipsel:section"),
            tags: tags.unwrap_or_else(|| self.categories()),
            language: exact("language"),
            country: exact("knipsel:country"),
            is_paused: is("knipsel:paused", "true"),
            fulltext: if is("knipsel:fulltext", "off") { Fulltext::Off } else { Fulltext::Auto },
            revisit: attribute(self.0, "knipsel:revisit")
                .and_then(Revisit::from_word)
                .unwrap_or(Revisit::News),
            article_id: exact("knipsel:articleid")
                .and_then(|pattern| ArticleIdPattern::new(&pattern).ok()),
            user_agent: exact("knipsel:useragent"),
            site: exact("knipsel:site"),
            sitemap: exact("knipsel:sitemap"),
            pages: PageRules::default(),
            replaces: exact("knipsel:replaces")
                .and_then(|urls| serde_json::from_str(&urls).ok())
                .unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(title: &str, url: &str, tags: &[&str]) -> Subscription {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Subscription { title: title.to_owned(), url: url.to_owned(), tags, own: None }
    }

    #[track_caller]
    fn check(text: &str, feeds: &[Subscription], warnings: &[&str]) {
        let (found, found_warnings) = parse(text);
        assert_eq!(found, feeds);
        assert_eq!(found_warnings, warnings);
    }

    #[test]
    fn nested_outlines_become_tags() {
        check(
            r#"<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
            <outline text="Nieuws"><outline text="Regio" title="Regionaal">
            <outline type="rss" text="Oost" xmlUrl="https://www.oost.nl/rss/index.xml"/></outline>
            <outline text="NOS" xmlUrl="https://feeds.nos.nl/nosnieuwsalgemeen"></outline></outline>
            <outline text="Los" xmlUrl="https://los.example/feed" category="/Nieuws,x"/>
            </body></opml>"#,
            &[
                feed("Oost", "https://www.oost.nl/rss/index.xml", &["Nieuws", "Regionaal"]),
                feed("NOS", "https://feeds.nos.nl/nosnieuwsalgemeen", &["Nieuws"]),
                feed("Los", "https://los.example/feed", &["Nieuws", "x"]),
            ],
            &[],
        );
    }

    #[test]
    fn names_of_elements_and_attributes_match_in_any_case() {
        check(
            r#"<OPML><BODY><Outline TEXT="a" XMLURL="https://a.example/"/>
            <outline title=b xmlurl='https://b.example/'/></BODY></OPML>"#,
            &[feed("a", "https://a.example/", &[]), feed("b", "https://b.example/", &[])],
            &[],
        );
    }

    #[test]
    fn entities_nobody_declared_and_stray_ampersands_are_tolerated() {
        check(
            r#"<opml><body><outline xmlUrl="https://a.example/?x=1&y=2&amp;z=3&copy=4"/>
            <outline text="B&W &eacute; &#233; &nergens;" xmlUrl="https://b.example/"/> & </body></opml>"#,
            &[
                feed("", "https://a.example/?x=1&y=2&z=3&copy=4", &[]),
                feed("B&W é é &nergens;", "https://b.example/", &[]),
            ],
            &[],
        );
    }

    #[test]
    fn a_broken_outline_costs_itself_only() {
        check(
            "<outline text=\"De \"beste\" krant\" xmlUrl=\"https://a.example/\"/>\n\
             <outline text='1 < 2' xmlUrl='https://b.example/'/>\n\
             <outline text='b\" xmlUrl='https://c.example/'/>\n<outline xmlUrl='https://d.example/'/>",
            &[
                feed("De", "https://a.example/", &[]),
                feed("1 < 2", "https://b.example/", &[]),
                feed("", "https://d.example/", &[]),
            ],
            &["line 3: `b\" xmlUrl=` has no `xmlUrl`; left out"],
        );
    }

    #[test]
    fn a_document_that_is_cut_off_is_known() {
        check(
            "<opml><body><outline xmlUrl='https://a.example/'/>\n<outline text='b\" xmlUrl=",
            &[feed("", "https://a.example/", &[])],
            &["the document ends within a tag; it may be cut off"],
        );
        check(
            "<opml><body><outline text='f'><outline xmlUrl='https://a.example/'/>",
            &[feed("", "https://a.example/", &["f"])],
            &["the document ends within an outline; it may be cut off"],
        );
    }

    #[test]
    fn what_is_not_a_subscription_is_reported() {
        check("<html><body>hallo</body></html>", &[], &["there is no outline in it; is it OPML?"]);
        check(
            "<opml>\n<outline text='only words'/></opml>",
            &[],
            &["line 2: `only words` has no `xmlUrl`; left out"],
        );
        check(
            "<outline xmlUrl='https://a.example/'/></outline></outline>",
            &[feed("", "https://a.example/", &[])],
            &[],
        );
        check(
            "<outline text='Lijst' type='include' url='https://a.example/x.opml'/>
             <outline text='Map' frss:opmlUrl='https://a.example/y.opml'></outline>
             <outline text='Pagina' type='HTML+XPath' xmlUrl='https://a.example/' frss:xPathItem='//p'/>
             <outline text='Oud' type='rss' url='https://a.example/oud.xml'/>",
            &[feed("Oud", "https://a.example/oud.xml", &[])],
            &[
                "line 1: `Lijst` is another list, which is not fetched; left out",
                "line 2: `Map` is another list, which is not fetched; left out",
                "line 3: `Pagina` is a page that its reader takes apart, and no feed; left out",
            ],
        );
    }

    #[test]
    fn folders_without_number_cost_no_more_than_their_size() {
        let deep = "<outline text='f'>".repeat(20_000);
        let (feeds, _) =
            parse(&format!("{deep}{}", "<outline xmlUrl='https://a.example/'/>".repeat(2000)));
        assert_eq!(feeds.len(), 2000);
        assert_eq!(feeds[0].tags, ["f"]);
    }
}
