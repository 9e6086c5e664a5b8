//! Where a redirect leads, and what goes along.

use std::borrow::Cow;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use url::Url;

use crate::model::fetch::{Failure, FailureClass};

/// Of a URL in a message.
const SHOWN_BYTES_MAX: usize = 120;

/// Whether a response with `status` sends us elsewhere.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Whether the publisher says that the document has moved for good.
pub(super) fn is_permanent(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 308)
}

/// Whether a request is repeated as it was (RFC 9110 sections 15.4.8 and 15.4.9).
pub(super) fn keeps_method(status: StatusCode) -> bool {
    matches!(status.as_u16(), 307 | 308)
}

/// The URL that the response to `current` points to.
///
/// User name and password stay within their origin: they are those of `current` there and left out
/// elsewhere, whatever the `Location` has. The fragment is dropped.
pub(super) fn target(current: &Url, headers: &HeaderMap) -> Result<Url, Failure> {
    let failure = |reason| Failure::new(FailureClass::Redirect, reason);
    let location = headers.get(LOCATION).ok_or_else(|| failure("a redirect without a Location"))?;
    let Ok(mut next) = current.join(&text(location.as_bytes())) else {
        return Err(failure("a redirect to something that is not a URL"));
    };
    next.set_fragment(None);
    if next.origin() != current.origin() {
        return Ok(without_credentials(next));
    }
    // These fail for URLs without a host only, which have no origin in common.
    let _ = next.set_username(current.username());
    let _ = next.set_password(current.password());
    Ok(next)
}

/// What a `Location` says. Bytes of another charset go back as they came, as browsers send them.
fn text(location: &[u8]) -> Cow<'_, str> {
    let escape = |byte: &u8| match char::from(*byte) {
        c if c.is_ascii() => c.to_string(),
        _ => format!("%{byte:02X}"),
    };
    let escaped = || location.iter().map(escape).collect::<String>();
    std::str::from_utf8(location).map_or_else(|_| escaped().into(), Cow::from)
}

/// `url` without user name and password, to be kept or shown.
pub(super) fn without_credentials(mut url: Url) -> Url {
    // These fail for URLs without a host only, which have no credentials either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// `url` for a message: the query can hold a secret that the owner did not write, and a long path
/// would push out what follows.
pub(super) fn shown(url: &Url) -> String {
    let mut url = without_credentials(url.clone());
    url.set_query(None);
    let mut text = String::from(url);
    // All of a parsed URL but the fragment, which is never kept, is ASCII; else it stays as it is.
    if text.len() > SHOWN_BYTES_MAX && text.is_char_boundary(SHOWN_BYTES_MAX) {
        text.truncate(SHOWN_BYTES_MAX);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn follow(current: &str, location: &str) -> Result<String, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_str(location).unwrap());
        target(&Url::parse(current).unwrap(), &headers).map(String::from)
    }

    #[track_caller]
    fn check(current: &str, location: &str, expected: &str) {
        assert_eq!(follow(current, location).as_deref(), Ok(expected));
    }

    #[test]
    fn location_is_resolved_against_the_current_url() {
        check("https://nos.nl/a/feed", "rss.xml", "https://nos.nl/a/rss.xml");
        check("https://nos.nl/a/feed?x=1", "/rss.xml#top", "https://nos.nl/rss.xml");
        check("http://nos.nl/feed", "//feeds.nos.nl/x", "http://feeds.nos.nl/x");
        check("http://nos.nl/feed", "https://nos.nl/feed", "https://nos.nl/feed");
        check("http://nos.nl/feed", "/sport/één", "http://nos.nl/sport/%C3%A9%C3%A9n");
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_bytes(b"/caf\xe9?a=%20").unwrap());
        let next = target(&Url::parse("http://nos.nl/").unwrap(), &headers).map(String::from);
        assert_eq!(next.as_deref(), Ok("http://nos.nl/caf%E9?a=%20"));
        assert!(follow("http://nos.nl/", "http://[").is_err());
        assert!(target(&Url::parse("http://nos.nl/").unwrap(), &HeaderMap::new()).is_err());
    }

    #[test]
    fn credentials_stay_within_their_origin() {
        check("https://u:p@nos.nl/feed", "/rss", "https://u:p@nos.nl/rss");
        check("https://u:p@nos.nl/feed", "https://nos.nl/rss", "https://u:p@nos.nl/rss");
        check("https://u:p@nos.nl/feed", "https://nu.nl/rss", "https://nu.nl/rss");
        check("https://u:p@nos.nl/feed", "http://nos.nl/rss", "http://nos.nl/rss");
        check("https://u:p@nos.nl/feed", "https://nos.nl:8443/rss", "https://nos.nl:8443/rss");
        check("https://nos.nl/feed", "https://a:b@nu.nl/rss", "https://nu.nl/rss");
        check("https://nos.nl/feed", "https://a:b@nos.nl/rss", "https://nos.nl/rss");
    }

    #[test]
    fn shown_urls_have_no_secrets() {
        let url = Url::parse("https://u:p@nos.nl/rss?token=geheim").unwrap();
        assert_eq!(shown(&url), "https://nos.nl/rss");
        let long = Url::parse(&format!("https://nos.nl/{}", "é".repeat(500))).unwrap();
        assert!(shown(&long).len() < SHOWN_BYTES_MAX + 4);
    }
}
