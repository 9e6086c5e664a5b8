//! The feeds that are known already, by URL and by name.

use std::collections::HashMap;

use url::Url;

use crate::config::{catalogue, feeds};
use crate::model::feed::Feed;
use crate::normalize::url::key;

/// Characters of a title that go into a name.
const TITLE_CHARS_MAX: usize = 40;

/// The feeds of the list, those of the catalogue, and newcomers; the earlier ones count first.
pub(super) struct Known {
    feeds: Vec<Feed>,
    n_listed: usize,
    by_key: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

impl Known {
    pub(super) fn new(listed: &[Feed]) -> Self {
        let mut known = Self {
            feeds: Vec::new(),
            n_listed: listed.len(),
            by_key: HashMap::new(),
            by_name: HashMap::new(),
        };
        for feed in listed.iter().chain(catalogue::feeds()) {
            known.remember(feed.clone());
        }
        known
    }

    /// The feed at `url`.
    pub(super) fn at(&self, url: &str) -> Option<&Feed> {
        self.by_key.get(&key(url)).map(|place| &self.feeds[*place])
    }

    /// The feed of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Feed> {
        self.by_name.get(name).map(|place| &self.feeds[*place])
    }

    /// Whether `feed` is in the list.
    pub(super) fn is_listed(&self, feed: &Feed) -> bool {
        self.by_name.get(&feed.name).is_some_and(|place| *place < self.n_listed)
    }

    /// A name that no other feed has, made of `title`, or of the host where there is none.
    pub(super) fn new_name(&self, title: &str, url: &str) -> String {
        let source = if title.chars().any(char::is_alphanumeric) {
            title.chars().take(TITLE_CHARS_MAX).collect()
        } else {
            let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
            host.unwrap_or_default()
        };
        feeds::name_for(&source, |name| self.by_name.contains_key(name))
    }

    /// Remembers a newcomer.
    pub(super) fn remember(&mut self, feed: Feed) {
        let place = self.feeds.len();
        self.by_key.entry(key(&feed.url)).or_insert(place);
        self.by_name.entry(feed.name.clone()).or_insert(place);
        self.feeds.push(feed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_known_however_it_is_written() {
        let known = Known::new(&[Feed::new("dorp", "https://dorp.example")]);
        let name = |url| known.at(url).map(|feed| feed.name.as_str());
        assert_eq!(name("HTTPS://Dorp.example:443/"), Some("dorp"));
        assert_eq!(name("http://www.dorp.example"), Some("dorp"));
        assert_eq!(name("https://feeds.nos.nl/nosnieuwsbinnenland"), Some("nos-binnenland"));
        assert_eq!(name("https://dorp.example/rss"), None);
    }

    #[test]
    fn a_new_name_is_short_and_free() {
        let mut known = Known::new(&[]);
        let url = "https://www.dorp.example/rss";
        assert_eq!(known.new_name("NOS Binnenland", url), "nos-binnenland-2");
        assert_eq!(known.new_name("\u{1b}[2J", url), "2j");
        assert_eq!(known.new_name(" … ", url), "www-dorp-example");
        assert_eq!(known.new_name(&"woord ".repeat(50), url).len(), 40);
        known.remember(Feed::new("dorp", url));
        assert_eq!(known.new_name("Dorp", "https://a.example"), "dorp-2");
    }
}
