//! What recurs on the pages of each outlet, in memory while pages are read.

use std::collections::HashMap;
use std::sync::Arc;

use crate::extract::recurring::{Keys, Recurring, key_of};
use crate::store::ArticleRow;
use crate::store::pages::state::State;

/// Pages after which counts are stored again: they are long, and losing some costs little.
const PAGES_PER_STORE: u32 = 20;

/// Outlets in memory; with more, the first ones are read from the archive again.
const OUTLETS_MAX: usize = 500;

/// The counts of all outlets whose pages are read.
#[derive(Debug, Default)]
pub struct Learned {
    outlets: HashMap<String, Outlet>,
}

#[derive(Debug, Default)]
struct Outlet {
    counted: Recurring,
    keys: Arc<Keys>,
    n_unstored: u32,
}

/// What the pages of an article are counted under: its outlet, or else its host.
pub fn key(state: &State) -> &str {
    state.outlet.as_deref().unwrap_or(&state.site)
}

/// The blocks of a text by their keys.
pub(super) type Said = HashMap<u64, String>;

/// The blocks of `text`.
pub(super) fn said(text: &str) -> Said {
    text.split("\n\n").map(|block| (key_of(block), block.to_owned())).collect()
}

/// Keys of what `text` says and did not say before; a line that is no sentence is no edit either.
pub(super) fn gained(text: &str, before: &Said) -> Vec<u64> {
    let is_sentence = |block: &&str| block.ends_with(['.', '!', '?', '…']);
    let keys = text.split("\n\n").filter(is_sentence).map(key_of);
    keys.filter(|key| !before.contains_key(key)).collect()
}

/// A text in which what most pages of its outlet have, but for the numbers in it, has those that it had
/// `before`: it counts by itself.
pub(super) fn without_counting(text: &str, before: &Said, recurring: &Keys) -> String {
    let as_before = |block| {
        let was = before.get(&key_of(block)).filter(|_| recurring.is_on_most(block));
        was.map_or(block, String::as_str)
    };
    text.split("\n\n").map(as_before).collect::<Vec<_>>().join("\n\n")
}

impl Learned {
    /// Whether the counts of `outlet` are here.
    pub fn has(&self, outlet: &str) -> bool {
        self.outlets.contains_key(outlet)
    }

    /// Takes up what was stored of `outlet`.
    pub fn take_up(&mut self, outlet: &str, counted: Recurring) {
        if self.outlets.len() >= OUTLETS_MAX {
            self.outlets.retain(|_, outlet| outlet.n_unstored > 0);
        }
        let keys = Arc::new(counted.keys());
        self.outlets.insert(outlet.to_owned(), Outlet { counted, keys, n_unstored: 0 });
    }

    /// The blocks that recur at `outlet`.
    pub fn keys(&self, outlet: &str) -> Arc<Keys> {
        self.outlets.get(outlet).map(|outlet| Arc::clone(&outlet.keys)).unwrap_or_default()
    }

    /// Counts the blocks of a page that was not counted before. Gives the counts when it is time to
    /// store them.
    pub fn observe(&mut self, outlet: &str, keys: &[u64]) -> Option<Recurring> {
        // Counts that are not here are not those of this page alone.
        let outlet = self.outlets.get_mut(outlet)?;
        outlet.counted.observe(keys);
        outlet.changed()
    }

    /// The same of blocks that `page` did not have when it was read before.
    pub fn gained(&mut self, outlet: &str, page: ArticleRow, blocks: &[u64]) -> Option<Recurring> {
        let outlet = self.outlets.get_mut(outlet)?;
        outlet.counted.gained(page.0, blocks.iter().copied());
        outlet.changed()
    }

    /// What is not stored yet.
    pub fn rest(&mut self) -> Vec<(String, Recurring)> {
        let unstored = self.outlets.iter_mut().filter(|(_, outlet)| outlet.n_unstored > 0);
        unstored.map(|(name, outlet)| (name.clone(), outlet.counts())).collect()
    }
}

impl Outlet {
    fn changed(&mut self) -> Option<Recurring> {
        self.keys = Arc::new(self.counted.keys());
        self.n_unstored += 1;
        (self.n_unstored >= PAGES_PER_STORE).then(|| self.counts())
    }

    fn counts(&mut self) -> Recurring {
        self.n_unstored = 0;
        self.counted.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_most_pages_have_counts_by_itself_and_a_number_in_an_article_does_not() {
        let mut outlet = Recurring::default();
        let counter = "Nog 12 dagen tot de verkiezingen.";
        (0..20).for_each(|page| outlet.observe(&[key_of(counter), page]));
        let before = said(&format!("Er vielen 12 doden.\n\n{counter}"));
        let now = "Er vielen 14 doden.\n\nNog 11 dagen tot de verkiezingen.";
        let text = without_counting(now, &before, &outlet.keys());
        assert_eq!(text, format!("Er vielen 14 doden.\n\n{counter}"));
        assert_eq!(without_counting(now, &before, &Keys::default()), now);
    }
}
