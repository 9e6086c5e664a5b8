//! A raw entry to its canonical form.

use crate::model::entry::{Entry, RawEntry, RawText};
use crate::normalize::text::{from_html, from_plain, one_line, squeeze};
use crate::normalize::url::{canonical, is_home_page};

/// Characters of a headline; the rest of a longer one is text that lost its way.
const TITLE_CHARS_MAX: usize = 500;

/// Authors and tags kept of one entry.
const NAMES_MAX: usize = 50;

/// The canonical form of an entry.
pub fn normalize(raw: &RawEntry) -> Entry {
    let link = raw.link.as_deref().map(str::trim).filter(|link| !link.is_empty());
    let guid = raw.guid.as_deref().map(str::trim).filter(|guid| !guid.is_empty());
    let summary = raw.summary.as_ref().map(render).unwrap_or_default();
    let content = raw.content.as_ref().map(render).unwrap_or_default();
    let title = raw.title.as_ref().map(headline).unwrap_or_default();
    Entry {
        guid: guid.map(ToOwned::to_owned),
        canonical_url: link.and_then(canonical).filter(|url| !is_home_page(url)),
        link: link.map(ToOwned::to_owned),
        title,
        text: if content.len() >= summary.len() { content } else { summary },
        authors: names(&raw.authors),
        section: None,
        tags: names(&raw.categories),
        language: raw.language.as_deref().map(language_tag),
        published: raw.published,
        modified: raw.updated,
        enclosures: raw.enclosures.clone(),
    }
}

/// A BCP 47 tag in its usual case: `nl`, `nl-BE`. Feeds write `nl-nl`, `nl_NL` and `NL`.
pub fn language_tag(text: &str) -> String {
    let mut parts = text.trim().split(['-', '_']);
    let language = parts.next().unwrap_or_default().to_lowercase();
    match parts.next() {
        Some(region) if region.len() == 2 => format!("{language}-{}", region.to_uppercase()),
        _ => language,
    }
}

fn render(text: &RawText) -> String {
    if text.is_plain { from_plain(&text.content) } else { from_html(&text.content) }
}

fn headline(text: &RawText) -> String {
    let line = if text.is_plain { squeeze(&text.content) } else { one_line(&text.content) };
    line.chars().take(TITLE_CHARS_MAX).collect()
}

fn names(raw: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in raw.iter().map(|name| one_line(name)) {
        if !name.is_empty() && names.len() < NAMES_MAX && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_text_is_kept_and_names_are_not_doubled() {
        let html = |content: &str| Some(RawText { content: content.to_owned(), is_plain: false });
        let raw = RawEntry {
            title: html(" ‘Navo’ &amp; <i>Oekraïne</i>\n "),
            summary: html("Kort."),
            content: html("<p>Lang verhaal.</p><p>Meer.</p>"),
            categories: vec!["Buitenland".into(), " Buitenland ".into(), String::new()],
            language: Some("nl_be".into()),
            link: Some(" http://www.a.example/x/?utm_source=rss ".into()),
            ..RawEntry::default()
        };
        let entry = normalize(&raw);
        assert_eq!(entry.title, "‘Navo’ & Oekraïne");
        assert_eq!(entry.text, "Lang verhaal.\n\nMeer.");
        assert_eq!(entry.tags, ["Buitenland"]);
        assert_eq!(entry.language.as_deref(), Some("nl-BE"));
        assert_eq!(entry.canonical_url.as_deref(), Some("https://a.example/x"));
        assert_eq!(entry.link.as_deref(), Some("http://www.a.example/x/?utm_source=rss"));
    }
}
