//! What the `Link` headers of a response say of hubs (RFC 8288; WebSub section 4).

use reqwest::header::{HeaderMap, LINK};
use url::Url;

/// Longer values are not looked at.
const VALUE_BYTES_MAX: usize = 8192;

/// Where a document says that it is pushed, and under which address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// `rel="hub"`, the first.
    pub hub: Option<String>,
    /// `rel="self"`.
    pub own: Option<String>,
}

/// Reads the headers of a response from `base`.
pub(super) fn read(headers: &HeaderMap, base: &str) -> Links {
    let mut links = Links::default();
    for value in headers.get_all(LINK) {
        let Ok(text) = value.to_str() else { continue };
        for (target, rel) in targets(text).take(32) {
            let url = || Url::options().base_url(Url::parse(base).ok().as_ref()).parse(target).ok();
            for word in rel.split_ascii_whitespace() {
                let place = match word.to_ascii_lowercase().as_str() {
                    "hub" => &mut links.hub,
                    "self" => &mut links.own,
                    _ => continue,
                };
                *place = place.take().or_else(|| url().map(String::from));
            }
        }
    }
    links
}

/// The targets in a header value, each with its `rel`.
fn targets(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = if text.len() <= VALUE_BYTES_MAX { text } else { "" };
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            let (target, after) = after.split_once('>')?;
            let (parameters, left) = cut(after, b',');
            rest = left;
            if let Some(rel) = rel(parameters) {
                return Some((target.trim(), rel));
            }
        }
    })
}

/// What stands before the first `byte` outside quotes, and what after it.
fn cut(text: &str, byte: u8) -> (&str, &str) {
    let mut is_quoted = false;
    let end = text.bytes().position(|found| {
        is_quoted ^= found == b'"';
        found == byte && !is_quoted
    });
    end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}

/// The first `rel` among parameters.
fn rel(parameters: &str) -> Option<&str> {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (parameter, left) = cut(rest, b';');
        rest = left;
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("rel")
        {
            return Some(value.trim().trim_matches('"'));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(values: &[&str], hub: Option<&str>, own: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, HeaderValue::from_str(value).unwrap());
        }
        let expected = Links { hub: hub.map(str::to_owned), own: own.map(str::to_owned) };
        assert_eq!(read(&headers, "https://dijkbode.example/rss"), expected, "{values:?}");
    }

    #[test]
    fn hub_and_self_are_found_however_they_are_written() {
        let (hub, own) = (Some("https://hub.example/"), Some("https://dijkbode.example/rss?a"));
        check(&["<https://hub.example/>; rel=\"hub\"", "</rss?a>;rel=self"], hub, own);
        check(
            &["<https://hub.example/>;REL=hub, <rss?a>; title=\"a, b; rel=x\"; rel=\"self\""],
            hub,
            own,
        );
        check(&["<https://hub.example/>; rel=\"other HUB\""], hub, None);
        check(&["</x>; rel=next, <https://hub.example/>; rel=hub, </y>; rel=hub"], hub, None);
    }

    #[test]
    fn what_is_no_link_says_nothing() {
        for value in ["", "<", "<https://hub.example/", "hub", "<http://[>; rel=hub", "<x>; rel"] {
            check(&[value], None, None);
        }
        check(&[&format!("<{}>; rel=hub", "x".repeat(9000))], None, None);
    }
}
