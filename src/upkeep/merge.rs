//! Two archives made into one.
//!
//! It goes through the other archive article by article, in transactions of some hundred. What is
//! here already is found by its identity, so that one that was stopped is simply run again.

use std::collections::HashMap;
use std::path::Path;

use crate::model::time::Timestamp;
use crate::store::incoming::{self, Merged};
use crate::store::library::totals;
use crate::store::progress::{Progress, Step};
use crate::store::{Layout, Reader, Writer};
use crate::upkeep::Error;
use crate::upkeep::restore::{self, Replace};

/// Articles that share a transaction.
const BATCH: u32 = 200;

/// What a merge came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merge {
    /// Articles that were not here.
    pub n_new: u64,
    /// Articles that have new revisions.
    pub n_revised: u64,
    /// Revisions that were not here, of articles that were.
    pub n_revisions: u64,
    /// Articles of which nothing was new.
    pub n_known: u64,
    /// Feeds that were not here.
    pub n_feeds: u64,
}

/// Opens the other archive: a folder, or a backup, which is unpacked and checked in `scratch`.
pub fn open_other(
    other: &Path,
    scratch: &Path,
    now: Timestamp,
    progress: &Progress,
) -> Result<Reader, Error> {
    if other.is_dir() {
        return Ok(Reader::open(&Layout::new(other))?);
    }
    let layout = Layout::new(scratch);
    restore::put_back(&layout, other, Replace::Never, now, progress)?;
    // One of an older program is brought to our schema; it is a copy.
    drop(Writer::open(&layout)?);
    Ok(Reader::open(&layout)?)
}

/// Takes what `other` holds into the archive of `writer`. The caller holds the lock.
pub fn merge(writer: &Writer, other: Reader, progress: &Progress) -> Result<Merge, Error> {
    let mut merge = Merge::default();
    let mut feeds = HashMap::new();
    let total = u64::from(totals(&other)?.n_articles);
    let mut other = other;
    for feed in incoming::their_feeds(&other)? {
        let taken;
        (other, taken) = writer.write_blocking(move |tx| {
            let taken = incoming::take_feed(tx, &other, &feed)?;
            Ok((other, taken))
        })?;
        merge.n_feeds += u64::from(taken.is_new);
        feeds.insert(taken.theirs, taken.ours);
    }
    let (mut after, mut n_done) = (i64::MIN, 0);
    loop {
        progress.tell(Step::Merging(n_done, total));
        let (articles, Some(last)) = incoming::their_articles(&other, after, BATCH)? else { break };
        after = last;
        n_done += articles.len() as u64;
        let map = feeds.clone();
        let outcomes = writer.write_blocking(move |tx| {
            articles
                .iter()
                .map(|article| incoming::take(tx, article, &map))
                .collect::<Result<Vec<_>, _>>()
        })?;
        for outcome in outcomes {
            match outcome {
                Merged::New => merge.n_new += 1,
                Merged::Known => merge.n_known += 1,
                Merged::Revised(n) => {
                    merge.n_revised += 1;
                    merge.n_revisions += n as u64;
                }
            }
        }
    }
    Ok(merge)
}
