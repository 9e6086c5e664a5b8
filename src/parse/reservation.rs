//! Reads what publishers reserve: response headers, the head of a page, and the site's own file.
//!
//! What is malformed says nothing, as the TDM Reservation Protocol wants it.

use std::ops::ControlFlow;

use html5ever::tokenizer::Tag;
use serde::{Deserialize, Serialize};

use crate::model::reservation::{Reservations, Tdm};
use crate::parse::tags::{self, Markup, Piece, attribute};

/// The name by which directives for single robots are found.
const AGENT: &str = "knipsel";

/// A longer policy address is left out.
const POLICY_BYTES_MAX: usize = 2048;

/// A site has a few rules; what comes after so many is left out, and so is a longer pattern.
const RULES_MAX: usize = 1_000;
const LOCATION_BYTES_MAX: usize = 2048;

/// What may stand before a colon in a directive for all robots.
const DIRECTIVES: [&str; 4] =
    ["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"];

/// Reads the headers `tdm-reservation` and `tdm-policy`, and every `X-Robots-Tag`.
pub fn headers<'h>(
    reservation: Option<&str>,
    policy: Option<&str>,
    robots: impl IntoIterator<Item = &'h str>,
) -> Reservations {
    let mut found = Reservations { header: tdm(reservation, policy), ..Reservations::default() };
    for value in robots {
        directives(value, &mut found);
    }
    found
}

/// Reads the `meta` elements in the head of a page: `tdm-reservation`, `tdm-policy` and `robots`.
pub fn page(html: &str) -> Reservations {
    let mut said = Said::default();
    tags::read(start(html), Markup::Html, |piece, _| {
        let Piece::Open(tag) = piece else { return ControlFlow::Continue(()) };
        match &*tag.name {
            // What readers write may look like a meta element.
            "body" => return ControlFlow::Break(()),
            "meta" => said.meta(tag),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    let tdm = tdm(said.reservation.as_deref(), said.policy.as_deref());
    let mut found = Reservations { page: tdm, ..Reservations::default() };
    for value in &said.robots {
        directives(value, &mut found);
    }
    found
}

/// The rules of a `/.well-known/tdmrep.json`, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rules(Vec<(String, Option<Tdm>)>);

impl Rules {
    /// Reads the file. A rule that is malformed is left out; a file that is, has none.
    pub fn read(json: &[u8]) -> Self {
        let rules: Vec<serde_json::Value> = serde_json::from_slice(json).unwrap_or_default();
        let read = |rule| {
            let Rule { location, reservation, policy } = serde_json::from_value(rule).ok()?;
            let reservation = match reservation {
                Some(serde_json::Value::Number(number)) => Some(number.to_string()),
                Some(serde_json::Value::String(text)) => Some(text),
                _ => None,
            };
            let is_readable = location.len() <= LOCATION_BYTES_MAX;
            is_readable.then(|| (location, tdm(reservation.as_deref(), policy.as_deref())))
        };
        Self(rules.into_iter().filter_map(read).take(RULES_MAX).collect())
    }

    /// What they say of the document at `path` (with its query): the first whose `location` matches.
    pub fn of(&self, path: &str) -> Reservations {
        let rule = self.0.iter().find(|(location, _)| is_match(location, path));
        Reservations { site: rule.and_then(|(_, tdm)| tdm.clone()), ..Reservations::default() }
    }

    /// What they take in memory, roughly.
    pub fn n_bytes(&self) -> usize {
        let policy = |tdm: &Option<Tdm>| tdm.as_ref()?.policy.as_ref().map(String::len);
        let one = |(location, tdm): &(String, Option<Tdm>)| {
            150 + location.len() + policy(tdm).unwrap_or_default()
        };
        self.0.iter().map(one).sum()
    }
}

#[derive(Debug, Deserialize)]
struct Rule {
    location: String,
    #[serde(rename = "tdm-reservation")]
    reservation: Option<serde_json::Value>,
    #[serde(rename = "tdm-policy")]
    policy: Option<String>,
}

/// As in robots.txt (RFC 9309 section 2.2.3): a prefix, in which `*` is anything and a `$` at the
/// end is the end.
fn is_match(location: &str, path: &str) -> bool {
    let (pattern, is_whole) = match location.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (location, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return !is_whole || rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    if is_whole { rest.ends_with(last) } else { rest.contains(last) }
}

/// A policy without a reservation says nothing.
fn tdm(reservation: Option<&str>, policy: Option<&str>) -> Option<Tdm> {
    let is_reserved = match reservation?.trim() {
        "1" => true,
        "0" => false,
        _ => return None,
    };
    let is_url = |url: &&str| url.len() <= POLICY_BYTES_MAX && url::Url::parse(url).is_ok();
    let policy = policy.map(str::trim).filter(is_url).map(ToOwned::to_owned);
    Some(Tdm { is_reserved, policy })
}

/// `noai, noimageai`; after `robot:` they are for that robot alone.
fn directives(value: &str, found: &mut Reservations) {
    let mut is_ours = true;
    for part in value.split(',') {
        let mut word = part.trim();
        if let Some((agent, rest)) = word.split_once(':')
            && !DIRECTIVES.iter().any(|name| agent.trim().eq_ignore_ascii_case(name))
        {
            is_ours = agent.trim().eq_ignore_ascii_case(AGENT) || agent.trim() == "*";
            word = rest.trim();
        }
        found.is_noai |= is_ours && word.eq_ignore_ascii_case("noai");
        found.is_noimageai |= is_ours && word.eq_ignore_ascii_case("noimageai");
    }
}

/// The first half megabyte of a page; no head is longer.
fn start(html: &str) -> &str {
    const BYTES_MAX: usize = 512 << 10;
    &html[..html.floor_char_boundary(BYTES_MAX)]
}

#[derive(Default)]
struct Said {
    reservation: Option<String>,
    policy: Option<String>,
    robots: Vec<String>,
}

impl Said {
    fn meta(&mut self, tag: &Tag) {
        let name = attribute(tag, "name").or_else(|| attribute(tag, "property"));
        let Some(name) = name else { return };
        let content = attribute(tag, "content").unwrap_or_default().to_owned();
        match name.trim().to_ascii_lowercase().as_str() {
            "tdm-reservation" if self.reservation.is_none() => self.reservation = Some(content),
            "tdm-policy" if self.policy.is_none() => self.policy = Some(content),
            "robots" | AGENT => self.robots.push(content),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: &Reservations, expected: &[&str]) {
        assert_eq!(found.words(), expected);
    }

    #[test]
    fn headers_are_read_and_what_is_malformed_says_nothing() {
        let policy = Some("https://dijkbode.example/tdm.json");
        check(
            &headers(Some("1"), policy, []),
            &["header tdm-reservation=1", "header tdm-policy=https://dijkbode.example/tdm.json"],
        );
        check(&headers(Some(" 0 "), Some("/relatief"), []), &["header tdm-reservation=0"]);
        check(&headers(Some("yes"), policy, []), &[]);
        check(&headers(None, policy, []), &[]);
    }

    #[test]
    fn robots_tags_count_when_they_are_for_all_or_for_us() {
        check(&headers(None, None, ["noindex, NoAI", "noimageai"]), &["noai", "noimageai"]);
        check(&headers(None, None, ["otherbot: noai, noimageai"]), &[]);
        check(&headers(None, None, ["otherbot: noindex, knipsel: noai"]), &["noai"]);
        check(&headers(None, None, ["max-snippet: 20, noai"]), &["noai"]);
        check(
            &headers(None, None, ["unavailable_after: 25 Jun 2030 15:00:00 PST, noai"]),
            &["noai"],
        );
    }

    #[test]
    fn a_page_says_it_in_its_head() {
        let html = "<!doctype html><html><head><script>var x = '<meta name=robots content=noai>';\
            </script><META NAME='TDM-Reservation' content=1>\
            <meta content='https://dijkbode.example/tdm' name=tdm-policy>\
            <meta name=robots content='index, noimageai'></head>\
            <body><meta name=robots content=noai></body></html>";
        check(
            &page(html),
            &[
                "page tdm-reservation=1",
                "page tdm-policy=https://dijkbode.example/tdm",
                "noimageai",
            ],
        );
        check(&page(&"é".repeat(400_000)), &[]);
        check(&page("<meta name=tdm-reservation content=2>"), &[]);
    }

    #[test]
    fn a_tag_that_would_hold_up_the_daemon_is_left_out() {
        // Attributes are compared each with each.
        let endless: String = (0..60_000).map(|n| format!(" a{n}")).collect::<Vec<_>>().concat();
        let page = page(&format!("<meta name=robots content=noai{endless}>"));
        check(&page, &[]);
    }

    #[test]
    fn the_first_rule_of_the_site_that_matches_counts() {
        let json = br#"[
            {"location": 5},
            {"location": "/vrij/*.html$", "tdm-reservation": 0},
            {"location": "/archief", "tdm-reservation": "1"},
            {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://dijkbode.example/tdm"}
        ]"#;
        let site = |json: &[u8], path: &str| Rules::read(json).of(path);
        check(&site(json, "/vrij/a/b.html"), &["site tdm-reservation=0"]);
        check(&site(json, "/archief/1?x"), &["site tdm-reservation=1"]);
        let all = ["site tdm-reservation=1", "site tdm-policy=https://dijkbode.example/tdm"];
        check(&site(json, "/vrij/a.html?x"), &all);
        check(&site(b"[", "/"), &[]);
        check(&site(b"{}", "/"), &[]);
        check(&site(br#"[{"location": "/", "tdm-reservation": true}]"#, "/"), &[]);
    }
}
