//! JSON Feed 1.0 and 1.1.
//!
//! Only what is wanted of a document is kept of it, whatever else it holds.

use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde_json::Number;

use crate::model::document::Hints;
use crate::model::entry::{Enclosure, RawEntry, RawText};
use crate::model::time::StatedDate;
use crate::parse::date;
use crate::parse::feed::ENTRIES_MAX;
use crate::parse::feed::bounds::{LIST_MAX, Lists};
use crate::parse::feed::json::lenient::{Lenient, Of};
use crate::parse::feed::repair::{Repair, Repairs};
use crate::parse::feed::xml::Document;
use crate::parse::mend;

mod lenient; // values of any kind

/// Reads `text`; `None` when it is not a JSON Feed.
pub(super) fn read(text: &str, repairs: &mut Repairs) -> Option<Document> {
    let (feed, is_cut) = feed(text, repairs)?;
    let is_versioned = feed.version.0.is_some_and(|version| version.contains("jsonfeed"));
    if !is_versioned && !feed.items.is_list {
        return None;
    }
    let Items { mut entries, n_listed, n_odd, n_bad_dates, is_last_odd, .. } = feed.items;
    repairs.add_many(Repair::TooMany, n_listed.saturating_sub(ENTRIES_MAX));
    repairs.add_many(Repair::Json, n_odd);
    repairs.add_many(Repair::BadDate, n_bad_dates);
    if is_cut {
        repairs.add(Repair::Cut);
        // An item that was cut off lacks what would tell it from others, or something else.
        if n_listed <= ENTRIES_MAX
            && !is_last_odd
            && let Some(last) = entries.pop()
            && (last.link.is_some() || last.guid.is_some())
        {
            entries.push(RawEntry { is_cut: true, ..last });
        }
    }
    Some(Document {
        title: feed.title.0,
        hints: feed.hints,
        entries,
        clocks_in_utc: Vec::new(),
        is_feed: true,
        first: None,
        is_unclosed: is_cut,
        is_cut,
    })
}

/// The first value in `text`, mended if it must be; and whether it was cut off.
fn feed(text: &str, repairs: &mut Repairs) -> Option<(Feed, bool)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Of<Feed>>();
    if let Some(Ok(feed)) = values.next() {
        if !text[values.byte_offset()..].trim().is_empty() {
            repairs.add(Repair::Trailing);
        }
        return Some((feed.0, false));
    }
    let mended = mend::json(text);
    let feed: Of<Feed> = serde_json::from_str(&mended.text).ok()?;
    repairs.add_many(Repair::Json, mended.n_errors);
    Some((feed.0, mended.is_cut))
}

/// A document.
#[derive(Debug, Default)]
struct Feed {
    version: Text,
    title: Text,
    hints: Hints,
    items: Items,
}

impl Lenient for Feed {
    fn object<'d, A: MapAccess<'d>>(mut fields: A) -> Result<Self, A::Error> {
        let mut feed = Self::default();
        while let Some(key) = fields.next_key::<String>()? {
            let slot = match &*key {
                "version" => &mut feed.version.0,
                "title" => &mut feed.title.0,
                "feed_url" => &mut feed.hints.self_url,
                "home_page_url" => &mut feed.hints.home_url,
                "language" => &mut feed.hints.language,
                "next_url" => &mut feed.hints.pages.next,
                "items" => {
                    feed.items = fields.next_value::<Of<Items>>()?.0;
                    continue;
                }
                "hubs" => {
                    let hubs = fields.next_value::<Of<List<Hub>>>()?.0;
                    feed.hints.hubs = hubs.0.into_iter().filter_map(|hub| hub.0).collect();
                    continue;
                }
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = fields.next_value::<Of<Text>>()?.0.0;
        }
        Ok(feed)
    }
}

/// The entries, read one by one.
#[derive(Debug, Default)]
struct Items {
    entries: Vec<RawEntry>,
    lists: Lists,
    is_list: bool,
    n_listed: usize,
    /// Those that are no objects.
    n_odd: usize,
    is_last_odd: bool,
    n_bad_dates: usize,
}

impl Items {
    fn take(&mut self, item: Option<Item>) {
        self.n_listed += 1;
        self.is_last_odd = item.is_none();
        let Some(item) = item else {
            self.n_odd += 1;
            return;
        };
        let mut entry = item.entry(&mut self.n_bad_dates);
        self.lists.trim(&mut entry);
        self.entries.push(entry);
    }

    fn is_full(&self) -> bool {
        self.n_listed >= ENTRIES_MAX
    }
}

impl Lenient for Items {
    fn list<'d, A: SeqAccess<'d>>(mut items: A) -> Result<Self, A::Error> {
        let mut read = Self { is_list: true, ..Self::default() };
        while !read.is_full()
            && let Some(item) = items.next_element::<Of<Option<Item>>>()?
        {
            read.take(item.0);
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            read.n_listed += 1;
        }
        Ok(read)
    }

    /// Some programs number them.
    fn object<'d, A: MapAccess<'d>>(mut items: A) -> Result<Self, A::Error> {
        let mut read = Self { is_list: true, ..Self::default() };
        while items.next_key::<IgnoredAny>()?.is_some() {
            if read.is_full() {
                items.next_value::<IgnoredAny>()?;
                read.n_listed += 1;
            } else {
                read.take(items.next_value::<Of<Option<Item>>>()?.0);
            }
        }
        Ok(read)
    }
}

/// An entry as it stands there.
#[derive(Debug, Default)]
struct Item {
    id: Text,
    url: Text,
    external_url: Text,
    title: Text,
    summary: Text,
    content_html: Text,
    content_text: Text,
    published: Text,
    modified: Text,
    language: Text,
    author: Name,
    authors: List<Name>,
    tags: List<Text>,
    attachments: List<Attachment>,
}

impl Lenient for Option<Item> {
    fn object<'d, A: MapAccess<'d>>(mut fields: A) -> Result<Self, A::Error> {
        let mut item = Item::default();
        while let Some(key) = fields.next_key::<String>()? {
            let slot = match &*key {
                "id" => &mut item.id,
                "url" => &mut item.url,
                "external_url" => &mut item.external_url,
                "title" => &mut item.title,
                "summary" => &mut item.summary,
                "content_html" => &mut item.content_html,
                "content_text" => &mut item.content_text,
                "date_published" => &mut item.published,
                "date_modified" => &mut item.modified,
                "language" => &mut item.language,
                _ => {
                    item.part(&key, &mut fields)?;
                    continue;
                }
            };
            *slot = fields.next_value::<Of<Text>>()?.0;
        }
        Ok(Some(item))
    }
}

impl Item {
    /// Takes what is no mere text.
    fn part<'d, A: MapAccess<'d>>(&mut self, key: &str, fields: &mut A) -> Result<(), A::Error> {
        match key {
            "author" => self.author = fields.next_value::<Of<_>>()?.0,
            "authors" => self.authors = fields.next_value::<Of<_>>()?.0,
            "tags" => self.tags = fields.next_value::<Of<_>>()?.0,
            "attachments" => self.attachments = fields.next_value::<Of<_>>()?.0,
            _ => _ = fields.next_value::<IgnoredAny>()?,
        }
        Ok(())
    }

    fn entry(self, n_bad_dates: &mut usize) -> RawEntry {
        let mut date = |text: Option<&String>| -> Option<StatedDate> {
            let stated = date::parse(text?);
            *n_bad_dates += usize::from(stated.is_none());
            stated
        };
        let published = date(self.published.0.as_ref());
        let updated = date(self.modified.0.as_ref());
        let guid = self.id.0;
        let is_web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        let link = self.url.0.or(self.external_url.0);
        let html = self.content_html.0.map(|content| RawText { content, is_plain: false });
        let plain = self.content_text.0.map(|content| RawText { content, is_plain: true });
        let authors: Vec<String> = self.authors.0.into_iter().filter_map(|name| name.0).collect();
        RawEntry {
            link: link.or_else(|| guid.clone().filter(is_web)),
            guid,
            title: self.title.0.map(mostly_plain),
            summary: self.summary.0.map(mostly_plain),
            content: html.or(plain),
            authors: if authors.is_empty() { self.author.0.into_iter().collect() } else { authors },
            categories: self.tags.0.into_iter().filter_map(|tag| tag.0).collect(),
            published,
            updated: updated.filter(|updated| Some(*updated) != published),
            published_text: self.published.0,
            language: self.language.0,
            enclosures: self.attachments.0.into_iter().filter_map(Attachment::enclosure).collect(),
            ..RawEntry::default()
        }
    }
}

/// Plain text by definition, though some programs put references of HTML in it.
fn mostly_plain(content: String) -> RawText {
    let has_reference = content.contains('&') && content.contains(';');
    RawText { is_plain: !has_reference && !content.contains("</"), content }
}

/// A text that is not empty. Version 1.1: what is given as a number is read as text.
#[derive(Debug, Default)]
struct Text(Option<String>);

impl Lenient for Text {
    fn text(text: &str) -> Self {
        Self(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned))
    }

    fn number(number: &Number) -> Self {
        Self(Some(number.to_string()))
    }
}

/// The first ones of a list.
#[derive(Debug)]
struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Lenient> Lenient for List<T> {
    fn list<'d, A: SeqAccess<'d>>(mut items: A) -> Result<Self, A::Error> {
        let mut list = Vec::new();
        while list.len() < LIST_MAX
            && let Some(item) = items.next_element::<Of<T>>()?
        {
            list.push(item.0);
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self(list))
    }
}

/// An author: a name, or an object with one.
#[derive(Debug, Default)]
struct Name(Option<String>);

impl Lenient for Name {
    fn text(text: &str) -> Self {
        Self(Text::text(text).0)
    }

    fn number(number: &Number) -> Self {
        Self(Text::number(number).0)
    }

    fn object<'d, A: MapAccess<'d>>(fields: A) -> Result<Self, A::Error> {
        field(fields, "name").map(Self)
    }
}

/// A WebSub hub.
#[derive(Debug, Default)]
struct Hub(Option<String>);

impl Lenient for Hub {
    fn object<'d, A: MapAccess<'d>>(fields: A) -> Result<Self, A::Error> {
        field(fields, "url").map(Self)
    }
}

/// The text of one field; all others are passed over.
fn field<'d, A: MapAccess<'d>>(mut fields: A, name: &str) -> Result<Option<String>, A::Error> {
    let mut found = None;
    while let Some(key) = fields.next_key::<String>()? {
        if key == name {
            found = fields.next_value::<Of<Text>>()?.0.0;
        } else {
            fields.next_value::<IgnoredAny>()?;
        }
    }
    Ok(found)
}

#[derive(Debug, Default)]
struct Attachment {
    url: Text,
    media_type: Text,
    size: Size,
}

impl Lenient for Attachment {
    fn object<'d, A: MapAccess<'d>>(mut fields: A) -> Result<Self, A::Error> {
        let mut file = Self::default();
        while let Some(key) = fields.next_key::<String>()? {
            match &*key {
                "url" => file.url = fields.next_value::<Of<_>>()?.0,
                "mime_type" => file.media_type = fields.next_value::<Of<_>>()?.0,
                "size_in_bytes" => file.size = fields.next_value::<Of<_>>()?.0,
                _ => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        Ok(file)
    }
}

impl Attachment {
    fn enclosure(self) -> Option<Enclosure> {
        Some(Enclosure { url: self.url.0?, media_type: self.media_type.0, size_bytes: self.size.0 })
    }
}

#[derive(Debug, Default)]
struct Size(Option<u64>);

impl Lenient for Size {
    fn number(number: &Number) -> Self {
        Self(number.as_u64().filter(|size| *size > 0))
    }
}
