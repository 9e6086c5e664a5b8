//! Places among the requests in flight: most for hosts that answer, some apart for those that do
//! not.
//!
//! Sixteen hosts that answer nothing, or a byte a second, would otherwise hold every place until
//! their time limits pass, and the feeds behind them would wait for a minute. So a request that
//! takes long changes over to places of its own kind and leaves its first one to the next feed; the
//! next request to that host starts there. Nothing is given up earlier than its limits say.
//!
//! Slow requests are many, so what keeps documents in memory bounded is not their number but a
//! common store of room, from which bodies take as they grow.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::model::units::ByteSize;

/// A request that takes longer is slow. Nearly all feeds are read within one second.
pub(super) const SLOW_AFTER: Duration = Duration::from_secs(2);

/// More at once would be no politeness, and a semaphore takes no number without bound.
const CONCURRENCY_MAX: usize = 1024;

/// Slow requests mostly wait, and take little while they do.
const SLOW_PER_QUICK: usize = 16;

/// What a body may have without taking room: nearly all feeds are smaller.
const FREE_BYTES: usize = 128 << 10;

/// Room is counted in pieces of this many bytes.
const PIECE_BYTES: usize = 1 << 10;

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
    room: Arc<Semaphore>,
    slow_after: Duration,
}

/// What one document takes of the common room, until it is dropped.
#[derive(Debug, Default)]
pub(super) struct Room(Option<OwnedSemaphorePermit>);

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
    /// With `concurrency` places for quick requests, and room for as many documents of the largest
    /// size.
    pub(super) fn new(concurrency: usize, body_max: ByteSize, slow_after: Duration) -> Self {
        let n_quick = concurrency.clamp(1, CONCURRENCY_MAX);
        let body_max = usize::try_from(body_max.0).unwrap_or(usize::MAX);
        let room = n_pieces(body_max).saturating_mul(n_quick);
        Self {
            room: Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS))),
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

    /// Waits until there is room for a body of `n_bytes`, of which `room` is what it has.
    pub(super) async fn make_room(&self, room: &mut Room, n_bytes: usize) {
        let has = room.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = n_pieces(n_bytes.saturating_sub(FREE_BYTES)).saturating_sub(has);
        let Ok(more @ 1..) = u32::try_from(more) else { return };
        let Ok(more) = Arc::clone(&self.room).acquire_many_owned(more).await else { return };
        match &mut room.0 {
            Some(all) => all.merge(more),
            none => *none = Some(more),
        }
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

fn n_pieces(n_bytes: usize) -> usize {
    n_bytes.div_ceil(PIECE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY_MAX: ByteSize = ByteSize(1 << 20);

    const SHORT: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn slow_request_leaves_its_place_to_the_next() {
        let lanes = Lanes::new(1, BODY_MAX, SHORT);
        let mut seat = lanes.enter(Pace::Quick).await;
        tokio::select! {
            () = lanes.run(&mut seat, std::future::pending()) => unreachable!(),
            next = lanes.enter(Pace::Quick) => assert_eq!(next.pace, Pace::Quick),
        }
        assert_eq!(seat.pace, Pace::Slow);
    }

    #[tokio::test]
    async fn quick_request_keeps_its_place() {
        let lanes = Lanes::new(1, BODY_MAX, Duration::from_secs(3600));
        let mut seat = lanes.enter(Pace::Quick).await;
        assert_eq!(lanes.run(&mut seat, async { 7 }).await, 7);
        assert_eq!((seat.pace, lanes.quick.available_permits()), (Pace::Quick, 0));
    }

    #[tokio::test]
    async fn slow_hosts_wait_for_each_other_and_hold_up_nobody() {
        let lanes = Lanes::new(1, BODY_MAX, SHORT);
        let mut full = Vec::new();
        for _ in 0..SLOW_PER_QUICK {
            full.push(lanes.enter(Pace::Slow).await);
        }
        tokio::select! {
            biased;
            _ = lanes.enter(Pace::Slow) => panic!("one slow place too many"),
            quick = lanes.enter(Pace::Quick) => drop(quick),
        }
        drop(full);
        lanes.enter(Pace::Slow).await;
    }

    #[tokio::test]
    async fn large_bodies_share_room_and_small_ones_need_none() {
        let lanes = Lanes::new(1, BODY_MAX, SHORT);
        let (mut first, mut second) = (Room::default(), Room::default());
        lanes.make_room(&mut first, 600 << 10).await;
        lanes.make_room(&mut first, 1000 << 10).await;
        lanes.make_room(&mut second, FREE_BYTES).await;
        lanes.make_room(&mut second, 200 << 10).await;
        tokio::select! {
            biased;
            () = lanes.make_room(&mut second, 500 << 10) => panic!("more than there is"),
            () = tokio::task::yield_now() => {}
        }
        drop(first);
        lanes.make_room(&mut second, 1 << 20).await;
        drop(second);
        assert_eq!(lanes.room.available_permits(), 1 << 10);
    }
}
