//! Times of day, and the zones that follow them.

use jiff::civil;
use jiff::tz::Offset;

use crate::parse::date::word;

/// Where a civil time is meant.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone {
    /// At this offset.
    Known(Offset),
    /// In Europe/Amsterdam, and says so.
    Local,
    /// Nothing is said.
    Assumed,
}

/// A time and its zone, and how many days later it is than it says: `24:00` ends a day.
pub(super) fn clock(text: &str) -> Option<((civil::Time, Zone), i64)> {
    let is_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',');
    let text = text.trim();
    let end = text.find(|c: char| !is_time(c)).unwrap_or(text.len());
    let (mut time, mut rest) = text.split_at(end);
    // `10h30` and `10u30`.
    let joined;
    if let Some(minutes) = rest.strip_prefix(['h', 'u', 'H'])
        && minutes.get(..2).is_some_and(|two| two.bytes().all(|b| b.is_ascii_digit()))
    {
        joined = format!("{time}:{}", &minutes[..2]);
        (time, rest) = (&joined, &minutes[2..]);
    }
    let mut parts = time.splitn(3, [':', '.']);
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = match parts.next() {
        // A fraction of a second says more than anybody asks.
        Some(text) => text.split(['.', ',', ':']).next()?.parse().ok()?,
        None => 0,
    };
    let (half, rest) = half_day(rest.trim_start());
    let hour = match half {
        Some(Half::Morning) if hour == 12 => 0,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        _ => hour,
    };
    let days = i64::from(hour == 24 && minute == 0 && second == 0);
    let hour = if days == 1 { 0 } else { hour };
    // RFC 3339 section 5.7: a leap second is written as 60.
    let second = if second == 60 { 59 } else { second };
    let time = civil::Time::new(hour, minute, second, 0).ok()?;
    Some(((time, zone(rest.trim())?), days))
}

enum Half {
    Morning,
    Afternoon,
}

fn half_day(text: &str) -> (Option<Half>, &str) {
    for (name, half) in [("am", false), ("a.m.", false), ("pm", true), ("p.m.", true)] {
        let is_it = text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let after = text.get(name.len()..).unwrap_or_default();
        if is_it && !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let half = if half { Half::Afternoon } else { Half::Morning };
            return (Some(half), after.trim_start());
        }
    }
    (None, text)
}

/// A zone in any of its spellings; one that nobody knows is as none.
fn zone(text: &str) -> Option<Zone> {
    let text = text.trim_matches(['(', ')', '[', ']', ' ', ',', '.']);
    let text = ["uur", "u", "h"].iter().fold(text, |text, word| {
        text.strip_prefix(word)
            .filter(|rest| rest.is_empty() || rest.starts_with(' '))
            .unwrap_or(text)
    });
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '/' | '_')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let is_signed = rest.starts_with(['+', '-', '\u{2212}']);
    if is_signed {
        return offset(rest).map(Zone::Known);
    }
    if name.is_empty() {
        // A number without a sign is an offset, too: `0100`.
        let is_offset = rest.len() == 4 && rest.bytes().all(|b| b.is_ascii_digit());
        return if is_offset {
            offset(&format!("+{rest}")).map(Zone::Known)
        } else {
            rest.is_empty().then_some(Zone::Assumed)
        };
    }
    if let Some(hours) = word::zone_hours(name) {
        return Some(Zone::Known(Offset::constant(hours)));
    }
    if name.contains('/') {
        let is_local =
            ["europe/amsterdam", "europe/brussels"].contains(&name.to_ascii_lowercase().as_str());
        return Some(if is_local { Zone::Local } else { Zone::Assumed });
    }
    Some(Zone::Assumed)
}

/// `+01:00`, `+0100`, `+1`; anything after it (`CET`, `(CEST)`) says the same again or is wrong.
fn offset(text: &str) -> Option<Offset> {
    let sign = if text.starts_with('+') { 1 } else { -1 };
    let text = text.trim_start_matches(['+', '-', '\u{2212}', ' ']);
    let digits: String = text
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ':')
        .filter(char::is_ascii_digit)
        .collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        // `+01:00:00` has seconds that are always none.
        3 | 4 | 6 => {
            let (hours, minutes) = digits.split_at(if digits.len() == 3 { 1 } else { 2 });
            (hours.parse().ok()?, minutes[..2].parse::<i32>().ok()?)
        }
        _ => return None,
    };
    // UTC+14 and UTC-12 are the ends of the world.
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}
