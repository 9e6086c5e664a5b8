//! A raw entry to its canonical form.

use crate::model::article::Content;
use crate::model::entry::{Entry, RawEntry, RawText};
use crate::model::time::StatedDate;
use crate::normalize::text::{from_html, from_plain, one_line, squeeze, without_source_line};
use crate::normalize::url::{canonical, is_home_page, is_unsafe};

/// Characters of a headline; the rest of a longer one is text that lost its way.
const TITLE_CHARS_MAX: usize = 500;

/// Authors and tags kept of one entry.
const NAMES_MAX: usize = 50;

/// A longer GUID is nobody's number but a document that lost its way; it would be kept for ever.
const GUID_BYTES_MAX: usize = 2048;

/// The canonical form of an entry.
pub fn normalize(raw: &RawEntry) -> Entry {
    let link = raw.link.as_deref().map(str::trim);
    let link = link.filter(|link| !link.is_empty() && !is_unsafe(link));
    let guid = raw.guid.as_deref().map(str::trim);
    let guid = guid.filter(|guid| !guid.is_empty() && guid.len() <= GUID_BYTES_MAX);
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
        published: raw.published.filter(is_meant),
        modified: raw.updated.filter(is_meant),
        enclosures: raw.enclosures.iter().filter(|file| !is_unsafe(&file.url)).cloned().collect(),
    }
}

/// Whether a date was put there by somebody: programs write the first day of Unix where they have none.
fn is_meant(date: &StatedDate) -> bool {
    const FIRST_DAYS_SECONDS: u64 = 2 * 86_400;
    date.at.seconds().unsigned_abs() >= FIRST_DAYS_SECONDS
}

/// What an entry of a feed of `section` says, taken out of it.
pub fn content(entry: &mut Entry, section: Option<&str>, language: Option<&str>) -> Content {
    use std::mem::take;
    Content {
        section: section.map(ToOwned::to_owned).or_else(|| entry.tags.first().cloned()),
        title: take(&mut entry.title),
        text: take(&mut entry.text),
        authors: take(&mut entry.authors),
        tags: take(&mut entry.tags),
        language: entry.language.take().or_else(|| language.map(ToOwned::to_owned)),
        published: entry.published,
        modified: entry.modified,
        enclosures: take(&mut entry.enclosures),
    }
}

/// As much of a line as a title may have.
fn cut(line: &str) -> String {
    let end = line.char_indices().nth(TITLE_CHARS_MAX).map_or(line.len(), |(at, _)| at);
    line[..end].trim_end().to_owned()
}

/// The title of a feed as one bounded line: it is shown in lists, and any text can stand there.
pub fn feed_title(text: &str) -> String {
    cut(&one_line(text))
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
    without_source_line(if text.is_plain {
        from_plain(&text.content)
    } else {
        from_html(&text.content)
    })
}

fn headline(text: &RawText) -> String {
    let line = if text.is_plain { squeeze(&text.content) } else { one_line(&text.content) };
    cut(&line)
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
    use crate::model::entry::Enclosure;

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

    #[test]
    fn feed_titles_are_one_bounded_line_without_controls() {
        assert_eq!(feed_title(" De\n\u{1b}]0;x\u{7}Bode &amp; co "), "De ]0;xBode & co");
        assert_eq!(feed_title(&"é".repeat(10_000)).chars().count(), TITLE_CHARS_MAX);
        // Found by reading feeds at random: cut behind a word, it ended in a space.
        let words = "a".repeat(TITLE_CHARS_MAX - 1);
        assert_eq!(feed_title(&format!("{words} b")), words);
    }

    #[test]
    fn what_no_reader_may_click_or_no_archive_should_hold_is_left_out() {
        let raw = RawEntry {
            guid: Some("g".repeat(GUID_BYTES_MAX + 1)),
            link: Some(" java\tscript:alert(1)".into()),
            enclosures: ["https://a.example/a.mp3", "data:audio/mpeg;base64,AAAA"]
                .map(|url| Enclosure { url: url.into(), media_type: None, size_bytes: None })
                .into(),
            ..RawEntry::default()
        };
        let entry = normalize(&raw);
        assert_eq!((entry.guid, entry.link, entry.enclosures.len()), (None, None, 1));
    }
}
