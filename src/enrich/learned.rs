//! What recurs on the pages of each outlet, in memory while pages are read.

use std::collections::{HashMap, HashSet};
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

/// Keys of what `text` says and did not say before; a line that is no sentence is no edit either.
pub(super) fn gained(text: &str, before: &HashSet<u64>) -> Vec<u64> {
    let is_sentence = |block: &&str| block.ends_with(['.', '!', '?', '…']);
    let keys = text.split("\n\n").filter(is_sentence).map(key_of);
    keys.filter(|key| !before.contains(key)).collect()
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
        let outlet = self.outlets.entry(outlet.to_owned()).or_default();
        outlet.counted.observe(keys);
        outlet.changed()
    }

    /// The same of blocks that `page` did not have when it was read before.
    pub fn gained(&mut self, outlet: &str, page: ArticleRow, blocks: &[u64]) -> Option<Recurring> {
        let outlet = self.outlets.entry(outlet.to_owned()).or_default();
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
