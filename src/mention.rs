//! The pipeline that finds what articles name: it follows the sequence of changes.
//!
//! It runs beside the polls and never in them. All it stores can be worked out again, and is when
//! [`names::VERSION`] has grown.

use crate::names::{self, Mention};
use crate::store::changes;
use crate::store::{ArticleRow, Error, Reader, Writer, mentions};

/// Articles in one transaction.
const BATCH: usize = 256;

/// Finds the names in what changed since the last time, at most `limit` articles. Returns how many
/// were done: fewer than `limit` when none is left.
pub fn catch_up(reader: &Reader, writer: &Writer, limit: usize) -> Result<usize, Error> {
    let mut seq = if let Some(seq) = mentions::watermark(reader, names::VERSION)? {
        seq
    } else {
        writer.write_blocking(|tx| {
            mentions::clear(tx)?;
            mentions::set_watermark(tx, 0, names::VERSION)
        })?;
        0
    };
    let mut n_done = 0;
    while n_done < limit {
        let changes = changes::after(reader, seq, BATCH.min(limit - n_done))?;
        let Some(last) = changes.last() else { break };
        seq = last.seq;
        n_done += changes.len();
        let mut found: Vec<(ArticleRow, Vec<Mention>)> = Vec::new();
        for change in &changes {
            let new = change.mentions();
            // Most changes are of where an article is listed, and not of its text.
            if mentions::of_article(reader, change.article)? != new {
                found.push((change.article, new));
            }
        }
        writer.write_blocking(move |tx| {
            for (article, mentions) in &found {
                mentions::replace(tx, *article, mentions)?;
            }
            mentions::set_watermark(tx, seq, names::VERSION)
        })?;
    }
    Ok(n_done)
}
