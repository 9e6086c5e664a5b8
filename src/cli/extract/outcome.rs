//! What came of one page, as people and programs read it.

use serde_json::{Map, json};
use url::Url;

use crate::cli::failure::Exit;
use crate::cli::out::Record;
use crate::extract::access::{Access, Wall};
use crate::extract::{Page, Source};
use crate::model::time::StatedDate;
use crate::worker::Unread;

/// A page that was got.
pub(super) struct Read {
    pub(super) page: Result<Page, Unread>,
    pub(super) source: Source,
}

/// What came of one argument.
pub(super) struct Outcome {
    /// As it was given.
    pub(super) name: String,
    /// The page, or why it could not be got.
    pub(super) read: Result<Read, (Exit, String)>,
}

impl Outcome {
    pub(super) fn new(name: &str, read: Result<Read, (Exit, String)>) -> Self {
        Self { name: name.to_owned(), read }
    }

    pub(super) fn page(&self) -> Option<&Page> {
        self.read.as_ref().ok()?.page.as_ref().ok()
    }

    pub(super) fn page_mut(&mut self) -> Option<&mut Page> {
        self.read.as_mut().ok()?.page.as_mut().ok()
    }

    pub(super) fn text(&self) -> &str {
        self.page().map_or("", |page| &page.text)
    }

    /// The address of the article: what was asked for, or what the page says.
    pub(super) fn address(&self) -> Option<String> {
        let source = &self.read.as_ref().ok()?.source;
        let canonical = self.page().and_then(|page| page.canonical_url.clone());
        // The address of a gate is not that of the article behind it.
        let is_wall = self.page().is_some_and(|page| page.wall.is_some());
        let asked = source.asked_url.clone();
        let landed = Some(source.url.clone()).filter(|url| !url.is_empty());
        if is_wall { asked.or(landed) } else { canonical.or(landed).or(asked) }
    }

    /// The registrable domain.
    pub(super) fn site(&self) -> Option<String> {
        let url = Url::parse(&self.address()?).ok()?;
        let host = url.host_str()?.to_lowercase();
        Some(psl::domain_str(&host).map(ToOwned::to_owned).unwrap_or(host))
    }

    /// The name of a file for it, without ending.
    pub(super) fn stem(&self) -> String {
        const CHARS_MAX: usize = 120;
        let last = self.name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let last = last.split(['?', '#']).next().unwrap_or_default();
        let last = last.strip_suffix(".gz").unwrap_or(last);
        let last = [".html", ".htm", ".xhtml"]
            .iter()
            .find_map(|end| last.strip_suffix(end))
            .unwrap_or(last);
        let is_kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+');
        let stem: String =
            last.chars().take(CHARS_MAX).map(|c| if is_kept(c) { c } else { '-' }).collect();
        let stem = stem.trim_start_matches(['.', '-']);
        if stem.is_empty() { "page".to_owned() } else { stem.to_owned() }
    }

    /// For people: the headline, who and when, the text, or why there is none.
    pub(super) fn text_page(&self) -> String {
        let page = match &self.read {
            Err((_, message)) => return message.clone(),
            Ok(Read { page: Err(unread), .. }) => {
                return format!("{}: {}", self.name, unread.as_str());
            }
            Ok(Read { page: Ok(page), .. }) => page,
        };
        if let Some(wall) = page.wall {
            return format!("{}: {} ({})", self.name, page.access.as_str(), wall.as_str());
        }
        let published = page.published.map(|date| date.to_string());
        let facts = [
            Some(page.authors.join(", ")).filter(|names| !names.is_empty()),
            published,
            Some(page.access.as_str().to_owned()).filter(|_| page.access != Access::Full),
        ];
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        let parts =
            [page.headline.clone().unwrap_or_default(), facts.join(" · "), page.text.clone()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n\n")
    }

    /// For programs, in the words of schema.org where it has one.
    pub(super) fn record(&self) -> Record {
        let mut record = Map::new();
        let mut add = |key: &str, value| record.insert(key.to_owned(), value);
        add("file", json!(self.name));
        add("url", json!(self.address()));
        let page = match &self.read {
            Err((_, message)) => {
                add("error", json!(message));
                return record;
            }
            Ok(Read { page: Err(unread), .. }) => {
                add("articleBody", json!(""));
                add("access", json!(Access::Unknown.as_str()));
                add("error", json!(unread.as_str()));
                return record;
            }
            Ok(Read { page: Ok(page), .. }) => page,
        };
        add("canonicalUrl", json!(page.canonical_url));
        add("headline", json!(page.headline));
        add("author", json!(page.authors));
        add("datePublished", json!(page.published.map(StatedDate::to_rfc3339)));
        add("datePublishedPrecision", json!(page.published.map(|date| date.precision.as_str())));
        add("datePublishedSource", json!(page.published_source));
        add("dateModified", json!(page.modified.map(StatedDate::to_rfc3339)));
        add("section", json!(page.section));
        add("tags", json!(page.tags));
        add("language", json!(page.language.as_ref().or(page.language_detected.as_ref())));
        add("languageDetected", json!(page.language_detected));
        add("image", json!(page.image));
        add("isAccessibleForFree", json!(page.is_free));
        add("access", json!(page.access.as_str()));
        add("wall", json!(page.wall.map(Wall::as_str)));
        add("kind", json!(page.kind.as_str()));
        add("wire", json!(page.wire));
        add("license", json!(page.license));
        add("wordCount", json!(page.n_words));
        add("articleBody", json!(page.text));
        add("candidates", json!(page.candidates));
        add("recurring", json!(page.recurring));
        record
    }
}
