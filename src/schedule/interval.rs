//! The interval from how far back a feed reaches, by our own clock.

use std::time::Duration;

use crate::model::time::Timestamp;
use crate::schedule::{Policy, Reason, Rhythm, forecast};

/// Polls per window: so many looks before the oldest entry falls off.
const LOOKS: u32 = 4;

/// A burst shows in the newest quarter of the window long before it shows in the whole.
const QUARTERS: u32 = 4;

/// The same at the pace of the newest quarter.
const LOOKS_FAST: u32 = 4;

/// A feed that reaches back further than this is quiet, and one further than that very quiet.
const QUIET: Duration = Duration::from_secs(2 * 86_400);
const VERY_QUIET: Duration = Duration::from_secs(14 * 86_400);

/// What a document listed, with the time at which we first saw each entry (or, before the window
/// has turned over once, the stated date).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Entries listed.
    pub n_listed: usize,
    /// Entries not listed before; zero at the first poll.
    pub n_new: usize,
    /// When the oldest listed entry appeared.
    pub oldest_at: Timestamp,
    /// When the entry at a quarter of the window appeared.
    pub quarter_at: Timestamp,
}

impl Window {
    /// How far back the feed reaches.
    pub fn reach(&self, now: Timestamp) -> Duration {
        now.since(self.oldest_at)
    }
}

/// The interval and its reason.
pub fn interval(
    policy: &Policy,
    window: &Window,
    rhythm: &Rhythm,
    now: Timestamp,
) -> (Duration, Reason) {
    let reach = window.reach(now);
    let ceiling = ceiling(policy, reach);
    if window.n_listed == 0 {
        return (ceiling, Reason::Ceiling);
    }
    let seen = (reach / LOOKS).min(turnover(window, rhythm.interval, now) / LOOKS_FAST);
    let expected = rhythm.curve.map_or(seen, |c| forecast::safe_wait(&c, window.n_listed, now));
    let wanted = seen.min(expected);
    if wanted >= ceiling {
        (ceiling, Reason::Ceiling)
    } else if wanted <= policy.floor.0 {
        (policy.floor.0, Reason::Floor)
    } else if expected < seen {
        (wanted, Reason::Hours)
    } else {
        (wanted, Reason::Reach(reach))
    }
}

/// How long the window lasts at the pace of its newest quarter.
fn turnover(window: &Window, last_interval: Duration, now: Timestamp) -> Duration {
    let (n_listed, n_new) = (count(window.n_listed), count(window.n_new));
    if n_new > n_listed / QUARTERS {
        // All of the quarter appeared since the last poll, to our clock at once.
        return last_interval.saturating_mul(n_listed) / n_new;
    }
    now.since(window.quarter_at).saturating_mul(QUARTERS)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn ceiling(policy: &Policy, reach: Duration) -> Duration {
    let ceiling = match reach {
        reach if reach > VERY_QUIET => policy.ceiling_very_quiet,
        reach if reach > QUIET => policy.ceiling_quiet,
        _ => policy.ceiling,
    };
    ceiling.max(policy.ceiling).max(policy.floor).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::curve::DayCurve;
    use proptest::prelude::*;

    const HOUR: u64 = 3600;
    const KNOWN: Rhythm = Rhythm {
        interval: Duration::from_secs(900),
        curve: None,
        n_failures: 0,
        failing_since: None,
    };

    fn now() -> Timestamp {
        Timestamp::from_seconds(1_700_000_000)
    }

    fn window(n_new: usize, oldest_ago: u64, quarter_ago: u64) -> Window {
        let ago = |seconds| now().minus(Duration::from_secs(seconds));
        Window { n_listed: 20, n_new, oldest_at: ago(oldest_ago), quarter_at: ago(quarter_ago) }
    }

    #[track_caller]
    fn check(n_new: usize, oldest_ago: u64, quarter_ago: u64, expected_s: u64) {
        let window = window(n_new, oldest_ago, quarter_ago);
        let (wait, _) = interval(&Policy::default(), &window, &KNOWN, now());
        assert_eq!(wait.as_secs(), expected_s);
    }

    #[test]
    fn a_quarter_of_the_reach_within_the_limits() {
        check(1, HOUR, HOUR, 900);
        check(1, HOUR / 2, HOUR / 2, 450);
        check(1, 400, 300, 120);
        check(1, 24 * HOUR, 6 * HOUR, 900);
    }

    #[test]
    fn a_burst_in_the_newest_quarter_counts_at_once() {
        check(5, 2 * HOUR, 600, 600);
        check(10, 2 * HOUR, 0, 450);
        check(20, 2 * HOUR, 0, 225);
    }

    #[test]
    fn quiet_feeds_wait_longer() {
        check(0, 3 * 86_400, 2 * 86_400, 3600);
        check(0, 30 * 86_400, 20 * 86_400, 4 * HOUR);
    }

    #[test]
    fn an_hour_that_is_busy_every_day_is_watched_though_nothing_is_new_yet() {
        let policy = Policy::default();
        let curve = Some(DayCurve { per_hour: [6.0; 24], days: 5.0 });
        let window = window(0, 12 * HOUR, 6 * HOUR);
        let (wait, reason) = interval(&policy, &window, &Rhythm { curve, ..KNOWN }, now());
        assert!(wait > policy.floor.0 && wait < policy.ceiling.0 / 2, "{wait:?}");
        assert_eq!(reason, Reason::Hours);
    }

    proptest! {
        #[test]
        fn an_interval_is_within_the_limits(
            n_listed in 0_usize..500, new_percent in 0_usize..=100,
            oldest_ago in 0_u64..10_000_000, quarter_percent in 0_u64..=100,
            interval_s in 0_u64..15_000, per_hour: [u16; 24],
        ) {
            let policy = Policy::default();
            let window = Window {
                n_listed,
                n_new: n_listed * new_percent / 100,
                ..window(0, oldest_ago, oldest_ago * quarter_percent / 100)
            };
            let interval_s = Duration::from_secs(interval_s);
            let curve = Some(DayCurve { per_hour: per_hour.map(f32::from), days: 5.0 });
            let rhythm = Rhythm { interval: interval_s, curve, ..KNOWN };
            let (wait, _) = interval(&policy, &window, &rhythm, now());
            prop_assert!(wait >= policy.floor.0 && wait <= ceiling(&policy, window.reach(now())));
        }

        #[test]
        fn more_new_entries_never_mean_a_later_poll(
            n_new in 0_usize..20, oldest_ago in 0_u64..1_000_000,
        ) {
            let wait = |n_new| {
                // What appeared since the last poll, appeared now.
                let quarter_ago = if n_new > 5 { 0 } else { oldest_ago / 4 };
                let window = window(n_new, oldest_ago, quarter_ago);
                interval(&Policy::default(), &window, &KNOWN, now()).0
            };
            prop_assume!(oldest_ago >= 3600);
            prop_assert!(wait(20) <= wait(n_new).max(Policy::default().floor.0));
        }
    }
}
