//! A feed that lists its newest entries, and what a reader of it has seen.

use std::collections::VecDeque;
use std::ops::Range;

use knipsel::model::time::Timestamp;
use knipsel::schedule::Window;

/// Lists the newest `n_entries` of what appeared.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) arrivals: Vec<Timestamp>,
    pub(super) n_entries: usize,
}

impl Feed {
    /// The entries listed at `now`, as places in `arrivals`.
    pub(super) fn listed(&self, now: Timestamp) -> Range<usize> {
        let end = self.n_until(now);
        end.saturating_sub(self.n_entries)..end
    }

    /// How many entries had appeared at `at`.
    pub(super) fn n_until(&self, at: Timestamp) -> usize {
        self.arrivals.partition_point(|arrival| *arrival <= at)
    }
}

/// What one reading of a feed showed.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) at: Timestamp,
    pub(super) listed: Range<usize>,
    /// New ones among them; at the first reading, all.
    pub(super) n_new: usize,
    /// As the archive would hand it to the schedule.
    pub(super) window: Option<Window>,
}

/// What has been seen of a feed.
#[derive(Debug, Default)]
pub(super) struct Archive {
    is_seen: Vec<bool>,
    last: Option<Range<usize>>,
    /// When the entries now listed appeared, newest first: at the first reading by their own
    /// word, later by our clock, as the archive keeps it.
    appeared: VecDeque<Timestamp>,
    /// Between two windows without a shared entry: from the end of one to the start of the next.
    gaps: Vec<Range<usize>>,
}

impl Archive {
    pub(super) fn read(&mut self, feed: &Feed, at: Timestamp) -> Seen {
        let listed = feed.listed(at);
        self.is_seen.resize(feed.arrivals.len(), false);
        let new: Vec<usize> = listed.clone().filter(|n| !self.is_seen[*n]).collect();
        for n in &new {
            self.is_seen[*n] = true;
            self.appeared.push_front(if self.last.is_none() { feed.arrivals[*n] } else { at });
        }
        self.appeared.truncate(listed.len());
        if let Some(last) = &self.last
            && !listed.is_empty()
            && !last.clone().any(|n| listed.contains(&n))
        {
            self.gaps.push(last.end..listed.start);
        }
        let n_known = if self.last.is_none() { 0 } else { new.len() };
        self.last = Some(listed.clone());
        Seen { at, n_new: new.len(), window: self.window(n_known), listed }
    }

    /// As `poll` makes it: the oldest tenth does not count.
    fn window(&self, n_new: usize) -> Option<Window> {
        let last = self.appeared.len().checked_sub(1)?;
        Some(Window {
            n_listed: self.appeared.len(),
            n_new,
            oldest_at: self.appeared[last * 9 / 10],
            quarter_at: self.appeared[self.appeared.len() / 4],
        })
    }

    /// The entries between the first and the last that were seen, but were not.
    pub(super) fn missed(&self) -> Vec<usize> {
        let first = self.is_seen.iter().position(|is_seen| *is_seen).unwrap_or(0);
        let end = self.last.as_ref().map_or(first, |last| last.end);
        (first..end).filter(|n| !self.is_seen[*n]).collect()
    }

    /// Whether two windows without a shared entry show that entry `n` was missed.
    pub(super) fn is_suspected(&self, n: usize) -> bool {
        self.gaps.iter().any(|gap| gap.contains(&n))
    }
}
