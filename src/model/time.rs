//! Moments: UTC seconds inside, Europe/Amsterdam for people, and dates that know how precise they are.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// The zone in which people read times, and in which a date without a zone is meant.
pub const ZONE: &str = "Europe/Amsterdam";

/// How far clocks may differ.
const SKEW: Duration = Duration::from_secs(600);

/// A moment in whole seconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(from = "i64", into = "i64")]
pub struct Timestamp(i64);

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Self::from_seconds(seconds)
    }
}

impl From<Timestamp> for i64 {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// The first and last moments that can be shown: the years -9999 and 9999.
    const MIN: i64 = -377_705_023_201;
    const MAX: i64 = 253_402_207_200;

    /// The moment `seconds` after 1970-01-01T00:00:00Z, held within the years -9999 to 9999.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(Self::MIN, Self::MAX))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// This moment and `duration` (whole seconds) later.
    pub fn plus(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self::from_seconds(self.0.saturating_add(seconds))
    }

    /// This moment and `duration` (whole seconds) earlier.
    pub fn minus(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self::from_seconds(self.0.saturating_sub(seconds))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC: `2022-02-14T09:30:00Z`.
    pub fn to_rfc3339(self) -> String {
        self.to_jiff().to_string()
    }

    /// The civil time in Europe/Amsterdam.
    pub fn to_local(self) -> civil::DateTime {
        zone().to_datetime(self.to_jiff())
    }

    /// Civil time in UTC.
    pub fn to_utc(self) -> civil::DateTime {
        Offset::UTC.to_datetime(self.to_jiff())
    }

    /// The moment of a civil time in Europe/Amsterdam; in a gap or fold, the later reading of a
    /// gap and the earlier of a fold (RFC 5545 section 3.3.5).
    pub fn from_local(time: civil::DateTime) -> Self {
        zone()
            .to_ambiguous_timestamp(time)
            .compatible()
            .map_or(Self(0), |moment| Self::from_seconds(moment.as_second()))
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    /// As people read it: `2022-02-14 10:30` in Europe/Amsterdam.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_local().strftime("%Y-%m-%d %H:%M"))
    }
}

/// How much of a stated date was really stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// A day without a time.
    Day,
    /// A time of day.
    Second,
}

impl Precision {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Second => "second",
        }
    }

    /// The inverse of [`Precision::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Year, Self::Month, Self::Day, Self::Second].into_iter().find(|p| p.as_str() == word)
    }
}

/// A date as somebody stated it: the moment it begins, and how precise it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StatedDate {
    /// The first second of the stated year, month, day or second.
    pub at: Timestamp,
    /// How much was stated.
    pub precision: Precision,
    /// The text named no zone, so Europe/Amsterdam was assumed.
    pub is_zone_assumed: bool,
}

impl StatedDate {
    /// A moment stated to the second, with its zone.
    pub fn exact(at: Timestamp) -> Self {
        Self { at, precision: Precision::Second, is_zone_assumed: false }
    }

    /// Whether it lies further ahead of `seen_at` than clocks differ: what was there then was not
    /// published later.
    pub fn is_after(self, seen_at: Timestamp) -> bool {
        self.at > seen_at.plus(SKEW)
    }

    /// The first moment after what was stated, so that a day or month counts as a whole.
    pub fn ends_at(self) -> Timestamp {
        let start = self.at.to_local();
        let end = match self.precision {
            Precision::Year => start.checked_add(1.year()),
            Precision::Month => start.checked_add(1.month()),
            Precision::Day => start.checked_add(1.day()),
            Precision::Second => return self.at.plus(Duration::from_secs(1)),
        };
        end.map_or(self.at, Timestamp::from_local)
    }

    /// For machines: RFC 3339 in UTC, or only what was stated (`2022`, `2022-02`, `2022-02-14`).
    pub fn to_rfc3339(self) -> String {
        let local = self.at.to_local();
        match self.precision {
            Precision::Year => local.strftime("%Y").to_string(),
            Precision::Month => local.strftime("%Y-%m").to_string(),
            Precision::Day => local.strftime("%Y-%m-%d").to_string(),
            Precision::Second => self.at.to_rfc3339(),
        }
    }
}

impl fmt::Display for StatedDate {
    /// For people: never more than was stated, in Europe/Amsterdam.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Second => self.at.fmt(f),
            _ => f.write_str(&self.to_rfc3339()),
        }
    }
}

fn zone() -> &'static TimeZone {
    static CELL: std::sync::OnceLock<TimeZone> = std::sync::OnceLock::new();
    CELL.get_or_init(|| system_zone().or_else(|| TimeZone::get(ZONE).ok()).unwrap_or(TimeZone::UTC))
}

/// Straight from its file: to find a zone by its name, jiff goes through the folders of all first.
fn system_zone() -> Option<TimeZone> {
    let data = std::fs::read(Path::new("/usr/share/zoneinfo").join(ZONE)).ok()?;
    TimeZone::tzif(ZONE, &data).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_amsterdam_and_written_in_utc() {
        let winter = Timestamp::from_seconds(1_644_831_000);
        assert_eq!(winter.to_rfc3339(), "2022-02-14T09:30:00Z");
        assert_eq!(winter.to_string(), "2022-02-14 10:30");
        let summer = Timestamp::from_seconds(1_658_000_000);
        assert_eq!(summer.to_rfc3339(), "2022-07-16T19:33:20Z");
        assert_eq!(summer.to_string(), "2022-07-16 21:33");
    }

    #[test]
    fn a_month_is_never_given_a_day() {
        let at = Timestamp::from_local(civil::date(2022, 2, 1).at(0, 0, 0, 0));
        let date = StatedDate { at, precision: Precision::Month, is_zone_assumed: true };
        assert_eq!(date.to_rfc3339(), "2022-02");
        assert_eq!(date.to_string(), "2022-02");
    }

    #[test]
    fn arithmetic_never_overflows() {
        let far = Timestamp::from_seconds(i64::MAX);
        assert_eq!(far.plus(Duration::MAX), far);
        assert!(!far.to_rfc3339().is_empty());
        assert_eq!(Timestamp::from_seconds(5).since(far), Duration::ZERO);
    }
}
