//! `knipsel feed inspect`: what is read of documents, and what had to be mended in them.

use std::io::Read as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::args::{Global, InspectArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::visit::Visitor;
use crate::cli::out::{Format, Record, Records, bold, clean, dim, line};
use crate::cli::{out, setup};
use crate::discover::visit::Found;
use crate::model::document::{Cloud, Hints, Pages};
use crate::model::entry::{Enclosure, RawEntry, RawText};
use crate::model::feed::Feed;
use crate::model::time::StatedDate;
use crate::model::units::Span;
use crate::normalize::text;
use crate::parse::discover;
use crate::parse::feed::{self, ParsedFeed};

/// Headlines shown to people, of each document.
const HEADLINES: usize = 10;

pub(super) fn inspect(global: &Global, args: &InspectArgs) -> Result<Exit, Failure> {
    let mut visitor = None;
    let mut records = Records::new(args.format);
    let (mut n_feeds, mut unread) = (0, None);
    for name in &args.documents {
        let read = if name.contains("://") {
            visit(global, &mut visitor, name)?
        } else {
            file(name, &args.base)
        };
        n_feeds += usize::from(read.is_ok());
        match args.format {
            Format::Table => page(name, &read)?,
            _ => records.push(document(name, &read))?,
        }
        if let Err(Unread::Missing(reason)) = read {
            unread.get_or_insert_with(|| format!("cannot read `{name}`: {reason}"));
        }
    }
    if args.format != Format::Table {
        records.finish()?;
    }
    match unread {
        Some(message) => Err(Failure::new(Exit::NotFound, message)),
        None if n_feeds == 0 => Ok(Exit::NothingFound),
        None => Ok(Exit::Done),
    }
}

/// Why there is nothing to show.
enum Unread {
    /// There is no such document.
    Missing(String),
    /// It is not a feed.
    Other(String),
}

impl Unread {
    fn reason(&self) -> &str {
        let (Self::Missing(reason) | Self::Other(reason)) = self;
        reason
    }
}

type Read = Result<ParsedFeed, Unread>;

fn file(name: &str, base: &str) -> Read {
    // Room for all of it at once: growing would take it several times over.
    let length = std::fs::metadata(name).map_or(0, |about| about.len());
    let mut bytes =
        Vec::with_capacity(usize::try_from(length).map_or(0, |n| n.min(feed::BYTES_MAX)));
    // One byte more than is read tells that there is more.
    let limit = feed::BYTES_MAX as u64 + 1;
    let opened: std::io::Result<Box<dyn std::io::Read>> = match name {
        "-" => Ok(Box::new(std::io::stdin())),
        path => std::fs::File::open(path).map(|file| Box::new(file) as _),
    };
    let read = opened.and_then(|input| input.take(limit).read_to_end(&mut bytes));
    read.map_err(|error| Unread::Missing(error.to_string()))?;
    feed::parse(&bytes, base, None).map_err(|error| match error {
        feed::Error::WebPage => a_page(&discover::page(&bytes, base, None)),
        other => Unread::Other(other.to_string()),
    })
}

fn a_page(page: &discover::Page) -> Unread {
    Unread::Other(format!("{}{}", feed::Error::WebPage, page.announced()))
}

fn visit(global: &Global, visitor: &mut Option<Visitor>, url: &str) -> Result<Read, Failure> {
    let visitor = match visitor {
        Some(visitor) => visitor,
        None => visitor.insert(Visitor::new(global, &setup::paths(global)?)?),
    };
    let visit = visitor.visit(&Feed::new("", url));
    Ok(match visit.found {
        Found::Feed(parsed) => Ok(parsed),
        Found::Page(page) => Err(a_page(&page)),
        Found::Other(error) => Err(Unread::Other(error.to_string())),
        Found::Refused(reason) | Found::Away(reason) => Err(Unread::Missing(reason)),
    })
}

fn document(name: &str, read: &Read) -> Record {
    let parsed = read.as_ref().ok();
    let items: Vec<Value> =
        parsed.iter().flat_map(|parsed| &parsed.entries).map(|entry| item(entry).into()).collect();
    let fields = [
        ("file", json!(name)),
        ("ok", json!(read.is_ok())),
        ("problem", json!(read.as_ref().err().map(Unread::reason))),
        ("title", json!(parsed.and_then(title))),
        ("encoding", json!(parsed.map(|parsed| parsed.encoding))),
        ("cut", json!(parsed.is_some_and(|parsed| parsed.is_cut))),
        ("entries", json!(items.len())),
        ("items", json!(items)),
        ("repairs", parsed.map_or(Value::Null, repairs)),
        ("hints", parsed.map_or(Value::Null, |parsed| hints(&parsed.hints).into())),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn title(parsed: &ParsedFeed) -> Option<String> {
    parsed.title.as_deref().map(text::one_line)
}

fn repairs(parsed: &ParsedFeed) -> Value {
    let counts = parsed.repairs.iter();
    Value::Object(counts.map(|(kind, n)| (kind.as_str().to_owned(), json!(n))).collect())
}

fn item(entry: &RawEntry) -> Record {
    let fields = [
        ("title", json!(entry.title.as_ref().map(headline))),
        ("link", json!(entry.link)),
        ("id", json!(entry.guid)),
        ("permalink", json!(entry.is_permalink)),
        ("published", json!(entry.published.map(StatedDate::to_rfc3339))),
        ("published_text", json!(entry.published_text)),
        ("precision", json!(entry.published.map(|date| date.precision.as_str()))),
        ("zone_assumed", json!(entry.published.map(|date| date.is_zone_assumed))),
        ("updated", json!(entry.updated.map(StatedDate::to_rfc3339))),
        ("author", json!(entry.authors.first())),
        ("authors", json!(entry.authors)),
        ("categories", json!(entry.categories)),
        ("language", json!(entry.language)),
        ("summary", json!(entry.summary.as_ref().map(rendered))),
        ("content", json!(entry.content.as_ref().map(rendered))),
        ("enclosures", json!(entry.enclosures.iter().map(enclosure).collect::<Vec<_>>())),
        ("cut", json!(entry.is_cut)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn headline(title: &RawText) -> String {
    if title.is_plain { text::squeeze(&title.content) } else { text::one_line(&title.content) }
}

fn rendered(content: &RawText) -> String {
    if content.is_plain {
        text::from_plain(&content.content)
    } else {
        text::from_html(&content.content)
    }
}

fn enclosure(file: &Enclosure) -> Value {
    json!({"url": file.url, "type": file.media_type, "size_bytes": file.size_bytes})
}

/// What is stated; what is not is left out.
fn hints(hints: &Hints) -> Record {
    let seconds = |length: Option<Duration>| json!(length.map(|length| length.as_secs()));
    let Pages { is_archive, is_complete, .. } = hints.pages;
    let pages = &hints.pages;
    let fields = [
        ("home", json!(hints.home_url)),
        ("self", json!(hints.self_url)),
        ("hubs", json!(hints.hubs)),
        ("language", json!(hints.language)),
        ("ttl_s", seconds(hints.ttl)),
        ("update_s", seconds(hints.update_interval)),
        ("update_base", json!(hints.update_base.map(StatedDate::to_rfc3339))),
        ("skip_hours", json!(hints.skip_hours)),
        ("skip_days", json!(hints.skip_days)),
        ("cloud", json!(hints.cloud.as_ref().map(cloud))),
        ("moved_to", json!(hints.new_url)),
        ("archive", json!(is_archive.then_some(true))),
        ("complete", json!(is_complete.then_some(true))),
        ("current", json!(pages.current)),
        ("prev_archive", json!(pages.prev_archive)),
        ("next_archive", json!(pages.next_archive)),
        ("first", json!(pages.first)),
        ("previous", json!(pages.previous)),
        ("next", json!(pages.next)),
        ("last", json!(pages.last)),
    ];
    let is_stated = |value: &Value| !value.is_null() && value.as_array() != Some(&Vec::new());
    let stated = fields.into_iter().filter(|(_, value)| is_stated(value));
    stated.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn cloud(cloud: &Cloud) -> Value {
    json!({
        "domain": cloud.domain,
        "port": cloud.port,
        "path": cloud.path,
        "procedure": cloud.procedure,
        "protocol": cloud.protocol,
    })
}

fn page(name: &str, read: &Read) -> Result<(), Failure> {
    line(&bold(&clean(name)))?;
    let parsed = match read {
        Ok(parsed) => parsed,
        Err(unread) => {
            out::facts(&[("problem", Some(unread.reason().to_owned()))])?;
            return Ok(line("")?);
        }
    };
    let mut facts = vec![
        ("title", title(parsed)),
        ("encoding", Some(parsed.encoding.to_owned())),
        ("entries", Some(parsed.entries.len().to_string())),
    ];
    facts.extend(parsed.repairs.lines().into_iter().map(|repair| ("repaired", Some(repair))));
    facts.extend(told(&parsed.hints));
    out::facts(&facts)?;
    for entry in parsed.entries.iter().take(HEADLINES) {
        let date = entry.published.or(entry.updated);
        let date = date.map_or_else(|| "no date".to_owned(), |date| date.to_string());
        let title = entry.title.as_ref().map(headline).unwrap_or_default();
        line(&format!("{}  {}", dim(&format!("{date:<16}")), clean(&title)))?;
        line(&format!("{:18}{}", "", dim(&clean(entry.link.as_deref().unwrap_or("no link")))))?;
    }
    if let Some(n_more @ 1..) = parsed.entries.len().checked_sub(HEADLINES) {
        line(&format!("{:18}and {n_more} more", ""))?;
    }
    Ok(line("")?)
}

/// The hints, in words.
fn told(hints: &Hints) -> Vec<(&'static str, Option<String>)> {
    let length = |length: Option<Duration>| length.map(|length| Span(length).to_string());
    let list = |numbers: &[u8]| {
        let numbers: Vec<String> = numbers.iter().map(u8::to_string).collect();
        Some(numbers.join(" ")).filter(|numbers| !numbers.is_empty())
    };
    vec![
        ("home", hints.home_url.clone()),
        ("self", hints.self_url.clone()),
        ("hub", hints.hubs.first().cloned()),
        ("language", hints.language.clone()),
        ("ttl", length(hints.ttl)),
        ("updated every", length(hints.update_interval)),
        ("skip hours", list(&hints.skip_hours)),
        ("skip days", list(&hints.skip_days)),
        ("moved to", hints.new_url.clone()),
        ("older entries", hints.pages.prev_archive.clone().or(hints.pages.next.clone())),
    ]
}
