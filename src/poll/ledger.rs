//! What a poll adds to the coverage ledger.

use crate::coverage::order::{self, Order};
use crate::coverage::{self, Gap, Listed, Look, State, Verdict, evidence};
use crate::model::article::Content;
use crate::model::fetch::Outcome;
use crate::model::time::{Precision, Timestamp};
use crate::store::coverage::{self as ledger, Suspicion};
use crate::store::{ArticleRow, Error, FeedId, Tx, orders};

/// A document with fewer entries may list others each time.
const SHARING_MIN: usize = 3;

/// An entry as the rule sees it. A date without a time says too little about order.
pub(super) fn listed(article: ArticleRow, content: &Content) -> Listed {
    let date = content.published.or(content.modified);
    let stated_at = date.filter(|date| date.precision == Precision::Second).map(|date| date.at);
    Listed { article: article.0, stated_at }
}

/// A poll that is to be entered.
#[derive(Debug)]
pub(super) struct Poll<'p> {
    /// The feed.
    pub feed: FeedId,
    /// How it ended.
    pub outcome: &'p Outcome,
    /// What the document lists; nothing when none was read.
    pub window: Window<'p>,
    /// The last success before it.
    pub last_at: Option<Timestamp>,
    /// When it was.
    pub at: Timestamp,
}

/// What a document lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'p> {
    /// Its entries, in its order.
    pub listed: &'p [Listed],
    /// When the oldest of them appeared.
    pub oldest_at: Option<Timestamp>,
    /// Where it says that older ones are.
    pub older_url: Option<&'p str>,
    /// Entries that the feed listed before it.
    pub n_overlap: usize,
}

impl Window<'_> {
    /// Whether it has nothing of what the feed listed before but what is pinned on top of it, and
    /// neither this nor the document before it is too short to say so.
    fn shares_none(&self, before: &Order, now: &Order) -> bool {
        let n_pinned = order::n_pinned(before, now);
        let n_fewest = before.len().min(now.len()) - n_pinned;
        // What a hub pushed since was in no document, and so joins none. Of a long one the end is not kept.
        let is_kept_whole = before.len().max(now.len()) < order::ENTRIES_MAX;
        let n_overlap = if is_kept_whole {
            now.iter().filter(|article| before.contains(article)).count()
        } else {
            self.n_overlap
        };
        n_overlap <= n_pinned && n_fewest >= SHARING_MIN
    }
}

/// Enters a poll. A failure enters nothing: the next success decides. Returns a suspected gap.
pub(super) fn enter(tx: &Tx<'_>, poll: &Poll<'_>) -> Result<Option<Gap>, Error> {
    match poll.outcome {
        Outcome::NotModified => ledger::extend_unchanged(tx, poll.feed, poll.at)?,
        Outcome::Fresh => return enter_window(tx, poll),
        Outcome::Gone | Outcome::Throttled { .. } | Outcome::Failed(_) => {}
    }
    Ok(None)
}

fn enter_window(tx: &Tx<'_>, poll: &Poll<'_>) -> Result<Option<Gap>, Error> {
    let Poll { feed, window, last_at, at, .. } = *poll;
    let before = ledger::edge(tx, feed)?.filter(|_| last_at.is_some());
    let order_before = orders::last(tx, feed)?;
    let look = Look {
        edge: before.as_deref().unwrap_or_default(),
        order: &order_before,
        at: last_at.unwrap_or(at),
    };
    let (verdict, edge) = coverage::judge(&look, window.listed, at);
    ledger::set_edge(tx, feed, &edge, window.oldest_at, window.older_url)?;
    let order: Order =
        window.listed.iter().take(order::ENTRIES_MAX).map(|listed| listed.article).collect();
    // While a site is rebuilt its feed is empty for a while.
    if !order.is_empty() {
        orders::note(tx, feed, &order, at)?;
    }
    let Some(before) = before else {
        let state = if edge.is_empty() { State::Unprovable } else { State::Complete };
        ledger::begin(tx, feed, state, at)?;
        return Ok(None);
    };
    let (since, gap) = match verdict {
        Verdict::Complete => (State::Complete, None),
        Verdict::Suspected(gap) => (State::Complete, Some(gap)),
        // In whatever order: where nothing is shared, something may have come and gone.
        Verdict::Unprovable => {
            let last_at = last_at.filter(|_| window.shares_none(&order_before, &order));
            (State::Unprovable, last_at.map(|from| Gap { from, to: at }))
        }
    };
    let Some(gap) = gap else {
        ledger::extend(tx, feed, since, at)?;
        return Ok(None);
    };
    let witnesses = evidence::witnesses(&before, window.listed, gap);
    let suspicion = Suspicion { gap, witnesses: &witnesses, since };
    ledger::suspect(tx, feed, suspicion, at)?;
    Ok(Some(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pushed_in_between_joins_no_windows() {
        let shares = |n_overlap: usize, before: &[i64], now: &[i64]| {
            let window = Window { listed: &[], oldest_at: None, older_url: None, n_overlap };
            !window.shares_none(&before.to_vec(), &now.to_vec())
        };
        let (before, now) = ([4, 3, 2, 1], [9, 8, 7, 6]);
        assert!(!shares(1, &before, &now));
        assert!(shares(1, &before, &[7, 6, 5, 4]));
        let long: Vec<i64> = (0..500).collect();
        let next: Vec<i64> = (600..1_100).collect();
        assert!(shares(100, &long, &next));
        assert!(!shares(0, &long, &next));
    }
}
