//! Dutch words: where they are in a text, how they are compared and what they have in common.
//!
//! One analyzer serves the index, the query and the marking of matches, so that all three agree on
//! what a word is. It does not know what a query is, nor where words are kept.
//!
//! - A word is a run of letters and digits. Hyphens, dots and apostrophes part words: `D66-leider`
//!   is `d66 leider`, `NU.nl` is `nu nl`, `zo'n` is `zo n` (and so is not `zon`), `'s-Gravenhage`
//!   is `s gravenhage`. Only `'s` at the end of a word is dropped: `Poetin's` is `poetin`. What a
//!   hyphen joins is also one word, unless both are numbers: `zee-egel` is `zeeegel` too.
//! - Folding: lower case, no diacritics, ligatures and letters such as `ø` written out.
//! - A text is kept as its folded words, with the parts of compounds beside them (module
//!   `compound`). What inflected forms have in common is left to the one who asks: a word looked
//!   for becomes all of its forms (modules `forms` and `wanted`), so that it can also be looked for
//!   exactly as it is, and so that a better lexicon needs no new index.
//! - Text without spaces (Chinese, Japanese) is one word a run.

pub mod compound;
mod fold;
pub mod forms;
pub mod keyness;
pub mod lexicon;
pub mod mark;
mod names;
mod parts;
mod spelling;
mod stem;
pub mod wanted;

use std::borrow::Cow;
use std::ops::Range;

use parts::Memory;

/// The version of what texts are kept as. What was indexed with another one must be indexed again.
pub const VERSION: u32 = 5;

/// What parts of compounds begin with, so that they are no words: `woningnood` has `~woning`.
pub const PART: char = '~';

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// Where the word starts in the text, in bytes.
    pub start: usize,
    /// Where it ends; a dropped `'s` belongs to the word.
    pub end: usize,
    /// The word in lower case without diacritics, at most [`WORD_BYTES_MAX`] bytes of it.
    pub folded: &'a str,
    /// The lemmas in a compound, each after [`PART`].
    pub parts: &'a [String],
}

/// Of a longer word only this much is compared.
pub const WORD_BYTES_MAX: usize = 64;

/// Reads words one after the other, reusing its buffers.
#[derive(Debug, Default)]
pub struct Analyzer {
    folded: String,
    memory: Memory,
}

impl Analyzer {
    /// An analyzer that remembers the parts of common words, for long texts; the default one
    /// remembers none and costs nothing to make.
    pub fn remembering() -> Self {
        Self { folded: String::new(), memory: Memory::large() }
    }

    /// The first word of `text` at or after byte `from`. The next one is found from its `end`.
    pub fn next(&mut self, text: &str, from: usize) -> Option<Token<'_>> {
        let Range { start, end } = fold::next_word(text, from, &mut self.folded)?;
        let parts = self.memory.parts(&self.folded);
        Some(Token { start, end, folded: &self.folded, parts })
    }
}

/// The folded words of `text`, in order.
pub fn folded(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut at = 0;
    while let Some(range) = fold::next_word(text, at, &mut word) {
        at = range.end;
        words.push(word.clone());
    }
    words
}

/// Whether `name` is called by `wanted`: its words stand in it in a row, or after `=` are all of it.
/// Case and accents are the same. As the index looks for names.
pub fn is_called(name: &str, wanted: &str) -> bool {
    let name = folded(name);
    if let Some(whole) = wanted.strip_prefix('=') {
        return folded(whole) == name;
    }
    let words = folded(wanted);
    !words.is_empty() && name.windows(words.len()).any(|row| row == words)
}

/// The folded form of `text`, when it is one word and nothing else.
pub fn folded_word(text: &str) -> Option<Cow<'_, str>> {
    // Most words are folded already.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_plain && (1..=WORD_BYTES_MAX).contains(&text.len()) {
        return Some(Cow::Borrowed(text));
    }
    let mut words = folded(text);
    let word = words.pop()?;
    words.is_empty().then_some(Cow::Owned(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_called_by_its_words_or_as_a_whole() {
        assert!(is_called("Omroep Lichtschip", "omroep") && is_called("Café De Brug", "cafe de"));
        assert!(is_called("AD", "=ad") && is_called("Omroep Lichtschip", "=omroep lichtschip"));
        assert!(!is_called("Ad Valvas", "=AD") && !is_called("Omroepen", "omroep"));
        assert!(!is_called("De Brug", "brug de") && !is_called("De Brug", "!"));
    }

    proptest! {
        #[test]
        fn words_lie_in_the_text_one_after_the_other(text in any::<String>()) {
            let mut analyzer = Analyzer::remembering();
            let mut at = 0;
            while let Some(token) = analyzer.next(&text, at) {
                prop_assert!(at <= token.start && token.start < token.end);
                prop_assert!(text.get(token.start..token.end).is_some());
                prop_assert!(!token.folded.is_empty() && !token.folded.contains(PART));
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
        fn a_word_alone_is_folded_as_in_a_text(text in "[a-zA-Zé0-9' -]{0,8}|[a-z]{60,70}") {
            let expected = <[String; 1]>::try_from(folded(&text)).ok().map(|[word]| word);
            prop_assert_eq!(folded_word(&text).map(Cow::into_owned), expected);
        }

        #[test]
        fn remembering_changes_no_part(text in "(woning|nood|prijs|boot|s|e|[a-z]{0,4}){1,4}") {
            let mut large = Analyzer::remembering();
            let mut small = Analyzer::default();
            for _ in 0..2 {
                prop_assert_eq!(large.next(&text, 0), small.next(&text, 0));
            }
        }
    }
}
