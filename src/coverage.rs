//! The coverage ledger: whether everything a feed announced was seen.
//!
//! Pure: two consecutive windows of a feed go in, the verdict on the time between them comes out.
//!
//! A newest-first feed lists everything newer than its oldest entry. So if an entry that was among
//! the newest of the window before is still listed *in its place*, all that came after it is
//! listed too, and nothing was missed. Two rules keep pinned entries from faking that proof:
//!
//! - Only the newest quarter of the window before counts (its [`Edge`]): an old entry that is kept
//!   anywhere in both windows proves nothing.
//! - Only entries in newest-first order count (the *spine*: the longest row of entries none of
//!   which is newer than the one before it). An entry pinned on top is older than what follows it;
//!   how many are does not matter, up to a quarter of the window.
//!   A known entry is never newer than when it was first known, whatever date it claims today.
//!
//! Limits: what appears and is withdrawn between two polls is not noticed; nor is a gap when one of
//! the newest entries is kept at the *end* of a window that is otherwise all new. A publisher who
//! withdraws all of the newest quarter at once is suspected for nothing.

pub mod evidence;
pub mod order;

use crate::model::time::Timestamp;

/// Entries of an edge, at most.
const EDGE_MAX: usize = 10;

/// An entry of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// The row of its article.
    pub article: i64,
    /// The date it states, if it states one to the second.
    pub stated_at: Option<Timestamp>,
}

/// An entry by which the next window is recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The row of its article.
    pub article: i64,
    /// Its stated time, never later than when it was first an edge.
    pub at: Timestamp,
}

/// The newest entries of a window, newest first; empty when the window was empty or in no order.
pub type Edge = Vec<Mark>;

/// What is known of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Everything announced was seen.
    Complete,
    /// Something may have been missed.
    Suspected,
    /// Something was missed, and found elsewhere since.
    Repaired,
    /// The feed is empty, undated or not in newest-first order, so nothing can be said.
    Unprovable,
}

impl State {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Suspected => "suspected",
            Self::Repaired => "repaired",
            Self::Unprovable => "unprovable",
        }
    }

    /// The inverse of [`State::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Complete, Self::Suspected, Self::Repaired, Self::Unprovable];
        all.into_iter().find(|state| state.as_str() == word)
    }
}

/// A stretch of time in which something may have been missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The newest entry of the window before.
    pub from: Timestamp,
    /// The oldest entry of the window after.
    pub to: Timestamp,
}

/// What a window says of the time since the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everything since was seen.
    Complete,
    /// The windows do not meet.
    Suspected(Gap),
    /// Nothing can be said.
    Unprovable,
}

/// Judges the window `listed` at `now` (in its document's order) by the edge of the one before;
/// gives the edge to judge the next one by.
pub fn judge(before: &[Mark], listed: &[Listed], now: Timestamp) -> (Verdict, Edge) {
    if listed.is_empty() {
        // A server's slip; the window after it is judged by the one before it.
        return (Verdict::Unprovable, before.to_vec());
    }
    let Some(spine) = ordered(before, listed, now) else {
        return (Verdict::Unprovable, Edge::new());
    };
    let edge = spine.iter().take(listed.len().div_ceil(4).min(EDGE_MAX)).copied().collect();
    let on_top = &listed[..listed.len() / 4];
    let is_on_top = |mark: &Mark| on_top.iter().any(|entry| entry.article == mark.article);
    match verdict(before, &spine, now) {
        // What stays on top and is dated anew each time was all there was to know the window by.
        Verdict::Suspected(_) if before.iter().all(is_on_top) => (Verdict::Unprovable, edge),
        verdict => (verdict, edge),
    }
}

fn verdict(before: &[Mark], spine: &[Mark], now: Timestamp) -> Verdict {
    let Some(from) = before.iter().map(|mark| mark.at).max() else { return Verdict::Unprovable };
    let is_known = |mark: &Mark| before.iter().any(|known| known.article == mark.article);
    if spine.iter().any(is_known) {
        return Verdict::Complete;
    }
    let oldest = spine.iter().map(|mark| mark.at).filter(|at| *at > from).min();
    Verdict::Suspected(Gap { from, to: oldest.unwrap_or(now).max(from) })
}

/// The spine of a window; `None` when more than a fifth of its dated entries stand out of order below
/// its first quarter, or less than half of all have a date.
fn ordered(before: &[Mark], listed: &[Listed], now: Timestamp) -> Option<Vec<Mark>> {
    let known = |article: i64| before.iter().find(|mark| mark.article == article);
    let dated: Vec<Mark> = listed
        .iter()
        .filter_map(|entry| {
            let at = entry.stated_at?.min(now);
            let at = known(entry.article).map_or(at, |mark| mark.at.min(at));
            Some(Mark { article: entry.article, at })
        })
        .collect();
    let spine = spine(&dated);
    let quarter = dated.len() / 4;
    let n_ordered_below = spine.iter().filter(|index| **index >= quarter).count();
    let n_astray = dated.len() - quarter - n_ordered_below;
    let is_ordered = n_astray * 5 <= dated.len() && dated.len() * 2 >= listed.len();
    let spine: Vec<Mark> = spine.into_iter().map(|index| dated[index]).collect();
    (is_ordered && !spine.is_empty()).then_some(spine)
}

/// The places of the longest row of entries none of which is newer than the one before it (patience
/// sorting).
fn spine(dated: &[Mark]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(dated.len());
    for (index, mark) in dated.iter().enumerate() {
        let length = ends.partition_point(|end| dated[*end].at >= mark.at);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut row: Vec<usize> =
        std::iter::successors(ends.last().copied(), |index| before[*index]).collect();
    row.reverse();
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    /// Entries whose article is their date.
    fn listed(dates: &[i64]) -> Vec<Listed> {
        dates.iter().map(|date| Listed { article: *date, stated_at: Some(at(*date)) }).collect()
    }

    #[track_caller]
    fn check(before: &[i64], after: &[i64], expected: Verdict) {
        let (_, edge) = judge(&[], &listed(before), at(500));
        assert_eq!(judge(&edge, &listed(after), at(1000)).0, expected);
    }

    fn suspected(from: i64, to: i64) -> Verdict {
        Verdict::Suspected(Gap { from: at(from), to: at(to) })
    }

    #[test]
    fn one_of_the_newest_still_listed_proves_the_time_between() {
        check(&[50, 40, 30, 20, 10], &[80, 70, 60, 50, 40], Verdict::Complete);
        check(&[50, 40, 30, 20, 10], &[90, 80, 70, 60, 50], Verdict::Complete);
        check(&[50, 40, 30, 20, 10], &[100, 90, 80, 70, 60], suspected(50, 60));
    }

    #[test]
    fn a_pinned_entry_proves_nothing() {
        let gap = suspected(50, 60);
        check(&[5, 50, 40, 30, 20, 10], &[5, 100, 90, 80, 70, 60], gap);
        check(&[50, 40, 30, 20, 10, 5], &[100, 90, 80, 70, 60, 5], gap);
        // The newest itself, pinned on top since.
        check(&[50, 40, 30, 20, 10], &[50, 100, 90, 80, 70, 60], gap);
        let tops = |newest: [i64; 10]| [&[3, 5, 4][..], &newest].concat();
        let before = tops([50, 49, 48, 47, 46, 45, 44, 43, 42, 41]);
        check(&before, &tops([69, 68, 67, 66, 65, 64, 63, 62, 61, 60]), gap);
        check(&before, &tops([59, 58, 57, 56, 55, 54, 53, 52, 51, 50]), Verdict::Complete);
    }

    #[test]
    fn an_entry_that_is_dated_anew_at_every_poll_proves_nothing() {
        let (_, edge) = judge(&[], &listed(&[50, 40, 30, 20, 10]), at(55));
        let mut after = listed(&[110, 100, 90, 80, 70, 60]);
        after[0].article = 50;
        assert_eq!(judge(&edge, &after, at(120)).0, suspected(50, 60));
    }

    #[test]
    fn entries_on_top_that_are_dated_anew_at_every_poll_lose_nothing() {
        // Nine entries, one every three seconds, below three that have just been dated.
        let window = |now: i64| {
            let pins = (1..=3).map(|n| (-n, now - n));
            let rest = (0..9).map(|n| now - 4 - 3 * n).map(|date| (date, date));
            let entry = |(article, date)| Listed { article, stated_at: Some(at(date)) };
            pins.chain(rest).map(entry).collect::<Vec<_>>()
        };
        let (_, edge) = judge(&[], &window(100), at(100));
        assert!(edge.iter().all(|mark| mark.article < 0), "{edge:?}");
        assert_eq!(judge(&edge, &window(112), at(112)).0, Verdict::Unprovable);
    }

    #[test]
    fn what_is_in_no_order_or_has_no_dates_is_unprovable() {
        check(&[10, 20, 30, 40], &[20, 30, 40, 50], Verdict::Unprovable);
        check(&[30, 10, 50, 20, 40], &[30, 60, 10, 50, 20], Verdict::Unprovable);
        check(&[], &[20, 10], Verdict::Unprovable);
        let undated = [Listed { article: 1, stated_at: None }; 3];
        assert_eq!(judge(&[], &undated, at(9)), (Verdict::Unprovable, Edge::new()));
    }

    #[test]
    fn after_an_empty_document_the_window_before_it_still_counts() {
        let (_, edge) = judge(&[], &listed(&[30, 20, 10]), at(30));
        let (verdict, kept) = judge(&edge, &[], at(40));
        assert_eq!((verdict, &kept), (Verdict::Unprovable, &edge));
        assert_eq!(judge(&kept, &listed(&[40, 30, 20]), at(50)).0, Verdict::Complete);
    }

    /// The newest `size` items up to `now`, with `pins` (older than `now`) on top instead of in
    /// their places.
    fn window(items: &[i64], pins: &[i64], size: usize, now: i64) -> Vec<i64> {
        let mut pins: Vec<i64> = pins.iter().copied().filter(|pin| *pin <= now).collect();
        pins.dedup();
        let is_free = |item: &&i64| **item <= now && !pins.contains(*item);
        let newest: Vec<i64> = items.iter().rev().filter(is_free).take(size).copied().collect();
        [pins, newest].concat()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn no_item_is_lost_in_silence_and_none_is_missed_for_nothing(
            gaps in prop::collection::vec(1_i64..20, 60..250),
            pauses in prop::collection::vec(1_i64..400, 2..30),
            size in 10_usize..30,
            pins in prop::collection::vec(0_usize..60, 0..=3),
        ) {
            let mut clock = 0;
            let items: Vec<i64> = gaps.iter().map(|gap| { clock += gap; clock }).collect();
            let pins: Vec<i64> = pins.iter().map(|index| items[*index]).collect();
            // The first poll sees a full window, as that of a feed which has been there for long.
            let mut now = items[size + 2];
            let mut before = window(&items, &pins, size, now);
            let (_, mut edge) = judge(&[], &listed(&before), at(now));
            for pause in pauses {
                let last = now;
                now += pause;
                let after = window(&items, &pins, size, now);
                let (verdict, next) = judge(&edge, &listed(&after), at(now));
                let missed: Vec<i64> = items.iter().copied()
                    .filter(|item| *item > last && *item <= now && !after.contains(item))
                    .collect();
                let is_met = after.iter().any(|item| before.contains(item) && !pins.contains(item));
                match verdict {
                    Verdict::Suspected(gap) => {
                        prop_assert!(!is_met || !missed.is_empty(), "suspected for nothing");
                        prop_assert!(missed.iter().all(|m| gap.from <= at(*m) && at(*m) <= gap.to));
                    }
                    Verdict::Complete => prop_assert!(missed.is_empty(), "lost {missed:?}"),
                    Verdict::Unprovable => prop_assert!(false, "it is in order: {after:?}"),
                }
                (before, edge) = (after, next);
            }
        }

        #[test]
        fn the_spine_is_in_order(dates in prop::collection::vec(0_i64..50, 0..40)) {
            let marks: Vec<Mark> =
                dates.iter().map(|date| Mark { article: *date, at: at(*date) }).collect();
            let row = spine(&marks);
            prop_assert!(row.is_sorted_by(|a, b| a < b && marks[*a].at >= marks[*b].at));
            prop_assert_eq!(row.is_empty(), marks.is_empty());
        }
    }
}
