//! What kind of piece a page is.

use serde_json::{Map, Value};

use crate::extract::Kind;
use crate::extract::json_ld::{self, JsonLd};
use crate::extract::meta::Meta;

/// Words of paths and sections, in Dutch and in English.
const WORDS: [(Kind, &[&str]); 5] = [
    (Kind::LiveBlog, &["liveblog", "live-blog", "liveblogs", "live"]),
    (
        Kind::Opinion,
        &[
            "opinie",
            "opinion",
            "opinions",
            "column",
            "columns",
            "columnisten",
            "commentaar",
            "commentisfree",
            "ingezonden",
            "hoofdredactioneel",
            "standpunt",
            "essay",
            "recensie",
            "recensies",
            "review",
            "reviews",
        ],
    ),
    (Kind::Video, &["video", "videos", "filmpje"]),
    (Kind::Audio, &["audio", "podcast", "podcasts"]),
    (
        Kind::Gallery,
        &["gallery", "fotos", "foto-s", "fotoserie", "fotoalbum", "in-beeld", "slideshow"],
    ),
];

/// The kind, from the type of the JSON-LD, then the address and the section.
pub(super) fn of(
    article: Option<&Map<String, Value>>,
    all: &JsonLd,
    meta: &Meta,
    url: &str,
    section: Option<&str>,
) -> Kind {
    let is = |kind: &str| article.is_some_and(|article| json_ld::is_a(article, kind));
    // One that has another headline and no posts is only mentioned.
    let is_of_page =
        |live: &Map<String, Value>| all.is_headed(live) || live.contains_key("liveBlogUpdate");
    if is("LiveBlogPosting") || all.of_type("LiveBlogPosting").any(is_of_page) {
        return Kind::LiveBlog;
    }
    if is("OpinionNewsArticle") || is("ReviewNewsArticle") || is("Review") {
        return Kind::Opinion;
    }
    if let Some(kind) = from_words(url, section) {
        return kind;
    }
    let og_type = meta.first(&["og:type"]).unwrap_or_default();
    if article.is_none() {
        for (kind, types) in [
            (Kind::Video, ["VideoObject", "Clip"]),
            (Kind::Audio, ["AudioObject", "PodcastEpisode"]),
            (Kind::Gallery, ["ImageGallery", "MediaGallery"]),
        ] {
            if types.iter().any(|name| all.has_type(name)) {
                return kind;
            }
        }
    }
    if og_type.starts_with("video") { Kind::Video } else { Kind::News }
}

fn from_words(url: &str, section: Option<&str>) -> Option<Kind> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).to_lowercase();
    let path = path.split(['?', '#']).next().unwrap_or_default().to_owned();
    let folders: Vec<&str> = path.split('/').skip(1).collect();
    let slug = folders.iter().rev().find(|part| !part.is_empty()).copied().unwrap_or_default();
    if slug.starts_with("liveblog") || slug.contains("-liveblog") {
        return Some(Kind::LiveBlog);
    }
    let section = section.unwrap_or_default().to_lowercase();
    let is_named = |words: &[&str]| {
        let is_word = |word: &str| words.contains(&word);
        folders.iter().any(|folder| is_word(folder)) || is_word(&section)
    };
    WORDS.iter().find(|(_, words)| is_named(words)).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    #[test]
    fn a_live_blog_that_is_mentioned_makes_none() {
        let kind = |live: &str| {
            let html = format!(
                r#"<h1>Brug bij Hulst dicht</h1><script type="application/ld+json">[{{"@type":
                "NewsArticle","headline":"Brug bij Hulst dicht","datePublished":"2026-03-14"}},
                {{"@type":"LiveBlogPosting",{live}}}]</script>"#
            );
            let document = Document::from(html.as_str());
            let all = JsonLd::of(&document);
            of(all.article(), &all, &Meta::of(&document), "https://a.example/1", None)
        };
        assert_eq!(kind(r#""headline":"Storm: volg alles","url":"/live""#), Kind::News);
        assert_eq!(kind(r#""headline":"Brug bij Hulst dicht""#), Kind::LiveBlog);
        assert_eq!(kind(r#""liveBlogUpdate":[]"#), Kind::LiveBlog);
    }
}
