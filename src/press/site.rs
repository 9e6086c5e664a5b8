//! The sites: what a request for a path is answered with, feeds and pages alike.

use crate::model::feed::ArticleIdPattern;
use crate::model::time::Timestamp;
use crate::press::edition::{self, MOVE, Trouble};
use crate::press::newsroom::{Document, Newsroom};
use crate::press::outlets::{OUTLETS, Outlet};
use crate::press::page;
use crate::press::render::Item;
use crate::press::stories::{self, Story};

/// How long an outlet asks to stay away during an outage.
pub const OUTAGE_WAIT_S: u32 = 2;

/// The smallest picture there is, for every enclosure.
const PICTURE: &[u8] = include_bytes!("pixel.png");

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// 200.
    Found(Document),
    /// 301, to this URL.
    Moved(String),
    /// 404.
    NotFound,
    /// 410.
    Gone,
    /// 503 with `Retry-After`.
    Unavailable,
}

/// The answer for `path`, without its query, in `scene`.
pub fn reply(newsroom: &Newsroom, path: &str, scene: u32) -> Reply {
    match path {
        "/" => return html(page::newsstand(&OUTLETS, newsroom.base()), None),
        "/robots.txt" => {
            let media_type = "text/plain; charset=utf-8";
            return Reply::Found(Document {
                media_type,
                body: page::ROBOTS.into(),
                modified: None,
            });
        }
        _ => {}
    }
    let slug = path.split('/').nth(1).unwrap_or_default();
    let Some(outlet) = OUTLETS.iter().find(|outlet| outlet.slug == slug) else {
        return Reply::NotFound;
    };
    let is_away = |channel| edition::trouble(channel, scene) == Some(Trouble::Outage);
    if outlet.channels.iter().any(is_away) {
        return Reply::Unavailable;
    }
    if let Some(channel) = outlet.channels.iter().find(|channel| channel.path == path) {
        if channel.name == MOVE.channel && scene >= MOVE.scene {
            return Reply::Moved(format!("{}{}", newsroom.base(), MOVE.to));
        }
        return Reply::Found(newsroom.document(outlet, channel, scene));
    }
    if path == MOVE.to {
        let moved = outlet.channels.iter().find(|channel| channel.name == MOVE.channel);
        return moved.map_or(Reply::NotFound, |channel| {
            Reply::Found(newsroom.document(outlet, channel, scene))
        });
    }
    page_of(newsroom, outlet, path, scene)
}

fn page_of(newsroom: &Newsroom, outlet: &'static Outlet, path: &str, scene: u32) -> Reply {
    let rest = path.trim_start_matches('/').trim_start_matches(outlet.slug);
    if matches!(rest, "" | "/") {
        let is_out = |story: &&Story| story.is_out(scene);
        let items: Vec<Item> = stories::of(outlet)
            .iter()
            .filter(is_out)
            .map(|story| newsroom.item(outlet, story, scene))
            .collect();
        return html(page::home(outlet, newsroom.base(), &items), None);
    }
    if rest.starts_with("/beeld/") {
        let body = PICTURE.to_vec();
        return Reply::Found(Document { media_type: "image/png", body, modified: None });
    }
    let pattern = ArticleIdPattern::new(outlet.article_id).ok();
    let id = pattern.as_ref().and_then(|pattern| pattern.find(path));
    let Some(story) = id.and_then(|id| stories::find(outlet, id)) else {
        return Reply::NotFound;
    };
    if story.is_withdrawn(scene) {
        return Reply::Gone;
    }
    if !story.is_out(scene) {
        return Reply::NotFound;
    }
    article(newsroom, outlet, story, scene)
}

fn article(newsroom: &Newsroom, outlet: &Outlet, story: &Story, scene: u32) -> Reply {
    let is_near = |other: &&Story| {
        let is_related = story.related.as_ref() == Some(&other.id);
        let is_neighbor = other.section == story.section && other.id != story.id;
        other.is_out(scene) && (is_related || is_neighbor)
    };
    let more: Vec<Item> = stories::of(outlet)
        .iter()
        .filter(is_near)
        .take(3)
        .map(|other| newsroom.item(outlet, other, scene))
        .collect();
    let item = newsroom.item(outlet, story, scene);
    let body = page::article(outlet, &item, &story.blocks(scene), &more);
    html(body, Some(newsroom.modified(outlet, scene)))
}

fn html(body: String, modified: Option<Timestamp>) -> Reply {
    let media_type = "text/html; charset=utf-8";
    Reply::Found(Document { media_type, body: body.into_bytes(), modified })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://127.0.0.1:4000";

    fn newsroom() -> Newsroom {
        Newsroom::new(Timestamp::from_seconds(1_790_000_000), BASE)
    }

    #[test]
    fn what_was_taken_down_is_gone_and_what_is_to_come_is_not_found() {
        let newsroom = newsroom();
        let path = "/peilschaal/binnenland/8100407/x.html";
        assert_eq!(reply(&newsroom, path, 3), Reply::NotFound);
        assert!(matches!(reply(&newsroom, path, 8), Reply::Found(_)));
        assert_eq!(reply(&newsroom, path, 9), Reply::Gone);
        assert_eq!(reply(&newsroom, "/courant/", 9), Reply::NotFound);
    }

    #[test]
    fn a_feed_that_moved_redirects_to_where_it_is() {
        let newsroom = newsroom();
        assert!(matches!(reply(&newsroom, "/belfortblad/atom.xml", 7), Reply::Found(_)));
        let Reply::Moved(url) = reply(&newsroom, "/belfortblad/atom.xml", 8) else { panic!() };
        assert!(matches!(reply(&newsroom, url.strip_prefix(BASE).unwrap(), 8), Reply::Found(_)));
    }

    #[test]
    fn an_article_page_holds_its_text_and_its_metadata() {
        let Reply::Found(page) = reply(&newsroom(), "/lichtschip/artikel/2417001-x", 0) else {
            panic!()
        };
        let text = String::from_utf8(page.body).unwrap();
        for part in ["<h2>Beraad in de bergen</h2>", "NewsArticle", "Lees ook", "cookie-banner"] {
            assert!(text.contains(part), "{part}");
        }
        let Reply::Found(home) = reply(&newsroom(), "/lichtschip/", 0) else { panic!() };
        let text = String::from_utf8(home.body).unwrap();
        assert_eq!(text.matches("rel=\"alternate\"").count(), 2);
    }
}
