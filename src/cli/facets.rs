//! `knipsel facets`, `knipsel first` and `knipsel terms`: what counts or lists from the index.

use serde_json::json;

use crate::cli::args::{FacetsArgs, FirstArgs, Global, TermsArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record, Records};
use crate::cli::{indexed, question, render, setup};
use crate::index::search::Searcher;
use crate::language;
use crate::service::clock;
use crate::store::library;
use crate::store::{ArticleRow, Reader};

fn searcher(global: &Global) -> Result<Option<Searcher>, Failure> {
    let layout = setup::layout(global)?;
    indexed::open(&layout, &Reader::open(&layout)?)
}

pub(super) fn facets(global: &Global, args: &FacetsArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let query = question::words(&args.question, now)?;
    let filter = question::filter(&args.question.limits, now)?;
    let Some(searcher) = searcher(global)? else { return Ok(Exit::NothingFound) };
    let counted = searcher.facets(&query, &filter, &args.on)?;
    let mut records = Records::new(args.format);
    for (field, values) in args.on.iter().zip(counted) {
        for (value, n) in values.into_iter().take(args.limit) {
            let value = if value.is_empty() { None } else { Some(value) };
            records.push(Record::from_iter([
                ("field".to_owned(), json!(field.as_str())),
                ("value".to_owned(), json!(value)),
                ("articles".to_owned(), json!(n)),
            ]))?;
        }
    }
    let n_values = records.finish()?;
    if n_values == 0 {
        out::note("0 articles found");
    }
    if n_values == 0 { question::nothing(global, &filter.feeds) } else { Ok(Exit::Done) }
}

pub(super) fn first(global: &Global, args: &FirstArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let query = question::words(&args.question, now)?;
    let filter = question::filter(&args.question.limits, now)?;
    let reader = Reader::open(&setup::layout(global)?)?;
    let Some(searcher) = searcher(global)? else { return Ok(Exit::NothingFound) };
    let mut records = Records::new(args.format);
    for row in searcher.earliest(&query, &filter, args.limit)? {
        let Some(article) = library::article(&reader, ArticleRow(row))? else { continue };
        if args.format != Format::Table {
            let mut record = render::article(&article, None);
            record.remove("text");
            record.remove("snippet");
            records.push(record)?;
            continue;
        }
        records.push(Record::from_iter([
            ("id".to_owned(), json!(article.id.as_str())),
            ("published".to_owned(), json!(render::when(&article))),
            ("outlet".to_owned(), json!(article.outlet)),
            ("title".to_owned(), json!(render::headline(&article))),
        ]))?;
    }
    let n_found = records.finish()?;
    if n_found == 0 { question::nothing(global, &filter.feeds) } else { Ok(Exit::Done) }
}

pub(super) fn terms(global: &Global, args: &TermsArgs) -> Result<Exit, Failure> {
    if language::folded(&args.prefix).is_empty() && !args.prefix.trim().is_empty() {
        return Err(Failure::new(Exit::Usage, "there is no word in it"));
    }
    let Some(searcher) = searcher(global)? else { return Ok(Exit::NothingFound) };
    let words = searcher.words(&args.prefix, args.limit)?;
    let record = |(word, n): &(String, u64)| {
        Record::from_iter([("word".to_owned(), json!(word)), ("articles".to_owned(), json!(n))])
    };
    let n_words = out::records(args.format, words.iter().map(record))?;
    if n_words == 0 {
        out::note("0 words found");
    }
    Ok(if n_words == 0 { Exit::NothingFound } else { Exit::Done })
}
