//! What a document may grow to while it is read, so that a small one cannot fill the memory.

use url::Url;

use crate::model::entry::RawEntry;
use crate::parse::feed::ENTRIES_MAX;

/// Authors, categories and attachments kept of one entry, each.
pub(super) const LIST_MAX: usize = 200;

/// And of all entries together.
const LISTED_MAX: usize = 10 * ENTRIES_MAX;

/// What relative links may come to, beside once more the size of their document.
const LINKS_BYTES: usize = 1 << 16;

/// What the lists of the entries of a document may still hold.
#[derive(Debug)]
pub(super) struct Lists {
    left: usize,
}

impl Default for Lists {
    fn default() -> Self {
        Self { left: LISTED_MAX }
    }
}

impl Lists {
    /// Leaves in the lists of an entry what there is room for, and of their memory what they need.
    pub(super) fn trim(&mut self, entry: &mut RawEntry) {
        let RawEntry { authors, categories, enclosures, .. } = entry;
        self.trim_one(authors);
        self.trim_one(categories);
        self.trim_one(enclosures);
    }

    fn trim_one<T>(&mut self, list: &mut Vec<T>) {
        list.truncate(LIST_MAX.min(self.left));
        list.shrink_to_fit();
        self.left -= list.len();
    }
}

/// What the links of a document may still grow by when they are made absolute: a long base for
/// every short link would come to more than any memory holds.
#[derive(Debug)]
pub(super) struct Links {
    bytes_left: usize,
}

impl Links {
    pub(super) fn of(document: &str) -> Self {
        Self { bytes_left: document.len() + LINKS_BYTES }
    }

    /// `link` from where `base` is; `None` when it cannot be, or there is no room for it.
    pub(super) fn join(&mut self, base: &Url, link: &str) -> Option<String> {
        if base.as_str().len() > self.bytes_left {
            return None;
        }
        let joined = String::from(base.join(link).ok()?);
        let growth = joined.len().saturating_sub(link.len());
        self.bytes_left = self.bytes_left.saturating_sub(growth);
        Some(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_grow_as_long_as_there_is_room() {
        let base = Url::parse(&format!("https://kade.example/{}/", "a".repeat(979))).unwrap();
        let mut links = Links::of("");
        let n_joined = (0..1000).filter(|_| links.join(&base, "b").is_some()).count();
        assert_eq!(n_joined, LINKS_BYTES / base.as_str().len());
        assert!(Links::of("").join(&base, "http://[").is_none());
    }

    #[test]
    fn lists_are_kept_while_there_is_room() {
        let mut lists = Lists { left: 250 };
        let mut lengths = || {
            let names = vec![String::new(); LIST_MAX + 1];
            let mut entry = RawEntry { categories: names, ..RawEntry::default() };
            lists.trim(&mut entry);
            entry.categories.len()
        };
        assert_eq!([lengths(), lengths(), lengths()], [200, 50, 0]);
    }
}
