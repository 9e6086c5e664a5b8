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
//! A date ahead of our clock may be that of an event to come, which stays on top whatever is announced
//! below it, or that of a feed whose clock is ahead. Such an entry counts only when less is new below it
//! than above.
//!
//! Limits: what appears and is withdrawn between two polls is not noticed; nor is a gap when one of
//! the newest entries is kept at the *end* of a window that is otherwise all new. A publisher who
//! withdraws all of the newest quarter at once is suspected for nothing.

pub mod evidence;
pub mod order;

use std::collections::HashSet;
use std::time::Duration;

use crate::coverage::order::ENTRIES_MAX;
use crate::model::time::Timestamp;

/// Entries of an edge, at most; as many again where the first are dated ahead.
const EDGE_MAX: usize = 10;

/// A clock, or the zone that is written, is off by no more than this; what differs more is no date of
/// publication.
const CLOCK_MAX: Duration = Duration::from_secs(26 * 3_600);

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
    /// Its stated time, never later than the one by which it was first an edge.
    pub at: Timestamp,
}

/// The newest entries of a window, newest first; empty when the window was empty or in no order.
pub type Edge = Vec<Mark>;

/// The look at a feed by which the next one is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look<'l> {
    /// The edge of its window.
    pub edge: &'l [Mark],
    /// Rows of the articles that it listed, the first [`ENTRIES_MAX`] of them.
    pub order: &'l [i64],
    /// When it was, or when the window was last said to be unchanged.
    pub at: Timestamp,
}

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

/// Judges the window `listed` at `now` (in its document's order) by the look `before`; gives the edge
/// to judge the next one by.
pub fn judge(before: &Look<'_>, listed: &[Listed], now: Timestamp) -> (Verdict, Edge) {
    if listed.is_empty() {
        // A server's slip; the window after it is judged by the one before it.
        return (Verdict::Unprovable, before.edge.to_vec());
    }
    let Some(spine) = ordered(before.edge, listed) else {
        return (Verdict::Unprovable, Edge::new());
    };
    (verdict(before, listed, &spine, now), edge(&spine, listed.len(), now))
}

/// The newest quarter of a window. What is dated ahead does not count, up to half of the window: where
/// only events to come were known, nothing would be known of the news below them.
fn edge(spine: &[Mark], n_listed: usize, now: Timestamp) -> Edge {
    let n = n_listed.div_ceil(4).min(EDGE_MAX);
    let n_ahead = spine.iter().take_while(|mark| mark.at > now).count();
    let n_max = (n_listed / 2).clamp(n + 1, 2 * EDGE_MAX);
    spine.iter().take((n_ahead + n).min(n_max)).copied().collect()
}

fn verdict(before: &Look<'_>, listed: &[Listed], spine: &[Mark], now: Timestamp) -> Verdict {
    if before.edge.is_empty() {
        return Verdict::Unprovable;
    }
    let is_known = |mark: &&Mark| before.edge.iter().any(|known| known.article == mark.article);
    let known: Vec<&Mark> = spine.iter().filter(is_known).collect();
    if known.iter().any(|mark| mark.at <= before.at || is_below_the_new(mark, before, listed)) {
        return Verdict::Complete;
    }
    let is_among = |mark: &Mark, n: usize| listed.iter().take(n).any(|e| e.article == mark.article);
    // What stays on top and is dated anew each time was all there was to know the window by.
    let are_pins = before.edge.iter().all(|mark| is_among(mark, listed.len() / 4));
    // What is dated ahead and listed further down is not pinned: the feed is one of events.
    let are_events = known.iter().any(|mark| !is_among(mark, listed.len().div_ceil(4)));
    if are_pins || are_events {
        return Verdict::Unprovable;
    }
    let from = before.edge.iter().map(|mark| mark.at).filter(|at| *at <= before.at).max();
    let from = from.unwrap_or(before.at);
    Verdict::Suspected(Gap { from, to: end(spine, from, now) })
}

/// Whether less is new below `mark` than above it, so that it is not what is kept on top.
fn is_below_the_new(mark: &Mark, before: &Look<'_>, listed: &[Listed]) -> bool {
    let seen: HashSet<i64> = before.order.iter().copied().collect();
    let listed = &listed[..listed.len().min(ENTRIES_MAX)];
    let Some(place) = listed.iter().position(|entry| entry.article == mark.article) else {
        return false;
    };
    let n_new =
        |part: &[Listed]| part.iter().filter(|entry| !seen.contains(&entry.article)).count();
    let (n_above, n_below) = (n_new(&listed[..place]), n_new(&listed[place..]));
    n_below == 0 || n_above > n_below
}

/// The oldest entry of a window that is newer than `from`, by the clock of the feed.
fn end(spine: &[Mark], from: Timestamp, now: Timestamp) -> Timestamp {
    let is_all_ahead = spine.iter().all(|mark| mark.at > now);
    let latest = if is_all_ahead { now.plus(CLOCK_MAX) } else { now };
    let oldest = spine.iter().map(|mark| mark.at).filter(|at| *at > from).min();
    oldest.map_or(now, |at| at.min(latest)).max(from)
}

/// The spine of a window; `None` when more than a fifth of its dated entries stand out of order below
/// its first quarter, or less than half of all have a date.
fn ordered(before: &[Mark], listed: &[Listed]) -> Option<Vec<Mark>> {
    let known = |article: i64| before.iter().find(|mark| mark.article == article);
    let dated: Vec<Mark> = listed
        .iter()
        .filter_map(|entry| {
            let at = entry.stated_at?;
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

    /// Looks at one feed, one after the other.
    #[derive(Default)]
    struct Looks {
        edge: Edge,
        order: Vec<i64>,
        at: i64,
    }

    impl Looks {
        fn judge(&mut self, listed: &[Listed], now: i64) -> Verdict {
            let before = Look { edge: &self.edge, order: &self.order, at: at(self.at) };
            let (verdict, edge) = judge(&before, listed, at(now));
            let order = listed.iter().map(|entry| entry.article).collect();
            *self = Self { edge, order, at: now };
            verdict
        }
    }

    /// After a first look at 500.
    fn verdict_of(before: &[Listed], after: &[Listed]) -> Verdict {
        let mut looks = Looks::default();
        looks.judge(before, 500);
        looks.judge(after, 1000)
    }

    #[track_caller]
    fn check(before: &[i64], after: &[i64], expected: Verdict) {
        assert_eq!(verdict_of(&listed(before), &listed(after)), expected);
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
        let mut after = listed(&[110, 100, 90, 80, 70, 60]);
        after[0].article = 50;
        assert_eq!(verdict_of(&listed(&[50, 40, 30, 20, 10]), &after), suspected(50, 60));
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
        let mut looks = Looks::default();
        looks.judge(&window(100), 100);
        assert!(looks.edge.iter().all(|mark| mark.article < 0), "{:?}", looks.edge);
        assert_eq!(looks.judge(&window(112), 112), Verdict::Unprovable);
    }

    #[test]
    fn what_is_in_no_order_or_has_no_dates_is_unprovable() {
        check(&[10, 20, 30, 40], &[20, 30, 40, 50], Verdict::Unprovable);
        check(&[30, 10, 50, 20, 40], &[30, 60, 10, 50, 20], Verdict::Unprovable);
        check(&[], &[20, 10], Verdict::Unprovable);
        let undated = [Listed { article: 1, stated_at: None }; 3];
        let mut looks = Looks::default();
        assert_eq!((looks.judge(&undated, 9), looks.edge), (Verdict::Unprovable, Edge::new()));
    }

    #[test]
    fn after_an_empty_document_the_window_before_it_still_counts() {
        let mut looks = Looks::default();
        looks.judge(&listed(&[30, 20, 10]), 30);
        let edge = looks.edge.clone();
        assert_eq!((looks.judge(&[], 40), &looks.edge), (Verdict::Unprovable, &edge));
        assert_eq!(looks.judge(&listed(&[40, 30, 20]), 50), Verdict::Complete);
    }

    /// The newest thirty of a feed with an item every `every` seconds, whose clock is ahead.
    fn ahead(now: i64, every: i64, hours: i64) -> Vec<Listed> {
        let newest = now / every;
        let entry = |number: i64| Listed {
            article: number,
            stated_at: Some(at(number * every + hours * 3_600)),
        };
        (newest - 29..=newest).rev().map(entry).collect()
    }

    #[test]
    fn a_feed_whose_clock_is_ahead_has_the_gaps_that_it_has() {
        const START: i64 = 1_000_000;
        for hours in [0, 1, 2, 6, 14] {
            for every in [10, 300, 3_600, 40_000] {
                for n_new in [0, 1, 7, 20, 29, 30, 40] {
                    let mut looks = Looks::default();
                    let mut now = START;
                    looks.judge(&ahead(now, every, hours), now);
                    for _ in 0..5 {
                        let last = now;
                        now += every * n_new + 1;
                        let verdict = looks.judge(&ahead(now, every, hours), now);
                        let case = format!("{hours} h, {every} s, {n_new} new: {verdict:?}");
                        if now / every - last / every < 30 {
                            assert_eq!(verdict, Verdict::Complete, "{case}");
                        }
                        if let Verdict::Suspected(gap) = verdict {
                            let oldest = (now / every - 29) * every;
                            assert!(gap.from <= at(last) && gap.to >= at(oldest), "{case}");
                            assert!(gap.to <= at(oldest + hours * 3_600), "{case}");
                        }
                        let is_gap = now / every - last / every > 30;
                        assert!(!is_gap || matches!(verdict, Verdict::Suspected(_)), "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn events_to_come_hide_no_gap_and_make_none() {
        const YEAR: i64 = 365 * 86_400;
        const START: i64 = 1_000_000;
        for dates in [&[YEAR][..], &[900], &[YEAR, 3_600, 900], &[5 * YEAR, YEAR, 7_200, 3_600, 60]]
        {
            let event = |date: &i64| Listed { article: -date, stated_at: Some(at(START + date)) };
            let events: Vec<Listed> = dates.iter().map(event).collect();
            let window = |now: i64| [&events[..], &ahead(now, 300, 0)].concat();
            let mut looks = Looks::default();
            let mut now = START;
            looks.judge(&window(now), now);
            for (n_new, is_gap) in
                [(1, false), (8, false), (0, false), (40, true), (3, false), (99, true)]
            {
                now += 300 * n_new;
                let verdict = looks.judge(&window(now), now);
                let case = format!("{dates:?}, {n_new} new: {verdict:?}");
                assert_eq!(matches!(verdict, Verdict::Suspected(_)), is_gap, "{case}");
                assert_eq!(verdict == Verdict::Complete, !is_gap, "{case}");
            }
        }
    }

    #[test]
    fn a_feed_of_events_to_come_is_not_suspected_while_it_shares_them() {
        let agenda = |days: &[i64]| {
            let event = |day: &i64| Listed { article: *day, stated_at: Some(at(day * 86_400)) };
            days.iter().rev().map(event).collect::<Vec<_>>()
        };
        let before = agenda(&[20, 22, 24, 26, 28, 30, 32, 34]);
        let below = agenda(&[20, 21, 22, 23, 24, 26, 28, 30, 32, 34]);
        let above = agenda(&[24, 26, 28, 30, 32, 34, 36, 38]);
        assert_eq!(verdict_of(&before, &before), Verdict::Complete);
        assert_eq!(verdict_of(&before, &above), Verdict::Complete);
        assert_eq!(verdict_of(&before, &below), Verdict::Unprovable);
    }

    #[test]
    fn marks_that_were_never_later_than_their_look_still_count() {
        let edge: Edge = [500, 500, 480].map(|date| Mark { article: date, at: at(date) }).to_vec();
        let before = Look { edge: &edge, order: &[], at: at(500) };
        let after = listed(&[600, 550, 500, 480, 470, 460]);
        assert_eq!(judge(&before, &after, at(650)).0, Verdict::Complete);
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
            ahead in prop::sample::select(vec![0_i64, 0, 30, 300, 5_000]),
            event in prop::option::of(1_i64..9_000),
        ) {
            let mut clock = 0;
            let items: Vec<i64> = gaps.iter().map(|gap| { clock += gap; clock }).collect();
            let pins: Vec<i64> = pins.iter().map(|index| items[*index]).collect();
            // The first poll sees a full window, as that of a feed which has been there for long.
            let mut now = items[size + 2];
            let mut before = window(&items, &pins, size, now);
            // With it no more than a quarter of the window stands on top.
            let event = event.filter(|_| pins.len() < 3).map(|date| Listed { article: -1, stated_at: Some(at(now + date)) });
            let stated = |window: &[i64]| {
                let entry = |item: &i64| Listed { article: *item, stated_at: Some(at(item + ahead)) };
                event.into_iter().chain(window.iter().map(entry)).collect::<Vec<_>>()
            };
            let mut looks = Looks::default();
            looks.judge(&stated(&before), now);
            for pause in pauses {
                let last = now;
                now += pause;
                let after = window(&items, &pins, size, now);
                let verdict = looks.judge(&stated(&after), now);
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
                before = after;
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
