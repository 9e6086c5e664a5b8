//! What one outlet's version keeps of another's.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::{Value, json};

use super::{Compared, WIDTH_MAX, html, unified};
use crate::cli::args::DiffFormat;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, bold, clean, clean_lines, dim, line};
use crate::cli::{named, out, render};
use crate::dedupe::near::overlap::{Prepared, overlap, shared_passages};
use crate::dedupe::near::passages::Passages;
use crate::store::library::{self, Article};
use crate::store::{ArticleRow, Reader};

/// Characters of an id by which a second article is named: less is rather a slip in a number.
const ID_CHARS_MIN: usize = 4;

/// Whether the second argument names an article and no revisions: an id has letters, and nothing but
/// letters and digits up to an `@`.
pub(super) fn is_id(text: &str) -> bool {
    let (text, _) = named::parts(text.trim());
    text.len() >= ID_CHARS_MIN
        && text.chars().all(|c| c.is_ascii_alphanumeric())
        && !text.chars().all(|c| c.is_ascii_digit())
}

pub(super) fn diff(
    reader: &Reader,
    row: ArticleRow,
    other: &str,
    format: DiffFormat,
) -> Result<Exit, Failure> {
    let other = named::article(reader, other)?;
    let read = |row| -> Result<Article, Failure> {
        let missing = || Failure::new(Exit::NotFound, "the article is no longer there");
        library::article(reader, row)?.ok_or_else(missing)
    };
    let (one, other) = (read(row)?, read(other)?);
    let pair = Pair::new(&one, &other);
    let compared = Compared { before: &one, after: &other };
    match format {
        DiffFormat::Table => pair.page()?,
        DiffFormat::Unified => out::document(unified(&compared).as_bytes())?,
        DiffFormat::Html => out::document(html::page(&compared).as_bytes())?,
        DiffFormat::Json => out::object(Format::Json, pair.record())?,
    }
    Ok(Exit::Done)
}

/// Two articles, and what the second shares with the first.
struct Pair<'p> {
    one: &'p Article,
    other: &'p Article,
    kept_of_one: f64,
    kept_of_other: f64,
    /// Bytes of the second text that stand in the first, quotations too.
    shared: Vec<Range<usize>>,
}

impl<'p> Pair<'p> {
    fn new(one: &'p Article, other: &'p Article) -> Self {
        let texts = [one, other].map(|article| article.revision.content.text.as_str());
        let [first, second] = texts.map(Prepared::of);
        let found = overlap(&first, &second, &HashSet::new());
        let [first, second] = texts.map(|text| Prepared::new(Passages::read_whole(text)));
        let shared = shared_passages(&second, &first);
        let (kept_of_one, kept_of_other) = (found.kept_of_first(), found.kept_of_second());
        Self { one, other, kept_of_one, kept_of_other, shared }
    }

    /// The second text in pieces: what it shares, and what is its own.
    fn pieces(&self) -> Vec<(bool, &str)> {
        let text = self.other.revision.content.text.as_str();
        let mut pieces = Vec::with_capacity(self.shared.len() * 2 + 1);
        let mut from = 0;
        for shared in &self.shared {
            pieces.push((false, &text[from..shared.start]));
            pieces.push((true, &text[shared.clone()]));
            from = shared.end;
        }
        pieces.push((false, &text[from..]));
        pieces.retain(|(_, piece)| !piece.is_empty());
        pieces
    }

    fn record(&self) -> Record {
        let article = |article: &Article| {
            let mut record = render::article(article, None);
            record.retain(|key, _| {
                ["id", "url", "title", "outlet", "published", "revision"].contains(&key.as_str())
            });
            Value::Object(record)
        };
        let share = |part: f64| json!((part * 1000.0).round() / 1000.0);
        let pieces: Vec<Value> = self
            .pieces()
            .into_iter()
            .map(|(is_shared, text)| json!({ "shared": is_shared, "text": text }))
            .collect();
        [
            ("a", article(self.one)),
            ("b", article(self.other)),
            ("kept_of_a", share(self.kept_of_one)),
            ("share_from_a", share(self.kept_of_other)),
            ("passages", json!(pieces)),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }

    fn page(&self) -> Result<(), Failure> {
        for article in [self.one, self.other] {
            let outlet = clean(article.outlet.as_deref().unwrap_or("-"));
            let when = render::when(article);
            line(&bold(&clean(&render::headline(article))))?;
            line(&dim(&format!("{}  {when}  {outlet}", article.id)))?;
        }
        let percent = |part: f64| format!("{:.0} %", part * 100.0);
        let (kept, from) = (percent(self.kept_of_one), percent(self.kept_of_other));
        line(&format!("the second keeps {kept} of the first; {from} of it is from there"))?;
        line("")?;
        let width = out::width().min(WIDTH_MAX);
        for paragraph in render::wrap(&self.marked(), width).split('\n') {
            line(&shaded(paragraph))?;
        }
        Ok(())
    }

    /// The second text, clean, with what it shares between two marks that take no room and that no clean text has.
    fn marked(&self) -> String {
        let mark = |(is_shared, piece): (bool, &str)| {
            let shown = clean_lines(piece);
            if !is_shared {
                return shown;
            }
            // A mark of its own for every word, so that lines can be broken anywhere.
            let word = |piece: &str| {
                let word = piece.trim_end();
                let marked =
                    if word.is_empty() { String::new() } else { format!("\u{2066}{word}\u{2069}") };
                marked + &piece[word.len()..]
            };
            shown.split_inclusive(char::is_whitespace).map(word).collect()
        };
        self.pieces().into_iter().map(mark).collect()
    }
}

fn shaded(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((own, after)) = rest.split_once('\u{2066}') {
        let (shared, after) = after.split_once('\u{2069}').unwrap_or((after, ""));
        shown.push_str(own);
        shown.push_str(&dim(shared));
        rest = after;
    }
    shown.push_str(rest);
    shown
}
