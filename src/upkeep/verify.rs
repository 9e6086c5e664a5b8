//! Whether an archive and its index are whole.

use std::collections::HashSet;

use crate::index::search::Searcher;
use crate::store::progress::Progress;
use crate::store::verify::{self, Checked, Depth};
use crate::store::{ArticleRow, Layout, Reader, changes};
use crate::upkeep::{Error, captures};

/// Problems of one kind that are told.
const PROBLEMS_MAX: usize = 20;

/// One check and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// What was found.
    pub checked: Checked,
    /// Of which part of the archive.
    pub part: Part,
}

/// What of an archive is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The database, which only a backup mends.
    Database,
    /// What servers sent, which no backup has.
    Captures,
    /// The search index, which is built again.
    Index,
}

/// Checks the archive in `layout`; `done` hears of each check when it is.
pub fn verify(
    layout: &Layout,
    depth: Depth,
    progress: &Progress,
    mut done: impl FnMut(&Check),
) -> Result<Vec<Check>, Error> {
    let mut reader = Reader::open(layout)?;
    let mut checks = Vec::new();
    let mut add = |name, checked: Result<Checked, Error>, part| {
        let check = Check { name, checked: found(checked)?, part };
        done(&check);
        checks.push(check);
        Ok::<(), Error>(())
    };
    let pages = verify::pages(&mut reader, depth, progress).map_err(Error::from);
    add("pages", pages, Part::Database)?;
    add("references", verify::references(&reader).map_err(Error::from), Part::Database)?;
    if depth == Depth::Full {
        add("texts", verify::texts(&reader, progress).map_err(Error::from), Part::Database)?;
        add("captures", captures::all(&reader, layout, progress), Part::Captures)?;
    }
    add("index", index(&reader, layout, depth), Part::Index)?;
    Ok(checks)
}

/// A page that cannot be read is what was looked for, and keeps no other check from being made.
fn found(checked: Result<Checked, Error>) -> Result<Checked, Error> {
    match checked {
        Err(Error::Store(error)) if error.is_damage() => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            Ok(problem(cause.unwrap_or_else(|| error.to_string())))
        }
        checked => checked,
    }
}

/// Whether the index has each article that it followed, once, and no other; in full, whether its files are
/// as they were written.
fn index(reader: &Reader, layout: &Layout, depth: Depth) -> Result<Checked, Error> {
    let searcher = match Searcher::open(&layout.index()) {
        Ok(Some(searcher)) => searcher,
        Ok(None) if changes::last(reader)? == 0 => return Ok(Checked::default()),
        Ok(None) => return Ok(problem("there is no search index".to_owned())),
        Err(error) => return Ok(problem(error.to_string())),
    };
    let damaged = if depth == Depth::Full { searcher.damaged() } else { Ok(Vec::new()) };
    match damaged {
        Ok(files) if files.is_empty() => {}
        Ok(files) => {
            let told = |file| format!("its file {file} is not as it was written");
            let problems = files.into_iter().map(told).take(PROBLEMS_MAX).collect();
            return Ok(Checked { n: 0, problems });
        }
        Err(error) => return Ok(problem(error.to_string())),
    }
    let last = changes::last(reader)?;
    if searcher.watermark() > last {
        let watermark = searcher.watermark();
        let text = format!("it follows change {watermark}, and the last of the archive is {last}");
        return Ok(problem(text));
    }
    let rows = searcher.rows()?;
    let expected = verify::articles_until(reader, searcher.watermark())?;
    let mut problems = Vec::new();
    let mut found = HashSet::new();
    for row in rows.iter().filter(|row| !found.insert(**row)) {
        problems.push(format!("article {row} is in it twice"));
    }
    for ArticleRow(row) in expected.iter().filter(|article| !found.contains(&article.0)) {
        problems.push(format!("article {row} is not in it"));
    }
    let known: HashSet<i64> = expected.iter().map(|article| article.0).collect();
    for row in found.difference(&known) {
        // One that changed after the watermark is there as it was.
        if !verify::has_article(reader, ArticleRow(*row))? {
            problems.push(format!("article {row} is in it, and not in the archive"));
        }
    }
    problems.truncate(PROBLEMS_MAX);
    Ok(Checked { n: rows.len() as u64, problems })
}

fn problem(text: String) -> Checked {
    Checked { n: 0, problems: vec![text] }
}
