//! Dates as feeds and people write them: RFC 3339, RFC 822 and its many misreadings, Dutch names of
//! days and months, a year or a month alone.
//!
//! A text is cut into numbers, words and signs, and each is taken for what it can be. What was not
//! stated is not made up: a month stays a month, and a zone that was assumed is marked.

mod clock; // times of day and their zones
mod word; // names of months, days and zones

use jiff::civil;
use jiff::tz::Offset;

use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::parse::date::clock::{Zone, clock};
use crate::parse::date::word::{Word, word};

/// Years outside these are mistakes of a program, not dates of an article.
const YEARS: std::ops::RangeInclusive<i16> = 1600..=2999;

/// A longer text is no date.
const BYTES_MAX: usize = 120;

/// Reads a date; `None` when it holds none. A missing zone is taken as Europe/Amsterdam and marked.
pub fn parse(text: &str) -> Option<StatedDate> {
    read(text).map(|(stated, _)| stated)
}

/// The civil time of a date that says it is in UTC.
pub fn clock_in_utc(text: &str) -> Option<civil::DateTime> {
    let (stated, offset) = read(text)?;
    offset.filter(|offset| offset.seconds() == 0)?;
    Some(stated.at.to_utc())
}

/// The same civil time, meant in UTC.
pub fn in_utc(stated: StatedDate) -> StatedDate {
    let at = Offset::UTC.to_timestamp(stated.at.to_local());
    let at = at.map_or(stated.at, |at| Timestamp::from_seconds(at.as_second()));
    StatedDate { at, ..stated }
}

fn read(text: &str) -> Option<(StatedDate, Option<Offset>)> {
    let is_quote = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
    let text = text.trim_matches(is_quote);
    // What .NET makes of dates in JSON.
    let text = text.strip_prefix("/Date(").and_then(|t| t.strip_suffix(")/")).unwrap_or(text);
    if text.is_empty() || text.len() > BYTES_MAX {
        return None;
    }
    if let Some(found) = number(text) {
        return found;
    }
    let text = without_comments(&text.replace(['\u{a0}', '\u{202f}'], " "));
    let text = text.trim();
    iso(text).or_else(|| words(text))
}

/// A number alone: a year, a day, a day and a time, or an epoch. `Some(None)`: it is no date.
#[expect(clippy::option_option, reason = "whether it is a number, and whether that is a date")]
fn number(text: &str) -> Option<Option<(StatedDate, Option<Offset>)>> {
    const EPOCH_DIGITS_MIN: usize = 9;
    let (digits, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(digits) || !is_number(fraction) {
        return None;
    }
    // `2022.02` is a month.
    if digits.len() != text.len() && digits.len() < EPOCH_DIGITS_MIN {
        return None;
    }
    let Ok(number) = digits.parse::<i64>() else { return Some(None) };
    let moment = |seconds| Some((StatedDate::exact(Timestamp::from_seconds(seconds)), None));
    Some(match digits.len() {
        4 => civil_date(number, 1, 1).and_then(|date| stated(date, None, Precision::Year)),
        8 => compact_day(number).and_then(|date| stated(date, None, Precision::Day)),
        9 | 10 => moment(number),
        12 | 14 if compact(digits).is_some() => compact(digits),
        13 => moment(number / 1000),
        16 => moment(number / 1_000_000),
        _ => None,
    })
}

fn compact_day(number: i64) -> Option<civil::Date> {
    civil_date(number / 10_000, number / 100 % 100, number % 100)
}

/// `20220214103000`.
fn compact(digits: &str) -> Option<(StatedDate, Option<Offset>)> {
    let date = compact_day(digits.get(..8)?.parse().ok()?)?;
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |two| two.parse::<i8>().ok());
    let time = civil::Time::new(part(8)?, part(10)?, part(12)?, 0).ok()?;
    stated(date, Some((time, Zone::Assumed)), Precision::Second)
}

/// RFC 822 section 3.4.3: what is in parentheses is a comment, and may be anywhere; mostly it says
/// the zone again.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut depth, mut is_escaped) = (0_u32, false);
    for c in text.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if depth > 0 => is_escaped = true,
            '(' => {
                depth += 1;
                out.push(' ');
            }
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// RFC 3339 and ISO 8601, and what looks like it: another sign for the `T`, no seconds, no zone,
/// slashes, an ordinal day or a week.
fn iso(text: &str) -> Option<(StatedDate, Option<Offset>)> {
    let is_sign = |c: char| matches!(c, '-' | '/' | '.');
    let end = text.find(|c: char| !(c.is_ascii_digit() || is_sign(c))).unwrap_or(text.len());
    let (day, mut rest) = text.split_at(end);
    if rest.starts_with(['W', 'w']) && day.len() == 5 {
        return week(day, rest);
    }
    let mut parts = day.trim_end_matches(is_sign).split(is_sign);
    let (year, month) = (parts.next()?, parts.next());
    let Some(month) = month else { return compact_iso(year, rest) };
    if year.len() != 4 || parts.clone().count() > 1 {
        return None;
    }
    let year: i64 = year.parse().ok()?;
    rest = rest.trim_start_matches(['T', 't', '_', ',', ' ']).trim();
    let date = match parts.next() {
        Some(day) => civil_date(year, month.parse().ok()?, day.parse().ok()?)?,
        None if month.len() == 3 => ordinal(year, month.parse().ok()?)?,
        None if rest.is_empty() => {
            return stated(civil_date(year, month.parse().ok()?, 1)?, None, Precision::Month);
        }
        None => return None,
    };
    dated(date, rest)
}

/// `20220214T103000Z`.
fn compact_iso(digits: &str, rest: &str) -> Option<(StatedDate, Option<Offset>)> {
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let date = (digits.len() == 8).then(|| compact_day(digits.parse().ok()?))??;
    if rest.contains(':') {
        return dated(date, rest);
    }
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let time = match time.len() {
        4 => format!("{}:{}{zone}", &time[..2], &time[2..]),
        6 => format!("{}:{}:{}{zone}", &time[..2], &time[2..4], &time[4..]),
        _ => return None,
    };
    dated(date, &time)
}

/// ISO 8601 section 4.1.3: the day of a year.
fn ordinal(year: i64, day: i16) -> Option<civil::Date> {
    let first = civil_date(year, 1, 1)?;
    first.with().day_of_year(day).build().ok()
}

/// ISO 8601 section 4.1.4: `2022-W07-1`.
fn week(year: &str, rest: &str) -> Option<(StatedDate, Option<Offset>)> {
    let year: i16 = year.trim_end_matches('-').parse().ok().filter(|year| YEARS.contains(year))?;
    let (week, rest) = rest[1..].split_at_checked(2)?;
    let day: i8 = rest.strip_prefix('-')?.get(..1)?.parse().ok().filter(|day| *day > 0)?;
    let weekday = civil::Weekday::from_monday_one_offset(day).ok()?;
    let date = civil::ISOWeekDate::new(year, week.parse().ok()?, weekday).ok()?.date();
    dated(date, rest[2..].trim_start_matches(['T', 't', ' ']))
}

/// A day, and the time that follows it, if any does.
fn dated(date: civil::Date, rest: &str) -> Option<(StatedDate, Option<Offset>)> {
    if rest.is_empty() {
        return stated(date, None, Precision::Day);
    }
    // A zone without a time, as XML Schema's `date` has it.
    if rest.starts_with(['Z', 'z', '+', '-']) {
        return stated(date, None, Precision::Day);
    }
    let (time, days) = clock(rest)?;
    stated(date.checked_add(jiff::Span::new().days(days)).ok()?, Some(time), Precision::Second)
}

/// RFC 822 and everyday forms: words in any order, so long as each can be told.
fn words(text: &str) -> Option<(StatedDate, Option<Offset>)> {
    let mut found = Found::default();
    let mut time = String::new();
    let tokens = text.split([' ', ',', '\t', '\n', '\r', ';', '|']).filter(|t| !t.is_empty());
    for token in tokens {
        let is_time = !time.is_empty() || is_clock(token) || found.is_whole() && is_dotted(token);
        if !is_time {
            found.take(token)?;
            continue;
        }
        // `date` of Unix and C's asctime put the year last.
        let is_year = token.len() == 4 && token.bytes().all(|b| b.is_ascii_digit());
        if (is_year && found.year.is_none()) || found.lacks(token) {
            found.take(token)?;
        } else {
            time.push_str(token);
            time.push(' ');
        }
    }
    let (year, month) = (found.year?, found.month?);
    if time.is_empty() {
        return match found.day {
            Some(day) => stated(civil_date(year, month, day)?, None, Precision::Day),
            None => stated(civil_date(year, month, 1)?, None, Precision::Month),
        };
    }
    let date = civil_date(year, month, found.day?)?;
    let (time, days) = clock(time.trim_end())?;
    // RFC 9110 section 5.6.7: C's asctime, alone of all forms, never states a zone and means UTC.
    let time = if matches!(time.1, Zone::Assumed) && is_asctime(text) {
        (time.0, Zone::Known(Offset::UTC))
    } else {
        time
    };
    stated(date.checked_add(jiff::Span::new().days(days)).ok()?, Some(time), Precision::Second)
}

/// `Mon Feb 14 10:30:00 2022`.
fn is_asctime(text: &str) -> bool {
    let parts: Vec<&str> = text.split_ascii_whitespace().collect();
    let [day, month, _, time, year] = parts[..] else { return false };
    let is_short = |name: &str| name.len() == 3 && name.bytes().all(|b| b.is_ascii_alphabetic());
    is_short(day) && is_short(month) && time.len() == 8 && year.len() == 4
}

/// `10:30`, `10.30` and `10h30`, but no day such as `14.02.2022`.
fn is_clock(token: &str) -> bool {
    if token.contains(':') {
        return token.starts_with(|c: char| c.is_ascii_digit());
    }
    let Some((hour, minute)) = token.split_once(['.', 'h', 'u']) else { return false };
    let is_pair =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_pair(hour) && minute.len() == 2 && is_pair(minute)
}

/// `10.30.15`, which before a date is whole might be a day.
fn is_dotted(token: &str) -> bool {
    let mut parts = token.split('.');
    let is_pair = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    parts.clone().count() == 3 && parts.all(is_pair)
}

#[derive(Debug, Clone, Copy, Default)]
struct Found {
    day: Option<i64>,
    month: Option<i64>,
    year: Option<i64>,
}

impl Found {
    fn is_whole(&self) -> bool {
        self.day.is_some() && self.month.is_some() && self.year.is_some()
    }

    /// Takes one word of a date; `None` when a second day, month or year shows it is something else.
    fn take(&mut self, token: &str) -> Option<()> {
        let token = token.trim_matches(['.', '(', ')', '-', ':', '\'', '‘', '’', '/']);
        if let Ok(number) = token.parse::<i64>() {
            return self.take_number(number, token.len());
        }
        if token.contains(['-', '/', '.']) {
            return self.take_joined(token);
        }
        match word(token) {
            Some(Word::Month(month)) => set(&mut self.month, month),
            Some(Word::Ordinal(day)) => self.take_number(day, 2),
            Some(Word::Joined(day, month)) => {
                set(&mut self.day, day)?;
                set(&mut self.month, month)
            }
            // A name of a day, "om", "uur": of no use, and no reason to refuse.
            None => token.chars().all(char::is_alphabetic).then_some(()),
        }
    }

    /// `14-feb-2022`; `14-02-2022` and `14/2/22`: day first, as the Dutch and Flemish write it, and
    /// month first only where it cannot be otherwise.
    fn take_joined(&mut self, token: &str) -> Option<()> {
        let parts: Vec<&str> = token.split(['-', '/', '.']).collect();
        let numbers: Option<Vec<i64>> = parts.iter().map(|part| part.parse().ok()).collect();
        let Some(numbers) = numbers else {
            return parts.iter().filter(|part| !part.is_empty()).try_for_each(|p| self.take(p));
        };
        let [first, second, third] = numbers[..] else { return None };
        let (year, month, day) = match (parts[0].len(), parts[2].len()) {
            (4, _) => (first, second, third),
            (_, 4) if second > 12 => (third, first, second),
            (_, 4) => (third, second, first),
            (_, 2) if second > 12 => (two_digits(third), first, second),
            (_, 2) => (two_digits(third), second, first),
            _ => return None,
        };
        set(&mut self.year, year)?;
        set(&mut self.month, month)?;
        set(&mut self.day, day)
    }

    fn take_number(&mut self, number: i64, digits: usize) -> Option<()> {
        match digits {
            4 => set(&mut self.year, number),
            1 | 2 if self.day.is_none() => set(&mut self.day, number),
            2 => set(&mut self.year, two_digits(number)),
            // Perl and JavaScript count years from 1900.
            3 if (100..200).contains(&number) => set(&mut self.year, 1900 + number),
            _ => None,
        }
    }

    /// Whether a word after the time is a part of the date that is still missing.
    fn lacks(&self, token: &str) -> bool {
        match word(token.trim_matches(['.', '('])) {
            Some(Word::Month(_)) => self.month.is_none(),
            Some(Word::Ordinal(_) | Word::Joined(..)) => self.day.is_none(),
            None => {
                let is_number = token.bytes().all(|b| b.is_ascii_digit()) && token.len() <= 2;
                let is_day = token.len() >= 8 && token.starts_with(|c: char| c.is_ascii_digit());
                self.day.is_none() && (is_number || is_day)
            }
        }
    }
}

/// RFC 2822 section 4.3: two digits of a year.
fn two_digits(number: i64) -> i64 {
    if number < 50 { 2000 + number } else { 1900 + number }
}

fn set(slot: &mut Option<i64>, value: i64) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

fn civil_date(year: i64, month: i64, day: i64) -> Option<civil::Date> {
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn stated(
    date: civil::Date,
    time: Option<(civil::Time, Zone)>,
    precision: Precision,
) -> Option<(StatedDate, Option<Offset>)> {
    let (time, zone) = time.unwrap_or((civil::Time::default(), Zone::Assumed));
    let civil = date.to_datetime(time);
    let (at, offset) = match zone {
        Zone::Known(offset) => (offset.to_timestamp(civil).ok()?.as_second(), Some(offset)),
        Zone::Local => {
            let at = Timestamp::from_local(civil).seconds();
            let utc = Offset::UTC.to_timestamp(civil).ok()?.as_second();
            (at, i32::try_from(utc - at).ok().and_then(|s| Offset::from_seconds(s).ok()))
        }
        Zone::Assumed => (Timestamp::from_local(civil).seconds(), None),
    };
    let at = Timestamp::from_seconds(at);
    Some((StatedDate { at, precision, is_zone_assumed: offset.is_none() }, offset))
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
        check("Mon Feb 14 09:30:00 2022", "2022-02-14T09:30:00Z");
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
        check("2022.02", "2022-02");
        check("2022", "2022");
        assert_eq!(parse("2022-02").unwrap().precision, Precision::Month);
    }

    #[test]
    fn what_other_programs_write() {
        check("Mon, 14 Feb 2022 10:30 +0100", "2022-02-14T09:30:00Z");
        check("Mon,14 Feb 2022 10:30:00 +01:00", "2022-02-14T09:30:00Z");
        check("Mon, 14 Feb 2022 10:30:00 GMT+0100 (CET)", "2022-02-14T09:30:00Z");
        check(
            "Mon Feb 14 2022 10:30:00 GMT+0100 (Central European Standard Time)",
            "2022-02-14T09:30:00Z",
        );
        check("February 14, 2022 10:30:00 +0100", "2022-02-14T09:30:00Z");
        check("February 14th, 2022, 10:30 AM CET", "2022-02-14T09:30:00Z");
        check("2/14/2022 9:35:00 PM", "2022-02-14T20:35:00Z");
        check("12:05 AM, 14 Feb 2022 UTC", "2022-02-14T00:05:00Z");
        check("14-Feb-22 10.30", "2022-02-14T09:30:00Z");
        check("14/02/22 10h30", "2022-02-14T09:30:00Z");
        check("14.02.2022, 10:30 Uhr", "2022-02-14T09:30:00Z");
        check("2022/02/14 10:30:00", "2022-02-14T09:30:00Z");
        check("20220214T093000Z", "2022-02-14T09:30:00Z");
        check("20220214103000", "2022-02-14T09:30:00Z");
        check("2022-W07-1", "2022-02-14");
        check("2022-045T09:30:00Z", "2022-02-14T09:30:00Z");
        check("2022-02-14T10:30:00,123+01:00", "2022-02-14T09:30:00Z");
        check("2022-02-14T24:00:00Z", "2022-02-15T00:00:00Z");
        check("2022-02-14T10:30:00[Europe/Amsterdam]", "2022-02-14T09:30:00Z");
        check("2022-07-14 10:30:00 Europe/Brussels", "2022-07-14T08:30:00Z");
        check("2022-02-14+01:00", "2022-02-14");
        check("Mon, 14 Feb 122 09:30:00 GMT", "2022-02-14T09:30:00Z");
        check("Mon(day), 14(th) Feb(ruary (2022)) 2022()09:30:00 +0000 (x", "2022-02-14T09:30:00Z");
        check("Mon, 14 Feb 2022 02:30:00 G", "2022-02-14T09:30:00Z");
        check("Mon, 14 Feb 2022 13:30:00 Q", "2022-02-14T09:30:00Z");
        check("14 Feb 2022 10.30.15 CET", "2022-02-14T09:30:15Z");
        check("\"Mon, 14 Feb 2022 04:30:00 ET\"", "2022-02-14T09:30:00Z");
        check("/Date(1644831000000)/", "2022-02-14T09:30:00Z");
        check("lundi 14 février 2022 10:30", "2022-02-14T09:30:00Z");
        check("Mo., 14. März 2022 10:30 MEZ", "2022-03-14T09:30:00Z");
        check("Gepubliceerd op: 14 februari 2022 om 10.30 uur", "2022-02-14T09:30:00Z");
    }

    #[test]
    fn the_zone_is_told_where_one_is_stated() {
        let clock = civil::date(2022, 2, 14).at(9, 30, 0, 0);
        assert_eq!(clock_in_utc("Mon, 14 Feb 2022 09:30:00 GMT"), Some(clock));
        assert_eq!(clock_in_utc("2022-02-14T10:30:00+01:00"), None);
        assert_eq!(clock_in_utc("2022-02-14T09:30:00"), None);
        let assumed = parse("2022-07-14 10:30").unwrap();
        assert_eq!(in_utc(assumed).to_rfc3339(), "2022-07-14T10:30:00Z");
    }

    #[test]
    fn epochs() {
        check("1644831000", "2022-02-14T09:30:00Z");
        check("1644831000000", "2022-02-14T09:30:00Z");
        check("1644831000.25", "2022-02-14T09:30:00Z");
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
