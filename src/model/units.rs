//! Durations and sizes as people write them: `15m`, `1h 30m`, `8MiB`.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// A length of time in a setting: whole milliseconds, written with units (`250ms`, `2m`, `1h 30m`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span(pub Duration);

/// A number of bytes in a setting, written with a unit (`512KiB`, `16MiB`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ByteSize(pub u64);

const SPAN_UNITS: [(&str, u64); 6] = [
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];
const SIZE_UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

impl Span {
    /// Reads `2m`, `1h 30m`, `0s`; `None` for anything else, a number without a unit included.
    pub fn parse(text: &str) -> Option<Self> {
        sum_of_units(text, &SPAN_UNITS).map(|ms| Self(Duration::from_millis(ms)))
    }
}

impl ByteSize {
    /// Reads `16MiB`, `512KiB`, `100B`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        sum_of_units(text, &SIZE_UNITS).map(Self)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        write_units(f, ms, &SPAN_UNITS, "s")
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = SIZE_UNITS.iter().find(|(_, n)| self.0 > 0 && self.0.is_multiple_of(*n));
        let (unit, n) = exact.unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / n)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is not a duration such as `30s` or `1h 30m`"
            ))
        })
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a size such as `512KiB` or `16MiB`"))
        })
    }
}

fn sum_of_units(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let mut rest = text.trim();
    let mut sum = None;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, after) = tail.split_at(end);
        let (_, scale) = units.iter().find(|(name, _)| *name == unit)?;
        let value = number.parse::<u64>().ok()?.checked_mul(*scale)?;
        sum = Some(sum.unwrap_or(0_u64).checked_add(value)?);
        rest = after.trim_start();
    }
    sum
}

/// The largest two units that matter, so that a line in a table stays short.
fn write_units(
    f: &mut fmt::Formatter<'_>,
    value: u64,
    units: &[(&str, u64)],
    zero: &str,
) -> fmt::Result {
    let mut rest = value;
    let mut parts = Vec::new();
    for (unit, scale) in units {
        if rest >= *scale && parts.len() < 2 {
            parts.push(format!("{}{unit}", rest / scale));
            rest %= scale;
        }
    }
    if parts.is_empty() {
        return write!(f, "0{zero}");
    }
    f.write_str(&parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_and_sizes_are_read_with_their_units() {
        assert_eq!(Span::parse("2m"), Some(Span(Duration::from_secs(120))));
        assert_eq!(Span::parse("1h 30m"), Some(Span(Duration::from_secs(5400))));
        assert_eq!(Span::parse("0s"), Some(Span(Duration::ZERO)));
        assert_eq!(Span::parse("250ms"), Some(Span(Duration::from_millis(250))));
        assert_eq!(ByteSize::parse("16MiB"), Some(ByteSize(16 << 20)));
        for wrong in ["", "5", "m", "5 parsecs", "-2m", "99999999999999999999s", "3x"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(minutes in 0_u64..100_000, kib in 0_u64..10_000_000) {
            let span = Span(Duration::from_secs(minutes * 60));
            if minutes < 1440 {
                prop_assert_eq!(Span::parse(&span.to_string()), Some(span));
            }
            let size = ByteSize(kib << 10);
            prop_assert_eq!(ByteSize::parse(&size.to_string()), Some(size));
        }
    }
}
