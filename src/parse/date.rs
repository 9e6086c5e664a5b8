//! Dates as feeds and people write them: RFC 3339, RFC 822 and its many misreadings, Dutch names of
//! days and months, a year or a month alone.

use jiff::civil;
use jiff::tz::Offset;

use crate::model::time::{Precision, StatedDate, Timestamp};

/// Years outside these are mistakes of a program, not dates of an article.
const YEARS: std::ops::RangeInclusive<i16> = 1600..=2999;

const MONTHS: [&[&str]; 12] = [
    &["jan", "januari", "january"],
    &["feb", "februari", "february"],
    &["mrt", "maa", "mar", "maart", "march"],
    &["apr", "april"],
    &["mei", "may"],
    &["jun", "juni", "june"],
    &["jul", "juli", "july"],
    &["aug", "augustus", "august"],
    &["sep", "sept", "september"],
    &["okt", "oct", "oktober", "october"],
    &["nov", "november"],
    &["dec", "december"],
];

/// Zone names still seen in feeds, with their offset in hours (RFC 822 section 5.1 and Europe's).
const ZONES: [(&str, i8); 19] = [
    ("z", 0),
    ("gmt", 0),
    ("ut", 0),
    ("utc", 0),
    ("wet", 0),
    ("bst", 1),
    ("cet", 1),
    ("met", 1),
    ("west", 1),
    ("cest", 2),
    ("mest", 2),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
];

/// Reads a date; `None` when it holds none. A missing zone is taken as Europe/Amsterdam and marked.
pub fn parse(text: &str) -> Option<StatedDate> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return digits(text);
    }
    let bytes = text.as_bytes();
    if bytes.len() >= 6 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-' {
        return iso(text);
    }
    words(text)
}

fn digits(text: &str) -> Option<StatedDate> {
    let number: i64 = text.parse().ok()?;
    match text.len() {
        4 => stated(civil_date(number, 1, 1)?, None, Zone::Assumed, Precision::Year),
        8 => stated(
            civil_date(number / 10_000, number / 100 % 100, number % 100)?,
            None,
            Zone::Assumed,
            Precision::Day,
        ),
        9 | 10 => Some(StatedDate::exact(Timestamp::from_seconds(number))),
        13 => Some(StatedDate::exact(Timestamp::from_seconds(number / 1000))),
        _ => None,
    }
}

/// RFC 3339, and what looks like it: a space for the `T`, no seconds, no zone, a zone twice.
fn iso(text: &str) -> Option<StatedDate> {
    let date_end = text.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(text.len());
    let mut parts = text[..date_end].split('-').map(|part| part.parse::<i64>().ok());
    let year = parts.next()??;
    let month = parts.next()??;
    let Some(day) = parts.next() else {
        return stated(civil_date(year, month, 1)?, None, Zone::Assumed, Precision::Month);
    };
    let date = civil_date(year, month, day?)?;
    let rest = text[date_end..].trim_start_matches(['T', 't', ' ']).trim();
    if rest.is_empty() {
        return stated(date, None, Zone::Assumed, Precision::Day);
    }
    let (time, zone) = clock(rest)?;
    stated(date, Some(time), zone, Precision::Second)
}

/// RFC 822 and everyday forms: words in any order, so long as each can be told.
fn words(text: &str) -> Option<StatedDate> {
    let numeric = numeric_dutch(text);
    let mut found = numeric.unwrap_or_default();
    let rest = if numeric.is_some() { text.split_once(' ').map_or("", |x| x.1) } else { text };
    let mut tokens = rest.split([' ', ',', '\t', '\n', '\r', '\u{a0}']).filter(|t| !t.is_empty());
    while let Some(token) = tokens.next() {
        if token.contains(':') {
            // `date` of Unix and C's asctime put the year last.
            let (years, tail): (Vec<&str>, Vec<&str>) =
                tokens.partition(|t| t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit()));
            years.first().map_or(Some(()), |year| found.take(year))?;
            let (time, zone) = clock(&format!("{token} {}", tail.join(" ")))?;
            let date = civil_date(found.year?, found.month?, found.day?)?;
            return stated(date, Some(time), zone, Precision::Second);
        }
        found.take(token)?;
    }
    let (year, month) = (found.year?, found.month?);
    match found.day {
        Some(day) => stated(civil_date(year, month, day)?, None, Zone::Assumed, Precision::Day),
        None => stated(civil_date(year, month, 1)?, None, Zone::Assumed, Precision::Month),
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Found {
    day: Option<i64>,
    month: Option<i64>,
    year: Option<i64>,
}

impl Found {
    /// Takes one word of a date; `None` when a second day, month or year shows it is something else.
    fn take(&mut self, token: &str) -> Option<()> {
        let word = token.trim_matches(['.', '(', ')']).to_lowercase();
        if let Ok(number) = word.parse::<i64>() {
            return self.take_number(number, word.len());
        }
        if word.contains('-') {
            return word.split('-').try_for_each(|part| self.take(part));
        }
        if let Some(month) = MONTHS.iter().position(|names| names.contains(&word.as_str())) {
            return set(&mut self.month, i64::try_from(month).ok()? + 1);
        }
        // A name of a day, "om", "uur": of no use, and no reason to refuse.
        word.chars().all(char::is_alphabetic).then_some(())
    }

    fn take_number(&mut self, number: i64, digits: usize) -> Option<()> {
        match digits {
            4 => set(&mut self.year, number),
            1 | 2 if self.day.is_none() => set(&mut self.day, number),
            // RFC 2822 section 4.3: two digits of a year.
            2 => set(&mut self.year, if number < 50 { 2000 + number } else { 1900 + number }),
            _ => None,
        }
    }
}

fn set(slot: &mut Option<i64>, value: i64) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// `14-02-2022` and `14/2/2022`: day first, as the Dutch and Flemish write it.
fn numeric_dutch(text: &str) -> Option<Found> {
    let token = text.split(' ').next()?.trim_end_matches(',');
    let parts: Vec<i64> =
        token.split(['-', '/', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [day, month, year] = parts[..] else { return None };
    (year >= 1000).then_some(Found { day: Some(day), month: Some(month), year: Some(year) })
}

#[derive(Clone, Copy)]
enum Zone {
    Known(Offset),
    Assumed,
}

/// `10:30`, `10:30:15.1234567`, followed by a zone in any of its spellings.
fn clock(text: &str) -> Option<(civil::Time, Zone)> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(text.len());
    let mut parts = text[..end].split(':');
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = match parts.next() {
        Some(text) => text.split('.').next()?.parse().ok()?,
        None => 0,
    };
    // RFC 3339 section 5.7: a leap second is written as 60.
    let time = civil::Time::new(hour, minute, second.min(59), 0).ok()?;
    Some((time, zone(text[end..].trim())?))
}

fn zone(text: &str) -> Option<Zone> {
    let lower = text.trim_matches(['(', ')', ' ']).to_ascii_lowercase();
    let name_end = lower.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(lower.len());
    let (name, rest) = lower.split_at(name_end);
    let rest = rest.trim_start();
    if rest.starts_with(['+', '-']) {
        return offset(rest).map(Zone::Known);
    }
    if name.is_empty() || matches!(name, "uur" | "u") {
        return Some(Zone::Assumed);
    }
    let hours = ZONES.iter().find(|(zone, _)| *zone == name)?.1;
    Some(Zone::Known(Offset::constant(hours)))
}

/// `+01:00`, `+0100`, `+1`; anything after it (`CET`, `(CEST)`) says the same again or is wrong.
fn offset(text: &str) -> Option<Offset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text[1..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ':')
        .filter(char::is_ascii_digit)
        .collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        3 | 4 => {
            let (hours, minutes) = digits.split_at(digits.len() - 2);
            (hours.parse().ok()?, minutes.parse::<i32>().ok()?)
        }
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn civil_date(year: i64, month: i64, day: i64) -> Option<civil::Date> {
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn stated(
    date: civil::Date,
    time: Option<civil::Time>,
    zone: Zone,
    precision: Precision,
) -> Option<StatedDate> {
    let civil = date.to_datetime(time.unwrap_or_default());
    let (at, is_zone_assumed) = match zone {
        Zone::Known(offset) => (offset.to_timestamp(civil).ok()?.as_second(), false),
        Zone::Assumed => (Timestamp::from_local(civil).seconds(), true),
    };
    Some(StatedDate { at: Timestamp::from_seconds(at), precision, is_zone_assumed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = parse(text).map(StatedDate::to_rfc3339).unwrap_or_default();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn rfc_3339_and_what_looks_like_it() {
        check("2022-02-14T10:30:00+01:00", "2022-02-14T09:30:00Z");
        check("2022-02-14T09:30:00Z", "2022-02-14T09:30:00Z");
        check("2022-02-14 10:30", "2022-02-14T09:30:00Z");
        check("2022-02-14T10:30:00.1234567+01", "2022-02-14T09:30:00Z");
        check("2020-09-26T12:07:40+02:00CET", "2020-09-26T10:07:40Z");
        check("2022-02-14T10:30:00 CET", "2022-02-14T09:30:00Z");
        check("2022-06-30T23:59:60Z", "2022-06-30T23:59:59Z");
    }

    #[test]
    fn rfc_822_and_its_misreadings() {
        check("Mon, 14 Feb 2022 10:30:00 +0100", "2022-02-14T09:30:00Z");
        check("Mon, 14 Feb 2022 09:30:00 GMT", "2022-02-14T09:30:00Z");
        check("14 Feb 22 10:30 CET", "2022-02-14T09:30:00Z");
        check("Mon, 14 Feb 2022 10:30:00 GMT+0100", "2022-02-14T09:30:00Z");
        check("Mon, 14-Feb-2022 09:30:00 UTC", "2022-02-14T09:30:00Z");
        check("Mon Feb 14 2022 09:30:00 GMT", "2022-02-14T09:30:00Z");
        check("Mon Feb 14 10:30:00 CET 2022", "2022-02-14T09:30:00Z");
        check("Mon Feb 14 10:30:00 2022", "2022-02-14T09:30:00Z");
        check("Mon, 14 Feb 2022", "2022-02-14");
    }

    #[test]
    fn dutch_names_of_days_and_months() {
        check("ma, 14 feb 2022 10:30:00 +0100", "2022-02-14T09:30:00Z");
        check("maandag 14 februari 2022 10:30", "2022-02-14T09:30:00Z");
        check("do 10 mrt 2022", "2022-03-10");
        check("5 maart 2016 om 17:04 uur", "2016-03-05T16:04:00Z");
        check("14-02-2022 10:30", "2022-02-14T09:30:00Z");
        check("14/2/2022", "2022-02-14");
        check("februari 2022", "2022-02");
    }

    #[test]
    fn a_missing_zone_is_amsterdam_and_marked() {
        assert!(parse("2022-07-14 10:30").unwrap().is_zone_assumed);
        assert!(!parse("2022-07-14T10:30:00Z").unwrap().is_zone_assumed);
        check("2022-07-14 10:30", "2022-07-14T08:30:00Z");
    }

    #[test]
    fn a_month_or_year_alone_stays_one() {
        check("2022-02", "2022-02");
        check("2022", "2022");
        assert_eq!(parse("2022-02").unwrap().precision, Precision::Month);
    }

    #[test]
    fn epochs() {
        check("1644831000", "2022-02-14T09:30:00Z");
        check("1644831000000", "2022-02-14T09:30:00Z");
    }

    #[test]
    fn no_date_is_none() {
        for text in ["", "gisteren", "2022-13-01", "32 jan 2022", "0001-01-01T00:00:00Z", "14:30"] {
            check(text, "");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_written_is_read_back(seconds in -5_000_000_000_i64..20_000_000_000) {
            let at = Timestamp::from_seconds(seconds);
            prop_assert_eq!(parse(&at.to_rfc3339()), Some(StatedDate::exact(at)));
        }
    }
}
