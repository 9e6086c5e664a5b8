//! The keys by which an entry's article is recognised, strongest first.

use std::collections::{HashMap, HashSet};

use crate::dedupe::fingerprint::{self, differ};
use crate::model::article::IdentityKey;
use crate::model::entry::Entry;
use crate::model::feed::Feed;

/// The version of the rules below. A change needs a migration and a back-test over an archive.
pub const VERSION: u32 = 5;

/// A slug of a headline has more words than the name of a section.
const SLUG_DASHES_MIN: usize = 2;

/// An article with more keys than this has an address that is another at each poll, and is found by
/// one that stays.
const KEYS_MAX: usize = 100;

/// The keys of every entry of one document, each strongest first and never empty.
///
/// A GUID or link that a document repeats on entries that otherwise differ tells nothing, and is
/// left out: some feeds give every item the address of one page, or one GUID. Where the canonical
/// addresses are one, the links themselves may still differ (`#bericht-12`) and stand for a GUID.
pub fn keys(feed: &Feed, entries: &[Entry]) -> Vec<Vec<IdentityKey>> {
    let by_guid = shared(entries, |e| e.guid.as_deref(), |e| e.canonical_url.as_deref());
    let by_url = shared(entries, |e| e.canonical_url.as_deref(), |e| e.guid.as_deref());
    let by_link = shared(entries, |e| e.link.as_deref(), |e| e.guid.as_deref());
    entries
        .iter()
        .map(|entry| {
            let guid = entry.guid.as_deref().filter(|guid| !by_guid.contains(guid));
            let url = entry.canonical_url.as_deref().filter(|url| !by_url.contains(url));
            let is_url_shared = url.is_none() && entry.canonical_url.is_some();
            let link = entry.link.as_deref().filter(|link| !by_link.contains(link));
            let guid = guid.or(link.filter(|_| is_url_shared && entry.guid.is_none()));
            entry_keys(feed, entry, guid, url)
        })
        .collect()
}

fn entry_keys(
    feed: &Feed,
    entry: &Entry,
    guid: Option<&str>,
    url: Option<&str>,
) -> Vec<IdentityKey> {
    let mut keys = named(feed, guid, url);
    if keys.is_empty() {
        let scope = feed.identity_scope();
        let text = fingerprint::exact(&format!("{}\n{}", entry.title, entry.text));
        keys.push(IdentityKey::text(scope, &text));
    }
    keys
}

/// The keys of an entry of `feed` by its GUID and its canonical address, strongest first; none where
/// it has neither.
pub fn named(feed: &Feed, guid: Option<&str>, url: Option<&str>) -> Vec<IdentityKey> {
    let scope = feed.identity_scope();
    let mut keys = Vec::with_capacity(3);
    if let Some(id) = publisher_id(feed, url, guid) {
        keys.push(IdentityKey::publisher(scope, id));
    }
    keys.extend(url.map(IdentityKey::url));
    keys.extend(guid.map(|guid| IdentityKey::guid(scope, guid)));
    keys
}

/// The key of the canonical address under which a page was found, or which it gives as its own (RFC
/// 6596); `None` where that is no address of an article, which has a number or a slug at its end.
pub fn of_page(canonical_url: &str) -> Option<IdentityKey> {
    let (_, path) = canonical_url.split_once("://")?.1.split_once(['/', '?'])?;
    let end = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_of_article =
        end.contains(|c: char| c.is_ascii_digit()) || end.matches('-').count() >= SLUG_DASHES_MIN;
    is_of_article.then(|| IdentityKey::page(canonical_url))
}

/// Those of `keys` by which an article that has the keys `known` is to be known as well.
pub fn further(known: &[IdentityKey], keys: &[IdentityKey]) -> Vec<IdentityKey> {
    let room = KEYS_MAX.saturating_sub(known.len());
    keys.iter().filter(|key| !known.contains(key)).take(room).cloned().collect()
}

/// The publisher's own id, looked for in the link and then in the GUID.
fn publisher_id<'e>(feed: &Feed, url: Option<&'e str>, guid: Option<&'e str>) -> Option<&'e str> {
    let pattern = feed.article_id.as_ref()?;
    url.and_then(|url| pattern.find(url)).or_else(|| guid.and_then(|guid| pattern.find(guid)))
}

/// The keys that stand on entries which differ in `other`, or in their headlines where neither has
/// that.
fn shared(
    entries: &[Entry],
    key: fn(&Entry) -> Option<&str>,
    other: fn(&Entry) -> Option<&str>,
) -> HashSet<&str> {
    let mut first: HashMap<&str, &Entry> = HashMap::new();
    let mut shared = HashSet::new();
    for entry in entries {
        let Some(key) = key(entry) else { continue };
        let before = *first.entry(key).or_insert(entry);
        let is_another = match (other(before), other(entry)) {
            (None, None) => differ(&before.title, &entry.title),
            (before, here) => before != here,
        };
        if is_another {
            shared.insert(key);
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::feed::ArticleIdPattern;

    fn entry(guid: &str, link: &str) -> Entry {
        Entry {
            guid: Some(guid.to_owned()).filter(|guid| !guid.is_empty()),
            canonical_url: Some(link.to_owned()).filter(|link| !link.is_empty()),
            title: format!("{guid} {link}"),
            ..Entry::default()
        }
    }

    fn feed() -> Feed {
        let pattern = ArticleIdPattern::new(r"(?:/-/|artikel-|/binnenland/)(\d{6,8})").unwrap();
        Feed {
            outlet: Some("De Dijkbode".into()),
            article_id: Some(pattern),
            ..Feed::new("dijkbode", "https://dijkbode.example/rss")
        }
    }

    #[track_caller]
    fn check(entries: &[Entry], expected: &[&[&str]]) {
        let found = keys(&feed(), entries);
        let found: Vec<Vec<&str>> =
            found.iter().map(|keys| keys.iter().map(IdentityKey::as_str).collect()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_page_names_its_article_only_by_an_address_that_can_be_one() {
        let key = |address: &str| of_page(address).map(|key| key.as_str().to_owned());
        let slug = "https://dijkbode.example/nieuws/brug-bij-hulst-dicht";
        assert_eq!(key(slug), Some(format!("w:{slug}")));
        assert!(key("https://dijkbode.example/1203001/brug").is_none());
        assert!(key("https://dijkbode.example/brug/1203001").is_some());
        assert!(key("https://dijkbode.example/?p=1203001").is_some());
        for section in ["", "/", "/kort-nieuws", "/abonnement/"] {
            assert_eq!(key(&format!("https://dijkbode.example{section}")), None);
        }
    }

    #[test]
    fn an_address_that_never_stays_is_not_kept_for_ever() {
        let guid = IdentityKey::guid("f", "1");
        let mut known = vec![guid.clone()];
        for n in 0..2 * KEYS_MAX {
            let url = IdentityKey::url(&format!("https://a.example/brug?r={n}"));
            known.extend(further(&known, &[url, guid.clone()]));
        }
        assert_eq!(known.len(), KEYS_MAX);
        assert_eq!(known[1].as_str(), "u:https://a.example/brug?r=0");
    }

    #[test]
    fn the_publishers_id_survives_a_change_of_guid() {
        check(
            &[
                entry("https://dijkbode.example/-/1203001/", ""),
                entry("artikel-1203001", "https://dijkbode.example/binnenland/1203001/brug"),
            ],
            &[
                &["p:de dijkbode:1203001", "g:de dijkbode:https://dijkbode.example/-/1203001/"],
                &[
                    "p:de dijkbode:1203001",
                    "u:https://dijkbode.example/binnenland/1203001/brug",
                    "g:de dijkbode:artikel-1203001",
                ],
            ],
        );
    }

    #[test]
    fn one_guid_on_all_items_is_no_guid() {
        check(
            &[entry("1", "https://a.example/x"), entry("1", "https://a.example/y")],
            &[&["u:https://a.example/x"], &["u:https://a.example/y"]],
        );
    }

    #[test]
    fn one_link_on_all_items_is_no_link() {
        check(
            &[entry("1", "https://a.example/nieuws"), entry("2", "https://a.example/nieuws")],
            &[&["g:de dijkbode:1"], &["g:de dijkbode:2"]],
        );
    }

    #[test]
    fn without_guids_headlines_tell_whether_one_link_is_a_link() {
        let titled = |title: &str, link: &str| Entry {
            title: title.to_owned(),
            link: Some(link.to_owned()),
            ..entry("", "https://a.example/live")
        };
        let (first, second) = ("https://a.example/live#1", "https://a.example/live#2");
        check(
            &[titled("Brug dicht", first), titled("Brug open", second)],
            &[
                &["g:de dijkbode:https://a.example/live#1"],
                &["g:de dijkbode:https://a.example/live#2"],
            ],
        );
        let page = "https://a.example/live";
        let found = keys(&feed(), &[titled("Brug dicht", page), titled("Brug open", page)]);
        assert_ne!(found[0], found[1]);
        let tagged = "https://a.example/live?utm_source=rss";
        check(
            &[titled("Brug dicht", page), titled("Brug dicht", tagged)],
            &[&["u:https://a.example/live"], &["u:https://a.example/live"]],
        );
    }

    #[test]
    fn without_guid_and_link_the_text_is_the_key() {
        let found = keys(&feed(), &[entry("", "")]);
        assert!(found[0][0].as_str().starts_with("t:de dijkbode:"));
    }
}
