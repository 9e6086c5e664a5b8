//! What a page says of itself in JSON-LD (schema.org).
//!
//! Publishers wrap it in arrays and `@graph`, escape it as HTML, or break it with line ends inside
//! strings; all of that is read. What is not JSON even so is left alone.

use std::cmp::Reverse;

use dom_query::Document;
use serde_json::{Map, Value};
use url::Url;

use crate::dedupe::fingerprint::fold;
use crate::model::time::StatedDate;
use crate::normalize::{text, url as addresses};
use crate::parse::{date, mend};

/// More nodes than any page describes; a bomb has more.
const NODES_MAX: usize = 5_000;

/// The types of an article, and of the page that it is on.
const ARTICLES: [&str; 22] = [
    "LiveBlogPosting",
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "BackgroundNewsArticle",
    "AskPublicNewsArticle",
    "ReviewNewsArticle",
    "AdvertiserContentArticle",
    "SatiricalArticle",
    "Report",
    "BlogPosting",
    "SocialMediaPosting",
    "DiscussionForumPosting",
    "TechArticle",
    "ScholarlyArticle",
    "MedicalScholarlyArticle",
    "Review",
    "Recipe",
    "Article",
    "CreativeWork",
    "WebPage",
];

/// A heading that is shorter is that of a section.
const HEADING_BYTES_MIN: usize = 16;

/// Types that describe the page and not the article on it.
const WEAK: [&str; 2] = ["CreativeWork", "WebPage"];

/// All objects of the JSON-LD of a page.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    objects: Vec<Map<String, Value>>,
    /// What the page has for a headline outside its data, folded.
    headings: Vec<String>,
    /// Where the page is.
    page: Option<Url>,
    /// The same, and what it calls its address, in canonical form.
    addresses: Vec<String>,
    /// When it was published by its `meta` elements.
    published: Option<StatedDate>,
}

impl JsonLd {
    /// Reads all blocks of JSON-LD of a document.
    pub(super) fn of(document: &Document) -> Self {
        let heading = |place: &str| fold(&document.select_single(place).text());
        let headings = ["h1", "title"].map(heading).into_iter().filter(|text| !text.is_empty());
        let mut found = Self { headings: headings.collect(), ..Self::default() };
        for (place, attribute) in
            [("link[rel='canonical']", "href"), ("meta[property='og:url']", "content")]
        {
            found.is_at(&document.select_single(place).attr_or(attribute, ""));
        }
        let stated = document.select_single("meta[property='article:published_time']");
        found.published = date::parse(&stated.attr_or("content", ""));
        for script in &document.select(r#"script[type*="ld+json"]"#) {
            if let Some(value) = parse(&script.text()) {
                found.collect(value, 0);
            }
        }
        found
    }

    /// The same, of a page that was found at this address.
    pub(super) fn at(mut self, address: &str) -> Self {
        self.is_at(address);
        self.page = Url::parse(address).ok();
        self
    }

    /// The address of a whole site is given by careless templates on each of its pages.
    fn is_at(&mut self, address: &str) {
        let address = self.canonical(address);
        self.addresses.extend(address);
    }

    fn canonical(&self, address: &str) -> Option<String> {
        let absolute = self.page.as_ref().and_then(|page| page.join(address).ok());
        let address = addresses::canonical(absolute.as_ref().map_or(address, Url::as_str))?;
        (!addresses::is_home_page(&address)).then_some(address)
    }

    fn collect(&mut self, value: Value, depth: usize) {
        const DEPTH_MAX: usize = 16;
        if depth > DEPTH_MAX || self.objects.len() >= NODES_MAX {
            return;
        }
        match value {
            Value::Array(items) => {
                for item in items {
                    self.collect(item, depth + 1);
                }
            }
            Value::Object(mut object) => {
                for key in ["@graph", "mainEntity", "mainEntityOfPage"] {
                    if object.get(key).is_some_and(|inner| !inner.is_string())
                        && let Some(inner) = object.remove(key)
                    {
                        // Of the page that an article is on, its address is kept.
                        if let Some(id) = inner.get("@id").filter(|_| key == "mainEntityOfPage") {
                            object.insert(key.to_owned(), id.clone());
                        }
                        self.collect(inner, depth + 1);
                    }
                }
                self.objects.push(object);
            }
            _ => {}
        }
    }

    /// The article of the page: of a type that tells of articles, then with the headline, the address
    /// and the moment that the page has too, since other articles are described as well, then no
    /// review, which readers write too, then with the most facts.
    pub(super) fn article(&self) -> Option<&Map<String, Value>> {
        let articles = self.objects.iter().filter_map(|object| {
            let rank = rank(object)?;
            let is_weak = is_weak(rank);
            let has_headline = object.contains_key("headline");
            let is_some = !is_weak || has_headline || object.contains_key("datePublished");
            let is_other = (!self.is_headed(object), self.place(object), !self.is_then(object));
            let is_review = is_a(object, "Review");
            let key = (is_weak, !has_headline, is_other, is_review, Reverse(object.len()));
            is_some.then_some((key, object))
        });
        articles.min_by_key(|(key, _)| *key).map(|(_, object)| object)
    }

    /// Whether the page is headed as this article is.
    pub(super) fn is_headed(&self, object: &Map<String, Value>) -> bool {
        let headline = fold(&first_text(object.get("headline")).unwrap_or_default());
        let is_in = |heading: &String| {
            heading.contains(&headline)
                || heading.len() >= HEADING_BYTES_MIN && headline.contains(heading)
        };
        !headline.is_empty() && self.headings.iter().any(is_in)
    }

    /// Where this article is.
    fn place(&self, object: &Map<String, Value>) -> Place {
        if self.addresses.is_empty() {
            return Place::Unsaid;
        }
        let stated =
            ["url", "@id", "mainEntityOfPage"].iter().filter_map(|key| object.get(*key)?.as_str());
        let places = stated.filter_map(|address| self.canonical(address)).map(|address| {
            if self.addresses.contains(&address) { Place::Here } else { Place::Elsewhere }
        });
        places.min().unwrap_or(Place::Unsaid)
    }

    /// Whether the page was published when this article was.
    fn is_then(&self, object: &Map<String, Value>) -> bool {
        let stated = first_text(object.get("datePublished")).and_then(|text| date::parse(&text));
        let moment = |date: Option<StatedDate>| date.map(|date| (date.at, date.precision));
        stated.is_some() && moment(stated) == moment(self.published)
    }

    /// Whether any object is of this type.
    pub(super) fn has_type(&self, name: &str) -> bool {
        self.objects.iter().any(|object| is_a(object, name))
    }

    /// The objects of this type.
    pub(super) fn of_type(&self, name: &'static str) -> impl Iterator<Item = &Map<String, Value>> {
        self.objects.iter().filter(move |object| is_a(object, name))
    }

    /// An object by its `@id`.
    pub(super) fn by_id(&self, id: &str) -> Option<&Map<String, Value>> {
        self.objects.iter().find(|object| {
            object.get("@id").and_then(Value::as_str) == Some(id) && object.contains_key("name")
        })
    }

    /// The value of a key in the first object that has it and describes the page or its article, which
    /// is told in pieces too; where none is its article, that describes any.
    pub(super) fn of_own_page(&self, key: &str) -> Option<&Value> {
        let headline = |object: &Map<String, Value>| {
            first_text(object.get("headline")).map(|text| fold(&text))
        };
        let own = self.article().filter(|own| rank(own).is_some_and(|rank| !is_weak(rank)));
        let own_headline = own.and_then(headline);
        let is_its = |object: &&Map<String, Value>| match rank(object) {
            Some(one) if own.is_none() || is_weak(one) => true,
            None if object.contains_key("@type") => false,
            one => {
                let is_named_so =
                    headline(object).map_or(one.is_none(), |said| Some(said) == own_headline);
                is_named_so && self.place(object) != Place::Elsewhere
            }
        };
        self.objects.iter().filter(is_its).find_map(|object| object.get(key))
    }

    /// The value of a key in the first object that has it and may be the article or the page. What has
    /// no type is taken for one of them.
    pub(super) fn of_page(&self, key: &str) -> Option<&Value> {
        let is_page =
            |kind: &str| ["Page", "Article", "Review"].iter().any(|end| kind.ends_with(end));
        let may_be = |object: &&Map<String, Value>| {
            let kinds = texts(object.get("@type"));
            kinds.is_empty() || rank(object).is_some() || kinds.iter().any(|kind| is_page(kind))
        };
        self.objects.iter().filter(may_be).find_map(|object| object.get(key))
    }

    /// The value of a key in the first object that is something to be seen or heard.
    pub(super) fn of_media(&self, key: &str) -> Option<&Value> {
        const MEDIA: [&str; 9] = [
            "VideoObject",
            "Clip",
            "AudioObject",
            "PodcastEpisode",
            "RadioEpisode",
            "TVEpisode",
            "Episode",
            "ImageGallery",
            "MediaGallery",
        ];
        let is_media = |object: &&Map<String, Value>| MEDIA.iter().any(|kind| is_a(object, kind));
        self.objects.iter().filter(is_media).find_map(|object| object.get(key))
    }
}

/// Where an article is, by its own data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Here,
    Unsaid,
    Elsewhere,
}

/// The place of an object's type among the types of articles.
fn rank(object: &Map<String, Value>) -> Option<usize> {
    ARTICLES.iter().position(|name| is_a(object, name))
}

fn is_weak(rank: usize) -> bool {
    WEAK.contains(&ARTICLES[rank])
}

/// Whether an object has this `@type`, with or without `https://schema.org/`.
pub(super) fn is_a(object: &Map<String, Value>, name: &str) -> bool {
    let is = |value: &Value| {
        let kind = value.as_str().unwrap_or_default();
        kind.rsplit(['/', ':', '#']).next() == Some(name)
    };
    match object.get("@type") {
        Some(Value::Array(items)) => items.iter().any(is),
        Some(value) => is(value),
        None => false,
    }
}

/// JSON as publishers write it.
fn parse(raw: &str) -> Option<Value> {
    let raw = raw.trim().trim_start_matches("<!--").trim_end_matches("-->");
    let raw = raw.trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let raw = raw.trim_end_matches("//]]>").trim_end_matches("]]>").trim().trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(raw) {
        return Some(value);
    }
    // The first of two documents in one element as well.
    let mended = |raw: &str| serde_json::from_str(&mend::json(raw).text).ok();
    if raw.contains("&quot;") { mended(&unescape(raw)) } else { mended(raw) }
}

fn unescape(raw: &str) -> String {
    raw.replace("&quot;", "\"").replace("&#34;", "\"").replace("&amp;", "&")
}

/// The texts of a value: a string, a name, or a list of them.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    let mut found = Vec::new();
    push_texts(value, &mut found, 0);
    found
}

fn push_texts(value: Option<&Value>, found: &mut Vec<String>, depth: usize) {
    const TEXTS_MAX: usize = 200;
    if depth > 4 || found.len() >= TEXTS_MAX {
        return;
    }
    match value {
        Some(Value::String(text)) => {
            let text = text::one_line(text);
            if !text.is_empty() {
                found.push(text);
            }
        }
        Some(Value::Array(items)) => {
            for item in items {
                push_texts(Some(item), found, depth + 1);
            }
        }
        Some(Value::Object(object)) => {
            let name = object.get("name").or_else(|| object.get("@value"));
            push_texts(name.or_else(|| object.get("url")), found, depth + 1);
        }
        _ => {}
    }
}

/// The first text of a value.
pub(super) fn first_text(value: Option<&Value>) -> Option<String> {
    texts(value).into_iter().next()
}

/// A statement that may be a boolean, a string or a number.
pub(super) fn boolean(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(is) => Some(*is),
        Value::String(text) => {
            let text = text.trim().to_ascii_lowercase();
            match text.rsplit('/').next()? {
                "true" | "1" | "yes" => Some(true),
                "false" | "0" | "no" => Some(false),
                _ => None,
            }
        }
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        _ => None,
    }
}

/// The first address in a value: a string, an object with `url`, or a list of them.
pub(super) fn address(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) => items.iter().find_map(|item| address(Some(item))),
        Value::Object(object) => ["url", "contentUrl", "@id"]
            .iter()
            .find_map(|key| address(object.get(*key)).filter(|url| url.contains('/'))),
        _ => None,
    }
}

/// A number, also where it is written as a string.
pub(super) fn number(value: Option<&Value>) -> Option<usize> {
    match value? {
        Value::Number(number) => usize::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_something_else_is_not_said_of_the_page() {
        let of = |data: &str| {
            let script = format!(
                "<link rel=canonical href=https://a.example/brug><h1>Brug bij Hulst dicht</h1>\
                 <script type=application/ld+json>{data}</script>"
            );
            let json_ld = JsonLd::of(&Document::from(script.as_str()));
            boolean(json_ld.of_own_page("isAccessibleForFree"))
        };
        let event = r#"{"@type":"Event","isAccessibleForFree":false}"#;
        let page = r#"{"@type":"WebPage","isAccessibleForFree":false}"#;
        let own = r#"{"@type":"NewsArticle","headline":"Brug bij Hulst dicht"}"#;
        let other = r#"{"@type":"NewsArticle","headline":"Iets","isAccessibleForFree":false}"#;
        assert_eq!(of(event), None);
        assert_eq!(of(&format!("[{own},{event},{other}]")), None);
        assert_eq!(of(&format!("[{own},{page}]")), Some(false));
        assert_eq!(of(&format!("[{event},{page}]")), Some(false));
        let again = r#"{"@type":"Article","headline":"Brug  bij Hulst dicht"KEYS}"#;
        let with = |keys: &str| again.replace("KEYS", keys);
        let paid = r#","isAccessibleForFree":"False""#;
        assert_eq!(of(&format!("[{own},{}]", with(paid))), Some(false));
        let elsewhere = format!(r#"{paid},"url":"https://a.example/toen""#);
        assert_eq!(of(&format!("[{own},{}]", with(&elsewhere))), None);
        assert_eq!(of(&format!(r#"[{own},{{"isAccessibleForFree":false}}]"#)), Some(false));
        let untyped = r#"{"headline":"Iets","isAccessibleForFree":false}"#;
        assert_eq!(of(&format!("[{own},{untyped}]")), None);
    }

    #[test]
    fn the_article_of_the_page_is_where_and_when_the_page_is() {
        let article = |n: usize, facts: &str| {
            format!(
                r#"{{"@type":"NewsArticle","headline":"Bericht {n}","datePublished":"2026-03-1{n}"{facts}}}"#
            )
        };
        let many = r#","author":"Jo van Dam","articleSection":"Regio","keywords":"brug""#;
        let headline = |head: &str, own: &str| {
            let page = format!(
                "{head}<h1>Brug dicht</h1><script type='application/ld+json'>[{},{own}]</script>",
                article(1, many),
            );
            let all = JsonLd::of(&Document::from(page)).at("https://www.a.example/brug/");
            first_text(all.article().and_then(|article| article.get("headline"))).unwrap()
        };
        assert_eq!(headline("", &article(2, "")), "Bericht 1");
        for address in [
            r#","url":"http://a.example/brug""#,
            r#","@id":"https://www.a.example/brug/#article""#,
            r##","@id":"#article""##,
            r#","url":"/brug""#,
            r#","mainEntityOfPage":"https://a.example/brug/""#,
            r#","mainEntityOfPage":{"@type":"WebPage","@id":"https://a.example/brug/"}"#,
        ] {
            assert_eq!(headline("", &article(2, address)), "Bericht 2", "{address}");
        }
        let facts = r#","reviewBody":"Mooi","reviewRating":5"#;
        let review = article(2, &format!("{many}{facts}")).replace("NewsArticle", "Review");
        assert_eq!(headline("", &review), "Bericht 1");
        let elsewhere = article(3, &format!(r#"{many},"image":"x","url":"/sluis","name":"x""#));
        assert_eq!(headline("", &format!("{elsewhere},{}", article(2, ""))), "Bericht 1");
        let canonical = "<link rel=canonical href=https://a.example/2>";
        let own = article(2, r#","url":"https://a.example/2""#);
        assert_eq!(headline(canonical, &own), "Bericht 2");
        let time = "<meta property='article:published_time' content='2026-03-12'>";
        assert_eq!(headline(time, &article(2, "")), "Bericht 2");
    }

    #[test]
    fn what_publishers_write_is_read_as_they_mean_it() {
        let expected = serde_json::json!({ "headline": "Sluis \"dicht\"", "n": [1] });
        for raw in [
            r#"{"headline": "Sluis \"dicht\"", "n": [1]}"#,
            r#"<!-- {"headline": "Sluis \"dicht\"", "n": [1,],} -->"#,
            r#"//<![CDATA[{'headline': 'Sluis "dicht"', 'n': [1]}//]]>"#,
            r#"{"headline": "Sluis \"dicht\"", /* een */ "n": [1]}; "#,
            r#"{"headline": "Sluis \"dicht\"", "n": [1]}{"headline": "Brug"}"#,
        ] {
            assert_eq!(parse(raw).as_ref(), Some(&expected), "{raw}");
        }
        assert_eq!(parse("{&quot;n&quot;: 1}"), Some(serde_json::json!({ "n": 1 })));
        assert_eq!(parse("geen"), None);
    }
}
