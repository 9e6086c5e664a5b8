//! The pipeline out of the archive: what a question selects at a state of it, and writing that down
//! so that the same question gives the same bytes again.
//!
//! An index knows articles as they are. What was revised, or seen in another feed, since the state
//! that is asked about is indexed apart, as it was, and asked the same question.

mod folder;
pub mod job;
mod sink;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::export::manifest::State;
use crate::export::row::Row;
use crate::follow;
use crate::index::search::{Hit, Searcher};
use crate::index::{self, writer};
use crate::model::reservation::Reservations;
use crate::query::{Filter, Query};
use crate::store::{self, ArticleRow, Reader, changes, corpus, library};
use crate::warc;

/// Why a corpus could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive cannot be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The index cannot be read.
    #[error(transparent)]
    Index(#[from] index::Error),
    /// What servers sent cannot be read.
    #[error(transparent)]
    Warc(#[from] warc::Error),
    /// A file or folder cannot be used.
    #[error("cannot {action} `{path}`")]
    File {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Something else is in the folder.
    #[error("`{0}` is not empty")]
    Occupied(PathBuf),
    /// Another export is in the folder.
    #[error("`{dir}` holds an export with another {what}")]
    Other {
        /// The folder.
        dir: PathBuf,
        /// What differs.
        what: &'static str,
    },
    /// Another process is at work in the folder.
    #[error("another process is writing in `{0}`")]
    Busy(PathBuf),
    /// A file of an export is not one.
    #[error("`{0}` is not the manifest of an export")]
    NotAManifest(PathBuf),
}

impl Error {
    fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File { action, path: path.to_owned(), source }
    }
}

/// The articles that the question would have found at `state`, the oldest first.
pub fn select(
    reader: &Reader,
    searcher: Option<&Searcher>,
    query: &Query,
    filter: &Filter,
    state: &State,
) -> Result<Vec<Hit>, Error> {
    let later = corpus::later_articles(reader, state)?;
    let changed = corpus::changed(reader, state, searcher.map_or(0, Searcher::watermark))?;
    let mut hits = match searcher {
        Some(searcher) => searcher.all(query, filter)?,
        None => Vec::new(),
    };
    hits.retain(|hit| !later.contains(&hit.article) && !changed.contains(&hit.article));
    let mut changed: Vec<i64> = changed.into_iter().filter(|row| !later.contains(row)).collect();
    changed.sort_unstable();
    if !changed.is_empty() {
        hits.extend(as_they_were(reader, &changed, state)?.all(query, filter)?);
    }
    hits.sort_unstable();
    Ok(hits)
}

/// An index of `articles` as they were. Its files are gone with it.
fn as_they_were(reader: &Reader, articles: &[i64], state: &State) -> Result<Searcher, Error> {
    let dir = TempDir::new().map_err(Error::file("write in", &std::env::temp_dir()))?;
    let mut writer = writer::Writer::open(dir.path())?;
    for article in articles.iter().map(|row| ArticleRow(*row)) {
        let Some(number) = corpus::number(reader, article, state)? else { continue };
        if let Some(change) = changes::at(reader, article, number, state.as_of)? {
            writer.put(&follow::document(&change, &change.mentions()))?;
        }
    }
    writer.commit(1)?;
    // Open files outlive their names.
    let searcher = Searcher::open(dir.path())?;
    searcher.ok_or_else(|| index::Error::Outdated.into())
}

/// The article in `row` as it was at `state`.
pub fn article(
    reader: &Reader,
    row: ArticleRow,
    state: &State,
) -> Result<Option<library::Article>, Error> {
    match corpus::number(reader, row, state)? {
        Some(number) => Ok(library::revision(reader, row, number)?),
        None => Ok(None),
    }
}

/// An article and what was known around it at `state`, as it leaves the archive.
pub fn row(reader: &Reader, article: library::Article, state: &State) -> Result<Row, Error> {
    let revision = article.revision;
    let around = corpus::around(reader, article.row, revision.number, state.as_of)?;
    let content = revision.content;
    Ok(Row {
        id: article.id.as_str().to_owned(),
        url: article.url,
        title: content.title,
        outlet: article.outlet,
        section: content.section,
        authors: content.authors,
        tags: content.tags,
        language: content.language,
        published: content.published,
        modified: content.modified,
        first_seen_at: article.first_seen_at,
        sort_at: article.sort_at,
        revision: revision.number,
        revision_seen_at: revision.seen_at,
        source: revision.source,
        feeds: around.feeds,
        access: around.access,
        is_reserved: Reservations::from_words(&around.reservations).is_reserved(),
        reservations: around.reservations,
        license: around.license,
        n_words: around.n_words,
        text: content.text,
    })
}
