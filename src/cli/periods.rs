//! Hours put together to the days, weeks, months and years of Europe/Amsterdam.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday};

use crate::cli::args::By;
use crate::model::time::Timestamp;

/// Periods that are shown though nothing is in them; a question over centuries lists only those
/// with something in them.
const FILLED_MAX: usize = 5_000;

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

/// The sums of `hours`, which are in order, by the beginnings of periods; those between the first and the last are all
/// there.
pub(super) fn sums(hours: &[(i64, u64)], by: By) -> BTreeMap<DateTime, u64> {
    let mut sums: BTreeMap<DateTime, u64> = BTreeMap::new();
    let mut rest = hours;
    while let Some((hour, _)) = rest.first() {
        let period = Period::of(*hour, by);
        let n_hours = rest.partition_point(|(hour, _)| *hour < period.end_hour).max(1);
        let (here, later) = rest.split_at(n_hours);
        *sums.entry(period.start).or_insert(0) += here.iter().map(|(_, n)| n).sum::<u64>();
        rest = later;
    }
    let ends = sums.keys().next().copied().zip(sums.keys().next_back().copied());
    if let Some((first, last)) = ends {
        let mut between = Vec::new();
        let mut at = first;
        while at < last && between.len() < FILLED_MAX {
            between.push(at);
            let Some(next) = next(at, by) else { break };
            at = next;
        }
        if at >= last {
            for at in between {
                sums.entry(at).or_insert(0);
            }
        }
    }
    sums
}

/// A period, and the first hour after it; an hour that is told twice in autumn is known alone.
struct Period {
    start: DateTime,
    end_hour: i64,
}

impl Period {
    fn of(hour: i64, by: By) -> Self {
        let start = start(Timestamp::from_seconds(hour * HOUR).to_local(), by);
        let end = if by == By::Hour { None } else { next(start, by) };
        let end = end.map(|end| Timestamp::from_local(end).seconds().div_euclid(HOUR));
        Self { start, end_hour: end.unwrap_or(hour + 1) }
    }
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

/// A period as people write it: `2022`, `2022-02`, `2022-W07`, `2022-02-14`, `2022-02-14 09:00`.
pub(super) fn name(at: DateTime, by: By) -> String {
    match by {
        By::Hour => at.strftime("%Y-%m-%d %H:00").to_string(),
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
            *hours
                .entry(date::parse(moment).unwrap().at.seconds().div_euclid(HOUR))
                .or_insert(0) += 1;
        }
        hours.into_iter().collect()
    }

    #[track_caller]
    fn check(moments: &[&str], by: By, expected: &[(&str, u64)]) {
        let sums = sums(&hours(moments), by);
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
    fn centuries_are_not_filled_hour_by_hour() {
        let far = [(-4_000_000, 1), (450_000, 1)];
        assert_eq!(sums(&far, By::Hour).len(), 2);
    }
}
