//! What is read from the headers of a response.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{
    AsHeaderName, CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, EXPIRES, HeaderMap, LAST_MODIFIED,
    RETRY_AFTER,
};

use crate::model::feed::Validators;
use crate::model::reservation::Reservations;
use crate::model::time::Timestamp;
use crate::parse::reservation;

/// A longer `Retry-After` is held to this.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(86_400);

/// A longer freshness is held to this, as RFC 9111 section 1.2.2 allows.
const MAX_AGE_MAX: Duration = Duration::from_secs(365 * 86_400);

/// A longer value is left out: it would have to be stored, or sent back with every request.
const VALUE_BYTES_MAX: usize = 2048;

/// What to send back for the document of this response.
pub(super) fn validators(headers: &HeaderMap) -> Validators {
    Validators { etag: text(headers, ETAG), last_modified: text(headers, LAST_MODIFIED) }
}

/// What to send back after a 304.
pub(super) fn renewed(sent: &Validators, headers: &HeaderMap) -> Validators {
    // RFC 9111 section 4.3.4: a 304 may carry newer validators; keep them, or the next poll
    // compares with old ones.
    let Validators { etag, last_modified } = validators(headers);
    Validators {
        etag: etag.or_else(|| sent.etag.clone()),
        last_modified: last_modified.or_else(|| sent.last_modified.clone()),
    }
}

/// The `Content-Type` as sent.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    text(headers, CONTENT_TYPE)
}

/// How long the server asks us to wait: seconds or a date (RFC 9110 section 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?;
    let wait = match seconds(&value) {
        Some(wait) => wait,
        None => date(&value)?.since(now),
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// How long the whole host asks to be left alone: a status that speaks of its load, with a wait.
pub(super) fn rest(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let is_of_load =
        matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    is_of_load.then(|| retry_after(headers, now)).flatten()
}

/// For how long the response is fresh (RFC 9111 section 4.2.1); `s-maxage` is for shared caches.
pub(super) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let mut stated = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().unwrap_or_default().split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return None,
                "max-age" => stated = stated.or_else(|| seconds(argument.trim().trim_matches('"'))),
                _ => {}
            }
        }
    }
    let age = match stated {
        Some(age) => age,
        None => date(&text(headers, EXPIRES)?)?.since(date(&text(headers, DATE)?)?),
    };
    Some(age.min(MAX_AGE_MAX))
}

/// What the publisher reserves of use by machines.
pub(super) fn reservations(headers: &HeaderMap) -> Reservations {
    let robots = headers.get_all("x-robots-tag").into_iter();
    reservation::headers(
        text(headers, "tdm-reservation").as_deref(),
        text(headers, "tdm-policy").as_deref(),
        robots.filter_map(|value| value.to_str().ok()),
    )
}

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<String> {
    let value = headers.get(name)?;
    let text = std::str::from_utf8(value.as_bytes()).ok()?.trim();
    (!text.is_empty() && text.len() <= VALUE_BYTES_MAX).then(|| text.to_owned())
}

/// Digits alone; more than fit are as good as for ever.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn date(text: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(text).ok()?;
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp::default().plus(since_epoch))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const NOW: i64 = 784_111_777; // Sun, 06 Nov 1994 08:49:37 GMT

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| {
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        };
        let mut headers = HeaderMap::new();
        for (name, value) in pairs.iter().map(pair) {
            headers.append(name, value);
        }
        headers
    }

    #[track_caller]
    fn check_retry_after(value: &str, expected: Option<u64>) {
        let headers = headers(&[("retry-after", value)]);
        let wait = retry_after(&headers, Timestamp::from_seconds(NOW));
        assert_eq!(wait, expected.map(Duration::from_secs), "{value}");
    }

    #[track_caller]
    fn check_max_age(pairs: &[(&str, &str)], expected: Option<u64>) {
        assert_eq!(max_age(&headers(pairs)), expected.map(Duration::from_secs), "{pairs:?}");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        check_retry_after("120", Some(120));
        check_retry_after(" 0 ", Some(0));
        check_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", Some(120));
        check_retry_after("Sunday, 06-Nov-94 08:51:37 GMT", Some(120));
        check_retry_after("Sun Nov  6 08:51:37 1994", Some(120));
    }

    #[test]
    fn retry_after_lies_between_now_and_a_day() {
        check_retry_after("31536000", Some(86_400));
        check_retry_after("99999999999999999999999999", Some(86_400));
        check_retry_after("Sat, 06 Nov 2094 08:49:37 GMT", Some(86_400));
        check_retry_after("Sat, 05 Nov 1994 08:49:37 GMT", Some(0));
    }

    #[test]
    fn unreadable_retry_after_is_none() {
        for value in ["", "-5", "1.5", "soon", "2m", "Mon, 99 Foo 1994 08:49:37 GMT"] {
            check_retry_after(value, None);
        }
    }

    #[test]
    fn freshness_is_max_age_or_else_expires() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let expires = ("expires", "Sun, 06 Nov 1994 08:54:37 GMT");
        check_max_age(&[("cache-control", "public, Max-Age=60")], Some(60));
        check_max_age(&[("cache-control", "max-age=\"60\", s-maxage=900")], Some(60));
        check_max_age(&[("cache-control", "public"), ("cache-control", "max-age=60")], Some(60));
        check_max_age(&[("cache-control", "max-age=60"), date, expires], Some(60));
        check_max_age(&[date, expires], Some(300));
        check_max_age(&[date, ("expires", date.1)], Some(0));
        check_max_age(&[expires], None);
        check_max_age(&[date, ("expires", "-1")], None);
        check_max_age(&[("cache-control", "no-cache, max-age=60")], None);
        check_max_age(&[("cache-control", "max-age=99999999999999999999")], Some(31_536_000));
        check_max_age(&[], None);
    }

    #[test]
    fn validators_are_kept_verbatim() {
        let found = validators(&headers(&[("etag", "W/\"a, b\""), ("last-modified", "gisteren")]));
        assert_eq!(found.etag.as_deref(), Some("W/\"a, b\""));
        assert_eq!(found.last_modified.as_deref(), Some("gisteren"));
        let long = "x".repeat(VALUE_BYTES_MAX + 1);
        assert!(validators(&headers(&[("etag", &long), ("last-modified", " ")])).is_empty());
    }

    #[test]
    fn a_304_renews_only_what_it_carries() {
        let sent = Validators { etag: Some("\"1\"".into()), last_modified: Some("old".into()) };
        let renewed = renewed(&sent, &headers(&[("last-modified", "new")]));
        assert_eq!(renewed.etag.as_deref(), Some("\"1\""));
        assert_eq!(renewed.last_modified.as_deref(), Some("new"));
    }
}
