//! A newsroom on a virtual clock: when its items appear.

use std::time::Duration;

use knipsel::model::time::Timestamp;

use super::random::Random;

pub(super) const HOUR: Duration = Duration::from_secs(3600);
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// A Monday, 2023-11-20T00:00:00Z.
pub(super) const START: i64 = 1_700_438_400;

/// How busy each hour of a weekday is; the mean is 1. The morning and the evening peak at four
/// times the mean, and little happens at night.
const HOURS: [f64; 24] = [
    0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.7, 4.0, 4.0, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 4.0, 4.0,
    0.5, 0.5, 0.5, 0.2, 0.2,
];

/// Saturday and Sunday, of a weekday.
const WEEKEND: f64 = 0.5;

/// Breaking news, once a week or so: an hour at ten times its usual pace, though never at more than
/// ten times the mean of the day, because a newsroom has only so many hands.
const BURST: f64 = 10.0;
const BETWEEN_BURSTS: Duration = Duration::from_secs(7 * 86_400);

/// Items that appear at once: mostly one, now and then two or three, seldom four to six.
const MEAN_BATCH: f64 = 0.8 + 0.15 * 2.5 + 0.05 * 5.0;

/// When the items of `n_days` appear, at `per_day` on a weekday.
pub(super) fn arrivals(random: &mut Random, per_day: u32, n_days: u32) -> Vec<Timestamp> {
    let mut all = Vec::new();
    let mut burst_at = random.gap(BETWEEN_BURSTS);
    let per_hour = f64::from(per_day) / 24.0;
    for n in 0..n_days * 24 {
        let hour = HOUR * n;
        let mut rate = per_hour * busyness(n);
        if burst_at < hour + HOUR {
            rate = BURST * rate.min(per_hour);
            burst_at += HOUR + random.gap(BETWEEN_BURSTS);
        }
        fill(random, rate / MEAN_BATCH, hour, &mut all);
    }
    all
}

fn busyness(hour: u32) -> f64 {
    let weight = HOURS[usize::try_from(hour % 24).unwrap()];
    if hour / 24 % 7 >= 5 { weight * WEEKEND } else { weight }
}

fn fill(random: &mut Random, n_events: f64, hour: Duration, all: &mut Vec<Timestamp>) {
    let mean = HOUR.div_f64(n_events);
    let mut at = random.gap(mean);
    while at < HOUR {
        for _ in 0..batch(random) {
            all.push(Timestamp::from_seconds(START).plus(hour + at));
        }
        at += random.gap(mean);
    }
}

fn batch(random: &mut Random) -> u64 {
    match random.unit() {
        part if part < 0.8 => 1,
        part if part < 0.95 => random.between(2, 3),
        _ => random.between(4, 6),
    }
}
