//! `knipsel show` and `knipsel revisions`.

use serde_json::json;

use crate::cli::args::{Global, RevisionsArgs, ShowArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, bold, clean, clean_lines, dim, line};
use crate::cli::{out, render, setup};
use crate::model::article::ArticleId;
use crate::normalize::text::is_subheading;
use crate::store::library::{self, Article, Named, Sighting};
use crate::store::{ArticleRow, Reader};

pub(super) fn show(global: &Global, args: &ShowArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let (id, number) = match args.id.split_once('@') {
        None => (args.id.as_str(), None),
        Some((id, number)) => {
            let number = number.parse::<u32>().map_err(|_| {
                Failure::new(Exit::Usage, format!("`{number}` is not the number of a revision"))
            })?;
            (id, Some(number))
        }
    };
    let row = find(&reader, id)?;
    let article = match number {
        None => library::article(&reader, row)?,
        Some(number) => library::revision(&reader, row, number)?,
    };
    let article = article.ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("there is no revision `{}`", args.id))
    })?;
    let sightings = library::sightings(&reader, row)?;
    let revisions = library::revisions(&reader, row)?;
    match args.format {
        Format::Table => page(&article, &sightings, &revisions)?,
        format => out::object(format, record(&article, &sightings, &revisions))?,
    }
    Ok(Exit::Done)
}

/// The row of the one article that `id` names.
fn find(reader: &Reader, id: &str) -> Result<ArticleRow, Failure> {
    match library::by_id(reader, id)? {
        Named::One(row) => Ok(row),
        Named::Nothing => Err(Failure::new(Exit::NotFound, format!("there is no article `{id}`"))
            .hint("`knipsel search` shows the ids of what it finds")),
        Named::Several(ids) => {
            let ids: Vec<&str> = ids.iter().map(ArticleId::as_str).collect();
            Err(Failure::new(Exit::NotFound, format!("`{id}` begins the ids of several articles"))
                .hint(format!("write more of it: {}", ids.join(", "))))
        }
    }
}

fn record(article: &Article, sightings: &[Sighting], revisions: &[Article]) -> Record {
    let mut record = render::article(article, None);
    record.remove("snippet");
    let content = &article.revision.content;
    let seen: Vec<_> = sightings
        .iter()
        .map(|sighting| {
            json!({
                "feed": sighting.feed,
                "guid": sighting.guid,
                "link": sighting.link,
                "first_seen": sighting.first_seen_at.to_rfc3339(),
                "last_seen": render::moment(sighting.last_seen_at),
                "listed": sighting.is_listed,
            })
        })
        .collect();
    let enclosures: Vec<_> = content
        .enclosures
        .iter()
        .map(|e| json!({ "url": e.url, "type": e.media_type, "size_bytes": e.size_bytes }))
        .collect();
    record.insert("seen_at".into(), json!(article.revision.seen_at.to_rfc3339()));
    record.insert("source".into(), json!(article.revision.source));
    record.insert("enclosures".into(), json!(enclosures));
    record.insert("sightings".into(), json!(seen));
    let revisions: Vec<_> = with_silence(revisions).collect();
    record.insert("revisions".into(), json!(revisions));
    record
}

fn page(article: &Article, sightings: &[Sighting], revisions: &[Article]) -> Result<(), Failure> {
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
        ("url", article.url.clone()),
        ("tags", list(&content.tags)),
        ("id", Some(format!("{}@{}", article.id, article.revision.number))),
    ];
    out::facts(&facts)?;
    line("")?;
    for paragraph in content.text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let shown = wrap(&clean_lines(paragraph), out::width().min(90));
        line(&if is_subheading(paragraph) { bold(&shown) } else { shown })?;
        line("")?;
    }
    for sighting in sightings {
        let end = match (sighting.is_listed, sighting.last_seen_at) {
            (true, _) | (_, None) => "still listed".to_owned(),
            (false, Some(at)) => format!("until {at}"),
        };
        let since = sighting.first_seen_at;
        line(&dim(&format!("seen in {} from {since}, {end}", clean(&sighting.feed))))?;
    }
    for revision in revisions.iter().filter(|_| revisions.len() > 1) {
        let what = match &revision.revision.changed[..] {
            [] => "first seen".to_owned(),
            changed => format!("{} changed", changed.join(" and ")),
        };
        let (number, at) = (revision.revision.number, revision.revision.seen_at);
        line(&dim(&format!("revision {number}  {at}  {what}")))?;
    }
    Ok(())
}

/// Breaks lines between words at `width` characters.
fn wrap(text: &str, width: usize) -> String {
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

pub(super) fn revisions(global: &Global, args: &RevisionsArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let row = find(&reader, &args.id)?;
    let revisions = library::revisions(&reader, row)?;
    out::records(args.format, with_silence(&revisions))?;
    Ok(Exit::Done)
}

/// A revision is silent when its text changed and its stated dates did not.
fn with_silence(revisions: &[Article]) -> impl Iterator<Item = Record> {
    let before = std::iter::once(None).chain(revisions.iter().map(Some));
    revisions.iter().zip(before).map(|(article, before)| {
        let revision = &article.revision;
        let stated = |article: &Article| {
            (article.revision.content.published, article.revision.content.modified)
        };
        let is_silent = before.is_some_and(|before| stated(before) == stated(article));
        let title = Some(&revision.content.title).filter(|title| !title.is_empty());
        [
            ("revision", json!(revision.number)),
            ("seen_at", json!(revision.seen_at.to_rfc3339())),
            ("source", json!(revision.source)),
            ("title", json!(title)),
            ("changed", json!(revision.changed)),
            ("silent", json!(is_silent)),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    })
}
