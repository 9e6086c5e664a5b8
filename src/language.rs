//! Dutch words: where they are in a text, how they are compared and what they have in common.
//!
//! One analyzer serves the index, the query and the marking of matches, so that all three agree on
//! what a word is. It does not know what a query is, nor where words are kept.
//!
//! - A word is a run of letters and digits. Hyphens, dots and apostrophes part words: `D66-leider`
//!   is `d66 leider`, `NU.nl` is `nu nl`, `zo'n` is `zo n` (and so is not `zon`), `'s-Gravenhage`
//!   is `s gravenhage`. Only `'s` at the end of a word is dropped: `Poetin's` is `poetin`.
//! - Folding: lower case, no diacritics, ligatures and letters such as `ø` written out.
//! - Stemming: see the module `stem`. A word with a digit or a letter outside a–z is its own stem.
//! - Text without spaces (Chinese, Japanese) is one word a run.

mod fold;
pub mod mark;
mod stem;

use std::ops::Range;

use stem::Stems;

/// The version of all of this. What was indexed with another one must be indexed again.
pub const VERSION: u32 = 1;

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// Where the word starts in the text, in bytes.
    pub start: usize,
    /// Where it ends; a dropped `'s` belongs to the word.
    pub end: usize,
    /// The word in lower case without diacritics, at most [`WORD_BYTES_MAX`] bytes of it.
    pub folded: &'a str,
    /// What it shares with its inflected forms.
    pub stem: &'a str,
}

/// Of a longer word only this much is compared.
pub const WORD_BYTES_MAX: usize = 64;

/// Reads words one after the other, reusing its buffers.
#[derive(Debug, Default)]
pub struct Analyzer {
    folded: String,
    stems: Stems,
}

impl Analyzer {
    /// An analyzer that remembers the stems of common words, for long texts; the default one
    /// remembers none and costs nothing to make.
    pub fn remembering() -> Self {
        Self { folded: String::new(), stems: Stems::remembering() }
    }

    /// The first word of `text` at or after byte `from`. The next one is found from its `end`.
    pub fn next(&mut self, text: &str, from: usize) -> Option<Token<'_>> {
        let Range { start, end } = fold::next_word(text, from, &mut self.folded)?;
        let stem = self.stems.get(&self.folded);
        Some(Token { start, end, folded: &self.folded, stem })
    }
}

/// The stems of the words of `text`, in order.
pub fn stems(text: &str) -> Vec<String> {
    collect(text, |token| token.stem.to_owned())
}

/// The folded words of `text`, in order.
pub fn folded(text: &str) -> Vec<String> {
    collect(text, |token| token.folded.to_owned())
}

fn collect<T>(text: &str, pick: impl Fn(Token<'_>) -> T) -> Vec<T> {
    let mut analyzer = Analyzer::default();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(token) = analyzer.next(text, at) {
        at = token.end;
        words.push(pick(token));
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_lie_in_the_text_one_after_the_other(text in any::<String>()) {
            let mut analyzer = Analyzer::remembering();
            let mut at = 0;
            while let Some(token) = analyzer.next(&text, at) {
                prop_assert!(at <= token.start && token.start < token.end);
                prop_assert!(text.get(token.start..token.end).is_some());
                prop_assert!(!token.folded.is_empty() && !token.stem.is_empty());
                prop_assert!(token.folded.len() <= WORD_BYTES_MAX);
                at = token.end;
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = folded(&text);
            prop_assert_eq!(folded(&once.join(" ")), once);
        }

        #[test]
        fn remembering_changes_no_stem(text in "[a-e]{0,6}( [a-z]{1,9}){0,30}") {
            let mut analyzer = Analyzer::remembering();
            for word in text.split_whitespace().chain(text.split_whitespace()) {
                let stem = analyzer.next(word, 0).map(|token| vec![token.stem.to_owned()]);
                prop_assert_eq!(stem.unwrap(), stems(word));
            }
        }
    }
}
