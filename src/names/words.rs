//! Closed classes of words that tell what a name names.

use std::collections::HashSet;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

pub(super) mod bodies;
pub(super) mod grammar;
pub(super) mod people;
pub(super) mod places;

/// Words in lower case that are asked for at every name, and too many to be looked through.
pub(super) struct Class {
    words: &'static [&'static str],
    set: OnceLock<HashSet<&'static str, RandomState>>,
}

impl Class {
    const fn of(words: &'static [&'static str]) -> Self {
        Self { words, set: OnceLock::new() }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.words.iter().copied().collect()).contains(word)
    }
}
