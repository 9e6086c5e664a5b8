//! Consent gates: pages that stand before the page that was asked for, with status 200.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// What gates are called.
const NAMES: &str =
    "(?:consent|privacy-?gate|privacy-?wall|cookie-?wall|cookie-?consent|consent-?wall|myprivacy)";

/// In the host or path of a gate, with at most a word before and behind it: the name of an article on
/// consent has more.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)(?:^|[/._?&=])(?:[a-z0-9]+-)?{NAMES}(?:-[a-z0-9]+)?(?:$|[/._?&=])"))
});

/// The host or path of a gate in an address that must be told from that of an article: it is named so
/// as a whole, and nothing follows but the answer.
static GATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:[^/]+\.)?(?:[a-z0-9]+-)?{NAMES}(?:-[a-z0-9]+)?\.[^/]+/|/{NAMES}(?:-(?:confirm|accept))?(?:/(?:confirm|accept))?/?$"
    ))
});

/// Parameters in which a gate says what lies behind it, without `_` and `-`.
const BEHIND: [&str; 4] = ["callbackurl", "redirecturi", "returnurl", "redirecturl"];

/// In the title of a gate.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)privacy ?gate|privacy ?wall|cookie ?wall|cookie ?consent|cookie-?(?:instellingen|voorkeuren|toestemming|melding)|privacy-?(?:instellingen|voorkeuren)|(?:voordat je verder|before you continue|bevor sie fortfahren|avant de continuer)|accepteer (?:alle )?cookies|toestemming (?:voor )?cookies|wij waarderen je privacy|we value your privacy|deine? (?:zustimmung|privatsphäre)",
    )
});

/// Whether a host and path, in one, are named after consent.
pub fn is_place(place: &str) -> bool {
    PLACE.is_match(place)
}

/// Whether a title asks for consent.
pub fn is_title(title: &str) -> bool {
    TITLE.is_match(title)
}

/// Where a consent gate stands, if `final_url` is one that was met on the way to `asked_url`.
///
/// The address decides: another host than the one asked, or a path that was not asked for, named
/// after consent. The title counts where the address says nothing.
pub fn host(asked_url: &str, final_url: &str, title: &str) -> Option<String> {
    let (asked, found) = (Url::parse(asked_url).ok()?, Url::parse(final_url).ok()?);
    let is_elsewhere = asked.host_str() != found.host_str() || asked.path() != found.path();
    let place = format!("{}{}", found.host_str()?, found.path());
    let is_gate = is_elsewhere && is_place(&place) || is_title(title);
    is_gate.then(|| found.host_str().map(str::to_owned)).flatten()
}

/// The address behind a consent gate, as its own address tells; `None` for one that is no gate.
pub fn behind(url: &str) -> Option<String> {
    behind_gates(&Url::parse(url.trim()).ok()?).map(String::from)
}

/// Gates lead to gates: the first one wants the answer, the second gives the cookie.
///
/// `https://gate.example/consent?callbackUrl=https%3A%2F%2Fa.example%2Fprivacygate-confirm%3F\
/// redirectUri%3D%252Fbinnenland%252Fbrug`: the real address doubly encoded in that of the gate.
pub(super) fn behind_gates(url: &Url) -> Option<Url> {
    let mut found = behind_gate(url)?;
    while let Some(next) = behind_gate(&found) {
        found = next;
    }
    Some(found)
}

fn behind_gate(gate: &Url) -> Option<Url> {
    // Most addresses have no query, and are no gate.
    gate.query()?;
    let place = format!("{}{}", gate.host_str()?, gate.path());
    let to = GATE.is_match(&place).then(|| target(gate)).flatten()?;
    // The address of a gate holds the one behind it, and is longer.
    let is_behind = to.as_str().len() < gate.as_str().len();
    (is_behind && matches!(to.scheme(), "http" | "https")).then_some(to)
}

/// Where a parameter such as `callbackUrl` or `redirect_uri` leads.
fn target(gate: &Url) -> Option<Url> {
    let mut pairs = gate.query_pairs();
    let (_, to) = pairs.find(|(key, to)| {
        let key = key.to_ascii_lowercase().replace(['_', '-'], "");
        BEHIND.contains(&key.as_str()) && !to.is_empty()
    })?;
    gate.join(&to).ok()
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
