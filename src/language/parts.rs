//! The parts of words as they come by in a text, found once for each word that comes by often.

use std::collections::HashMap;
use std::fmt;

use foldhash::fast::RandomState;

use crate::language::{PART, compound, lexicon};

/// Words remembered at once, about 3 MiB: most of those that a day of news has, and what a table of
/// 65,536 places holds.
const WORDS_MAX: usize = 57_000;

/// Of a word without any.
const NO_PARTS: usize = usize::MAX;

/// Finds the parts of words, and remembers some.
#[derive(Default)]
pub(super) struct Memory {
    /// Forgotten as a whole when it is full: the common words are soon back.
    words: HashMap<Box<str>, usize, RandomState>,
    /// What the words have for parts; most have none.
    lists: Vec<Vec<String>>,
    words_max: usize,
    /// The last parts, when they are not remembered.
    last: Vec<String>,
}

impl Memory {
    pub(super) fn large() -> Self {
        Self { words_max: WORDS_MAX, ..Self::default() }
    }

    /// The parts of a folded word, as they are kept.
    pub(super) fn parts(&mut self, word: &str) -> &[String] {
        if !compound::is_divisible(word) {
            return &[];
        }
        if self.words_max == 0 {
            self.last = parts(word);
            return &self.last;
        }
        if let Some(list) = self.words.get(word) {
            return self.lists.get(*list).map_or(&[], Vec::as_slice);
        }
        if self.words.len() >= self.words_max {
            self.words.clear();
            self.lists.clear();
        }
        let parts = parts(word);
        let list = if parts.is_empty() { NO_PARTS } else { self.lists.len() };
        self.words.insert(word.into(), list);
        if !parts.is_empty() {
            self.lists.push(parts);
        }
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("words", &self.words.len()).finish_non_exhaustive()
    }
}

fn parts(word: &str) -> Vec<String> {
    let parts = compound::parts(lexicon::dutch(), word);
    parts.lemmas.into_iter().map(|lemma| format!("{PART}{lemma}")).collect()
}
