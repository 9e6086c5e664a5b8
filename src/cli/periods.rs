//! Hours put together to the days, weeks, months and years of Europe/Amsterdam.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday};

use crate::cli::args::By;
use crate::model::time::Timestamp;

/// Periods that are shown though nothing is in them; a question over centuries lists only those
/// with something in them.
const FILLED_MAX: usize = 100_000;

const HOUR: i64 = 3600;

/// A period that suits the time from the first to the last hour.
pub(super) fn suits(first: i64, last: i64) -> By {
    match (last - first) / 24 {
        0..=2 => By::Hour,
        3..=62 => By::Day,
        63..=365 => By::Week,
        366..=3652 => By::Month,
        _ => By::Year,
    }
}

/// When a period begins. An hour that is told twice in autumn is two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Start {
    at: DateTime,
    /// Of an hour, which one; 0 of longer periods.
    hour: i64,
}

/// The sums of `hours`, which are in order, by the beginnings of periods; from the first to the last
/// of these and of `within`, all periods are there.
pub(super) fn sums(
    hours: &[(i64, u64)],
    by: By,
    within: Option<(i64, i64)>,
) -> BTreeMap<Start, u64> {
    let mut sums: BTreeMap<Start, u64> = BTreeMap::new();
    let mut rest = hours;
    while let Some((hour, _)) = rest.first() {
        let period = Period::of(*hour, by);
        let n_hours = rest.partition_point(|(hour, _)| *hour < period.end_hour).max(1);
        let (here, later) = rest.split_at(n_hours);
        *sums.entry(period.start).or_insert(0) += here.iter().map(|(_, n)| n).sum::<u64>();
        rest = later;
    }
    let bounds = hours.first().zip(hours.last()).map(|(first, last)| (first.0, last.0));
    let bounds = bounds.into_iter().chain(within);
    let bounds = bounds.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
    if let Some((first, last)) = bounds {
        let periods = std::iter::successors(Some(Period::of(first, by)), |period| {
            (period.end_hour <= last).then(|| Period::of(period.end_hour, by))
        });
        let starts: Vec<Start> = periods.map(|period| period.start).take(FILLED_MAX + 1).collect();
        if starts.len() <= FILLED_MAX {
            for start in starts {
                sums.entry(start).or_insert(0);
            }
        }
    }
    sums
}

/// A period, and the first hour after it.
struct Period {
    start: Start,
    end_hour: i64,
}

impl Period {
    fn of(hour: i64, by: By) -> Self {
        let at = start(local(hour), by);
        let end = if by == By::Hour { None } else { next(at, by) };
        let end = end.map(|end| Timestamp::from_local(end).seconds().div_euclid(HOUR));
        let start = Start { at, hour: if by == By::Hour { hour } else { 0 } };
        Self { start, end_hour: end.unwrap_or(hour + 1).max(hour + 1) }
    }
}

/// The hour in which `at` is, counted as those of [`sums`].
pub(super) fn hour(at: Timestamp) -> i64 {
    at.seconds().div_euclid(HOUR)
}

/// The last moment of it: until 1940 a day of Amsterdam, at which articles of old papers are dated, began
/// within an hour of UTC.
fn local(hour: i64) -> DateTime {
    Timestamp::from_seconds(hour * HOUR + HOUR - 1).to_local()
}

fn start(local: DateTime, by: By) -> DateTime {
    let day = local.date();
    match by {
        By::Hour => day.at(local.hour(), 0, 0, 0),
        By::Day => DateTime::from(day),
        By::Week => DateTime::from(monday(day)),
        By::Month => DateTime::from(day.first_of_month()),
        By::Year => DateTime::from(day.first_of_year()),
    }
}

fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().since(Weekday::Monday));
    day.checked_sub(back.days()).unwrap_or(day)
}

fn next(at: DateTime, by: By) -> Option<DateTime> {
    let span = match by {
        By::Hour => 1.hour(),
        By::Day => 1.day(),
        By::Week => 1.week(),
        By::Month => 1.month(),
        By::Year => 1.year(),
    };
    at.checked_add(span).ok()
}

/// A period as people write it: `2022`, `2022-02`, `2022-W07`, `2022-02-14`, `2022-02-14 09:00`;
/// where an hour is told twice with its zone, `2022-10-30 02:00 CEST`.
pub(super) fn name(Start { at, hour }: Start, by: By) -> String {
    match by {
        By::Hour => {
            let is_at = |hour: i64| start(local(hour), By::Hour) == at;
            let zone = match (is_at(hour - 1), is_at(hour + 1)) {
                (false, true) => " CEST",
                (true, false) => " CET",
                _ => "",
            };
            format!("{}{zone}", at.strftime("%Y-%m-%d %H:00"))
        }
        By::Day => at.strftime("%Y-%m-%d").to_string(),
        By::Week => at.strftime("%G-W%V").to_string(),
        By::Month => at.strftime("%Y-%m").to_string(),
        By::Year => at.strftime("%Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::date;

    fn hours(moments: &[&str]) -> Vec<(i64, u64)> {
        let mut hours = BTreeMap::new();
        for moment in moments {
            *hours.entry(hour(date::parse(moment).unwrap().at)).or_insert(0) += 1;
        }
        hours.into_iter().collect()
    }

    #[track_caller]
    fn check(moments: &[&str], by: By, expected: &[(&str, u64)]) {
        let sums = sums(&hours(moments), by, None);
        let found: Vec<(String, u64)> = sums.iter().map(|(at, n)| (name(*at, by), *n)).collect();
        let expected: Vec<(String, u64)> =
            expected.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn periods_are_those_of_amsterdam_and_none_is_left_out() {
        // The first is in March already, in Amsterdam.
        let moments = ["2022-02-28T23:30:00Z", "2022-03-01T12:00:00Z", "2022-05-31T21:59:00Z"];
        check(&moments, By::Month, &[("2022-03", 2), ("2022-04", 0), ("2022-05", 1)]);
        check(&moments[..2], By::Day, &[("2022-03-01", 2)]);
        check(&moments[..2], By::Week, &[("2022-W09", 2)]);
        check(&moments, By::Year, &[("2022", 3)]);
    }

    #[test]
    fn a_day_with_25_hours_is_one_day() {
        let moments = ["2022-10-29T22:00:00Z", "2022-10-30T22:30:00Z"];
        check(&moments, By::Day, &[("2022-10-30", 2)]);
        check(&["2021-01-03T12:00:00Z"], By::Week, &[("2020-W53", 1)]);
    }

    #[test]
    fn days_of_old_papers_are_their_own() {
        let moments = ["1900-05-10", "1900-05-11", "1938-01-01"];
        check(&moments[..2], By::Day, &[("1900-05-10", 1), ("1900-05-11", 1)]);
        check(&moments[2..], By::Month, &[("1938-01", 1)]);
        check(&moments[2..], By::Year, &[("1938", 1)]);
        check(&["1880-02"], By::Year, &[("1880", 1)]);
    }

    #[test]
    fn centuries_are_not_filled_hour_by_hour() {
        let far = [(-4_000_000, 1), (450_000, 1)];
        assert_eq!(sums(&far, By::Hour, None).len(), 2);
    }

    #[test]
    fn the_hours_at_which_the_clock_is_set_are_those_that_there_are() {
        let moments = ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"];
        check(&moments, By::Hour, &[("2026-03-29 01:00", 1), ("2026-03-29 03:00", 1)]);
        let moments = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T03:30:00Z"];
        let expected = [
            ("2026-10-25 02:00 CEST", 1),
            ("2026-10-25 02:00 CET", 1),
            ("2026-10-25 03:00", 0),
            ("2026-10-25 04:00", 1),
        ];
        check(&moments, By::Hour, &expected);
    }

    #[test]
    fn what_was_asked_for_is_there_though_nothing_is_in_it() {
        let hours = hours(&["2022-02-14T09:00:00Z"]);
        let (day, hour) = (24, hours[0].0);
        let found = sums(&hours, By::Day, Some((hour - 2 * day, hour + day)));
        let names: Vec<String> = found.keys().map(|start| name(*start, By::Day)).collect();
        assert_eq!(names, ["2022-02-12", "2022-02-13", "2022-02-14", "2022-02-15"]);
        // Amsterdam had a time of its own, twenty minutes ahead.
        let year = sums(&[], By::Year, Some((-350_000, -330_000)));
        assert_eq!(name(*year.keys().next().unwrap(), By::Year), "1930");
        assert_eq!(year.len(), 3);
    }
}
