//! The second opinion: by the hours of the day of late, how soon could part of the window be new?
//!
//! A peak comes every day at the same hour, and the newest entries show it only when it is there.
//! So the pace of each hour is learned, and a poll is planned as if the news broke right now.

use std::time::Duration;

use crate::model::curve::DayCurve;
use crate::model::time::Timestamp;
use crate::schedule::Window;

const HOUR_S: i64 = 3600;
const DAY: Duration = Duration::from_secs(86_400);

/// Breaking news makes an hour so many times as busy as usual.
const BURST: f64 = 10.0;

/// A newsroom has only so many hands: at its busiest it writes so many times its mean. The busiest
/// hour of every day alone may be four or five times the mean.
const BUSIEST: f64 = 12.0;

/// Part of the window that may be new after breaking news. Entries come several at a time, so that
/// a third on average is seldom all of it.
const SHARE: f64 = 0.35;

/// Days in which a pace fades to a third; the first days count for more, so that a new feed is
/// known within two or three.
const MEMORY_DAYS: f64 = 5.0;
const MEMORY_DAYS_MIN: f64 = 0.5;

/// At first each hour is taken to be so many times as busy as the first window: it may have been
/// read at night.
const AT_FIRST: f64 = 2.0;

/// A window that reaches back less at the first look is one without dates.
const REACH_MIN: Duration = Duration::from_secs(10 * 60);

/// Longer without a look, and nobody knows in which hour the new entries came.
const UNSEEN_MAX: Duration = Duration::from_secs(12 * 3600);

/// What is expected of a feed of which only one window is known.
pub(super) fn begin(window: &Window, now: Timestamp) -> DayCurve {
    let reach = window.reach(now);
    // Entries without a date appear when they are first seen, which says nothing of their pace.
    let reach = if reach < REACH_MIN { DAY } else { reach };
    let pace = AT_FIRST * count(window.n_listed) / hours(reach);
    DayCurve { per_hour: [narrow(pace); 24], days: 0.0 }
}

/// What `n_new` entries between two looks teach.
pub(super) fn learn(curve: DayCurve, n_new: usize, last_at: Timestamp, now: Timestamp) -> DayCurve {
    let watched = now.since(last_at);
    if watched.is_zero() || watched > UNSEEN_MAX {
        return curve;
    }
    let mut learned = curve;
    let pace = count(n_new) / hours(watched);
    let memory = MEMORY_DAYS.min(MEMORY_DAYS_MIN + f64::from(curve.days));
    for (hour, part) in parts(last_at, now) {
        let known = f64::from(curve.per_hour[hour]);
        // An hour of the day is seen for one hour a day.
        let weight = 1.0 - (-part / memory).exp();
        learned.per_hour[hour] = narrow(known + weight * (pace - known));
    }
    learned.days = narrow((f64::from(curve.days) + hours(watched) / 24.0).min(MEMORY_DAYS));
    learned
}

/// How long until breaking news could have filled its share of a window of `n_listed` entries; at
/// most a day.
pub(super) fn safe_wait(curve: &DayCurve, n_listed: usize, now: Timestamp) -> Duration {
    let mean = curve.per_hour.iter().copied().map(f64::from).sum::<f64>() / 24.0;
    let (mut left, mut waited) = (SHARE * count(n_listed), 0.0);
    for (hour, part) in parts(now, now.plus(DAY)) {
        let usual = f64::from(curve.per_hour[hour]);
        let pace = (BURST * usual).min(BUSIEST * mean).max(usual);
        if pace * part >= left {
            return Duration::from_secs_f64((waited + left / pace) * 3600.0).min(DAY);
        }
        left -= pace * part;
        waited += part;
    }
    DAY
}

/// The hours of the day from `from` to `to`, each with how much of it, in hours.
fn parts(from: Timestamp, to: Timestamp) -> impl Iterator<Item = (usize, f64)> {
    let mut at = from.seconds();
    std::iter::from_fn(move || {
        let left = to.seconds().checked_sub(at).filter(|left| *left > 0)?;
        let second = at.rem_euclid(HOUR_S);
        let hour = usize::try_from(at.div_euclid(HOUR_S).rem_euclid(24)).unwrap_or_default();
        let part = left.min(HOUR_S - second);
        at += part;
        Some((hour, f64::from(i32::try_from(part).unwrap_or_default()) / 3600.0))
    })
}

fn hours(span: Duration) -> f64 {
    span.as_secs_f64() / 3600.0
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[expect(clippy::cast_possible_truncation, reason = "seven digits are more than is known")]
fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(hour * 3600))
    }

    /// A feed with 30 new entries at seven each morning and one an hour otherwise, for `n` days.
    fn watched(n_days: u64) -> DayCurve {
        let window = Window { n_listed: 20, n_new: 0, oldest_at: at(0), quarter_at: at(15) };
        let begun = begin(&window, at(20));
        (20..n_days * 24).fold(begun, |curve, hour| {
            let n_new = if hour % 24 == 7 { 30 } else { 1 };
            learn(curve, n_new, at(hour), at(hour + 1))
        })
    }

    #[test]
    fn the_morning_is_known_before_it_comes() {
        let curve = watched(6);
        let wait = |hour| safe_wait(&curve, 20, at(hour)).as_secs() / 60;
        assert!(wait(7) <= 16, "{}", wait(7));
        assert!(wait(12) >= 30, "{}", wait(12));
        let before = safe_wait(&curve, 20, at(7).minus(Duration::from_secs(300)));
        assert!(before.as_secs() / 60 <= 20, "{before:?}");
    }

    #[test]
    fn a_pace_that_ended_is_forgotten() {
        let busy = watched(10);
        let quiet = (0..20 * 24).fold(busy, |curve, hour| learn(curve, 0, at(hour), at(hour + 1)));
        assert!(quiet.per_hour[7] < busy.per_hour[7] / 20.0);
    }

    proptest! {
        #[test]
        fn a_wait_is_at_most_a_day_and_shorter_for_a_smaller_window(
            per_hour: [u16; 24], n in 0_usize..1000, hour in 0_u64..10_000,
        ) {
            let curve = DayCurve { per_hour: per_hour.map(f32::from), days: 5.0 };
            let wait = safe_wait(&curve, n, at(hour));
            prop_assert!(wait <= DAY);
            prop_assert!(safe_wait(&curve, n / 2, at(hour)) <= wait);
        }

        #[test]
        fn what_is_learned_is_never_negative_or_endless(
            n_new in 0_usize..100_000, seconds in 0_i64..200_000, start in 0_i64..1_000_000,
        ) {
            let last_at = Timestamp::from_seconds(start);
            let now = Timestamp::from_seconds(start + seconds);
            let curve = learn(DayCurve::default(), n_new, last_at, now);
            prop_assert!(curve.per_hour.iter().all(|pace| pace.is_finite() && *pace >= 0.0));
        }
    }
}
