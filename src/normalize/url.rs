//! One spelling for the many addresses of one article.

use url::Url;

use crate::normalize::gate;

/// Query parameters that say how a reader came, not what is read.
const TRACKING: [&str; 27] = [
    "_ga",
    "at_campaign",
    "at_medium",
    "cmpid",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ns_campaign",
    "ns_mchannel",
    "ns_source",
    "oly_enc_id",
    "ref_src",
    "ttclid",
    "twclid",
    "wbraid",
    "wt_mc",
    "wt_zmc",
    "xtor",
    "yclid",
];

/// Query parameters, or values of them, that ask for the AMP version.
const AMP: [&str; 5] = ["amp", "amp=1", "amp=true", "outputType=amp", "outputtype=amp"];

/// Longer addresses are of no use: servers rarely take more (RFC 9110 section 4.1).
const URL_BYTES_MAX: usize = 8192;

/// What tells the address of one feed from that of another: `HTTP://www.nos.nl` and `https://nos.nl/`
/// are one.
pub fn key(url: &str) -> String {
    canonical(url).unwrap_or_else(|| url.to_owned())
}

/// The canonical form of an address, for recognising articles and not for fetching them.
///
/// `https`, no `www.`, `m.` or `amp.`, no default port, no fragment, no tracking parameters, no AMP
/// suffix, no trailing slash, escapes in capitals (RFC 3986 section 6.2.2.1); the order of the query is
/// kept. What a consent gate or an AMP cache
/// stands before counts, not the gate. `None` when it is no web address.
pub fn canonical(text: &str) -> Option<String> {
    let mut url = folded(text)?;
    // What was folded may show more to fold: a gate behind a gate, `m.www.`, `/amp/amp`.
    while let Some(next) = folded(&url).filter(|next| next.len() < url.len()) {
        url = next;
    }
    Some(url)
}

fn folded(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let url = gate::behind_gates(&url).or_else(|| behind_amp_cache(&url)).unwrap_or(url);
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = host(&url)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = with_capital_escapes(path(&url));
    let query = with_capital_escapes(query(&url));
    Some(format!("https://{host}{port}{path}{query}"))
}

/// `%c3%a9` is `%C3%A9`.
fn with_capital_escapes(text: String) -> String {
    if !text.contains('%') {
        return text;
    }
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_escape = |digits: &&str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = part.get(..2).filter(is_escape).unwrap_or_default();
        out.push('%');
        out.push_str(&digits.to_ascii_uppercase());
        out.push_str(part.get(digits.len()..).unwrap_or_default());
    }
    out
}

/// `https://a-example.cdn.ampproject.org/c/s/www.a.example/brug`: a copy of the page after `/s/`.
fn behind_amp_cache(url: &Url) -> Option<Url> {
    if !url.host_str()?.ends_with(".cdn.ampproject.org") {
        return None;
    }
    let rest = url.path().strip_prefix("/c/").or_else(|| url.path().strip_prefix("/v/"))?;
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    let page = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    page.host_str().is_some_and(|host| host.contains('.')).then_some(page)
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
    let host = url.host_str()?;
    // An empty label is in no name; without it, `8.0..` would be an address of a network.
    if host.contains("..") {
        return None;
    }
    let mut host = host.trim_end_matches('.');
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
    name.starts_with("utm_") || TRACKING.contains(&name.as_str()) || AMP.contains(&pair)
}

/// Words in the names of parameters that carry a secret.
const SECRETS: [&str; 9] =
    ["token", "key", "auth", "secret", "pass", "pwd", "sig", "session", "credential"];

/// Letters and digits together, this long, are no word: they let somebody in.
const SECRET_LEN_MIN: usize = 20;

/// `url` for a log: what may let somebody in is left out of it. What is no URL is left out whole.
pub fn masked(url: &str) -> String {
    const MASK: &str = "***";
    let Ok(mut url) = Url::parse(url) else { return MASK.to_owned() };
    if !url.username().is_empty() || url.password().is_some() {
        // These fail for URLs without a host only, which have no user either.
        let _ = url.set_password(None);
        let _ = url.set_username(MASK);
    }
    let segments = url.path().split('/');
    let path: Vec<&str> = segments.map(|part| if is_secret(part) { MASK } else { part }).collect();
    let path = path.join("/");
    if path != url.path() {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let pairs: Vec<String> = query.split('&').map(masked_pair).collect();
        url.set_query(Some(&pairs.join("&")));
    }
    url.into()
}

fn masked_pair(pair: &str) -> String {
    let Some((name, value)) = pair.split_once('=') else {
        return if is_secret(pair) { "***".to_owned() } else { pair.to_owned() };
    };
    let lower = name.to_lowercase();
    let is_named_so = SECRETS.iter().any(|word| lower.contains(word));
    let value = if is_named_so || is_secret(value) { "***" } else { value };
    format!("{name}={value}")
}

fn is_secret(text: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"_~.=+%".contains(&byte);
    text.len() >= SECRET_LEN_MIN
        && text.bytes().all(is_of_token)
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
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
            "https://dijkbode.example/binnenland/1203001/brug?amp&wt_mc=rss",
            "https://dijkbode-example.cdn.ampproject.org/c/s/www.dijkbode.example/binnenland/1203001/brug",
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_lies_behind_a_gate_counts() {
        let expected = "https://dijkbode.example/binnenland/brug~a1b2c3d";
        for text in [
            "https://myprivacy.pers.example/consent?siteKey=x&callbackUrl=https%3A%2F%2Fwww.\
             dijkbode.example%2Fprivacygate-confirm%3FredirectUri%3D%252Fbinnenland%252Fbrug~a1b2c3d",
            "https://www.dijkbode.example/privacygate-confirm?redirectUri=%2Fbinnenland%2Fbrug~a1b2c3d",
            "https://cookiewall.dijkbode.example/?return_url=https://dijkbode.example/binnenland/\
             brug~a1b2c3d",
        ] {
            check(text, expected);
        }
        // An article about consent, an address that only looks like one, a gate that leads nowhere.
        for about in [
            "https://a.example/nieuws/consent-in-de-zorg-1?returnUrl=/leden",
            "https://a.example/tech/cookie-consent/regels?redirectUrl=/tech/alles",
            "https://a.example/nieuws/consent-cultuur?returnUrl=/nieuws",
            "https://a.example/nieuws/cookiewall-verboden?returnUrl=/nieuws",
            "https://a.example/consent?imageUrl=https://cdn.example/x.jpg",
        ] {
            check(about, about);
        }
        check("https://a.example/nieuws?returnUrl=/x", "https://a.example/nieuws?returnUrl=/x");
        check("https://a.example/consent?callbackUrl=", "https://a.example/consent?callbackUrl=");
        check(
            "https://a.example/consent?callbackUrl=javascript:x",
            "https://a.example/consent?callbackUrl=javascript:x",
        );
    }

    #[test]
    fn escapes_are_one_however_they_are_written() {
        let expected = "https://a.example/caf%C3%A9-dicht?q=%C3%A9%2F";
        check("https://a.example/caf%c3%a9-dicht?q=%c3%A9%2f", expected);
        check("https://a.example/café-dicht?q=é%2F", expected);
        check("https://a.example/100%bier%2", "https://a.example/100%bier%2");
        check("https://a.example/50%zon%%aa", "https://a.example/50%zon%%AA");
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

    /// Each of these was found by reading addresses at random.
    #[test]
    fn what_was_folded_may_show_more_to_fold() {
        for (text, expected) in [
            ("https://m.www.a.example/x/amp/amp/", "https://a.example/x"),
            ("https://x.cdn.ampproject.org/c/s/", "https://x.cdn.ampproject.org/c/s"),
            (
                "https://a.example/consent?returnUrl=/consent%3FreturnUrl%3D/consent%253FreturnUrl%253D/x",
                "https://a.example/x",
            ),
        ] {
            check(text, expected);
            check(expected, expected);
        }
    }

    /// Found by reading addresses at random.
    #[test]
    fn a_name_with_an_empty_label_is_no_host() {
        for address in ["http:8.0..:13/x", "https://a..example/x", "https://a.example../x"] {
            assert_eq!(canonical(address), None, "{address}");
        }
        check("https://a.example./x", "https://a.example/x");
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

    #[test]
    fn what_lets_somebody_in_is_not_logged() {
        for (url, shown) in [
            ("https://x.nl/rss?format=xml&p=2", "https://x.nl/rss?format=xml&p=2"),
            ("https://jan:geheim@x.nl/rss", "https://***@x.nl/rss"),
            ("https://x.nl/rss?auth_Token=ab&x=1", "https://x.nl/rss?auth_Token=***&x=1"),
            ("https://x.nl/rss?u=9f8e7d6c5b4a39281706abcd", "https://x.nl/rss?u=***"),
            ("https://x.nl/rss?9f8e7d6c5b4a39281706abcd", "https://x.nl/rss?***"),
            ("https://x.nl/f/9f8e7d6c5b4a39281706abcd/rss", "https://x.nl/f/***/rss"),
            (
                "https://x.nl/nieuws-uit-de-gemeente-2026",
                "https://x.nl/nieuws-uit-de-gemeente-2026",
            ),
            ("geheim", "***"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}
