//! The pipeline from the archive into the search index: it follows the sequence of changes.

use crate::index::writer::Writer;
use crate::index::{self, Document};
use crate::names::{self, Mention};
use crate::store::{self, Reader, changes, mentions};

/// Changes read at a time.
const BATCH: usize = 64;

/// Bytes of text between two commits of a long catch-up: the index may hold them in memory till
/// then, and each commit makes a segment.
const COMMIT_BYTES: usize = 32 << 20;

/// Why the index could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive cannot be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The index cannot be written.
    #[error(transparent)]
    Index(#[from] index::Error),
}

/// Brings the index up to the last change in the archive; `progress` hears of the articles done so
/// far. Returns how many it took up. After a crash it goes on from the index's own watermark.
pub fn catch_up(
    reader: &Reader,
    index: &mut Writer,
    mut progress: impl FnMut(usize),
) -> Result<usize, Error> {
    let last = changes::last(reader)?;
    // An index that is ahead belongs to another archive, or to a later state of this one.
    if index.watermark() > last {
        index.clear()?;
    }
    let named_up_to = mentions::watermark(reader, names::VERSION)?;
    let mut seq = index.watermark();
    for article in changes::merged(reader, seq)? {
        index.remove(article.0);
    }
    let mut n_done = 0;
    let mut n_bytes = 0;
    loop {
        let changes = changes::after(reader, seq, BATCH)?;
        let Some(newest) = changes.last() else { break };
        seq = newest.seq;
        for change in &changes {
            // Most have been read for names already.
            let mentions = match named_up_to {
                Some(named_up_to) if change.seq <= named_up_to => {
                    mentions::of_article(reader, change.article)?
                }
                _ => change.mentions(),
            };
            index.put(&document(change, &mentions))?;
            n_bytes += change.title.len() + change.text.len();
        }
        n_done += changes.len();
        progress(n_done);
        if n_bytes >= COMMIT_BYTES {
            index.commit(seq)?;
            n_bytes = 0;
        }
    }
    if seq > index.watermark() {
        index.commit(seq)?;
    }
    Ok(n_done)
}

/// An article as it is indexed, with what it names.
pub fn document<'c>(change: &'c changes::Change, mentions: &'c [Mention]) -> Document<'c> {
    Document {
        article: change.article.0,
        title: &change.title,
        text: &change.text,
        outlet: &change.outlet,
        id: &change.id,
        url: &change.url,
        sections: &change.sections,
        authors: &change.authors,
        feeds: &change.feeds,
        tags: &change.tags,
        mentions,
        language: &change.language,
        countries: &change.countries,
        access: &change.access,
        kind: &change.kind,
        wire: &change.wire,
        traits: &change.traits,
        sort_at: change.sort_at,
    }
}
