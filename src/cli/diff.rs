//! `knipsel diff`: what one revision changed in another, for people and programs.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use serde_json::{Value, json};

use crate::cli::args::{DiffArgs, DiffFormat, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, bold, clean, clean_lines, dim, line};
use crate::cli::{named, out, render, setup};
use crate::diff::{self, Change, Piece};
use crate::model::article::Content;
use crate::model::time::StatedDate;
use crate::store::library::Article;
use crate::store::{ArticleRow, Reader, revisions};

mod between;
mod html;

/// Columns of text at most: longer lines are hard to read.
const WIDTH_MAX: usize = 90;

pub(super) fn diff(global: &Global, args: &DiffArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let row = named::article(&reader, &args.id)?;
    let (id, number) = named::parts(&args.id);
    let mut revisions = args.revisions.clone().or_else(|| number.map(str::to_owned));
    if let Some(other) = args.revisions.as_deref().filter(|text| between::is_id(text)) {
        let (_, later) = named::parts(other);
        if named::article(&reader, other)? != row {
            return between::diff(&reader, row, other, args.format);
        }
        // Two revisions of one article, as they are printed.
        revisions = Some([number, later].map(Option::unwrap_or_default).join(".."));
    }
    let Some((a, b)) = chosen(&reader, row, revisions.as_deref())? else {
        out::note(&format!("`{}` has no revision before that one", args.id));
        return Ok(Exit::NothingFound);
    };
    let before = named::revision(&reader, row, id, a)?;
    let after = named::revision(&reader, row, id, b)?;
    let compared = Compared { before: &before, after: &after };
    match args.format {
        DiffFormat::Table => page(&compared)?,
        DiffFormat::Unified => out::document(unified(&compared).as_bytes())?,
        DiffFormat::Html => out::document(html::page(&compared).as_bytes())?,
        DiffFormat::Json => out::object(Format::Json, record(&compared))?,
    }
    Ok(Exit::Done)
}

/// The two revisions to compare; `None` where there is only one.
fn chosen(
    reader: &Reader,
    row: ArticleRow,
    wanted: Option<&str>,
) -> Result<Option<(u32, u32)>, Failure> {
    let listed = revisions::of_article(reader, row)?;
    let last = listed.last().map_or(1, |listed| listed.number);
    let Some(text) = wanted else {
        // Another reading of the same version is not what somebody asks for who asks what changed.
        let edit = listed.iter().rev().find(|listed| !listed.changed.is_empty());
        let number = edit.map_or(last, |listed| listed.number);
        return Ok(number.checked_sub(1).filter(|before| *before > 0).map(|a| (a, number)));
    };
    let Some((a, b)) = text.split_once("..") else {
        let number = named::number(text)?;
        return Ok(number.checked_sub(1).filter(|before| *before > 0).map(|a| (a, number)));
    };
    let a = if a.is_empty() { 1 } else { named::number(a)? };
    let b = if b.is_empty() { last } else { named::number(b)? };
    Ok(Some((a, b)))
}

/// Two revisions of one article.
struct Compared<'c> {
    before: &'c Article,
    after: &'c Article,
}

/// A field of which the two differ.
struct Field {
    name: &'static str,
    before: String,
    after: String,
}

impl Compared<'_> {
    fn contents(&self) -> (&Content, &Content) {
        (&self.before.revision.content, &self.after.revision.content)
    }

    fn text(&self) -> Vec<Piece> {
        let (before, after) = self.contents();
        diff::words(&before.text, &after.text)
    }

    /// The metadata that differ, without the headline.
    fn fields(&self) -> Vec<Field> {
        let (before, after) = self.contents();
        let fields = metadata(before).into_iter().zip(metadata(after));
        fields
            .filter(|((_, before), (_, after))| before != after)
            .map(|((name, before), (_, after))| Field { name, before, after })
            .collect()
    }
}

/// What is known of a version besides headline and text, in words; empty where nothing is.
fn metadata(content: &Content) -> Vec<(&'static str, String)> {
    let date = |date: Option<StatedDate>| date.map(StatedDate::to_rfc3339).unwrap_or_default();
    vec![
        ("authors", content.authors.join(", ")),
        ("section", content.section.clone().unwrap_or_default()),
        ("tags", content.tags.join(", ")),
        ("language", content.language.clone().unwrap_or_default()),
        ("published", date(content.published)),
        ("modified", date(content.modified)),
    ]
}

fn page(compared: &Compared<'_>) -> Result<(), Failure> {
    let (before, after) = compared.contents();
    let title = diff::words(&before.title, &after.title);
    line(&bold(&colored(&marked(&title))))?;
    for article in [compared.before, compared.after] {
        let Article { id, revision, .. } = article;
        let (number, at, source) = (revision.number, revision.seen_at, &revision.source);
        line(&dim(&format!("{id}@{number}  {at}  {}", clean(source))))?;
    }
    for Field { name, before, after } in compared.fields() {
        let pieces = [(Change::Removed, before), (Change::Added, after)];
        let pieces: Vec<Piece> = pieces
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(change, text)| Piece { change, text })
            .collect();
        line(&format!("{} {}", dim(name), colored(&marked(&pieces))))?;
    }
    line("")?;
    let mut is_skipping = false;
    for paragraph in paragraphs(&compared.text()) {
        let is_changed = paragraph.iter().any(|piece| piece.change != Change::Kept);
        if is_changed {
            let text = render::wrap(&marked(&paragraph), out::width().min(WIDTH_MAX));
            line(&colored(&text))?;
            line("")?;
        } else if !is_skipping {
            line(&dim("…"))?;
            line("")?;
        }
        is_skipping = !is_changed;
    }
    Ok(())
}

/// Pieces by paragraph; those without text are left out.
fn paragraphs(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let mut paragraphs: Vec<Vec<Piece>> = vec![Vec::new()];
    for Piece { change, text } in pieces {
        for (number, part) in text.split("\n\n").enumerate() {
            if number > 0 {
                paragraphs.push(Vec::new());
            }
            if !part.is_empty()
                && let Some(last) = paragraphs.last_mut()
            {
                last.push(Piece { change: *change, text: part.to_owned() });
            }
        }
    }
    paragraphs.retain(|pieces| !pieces.is_empty());
    paragraphs
}

/// Control characters that no clean text has stand for the marks until lines are broken.
const REMOVED: (char, char) = ('\u{1}', '\u{2}');
const ADDED: (char, char) = ('\u{3}', '\u{4}');

fn marked(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        let cleaned = clean_lines(&piece.text);
        match piece.change {
            Change::Kept => text.push_str(&cleaned),
            Change::Removed => surround(&mut text, REMOVED, &cleaned),
            Change::Added => surround(&mut text, ADDED, &cleaned),
        }
    }
    text
}

fn surround(text: &mut String, (start, end): (char, char), inner: &str) {
    text.push(start);
    text.push_str(inner);
    text.push(end);
}

fn colored(marked: &str) -> String {
    let (red, green) = (AnsiColor::Red.on_default(), AnsiColor::Green.on_default());
    let mut text = String::with_capacity(marked.len() + 64);
    for c in marked.chars() {
        let _ = match c {
            c if c == REMOVED.0 => write!(text, "{red}[-"),
            c if c == REMOVED.1 => write!(text, "-]{red:#}"),
            c if c == ADDED.0 => write!(text, "{green}{{+"),
            c if c == ADDED.1 => write!(text, "+}}{green:#}"),
            c => write!(text, "{c}"),
        };
    }
    text
}

fn unified(compared: &Compared<'_>) -> String {
    let lines = |article: &Article| {
        let content = &article.revision.content;
        let mut lines = format!("title: {}\n", clean(&content.title));
        for (name, value) in metadata(content).into_iter().filter(|(_, v)| !v.is_empty()) {
            let _ = writeln!(lines, "{name}: {}", clean(&value));
        }
        let _ = writeln!(lines, "\n{}", clean_lines(&content.text));
        lines
    };
    let name = |sign: &str, article: &Article| {
        let (number, at) = (article.revision.number, article.revision.seen_at.to_rfc3339());
        format!("{sign} {}@{number}\t{at}\n", article.id)
    };
    let hunks = diff::unified(&lines(compared.before), &lines(compared.after));
    if hunks.is_empty() {
        return hunks;
    }
    name("---", compared.before) + &name("+++", compared.after) + &hunks
}

fn record(compared: &Compared<'_>) -> Record {
    let (before, after) = compared.contents();
    let revision = |article: &Article| {
        let revision = &article.revision;
        json!({
            "revision": revision.number,
            "seen_at": revision.seen_at.to_rfc3339(),
            "source": revision.source,
        })
    };
    let pair = |before: &str, after: &str| json!({ "before": before, "after": after });
    let title = (before.title != after.title).then(|| pair(&before.title, &after.title));
    let fields: Record = compared
        .fields()
        .into_iter()
        .map(|field| (field.name.to_owned(), pair(&field.before, &field.after)))
        .collect();
    let text: Vec<Value> = compared
        .text()
        .into_iter()
        .map(|piece| json!({ "change": piece.change.as_str(), "text": piece.text }))
        .collect();
    let fields = [
        ("id", json!(compared.after.id.as_str())),
        ("from", revision(compared.before)),
        ("to", revision(compared.after)),
        ("title", json!(title)),
        ("metadata", Value::Object(fields)),
        ("text", json!(text)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
