//! `knipsel search`.

use serde_json::json;

use crate::cli::args::{Global, SearchArgs, SortBy};
use crate::cli::failure::{Exit, Failure};
use crate::cli::fold::{self, Fold, Line};
use crate::cli::out::{Format, Record};
use crate::cli::{out, question, render, setup, snippet};
use crate::index::search::{Hits, Page, Searcher, Sort};
use crate::language::wanted::{self, Reading};
use crate::model::closeness::Closeness;
use crate::query::{Filter, Query};
use crate::service::clock;
use crate::store::library::{self, Article};
use crate::store::{Layout, Lock, Reader, changes};

pub(super) fn search(global: &Global, args: &SearchArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let query = question::words(&args.question, now)?;
    let words = if args.as_spelled { Closeness::AsSpelled } else { Closeness::Wide };
    let filter = Filter { words, ..question::filter(&args.question, now)? };
    let fold = Fold::of(args);
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let searcher = Searcher::open(&layout.index())?;
    if args.explain {
        return explain(&query, &filter, searcher.as_ref());
    }
    let hits = match &searcher {
        Some(searcher) => searcher.search(&query, &filter, &page(args, fold))?,
        None => Hits::default(),
    };
    warn_if_behind(&layout, &reader, searcher.as_ref())?;
    let mut articles = Vec::with_capacity(hits.articles.len());
    for line in fold::lines(&reader, &hits.articles, fold, args.limit)? {
        articles.extend(library::article(&reader, line.article)?.map(|article| (article, line)));
    }
    write(args, &query, &articles, hits.total)?;
    Ok(if articles.is_empty() { Exit::NothingFound } else { Exit::Done })
}

fn page(args: &SearchArgs, fold: Fold) -> Page {
    let sort = match args.sort {
        SortBy::Newest => Sort::Newest,
        SortBy::Relevance => Sort::Relevance,
    };
    Page { sort, limit: fold.n_hits(args.limit), offset: 0 }
}

/// The query in normal form, and for each word what it finds and in how many articles.
fn explain(query: &Query, filter: &Filter, searcher: Option<&Searcher>) -> Result<Exit, Failure> {
    let count = |query: &Query| -> Result<usize, Failure> {
        let page = Page { sort: Sort::Newest, limit: 0, offset: 0 };
        Ok(searcher
            .map(|searcher| searcher.search(query, filter, &page))
            .transpose()?
            .map_or(0, |hits| hits.total))
    };
    out::line(&out::bold(&out::clean(&query.to_string())))?;
    out::line(&format!("{} articles", count(query)?))?;
    for (part, wanted) in query.leaves() {
        out::line("")?;
        out::line(&format!(
            "{}  {} articles",
            out::bold(&out::clean(&part.to_string())),
            count(&part)?
        ))?;
        let Some(wanted) = wanted else { continue };
        let closeness = match wanted.closeness {
            Closeness::Wide => filter.words,
            closeness => closeness,
        };
        for reading in wanted::readings(wanted.text, closeness) {
            let (how, words) = match reading {
                Reading::Row(words) => ("finds", words),
                Reading::Near(words) => ("or near each other", words),
            };
            let words: Vec<String> = words.iter().map(|one| one.join(" ")).collect();
            out::facts(&[(how, Some(words.join(" + ")))])?;
        }
    }
    Ok(Exit::Done)
}

/// A running daemon keeps the index within seconds; without one nobody does.
fn warn_if_behind(
    layout: &Layout,
    reader: &Reader,
    searcher: Option<&Searcher>,
) -> Result<(), Failure> {
    let is_behind = changes::last(reader)? > searcher.map_or(0, Searcher::watermark);
    if is_behind && !Lock::is_held(layout) {
        out::note("some articles are not in the search index yet: run `knipsel reindex`");
    }
    Ok(())
}

fn write(
    args: &SearchArgs,
    query: &Query,
    articles: &[(Article, Line)],
    total: usize,
) -> Result<(), Failure> {
    if args.format == Format::Table && args.fields.is_empty() {
        return table(query, articles, total);
    }
    let records: Vec<Record> = articles
        .iter()
        .map(|(article, line)| {
            let snippet = snippet::plain(&article.revision.content.text, query);
            let mut record = render::article(article, Some(&snippet));
            if args.fold.fold {
                record.insert("story_id".into(), json!(line.story));
                record.insert("n_folded".into(), json!(line.n_folded));
            }
            if args.fields.is_empty() {
                record.remove("text");
                return Ok(record);
            }
            render::only(&record, &args.fields)
        })
        .collect::<Result<_, _>>()
        .map_err(|key| Failure::new(Exit::Usage, format!("there is no field `{key}`")))?;
    out::records(args.format, records)?;
    Ok(())
}

fn table(query: &Query, articles: &[(Article, Line)], total: usize) -> Result<(), Failure> {
    let width = out::width();
    for (article, folded) in articles {
        let outlet = article.outlet.as_deref().unwrap_or("-");
        let head = format!("{}  {}  {}", article.id, render::when(article), out::clean(outlet));
        out::line(&out::dim(&head))?;
        out::line(&format!("  {}", out::bold(&out::clean(&render::headline(article)))))?;
        for line in snippet::marked(&article.revision.content.text, query, width.min(100) - 2) {
            out::line(&format!("  {line}"))?;
        }
        if folded.n_folded > 0 {
            let (n, id) = (folded.n_folded, &article.id);
            let more = if n == 1 { "another version" } else { "other versions" };
            let n = if n == 1 { String::new() } else { format!("{n} ") };
            out::line(&out::dim(&format!("  and {n}{more}: knipsel story {id}")))?;
        }
        out::line("")?;
    }
    let shown: usize = articles.iter().map(|(_, line)| 1 + line.n_folded).sum();
    let articles = if total == 1 { "article" } else { "articles" };
    let of = if shown < total { format!("{shown} of {total}") } else { total.to_string() };
    out::note(&format!("{of} {articles} found"));
    Ok(())
}
