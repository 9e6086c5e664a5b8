//! The interval from how far back a feed reaches, by our own clock.

use std::time::Duration;

use crate::model::time::Timestamp;
use crate::schedule::{Policy, Reason};

/// Polls per window: ten looks before the oldest entry falls off.
const LOOKS: u32 = 10;

/// A burst shows in the newest quarter of the window long before it shows in the whole.
const QUARTERS: u32 = 4;

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

/// The interval, the new boost and the reason.
pub fn interval(
    policy: &Policy,
    window: &Window,
    boost: f64,
    now: Timestamp,
) -> (Duration, f64, Reason) {
    let reach = window.reach(now);
    let ceiling = ceiling(policy, reach);
    if window.n_listed == 0 {
        return (ceiling, boost, Reason::Ceiling);
    }
    let boost = next_boost(window, boost);
    let burst = now.since(window.quarter_at).saturating_mul(QUARTERS);
    let span = reach.min(burst);
    let wanted = (span / LOOKS).mul_f64(boost);
    if wanted >= ceiling {
        (ceiling, boost, Reason::Ceiling)
    } else if wanted <= policy.floor.0 {
        (policy.floor.0, boost, Reason::Floor)
    } else {
        (wanted, boost, Reason::Reach(reach))
    }
}

/// A window half replaced was nearly lost: look four times as often until it calms down.
#[expect(clippy::cast_precision_loss, reason = "counts of entries are far below 2^52")]
fn next_boost(window: &Window, boost: f64) -> f64 {
    let part = window.n_new as f64 / window.n_listed as f64;
    if part >= 0.5 {
        (boost / 2.0).max(0.25)
    } else if part < 0.25 {
        (boost * 1.25).min(1.0)
    } else {
        boost
    }
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

    const HOUR: u64 = 3600;

    #[track_caller]
    fn check(n_new: usize, oldest_ago: u64, quarter_ago: u64, expected_s: u64) {
        let now = Timestamp::from_seconds(1_700_000_000);
        let ago = |seconds| now.minus(Duration::from_secs(seconds));
        let window = Window {
            n_listed: 20,
            n_new,
            oldest_at: ago(oldest_ago),
            quarter_at: ago(quarter_ago),
        };
        let (wait, _, _) = interval(&Policy::default(), &window, 1.0, now);
        assert_eq!(wait.as_secs(), expected_s);
    }

    #[test]
    fn a_tenth_of_the_reach_within_the_limits() {
        check(1, 2 * HOUR, HOUR, 720);
        check(1, 600, 300, 120);
        check(1, 24 * HOUR, 6 * HOUR, 900);
    }

    #[test]
    fn a_burst_in_the_newest_quarter_counts_at_once() {
        check(5, 2 * HOUR, 600, 240);
    }

    #[test]
    fn a_half_replaced_window_is_looked_at_twice_as_often() {
        check(10, 2 * HOUR, HOUR, 360);
    }

    #[test]
    fn quiet_feeds_wait_longer() {
        check(0, 3 * 86_400, 2 * 86_400, 3600);
        check(0, 30 * 86_400, 20 * 86_400, 4 * HOUR);
    }
}
