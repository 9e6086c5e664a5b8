//! The feeds as documents: a function of the outlet, the feed and the scene alone.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::time::Timestamp;
use crate::press::edition::{self, MOVE, Trouble};
use crate::press::outlets::{Channel, Links, Outlet};
use crate::press::page;
use crate::press::render::{self, Item, Sheet};
use crate::press::stories::{self, Story};

/// The longest slug in a link.
const SLUG_CHARS_MAX: usize = 60;

/// All newsrooms of the press, on one address, on one day.
#[derive(Debug, Clone)]
pub struct Newsroom {
    start: Timestamp,
    base: String,
}

/// Something to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes, in the encoding it declares.
    pub body: Vec<u8>,
    /// When it last changed; `None` for what has no validators.
    pub modified: Option<Timestamp>,
}

impl Newsroom {
    /// The press at `base` (`http://127.0.0.1:8080`), on a day that begins at `start`. The first
    /// scene is at `start`, each next one a minute later; some stories date from February 2022, so
    /// `start` should be later than that.
    pub fn new(start: Timestamp, base: impl Into<String>) -> Self {
        Self { start, base: base.into() }
    }

    /// The address of the press.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The document of a feed in `scene`, for as far as it can be reached.
    pub fn document(&self, outlet: &'static Outlet, channel: &Channel, scene: u32) -> Document {
        let (media_type, mut body) = render::feed(&self.sheet(outlet, channel, scene));
        match edition::trouble(channel, scene) {
            Some(Trouble::ErrorPage) => Document {
                media_type: "text/html; charset=utf-8",
                body: page::sorry("De server is overbelast. Probeer het later nog eens.").into(),
                modified: None,
            },
            Some(Trouble::Truncated) => {
                body.truncate(middle_of_first_item(&body));
                Document { media_type, body, modified: None }
            }
            Some(Trouble::Outage) | None => {
                Document { media_type, body, modified: Some(self.modified(outlet, scene)) }
            }
        }
    }

    fn sheet(&self, outlet: &'static Outlet, channel: &Channel, scene: u32) -> Sheet {
        let stories = edition::window(outlet, channel, scene);
        let has_moved = channel.name == MOVE.channel && scene >= MOVE.scene;
        let path = if has_moved { MOVE.to } else { channel.path };
        let query = link_query(channel);
        let items = stories
            .into_iter()
            .map(|story| {
                let mut item = self.item(outlet, story, scene);
                item.link.push_str(&query);
                item
            })
            .collect();
        Sheet {
            outlet,
            title: format!("{} - {}", outlet.name, channel.section.unwrap_or("Nieuws")),
            home: format!("{}/{}/", self.base, outlet.slug),
            url: format!("{}{path}", self.base),
            modified: self.modified(outlet, scene),
            items,
        }
    }

    /// When something of `outlet` last changed: a story came, was edited or went.
    pub(super) fn modified(&self, outlet: &Outlet, scene: u32) -> Timestamp {
        let edits = stories::of(outlet).iter().filter_map(|story| story.edit_by(scene));
        let scenes = stories::of(outlet)
            .iter()
            .flat_map(|story| [Some(story.scene), story.withdrawn])
            .flatten()
            .chain(edits.map(|edit| edit.scene))
            .filter(|when| *when <= scene);
        stories::scene_time(self.start, scenes.max().unwrap_or_default())
    }

    /// `story` as an item of a feed or a list.
    pub(super) fn item(&self, outlet: &Outlet, story: &Story, scene: u32) -> Item {
        let related = story.related.as_deref().and_then(|id| stories::find(outlet, id));
        let mut categories = vec![story.section.clone()];
        categories.extend(story.tags.iter().cloned());
        Item {
            guid: outlet.guid.replace("{id}", &story.id),
            link: self.link(outlet, story, scene),
            title: story.headline(scene).to_owned(),
            author: story.author.clone(),
            summary: story.summary(),
            html: render::html(&story.blocks(scene)),
            categories,
            published: story.published(self.start),
            modified: story.modified(self.start, scene),
            image: format!("{}/{}/beeld/{}_sq256.png", self.base, outlet.slug, story.id),
            related: related
                .map(|other| (self.link(outlet, other, scene), other.headline(scene).to_owned())),
        }
    }

    /// The slug follows the headline; only the id in it stays.
    fn link(&self, outlet: &Outlet, story: &Story, scene: u32) -> String {
        let path = outlet
            .link
            .replace("{section}", &slug(&story.section))
            .replace("{id}", &story.id)
            .replace("{slug}", &slug(story.headline(scene)));
        format!("{}{path}", self.base)
    }
}

/// What is added to the links of `channel`.
fn link_query(channel: &Channel) -> String {
    match channel.links {
        Links::Plain => String::new(),
        Links::Tagged => {
            let medium = channel.section.unwrap_or("nieuws").to_lowercase();
            format!("?utm_source=rss&utm_medium={medium}&utm_campaign=lezers")
        }
    }
}

/// Inside the first tag of the first item, so that no reader can take anything from it.
fn middle_of_first_item(body: &[u8]) -> usize {
    let tag = b"<item>";
    let item = body.windows(tag.len()).position(|window| window == tag);
    item.map_or(body.len() / 2, |at| (at + tag.len() + 3).min(body.len()))
}

/// Lower-case ASCII words joined by hyphens, as in most links.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            '‘' | '’' | '“' | '”' | '„' => {}
            _ if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    let end = slug.char_indices().nth(SLUG_CHARS_MAX).map_or(slug.len(), |(at, _)| at);
    slug[..end].trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::feed::ArticleIdPattern;
    use crate::press::edition::{LAST_SCENE, SCENES};
    use crate::press::outlets::{Format, OUTLETS};
    use crate::press::script::{Expected, expected};
    use crate::press::site;

    const BASE: &str = "http://127.0.0.1:4000";

    fn newsroom() -> Newsroom {
        Newsroom::new(Timestamp::from_seconds(1_790_000_000), BASE)
    }

    fn decoded(document: &Document) -> String {
        let is_latin =
            document.body.starts_with(br#"<?xml version="1.0" encoding="windows-1252"?>"#);
        let encoding = if is_latin { encoding_rs::WINDOWS_1252 } else { encoding_rs::UTF_8 };
        let (text, _, has_errors) = encoding.decode(&document.body);
        assert!(!has_errors);
        text.replacen("windows-1252", "utf-8", 1)
    }

    fn parsed(document: &Document) -> Option<feed_rs::model::Feed> {
        feed_rs::parser::parse(decoded(document).as_bytes()).ok()
    }

    fn is_well_formed(text: &str) -> bool {
        let mut reader = quick_xml::Reader::from_str(text);
        let mut depth = 0;
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Start(_)) => depth += 1,
                Ok(quick_xml::events::Event::End(_)) => depth -= 1,
                Ok(quick_xml::events::Event::Eof) => return depth == 0,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }

    /// Calls `look` with every feed as it is served in every scene.
    fn for_each_document(
        last: u32,
        mut look: impl FnMut(u32, &'static Outlet, &'static Channel, &Document),
    ) {
        for scene in 0..=last {
            for (outlet, channel) in edition::channels() {
                look(scene, outlet, channel, &newsroom().document(outlet, channel, scene));
            }
        }
    }

    fn is_broken(channel: &Channel, scene: u32) -> bool {
        let trouble = edition::trouble(channel, scene);
        matches!(trouble, Some(Trouble::Truncated | Trouble::ErrorPage))
    }

    #[test]
    fn every_feed_parses_unless_it_is_broken() {
        for_each_document(LAST_SCENE, |scene, outlet, channel, document| {
            let parsed = parsed(document).filter(|feed| !feed.entries.is_empty());
            assert_eq!(parsed.is_none(), is_broken(channel, scene), "{} {scene}", channel.name);
            if let Some(feed) = parsed {
                let language = feed.language.map(|tag| tag.to_lowercase());
                assert_eq!(language, Some(outlet.language.to_lowercase()));
                assert!(feed.entries.iter().all(|entry| entry.published.is_some()));
                assert!(feed.entries.iter().all(|entry| entry.title.is_some()));
            }
        });
    }

    #[test]
    fn every_xml_is_well_formed_unless_it_is_broken() {
        for_each_document(LAST_SCENE, |scene, outlet, channel, document| {
            if outlet.format != Format::Json
                && edition::trouble(channel, scene) != Some(Trouble::ErrorPage)
            {
                let is_truncated = is_broken(channel, scene);
                let text = decoded(document);
                assert_eq!(is_well_formed(&text), !is_truncated, "{} {scene}", channel.name);
            }
        });
    }

    #[test]
    fn windows_are_newest_first() {
        for_each_document(LAST_SCENE, |scene, _, channel, document| {
            let Some(feed) = parsed(document) else { return };
            let mut dates = feed.entries.iter().map(|entry| entry.published);
            let mut previous = dates.next().flatten();
            for date in dates {
                assert!(date <= previous, "{} {scene}", channel.name);
                previous = date;
            }
        });
    }

    #[test]
    fn the_script_expects_what_the_documents_hold() {
        for last in 0..SCENES {
            let mut articles = BTreeSet::new();
            let mut revisions = BTreeSet::new();
            let mut sightings = BTreeSet::new();
            for_each_document(last, |scene, outlet, channel, document| {
                if edition::trouble(channel, scene) == Some(Trouble::Outage) {
                    return;
                }
                for entry in parsed(document).map(|feed| feed.entries).unwrap_or_default() {
                    let title = entry.title.map(|text| text.content);
                    let text = entry.summary.map(|text| text.content);
                    let content = entry.content.and_then(|content| content.body);
                    let id = (outlet.slug, entry.id.clone());
                    articles.insert(id.clone());
                    sightings.insert((channel.name, entry.id));
                    revisions.insert((id, title, text, content));
                }
            });
            let found = Expected {
                articles: articles.len(),
                revisions: revisions.len(),
                sightings: sightings.len(),
            };
            assert_eq!(expected(last), found, "scene {last}");
        }
    }

    #[test]
    fn the_article_id_is_found_in_every_guid_and_every_link_and_the_link_works() {
        for_each_document(LAST_SCENE, |scene, outlet, channel, document| {
            let pattern = ArticleIdPattern::new(outlet.article_id).unwrap();
            for entry in parsed(document).map(|feed| feed.entries).unwrap_or_default() {
                let link = entry
                    .links
                    .iter()
                    .find(|link| !matches!(link.rel.as_deref(), Some("related" | "enclosure")));
                let url = link.unwrap().href.split('?').next().unwrap();
                let in_link = pattern.find(url);
                assert!(in_link.is_some(), "{url}");
                assert_eq!(in_link, pattern.find(&entry.id), "{}", entry.id);
                let reply = site::reply(&newsroom(), url.strip_prefix(BASE).unwrap(), scene);
                let is_away = edition::trouble(channel, scene) == Some(Trouble::Outage);
                assert_eq!(matches!(reply, site::Reply::Found(_)), !is_away, "{url}");
            }
        });
    }

    #[test]
    fn the_section_feed_tags_its_links() {
        let paper = &OUTLETS[0];
        let newsroom = newsroom();
        let front = decoded(&newsroom.document(paper, &paper.channels[0], 0));
        let section = decoded(&newsroom.document(paper, &paper.channels[1], 0));
        assert!(!front.contains("utm_source"));
        assert!(section.contains(".html?utm_source=rss&amp;utm_medium=binnenland"));
    }

    #[test]
    fn a_slug_is_plain() {
        assert_eq!(slug("Reünie: ‘de hele klas’ is er"), "reunie-de-hele-klas-is-er");
        assert_eq!(slug("Café’s à la carte!"), "cafes-a-la-carte");
        assert_eq!(slug(&"ë".repeat(90)).len(), SLUG_CHARS_MAX);
    }
}
