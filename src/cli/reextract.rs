//! `knipsel reextract`.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::args::{Global, ReextractArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Record, Records};
use crate::cli::run::runtime;
use crate::cli::{out, reindex, setup, when};
use crate::config::page_rules;
use crate::enrich::again::{Again, Reread, Trouble, Wish, read_again};
use crate::enrich::learned::Learned;
use crate::extract;
use crate::model::time::Timestamp;
use crate::service::clock;
use crate::store::rereadings::{self, Filter};
use crate::store::{ArticleRow, Lock, Reader, Writer, library};
use crate::worker::{self, Worker};

pub(super) fn reextract(global: &Global, args: &ReextractArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    // First, for a lock would make the folder of an archive that is not there.
    let reader = Reader::open(&layout)?;
    let _lock = Lock::acquire(&layout)?;
    let since = args.since.as_deref().map(|text| when::since(text, clock::now())).transpose()?;
    let filter = Filter {
        outlet: args.outlet.clone(),
        since: since.unwrap_or(Timestamp::EPOCH),
        not_by: (!args.all).then_some(extract::VERSION),
    };
    let pages = rereadings::list(&reader, &filter)?;
    let writer = Writer::open(&layout)?;
    let feeds = setup::listed(&setup::paths(global)?)?;
    let rules = page_rules::by_outlet(&feeds);
    let mut worker = Worker::new(worker::Options::new(std::env::current_exe()?));
    let mut learned = Learned::default();
    let wish = match (args.dry_run, args.take_shorter) {
        (true, _) => Wish::DryRun,
        (_, true) => Wish::TakeShorter,
        _ => Wish::KeepLonger,
    };
    let mut again = Again {
        reader: &reader,
        writer: &writer,
        warc: &layout.warc(),
        worker: &mut worker,
        learned: &mut learned,
        rules: &rules,
        wish,
    };
    let tally = all(global, args, &mut again, &pages)?;
    if wish != Wish::DryRun && tally.changed > 0 {
        reindex::follow_all(global, &layout, &writer)?;
    }
    out::note(&tally.told(pages.len(), wish));
    Ok(if pages.is_empty() { Exit::NothingFound } else { Exit::Done })
}

fn all(
    global: &Global,
    args: &ReextractArgs,
    again: &mut Again<'_>,
    pages: &[ArticleRow],
) -> Result<Tally, Failure> {
    let bar = bar(global, pages.len());
    let runtime = runtime()?;
    let mut records = Records::new(args.format);
    let mut tally = Tally::default();
    for article in pages {
        let read = runtime.block_on(read_again(again, *article, clock::now()));
        let read = read.map_err(|trouble| match trouble {
            Trouble::Store(error) => Failure::from(error),
            Trouble::Worker(error) => Failure::from(error),
        })?;
        bar.inc(1);
        tally.count(&read);
        if let Some(record) = record(again.reader, *article, &read)? {
            records.push(record)?;
        }
    }
    bar.finish_and_clear();
    records.finish()?;
    Ok(tally)
}

fn bar(global: &Global, n_pages: usize) -> ProgressBar {
    if global.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("reading {wide_bar} {human_pos}/{human_len} {eta}");
    ProgressBar::new(n_pages as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// How many pages ended how.
#[derive(Debug, Default)]
struct Tally {
    changed: usize,
    same: usize,
    shorter: usize,
    unreadable: usize,
    not_kept: usize,
}

impl Tally {
    fn count(&mut self, read: &Reread) {
        *match read {
            Reread::Changed(..) => &mut self.changed,
            Reread::Same => &mut self.same,
            Reread::Shorter(..) => &mut self.shorter,
            Reread::Unreadable(_) => &mut self.unreadable,
            Reread::NotKept => &mut self.not_kept,
        } += 1;
    }

    fn told(&self, n_pages: usize, wish: Wish) -> String {
        if n_pages == 0 {
            return "every page was read by this version; `--all` reads them again".to_owned();
        }
        let Self { changed, same, shorter, unreadable, not_kept } = self;
        let verb = if wish == Wish::DryRun { "would be read otherwise" } else { "read otherwise" };
        format!(
            "{changed} {verb}, {same} the same; left as they were: {shorter} that would be \
             shorter, {unreadable} not readable, {not_kept} not kept as sent"
        )
    }
}

/// What is told of a page; of one that gave the same, nothing.
fn record(reader: &Reader, article: ArticleRow, read: &Reread) -> Result<Option<Record>, Failure> {
    let (outcome, words, reason) = match read {
        Reread::Same | Reread::NotKept => return Ok(None),
        Reread::Changed(before, after) => ("changed", Some((before, after)), None),
        Reread::Shorter(before, after) => ("shorter", Some((before, after)), None),
        Reread::Unreadable(reason) => ("unreadable", None, Some(reason)),
    };
    let Some(shown) = library::article(reader, article)? else { return Ok(None) };
    let fields = [
        ("id", json!(shown.id.as_str())),
        ("outcome", json!(outcome)),
        ("words_before", json!(words.map(|(before, _)| before))),
        ("words_after", json!(words.map(|(_, after)| after))),
        ("reason", json!(reason)),
        ("title", json!(shown.revision.content.title)),
    ];
    Ok(Some(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}
