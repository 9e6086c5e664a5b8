//! The newest of what matches. What is stored later is mostly newer, so the segments are taken from
//! the newest on: once the page is full, one that is older than all of it is only counted.

use std::cmp::Reverse;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocId, Searcher, SegmentReader};

use crate::index::schema::{ARTICLE, SORT_AT};
use crate::index::search::Hit;

/// Documents whose times are read at once.
const BLOCK: usize = 64;

/// How many match, and the newest of them, at most `limit`, in order; by rows those of one moment.
pub(super) fn newest(
    searcher: &Searcher,
    plan: &dyn Query,
    limit: usize,
) -> tantivy::Result<(usize, Vec<Hit>)> {
    let weight = plan.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut segments = Vec::new();
    for reader in searcher.segment_readers() {
        segments.push(Segment { reader, times: reader.fast_fields().i64(SORT_AT)? });
    }
    segments.sort_by_key(|segment| Reverse(segment.times.max_value()));
    let mut top = Top { limit, hits: Vec::new(), oldest: None };
    let mut total = 0;
    for segment in segments {
        let is_older = top.oldest.is_some_and(|oldest| segment.times.max_value() < oldest.sort_at);
        total += if is_older {
            usize::try_from(weight.count(segment.reader)?).unwrap_or(usize::MAX)
        } else {
            segment.collect(&*weight, &mut top)?
        };
    }
    Ok((total, top.finish()))
}

struct Segment<'s> {
    reader: &'s SegmentReader,
    times: Column<i64>,
}

impl Segment<'_> {
    /// Puts what matches in `top`; returns how many there are.
    fn collect(&self, weight: &dyn Weight, top: &mut Top) -> tantivy::Result<usize> {
        let alive = self.reader.alive_bitset();
        let mut docs: Vec<DocId> = Vec::new();
        weight.for_each_no_score(self.reader, &mut |found| match alive {
            Some(alive) => docs.extend(found.iter().filter(|doc| alive.is_alive(**doc))),
            None => docs.extend_from_slice(found),
        })?;
        let articles = self.reader.fast_fields().i64(ARTICLE)?;
        // Backwards: what comes last is likely to be newer than all that is still to come.
        let mut times = [None; BLOCK];
        for block in docs.rchunks(BLOCK) {
            let times = &mut times[..block.len()];
            self.times.first_vals(block, times);
            for (doc, sort_at) in block.iter().zip(times).rev() {
                if let Some(sort_at) = *sort_at
                    && top.oldest.is_none_or(|oldest| sort_at >= oldest.sort_at)
                    && let Some(article) = articles.first(*doc)
                {
                    top.push(Hit { sort_at, article });
                }
            }
        }
        top.prune();
        Ok(docs.len())
    }
}

/// The newest so far.
struct Top {
    limit: usize,
    /// At most twice as many as are wanted.
    hits: Vec<Hit>,
    /// When there are as many as are wanted: none before this one counts.
    oldest: Option<Hit>,
}

impl Top {
    fn push(&mut self, hit: Hit) {
        self.hits.push(hit);
        if self.hits.len() >= self.limit.saturating_mul(2) {
            self.prune();
        }
    }

    fn prune(&mut self) {
        if let Some(last) = self.limit.checked_sub(1)
            && self.hits.len() > last
        {
            let (_, oldest, _) = self.hits.select_nth_unstable_by_key(last, |hit| Reverse(*hit));
            self.oldest = Some(*oldest);
            self.hits.truncate(self.limit);
        }
    }

    fn finish(mut self) -> Vec<Hit> {
        self.hits.sort_unstable_by_key(|hit| Reverse(*hit));
        self.hits.truncate(self.limit);
        self.hits
    }
}
