//! Several feeds on several hosts, that fail, ask for patience and come back, and a daemon that is
//! restarted; every request is held to the laws of polling.
//!
//! The pause between two requests to one host is modelled here as `fetch` keeps it.

use std::time::Duration;

use knipsel::model::curve::DayCurve;
use knipsel::model::fetch::{Failure, FailureClass, Outcome};
use knipsel::model::time::Timestamp;
use knipsel::schedule::{self, Hints, Next, Observed, Policy, Rhythm};

use super::feed::{Archive, Feed};
use super::newsroom::{self, DAY, HOUR, START};
use super::random::Random;

const N_DAYS: u32 = 10;
const N_HOSTS: usize = 2;
const N_FEEDS: usize = 4;
const HOST_GAP: Duration = Duration::from_secs(2);
const REQUEST_MAX: Duration = Duration::from_secs(15);

/// A daemon that was killed is started again after this (`RestartSec` of the unit).
const RESTART: Duration = Duration::from_secs(10);

/// A feed waits at most for one request of each of the others, and for a restart.
const QUEUE_MAX: Duration = Duration::from_secs(4 * (15 + 2) + 10);

/// The longest pause after failures, with its jitter: a week.
const FAILED_MAX: Duration = Duration::from_secs(7 * 86_400 * 11 / 10);

/// What the archive keeps of a feed between two polls.
#[derive(Debug, Clone, Copy)]
struct State {
    next_poll_at: Timestamp,
    rhythm: Rhythm,
}

impl State {
    /// Through the columns of the archive and back: whole seconds, bytes and a count.
    fn reread(self) -> Self {
        let Rhythm { interval, curve, n_failures, failing_since } = self.rhythm;
        let row = (
            self.next_poll_at.seconds(),
            interval.as_secs(),
            curve.map(DayCurve::to_bytes),
            n_failures,
            failing_since.map(Timestamp::seconds),
        );
        let rhythm = Rhythm {
            interval: Duration::from_secs(row.1),
            curve: row.2.and_then(|bytes| DayCurve::from_bytes(&bytes)),
            n_failures: row.3,
            failing_since: row.4.map(Timestamp::from_seconds),
        };
        Self { next_poll_at: Timestamp::from_seconds(row.0), rhythm }
    }
}

#[derive(Debug)]
struct Subscription {
    name: String,
    feed: Feed,
    archive: Archive,
    last_at: Option<Timestamp>,
    state: State,
    /// The server's own word: not before.
    embargo_until: Timestamp,
    last_wait: Duration,
}

#[derive(Debug)]
pub(super) struct World {
    random: Random,
    policy: Policy,
    feeds: Vec<Subscription>,
    free_at: [Timestamp; N_HOSTS],
    /// From when until when the host does not answer.
    outage: [(Timestamp, Timestamp); N_HOSTS],
    restart_at: Timestamp,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let start = Timestamp::from_seconds(START).plus(DAY);
        let feeds = (0..N_FEEDS).map(|n| subscription(&mut random, n, start)).collect();
        let outage = [(); N_HOSTS].map(|()| {
            let from = start.plus(random.gap(DAY * 3));
            (from, from.plus(random.gap(HOUR * 8)))
        });
        let restart_at = start.plus(random.gap(DAY));
        let policy = Policy::default();
        Self { random, policy, feeds, free_at: [start; N_HOSTS], outage, restart_at }
    }

    /// Polls until the time is up.
    pub(super) fn run(mut self) {
        let end = Timestamp::from_seconds(START).plus(DAY * N_DAYS);
        loop {
            let turn = |n: &usize| self.feeds[*n].state.next_poll_at.max(self.free_at[n % N_HOSTS]);
            let n = (0..N_FEEDS).min_by_key(|n| (turn(n), self.feeds[*n].state.next_poll_at));
            let n = n.unwrap();
            let at = turn(&n);
            if at >= end {
                break;
            }
            if at >= self.restart_at {
                self.restart();
                continue;
            }
            self.poll(n, at);
        }
        for feed in &self.feeds {
            let missed = feed.archive.missed();
            assert!(missed.iter().all(|n| feed.archive.is_suspected(*n)), "unnoticed: {feed:?}");
        }
    }

    /// Only what is stored survives; nothing starts before the daemon is back.
    fn restart(&mut self) {
        let back_at = self.restart_at.plus(RESTART);
        for feed in &mut self.feeds {
            feed.state = feed.state.reread();
        }
        self.free_at = self.free_at.map(|free_at| free_at.max(back_at));
        self.restart_at = back_at.plus(self.random.gap(DAY * 2));
    }

    fn poll(&mut self, n: usize, at: Timestamp) {
        let host = n % N_HOSTS;
        let feed = &self.feeds[n];
        assert!(at >= feed.embargo_until, "within a Retry-After");
        assert!(at >= feed.state.next_poll_at, "sooner than planned");
        assert!(at <= feed.state.next_poll_at.plus(QUEUE_MAX), "starved: {feed:?}");
        assert!(at >= self.free_at[host], "two requests to one host too close");
        let ended_at = at.plus(Duration::from_secs(self.random.between(0, REQUEST_MAX.as_secs())));
        self.free_at[host] = ended_at.plus(HOST_GAP);
        let outcome = self.outcome(n, ended_at);
        let feed = &mut self.feeds[n];
        let seen = outcome.is_success().then(|| feed.archive.read(&feed.feed, ended_at));
        let outcome = match &seen {
            Some(seen) if seen.n_new == 0 => Outcome::NotModified,
            _ => outcome,
        };
        let hints = hints(&mut self.random);
        let window = seen.and_then(|seen| seen.window);
        let last_at = feed.last_at;
        if outcome.is_success() {
            feed.last_at = Some(ended_at);
        }
        let observed = Observed { outcome: &outcome, window, hints, last_at, at: ended_at };
        let next = schedule::next(&self.policy, &feed.name, feed.state.rhythm, &observed);
        check(&self.policy, feed, &observed, &next);
        if let Outcome::Throttled { wait } = outcome {
            feed.embargo_until = ended_at.plus(wait);
        }
        feed.last_wait = next.at.since(ended_at);
        feed.state = State { next_poll_at: next.at, rhythm: next.rhythm };
    }

    fn outcome(&mut self, n: usize, at: Timestamp) -> Outcome {
        let (from, until) = self.outage[n % N_HOSTS];
        if at >= until {
            let from = at.plus(self.random.gap(DAY * 3));
            self.outage[n % N_HOSTS] = (from, from.plus(self.random.gap(HOUR * 8)));
        } else if at >= from {
            return Outcome::Failed(Failure::new(FailureClass::Connect, "no connection"));
        }
        if self.random.is_lucky(0.01) {
            return Outcome::Throttled { wait: self.random.gap(HOUR) };
        }
        if self.random.is_lucky(0.01) {
            return Outcome::Failed(Failure::new(FailureClass::Timeout, "too slow"));
        }
        Outcome::Fresh
    }
}

fn subscription(random: &mut Random, n: usize, start: Timestamp) -> Subscription {
    let per_day = [5, 50, 150, 300][usize::try_from(random.between(0, 3)).unwrap()];
    let n_entries = [10, 20, 50][usize::try_from(random.between(0, 2)).unwrap()];
    let arrivals = newsroom::arrivals(random, per_day, N_DAYS);
    Subscription {
        name: format!("feed-{}", random.between(0, 1_000_000)),
        feed: Feed { arrivals, n_entries },
        archive: Archive::default(),
        last_at: None,
        state: State {
            next_poll_at: start.plus(Duration::from_secs(u64::try_from(n).unwrap())),
            rhythm: Rhythm::default(),
        },
        embargo_until: start,
        last_wait: Duration::ZERO,
    }
}

fn hints(random: &mut Random) -> Hints {
    let max_age = random.is_lucky(0.2).then(|| random.gap(HOUR));
    let ttl = random.is_lucky(0.1).then(|| random.gap(HOUR));
    Hints { max_age, ttl }
}

/// The laws of a single decision.
fn check(policy: &Policy, feed: &Subscription, observed: &Observed<'_>, next: &Next) {
    let wait = next.at.since(observed.at);
    assert!(next.at > observed.at && wait >= policy.floor.0, "{next:?}");
    match observed.outcome {
        Outcome::Fresh | Outcome::NotModified => {
            // One second more, because times are whole seconds.
            let limit = policy.ceiling_very_quiet.0 * 11 / 10 + Duration::from_secs(1);
            assert!(wait <= limit, "{next:?}");
            assert_eq!(next.rhythm.n_failures, 0);
        }
        Outcome::Throttled { wait: asked } => assert!(wait.as_secs() >= asked.as_secs()),
        Outcome::Failed(_) | Outcome::Gone => {
            assert!(wait <= FAILED_MAX, "{next:?}");
            assert!(next.rhythm.n_failures > feed.state.rhythm.n_failures);
            if feed.state.rhythm.n_failures > 0 {
                assert!(wait >= feed.last_wait, "backs off less than before: {next:?}");
            }
        }
    }
}
