//! Consent gates: pages that stand before the page that was asked for, with status 200.

use url::Url;

/// In the host or path of a gate, and in no section of a paper.
const PLACES: [&str; 9] = [
    "privacygate",
    "privacy-gate",
    "privacywall",
    "privacy-wall",
    "myprivacy",
    "consent",
    "cookiewall",
    "cookie-wall",
    "cookie-consent",
];

/// In the title of a gate.
const TITLES: [&str; 6] =
    ["privacy gate", "privacygate", "privacy wall", "cookiewall", "cookie wall", "cookie consent"];

/// How often an address can be hidden in another.
const DEPTH_MAX: usize = 4;

/// Where a consent gate stands, if `final_url` is one that was met on the way to `asked_url`.
///
/// The address decides: another host than the one asked, or a path that was not asked for, named
/// after consent. The title counts where the address says nothing.
pub fn host(asked_url: &str, final_url: &str, title: &str) -> Option<String> {
    let (asked, found) = (Url::parse(asked_url).ok()?, Url::parse(final_url).ok()?);
    let is_elsewhere = asked.host_str() != found.host_str() || asked.path() != found.path();
    let place = format!("{}{}", found.host_str()?, found.path()).to_ascii_lowercase();
    let title = title.to_lowercase();
    let is_gate = is_elsewhere && PLACES.iter().any(|word| place.contains(word))
        || TITLES.iter().any(|phrase| title.contains(phrase));
    is_gate.then(|| found.host_str().map(str::to_owned)).flatten()
}

/// The address that a gate leads to, when `url` is that of the gate itself: it is in a parameter,
/// encoded once or twice.
pub fn behind(url: &str) -> Option<String> {
    let mut inner = None;
    let mut outer = Url::parse(url).ok()?;
    let place = format!("{}{}", outer.host_str()?, outer.path()).to_ascii_lowercase();
    if !PLACES.iter().any(|word| place.contains(word)) {
        return None;
    }
    for _ in 0..DEPTH_MAX {
        let Some(next) = parameter(&outer) else { break };
        inner = Some(String::from(next.clone()));
        outer = next;
    }
    inner
}

fn parameter(url: &Url) -> Option<Url> {
    url.query_pairs().find_map(|(key, value)| {
        let key = key.to_ascii_lowercase();
        if !["url", "uri"].iter().any(|word| key.ends_with(word)) {
            return None;
        }
        let target = url.join(&value).or_else(|_| Url::parse(&value)).ok()?;
        let is_web = matches!(target.scheme(), "http" | "https");
        (is_web && (value.starts_with('/') || value.starts_with("http"))).then_some(target)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_gate(asked: &str, found: &str, title: &str) -> bool {
        host(asked, found, title).is_some()
    }

    #[test]
    fn a_gate_is_known_by_where_it_stands_or_what_it_is_called() {
        let asked = "https://www.dijkbode.example/binnenland/";
        assert!(is_gate(asked, "https://mijnprivacy.uitgever.example/consent?siteKey=x", ""));
        assert!(is_gate(asked, "https://www.dijkbode.example/privacy-wall/", "Even geduld"));
        assert!(is_gate(asked, asked, "Uitgever Privacy Gate"));
        assert!(!is_gate(asked, "https://www.dijkbode.example/binnenland", "De Dijkbode"));
        assert!(!is_gate(asked, "https://anders.example/binnenland", "Anders"));
        // Who asks for a page about consent gets it.
        let about = "https://www.dijkbode.example/nieuws/consent-in-de-les";
        assert!(!is_gate(about, about, "Consent in de les"));
        assert!(!is_gate("geen adres", asked, ""));
    }

    #[test]
    fn the_page_behind_a_gate_is_in_its_address() {
        let gate = "https://mijnprivacy.uitgever.example/consent?siteKey=x&callbackUrl=\
                    https%3A%2F%2Fwww.dijkbode.example%2Fprivacygate-confirm%3FredirectUri%3D%252Fsport%252F";
        assert_eq!(behind(gate).as_deref(), Some("https://www.dijkbode.example/sport/"));
        assert_eq!(behind("https://dijkbode.example/x?url=https://anders.example/"), None);
        assert_eq!(behind("https://mijnprivacy.uitgever.example/consent?url=javascript:1"), None);
    }
}
