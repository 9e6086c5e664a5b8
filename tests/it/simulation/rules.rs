//! When to poll, by us and by others, whose rules are written again from their published constants.
//!
//! Each is taken at its kindest: polled to the second, where several look only once a minute or an
//! hour at what is due.

use std::time::Duration;

use knipsel::model::fetch::Outcome;
use knipsel::model::time::Timestamp;
use knipsel::schedule::{self, Hints, Observed, Policy, Rhythm};

use super::feed::{Archive, Feed, Seen};
use super::newsroom::{DAY, HOUR};

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Knipsel,
    /// Every so many minutes. With 60 it is also Miniflux's default, `round_robin`
    /// (miniflux/v2, `SCHEDULER_ROUND_ROBIN_MIN_INTERVAL`).
    Fixed(u32),
    MinifluxFrequency,
    CommaFeed,
    MediaCloud,
    NewsCrawl,
}

impl Rule {
    pub(super) const ALL: [Self; 8] = [
        Self::Knipsel,
        Self::Fixed(5),
        Self::Fixed(15),
        Self::Fixed(60),
        Self::MinifluxFrequency,
        Self::CommaFeed,
        Self::MediaCloud,
        Self::NewsCrawl,
    ];

    pub(super) fn name(self) -> String {
        match self {
            Self::Knipsel => "**knipsel**".into(),
            Self::Fixed(60) => "fixed 60 min (Miniflux `round_robin`)".into(),
            Self::Fixed(minutes) => format!("fixed {minutes} min"),
            Self::MinifluxFrequency => "Miniflux `entry_frequency`".into(),
            Self::CommaFeed => "CommaFeed".into(),
            Self::MediaCloud => "Media Cloud rss-fetcher".into(),
            Self::NewsCrawl => "Common Crawl news-crawl".into(),
        }
    }
}

/// What a rule remembers of one feed.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) name: String,
    pub(super) rhythm: Rhythm,
    last_at: Option<Timestamp>,
    interval: Option<Duration>,
}

impl Memory {
    pub(super) fn new(name: String) -> Self {
        Self { name, rhythm: Rhythm::default(), last_at: None, interval: None }
    }
}

/// Reads `feed` from `from` to `until` by `rule`; returns what was seen, and the number of polls.
pub(super) fn follow(
    rule: Rule,
    feed: &Feed,
    memory: &mut Memory,
    period: (Timestamp, Timestamp),
) -> (Archive, u32) {
    let (mut at, until) = period;
    let mut archive = Archive::default();
    let mut n_polls = 0;
    while at < until {
        let seen = archive.read(feed, at);
        n_polls += 1;
        at = next(rule, feed, memory, &seen);
    }
    (archive, n_polls)
}

/// When `rule` reads `feed` again after `seen`.
pub(super) fn next(rule: Rule, feed: &Feed, memory: &mut Memory, seen: &Seen) -> Timestamp {
    match rule {
        Rule::Knipsel => knipsel(memory, seen),
        Rule::Fixed(minutes) => seen.at.plus(MINUTE * minutes),
        Rule::MinifluxFrequency => seen.at.plus(miniflux(feed, seen)),
        Rule::CommaFeed => seen.at.plus(commafeed(feed, seen)),
        Rule::MediaCloud => seen.at.plus(media_cloud(memory, seen)),
        Rule::NewsCrawl => seen.at.plus(news_crawl(memory, seen)),
    }
}

fn knipsel(memory: &mut Memory, seen: &Seen) -> Timestamp {
    let outcome = if seen.n_new > 0 { Outcome::Fresh } else { Outcome::NotModified };
    let hints = Hints::default();
    let last_at = memory.last_at.replace(seen.at);
    let observed = Observed { outcome: &outcome, window: seen.window, hints, last_at, at: seen.at };
    let next = schedule::next(&Policy::default(), &memory.name, memory.rhythm, &observed);
    memory.rhythm = next.rhythm;
    next.at
}

/// miniflux/v2, `internal/model/feed.go`, `ScheduleNextCheck`: a week by the entries of the last
/// week, factor 1, from 5 minutes to 24 hours.
fn miniflux(feed: &Feed, seen: &Seen) -> Duration {
    let week = DAY * 7;
    let n_weekly = seen.listed.end - feed.n_until(seen.at.minus(week));
    match u32::try_from(n_weekly).unwrap() {
        0 => DAY,
        n => (week / n).clamp(MINUTE * 5, DAY),
    }
}

/// Athou/commafeed, `FeedRefreshIntervalCalculator`, with the bounds of 5.6: half of the mean time
/// between the listed entries, from 5 minutes to 4 hours; rarer when the newest is a week old.
fn commafeed(feed: &Feed, seen: &Seen) -> Duration {
    let entries = &feed.arrivals[seen.listed.clone()];
    let (Some(oldest), Some(newest)) = (entries.first(), entries.last()) else { return HOUR * 4 };
    if seen.at.since(*newest) >= DAY * 7 {
        return HOUR * 4;
    }
    let n_between = u32::try_from(entries.len() - 1).unwrap().max(1);
    (newest.since(*oldest) / n_between / 2).clamp(MINUTE * 5, HOUR * 4)
}

/// mediacloud/rss-fetcher, `fetcher/config.py`: 6 hours at first; an hour less when under 33 % of
/// the entries were known, ten minutes more when over 67 % were; from 10 minutes to 24 hours.
fn media_cloud(memory: &mut Memory, seen: &Seen) -> Duration {
    let interval = match memory.interval {
        None => HOUR * 6,
        Some(last) => {
            let n_known = seen.listed.len() - seen.n_new;
            match n_known * 100 / seen.listed.len().max(1) {
                percent if percent < 33 => last.saturating_sub(HOUR),
                percent if percent > 67 => last + MINUTE * 10,
                _ => last,
            }
        }
    };
    *memory.interval.insert(interval.clamp(MINUTE * 10, DAY))
}

/// commoncrawl/news-crawl, `conf/crawler-conf.yaml`, for `StormCrawler`'s `AdaptiveScheduler`:
/// 12 hours at first; a fifth of the way to 90 minutes when changed, half as much again when not,
/// up to 90 days.
fn news_crawl(memory: &mut Memory, seen: &Seen) -> Duration {
    let interval = match memory.interval {
        None => HOUR * 12,
        Some(last) if seen.n_new > 0 => last.mul_f64(0.8) + (MINUTE * 90).mul_f64(0.2),
        Some(last) => (last * 3 / 2).min(DAY * 90),
    };
    *memory.interval.insert(interval)
}
