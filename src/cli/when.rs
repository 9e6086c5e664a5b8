//! Moments as people name them: `2022-02-14`, `2022-02`, `yesterday`, `7d`.

use jiff::civil::DateTime;

use crate::cli::failure::{Exit, Failure};
use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::model::units::Span;
use crate::parse::date;
use crate::query::{Relation, Time};

/// The first moment of what `text` names.
pub(super) fn since(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    if let Some(span) = Span::parse(text) {
        return Ok(now.minus(span.0));
    }
    Ok(read(text, now)?.at)
}

/// The first moment after what `text` names, so that a day or month counts as a whole.
pub(super) fn until(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    if let Some(span) = Span::parse(text) {
        return Ok(now.minus(span.0));
    }
    Ok(read(text, now)?.ends_at())
}

/// What `text` names, as one word of a query.
pub(super) fn one_word(text: &str, now: Timestamp) -> Result<String, Failure> {
    if !text.trim().contains(char::is_whitespace) || Span::parse(text).is_some() {
        return Ok(text.split_whitespace().collect());
    }
    Ok(read(text, now)?.to_rfc3339())
}

/// From the first moment of what a query asks for to the first one after it.
pub(super) fn range(
    time: &Time,
    now: Timestamp,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Failure> {
    let text = time.text.as_str();
    // `date:7d` is from then on; a day is all of itself.
    let whole = if Span::parse(text).is_some() { (text, "") } else { (text, text) };
    let (first, last) = text.split_once("..").unwrap_or(whole);
    let from = |text: &str| (!text.is_empty()).then(|| since(text, now)).transpose();
    let to = |text: &str| (!text.is_empty()).then(|| until(text, now)).transpose();
    Ok(match time.relation {
        Relation::On => {
            let (from, to) = (from(first)?, to(last)?);
            check(from, to, &format!("date:{}", time.text))?;
            (from, to)
        }
        Relation::Since => (from(&time.text)?, None),
        Relation::Until => (None, to(&time.text)?),
    })
}

/// Refuses a stretch of time, told as `text`, in which there is none.
pub(super) fn check(
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    text: &str,
) -> Result<(), Failure> {
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(Failure::new(Exit::Usage, format!("`{text}` ends before it begins")));
    }
    Ok(())
}

fn read(text: &str, now: Timestamp) -> Result<StatedDate, Failure> {
    let today = now.to_local().date();
    let day = match text.trim().to_lowercase().as_str() {
        "today" | "vandaag" => Some(today),
        "yesterday" | "gisteren" => today.yesterday().ok(),
        _ => None,
    };
    let day = day.map(|day| StatedDate {
        at: Timestamp::from_local(DateTime::from(day)),
        precision: Precision::Day,
        is_zone_assumed: true,
    });
    day.or_else(|| date::parse(text)).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{text}` is not a date"))
            .hint("write 2022-02-14, 2022-02, yesterday, or 7d for a week ago")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected_since: &str, expected_until: &str) {
        let now = date::parse("2022-02-14T09:30:00Z").unwrap().at;
        let found = (since(text, now).unwrap(), until(text, now).unwrap());
        assert_eq!(
            (found.0.to_rfc3339(), found.1.to_rfc3339()),
            (expected_since.to_owned(), expected_until.to_owned())
        );
    }

    #[test]
    fn a_day_and_a_month_count_as_a_whole() {
        check("2022-02-14", "2022-02-13T23:00:00Z", "2022-02-14T23:00:00Z");
        check("2022-02", "2022-01-31T23:00:00Z", "2022-02-28T23:00:00Z");
        check("yesterday", "2022-02-12T23:00:00Z", "2022-02-13T23:00:00Z");
        check("2h", "2022-02-14T07:30:00Z", "2022-02-14T07:30:00Z");
        assert!(since("ooit", Timestamp::EPOCH).is_err());
    }

    #[test]
    fn a_time_that_ends_before_it_begins_is_none() {
        let of = |text: &str| {
            let time = Time { relation: Relation::On, text: text.to_owned(), range: (None, None) };
            range(&time, Timestamp::EPOCH).is_ok()
        };
        assert!(of("2022-02-14..2022-02-14") && of("2022..") && of("..2022-02") && of("7d"));
        assert!(!of("2022-02-14..2022-02-13"));
    }
}
