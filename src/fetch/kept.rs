//! How many connections are kept open for a next request: each takes a file descriptor and a read
//! buffer, and a pass over a thousand hosts comes back to few of them in time.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::fetch::http::POOL_IDLE;

/// Connections kept open at once, at some 40 kB each: half of the descriptors that a process may have
/// by default. A quarter of them takes a sixth more of an unchanged pass over a thousand hosts.
const KEPT_MAX: usize = 512;

/// When each connection that is kept was last asked on, the longest ago first.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<VecDeque<Instant>>);

impl Kept {
    /// Whether the connection that is asked on at `now` may be kept open. A host that is asked
    /// again counts again until its first request is forgotten: rather too few are kept than too
    /// many.
    pub(super) fn keeps(&self, now: Instant) -> bool {
        let mut asked_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while asked_at.front().is_some_and(|at| now.duration_since(*at) >= POOL_IDLE) {
            asked_at.pop_front();
        }
        let keeps = asked_at.len() < KEPT_MAX;
        if keeps {
            asked_at.push_back(now);
        }
        keeps
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_so_many_are_kept_until_the_first_are_forgotten() {
        let kept = Kept::default();
        let start = Instant::now();
        let later = start + Duration::from_secs(1);
        assert!((0..KEPT_MAX - 1).all(|_| kept.keeps(start)));
        assert!(kept.keeps(later) && !kept.keeps(later));
        let forgotten = start + POOL_IDLE;
        assert!((0..KEPT_MAX - 1).all(|_| kept.keeps(forgotten)));
        assert!(!kept.keeps(forgotten), "the last one is not forgotten yet");
    }
}
