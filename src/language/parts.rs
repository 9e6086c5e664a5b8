//! The parts of words as they come by in a text, found once for each word that comes by often.

use std::fmt;

use crate::language::{PART, compound, lexicon};

/// Words remembered at once: those that make up most of any news text, about 1 MiB.
const SLOTS: usize = 16_384;
/// Longer words are rare, and divided each time.
const WORD_BYTES_MAX: usize = 31;

/// Finds the parts of words, and remembers some.
#[derive(Default)]
pub(super) struct Memory {
    /// Each word has one place, taken over by the next word that hashes to it.
    slots: Vec<Slot>,
    /// The last parts, when they are not remembered.
    last: Vec<String>,
}

/// A word and its parts. Most words have none, and a lookup of theirs ends here.
#[derive(Debug, Clone, Default)]
struct Slot {
    length: u8,
    word: [u8; WORD_BYTES_MAX],
    parts: Vec<String>,
}

impl Memory {
    pub(super) fn large() -> Self {
        Self { slots: vec![Slot::default(); SLOTS], last: Vec::new() }
    }

    /// The parts of a folded word, as they are kept.
    pub(super) fn parts(&mut self, word: &str) -> &[String] {
        if self.slots.is_empty() || word.len() > WORD_BYTES_MAX {
            self.last = parts(word);
            return &self.last;
        }
        let slot = &mut self.slots[place(word)];
        if slot.word[..usize::from(slot.length)] != *word.as_bytes() {
            slot.length = u8::try_from(word.len()).unwrap_or_default();
            slot.word[..word.len()].copy_from_slice(word.as_bytes());
            slot.parts = parts(word);
        }
        &slot.parts
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("slots", &self.slots.len()).finish_non_exhaustive()
    }
}

fn parts(word: &str) -> Vec<String> {
    let parts = compound::parts(lexicon::dutch(), word);
    parts.lemmas.into_iter().map(|lemma| format!("{PART}{lemma}")).collect()
}

/// FNV-1a: an attacker who finds words that share a place only makes them be divided again.
fn place(word: &str) -> usize {
    let hash = word
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % SLOTS
}
