//! Articles as records: the JSON keys that scripts rely on.

use serde_json::{Value, json};

use crate::cli::out::Record;
use crate::model::article::Content;
use crate::model::time::{StatedDate, Timestamp};
use crate::normalize::text::is_subheading;
use crate::store::library::Article;

/// Characters of a headline made of a text's beginning.
const DERIVED_CHARS: usize = 80;

/// What one key of a record says of an article, whose snippet stands beside it.
type Say = fn(&Article, Option<&str>) -> Value;

/// What is known of an article, in the order of its record.
const FIELDS: [(&str, Say); 17] = [
    ("id", |article, _| json!(article.id.as_str())),
    ("url", |article, _| json!(article.url)),
    ("title", |article, _| json!(Some(&content(article).title).filter(|title| !title.is_empty()))),
    ("outlet", |article, _| json!(article.outlet)),
    ("section", |article, _| json!(content(article).section)),
    ("authors", |article, _| json!(content(article).authors)),
    ("tags", |article, _| json!(content(article).tags)),
    ("language", |article, _| json!(content(article).language)),
    ("published", |article, _| json!(content(article).published.map(StatedDate::to_rfc3339))),
    ("published_precision", |article, _| {
        json!(content(article).published.map(|date| date.precision.as_str()))
    }),
    ("first_seen", |article, _| json!(article.first_seen_at.to_rfc3339())),
    ("modified", |article, _| json!(content(article).modified.map(StatedDate::to_rfc3339))),
    ("access", |article, _| json!(article.access.as_deref().unwrap_or("unknown"))),
    ("revision", |article, _| json!(article.revision.number)),
    ("feeds", |article, _| json!(article.feeds)),
    ("snippet", |_, snippet| json!(snippet)),
    ("text", |article, _| json!(content(article).text)),
];

/// The keys of [`article`], in its order.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(key, _)| *key)
}

/// All that is known of an article in one record.
pub(super) fn article(article: &Article, snippet: Option<&str>) -> Record {
    FIELDS.iter().map(|(key, say)| ((*key).to_owned(), say(article, snippet))).collect()
}

fn content(article: &Article) -> &Content {
    &article.revision.content
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
