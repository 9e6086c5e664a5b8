//! From an error of the HTTP client to one line for the owner: its deepest cause, and the kind.
//!
//! Only the deepest cause is shown, because the outer ones repeat the URL, secrets included.

use std::error::Error;
use std::io;

use url::Url;

use crate::fetch::guard::Blocked;
use crate::model::fetch::{Failure, FailureClass};
use crate::model::units::Span;

/// Reasons are cut here; causes can hold text of the other side.
const REASON_CHARS_MAX: usize = 300;

/// Why the request for `url` failed.
pub(super) fn of_request(error: &reqwest::Error, url: &Url, connect_timeout: Span) -> Failure {
    let host = url.host_str().unwrap_or_default();
    if let Some(blocked) = cause::<Blocked>(error) {
        return blocked.failure(Some(host));
    }
    if error.is_connect() && error.is_timeout() {
        let reason = format!("no connection to `{host}` within {connect_timeout}");
        return Failure::new(FailureClass::Connect, reason);
    }
    let text = deepest_text(error);
    if error.is_dns() {
        return Failure::new(FailureClass::Dns, dns_reason(host, &text));
    }
    let reason = if error.is_connect() {
        format!("cannot connect to `{host}`: {text}")
    } else {
        format!("no answer from `{host}`: {text}")
    };
    Failure::new(class(error), one_line(&reason))
}

/// Whether the connection ended before a byte of an answer came.
pub(super) fn is_lost(error: &reqwest::Error) -> bool {
    let is_reset = |error: &io::Error| {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe)
    };
    !error.is_connect()
        && (cause::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message)
            || cause::<io::Error>(error).is_some_and(is_reset))
}

/// Why the body could not be read to its end.
pub(super) fn of_body(error: &reqwest::Error) -> Failure {
    let text = deepest_text(error);
    if cause::<hyper::Error>(error).is_some() || cause::<io::Error>(error).is_some_and(is_system) {
        return Failure::new(
            FailureClass::Connect,
            one_line(&format!("the body broke off: {text}")),
        );
    }
    Failure::new(FailureClass::Body, one_line(&format!("cannot decompress the body: {text}")))
}

/// `text` without control characters and of bounded length.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON_CHARS_MAX).collect()
}

fn class(error: &reqwest::Error) -> FailureClass {
    if error.is_builder() {
        return FailureClass::Url;
    }
    if cause::<rustls::Error>(error).is_some() {
        return FailureClass::Tls;
    }
    if error.is_timeout() {
        return FailureClass::Timeout;
    }
    if cause::<hyper::Error>(error).is_some_and(hyper::Error::is_parse_too_large) {
        return FailureClass::Body;
    }
    if error.is_connect() { FailureClass::Connect } else { FailureClass::Protocol }
}

/// The texts of getaddrinfo (glibc, musl, macOS) in our words where we have some.
fn dns_reason(host: &str, text: &str) -> String {
    let text = text.trim_start_matches("failed to lookup address information: ");
    match text {
        "Name or service not known"
        | "Name does not resolve"
        | "No address associated with hostname"
        | "nodename nor servname provided, or not known" => format!("no such host `{host}`"),
        "Temporary failure in name resolution" | "Try again" => {
            format!("the name server gave no answer for `{host}`")
        }
        _ => one_line(&format!("cannot resolve `{host}`: {text}")),
    }
}

fn deepest_text(error: &reqwest::Error) -> String {
    match causes(error).last() {
        Some(cause) => cause.downcast_ref::<io::Error>().map_or_else(|| cause.to_string(), io_text),
        None => "unknown cause".to_owned(),
    }
}

/// `connection refused`, not `Connection refused (os error 111)`.
fn io_text(error: &io::Error) -> String {
    // The kind of what std does not know is private, but has this text.
    let kind = error.kind().to_string();
    let is_named = is_system(error) && kind != "uncategorized error";
    if is_named { kind } else { error.to_string() }
}

fn is_system(error: &io::Error) -> bool {
    error.raw_os_error().is_some()
}

fn cause<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// What lies below `error`, outermost first. The error itself is left out: its text has the URL.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| below(*cause))
}

fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    // The source of an io::Error is that of the error it wraps, which itself would be missed.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_names_read_alike_on_all_systems() {
        let glibc = "failed to lookup address information: Name or service not known";
        let musl = "failed to lookup address information: Name does not resolve";
        assert_eq!(dns_reason("nos.nl", glibc), "no such host `nos.nl`");
        assert_eq!(dns_reason("nos.nl", musl), "no such host `nos.nl`");
        assert_eq!(dns_reason("nos.nl", "odd\nthing"), "cannot resolve `nos.nl`: odd thing");
    }

    #[test]
    fn reasons_are_one_bounded_line() {
        assert_eq!(one_line("a\r\nb\u{1b}[31m"), "a  b [31m");
        assert_eq!(one_line(&"é".repeat(1000)).chars().count(), REASON_CHARS_MAX);
    }

    #[test]
    fn system_errors_are_named_without_their_number() {
        assert_eq!(io_text(&io::Error::from_raw_os_error(111)), "connection refused");
        assert_eq!(io_text(&io::Error::other("corrupt deflate stream")), "corrupt deflate stream");
    }
}
