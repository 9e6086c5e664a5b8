//! Feeds as text: RSS 2.0, Atom 1.0 and JSON Feed 1.1, each in the shape its outlet is used to.

use jiff::tz::TimeZone;
use quick_xml::escape::escape;
use serde_json::json;

use crate::model::time::{Timestamp, ZONE};
use crate::press::outlets::{Format, Outlet};
use crate::press::stories::Block;

/// A feed, ready to be written.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) outlet: &'static Outlet,
    pub(super) title: String,
    pub(super) home: String,
    pub(super) url: String,
    pub(super) modified: Timestamp,
    pub(super) items: Vec<Item>,
}

/// An item of a feed.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) guid: String,
    pub(super) link: String,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) summary: String,
    pub(super) html: String,
    pub(super) categories: Vec<String>,
    pub(super) published: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) image: String,
    /// Link and headline of another article.
    pub(super) related: Option<(String, String)>,
}

/// The document and its media type.
pub(super) fn feed(sheet: &Sheet) -> (&'static str, Vec<u8>) {
    match sheet.outlet.format {
        Format::RssSummary => ("application/rss+xml; charset=utf-8", rss(sheet).into_bytes()),
        Format::RssFull => ("text/xml; charset=utf-8", rss(sheet).into_bytes()),
        Format::RssWindows1252 => {
            let text = rss(sheet);
            let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
            ("application/rss+xml", bytes.into_owned())
        }
        Format::Atom => ("application/atom+xml; charset=utf-8", atom(sheet).into_bytes()),
        Format::Json => ("application/feed+json", json_feed(sheet).into_bytes()),
    }
}

/// The blocks of an article as HTML.
pub(super) fn html(blocks: &[Block]) -> String {
    let lines = blocks.iter().map(|block| match block {
        Block::Heading(text) => format!("<h2>{}</h2>", escape(text)),
        Block::Paragraph(text) => format!("<p>{}</p>", escape(text)),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What `write` makes of each of `items`, one after the other.
pub(super) fn each<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect()
}

/// `Mon, 14 Feb 2022 10:12:00 +0100` (RSS 2.0, after RFC 822).
fn rfc822(at: Timestamp) -> String {
    zoned(at).strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// `2022-02-14T10:12:00+01:00` (RFC 3339).
pub(super) fn rfc3339(at: Timestamp) -> String {
    zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `Mon, 14 Feb 2022 09:12:00 GMT` (RFC 9110 section 5.6.7).
pub(super) fn http_date(at: Timestamp) -> String {
    moment(at).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn zoned(at: Timestamp) -> jiff::ZonedDateTime {
    moment(at).to_zoned_datetime(TimeZone::get(ZONE).unwrap_or(TimeZone::UTC))
}

fn moment(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at.seconds()).unwrap_or_default()
}

fn rss(sheet: &Sheet) -> String {
    let encoding = match sheet.outlet.format {
        Format::RssWindows1252 => "windows-1252",
        _ => "utf-8",
    };
    let items = each(&sheet.items, |item| rss_item(sheet.outlet, item));
    format!(
        r#"<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{title}</title>
<link>{home}</link>
<description>{motto}</description>
<atom:link href="{url}" rel="self" type="application/rss+xml"/>
<language>{language}</language>
<lastBuildDate>{modified}</lastBuildDate>
<ttl>30</ttl>
{items}</channel>
</rss>
"#,
        title = escape(&sheet.title),
        home = escape(&sheet.home),
        motto = escape(sheet.outlet.motto),
        url = escape(&sheet.url),
        language = sheet.outlet.language.to_lowercase(),
        modified = rfc822(sheet.modified),
    )
}

fn rss_item(outlet: &Outlet, item: &Item) -> String {
    let description = match outlet.format {
        Format::RssSummary => escape(&item.summary).into_owned(),
        Format::RssFull => format!("<![CDATA[{}]]>", item.html),
        _ => escape(&item.html).into_owned(),
    };
    let categories =
        each(&item.categories, |name| format!("<category>{}</category>\n", escape(name)));
    // As one Dutch site does it: a reader that takes the first atom:link for the item's own link
    // ends up at another article.
    let related = item.related.as_ref().map_or_else(String::new, |(link, title)| {
        format!(
            "<atom:link href=\"{}\" rel=\"related\" title=\"{}\" type=\"text/html\"/>\n",
            escape(link),
            escape(title)
        )
    });
    format!(
        r#"<item>
<title>{title}</title>
{related}<link>{link}</link>
<description>{description}</description>
<pubDate>{published}</pubDate>
<guid isPermaLink="false">{guid}</guid>
<enclosure length="0" type="image/png" url="{image}"/>
{categories}<dc:creator>{author}</dc:creator>
</item>
"#,
        title = escape(&item.title),
        link = escape(&item.link),
        published = rfc822(item.published),
        guid = escape(&item.guid),
        image = escape(&item.image),
        author = escape(&item.author),
    )
}

fn atom(sheet: &Sheet) -> String {
    let entries = each(&sheet.items, atom_entry);
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">
<title>{title}</title>
<subtitle>{motto}</subtitle>
<id>tag:{slug}.example,2022:nieuws</id>
<link rel="self" type="application/atom+xml" href="{url}"/>
<link rel="alternate" type="text/html" href="{home}"/>
<updated>{modified}</updated>
{entries}</feed>
"#,
        language = sheet.outlet.language,
        title = escape(&sheet.title),
        motto = escape(sheet.outlet.motto),
        slug = sheet.outlet.slug,
        url = escape(&sheet.url),
        home = escape(&sheet.home),
        modified = rfc3339(sheet.modified),
    )
}

fn atom_entry(item: &Item) -> String {
    let categories =
        each(&item.categories, |name| format!("<category term=\"{}\"/>\n", escape(name)));
    format!(
        r#"<entry>
<title type="text">{title}</title>
<id>{guid}</id>
<link rel="alternate" type="text/html" href="{link}"/>
<link rel="enclosure" type="image/png" href="{image}"/>
<published>{published}</published>
<updated>{modified}</updated>
<author><name>{author}</name></author>
{categories}<summary type="text">{summary}</summary>
<content type="html">{content}</content>
</entry>
"#,
        title = escape(&item.title),
        guid = escape(&item.guid),
        link = escape(&item.link),
        image = escape(&item.image),
        published = rfc3339(item.published),
        modified = rfc3339(item.modified),
        author = escape(&item.author),
        summary = escape(&item.summary),
        content = escape(&item.html),
    )
}

fn json_feed(sheet: &Sheet) -> String {
    let item = |item: &Item| {
        json!({
            "id": item.guid,
            "url": item.link,
            "title": item.title,
            "summary": item.summary,
            "content_html": item.html,
            "image": item.image,
            "date_published": rfc3339(item.published),
            "date_modified": rfc3339(item.modified),
            "authors": [{ "name": item.author }],
            "tags": item.categories,
            "language": sheet.outlet.language,
        })
    };
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": sheet.title,
        "home_page_url": sheet.home,
        "feed_url": sheet.url,
        "description": sheet.outlet.motto,
        "language": sheet.outlet.language,
        "items": sheet.items.iter().map(item).collect::<Vec<_>>(),
    });
    format!("{feed:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_the_way_each_format_wants_them() {
        let at = Timestamp::from_seconds(1_644_829_920);
        assert_eq!(rfc822(at), "Mon, 14 Feb 2022 10:12:00 +0100");
        assert_eq!(rfc3339(at), "2022-02-14T10:12:00+01:00");
        assert_eq!(http_date(at), "Mon, 14 Feb 2022 09:12:00 GMT");
    }
}
