//! What answers teach that is no news: where a feed has moved, whether it is gone, whether its 304s
//! are true, and whether our own network is down. It asks nothing and stores nothing.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::fetch::{self, Response};
use crate::model::feed::{Feed, Move, PollState, Streak};
use crate::model::fetch::{Failure, FailureClass, Outcome};
use crate::model::time::Timestamp;
use crate::schedule;
use crate::schedule::outage::{Change, Outage};

/// Where the document of `feed` is asked for: where it has moved for good, if that is believed and
/// safe, else where its owner says. An address that fails again and again may have been a mistake:
/// then the owner's has another chance, and leads on if the move was none.
pub(super) fn address<'s>(feed: &'s Feed, state: &'s PollState) -> &'s str {
    const FAILURES_MAX: u32 = 3;
    match &state.moved {
        Some(moved) if state.n_failures < FAILURES_MAX && is_adopted(&feed.url, moved) => &moved.to,
        _ => &feed.url,
    }
}

/// Whether a feed listed at `url` is polled where it has moved to, without asking the owner.
pub fn is_adopted(url: &str, moved: &Move) -> bool {
    schedule::is_moved(&moved.seen) && fetch::is_safe_move(url, &moved.to)
}

/// Whether `failure` says nothing of the feed, because no other host can be reached either.
pub(super) fn is_ours(
    outage: &Mutex<Outage>,
    response: &Response,
    failure: &Failure,
    at: Timestamp,
) -> bool {
    use FailureClass::{Connect, Dns};
    if response.status.is_some() || !matches!(failure.class, Connect | Dns) {
        return false;
    }
    let Some(site) = fetch::site(&response.final_url) else { return false };
    let mut outage = outage.lock().unwrap_or_else(PoisonError::into_inner);
    if outage.unreachable(&site, at) == Some(Change::Began) {
        tracing::warn!("no host can be reached; until one answers, no failure is counted");
    }
    outage.explains(at.minus(response.duration))
}

/// Takes up that a host answered; when that ends an outage, since when what failed is to be tried
/// again.
pub(super) fn answered(outage: &Mutex<Outage>, at: Timestamp) -> Option<Timestamp> {
    let mut outage = outage.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(Change::Ended { began_at }) = outage.answered(at) else { return None };
    tracing::info!("the network is back; what could not be reached is polled now");
    Some(began_at)
}

pub(super) fn gone(
    state: &PollState,
    response: &Response,
    outcome: &Outcome,
    at: Timestamp,
) -> Option<Streak> {
    match outcome {
        // It was not asked.
        Outcome::Throttled { .. } if response.status.is_none() => state.gone,
        Outcome::Gone => Some(Streak::continued(state.gone, at)),
        Outcome::Failed(failure) if failure.class == FailureClass::Outage => state.gone,
        _ => None,
    }
}

/// When an entry must have appeared that the last 304 hid, if this request shows it: after the last
/// whole document, and so long before the 304 that no cache excuses it.
pub(super) fn vouched_for(state: &PollState) -> Option<Range<Timestamp>> {
    const CACHES: Duration = Duration::from_secs(10 * 60);
    Some(state.last_full_at?..state.last_304_at?.minus(CACHES))
}

/// What is known of a move after a request to `url`; only a document that was reached counts.
pub(super) fn moved(
    state: &PollState,
    url: &str,
    response: &Response,
    outcome: &Outcome,
    at: Timestamp,
) -> Option<Move> {
    let known = state.moved.clone();
    if !outcome.is_success() {
        return known;
    }
    let is_known = |known: &Move| known.to == response.final_url;
    if response.is_moved {
        let before = known.filter(is_known).map(|known| known.seen);
        let to = response.final_url.clone();
        return Some(Move { to, seen: Streak::continued(before, at) });
    }
    // Asked where it moved to, it answers there; asked at the old address, it is back.
    known.filter(|known| known.to == url)
}
