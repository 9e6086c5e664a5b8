//! What a status means (RFC 9110 section 15).

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::fetch::{Answer, Request, headers};
use crate::model::fetch::{Failure, FailureClass};

/// The answer of a response that is not a redirect.
pub(super) fn decide(
    status: StatusCode,
    headers: &HeaderMap,
    body: Vec<u8>,
    request: &Request<'_>,
) -> Answer {
    let failed = |class, reason| Answer::Failed(Failure::new(class, reason));
    match status {
        StatusCode::NOT_MODIFIED if request.validators.is_empty() => {
            // Taken at its word, such a server would never be asked for the document again.
            let reason = "304 Not Modified, though no validators were sent";
            failed(FailureClass::Http, reason.to_owned())
        }
        StatusCode::NOT_MODIFIED => Answer::NotModified,
        StatusCode::GONE => Answer::Gone,
        // We never ask for a part (RFC 9110 section 15.3.7), so this is not the document.
        StatusCode::PARTIAL_CONTENT => failed(FailureClass::Http, line(status)),
        _ if status.is_success() && body.is_empty() => {
            failed(FailureClass::Body, format!("{} without a body", line(status)))
        }
        _ if status.is_success() => Answer::Document(body),
        // What is not there is not there sooner or later for being asked to wait: some servers ask
        // that on every error.
        StatusCode::NOT_FOUND => failed(FailureClass::Http, reason(status)),
        _ if status.is_client_error() || status.is_server_error() => {
            match headers::retry_after(headers, request.now) {
                Some(wait) => Answer::Throttled { wait },
                None => failed(FailureClass::Http, reason(status)),
            }
        }
        _ => failed(FailureClass::Http, line(status)),
    }
}

/// The status, with what the owner can do about it if there is something.
fn reason(status: StatusCode) -> String {
    let line = line(status);
    match status {
        StatusCode::FORBIDDEN => {
            format!("{line}; if a browser is let in, give the feed a `user_agent` of its own")
        }
        _ => line,
    }
}

/// `404 Not Found`, or the number alone where the standard has no words.
fn line(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(words) => format!("{} {words}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderValue, RETRY_AFTER};

    use super::*;
    use crate::model::feed::Validators;
    use crate::model::time::Timestamp;

    fn answer(status: u16, retry_after: Option<&str>, body: &str, etag: Option<&str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        }
        let validators = Validators { etag: etag.map(str::to_owned), last_modified: None };
        let request = Request {
            url: "https://nos.nl/",
            validators: &validators,
            user_agent: None,
            now: Timestamp::default(),
        };
        decide(StatusCode::from_u16(status).unwrap(), &headers, body.into(), &request)
    }

    #[track_caller]
    fn check_failed(status: u16, class: FailureClass, reason: &str) {
        let expected = Answer::Failed(Failure::new(class, reason));
        assert_eq!(answer(status, None, "", None), expected);
    }

    #[test]
    fn success_needs_a_body() {
        assert_eq!(answer(200, None, "<rss/>", None), Answer::Document(b"<rss/>".to_vec()));
        assert_eq!(answer(203, None, "<rss/>", None), Answer::Document(b"<rss/>".to_vec()));
        check_failed(200, FailureClass::Body, "200 OK without a body");
        check_failed(206, FailureClass::Http, "206 Partial Content");
        check_failed(204, FailureClass::Body, "204 No Content without a body");
    }

    #[test]
    fn not_modified_counts_only_if_it_was_asked() {
        assert_eq!(answer(304, None, "", Some("\"1\"")), Answer::NotModified);
        let reason = "304 Not Modified, though no validators were sent";
        check_failed(304, FailureClass::Http, reason);
    }

    #[test]
    fn retry_after_counts_on_every_error_but_not_found() {
        let not_found = Answer::Failed(Failure::new(FailureClass::Http, "404 Not Found"));
        assert_eq!(answer(404, Some("90"), "", None), not_found);
        let wait = Duration::from_secs(90);
        for status in [403, 429, 500, 503, 529] {
            assert_eq!(answer(status, Some("90"), "", None), Answer::Throttled { wait });
        }
        assert_eq!(answer(410, Some("90"), "", None), Answer::Gone);
        assert!(matches!(answer(503, Some("later"), "", None), Answer::Failed(_)));
    }

    #[test]
    fn other_statuses_are_failures_in_words() {
        check_failed(404, FailureClass::Http, "404 Not Found");
        check_failed(429, FailureClass::Http, "429 Too Many Requests");
        check_failed(503, FailureClass::Http, "503 Service Unavailable");
        check_failed(530, FailureClass::Http, "530");
        check_failed(300, FailureClass::Http, "300 Multiple Choices");
        let reason =
            "403 Forbidden; if a browser is let in, give the feed a `user_agent` of its own";
        check_failed(403, FailureClass::Http, reason);
    }
}
