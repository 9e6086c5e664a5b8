//! The `[[outlet]]` and `[[feed]]` tables, as they stand in the feed list and in the catalogue.
//!
//! Reads each table by itself; which outlet a feed takes from is for its callers.

use std::collections::HashMap;

use toml_edit::Table;
use url::Url;

use crate::config::toml::{self, Problem, TableReader, line_of};
use crate::config::{closest, did_you_mean};
use crate::extract::rules;
use crate::model::feed::{ArticleIdPattern, Feed, Fulltext, Revisit};
use crate::model::page::PageRules;

const OUTLET_KEYS: &[&str] =
    &["name", "site", "country", "language", "tags", "article_id", "sitemap", "extract"];
const EXTRACT_KEYS: &[&str] = &["keep", "drop", "unwrap"];
const FEED_KEYS: &[&str] = &[
    "name",
    "url",
    "outlet",
    "section",
    "tags",
    "language",
    "country",
    "paused",
    "fulltext",
    "revisit",
    "article_id",
    "user_agent",
    "sitemap",
    "replaces",
];

/// A publisher, and what its feeds share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlet {
    /// Where it stands, counted from 1.
    pub line: usize,
    /// As its feeds name it.
    pub name: String,
    /// Its home page.
    pub site: Option<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// On each of its feeds.
    pub tags: Vec<String>,
    /// Finds its article id in a link or GUID.
    pub article_id: Option<ArticleIdPattern>,
    /// Its news sitemap.
    pub sitemap: Option<String>,
    /// What is known of its pages.
    pub pages: PageRules,
}

/// A `[[feed]]` table: what it says itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FeedEntry {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) url: Option<String>,
    pub(super) outlet: Option<String>,
    pub(super) section: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) language: Option<String>,
    pub(super) country: Option<String>,
    pub(super) is_paused: Option<bool>,
    pub(super) fulltext: Option<Fulltext>,
    pub(super) revisit: Option<Revisit>,
    pub(super) article_id: Option<ArticleIdPattern>,
    pub(super) user_agent: Option<String>,
    pub(super) sitemap: Option<String>,
    pub(super) replaces: Option<Vec<String>>,
}

impl Outlet {
    /// This outlet, with what it leaves open taken from `other`.
    pub(super) fn or(self, other: Option<&Outlet>) -> Self {
        let Some(other) = other else {
            return self;
        };
        Self {
            line: self.line,
            name: self.name,
            site: self.site.or_else(|| other.site.clone()),
            country: self.country.or_else(|| other.country.clone()),
            language: self.language.or_else(|| other.language.clone()),
            tags: if self.tags.is_empty() { other.tags.clone() } else { self.tags },
            article_id: self.article_id.or_else(|| other.article_id.clone()),
            sitemap: self.sitemap.or_else(|| other.sitemap.clone()),
            pages: self.pages.or(&other.pages),
        }
    }
}

impl FeedEntry {
    /// This feed, with what it leaves open taken from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            line: self.line,
            name: self.name,
            url: self.url.or(other.url),
            outlet: self.outlet.or(other.outlet),
            section: self.section.or(other.section),
            tags: self.tags.or(other.tags),
            language: self.language.or(other.language),
            country: self.country.or(other.country),
            is_paused: self.is_paused.or(other.is_paused),
            fulltext: self.fulltext.or(other.fulltext),
            revisit: self.revisit.or(other.revisit),
            article_id: self.article_id.or(other.article_id),
            user_agent: self.user_agent.or(other.user_agent),
            sitemap: self.sitemap.or(other.sitemap),
            replaces: self.replaces.or(other.replaces),
        }
    }

    /// The feed that this means, with what `outlet` adds.
    pub(super) fn into_feed(self, url: String, outlet: Outlet) -> Feed {
        let mut tags = outlet.tags;
        for tag in self.tags.unwrap_or_default() {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Feed {
            name: self.name,
            url,
            outlet: self.outlet,
            section: self.section,
            tags,
            language: self.language.or(outlet.language),
            country: self.country.or(outlet.country),
            is_paused: self.is_paused.unwrap_or(false),
            fulltext: self.fulltext.unwrap_or(Fulltext::Auto),
            revisit: self.revisit.unwrap_or(Revisit::News),
            article_id: self.article_id.or(outlet.article_id),
            user_agent: self.user_agent,
            site: outlet.site,
            sitemap: self.sitemap.or(outlet.sitemap),
            pages: outlet.pages,
            replaces: self.replaces.unwrap_or_default(),
        }
    }
}

/// All tables of a document, in order.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) outlets: Vec<Outlet>,
    pub(super) feeds: Vec<FeedEntry>,
}

/// Reads `text`; what is wrong with it is in the list.
pub(super) fn read(text: &str) -> (Entries, Vec<Problem>) {
    let mut entries = Entries::default();
    let document = match toml::parse(text) {
        Ok(document) => document,
        Err(problem) => return (entries, vec![problem]),
    };
    let mut problems = Vec::new();
    for (key, item) in document.iter() {
        let Some(tables) = item.as_array_of_tables().filter(|_| matches!(key, "outlet" | "feed"))
        else {
            let span = document.key(key).and_then(toml_edit::Key::span);
            problems.push(misplaced(key, span.map(|span| line_of(text, &span))));
            continue;
        };
        for table in tables {
            if key == "outlet" {
                entries.outlets.extend(read_outlet(text, table, &mut problems));
            } else {
                entries.feeds.extend(read_feed(text, table, &mut problems));
            }
        }
    }
    let outlets = entries.outlets.iter().map(|outlet| ("outlet", &outlet.name, outlet.line));
    let feeds = entries.feeds.iter().map(|feed| ("feed", &feed.name, feed.line));
    let mut lines = HashMap::new();
    for (kind, name, line) in outlets.chain(feeds) {
        let first = *lines.entry((kind, name)).or_insert(line);
        if first != line {
            problems.push(Problem {
                line: Some(line),
                key: Some("name".to_owned()),
                reason: format!("{kind} `{name}` is there already, on line {first}"),
                hint: None,
            });
        }
    }
    problems.sort_by_key(|problem| problem.line);
    (entries, problems)
}

fn misplaced(key: &str, line: Option<usize>) -> Problem {
    let (reason, hint) = if matches!(key, "outlet" | "feed") {
        (format!("`{key}` must be written as [[{key}]]"), None)
    } else {
        let hint =
            closest(key, ["feed", "outlet"]).map(|name| did_you_mean(&format!("[[{name}]]")));
        (format!("unknown key `{key}`"), hint)
    };
    Problem { line, key: Some(key.to_owned()), reason, hint }
}

fn read_outlet(text: &str, table: &Table, problems: &mut Vec<Problem>) -> Option<Outlet> {
    let mut reader = TableReader::new(text, table, OUTLET_KEYS, problems);
    Some(Outlet {
        line: reader.line(),
        name: required_name(&mut reader, "outlet")?,
        site: reader.text("site"),
        country: reader.text("country"),
        language: reader.text("language"),
        tags: reader.texts("tags").unwrap_or_default(),
        article_id: pattern(&mut reader),
        sitemap: address(&mut reader, "sitemap"),
        pages: page_rules(&mut reader),
    })
}

/// The `[outlet.extract]` table.
fn page_rules(outlet: &mut TableReader<'_>) -> PageRules {
    let Some(mut reader) = outlet.table("extract", EXTRACT_KEYS) else {
        return PageRules::default();
    };
    let mut list = |key: &'static str| {
        let selectors = reader.texts(key).unwrap_or_default();
        for reason in selectors.iter().filter_map(|selector| rules::check(selector).err()) {
            reader.complain(key, format!("`{key}`: {reason}"));
        }
        selectors
    };
    PageRules { keep: list("keep"), drop: list("drop"), unwrap: list("unwrap") }
}

fn read_feed(text: &str, table: &Table, problems: &mut Vec<Problem>) -> Option<FeedEntry> {
    let mut reader = TableReader::new(text, table, FEED_KEYS, problems);
    Some(FeedEntry {
        line: reader.line(),
        name: required_name(&mut reader, "feed")?,
        url: address(&mut reader, "url"),
        outlet: reader.text("outlet"),
        section: reader.text("section"),
        tags: reader.texts("tags"),
        language: reader.text("language"),
        country: reader.text("country"),
        is_paused: reader.flag("paused"),
        fulltext: fulltext(&mut reader),
        revisit: revisit(&mut reader),
        article_id: pattern(&mut reader),
        user_agent: reader.text("user_agent"),
        sitemap: address(&mut reader, "sitemap"),
        replaces: addresses(&mut reader, "replaces"),
    })
}

fn required_name(reader: &mut TableReader<'_>, what: &str) -> Option<String> {
    if !reader.has("name") {
        reader.complain("name", format!("a [[{what}]] needs a `name`"));
    }
    reader.text("name")
}

/// A bad address is returned as well: it is reported, and must not look like a missing one.
fn address(reader: &mut TableReader<'_>, key: &'static str) -> Option<String> {
    let text = reader.text(key)?;
    if let Err(reason) = check_url(&text) {
        reader.complain(key, reason);
    }
    Some(text)
}

/// One address, or a list of them.
fn addresses(reader: &mut TableReader<'_>, key: &'static str) -> Option<Vec<String>> {
    let texts = reader.text_or_texts(key)?;
    for reason in texts.iter().filter_map(|text| check_url(text).err()) {
        reader.complain(key, reason);
    }
    Some(texts)
}

/// Whether `text` can be the URL of a feed; otherwise, why not.
pub fn check_url(text: &str) -> Result<(), String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        Ok(_) => Err(format!("`{text}` is not an http or https URL")),
        Err(error) => Err(format!("`{text}` is not a URL: {error}")),
    }
}

fn fulltext(reader: &mut TableReader<'_>) -> Option<Fulltext> {
    match reader.text("fulltext")?.as_str() {
        "auto" => return Some(Fulltext::Auto),
        "off" => return Some(Fulltext::Off),
        other => {
            let reason = format!("`fulltext` must be \"auto\" or \"off\", and is `{other}`");
            reader.complain("fulltext", reason);
        }
    }
    None
}

fn revisit(reader: &mut TableReader<'_>) -> Option<Revisit> {
    let text = reader.text("revisit")?;
    let known = Revisit::from_word(&text);
    if known.is_none() {
        let reason =
            format!("`revisit` must be \"news\", \"liveblog\" or \"off\", and is `{text}`");
        reader.complain("revisit", reason);
    }
    known
}

fn pattern(reader: &mut TableReader<'_>) -> Option<ArticleIdPattern> {
    let text = reader.text("article_id")?;
    ArticleIdPattern::new(&text)
        .map_err(|reason| {
            reader.complain("article_id", format!("`article_id` is not usable: {reason}"));
        })
        .ok()
}
