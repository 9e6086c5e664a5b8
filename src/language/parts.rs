//! The parts of words as they come by in a text, found once for each word that comes by often.

use std::collections::HashMap;
use std::fmt;

use crate::language::{PART, compound, lexicon};

/// Words remembered at once, about 5 MiB: most of those that a day of news has.
const WORDS_MAX: usize = 60_000;

/// Finds the parts of words, and remembers some.
#[derive(Default)]
pub(super) struct Memory {
    /// Forgotten as a whole when it is full: the common words are soon back.
    words: HashMap<Box<str>, Vec<String>>,
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
        // Looked up twice when it is there: an entry would want the word as a key of its own.
        if !self.words.contains_key(word) {
            if self.words.len() >= self.words_max {
                self.words.clear();
            }
            self.words.insert(word.into(), parts(word));
        }
        self.words.get(word).map_or(&[], Vec::as_slice)
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
