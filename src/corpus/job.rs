//! Writing an export, in steps after each of which it can be taken up again.

use std::path::Path;

use crate::corpus::folder::{self, Folder, Journal};
use crate::corpus::sink::{Evidence, Sink};
use crate::corpus::{Error, article, row, select};
use crate::export::manifest::{Counts, Format, Plan};
use crate::export::row::month;
use crate::index::search::{Hit, Searcher};
use crate::model::time::Timestamp;
use crate::query::{Filter, Query};
use crate::store::{ArticleRow, Layout, Reader};

/// Articles between two points at which an export can be taken up again. A file of Parquet is
/// taken up at its month.
const STEP: usize = 500;

/// An archive that is asked.
#[derive(Debug, Clone, Copy)]
pub struct Archive<'a> {
    /// Its database.
    pub reader: &'a Reader,
    /// Its index.
    pub searcher: Option<&'a Searcher>,
    /// Its folder.
    pub layout: &'a Layout,
}

/// What is to be exported.
#[derive(Debug, Clone)]
pub struct Export {
    /// What was asked, and of what.
    pub plan: Plan,
    /// The question of the plan.
    pub query: Query,
}

/// The plan of an export that was begun in `dir` and is not done.
pub fn begun(dir: &Path) -> Result<Option<Plan>, Error> {
    Ok(folder::journal(dir)?.map(|journal| journal.plan))
}

/// The plan of the finished export whose manifest or folder this is.
pub fn made(path: &Path) -> Result<Option<Plan>, Error> {
    Ok(folder::made(path)?.map(|(plan, _)| plan))
}

/// Writes an export into `dir`, or what an earlier run left of it; `hear` is told how many articles
/// of how many are done. What is there already is left as it is.
pub fn export(
    archive: &Archive<'_>,
    export: &Export,
    dir: &Path,
    mut hear: impl FnMut(usize, usize),
) -> Result<Counts, Error> {
    let folder = Folder::open(dir)?;
    if let Some((plan, counts)) = folder::made(dir)? {
        return same(&plan, &export.plan, dir).map(|()| counts);
    }
    let mut journal = if let Some(journal) = folder.journal()? {
        same(&journal.plan, &export.plan, dir)?;
        journal
    } else {
        folder.must_be_empty()?;
        Journal { plan: export.plan.clone(), n_done: 0, n_bytes: 0, counts: Counts::default() }
    };
    let Archive { reader, searcher, layout } = *archive;
    let plan = &export.plan;
    let hits = select(reader, searcher, &export.query, &Filter::default(), &plan.state)?;
    journal.counts.found = hits.len() as u64;
    folder.note(&journal)?;
    let evidence = Evidence { reader, layout };
    let mut sink = Sink::open(folder.path(), plan, journal.n_bytes, evidence)?;
    while journal.n_done < hits.len() {
        let rest = &hits[journal.n_done..];
        let step = &rest[..step(rest, plan.format)];
        for hit in step {
            put(archive, plan, &mut sink, *hit, &mut journal.counts)?;
            journal.n_done += 1;
            hear(journal.n_done, hits.len());
        }
        journal.n_bytes = sink.rest()?;
        folder.note(&journal)?;
    }
    journal.n_bytes = sink.rest()?;
    folder.finish(&journal)?;
    Ok(journal.counts)
}

/// How many of `rest` are done in one step.
fn step(rest: &[Hit], format: Format) -> usize {
    let month_of = |hit: &Hit| month(Timestamp::from_seconds(hit.sort_at));
    match (format, rest.first()) {
        (Format::Parquet, Some(first)) => {
            let first = month_of(first);
            rest.partition_point(|hit| month_of(hit) <= first).max(1)
        }
        _ => STEP.min(rest.len()),
    }
}

fn put(
    archive: &Archive<'_>,
    plan: &Plan,
    sink: &mut Sink<'_>,
    hit: Hit,
    counts: &mut Counts,
) -> Result<(), Error> {
    let at = ArticleRow(hit.article);
    let Some(article) = article(archive.reader, at, &plan.state)? else { return Ok(()) };
    let row = row(archive.reader, article, &plan.state)?;
    if plan.without_reserved && row.is_reserved == Some(true) {
        counts.left_out += 1;
        return Ok(());
    }
    counts.written += 1;
    counts.words += u64::from(row.n_words);
    counts.reserved += u64::from(row.is_reserved == Some(true));
    counts.unknown += u64::from(row.is_reserved.is_none());
    sink.put(at, row)
}

/// Another question, or another analyzer that understands it otherwise, makes another export.
fn same(found: &Plan, wanted: &Plan, dir: &Path) -> Result<(), Error> {
    let differs = [
        ("query", found.query != wanted.query),
        ("format", found.format != wanted.format),
        ("choice of `--without`", found.without_reserved != wanted.without_reserved),
        ("state of the archive", found.state != wanted.state),
        ("version of knipsel", found.program != wanted.program),
        ("version of the analyzer", found.analyzer != wanted.analyzer),
    ];
    match differs.into_iter().find(|(_, differs)| *differs) {
        Some((what, _)) => Err(Error::Other { dir: dir.to_owned(), what }),
        None => Ok(()),
    }
}
