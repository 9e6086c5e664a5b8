//! The `meta` and `link` elements of a page, under whichever attribute they name themselves.

use dom_query::Document;

use crate::normalize::text;

/// More than any page has.
const ENTRIES_MAX: usize = 2_000;

/// Names in lower case and what is said of them, in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Meta {
    entries: Vec<(String, String)>,
    links: Vec<(String, String)>,
}

impl Meta {
    pub(super) fn of(document: &Document) -> Self {
        let mut meta = Self::default();
        for node in document.select("meta[content]").nodes().iter().take(ENTRIES_MAX) {
            let content = node.attr("content").unwrap_or_default();
            for attribute in ["property", "name", "itemprop", "http-equiv"] {
                if let Some(name) = node.attr(attribute) {
                    for name in name.split_ascii_whitespace() {
                        meta.entries.push((name.to_lowercase(), content.to_string()));
                    }
                }
            }
        }
        for node in document.select("link[rel][href]").nodes().iter().take(ENTRIES_MAX) {
            let (rel, href) = (node.attr_or("rel", ""), node.attr_or("href", ""));
            meta.links.push((rel.to_lowercase(), href.trim().to_owned()));
        }
        meta
    }

    /// The first of these names that says anything, on one line.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.all(name).into_iter().next())
    }

    /// All that is said under a name.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let found = self.entries.iter().filter(|(entry, _)| entry == name);
        let found = found.map(|(_, content)| text::one_line(content));
        found.filter(|content| !content.is_empty()).collect()
    }

    /// The values of all names for which `is_wanted`.
    pub(super) fn matching(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let found = self.entries.iter().filter(|(entry, _)| is_wanted(entry));
        found.map(|(_, content)| text::one_line(content)).collect()
    }

    /// The address of the first link with this relation.
    pub(super) fn link(&self, rel: &str) -> Option<&str> {
        let is_rel = |list: &str| list.split_ascii_whitespace().any(|one| one == rel);
        let found = self.links.iter().find(|(list, href)| is_rel(list) && !href.is_empty());
        found.map(|(_, href)| href.as_str())
    }
}
