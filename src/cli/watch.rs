//! `knipsel watch`: saved searches.

mod tell;

use std::path::Path;

use serde_json::json;
use url::Url;

use crate::cli::args::{
    Global, WatchAddArgs, WatchArgs, WatchCommand, WatchListArgs, WatchRunArgs,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record, Records};
use crate::cli::{indexed, question, render, setup, when};
use crate::corpus;
use crate::export::feed::{self, Feed};
use crate::export::row::Row;
use crate::index::search::Searcher;
use crate::model::time::Timestamp;
use crate::query::{self, Filter};
use crate::service::clock;
use crate::store::library::{self, Article};
use crate::store::watches::{self, New, Watch};
use crate::store::{self, ArticleRow, Lock, Reader, Writer};

/// Articles in a feed, or more where as many are new at once.
const FEED_ARTICLES: usize = 50;

pub(super) fn watch(global: &Global, args: &WatchArgs) -> Result<Exit, Failure> {
    match &args.command {
        WatchCommand::Add(args) => add(global, args),
        WatchCommand::List(args) => list(global, args),
        WatchCommand::Remove(args) => remove(global, &args.name),
        WatchCommand::Run(args) => run(global, args),
    }
}

fn add(global: &Global, args: &WatchAddArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let query = question::whole(&args.question, now)?;
    let feed_file = match &args.feed_file {
        Some(path) => {
            // Cron runs it in another folder.
            let path = std::path::absolute(path)?;
            Some(path.to_str().map(ToOwned::to_owned).ok_or_else(|| {
                Failure::new(Exit::Usage, "the name of the feed file is not UTF-8")
            })?)
        }
        None => None,
    };
    let new = New {
        name: args.name.trim().to_owned(),
        query: query.to_string(),
        command: args.command.clone(),
        webhook: args.webhook.as_deref().map(webhook).transpose()?,
        feed_file,
    };
    if new.name.is_empty() {
        return Err(Failure::new(Exit::Usage, "a saved search needs a name"));
    }
    // So that a folder that has no archive does not become one.
    let layout = setup::layout(global)?;
    question::check_feeds(&Reader::open(&layout)?, &args.question.limits.feed)?;
    let writer = Writer::open(&layout)?;
    let name = new.name.clone();
    if !writer.write_blocking(move |tx| watches::add(tx, &new, now))? {
        let message = format!("there is a saved search `{name}` already");
        return Err(Failure::new(Exit::Usage, message)
            .hint(format!("`knipsel watch remove {name}` forgets it")));
    }
    out::note(&format!("saved `{name}`: {query}"));
    Ok(Exit::Done)
}

/// An address that can be sent to.
fn webhook(url: &str) -> Result<String, Failure> {
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(parsed.into()),
        _ => Err(Failure::new(Exit::Usage, format!("`{url}` is not a web address"))
            .hint("a webhook begins with https:// or http://")),
    }
}

fn remove(global: &Global, name: &str) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    drop(Reader::open(&layout)?);
    let writer = Writer::open(&layout)?;
    let wanted = name.to_owned();
    if writer.write_blocking(move |tx| watches::remove(tx, &wanted))? {
        return Ok(Exit::Done);
    }
    Err(no_such(name))
}

fn no_such(name: &str) -> Failure {
    Failure::new(Exit::NotFound, format!("there is no saved search `{name}`"))
        .hint("`knipsel watch list` shows them")
}

fn list(global: &Global, args: &WatchListArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let record = |watch: &Watch| {
        let last = match args.format {
            Format::Table => json!(watch.last_at.map(|at| at.to_string())),
            _ => render::moment(watch.last_at),
        };
        Record::from_iter([
            ("name".to_owned(), json!(watch.name)),
            ("articles".to_owned(), json!(watch.n_articles)),
            ("last_run".to_owned(), last),
            ("query".to_owned(), json!(watch.query)),
            ("command".to_owned(), json!(watch.command)),
            ("webhook".to_owned(), json!(watch.webhook)),
            ("feed_file".to_owned(), json!(watch.feed_file)),
        ])
    };
    let n_listed = out::records(args.format, watches::all(&reader)?.iter().map(record))?;
    Ok(if n_listed == 0 { Exit::NothingFound } else { Exit::Done })
}

/// What running needs.
struct Runner<'r> {
    global: &'r Global,
    reader: Reader,
    searcher: Option<Searcher>,
    writer: Writer,
    now: Timestamp,
}

fn run(global: &Global, args: &WatchRunArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let Some(_lock) = Lock::watching(&layout)? else {
        out::note("another `knipsel watch run` has not ended yet; nothing is told twice");
        return Ok(Exit::NothingFound);
    };
    let mut chosen = watches::all(&reader)?;
    if let Some(name) = args.names.iter().find(|name| chosen.iter().all(|one| one.name != **name)) {
        return Err(no_such(name));
    }
    chosen.retain(|watch| args.names.is_empty() || args.names.contains(&watch.name));
    let runner = Runner {
        global,
        searcher: indexed::open(&layout, &reader)?,
        writer: Writer::open(&layout)?,
        reader,
        now: clock::now(),
    };
    let mut records = Records::new(args.format);
    let (mut n_new, mut failed) = (0, None);
    for watch in &chosen {
        let found = match runner.run(watch) {
            Ok(found) => found,
            Err(failure) => {
                // The others are run all the same.
                out::error(&format!("`{}`: {failure}", watch.name), failure.advice());
                failed.get_or_insert(failure.exit());
                continue;
            }
        };
        n_new += found.len();
        for article in &found {
            records.push(record(watch, article, args.format))?;
        }
    }
    records.finish()?;
    Ok(failed.unwrap_or(if n_new == 0 { Exit::NothingFound } else { Exit::Done }))
}

fn record(watch: &Watch, article: &Article, format: Format) -> Record {
    if format == Format::Table {
        return Record::from_iter([
            ("id".to_owned(), json!(article.id.as_str())),
            ("watch".to_owned(), json!(watch.name)),
            ("published".to_owned(), json!(render::when(article))),
            ("outlet".to_owned(), json!(article.outlet)),
            ("title".to_owned(), json!(render::headline(article))),
        ]);
    }
    let mut record = Record::from_iter([("watch".to_owned(), json!(watch.name))]);
    record.extend(render::article(article, None));
    record.remove("snippet");
    record
}

impl Runner<'_> {
    /// What is new; told only when command and webhook have taken it.
    fn run(&self, watch: &Watch) -> Result<Vec<Article>, Failure> {
        let Some(searcher) = &self.searcher else { return Ok(Vec::new()) };
        let seq = searcher.watermark();
        let news = watches::news(&self.reader, watch, seq)?;
        let mut found = Vec::new();
        if !news.is_empty() {
            let mut query = query::parse(&watch.query)?;
            query.set_times(&|time| when::range(time, self.now))?;
            let mut hits = searcher.all(&query, &Filter::default())?;
            hits.retain(|hit| news.contains(&hit.article));
            hits.sort_unstable();
            for hit in hits.iter().rev() {
                found.extend(library::article(&self.reader, ArticleRow(hit.article))?);
            }
        }
        if !found.is_empty() {
            tell::all(self.global, watch, &found)?;
        }
        let rows: Vec<ArticleRow> = found.iter().map(|article| article.row).collect();
        let (id, now) = (watch.row, self.now);
        self.writer.write_blocking(move |tx| watches::ran(tx, id, &rows, seq, now))?;
        if let Some(file) = &watch.feed_file {
            // A reader that comes by later must not miss any of what is new.
            self.keep(watch, Path::new(file), FEED_ARTICLES.max(found.len()))?;
        }
        Ok(found)
    }

    /// Writes the feed of a search anew, with the last `n` articles that it told.
    fn keep(&self, watch: &Watch, file: &Path, n: usize) -> Result<(), Failure> {
        let state = store::corpus::current(&self.reader, self.now)?;
        let mut rows: Vec<Row> = Vec::new();
        for row in watches::told(&self.reader, watch, n)? {
            if let Some(article) = library::article(&self.reader, row)? {
                rows.push(corpus::row(&self.reader, article, &state)?);
            }
        }
        let feed = Feed { name: &watch.name, query: &watch.query, at: self.now, rows: &rows };
        let is_json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        out::file::file(
            file,
            |out| {
                if is_json { feed::json(out, &feed) } else { feed::atom(out, &feed) }
            },
        )
    }
}
