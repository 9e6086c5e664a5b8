//! `knipsel kwic`: the key word in its context.

mod markers;

use std::ops::Range;

use serde_json::json;

use crate::cli::args::{Global, KwicArgs, KwicSort};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record};
use crate::cli::{indexed, question, setup};
use crate::index::search::{Page, Sort};
use crate::language::folded;
use crate::model::time::StatedDate;
use crate::service::clock;
use crate::store::library::{self, Article};
use crate::store::{ArticleRow, Reader};
use markers::Markers;

/// Articles asked for at a time.
const PAGE: usize = 200;

/// The article of some places, without its text.
struct Source {
    id: String,
    published: Option<String>,
    outlet: Option<String>,
}

/// A place at which the query matches.
struct Line {
    source: usize,
    left: String,
    found: String,
    right: String,
}

/// Characters on each side, at most.
const WIDTH_MAX: usize = 10_000;

pub(super) fn kwic(global: &Global, args: &KwicArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let query = question::words(&args.question, now)?;
    if query.wanted().iter().all(|wanted| wanted.field.is_some_and(|field| !field.is_text())) {
        return Err(Failure::new(Exit::Usage, "the query has no word that stands in a text")
            .hint("`knipsel search` lists articles"));
    }
    let filter = question::filter(&args.question.limits, now)?;
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let Some(searcher) = indexed::open(&layout, &reader)? else { return Ok(Exit::NothingFound) };
    let width = if args.format == Format::Table { out::width() } else { args.width.min(WIDTH_MAX) };
    let (mut sources, mut lines): (Vec<Source>, Vec<Line>) = (Vec::new(), Vec::new());
    let mut markers = Markers::new(&query);
    let mut offset = 0;
    while lines.len() < args.limit {
        let page = Page { sort: Sort::Newest, limit: PAGE, offset };
        let hits = searcher.search(&query, &filter, &page)?;
        for row in &hits.articles {
            let Some(article) = library::article(&reader, ArticleRow(*row))? else { continue };
            let found = places(&article, sources.len(), &mut markers, width);
            if !found.is_empty() {
                lines.extend(found);
                sources.push(Source::of(&article));
            }
            if lines.len() >= args.limit {
                break;
            }
        }
        offset += hits.articles.len();
        if hits.articles.is_empty() {
            break;
        }
    }
    lines.truncate(args.limit);
    match args.sort {
        KwicSort::Newest => {}
        KwicSort::Right => lines.sort_by_cached_key(|line| folded(&line.right)),
        KwicSort::Left => lines.sort_by_cached_key(|line| {
            let mut words = folded(&line.left);
            words.reverse();
            words
        }),
    }
    let n_lines = lines.len();
    if n_lines == 0 {
        out::note("0 places found");
    }
    if args.format == Format::Table {
        lines.iter().try_for_each(|line| table(line, width))?;
    } else {
        out::records(args.format, lines.iter().map(|line| record(line, &sources[line.source])))?;
    }
    if n_lines == 0 { question::nothing(global, &filter.feeds) } else { Ok(Exit::Done) }
}

fn places(article: &Article, number: usize, markers: &mut Markers, width: usize) -> Vec<Line> {
    let content = &article.revision.content;
    let text = format!("{}\n{}", content.title, content.text);
    let marks = markers.all(&text, content.title.len());
    let line = |Range { start, end }: Range<usize>| Line {
        source: number,
        left: before(&text[..start], width),
        found: one_line(&text[start..end]),
        right: after(&text[end..], width),
    };
    marks.into_iter().map(line).collect()
}

/// The last `width` characters.
fn before(text: &str, width: usize) -> String {
    let start = text.char_indices().rev().nth(width * 2).map_or(0, |(at, _)| at);
    let text = one_line(&text[start..]);
    let n_chars = text.chars().count();
    text.chars().skip(n_chars.saturating_sub(width)).collect()
}

/// The first `width` characters.
fn after(text: &str, width: usize) -> String {
    let end = text.char_indices().nth(width * 2).map_or(text.len(), |(at, _)| at);
    one_line(&text[..end]).chars().take(width).collect()
}

/// White space to single spaces, also at the ends.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() && line.ends_with(' ') => {}
            c if c.is_whitespace() => line.push(' '),
            c => line.push(c),
        }
    }
    line
}

/// The match stands in one column.
fn table(line: &Line, width: usize) -> Result<(), Failure> {
    let found = out::clean(&line.found);
    let sides = width.saturating_sub(found.chars().count());
    let (left, right) = (out::clean(&line.left), out::clean(&line.right));
    // The match begins in one column, whatever its length.
    let n_left = (width * 2 / 5).min(sides);
    let skipped = left.chars().count().saturating_sub(n_left);
    let left: String = left.chars().skip(skipped).collect();
    let right: String = right.chars().take(sides - n_left).collect();
    let pad = " ".repeat(n_left.saturating_sub(left.chars().count()));
    out::line(format!("{pad}{left}{}{right}", out::bold(&found)).trim_end())?;
    Ok(())
}

impl Source {
    fn of(article: &Article) -> Self {
        Self {
            id: article.id.to_string(),
            published: article.revision.content.published.map(StatedDate::to_rfc3339),
            outlet: article.outlet.clone(),
        }
    }
}

fn record(line: &Line, source: &Source) -> Record {
    Record::from_iter([
        ("id".to_owned(), json!(source.id)),
        ("published".to_owned(), json!(source.published)),
        ("outlet".to_owned(), json!(source.outlet)),
        ("left".to_owned(), json!(line.left)),
        ("match".to_owned(), json!(line.found)),
        ("right".to_owned(), json!(line.right)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_one_line_of_the_width_that_is_asked_for() {
        assert_eq!(before("een twee\n\ndrie ", 9), "wee drie ");
        assert_eq!(after(" vier,\nvijf zes", 9), " vier, vi");
        assert_eq!((before("é", 5), after("", 5)), ("é".to_owned(), String::new()));
    }
}
