//! JSON Feed 1.0 and 1.1.

use serde_json::{Map, Value};

use crate::model::document::Hints;
use crate::model::entry::{Enclosure, RawEntry, RawText};
use crate::model::time::StatedDate;
use crate::parse::date;
use crate::parse::feed::ENTRIES_MAX;
use crate::parse::feed::repair::{Repair, Repairs};
use crate::parse::feed::xml::Document;
use crate::parse::mend;

type Object = Map<String, Value>;

/// Reads `text`; `None` when it is not a JSON Feed.
pub(super) fn read(text: &str, repairs: &mut Repairs) -> Option<Document> {
    let (value, is_cut) = value(text, repairs)?;
    let Value::Object(mut feed) = value else { return None };
    let is_versioned = feed
        .get("version")
        .and_then(Value::as_str)
        .is_some_and(|version| version.contains("jsonfeed"));
    let items = match feed.remove("items") {
        Some(Value::Array(items)) => items,
        Some(Value::Object(items)) => items.into_iter().map(|(_, item)| item).collect(),
        _ if is_versioned => Vec::new(),
        _ => return None,
    };
    let n_left_out = items.len().saturating_sub(ENTRIES_MAX);
    repairs.add_many(Repair::TooMany, n_left_out);
    let n_items = items.len();
    let mut entries = Vec::new();
    for (place, item) in items.into_iter().enumerate().take(ENTRIES_MAX) {
        let Value::Object(item) = item else {
            repairs.add(Repair::Json);
            continue;
        };
        let entry = RawEntry { is_cut: is_cut && place + 1 == n_items, ..entry(&item, repairs) };
        if !entry.is_cut || entry.link.is_some() || entry.guid.is_some() {
            entries.push(entry);
        }
    }
    if is_cut {
        repairs.add(Repair::Cut);
    }
    let title = string(&feed, "title");
    Some(Document {
        title,
        hints: hints(&feed),
        entries,
        clocks_in_utc: Vec::new(),
        is_feed: true,
        first: None,
        is_unclosed: is_cut,
        is_cut,
    })
}

/// The first value in `text`, mended if it must be; and whether it was cut off.
fn value(text: &str, repairs: &mut Repairs) -> Option<(Value, bool)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    if let Some(Ok(value)) = values.next() {
        if !text[values.byte_offset()..].trim().is_empty() {
            repairs.add(Repair::Trailing);
        }
        return Some((value, false));
    }
    let mended = mend::json(text);
    let value = serde_json::from_str(&mended.text).ok()?;
    repairs.add_many(Repair::Json, mended.n_errors);
    Some((value, mended.is_cut))
}

fn entry(item: &Object, repairs: &mut Repairs) -> RawEntry {
    let published_text = string(item, "date_published");
    let mut date = |text: Option<String>| -> Option<StatedDate> {
        let text = text?;
        let stated = date::parse(&text);
        if stated.is_none() {
            repairs.add(Repair::BadDate);
        }
        stated
    };
    let published = date(published_text.clone());
    let updated = date(string(item, "date_modified"));
    let guid = string(item, "id");
    let is_web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
    let link = string(item, "url").or_else(|| string(item, "external_url"));
    let html = string(item, "content_html").map(|content| RawText { content, is_plain: false });
    let plain = string(item, "content_text").map(|content| RawText { content, is_plain: true });
    RawEntry {
        link: link.or_else(|| guid.clone().filter(is_web)),
        guid,
        title: string(item, "title").map(mostly_plain),
        summary: string(item, "summary").map(mostly_plain),
        content: html.or(plain),
        authors: authors(item),
        categories: list(item, "tags").iter().filter_map(text).collect(),
        published,
        updated: updated.filter(|updated| Some(*updated) != published),
        published_text,
        language: string(item, "language"),
        enclosures: list(item, "attachments").iter().filter_map(enclosure).collect(),
        ..RawEntry::default()
    }
}

/// Plain text by definition, though some programs put references of HTML in it.
fn mostly_plain(content: String) -> RawText {
    let has_reference = content.contains('&') && content.contains(';');
    RawText { is_plain: !has_reference && !content.contains("</"), content }
}

fn authors(object: &Object) -> Vec<String> {
    let name = |author: &Value| match author {
        Value::Object(author) => string(author, "name"),
        other => text(other),
    };
    let names: Vec<String> = list(object, "authors").iter().filter_map(name).collect();
    if names.is_empty() { object.get("author").and_then(name).into_iter().collect() } else { names }
}

fn enclosure(attachment: &Value) -> Option<Enclosure> {
    let attachment = attachment.as_object()?;
    Some(Enclosure {
        url: string(attachment, "url")?,
        media_type: string(attachment, "mime_type"),
        size_bytes: attachment.get("size_in_bytes").and_then(Value::as_u64).filter(|n| *n > 0),
    })
}

fn hints(feed: &Object) -> Hints {
    let hub = |hub: &Value| hub.as_object().and_then(|hub| string(hub, "url"));
    let mut hints = Hints {
        hubs: list(feed, "hubs").iter().filter_map(hub).collect(),
        self_url: string(feed, "feed_url"),
        home_url: string(feed, "home_page_url"),
        language: string(feed, "language"),
        ..Hints::default()
    };
    hints.pages.next = string(feed, "next_url");
    hints
}

fn list<'o>(object: &'o Object, key: &str) -> &'o [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn string(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(text)
}

/// A text that is not empty. Version 1.1: what is given as a number is read as text.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}
