//! One spelling for the many addresses of one article.

use url::Url;

/// Query parameters that say how a reader came, not what is read.
const TRACKING: [&str; 10] = [
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "igshid",
    "ns_campaign",
    "ns_mchannel",
    "ns_source",
];

/// Longer addresses are of no use: servers rarely take more (RFC 9110 section 4.1).
const URL_BYTES_MAX: usize = 8192;

/// The canonical form of an address, for recognising articles and not for fetching them.
///
/// `https`, no `www.`, `m.` or `amp.`, no default port, no fragment, no tracking parameters, no AMP
/// suffix, no trailing slash; the order of the query is kept. `None` when it is no web address.
pub fn canonical(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = host(&url)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = query(&url);
    Some(format!("https://{host}{port}{}{query}", path(&url)))
}

/// Whether an address is one that must not be kept for a reader to follow: `javascript:`, `data:`,
/// `file:` and all else that is not the web, or endless. What is no address at all is harmless.
pub fn is_unsafe(address: &str) -> bool {
    let is_other = |url: Url| !matches!(url.scheme(), "http" | "https");
    address.len() > URL_BYTES_MAX || Url::parse(address).is_ok_and(is_other)
}

/// Whether a canonical URL names a whole site and not a page of it.
pub fn is_home_page(canonical_url: &str) -> bool {
    canonical_url.splitn(4, '/').nth(3).is_none_or(str::is_empty)
}

fn host(url: &Url) -> Option<String> {
    let mut host = url.host_str()?.trim_end_matches('.');
    for prefix in ["www.", "m.", "amp.", "mobile."] {
        // `m.nl` is a site of its own.
        if let Some(rest) = host.strip_prefix(prefix).filter(|rest| rest.contains('.')) {
            host = rest;
        }
    }
    Some(host.to_owned()).filter(|host| !host.is_empty())
}

fn path(url: &Url) -> String {
    let mut path = url.path().trim_end_matches('/');
    for suffix in ["/amp", ".amp"] {
        path = path.strip_suffix(suffix).unwrap_or(path);
    }
    let path = path.strip_prefix("/amp/").map_or_else(|| path.to_owned(), |p| format!("/{p}"));
    path.replace(".amp.html", ".html").trim_end_matches('/').to_owned()
}

fn query(url: &Url) -> String {
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(pair))
        .collect();
    if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) }
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&name.as_str()) || pair == "outputType=amp"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(canonical(text).unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn variants_fold_into_one() {
        let expected = "https://dijkbode.example/binnenland/1203001/brug";
        for text in [
            "http://www.dijkbode.example/binnenland/1203001/brug/",
            "https://m.dijkbode.example:443/binnenland/1203001/brug#reacties",
            "https://dijkbode.example/binnenland/1203001/brug?utm_source=rss&utm_medium=x&fbclid=1",
            " https://DIJKBODE.example/binnenland/1203001/brug.amp ",
            "https://amp.dijkbode.example/binnenland/1203001/brug/amp/",
            "https://dijkbode.example/amp/binnenland/1203001/brug",
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_tells_pages_apart_is_kept() {
        check("https://a.example/?id=7&b=2", "https://a.example?id=7&b=2");
        check("https://a.example:8443/x", "https://a.example:8443/x");
        check("https://m.nl/x", "https://m.nl/x");
        check("http://127.0.0.1:9/a/1.html", "https://127.0.0.1:9/a/1.html");
        check("ftp://a.example/x", "");
        check("geen adres", "");
    }

    #[test]
    fn only_web_addresses_are_safe() {
        for address in
            ["javascript:alert(1)", "JavaScript:x", "java\nscript:x", "data:,x", "file:///x"]
        {
            assert!(is_unsafe(address), "{address}");
        }
        assert!(is_unsafe(&format!("https://a.example/{}", "x".repeat(URL_BYTES_MAX))));
        assert!(!is_unsafe("https://a.example/x"));
        assert!(!is_unsafe("geen adres"));
    }

    #[test]
    fn home_pages_are_known() {
        assert!(is_home_page(&canonical("https://www.a.example/").unwrap()));
        assert!(!is_home_page(&canonical("https://a.example/x").unwrap()));
    }

    proptest! {
        #[test]
        fn twice_is_once(text in "https?://(www\\.|m\\.|amp\\.)?[a-z]{1,8}\\.nl(/[a-z./]{0,12})?(\\?[a-z=&_]{0,12})?") {
            if let Some(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Some(once.clone()));
            }
        }
    }
}
