//! When to poll a feed next, and why.
//!
//! Pure: what was learned goes in, the next time comes out. The result always lies in the future
//! and between the limits of the [`Policy`], but for a tenth by which feeds are kept apart.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::model::curve::DayCurve;
use crate::model::fetch::{FailureClass, Outcome};
use crate::model::time::Timestamp;
use crate::model::units::Span;

pub mod outage;
pub mod pages;

mod forecast;
mod interval;
mod settled;

pub use interval::{Window, interval};
pub use settled::{is_gone, is_moved};

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
    /// The longest pause after failures, for the first three days of them.
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
    /// How busy each hour of the day is; `None` before the first success.
    pub curve: Option<DayCurve>,
    /// Failed polls in a row.
    pub n_failures: u32,
    /// The first poll without success since the last one with it.
    pub failing_since: Option<Timestamp>,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { interval: Duration::ZERO, curve: None, n_failures: 0, failing_since: None }
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
    /// This hour or the next is busy on other days.
    Hours,
    /// The least allowed.
    Floor,
    /// The most allowed for its rhythm.
    Ceiling,
    /// The server's wish.
    Server,
    /// It failed this many times.
    Failures(u32),
    /// No host could be reached.
    Outage,
    /// `Retry-After`.
    RetryAfter,
    /// `Retry-After` to another feed of its host.
    HostRetryAfter,
    /// 410: looked at again now and then.
    Gone,
    /// A hub pushes what is new.
    Push,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reach(reach) => write!(f, "reaches back {}", Span(*reach)),
            Self::Hours => f.write_str("busy hours"),
            Self::Floor => f.write_str("poll.floor"),
            Self::Ceiling => f.write_str("poll.ceiling"),
            Self::Server => f.write_str("server's max-age or ttl"),
            Self::Failures(1) => f.write_str("failed once"),
            Self::Failures(n) => write!(f, "failed {n} times"),
            Self::Outage => f.write_str("our own network"),
            Self::RetryAfter => f.write_str("server's Retry-After"),
            Self::HostRetryAfter => f.write_str("its host's Retry-After"),
            Self::Gone => f.write_str("gone (410)"),
            Self::Push => f.write_str("pushed by a hub"),
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
    /// The last success before it.
    pub last_at: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

/// During an outage of our own nobody is bothered by asking again soon.
const OUTAGE: Duration = Duration::from_secs(3 * 60);

const DAY: Duration = Duration::from_secs(86_400);

/// What is gone, or has failed for long, is looked at once a week: some come back.
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// `poll.backoff_max` holds for this long; then a day is the longest wait, and after
/// [`FAILING_LONG`] a week. It never ends.
const FAILING_SHORT: Duration = Duration::from_secs(3 * 86_400);
const FAILING_LONG: Duration = Duration::from_secs(14 * 86_400);

/// The next time to poll the feed called `name`.
pub fn next(policy: &Policy, name: &str, rhythm: Rhythm, observed: &Observed<'_>) -> Next {
    let failing = Rhythm {
        n_failures: rhythm.n_failures.saturating_add(1),
        // A clock that was set back must not put off that it fails for long.
        failing_since: Some(rhythm.failing_since.map_or(observed.at, |at| at.min(observed.at))),
        ..rhythm
    };
    let (wait, rhythm, reason) = match observed.outcome {
        Outcome::Fresh | Outcome::NotModified => after_success(policy, rhythm, observed),
        // The server answered and asked for patience: no failure, but no news either.
        Outcome::Throttled { wait } => {
            let rhythm = Rhythm { n_failures: 0, ..failing };
            (patience(policy, &failing, observed.at).max(*wait), rhythm, Reason::RetryAfter)
        }
        Outcome::Gone => (WEEK, failing, Reason::Gone),
        Outcome::Failed(failure) if failure.class == FailureClass::Outage => {
            (OUTAGE, rhythm, Reason::Outage)
        }
        Outcome::Failed(_) => {
            (backoff(policy, &failing, observed.at), failing, Reason::Failures(failing.n_failures))
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

/// `next`, where a hub pushes what is new: a quarter as often, but twice at least in the time that
/// the feed reaches back, so that what the hub does not bring is still seen.
pub fn eased(policy: &Policy, next: Next, reach: Duration, at: Timestamp) -> Next {
    let wait = next.at.since(at);
    let limit = (reach / 20 * 9).min(policy.ceiling_very_quiet.0);
    let eased = wait.saturating_mul(4).min(limit);
    if eased <= wait {
        return next;
    }
    Next { at: at.plus(round_up(eased)), reason: Reason::Push, ..next }
}

fn after_success(
    policy: &Policy,
    rhythm: Rhythm,
    observed: &Observed<'_>,
) -> (Duration, Rhythm, Reason) {
    let curve = learned(&rhythm, observed);
    let (wanted, reason) = match &observed.window {
        Some(window) => interval(policy, window, &Rhythm { curve, ..rhythm }, observed.at),
        // Unchanged: the window has not moved, so neither does the interval.
        None if rhythm.interval > Duration::ZERO => (rhythm.interval, Reason::Ceiling),
        None => (policy.ceiling.0, Reason::Ceiling),
    };
    let rhythm = Rhythm { interval: wanted, curve, ..Rhythm::default() };
    let reach =
        observed.window.as_ref().map_or(wanted.saturating_mul(10), |w| w.reach(observed.at));
    let asked = observed.hints.max_age.max(observed.hints.ttl).unwrap_or_default();
    // A wish that would lose entries is granted only as far as half of the window.
    let granted = asked.min(reach / 2).min(policy.ceiling_very_quiet.0.max(policy.ceiling.0));
    if granted > wanted { (granted, rhythm, Reason::Server) } else { (wanted, rhythm, reason) }
}

/// What is known of the hours of the day after this look.
fn learned(rhythm: &Rhythm, observed: &Observed<'_>) -> Option<DayCurve> {
    let Some(window) = observed.window.filter(|window| window.n_listed > 0) else {
        return rhythm.curve;
    };
    match (rhythm.curve, observed.last_at) {
        (Some(curve), Some(last_at)) => {
            Some(forecast::learn(curve, window.n_new, last_at, observed.at))
        }
        _ => Some(forecast::begin(&window, observed.at)),
    }
}

/// The interval doubles with every failure, up to a limit that grows with how long it has failed.
fn backoff(policy: &Policy, failing: &Rhythm, now: Timestamp) -> Duration {
    let base = if failing.interval.is_zero() { policy.ceiling.0 } else { failing.interval };
    let doubled = base.saturating_mul(2_u32.saturating_pow(failing.n_failures));
    let failing_for = failing.failing_since.map(|since| now.since(since)).unwrap_or_default();
    doubled.min(backoff_max(policy, failing_for).max(policy.floor.0))
}

/// The least wait where a server asks for one, which may be of no length, on every error: the interval, and
/// as long as it has given nothing, so that each is twice the one before.
fn patience(policy: &Policy, failing: &Rhythm, now: Timestamp) -> Duration {
    let failing_for = failing.failing_since.map(|since| now.since(since)).unwrap_or_default();
    let longer = failing_for.min(backoff_max(policy, failing_for));
    longer.max(failing.interval).max(policy.floor.0)
}

fn backoff_max(policy: &Policy, failing_for: Duration) -> Duration {
    let limit = policy.backoff_max.0;
    match failing_for {
        time if time < FAILING_SHORT => limit,
        time if time < FAILING_LONG => limit.max(DAY),
        _ => limit.max(WEEK),
    }
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
    use crate::model::fetch::Failure;
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
                Rhythm { interval: Duration::from_secs(seconds).min(policy.ceiling.0), n_failures: failures, ..Rhythm::default() };
            let hints = Hints { max_age: max_age.map(Duration::from_secs), ttl: None };
            let observed = Observed { outcome: &outcome, window: None, hints, last_at: None, at: NOW };
            let next = next(&policy, &name, rhythm, &observed);
            let wait = next.at.since(NOW);
            prop_assert!(wait >= policy.floor.0);
            prop_assert!(wait <= WEEK + WEEK / 10);
            if outcome.is_success() {
                prop_assert!(wait <= policy.ceiling_very_quiet.0 * 11 / 10);
                prop_assert_eq!(next.rhythm.n_failures, 0);
            }
        }

        #[test]
        fn retry_after_is_never_undercut(seconds in 0_u64..86_400, name in "[a-z]{1,12}") {
            let wait = Duration::from_secs(seconds);
            let outcome = Outcome::Throttled { wait };
            let observed = Observed { outcome: &outcome, window: None, hints: Hints::default(), last_at: None, at: NOW };
            let next = next(&Policy::default(), &name, Rhythm::default(), &observed);
            prop_assert!(next.at.since(NOW) >= wait);
        }
    }

    fn after_failure(rhythm: Rhythm, name: &str, at: Timestamp) -> Next {
        let outcome = failed();
        let observed = Observed {
            outcome: &outcome,
            window: None,
            hints: Hints::default(),
            last_at: None,
            at,
        };
        next(&Policy::default(), name, rhythm, &observed)
    }

    /// The waits of a feed that fails for `days`, each with how long it has been failing then.
    fn waits(interval: Duration, name: &str, days: u64) -> Vec<(Duration, Duration)> {
        let mut rhythm = Rhythm { interval, ..Rhythm::default() };
        let (mut at, mut waits) = (NOW, Vec::new());
        while at.since(NOW) < Duration::from_secs(days * 86_400) {
            let step = after_failure(rhythm, name, at);
            waits.push((at.since(NOW), step.at.since(at)));
            (rhythm, at) = (step.rhythm, step.at);
        }
        waits
    }

    proptest! {
        #[test]
        fn failures_wait_longer_each_time_but_never_for_ever(
            seconds in 120_u64..14_400, name in "[a-z]{1,12}",
        ) {
            let waits = waits(Duration::from_secs(seconds), &name, 60);
            for pair in waits.windows(2) {
                prop_assert!(pair[1].1 >= pair[0].1);
            }
            for (failing_for, wait) in waits {
                let limit = match failing_for {
                    time if time < FAILING_SHORT => Policy::default().backoff_max.0,
                    time if time < FAILING_LONG => DAY,
                    _ => WEEK,
                };
                prop_assert!(wait <= limit * 11 / 10, "{failing_for:?}: {wait:?}");
            }
        }

        #[test]
        fn one_success_ends_all_failing(failures in 1_u32..100, at in 0_i64..10_000_000) {
            let rhythm = Rhythm { n_failures: failures, failing_since: Some(NOW), ..Rhythm::default() };
            let at = Timestamp::from_seconds(at);
            let observed =
                Observed { outcome: &Outcome::Fresh, window: None, hints: Hints::default(), last_at: None, at };
            let next = next(&Policy::default(), "nos", rhythm, &observed);
            prop_assert_eq!((next.rhythm.n_failures, next.rhythm.failing_since), (0, None));
        }
    }

    #[test]
    fn a_feed_that_fails_for_a_month_is_looked_at_as_often_as_promised() {
        let waits = waits(Duration::from_secs(900), "nos", 60);
        let count = |from: u64, to: u64| {
            let range = Duration::from_secs(from * 86_400)..Duration::from_secs(to * 86_400);
            waits.iter().filter(|(failing_for, _)| range.contains(failing_for)).count()
        };
        assert!((12..=20).contains(&count(0, 3)), "{}", count(0, 3));
        assert!((9..=13).contains(&count(3, 14)), "{}", count(3, 14));
        assert!((3..=6).contains(&count(14, 44)), "{}", count(14, 44));
    }

    #[test]
    fn who_asks_to_wait_has_not_failed_and_yet_gives_nothing() {
        let rhythm = Rhythm { n_failures: 3, failing_since: Some(NOW), ..Rhythm::default() };
        let throttled = |rhythm, at| {
            let outcome = Outcome::Throttled { wait: DAY };
            let hints = Hints::default();
            let observed = Observed { outcome: &outcome, window: None, hints, last_at: None, at };
            next(&Policy::default(), "nos", rhythm, &observed).rhythm
        };
        let later = NOW.plus(DAY);
        let failing = throttled(rhythm, later);
        assert_eq!((failing.n_failures, failing.failing_since), (0, Some(NOW)));
        assert_eq!(throttled(Rhythm::default(), later).failing_since, Some(later));
    }

    #[test]
    fn who_asks_for_no_wait_on_every_error_is_asked_less_and_less_often() {
        let mut rhythm = Rhythm { interval: Duration::from_secs(4 * 3_600), ..Rhythm::default() };
        let (mut at, mut waits) = (NOW, Vec::new());
        while at.since(NOW) < 4 * DAY {
            let outcome = Outcome::Throttled { wait: Duration::from_secs(5) };
            let hints = Hints::default();
            let observed = Observed { outcome: &outcome, window: None, hints, last_at: None, at };
            let step = next(&Policy::default(), "nos", rhythm, &observed);
            waits.push(step.at.since(at).as_secs() / 3_600);
            (rhythm, at) = (step.rhythm, step.at);
        }
        assert_eq!(waits[..3], [4, 4, 6]);
        assert!(waits.is_sorted() && waits.last() == Some(&24), "{waits:?}");
    }

    #[test]
    fn an_outage_of_our_own_counts_as_no_failure() {
        let rhythm =
            Rhythm { interval: WEEK, n_failures: 2, failing_since: Some(NOW), curve: None };
        let outcome = Outcome::Failed(Failure::new(FailureClass::Outage, "no such host"));
        let observed = Observed {
            outcome: &outcome,
            window: None,
            hints: Hints::default(),
            last_at: None,
            at: NOW,
        };
        let next = next(&Policy::default(), "nos", rhythm, &observed);
        assert_eq!((next.rhythm, next.reason), (rhythm, Reason::Outage));
        assert!(next.at.since(NOW) <= Duration::from_secs(300));
    }

    #[test]
    fn a_clock_set_back_does_not_make_failing_long() {
        let rhythm =
            Rhythm { n_failures: 30, failing_since: Some(NOW.plus(WEEK)), ..Rhythm::default() };
        let next = after_failure(rhythm, "nos", NOW);
        assert!(next.at.since(NOW) <= Policy::default().backoff_max.0 * 11 / 10);
        assert_eq!(next.rhythm.failing_since, Some(NOW));
    }

    #[test]
    fn what_a_hub_pushes_is_polled_a_quarter_as_often_while_the_feed_reaches_back() {
        let eased_s = |wait: u64, reach: u64| {
            let at = NOW.plus(Duration::from_secs(wait));
            let next = Next { at, rhythm: Rhythm::default(), reason: Reason::Ceiling };
            let eased = eased(&Policy::default(), next, Duration::from_secs(reach), NOW);
            (eased.at.since(NOW).as_secs(), eased.reason)
        };
        assert_eq!(eased_s(900, 86_400), (3_600, Reason::Push));
        assert_eq!(eased_s(900, 6_000), (2_700, Reason::Push));
        assert_eq!(eased_s(900, 1_000), (900, Reason::Ceiling));
        assert_eq!(eased_s(7_200, 1_000_000), (14_400, Reason::Push));
        assert_eq!(eased_s(14_400, 1_000_000), (14_400, Reason::Ceiling));
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
