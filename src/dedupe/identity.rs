//! The keys by which an entry's article is recognised, strongest first.

use std::collections::HashMap;

use crate::dedupe::fingerprint;
use crate::model::article::IdentityKey;
use crate::model::entry::Entry;
use crate::model::feed::Feed;

/// The version of the rules below. A change needs a migration and a back-test over an archive.
pub const VERSION: u32 = 3;

/// The keys of every entry of one document, each strongest first and never empty.
///
/// A GUID or link that a document repeats on entries that otherwise differ tells nothing, and is
/// left out: some feeds give every item the address of one page, or one GUID.
pub fn keys(feed: &Feed, entries: &[Entry]) -> Vec<Vec<IdentityKey>> {
    let links_by_guid =
        count_distinct(entries, |e| e.guid.as_deref(), |e| e.canonical_url.as_deref());
    let guids_by_link =
        count_distinct(entries, |e| e.canonical_url.as_deref(), |e| e.guid.as_deref());
    let is_shared = |counts: &HashMap<&str, usize>, key: &str| counts.get(key).copied() > Some(1);
    entries
        .iter()
        .map(|entry| {
            let guid = entry.guid.as_deref().filter(|guid| !is_shared(&links_by_guid, guid));
            let url = entry.canonical_url.as_deref().filter(|url| !is_shared(&guids_by_link, url));
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

/// The publisher's own id, looked for in the link and then in the GUID.
fn publisher_id<'e>(feed: &Feed, url: Option<&'e str>, guid: Option<&'e str>) -> Option<&'e str> {
    let pattern = feed.article_id.as_ref()?;
    url.and_then(|url| pattern.find(url)).or_else(|| guid.and_then(|guid| pattern.find(guid)))
}

/// For every key, how many different values it goes with.
fn count_distinct(
    entries: &[Entry],
    key: fn(&Entry) -> Option<&str>,
    value: fn(&Entry) -> Option<&str>,
) -> HashMap<&str, usize> {
    let mut values: HashMap<&str, Vec<Option<&str>>> = HashMap::new();
    for entry in entries {
        if let Some(key) = key(entry) {
            let seen = values.entry(key).or_default();
            if seen.len() < 2 && !seen.contains(&value(entry)) {
                seen.push(value(entry));
            }
        }
    }
    values.into_iter().map(|(key, seen)| (key, seen.len())).collect()
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
    fn without_guid_and_link_the_text_is_the_key() {
        let found = keys(&feed(), &[entry("", "")]);
        assert!(found[0][0].as_str().starts_with("t:de dijkbode:"));
    }
}
