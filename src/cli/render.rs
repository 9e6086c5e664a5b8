//! Articles as records: the JSON keys that scripts rely on.

use serde_json::{Value, json};

use crate::cli::out::Record;
use crate::model::time::{StatedDate, Timestamp};
use crate::normalize::text::is_subheading;
use crate::store::library::Article;

/// Characters of a headline made of a text's beginning.
const DERIVED_CHARS: usize = 80;

/// What is known of an article, by the names of [`article`].
pub(super) const KEYS: [&str; 17] = [
    "id",
    "url",
    "title",
    "outlet",
    "section",
    "authors",
    "tags",
    "language",
    "published",
    "published_precision",
    "first_seen",
    "modified",
    "access",
    "revision",
    "feeds",
    "snippet",
    "text",
];

/// All that is known of an article in one record.
pub(super) fn article(article: &Article, snippet: Option<&str>) -> Record {
    let content = &article.revision.content;
    let date = |date: Option<StatedDate>| date.map(StatedDate::to_rfc3339);
    let values = [
        json!(article.id.as_str()),
        json!(article.url),
        json!(Some(&content.title).filter(|title| !title.is_empty())),
        json!(article.outlet),
        json!(content.section),
        json!(content.authors),
        json!(content.tags),
        json!(content.language),
        json!(date(content.published)),
        json!(content.published.map(|date| date.precision.as_str())),
        json!(article.first_seen_at.to_rfc3339()),
        json!(date(content.modified)),
        json!(article.access.as_deref().unwrap_or("unknown")),
        json!(article.revision.number),
        json!(article.feeds),
        json!(snippet),
        json!(content.text),
    ];
    KEYS.iter().map(|key| (*key).to_owned()).zip(values).collect()
}

/// Only these keys, in this order; a key that does not exist is `Err`.
pub(super) fn only(record: &Record, keys: &[String]) -> Result<Record, String> {
    keys.iter()
        .map(|key| match record.get(key) {
            Some(value) => Ok((key.clone(), value.clone())),
            None => Err(key.clone()),
        })
        .collect()
}

/// The headline, or what stands in for it: the beginning of the text, with `…`.
pub(super) fn headline(article: &Article) -> String {
    let content = &article.revision.content;
    if !content.title.is_empty() {
        return content.title.clone();
    }
    let first = content.text.split("\n\n").find(|p| !is_subheading(p)).unwrap_or(&content.text);
    let Some((end, _)) = first.char_indices().nth(DERIVED_CHARS) else {
        return format!("{}…", first.trim_end_matches('.'));
    };
    let end = first[..end].rfind(' ').unwrap_or(end);
    format!("{}…", &first[..end])
}

/// When an article was published, or else first seen, for people.
pub(super) fn when(article: &Article) -> String {
    match article.revision.content.published {
        Some(date) => date.to_string(),
        None => article.first_seen_at.to_string(),
    }
}

/// A moment in a narrow column: the year goes without saying.
pub(super) fn clock(at: Timestamp) -> String {
    at.to_local().strftime("%m-%d %H:%M").to_string()
}

/// A moment for machines.
pub(super) fn moment(at: Option<Timestamp>) -> Value {
    json!(at.map(Timestamp::to_rfc3339))
}

/// Breaks lines between words at `width` characters.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / width);
    for (number, source) in text.lines().enumerate() {
        if number > 0 {
            wrapped.push('\n');
        }
        let mut length = 0;
        for word in source.split(' ') {
            let chars = unicode_width::UnicodeWidthStr::width(word);
            if length > 0 && length + 1 + chars > width {
                wrapped.push('\n');
                length = 0;
            } else if length > 0 {
                wrapped.push(' ');
                length += 1;
            }
            wrapped.push_str(word);
            length += chars;
        }
    }
    wrapped
}
