//! When the page of an article is read again.
//!
//! Most edits come soon after publication, so a page is read at growing ages; a wall may be taken
//! down, so it is tried again, less and less often.

use std::time::Duration;

use serde::Deserialize;

use crate::model::time::Timestamp;
use crate::model::units::Span;

/// Each further age is this times the one before.
const GROWTH: f64 = 1.5;

/// The last age of that row, and one more after it.
const LAST_AGE: Duration = Duration::from_secs(7 * 86_400);
const FINAL_AGE: Duration = Duration::from_secs(30 * 86_400);

/// The longest wait between two attempts at a page that cannot be read.
const RETRY_MAX: Duration = Duration::from_secs(7 * 86_400);

/// A live blog that has said nothing new for this long is over.
const LIVE_FOR: Duration = Duration::from_secs(6 * 3_600);

/// The ages in a row are never nearer than this, whatever the settings: time has to move.
const STEP_MIN: Duration = Duration::from_secs(1);

/// A feed text of as many bytes is the whole article, unless it ends in the middle.
const WHOLE_BYTES_MIN: usize = 1_500;

/// When pages are read again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The ages of an article at which its page is read again; after the last of them each is half
    /// as long again, until seven days, and once more at thirty.
    pub revisit: Vec<Span>,
    /// The wait after a page that could not be read, doubled with each in a row.
    pub retry: Span,
}

impl Default for Policy {
    fn default() -> Self {
        let minutes = |n: u64| Span(Duration::from_secs(60 * n));
        Self { revisit: vec![minutes(10), minutes(30), minutes(60)], retry: minutes(60) }
    }
}

impl Policy {
    /// The shortest wait between two readings of one page.
    pub fn first(&self) -> Duration {
        self.revisit.iter().map(|span| span.0).min().unwrap_or(STEP_MIN)
    }
}

/// Whether a text of a feed is the article, and not the beginning of it: then its page need not be
/// read.
pub fn is_whole(text: &str) -> bool {
    let end = text.trim_end().trim_end_matches(['"', '”', '’', ')', ']']);
    let is_open = end.ends_with('…') || end.ends_with("...") || ends_with_a_call(text);
    text.len() >= WHOLE_BYTES_MIN && !is_open
}

/// Whether a text ends with the advice to read on elsewhere.
fn ends_with_a_call(text: &str) -> bool {
    let last = text.trim_end().rsplit('\n').next().unwrap_or_default().to_lowercase();
    ["lees verder", "lees meer", "lees het hele", "read more", "verder lezen"]
        .iter()
        .any(|call| last.contains(call))
}

/// The next time to read the page of an article that began at `since` and was read at `now`; `None`
/// when it was the last.
pub fn revisit(policy: &Policy, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let age = now.since(since);
    let next = policy.revisit.iter().map(|span| span.0).find(|given| *given > age);
    let last = policy.revisit.last().map_or(Duration::ZERO, |span| span.0);
    if next.is_none() && last.is_zero() && !policy.revisit.is_empty() && age < LAST_AGE {
        return Some(now);
    }
    let next = next.or_else(|| grown(last, age)).or_else(|| (age < FINAL_AGE).then_some(FINAL_AGE));
    next.map(|age| since.plus(age))
}

/// The first age after `age` in the row that begins with `last`.
fn grown(last: Duration, age: Duration) -> Option<Duration> {
    let mut next = last;
    while !last.is_zero() && next <= LAST_AGE {
        // Whole seconds, as time is kept: half of one ahead would be no time ahead.
        next = Duration::from_secs(next.mul_f64(GROWTH).max(next + STEP_MIN).as_secs());
        if next > age {
            return Some(next).filter(|next| *next <= LAST_AGE);
        }
    }
    None
}

/// The next time to read a live blog that last said something new at `changed_at`; `None` when it is
/// over, and then it is read as any other page.
pub fn live(policy: &Policy, changed_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let is_live = now.since(changed_at) < LIVE_FOR && !policy.revisit.is_empty();
    is_live.then(|| now.plus(policy.first()))
}

/// The next attempt at a page that could not be read, `n_failures` times in a row, of an article
/// that began at `since`; `None` when it is too old to bother its publisher.
pub fn retry(
    policy: &Policy,
    n_failures: u32,
    since: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    let doubled = 2_u32.saturating_pow(n_failures.saturating_sub(1).min(16));
    put_off(policy.retry.0.saturating_mul(doubled).min(RETRY_MAX), since, now)
}

/// The next attempt after `wait` at the page of an article that began at `since`; `None` when it is too
/// old to bother its publisher.
pub fn put_off(wait: Duration, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (now.since(since) < FINAL_AGE).then(|| now.plus(wait))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    /// The ages at which a page is read, each as soon as it is due.
    fn ages(policy: &Policy) -> Vec<i64> {
        let mut ages = vec![0];
        while let Some(next) = revisit(policy, at(0), at(ages[ages.len() - 1])) {
            ages.push(next.seconds());
        }
        ages
    }

    #[test]
    fn a_page_is_read_at_growing_ages_for_a_week_and_once_after_a_month() {
        let ages = ages(&Policy::default());
        let minutes: Vec<i64> = ages.iter().map(|age| age / 60).collect();
        assert_eq!(minutes[..6], [0, 10, 30, 60, 90, 135]);
        assert_eq!(ages.len(), 17);
        assert!(ages[15] <= 7 * 86_400 && ages[15] > 4 * 86_400);
        assert_eq!(ages[16], 30 * 86_400);
    }

    #[test]
    fn where_no_page_is_read_again_no_live_blog_is() {
        let never = Policy { revisit: Vec::new(), ..Policy::default() };
        assert_eq!(live(&never, at(0), at(60)), None);
        assert_eq!(live(&Policy::default(), at(0), at(60)), Some(at(660)));
    }

    #[test]
    fn one_that_was_missed_is_not_made_up_for() {
        let next = revisit(&Policy::default(), at(0), at(7_000));
        assert_eq!(next, Some(at(135 * 60)));
    }

    #[test]
    fn without_ages_a_page_is_read_once_more_and_with_none_at_all_always() {
        let policy = |revisit| Policy { revisit, ..Policy::default() };
        assert_eq!(revisit(&policy(Vec::new()), at(0), at(5)), Some(at(30 * 86_400)));
        let always = policy(vec![Span(Duration::ZERO)]);
        assert_eq!(revisit(&always, at(0), at(5)), Some(at(5)));
    }

    #[test]
    fn a_live_blog_is_read_often_until_it_is_over() {
        let policy = Policy::default();
        assert_eq!(live(&policy, at(0), at(3_600)), Some(at(4_200)));
        assert_eq!(live(&policy, at(0), at(6 * 3_600)), None);
    }

    #[test]
    fn walls_are_tried_less_and_less() {
        let policy = Policy::default();
        assert_eq!(retry(&policy, 1, at(0), at(0)), Some(at(3_600)));
        assert_eq!(retry(&policy, 3, at(0), at(0)), Some(at(4 * 3_600)));
        assert_eq!(retry(&policy, 99, at(0), at(0)), Some(at(7 * 86_400)));
        assert_eq!(retry(&policy, 1, at(0), at(31 * 86_400)), None);
    }

    proptest! {
        #[test]
        fn the_next_reading_lies_ahead_and_there_is_a_last(
            steps in prop::collection::vec(1_u64..100_000, 0..5),
            age in 0_i64..3_000_000,
        ) {
            let revisit_at = steps.into_iter().map(|s| Span(Duration::from_secs(s))).collect();
            let policy = Policy { revisit: revisit_at, ..Policy::default() };
            if let Some(next) = revisit(&policy, at(0), at(age)) {
                prop_assert!(next > at(age));
                prop_assert!(next <= at(30 * 86_400).max(at(100_000)));
            }
            prop_assert!(ages(&policy).len() < 100);
        }
    }
}
