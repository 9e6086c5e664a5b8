//! What an outlet prints on every page: blocks that recur are no part of any article.
//!
//! No tool that sees one page can know this. The counts are small, can be stored, and forget what is
//! long gone.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{blocks, phrases};
use sha2::{Digest as _, Sha256};

/// Pages after which counts are halved, so that an old template is forgotten.
const PAGES_MAX: u32 = 400;

/// Blocks remembered of an outlet.
const BLOCKS_MAX: usize = 20_000;

/// The fewest pages on which a block must stand to count as recurring: a paragraph of background
/// stands in several articles of one matter, and is part of each.
const PAGES_MIN: u32 = 10;

/// One in so many pages must have it.
const ONE_IN: u32 = 8;

/// One in so many must have a sentence that tells something: papers have set sentences, of accidents
/// and of matches, which are part of each article they stand in.
const SENTENCE_ONE_IN: u32 = 2;

/// Pages that must gain a block for it to be a new template's: a correction may stand in each of a few
/// articles of one matter.
const GAINED_MIN: usize = 5;

/// What pages gained is remembered so often.
const GAINS_MAX: usize = 2_000;

/// On how many of an outlet's pages which block stood.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recurring {
    n_pages: u32,
    counts: HashMap<u64, u32>,
    gains: VecDeque<Gain>,
}

/// A block that a page has and did not have when it was read before, by its key and that of the page.
pub type Gain = (u64, i64);

/// The blocks that recur, by their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Keys {
    /// On a good part of the pages.
    some: HashSet<u64>,
    /// On so many that not even a sentence is part of an article.
    most: HashSet<u64>,
}

impl Keys {
    /// Whether nothing recurs.
    pub fn is_empty(&self) -> bool {
        self.some.is_empty()
    }

    /// Whether this block of a text recurs, so that it is no part of an article.
    pub fn has(&self, block: &str) -> bool {
        let key = key_of(block);
        self.most.contains(&key) || self.some.contains(&key) && !phrases::tells(block)
    }

    /// Whether this block stands on so many pages that whatever changes of its numbers is no news.
    pub fn is_on_most(&self, block: &str) -> bool {
        self.most.contains(&key_of(block))
    }

    /// Forgets the blocks whose keys are not to be kept.
    pub fn retain(&mut self, is_kept: impl Fn(u64) -> bool) {
        self.some.retain(|key| is_kept(*key));
        self.most.retain(|key| is_kept(*key));
    }
}

impl Recurring {
    /// What was stored before.
    pub fn from_counts(
        n_pages: u32,
        counts: impl IntoIterator<Item = (u64, u32)>,
        gains: impl IntoIterator<Item = Gain>,
    ) -> Self {
        let (counts, gains) = (counts.into_iter().collect(), gains.into_iter().collect());
        Self { n_pages, counts, gains }
    }

    /// How many pages were counted.
    pub fn n_pages(&self) -> u32 {
        self.n_pages
    }

    /// The counts, to be stored.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.counts.iter().map(|(key, count)| (*key, *count))
    }

    /// What pages gained, the latest last, to be stored.
    pub fn gains(&self) -> impl Iterator<Item = Gain> + '_ {
        self.gains.iter().copied()
    }

    /// On how many pages a block stood, or how many gained it.
    pub fn n_pages_with(&self, block: u64) -> Option<u32> {
        let n_gained = self.gains.iter().filter(|(gained, _)| *gained == block).count();
        let n_gained = u32::try_from(n_gained).ok().filter(|n| *n > 0);
        self.counts.get(&block).copied().max(n_gained)
    }

    /// Counts blocks of `page` that it did not have before.
    pub fn gained(&mut self, page: i64, blocks: impl IntoIterator<Item = u64>) {
        for block in blocks {
            if !self.gains.contains(&(block, page)) {
                self.gains.push_back((block, page));
            }
        }
        let n_over = self.gains.len().saturating_sub(GAINS_MAX);
        self.gains.drain(..n_over);
    }

    /// Counts the blocks of another page: [`super::Page::keys`]. A page that was counted before
    /// must not be counted again.
    pub fn observe(&mut self, keys: &[u64]) {
        let distinct: HashSet<u64> = keys.iter().copied().collect();
        for key in distinct {
            *self.counts.entry(key).or_default() += 1;
        }
        self.n_pages += 1;
        if self.n_pages >= PAGES_MAX || self.counts.len() > BLOCKS_MAX {
            self.forget();
        }
    }

    /// The blocks that stood on a good part of the pages, or that several gained.
    pub fn keys(&self) -> Keys {
        let on = |one_in: u32| {
            let least = PAGES_MIN.max(self.n_pages.div_ceil(one_in));
            let recurring = self.counts.iter().filter(move |(_, count)| **count >= least);
            recurring.map(|(key, _)| *key)
        };
        let mut keys = Keys { some: on(ONE_IN).collect(), most: on(SENTENCE_ONE_IN).collect() };
        let mut n_gained: HashMap<u64, usize> = HashMap::new();
        for (key, _) in &self.gains {
            *n_gained.entry(*key).or_default() += 1;
        }
        for (key, _) in n_gained.into_iter().filter(|(_, n)| *n >= GAINED_MIN) {
            keys.some.insert(key);
            keys.most.insert(key);
        }
        keys
    }

    fn forget(&mut self) {
        self.n_pages /= 2;
        self.counts.retain(|_, count| {
            *count /= 2;
            *count > 0
        });
    }
}

/// The key of a block of a text.
pub fn key_of(block: &str) -> u64 {
    key(&blocks::words_of(block).0)
}

/// The key of a block: its words, with numbers alike, so that a counter is the same block each time.
pub(super) fn key(words: &str) -> u64 {
    let mut hasher = Sha256::new();
    for word in words.split_ascii_whitespace() {
        let is_number = word.bytes().all(|b| b.is_ascii_digit());
        hasher.update(if is_number { "0" } else { word });
        hasher.update(" ");
    }
    let hash = hasher.finalize();
    u64::from_be_bytes(std::array::from_fn(|at| hash[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_most_pages_recurs_and_what_is_news_does_not() {
        let mut outlet = Recurring::default();
        let tip = key(" heb je een tip mail de redactie ");
        for page in 0..40 {
            outlet.observe(&[tip, tip, page]);
        }
        assert_eq!(outlet.keys().some, HashSet::from([tip]));
        let stored = Recurring::from_counts(outlet.n_pages(), outlet.counts(), outlet.gains());
        assert_eq!(stored, outlet);
    }

    #[test]
    fn a_set_sentence_recurs_only_where_most_pages_have_it() {
        let sentence = "Niemand raakte gewond.";
        let others = ["Heb je een tip? Mail de redactie.", "12 reacties"];
        let mut outlet = Recurring::default();
        for page in 0..40 {
            let all = [key_of(sentence), key_of(others[0]), key_of(others[1])];
            outlet.observe(if page % 3 == 0 { &all } else { &[] });
        }
        let keys = outlet.keys();
        assert!(!keys.has(sentence) && others.iter().all(|other| keys.has(other)));
        (0..20).for_each(|_| outlet.observe(&[key_of(sentence)]));
        assert!(outlet.keys().has(sentence));
        let mut new = Recurring::default();
        (0..5).for_each(|page| new.gained(page, [key_of(sentence)]));
        assert!(new.keys().has(sentence));
    }

    #[test]
    fn what_several_pages_gained_is_a_new_template() {
        let mut outlet = Recurring::default();
        for _ in 0..9 {
            outlet.gained(1, [7]);
        }
        (2..5).for_each(|page| outlet.gained(page, [7, 7 + page.unsigned_abs()]));
        assert_eq!((outlet.keys().some, outlet.n_pages_with(7)), (HashSet::new(), Some(4)));
        outlet.gained(5, [7]);
        assert_eq!(outlet.keys().some, HashSet::from([7]));
        (10..5_000).for_each(|page| outlet.gained(page, [page.unsigned_abs()]));
        assert_eq!((outlet.keys().some, outlet.gains().count()), (HashSet::new(), GAINS_MAX));
    }

    #[test]
    fn an_old_template_is_forgotten() {
        let mut outlet = Recurring::default();
        for _ in 0..50 {
            outlet.observe(&[1]);
        }
        for _ in 0..2_000 {
            outlet.observe(&[2]);
        }
        assert_eq!(outlet.keys().some, HashSet::from([2]));
        assert!(outlet.n_pages() < PAGES_MAX);
    }

    #[test]
    fn a_counter_is_the_same_block_each_time() {
        assert_eq!(key(" 12 reacties "), key(" 9 reacties "));
        assert_ne!(key(" 12 reacties "), key(" 12 lezers "));
    }
}
