//! Whether another source would have shown what a feed announced in a gap.
//!
//! Nobody can list what was missed, so a source is believed by what it can be checked on: the
//! entries on both sides of the gap, which the feed is known to have announced. A source that lists
//! these lists what the feed lists, and what it has between them is what was missed.

use std::time::Duration;

use crate::coverage::{CLOCK_MAX, Gap, Listed, Mark, ordered};
use crate::model::time::{StatedDate, Timestamp};

/// Entries on either side, at most.
const WITNESSES_MAX: usize = 10;

/// Entries before the gap that a source must list, where so many are known.
const BEFORE_MIN: usize = 2;

/// A stated date in another source differs from the feed's by no more than this: an article is
/// dated when it is written there, when it is sent here.
const SLACK: Duration = Duration::from_secs(15 * 60);

/// After each try, how long until the next. News sitemaps reach back two days, so what is not
/// proven by then will not be.
const TRIES: [Duration; 6] = [
    Duration::from_secs(10 * 60),
    Duration::from_secs(3_600),
    Duration::from_secs(4 * 3_600),
    Duration::from_secs(12 * 3_600),
    Duration::from_secs(18 * 3_600),
    Duration::from_secs(24 * 3_600),
];

/// The entries by which other sources are checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Witnesses {
    /// The newest before the gap: the edge of the window before.
    pub before: Vec<Mark>,
    /// The oldest after it.
    pub after: Vec<Mark>,
}

impl Witnesses {
    /// Those on both sides.
    pub fn all(&self) -> impl Iterator<Item = &Mark> {
        self.before.iter().chain(&self.after)
    }
}

/// Why a source does not prove that a gap is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// There is nothing by which it could.
    NoWitnesses,
    /// It does not list the entries on this side of the gap.
    LacksAfter,
    /// It does not reach back to the other side.
    LacksBefore,
    /// It gives other times than the feed, so that what it dates within the gap is something else.
    OtherClock,
    /// It lists only some of what the feed lists.
    Partial {
        /// Witnesses it should list and does not.
        n_missing: usize,
        /// All that it should list.
        n_expected: usize,
    },
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoWitnesses => f.write_str("nothing to check it by"),
            Self::LacksAfter => f.write_str("lists nothing from after the gap"),
            Self::LacksBefore => f.write_str("does not reach back before the gap"),
            Self::OtherClock => f.write_str("dates the entries of the feed otherwise"),
            Self::Partial { n_missing, n_expected } => {
                write!(f, "lacks {n_missing} of {n_expected} entries of the feed around the gap")
            }
        }
    }
}

/// The witnesses of `gap`, between the edge `before` and the window `listed`.
pub fn witnesses(before: &[Mark], listed: &[Listed], gap: Gap) -> Witnesses {
    let spine = ordered(before, listed).unwrap_or_default();
    let oldest_first = spine.iter().rev().filter(|mark| mark.at > gap.from);
    let is_listed = |mark: &Mark| listed.iter().any(|entry| entry.article == mark.article);
    // An event to come that is kept on top stands on neither side.
    let is_before = |mark: &&Mark| mark.at <= gap.from || !is_listed(mark);
    Witnesses {
        before: before.iter().filter(is_before).copied().collect(),
        after: oldest_first.take(WITNESSES_MAX).copied().collect(),
    }
}

/// Judges a source that lists what several feeds announce (a news sitemap, another feed of the
/// outlet) and reaches back to `oldest_at`: it must list every witness, but those before the gap
/// only as far as it reaches, and at least two of these: one may have been changed since, and be listed
/// by that.
pub fn judge_wider(
    witnesses: &Witnesses,
    oldest_at: Timestamp,
    is_listed: impl Fn(&Mark) -> bool,
) -> Result<(), Doubt> {
    sides(witnesses, &is_listed, &is_listed)?;
    let n_before = witnesses.before.iter().filter(|mark| is_listed(mark)).count();
    if n_before < witnesses.before.len().min(BEFORE_MIN) {
        return Err(Doubt::LacksBefore);
    }
    let reached = witnesses.before.iter().filter(|mark| mark.at >= oldest_at);
    let expected: Vec<&Mark> = witnesses.after.iter().chain(reached).collect();
    let n_missing = expected.iter().filter(|mark| !is_listed(mark)).count();
    if n_missing > 0 {
        return Err(Doubt::Partial { n_missing, n_expected: expected.len() });
    }
    Ok(())
}

/// Judges older pages of the feed itself, read one after the other without a break: one witness on
/// each side shows that they span the gap. The feed may go on with the pages, so what is after the gap
/// may be listed there; what is before it must be on one of the pages, for an entry that is pinned on top
/// is listed for ever.
pub fn judge_own(
    witnesses: &Witnesses,
    is_listed: impl Fn(&Mark) -> bool,
    is_on_page: impl Fn(&Mark) -> bool,
) -> Result<(), Doubt> {
    sides(witnesses, &is_listed, &is_on_page)
}

/// There is one on each side.
fn sides(
    witnesses: &Witnesses,
    is_after: &impl Fn(&Mark) -> bool,
    is_before: &impl Fn(&Mark) -> bool,
) -> Result<(), Doubt> {
    if witnesses.before.is_empty() || witnesses.after.is_empty() {
        return Err(Doubt::NoWitnesses);
    }
    if !witnesses.after.iter().any(is_after) {
        return Err(Doubt::LacksAfter);
    }
    if !witnesses.before.iter().any(is_before) {
        return Err(Doubt::LacksBefore);
    }
    Ok(())
}

/// The seconds by which a source dates things later than the feed: in the middle of the witnesses it
/// lists, each given with its date there. 0 where they agree but for a little; `None` where it lists
/// none.
pub fn shift(witnesses: impl Iterator<Item = (Mark, StatedDate)>) -> Option<i64> {
    let apart = |(mark, date): (Mark, StatedDate)| {
        let gap = Gap { from: mark.at, to: mark.at };
        if is_within(gap, date) { 0 } else { date.at.seconds() - mark.at.seconds() }
    };
    let mut seconds: Vec<i64> = witnesses.map(apart).collect();
    seconds.sort_unstable();
    seconds.get(seconds.len() / 2).copied()
}

/// Where in time a source that is shifted by these seconds has what the feed announced in `gap`;
/// `None` when that is more than a clock can be off.
pub fn shifted(gap: Gap, seconds: i64) -> Option<Gap> {
    let by = |at: Timestamp| Timestamp::from_seconds(at.seconds().saturating_add(seconds));
    (seconds.unsigned_abs() <= CLOCK_MAX.as_secs())
        .then(|| Gap { from: by(gap.from), to: by(gap.to) })
}

/// Whether documents that were looked through with these shifts, the last of which is known best,
/// were looked through at the right times.
pub fn judge_clock(shifts: &[i64]) -> Result<(), Doubt> {
    let is_right = |shift: &i64| {
        let apart = shifts.last().map_or(0, |last| shift.abs_diff(*last));
        shift.unsigned_abs() <= CLOCK_MAX.as_secs() && apart <= SLACK.as_secs()
    };
    if shifts.iter().all(is_right) { Ok(()) } else { Err(Doubt::OtherClock) }
}

/// Whether what has this date in another source may belong to `gap`; a day counts as a whole.
pub fn is_within(gap: Gap, date: StatedDate) -> bool {
    gap.from.minus(SLACK) < date.ends_at() && date.at <= gap.to.plus(SLACK)
}

/// When a gap is looked up again after `n_tries` in vain, the last one at `now`; `None` for never.
pub fn next_try(n_tries: u32, now: Timestamp) -> Option<Timestamp> {
    let tries = usize::try_from(n_tries).unwrap_or(usize::MAX);
    TRIES.get(tries.saturating_sub(1)).map(|wait| now.plus(*wait))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Precision;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn marks(dates: &[i64]) -> Vec<Mark> {
        dates.iter().map(|date| Mark { article: *date, at: at(*date) }).collect()
    }

    fn of(before: &[i64], after: &[i64]) -> Witnesses {
        Witnesses { before: marks(before), after: marks(after) }
    }

    #[test]
    fn witnesses_are_the_nearest_on_both_sides() {
        let listed: Vec<Listed> = [5, 200, 190, 180, 170, 160, 150, 140, 130, 120, 110, 100, 90]
            .iter()
            .map(|date| Listed { article: *date, stated_at: Some(at(*date)) })
            .collect();
        let gap = Gap { from: at(50), to: at(90) };
        let found = witnesses(&marks(&[50, 40]), &listed, gap);
        assert_eq!(found, of(&[50, 40], &[90, 100, 110, 120, 130, 140, 150, 160, 170, 180]));
        assert_eq!(witnesses(&[], &[], gap), Witnesses::default());
        // An event to come.
        let ahead = [&[Listed { article: 900, stated_at: Some(at(900)) }][..], &listed].concat();
        assert_eq!(witnesses(&marks(&[900, 50, 40]), &ahead, gap), found);
    }

    #[track_caller]
    fn check_wider(listed: &[i64], expected: Result<(), Doubt>) {
        let oldest = at(listed.iter().copied().min().unwrap_or_default());
        let is_listed = |mark: &Mark| listed.contains(&mark.article);
        assert_eq!(judge_wider(&of(&[50, 40, 30], &[90, 100]), oldest, is_listed), expected);
    }

    #[test]
    fn a_wider_source_lists_all_that_the_feed_is_known_to_have_announced() {
        check_wider(&[100, 95, 90, 80, 70, 60, 50, 40, 30, 20], Ok(()));
        // As far as it reaches.
        check_wider(&[100, 90, 70, 50, 40], Ok(()));
        check_wider(&[100, 90, 70, 50], Err(Doubt::LacksBefore));
        check_wider(&[100, 90, 70, 51], Err(Doubt::LacksBefore));
        check_wider(&[70, 50, 40, 30], Err(Doubt::LacksAfter));
        check_wider(&[100, 70, 50, 40], Err(Doubt::Partial { n_missing: 1, n_expected: 4 }));
        check_wider(&[100, 90, 50, 30], Err(Doubt::Partial { n_missing: 1, n_expected: 5 }));
        check_wider(&[], Err(Doubt::LacksAfter));
        let nobody = judge_wider(&of(&[], &[90]), at(0), |_| true);
        assert_eq!(nobody, Err(Doubt::NoWitnesses));
    }

    #[test]
    fn older_pages_of_the_feed_need_one_witness_on_each_side() {
        let judge = |on_pages: &[i64]| {
            // 50 is pinned on top.
            let is_listed = |mark: &Mark| mark.article == 50 || on_pages.contains(&mark.article);
            let is_on_page = |mark: &Mark| on_pages.contains(&mark.article);
            judge_own(&of(&[50, 40, 30], &[90, 100]), is_listed, is_on_page)
        };
        assert_eq!(judge(&[100, 80, 70, 40]), Ok(()));
        assert_eq!(judge(&[100, 80, 70]), Err(Doubt::LacksBefore));
        assert_eq!(judge(&[80, 70, 50]), Err(Doubt::LacksAfter));
    }

    #[test]
    fn the_clock_of_a_source_is_told_by_the_witnesses() {
        let mark = |at_seconds| Mark { article: 1, at: at(at_seconds) };
        let shift = |dates: &[(i64, i64)]| {
            super::shift(
                dates.iter().map(|(here, there)| (mark(*here), StatedDate::exact(at(*there)))),
            )
        };
        assert_eq!(shift(&[]), None);
        assert_eq!(shift(&[(10_000, 10_300), (20_000, 19_800)]), Some(0));
        // One was written anew.
        assert_eq!(shift(&[(10_000, 13_600), (20_000, 23_600), (30_000, 99_000)]), Some(3_600));
        let gap = Gap { from: at(10_000), to: at(20_000) };
        assert_eq!(shifted(gap, -3_600), Some(Gap { from: at(6_400), to: at(16_400) }));
        assert_eq!(shifted(gap, 0), Some(gap));
        assert_eq!(shifted(gap, 5 * 86_400), None);
        assert_eq!(judge_clock(&[]), Ok(()));
        assert_eq!(judge_clock(&[3_600, 3_500]), Ok(()));
        // The first one was looked through an hour off.
        assert_eq!(judge_clock(&[0, 3_600]), Err(Doubt::OtherClock));
        assert_eq!(judge_clock(&[5 * 86_400]), Err(Doubt::OtherClock));
    }

    #[test]
    fn tries_end() {
        let mut now = at(0);
        let mut n_tries = 1;
        while let Some(next) = next_try(n_tries, now) {
            assert!(next > now);
            (now, n_tries) = (next, n_tries + 1);
        }
        assert_eq!(n_tries, 7);
        assert!(now.since(at(0)) > Duration::from_secs(48 * 3_600), "{now}");
    }

    #[test]
    fn a_gap_takes_what_is_dated_a_little_beside_it() {
        let gap = Gap { from: at(10_000), to: at(20_000) };
        let is_within = |date| is_within(gap, StatedDate::exact(at(date)));
        assert!(is_within(10_000) && is_within(9_100) && is_within(20_900));
        assert!(!is_within(9_099) && !is_within(20_901));
        let day =
            |seconds| StatedDate { precision: Precision::Day, ..StatedDate::exact(at(seconds)) };
        assert!(super::is_within(gap, day(-3_600)) && !super::is_within(gap, day(-3_600 - 86_400)));
    }
}
