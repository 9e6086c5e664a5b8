//! Which candidate is the likeliest to be what somebody wants who names a page.

use std::cmp::Reverse;

use url::Url;

use crate::parse::discover::Candidate;

/// Shorter segments and numbers are in too many addresses to mean anything.
const SEGMENT_CHARS_MIN: usize = 3;

/// Less is better; equal ones stay in the order of the page.
pub(super) fn of(candidate: &Candidate, page_url: &str) -> impl Ord + use<> {
    let (Ok(page), Ok(url)) = (Url::parse(page_url), Url::parse(&candidate.url)) else {
        return (true, Reverse(0), candidate.source, u8::MAX, 0);
    };
    let depth =
        url.path_segments().map_or(0, |segments| segments.filter(|s| !s.is_empty()).count());
    (
        candidate.is_comments(),
        Reverse(n_shared(page_url, &candidate.url)),
        candidate.source,
        distance(&page, &url),
        // Of a home page's feeds the one of the whole site has the shortest address.
        if page.path() == "/" { depth } else { 0 },
    )
}

/// How many segments of the page's path the address has as well.
pub(super) fn n_shared(page_url: &str, url: &str) -> usize {
    let (Ok(page), Ok(url)) = (Url::parse(page_url), Url::parse(url)) else { return 0 };
    let words: Vec<String> = segments(&url).collect();
    segments(&page).filter(|segment| words.contains(segment)).count()
}

fn segments(url: &Url) -> impl Iterator<Item = String> {
    let segments = url.path().split('/').map(|segment| {
        let stem = segment.split('.').next().unwrap_or_default();
        stem.to_ascii_lowercase()
    });
    segments.filter(|stem| {
        stem.len() >= SEGMENT_CHARS_MIN && !stem.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The same host, the same publisher, another.
fn distance(page: &Url, url: &Url) -> u8 {
    let (Some(a), Some(b)) = (page.host_str(), url.host_str()) else { return 2 };
    if a.trim_start_matches("www.") == b.trim_start_matches("www.") {
        return 0;
    }
    match (psl::domain_str(a), psl::domain_str(b)) {
        (Some(a), Some(b)) if a == b => 1,
        _ => 2,
    }
}
