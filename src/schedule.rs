//! When to poll a feed next, and why.
//!
//! Pure: what was learned goes in, the next time comes out. The result always lies in the future
//! and between the limits of the [`Policy`].

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::model::fetch::Outcome;
use crate::model::time::Timestamp;
use crate::model::units::Span;

mod interval;

pub use interval::{Window, interval};

/// The limits within which feeds are polled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Never sooner than this after the last poll.
    pub floor: Span,
    /// Never later than this for a busy feed.
    pub ceiling: Span,
    /// Never later than this for a feed that reaches back two days.
    pub ceiling_quiet: Span,
    /// Never later than this for a feed that reaches back two weeks.
    pub ceiling_very_quiet: Span,
    /// At least this often a request without validators, in case they lie.
    pub recheck: Span,
    /// The longest pause after failures.
    pub backoff_max: Span,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            // Two minutes is what a careful person would still call polite.
            floor: Span(Duration::from_secs(2 * 60)),
            // A feed of 20 entries and 150 a day is lost in 15 minutes at its peak, no sooner.
            ceiling: Span(Duration::from_secs(15 * 60)),
            ceiling_quiet: Span(Duration::from_secs(3600)),
            ceiling_very_quiet: Span(Duration::from_secs(4 * 3600)),
            recheck: Span(Duration::from_secs(12 * 3600)),
            // Long enough to bother nobody, short enough to notice a repair the same day.
            backoff_max: Span(Duration::from_secs(6 * 3600)),
        }
    }
}

/// What is remembered of a feed's rhythm and failures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rhythm {
    /// The interval while all goes well; zero before the first success.
    pub interval: Duration,
    /// The factor by which a filling window shortens it: 1/4 to 1.
    pub boost: f64,
    /// Failed polls in a row.
    pub n_failures: u32,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { interval: Duration::ZERO, boost: 1.0, n_failures: 0 }
    }
}

/// What the server asked for by header or document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// `Cache-Control: max-age` or `Expires` (RFC 9111 section 5).
    pub max_age: Option<Duration>,
    /// RSS `ttl`.
    pub ttl: Option<Duration>,
}

/// When to poll next.
#[derive(Debug, Clone, PartialEq)]
pub struct Next {
    /// The time; always after the poll it follows.
    pub at: Timestamp,
    /// What to remember.
    pub rhythm: Rhythm,
    /// Why, in a few words for the owner.
    pub reason: Reason,
}

/// Why a feed is polled when it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A part of how far back the feed reaches, or of its turnover.
    Reach(Duration),
    /// The least allowed.
    Floor,
    /// The most allowed for its rhythm.
    Ceiling,
    /// The server's wish.
    Server,
    /// It failed this many times.
    Failures(u32),
    /// `Retry-After`.
    RetryAfter,
    /// 410: looked at again now and then.
    Gone,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reach(reach) => write!(f, "reaches back {}", Span(*reach)),
            Self::Floor => f.write_str("poll.floor"),
            Self::Ceiling => f.write_str("poll.ceiling"),
            Self::Server => f.write_str("server's max-age or ttl"),
            Self::Failures(1) => f.write_str("failed once"),
            Self::Failures(n) => write!(f, "failed {n} times"),
            Self::RetryAfter => f.write_str("server's Retry-After"),
            Self::Gone => f.write_str("gone (410)"),
        }
    }
}

/// What one poll showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed<'a> {
    /// How it ended.
    pub outcome: &'a Outcome,
    /// What the document listed, when it was read.
    pub window: Option<Window>,
    /// What the server asked for.
    pub hints: Hints,
    /// When.
    pub at: Timestamp,
}

/// A feed said to be gone is looked at once a week: some come back.
const GONE: Duration = Duration::from_secs(7 * 86_400);

/// The next time to poll the feed called `name`.
pub fn next(policy: &Policy, name: &str, rhythm: Rhythm, observed: &Observed<'_>) -> Next {
    let n_failures = rhythm.n_failures.saturating_add(1);
    let (wait, rhythm, reason) = match observed.outcome {
        Outcome::Fresh | Outcome::NotModified => after_success(policy, rhythm, observed),
        // The server answered and asked for patience: no failure.
        Outcome::Throttled { wait } => {
            (policy.floor.0.max(*wait), Rhythm { n_failures: 0, ..rhythm }, Reason::RetryAfter)
        }
        Outcome::Gone => (GONE, Rhythm { n_failures, ..rhythm }, Reason::Gone),
        Outcome::Failed(_) => {
            let wait = backoff(policy, rhythm.interval, n_failures);
            (wait, Rhythm { n_failures, ..rhythm }, Reason::Failures(n_failures))
        }
    };
    let wait = match reason {
        // A server's own number is kept to the second, and never undercut.
        Reason::RetryAfter => wait,
        _ => jitter(name, wait).max(policy.floor.0),
    };
    // Even with `poll.floor = "0s"` the next poll lies ahead.
    Next { at: observed.at.plus(round_up(wait).max(Duration::from_secs(1))), rhythm, reason }
}

fn after_success(
    policy: &Policy,
    rhythm: Rhythm,
    observed: &Observed<'_>,
) -> (Duration, Rhythm, Reason) {
    let (wanted, boost, reason) = match &observed.window {
        Some(window) => interval(policy, window, rhythm, observed.at),
        // Unchanged: the window has not moved, so neither does the interval.
        None if rhythm.interval > Duration::ZERO => {
            (rhythm.interval, rhythm.boost, Reason::Ceiling)
        }
        None => (policy.ceiling.0, rhythm.boost, Reason::Ceiling),
    };
    let rhythm = Rhythm { interval: wanted, boost, n_failures: 0 };
    let reach =
        observed.window.as_ref().map_or(wanted.saturating_mul(10), |w| w.reach(observed.at));
    let asked = observed.hints.max_age.max(observed.hints.ttl).unwrap_or_default();
    // A wish that would lose entries is granted only as far as half of the window.
    let granted = asked.min(reach / 2).min(policy.ceiling_very_quiet.0.max(policy.ceiling.0));
    if granted > wanted { (granted, rhythm, Reason::Server) } else { (wanted, rhythm, reason) }
}

/// The interval doubles with every failure, up to the limit.
fn backoff(policy: &Policy, interval: Duration, n_failures: u32) -> Duration {
    let base = if interval.is_zero() { policy.ceiling.0 } else { interval };
    let doubled = base.saturating_mul(2_u32.saturating_pow(n_failures.min(16)));
    doubled.min(policy.backoff_max.0.max(policy.floor.0))
}

/// Up to 10 % sooner or later, always the same for one feed, so that feeds do not bunch together.
fn jitter(name: &str, wait: Duration) -> Duration {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let permille = 900 + u32::try_from((hash >> 32) % 201).unwrap_or(100);
    wait / 1000 * permille
}

fn round_up(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fetch::{Failure, FailureClass};
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::EPOCH;

    fn failed() -> Outcome {
        Outcome::Failed(Failure::new(FailureClass::Dns, "no such host"))
    }

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Fresh),
            Just(Outcome::NotModified),
            Just(Outcome::Gone),
            Just(failed()),
            (0_u64..100_000).prop_map(|s| Outcome::Throttled { wait: Duration::from_secs(s) }),
        ]
    }

    proptest! {
        #[test]
        fn the_next_poll_is_within_the_limits(
            outcome in outcome(), failures in 0_u32..100, seconds in 0_u64..1_000_000,
            max_age in proptest::option::of(0_u64..10_000_000), name in "[a-z]{1,12}",
        ) {
            let policy = Policy::default();
            let rhythm =
                Rhythm { interval: Duration::from_secs(seconds).min(policy.ceiling.0), boost: 1.0, n_failures: failures };
            let hints = Hints { max_age: max_age.map(Duration::from_secs), ttl: None };
            let observed = Observed { outcome: &outcome, window: None, hints, at: NOW };
            let next = next(&policy, &name, rhythm, &observed);
            let wait = next.at.since(NOW);
            prop_assert!(wait >= policy.floor.0);
            prop_assert!(wait <= GONE + GONE / 10);
            if outcome.is_success() {
                prop_assert!(wait <= policy.ceiling_very_quiet.0 * 11 / 10);
                prop_assert_eq!(next.rhythm.n_failures, 0);
            }
        }

        #[test]
        fn retry_after_is_never_undercut(seconds in 0_u64..86_400, name in "[a-z]{1,12}") {
            let wait = Duration::from_secs(seconds);
            let outcome = Outcome::Throttled { wait };
            let observed = Observed { outcome: &outcome, window: None, hints: Hints::default(), at: NOW };
            let next = next(&Policy::default(), &name, Rhythm::default(), &observed);
            prop_assert!(next.at.since(NOW) >= wait);
        }
    }

    #[test]
    fn failures_wait_longer_each_time_but_never_for_ever() {
        let policy = Policy::default();
        let mut rhythm = Rhythm::default();
        let mut last = Duration::ZERO;
        for _ in 0..40 {
            let outcome = failed();
            let observed =
                Observed { outcome: &outcome, window: None, hints: Hints::default(), at: NOW };
            let step = next(&policy, "nos", rhythm, &observed);
            let wait = step.at.since(NOW);
            assert!(wait >= last && wait <= policy.backoff_max.0 * 11 / 10);
            (rhythm, last) = (step.rhythm, wait);
        }
    }

    #[test]
    fn feeds_do_not_bunch_together() {
        let wait = Duration::from_secs(900);
        let names = ["nos-binnenland", "nos-buitenland", "nu-algemeen", "ad-voorpagina"];
        let waits: std::collections::HashSet<_> = names.iter().map(|n| jitter(n, wait)).collect();
        assert_eq!(waits.len(), names.len());
        assert_eq!(jitter("nos", wait), jitter("nos", wait));
    }
}
