//! Articles as a feed: Atom (RFC 4287) or JSON Feed 1.1.

use std::io;

use quick_xml::escape::escape;
use serde_json::{Value, json};

use crate::export::is_writable;
use crate::export::row::Row;
use crate::model::time::Timestamp;

/// Characters of a text in a feed: a summary, and not the text of its publisher.
const SUMMARY_CHARS: usize = 300;

/// What a feed is of.
#[derive(Debug, Clone, Copy)]
pub struct Feed<'f> {
    /// Its name.
    pub name: &'f str,
    /// What was searched for.
    pub query: &'f str,
    /// When it was made.
    pub at: Timestamp,
    /// Its articles, the latest first.
    pub rows: &'f [Row],
}

/// Writes it as Atom.
pub fn atom(out: &mut dyn io::Write, feed: &Feed<'_>) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<feed xmlns=\"http://www.w3.org/2005/Atom\">")?;
    writeln!(out, "  <title>{}</title>", plain(feed.name))?;
    writeln!(out, "  <subtitle>{}</subtitle>", plain(feed.query))?;
    writeln!(out, "  <id>urn:knipsel:watch:{}</id>", plain(&feed.name.replace(' ', "%20")))?;
    writeln!(out, "  <updated>{}</updated>", feed.at.to_rfc3339())?;
    writeln!(out, "  <generator>knipsel</generator>")?;
    for row in feed.rows {
        writeln!(out, "  <entry>\n    <title>{}</title>", plain(&title(row)))?;
        writeln!(out, "    <id>urn:knipsel:{}</id>", row.id)?;
        writeln!(out, "    <updated>{}</updated>", row.revision_seen_at.to_rfc3339())?;
        writeln!(out, "    <published>{}</published>", row.sort_at.to_rfc3339())?;
        if let Some(url) = &row.url {
            writeln!(out, "    <link rel=\"alternate\" href=\"{}\"/>", plain(url))?;
        }
        let outlet = row.outlet.as_deref().unwrap_or("unknown");
        let authors = if row.authors.is_empty() { vec![outlet] } else { names(&row.authors) };
        for author in authors {
            writeln!(out, "    <author><name>{}</name></author>", plain(author))?;
        }
        writeln!(out, "    <summary>{}</summary>\n  </entry>", plain(&summary(&row.text)))?;
    }
    writeln!(out, "</feed>")
}

/// Writes it as JSON Feed.
pub fn json(out: &mut dyn io::Write, feed: &Feed<'_>) -> io::Result<()> {
    let item = |row: &Row| {
        let authors: Vec<Value> = row.authors.iter().map(|name| json!({ "name": name })).collect();
        let mut item = json!({
            "id": format!("urn:knipsel:{}", row.id),
            "url": row.url,
            "title": title(row),
            "content_text": summary(&row.text),
            "date_published": row.sort_at.to_rfc3339(),
            "date_modified": row.revision_seen_at.to_rfc3339(),
            "authors": authors,
            "tags": row.tags,
            "language": row.language,
        });
        // A part that is not known is left out (JSON Feed 1.1, "Items").
        if let Some(parts) = item.as_object_mut() {
            parts.retain(|_, value| !value.is_null());
        }
        item
    };
    let whole = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.name,
        "description": feed.query,
        "items": feed.rows.iter().map(item).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}

fn names(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn title(row: &Row) -> String {
    if row.title.is_empty() {
        summary(&row.text).chars().take(80).collect()
    } else {
        row.title.clone()
    }
}

/// The beginning of a text, to the last word.
fn summary(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = text.char_indices().nth(SUMMARY_CHARS) else { return text };
    let end = text[..end].rfind(' ').unwrap_or(end);
    format!("{}…", &text[..end])
}

/// Escaped, without what XML 1.0 has no way to write (section 2.2).
fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|c| is_writable(*c)).collect();
    escape(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::row::sample;

    #[test]
    fn a_feed_says_what_it_is_of_and_links_to_its_articles() {
        let rows = [sample(), Row { title: String::new(), text: "woord ".repeat(200), ..sample() }];
        let feed = Feed { name: "mijn <sluis>", query: "sluis", at: Timestamp::EPOCH, rows: &rows };
        let mut out = Vec::new();
        atom(&mut out, &feed).unwrap();
        let text = String::from_utf8(out).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        assert!(text.contains("<title>mijn &lt;sluis&gt;</title>"), "{text}");
        assert!(
            text.contains("href=\"https://www.zeeklei.example/nieuws/1?a=b&amp;c=d\""),
            "{text}"
        );
        let mut out = Vec::new();
        json(&mut out, &feed).unwrap();
        let value: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["items"][0]["id"], "urn:knipsel:bxmqca227bska");
        assert!(value["items"][1]["content_text"].as_str().unwrap().len() < 310);
    }
}
