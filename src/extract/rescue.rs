//! The text of pages that have it in their data and not in what they show: it is put there by a
//! program, or behind a button.

use serde_json::{Map, Value};

use crate::extract::json_ld::{self, JsonLd};
use crate::normalize::text;

/// A shorter text in the data is a summary.
const WORDS_MIN: usize = 40;

/// The text that the data of a page has, where it is much more than the `n_words` that were read.
pub(super) fn text(json_ld: &JsonLd, n_words: usize) -> Option<String> {
    let article = json_ld.article()?;
    let parts = match article.get("liveBlogUpdate") {
        // The updates of a whole day, of which a page shows as many as it wants to.
        Some(Value::Array(_)) if n_words >= WORDS_MIN => return None,
        Some(Value::Array(updates)) => updates.iter().filter_map(update).collect(),
        _ => Vec::from_iter(body(article)),
    };
    let text = parts.join("\n\n");
    let n_stated = text.split_whitespace().count();
    (n_stated >= WORDS_MIN && n_stated > n_words * 2).then_some(text)
}

/// An entry of a live blog, with its headline.
fn update(entry: &Value) -> Option<String> {
    let entry = entry.as_object()?;
    let headline = json_ld::first_text(entry.get("headline")).map(|text| text::one_line(&text));
    let body = body(entry);
    let parts: Vec<String> = headline.into_iter().chain(body).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

fn body(object: &Map<String, Value>) -> Option<String> {
    let body = match object.get("articleBody")? {
        Value::Array(items) => items.iter().find_map(Value::as_str)?,
        value => value.as_str()?,
    };
    let is_html = ["</", "<br", "<p"].iter().any(|sign| body.contains(sign));
    let body = if is_html { text::from_html(body) } else { text::from_plain(body) };
    Some(body).filter(|body| !body.is_empty())
}
