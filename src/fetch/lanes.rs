//! Places among the requests in flight: most for hosts that answer, some apart for those that do
//! not.
//!
//! Sixteen hosts that answer nothing, or a byte a second, would otherwise hold every place until
//! their time limits pass, and the feeds behind them would wait for a minute. So a request that
//! takes long changes over to places of its own kind and leaves its first one to the next feed; the
//! next request to that host starts there. Nothing is given up earlier than its limits say.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A request that takes longer is slow. Nearly all feeds are read within one second.
pub(super) const SLOW_AFTER: Duration = Duration::from_secs(3);

/// More at once would be no politeness, and a semaphore takes no number without bound.
const CONCURRENCY_MAX: usize = 1024;

/// Slow requests mostly wait, so there may be more of them; each can hold a document all the same.
const SLOW_PER_QUICK: usize = 2;

/// How a host answered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Quick,
    Slow,
}

impl Pace {
    /// The pace of a request that took `duration`.
    pub(super) fn of(duration: Duration) -> Self {
        if duration < SLOW_AFTER { Self::Quick } else { Self::Slow }
    }
}

/// The places.
#[derive(Debug)]
pub(super) struct Lanes {
    quick: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    slow_after: Duration,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    pace: Pace,
    permit: Option<OwnedSemaphorePermit>,
}

impl Seat {
    /// What to hold on to.
    pub(super) fn into_permit(self) -> Option<OwnedSemaphorePermit> {
        self.permit
    }
}

impl Lanes {
    /// With `concurrency` places for quick requests.
    pub(super) fn new(concurrency: usize, slow_after: Duration) -> Self {
        let n_quick = concurrency.clamp(1, CONCURRENCY_MAX);
        Self {
            quick: Arc::new(Semaphore::new(n_quick)),
            slow: Arc::new(Semaphore::new(SLOW_PER_QUICK * n_quick)),
            slow_after,
        }
    }

    /// Waits for a place for a host of this pace.
    pub(super) async fn enter(&self, pace: Pace) -> Seat {
        let lane = match pace {
            Pace::Quick => &self.quick,
            Pace::Slow => &self.slow,
        };
        Seat { pace, permit: Arc::clone(lane).acquire_owned().await.ok() }
    }

    /// Runs `exchange` to its end; when it takes long, `seat` changes over to the slow ones as soon
    /// as one is free.
    pub(super) async fn run<T>(&self, seat: &mut Seat, exchange: impl Future<Output = T>) -> T {
        tokio::pin!(exchange);
        if seat.pace == Pace::Quick {
            let slow_seat = async {
                tokio::time::sleep(self.slow_after).await;
                self.enter(Pace::Slow).await
            };
            tokio::select! {
                biased;
                done = &mut exchange => return done,
                slow = slow_seat => *seat = slow,
            }
        }
        exchange.await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn slow_request_leaves_its_place_to_the_next() {
        let lanes = Lanes::new(1, SHORT);
        let mut seat = lanes.enter(Pace::Quick).await;
        tokio::select! {
            () = lanes.run(&mut seat, std::future::pending()) => unreachable!(),
            next = lanes.enter(Pace::Quick) => assert_eq!(next.pace, Pace::Quick),
        }
        assert_eq!(seat.pace, Pace::Slow);
    }

    #[tokio::test]
    async fn quick_request_keeps_its_place() {
        let lanes = Lanes::new(1, Duration::from_secs(3600));
        let mut seat = lanes.enter(Pace::Quick).await;
        assert_eq!(lanes.run(&mut seat, async { 7 }).await, 7);
        assert_eq!((seat.pace, lanes.quick.available_permits()), (Pace::Quick, 0));
    }

    #[tokio::test]
    async fn slow_hosts_wait_for_each_other_and_hold_up_nobody() {
        let lanes = Lanes::new(1, SHORT);
        let full = [lanes.enter(Pace::Slow).await, lanes.enter(Pace::Slow).await];
        tokio::select! {
            biased;
            _ = lanes.enter(Pace::Slow) => panic!("a third slow place"),
            quick = lanes.enter(Pace::Quick) => drop(quick),
        }
        drop(full);
        lanes.enter(Pace::Slow).await;
    }
}
