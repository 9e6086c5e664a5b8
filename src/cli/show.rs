//! `knipsel show`.

mod explain;

use serde_json::json;

use crate::cli::args::{Global, ShowArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, bold, clean, clean_lines, dim, line};
use crate::cli::{named, out, render, revisions, setup};
use crate::names::{self, Kind, Mention};
use crate::normalize::text::is_subheading;
use crate::store::library::{self, Article, Sighting};
use crate::store::orders::{self, Place};
use crate::store::revisions::{Listed, of_article};
use crate::store::{ArticleRow, Reader, mentions};

pub(super) fn show(global: &Global, args: &ShowArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let mut records = Vec::new();
    for (n, id) in args.ids.iter().enumerate() {
        if n > 0 && args.format == Format::Table {
            line(&format!("\n{}\n", dim(&"─".repeat(out::width().min(90)))))?;
        }
        records.extend(show_one(&reader, id, args)?);
    }
    match (args.format, records.pop()) {
        (_, None) => {}
        (format, Some(record)) if records.is_empty() => out::object(format, record)?,
        (format, Some(last)) => {
            records.push(last);
            out::records(format, records)?;
        }
    }
    Ok(Exit::Done)
}

/// Shows an article to a person; for a program it gives the record.
fn show_one(reader: &Reader, id: &str, args: &ShowArgs) -> Result<Option<Record>, Failure> {
    let (id, number) = named::parts(id);
    let number = number.map(named::number).transpose()?;
    let row = named::article(reader, id)?;
    let article = match number {
        None => library::article(reader, row)?
            .ok_or_else(|| Failure::new(Exit::NotFound, format!("there is no article `{id}`")))?,
        Some(number) => named::revision(reader, row, id, number)?,
    };
    if args.explain {
        return explain::explain(reader, &article, args.format);
    }
    let sightings = seen(reader, row)?;
    let revisions = of_article(reader, row)?;
    let last = revisions.iter().map(|revision| revision.number).max();
    let is_current = last.is_none_or(|last| last == article.revision.number);
    let mentions = if is_current {
        mentions::of_article(reader, row)?
    } else {
        let content = &article.revision.content;
        names::of(&content.title, &content.text, content.language.as_deref().unwrap_or_default())
    };
    let shown = Shown { article, sightings, revisions, mentions };
    if args.format != Format::Table {
        return Ok(Some(record(&shown)));
    }
    page(&shown)?;
    Ok(None)
}

/// All that there is to show.
struct Shown {
    article: Article,
    sightings: Vec<(Sighting, Vec<Place>)>,
    revisions: Vec<Listed>,
    mentions: Vec<Mention>,
}

/// Where an article was seen, and its places there.
fn seen(reader: &Reader, row: ArticleRow) -> Result<Vec<(Sighting, Vec<Place>)>, Failure> {
    let mut seen = Vec::new();
    for sighting in library::sightings(reader, row)? {
        let from = sighting.first_seen_at;
        let span = (from, sighting.last_seen_at.unwrap_or(from));
        let course = orders::course(reader, sighting.feed_row, row, span)?;
        seen.push((sighting, course));
    }
    Ok(seen)
}

fn record(shown: &Shown) -> Record {
    let Shown { article, sightings, revisions, mentions } = shown;
    let mut record = render::article(article, None);
    record.remove("snippet");
    let content = &article.revision.content;
    let seen: Vec<_> = sightings
        .iter()
        .map(|(sighting, course)| {
            let positions: Vec<_> = course.iter().map(place).collect();
            json!({
                "feed": sighting.feed,
                "guid": sighting.guid,
                "link": sighting.link,
                "first_seen": sighting.first_seen_at.to_rfc3339(),
                "last_seen": render::moment(sighting.last_seen_at),
                "listed": sighting.is_listed,
                "first_position": sighting.first_position,
                "best_position": sighting.best_position,
                "positions": positions,
            })
        })
        .collect();
    let enclosures: Vec<_> = content
        .enclosures
        .iter()
        .map(|e| json!({ "url": e.url, "type": e.media_type, "size_bytes": e.size_bytes }))
        .collect();
    record.insert("seen_at".into(), json!(article.revision.seen_at.to_rfc3339()));
    record.insert("gone".into(), render::moment(article.gone_at));
    record.insert("source".into(), json!(article.revision.source));
    record.insert("enclosures".into(), json!(enclosures));
    record.insert("sightings".into(), json!(seen));
    let mentions: Vec<_> = mentions
        .iter()
        .map(|one| {
            json!({
                "kind": one.kind.as_str(),
                "name": one.name,
                "count": one.count,
                "position": one.position,
            })
        })
        .collect();
    record.insert("mentions".into(), json!(mentions));
    let revisions: Vec<_> = revisions.iter().map(revisions::record).collect();
    record.insert("revisions".into(), json!(revisions));
    record
}

fn place(place: &Place) -> serde_json::Value {
    json!({ "at": place.at.to_rfc3339(), "position": place.position })
}

fn page(shown: &Shown) -> Result<(), Failure> {
    let Shown { article, sightings, revisions, mentions } = shown;
    let content = &article.revision.content;
    line(&bold(&clean(&render::headline(article))))?;
    let list = |items: &[String]| Some(items.join(", ")).filter(|text| !text.is_empty());
    let facts = [
        ("outlet", article.outlet.clone()),
        ("section", content.section.clone()),
        ("authors", list(&content.authors)),
        ("published", content.published.map(|date| date.to_string())),
        ("modified", content.modified.map(|date| date.to_string())),
        ("first seen", Some(article.first_seen_at.to_string())),
        ("removed", article.gone_at.map(|at| format!("not there since {at}; kept here"))),
        ("access", article.access.clone()),
        ("url", article.url.clone()),
        ("tags", list(&content.tags)),
        ("people", named(mentions, Kind::Person)),
        ("orgs", named(mentions, Kind::Organization)),
        ("places", named(mentions, Kind::Place)),
        ("id", Some(format!("{}@{}", article.id, article.revision.number))),
    ];
    out::facts(&facts)?;
    line("")?;
    for paragraph in content.text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let shown = render::wrap(&clean_lines(paragraph), out::width().min(90));
        line(&if is_subheading(paragraph) { bold(&shown) } else { shown })?;
        line("")?;
    }
    for (sighting, course) in sightings {
        let end = match (sighting.is_listed, sighting.last_seen_at) {
            (true, _) | (_, None) => "still listed".to_owned(),
            (false, Some(at)) => format!("until {at}"),
        };
        let since = sighting.first_seen_at;
        let places = places(sighting, course);
        line(&dim(&format!("seen in {} from {since}, {end}{places}", clean(&sighting.feed))))?;
    }
    for revision in revisions.iter().filter(|_| revisions.len() > 1) {
        let what = match &revision.changed[..] {
            [] if revision.number == 1 => "first seen".to_owned(),
            [] => format!("read from its {}", clean(&revision.source)),
            changed => format!("{} changed", changed.join(" and ")),
        };
        let (number, at) = (revision.number, revision.seen_at);
        line(&dim(&format!("revision {number}  {at}  {what}")))?;
    }
    Ok(())
}

/// Where it stood, in words.
fn places(sighting: &Sighting, course: &[Place]) -> String {
    let (Some(first), Some(best)) = (sighting.first_position, sighting.best_position) else {
        return String::new();
    };
    let last = course.iter().rev().find_map(|place| place.position);
    let higher = if best < first { format!(", best {best}") } else { String::new() };
    let last = last.filter(|last| *last != first as usize);
    let last = last.map(|last| format!(", last {last}")).unwrap_or_default();
    format!("; place {first}{higher}{last}")
}

/// The names of `kind`, those that stand most first.
fn named(mentions: &[Mention], kind: Kind) -> Option<String> {
    /// More are told by `--format json`.
    const SHOWN_MAX: usize = 12;
    let mut of: Vec<&Mention> = mentions.iter().filter(|one| one.kind == kind).collect();
    of.sort_by_key(|one| std::cmp::Reverse(one.count));
    let rest = of.len().saturating_sub(SHOWN_MAX);
    let names: Vec<&str> = of.iter().take(SHOWN_MAX).map(|one| one.name.as_str()).collect();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    (!names.is_empty()).then(|| names.join(", ") + &more)
}
