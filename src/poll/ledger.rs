//! What a poll adds to the coverage ledger.

use crate::coverage::order::{self, Order};
use crate::coverage::{self, Gap, Listed, State, Verdict, evidence};
use crate::model::article::Content;
use crate::model::fetch::Outcome;
use crate::model::time::{Precision, Timestamp};
use crate::store::coverage as ledger;
use crate::store::{ArticleRow, Error, FeedId, Tx, orders};

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
    /// What the document lists, in its order; nothing when none was read.
    pub window: &'p [Listed],
    /// When the oldest of it appeared.
    pub oldest_at: Option<Timestamp>,
    /// Where the document says that older entries are.
    pub older_url: Option<&'p str>,
    /// The last success before it.
    pub last_at: Option<Timestamp>,
    /// When it was.
    pub at: Timestamp,
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
    let before = ledger::edge(tx, poll.feed)?.filter(|_| poll.last_at.is_some());
    let (verdict, edge) =
        coverage::judge(before.as_deref().unwrap_or_default(), poll.window, poll.at);
    ledger::set_edge(tx, poll.feed, &edge, poll.oldest_at, poll.older_url)?;
    let order: Order =
        poll.window.iter().take(order::ENTRIES_MAX).map(|listed| listed.article).collect();
    orders::note(tx, poll.feed, &order, poll.at)?;
    if before.is_none() {
        let state = if edge.is_empty() { State::Unprovable } else { State::Complete };
        ledger::begin(tx, poll.feed, state, poll.at)?;
        return Ok(None);
    }
    match verdict {
        Verdict::Complete => ledger::extend(tx, poll.feed, State::Complete, poll.at)?,
        Verdict::Unprovable => ledger::extend(tx, poll.feed, State::Unprovable, poll.at)?,
        Verdict::Suspected(gap) => {
            let before = before.unwrap_or_default();
            let witnesses = evidence::witnesses(&before, poll.window, poll.at);
            ledger::suspect(tx, poll.feed, gap, &witnesses, poll.at)?;
            return Ok(Some(gap));
        }
    }
    Ok(None)
}
