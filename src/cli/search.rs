//! `knipsel search`.

use serde_json::json;

use crate::cli::args::{Global, SearchArgs, SortBy};
use crate::cli::cursor::Cursor;
use crate::cli::failure::{Exit, Failure};
use crate::cli::fold::{self, Fold, Line};
use crate::cli::out::{Format, Record, Records};
use crate::cli::snippet::Snippets;
use crate::cli::template::Template;
use crate::cli::{export, indexed, out, question, render, setup};
use crate::corpus;
use crate::export::manifest::State;
use crate::index::search::{Hits, Page, Searcher, Sort};
use crate::language::wanted::{self, Reading};
use crate::model::closeness::Closeness;
use crate::model::time::Timestamp;
use crate::query::{Filter, Place, Query};
use crate::service::clock;
use crate::store::library::{self, Article};
use crate::store::{self, Reader};

/// Hits looked at for one page at most, where many have a story.
const HITS_MAX: usize = 100_000;

pub(super) fn search(global: &Global, args: &SearchArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let as_of = args.as_of.as_deref().map(|text| export::state(&reader, Some(text), now));
    let as_of = as_of.transpose()?;
    let from = as_of.map_or(now, |state| state.as_of);
    let query = question::words(&args.question, from)?;
    let filter = filter(args, from)?;
    check_fields(args)?;
    let searcher = Searcher::open(&layout.index())?;
    if args.explain {
        return explain(&query, &filter, searcher.as_ref());
    }
    let source = Source { reader: &reader, searcher: searcher.as_ref(), as_of };
    // Later than the index, which would else find what is not there yet; and not while a pager waits.
    let snapshot = reader.snapshot()?;
    let found = source.find(args, &query, &filter)?;
    drop(snapshot);
    if as_of.is_none() {
        indexed::note_lack(&layout, &reader, searcher.as_ref())?;
    }
    write(args, &query, &source, &found)?;
    if found.lines.is_empty() {
        return question::nothing(global, &filter.feeds);
    }
    Ok(Exit::Done)
}

/// What is asked: the archive as it is, or as it was.
struct Source<'s> {
    reader: &'s Reader,
    searcher: Option<&'s Searcher>,
    as_of: Option<State>,
}

/// A page. Its articles are read as they are written, for their texts may be more than memory.
struct Found {
    lines: Vec<Line>,
    total: usize,
    /// Another page may have more.
    has_more: bool,
    /// Hits of the pages before, by relevance, and the last row of the first of them.
    by_relevance: Option<(usize, i64)>,
}

impl Source<'_> {
    fn find(&self, args: &SearchArgs, query: &Query, filter: &Filter) -> Result<Found, Failure> {
        let fold = Fold::of(args);
        let mut n_hits = fold.n_hits(args.limit);
        let (hits, by_relevance, lines, is_all) = loop {
            let (hits, by_relevance) = self.hits(args, query, filter, n_hits)?;
            let lines = fold::lines(self.reader, &hits.articles, fold, args.limit)?;
            // A story may have more versions than were looked at; of a state all are.
            let is_all = hits.articles.len() < n_hits || self.as_of.is_some();
            let is_enough = lines.len() >= args.limit || n_hits >= HITS_MAX;
            if fold == Fold::Apart || is_enough || is_all {
                break (hits, by_relevance, lines, is_all);
            }
            n_hits = fold.n_hits(n_hits);
        };
        // Of the hits that were looked at some may have had no line.
        let has_more = lines.len() >= args.limit || !is_all;
        Ok(Found { lines, total: hits.total, has_more, by_relevance })
    }

    /// The article of a line; `None` for one that is gone since, as part of another.
    fn article(&self, line: &Line) -> Result<Option<Article>, Failure> {
        Ok(match &self.as_of {
            Some(state) => corpus::article(self.reader, line.article, state)?,
            None => library::article(self.reader, line.article)?,
        })
    }

    /// At most `n` of what is found, and where a page by relevance begins.
    fn hits(
        &self,
        args: &SearchArgs,
        query: &Query,
        filter: &Filter,
        n: usize,
    ) -> Result<(Hits, Option<(usize, i64)>), Failure> {
        let page = Page { sort: Sort::Newest, limit: n, offset: 0 };
        Ok(match (self.as_of, args.sort) {
            (Some(_), SortBy::Relevance) => {
                return Err(Failure::new(
                    Exit::Usage,
                    "`--as-of` knows no order but the newest first",
                ));
            }
            (Some(state), SortBy::Newest) => (self.past(query, filter, &state)?, None),
            (None, SortBy::Newest) => (self.page(query, filter, page)?, None),
            (None, SortBy::Relevance) => self.relevant(args, query, filter, page)?,
        })
    }

    fn page(&self, query: &Query, filter: &Filter, page: Page) -> Result<Hits, Failure> {
        let Some(searcher) = self.searcher else { return Ok(Hits::default()) };
        Ok(searcher.search(query, filter, &page)?)
    }

    /// The articles of the first page stay the only ones, so that none moves the others.
    fn relevant(
        &self,
        args: &SearchArgs,
        query: &Query,
        filter: &Filter,
        page: Page,
    ) -> Result<(Hits, Option<(usize, i64)>), Failure> {
        let cursor = args.after.as_deref().map(Cursor::parse).transpose()?;
        let (offset, row_max) = match cursor {
            Some(Cursor::Hits { n_hits, row_max }) => (n_hits, row_max),
            _ => (0, store::corpus::state(self.reader, Timestamp::EPOCH)?.articles),
        };
        let filter = Filter { row_max: cursor.map(|_| row_max), ..filter.clone() };
        let page = Page { sort: Sort::Relevance, offset, ..page };
        Ok((self.page(query, &filter, page)?, Some((offset, row_max))))
    }

    fn past(&self, query: &Query, filter: &Filter, state: &State) -> Result<Hits, Failure> {
        let found = corpus::select(self.reader, self.searcher, query, filter, state)?;
        let articles: Vec<i64> = found.iter().rev().map(|hit| hit.article).collect();
        Ok(Hits { total: articles.len(), articles })
    }
}

/// How closely the words of the query are meant.
fn words(args: &SearchArgs) -> Closeness {
    if args.as_spelled { Closeness::AsSpelled } else { Closeness::Wide }
}

fn filter(args: &SearchArgs, now: Timestamp) -> Result<Filter, Failure> {
    let before = match (args.after.as_deref().map(Cursor::parse).transpose()?, args.sort) {
        (Some(Cursor::Place(place)), SortBy::Newest) => Some(place),
        (None, _) | (Some(Cursor::Hits { .. }), SortBy::Relevance) => None,
        _ => {
            return Err(Failure::new(
                Exit::Usage,
                "the cursor is of a search with another `--sort`",
            ));
        }
    };
    Ok(Filter { words: words(args), before, ..question::filter(&args.question.limits, now)? })
}

impl Found {
    /// The cursor after `article`, which is on `line`.
    fn cursor(&self, article: &Article, line: &Line) -> Cursor {
        match self.by_relevance {
            Some((offset, row_max)) => Cursor::Hits { n_hits: offset + line.n_hits, row_max },
            None => Cursor::Place(Place { at: article.sort_at, row: article.row.0 }),
        }
    }
}

fn articles(n: usize) -> String {
    format!("{n} {}", if n == 1 { "article" } else { "articles" })
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
    out::line(&articles(count(query)?))?;
    for (part, wanted) in query.leaves() {
        out::line("")?;
        out::line(&format!(
            "{}  {}",
            out::bold(&out::clean(&part.to_string())),
            articles(count(&part)?)
        ))?;
        // How a word begins is said by itself.
        let wanted = wanted.filter(|wanted| wanted.closeness != Closeness::Beginning);
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

fn write(
    args: &SearchArgs,
    query: &Query,
    source: &Source<'_>,
    found: &Found,
) -> Result<(), Failure> {
    let is_plain = args.fields.is_empty() && args.template.is_none() && !args.is_null;
    if args.format == Format::Table && is_plain {
        return table(args, query, source, found);
    }
    let mut snippets = Snippets::new(query, words(args));
    let records = found.lines.iter().filter_map(|line| match source.article(line) {
        Ok(article) => {
            article.map(|article| Ok(record(args, &mut snippets, found, (&article, line))))
        }
        Err(failure) => Some(Err(failure)),
    });
    if let Some(template) = template(args)? {
        let texts = records.map(|record| template.fill(&record?));
        return out::ended(texts, if args.is_null { '\0' } else { '\n' });
    }
    let mut written = Records::new(args.format);
    written.name_columns(&args.fields);
    for record in records {
        let mut record = record?;
        if args.fields.is_empty() {
            record.remove("text");
        } else {
            record = render::only(&record, &args.fields).map_err(|key| no_field(&key))?;
        }
        written.push(record)?;
    }
    written.finish()?;
    Ok(())
}

/// What lines are written by, where that is a template.
fn template(args: &SearchArgs) -> Result<Option<Template>, Failure> {
    let text = args.template.as_deref().or(args.is_null.then_some("{id}"));
    text.map(Template::parse).transpose()
}

fn record(
    args: &SearchArgs,
    snippets: &mut Snippets,
    found: &Found,
    (article, line): (&Article, &Line),
) -> Record {
    let needs = |key: &str| args.fields.is_empty() || args.fields.iter().any(|field| field == key);
    let snippet = needs("snippet").then(|| snippets.plain(&article.revision.content.text));
    let mut record = render::article(article, snippet.as_deref());
    if args.fold.fold {
        record.insert("story_id".into(), json!(line.story));
        record.insert("n_folded".into(), json!(line.n_folded));
    }
    record.insert("cursor".into(), json!(found.cursor(article, line).to_string()));
    record
}

/// A field that does not exist is a mistake also where nothing is found.
fn check_fields(args: &SearchArgs) -> Result<(), Failure> {
    let mut known: Vec<&str> = render::keys().collect();
    known.push("cursor");
    if args.fold.fold {
        known.extend(["story_id", "n_folded"]);
    }
    let template = template(args)?;
    let used = template.as_ref().map(Template::keys).into_iter().flatten();
    let mut used = args.fields.iter().map(String::as_str).chain(used);
    used.find(|key| !known.contains(key)).map_or(Ok(()), |key| Err(no_field(key)))
}

fn no_field(key: &str) -> Failure {
    Failure::new(Exit::Usage, format!("there is no field `{key}`"))
}

fn table(
    args: &SearchArgs,
    query: &Query,
    source: &Source<'_>,
    found: &Found,
) -> Result<(), Failure> {
    let width = out::width();
    let mut snippets = Snippets::new(query, words(args));
    let (mut n_shown, mut last) = (0, None);
    for line in &found.lines {
        let Some(article) = source.article(line)? else { continue };
        let outlet = article.outlet.as_deref().unwrap_or("-");
        let head = format!("{}  {}  {}", article.id, render::when(&article), out::clean(outlet));
        out::line(&out::dim(&head))?;
        out::line(&format!("  {}", out::bold(&out::clean(&render::headline(&article)))))?;
        for line in snippets.marked(&article.revision.content.text, width.min(100) - 2) {
            out::line(&format!("  {line}"))?;
        }
        if line.n_folded > 0 {
            let (n, id) = (line.n_folded, &article.id);
            let more = if n == 1 { "another version" } else { "other versions" };
            let n = if n == 1 { String::new() } else { format!("{n} ") };
            out::line(&out::dim(&format!("  and {n}{more}: knipsel story {id}")))?;
        }
        out::line("")?;
        n_shown += 1 + line.n_folded;
        last = Some(found.cursor(&article, line));
    }
    let total = found.total;
    let of = if n_shown < total { format!("{n_shown} of {total}") } else { total.to_string() };
    let word = if total == 1 { "article" } else { "articles" };
    let last = last.filter(|_| n_shown < total && found.has_more);
    let more = last.map(|last| format!("; more: --after {last}"));
    out::note(&format!("{of} {word} found{}", more.unwrap_or_default()));
    Ok(())
}
