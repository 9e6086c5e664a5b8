//! The words of a text with what grammar needs of them: their capitals, and what parts them.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::language::{self, lexicon};
use crate::names::gazetteer::{self, Known};
use crate::names::words::grammar;

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `huis`, `iPhone`.
    Lower,
    /// `Rutte`, `GroenLinks`, `Kfar-Saba`.
    Capital,
    /// `NAVO`, `D66`.
    Upper,
    /// `J.P.`
    Initials,
    /// `2026`.
    Number,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    /// As it is written; of `VVD-leider` and `D66'er` the name alone.
    pub(super) text: &'t str,
    /// The same in lower case.
    pub(super) lower: Cow<'t, str>,
    /// What it is known for, when it has a capital.
    pub(super) known: Known,
    /// Whether it is a word of the language beside being a name; not asked of most.
    is_word: OnceCell<bool>,
    /// What is joined to it: `leider`, `er`; empty for a word by itself.
    pub(super) tail: &'t str,
    /// Where it starts, in bytes.
    pub(super) start: usize,
    pub(super) shape: Shape,
    /// What stands between it and the word before.
    pub(super) gap: &'t str,
    /// Whether a capital here says nothing: a sentence begins, or a quotation.
    pub(super) opens: bool,
}

impl<'t> Token<'t> {
    /// A word by itself.
    fn new(text: &'t str) -> Self {
        let mut token = Self {
            text,
            lower: Cow::Borrowed(text),
            known: Known::default(),
            is_word: OnceCell::new(),
            tail: "",
            start: 0,
            shape: Shape::Lower,
            gap: "",
            opens: false,
        };
        if text.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return token;
        }
        token.shape = shape(text);
        if token.has_capital() {
            token.known = gazetteer::get(text);
        }
        if token.shape != Shape::Lower || text.contains(char::is_uppercase) {
            token.lower = Cow::Owned(text.to_lowercase());
        }
        token
    }

    fn has_capital(&self) -> bool {
        !matches!(self.shape, Shape::Lower | Shape::Number)
    }

    /// Whether it has a capital, and is a word of the language beside being a name.
    pub(super) fn is_word(&self) -> bool {
        *self.is_word.get_or_init(|| self.has_capital() && is_word(&self.lower))
    }

    pub(super) fn is_name(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper | Shape::Initials)
    }

    /// Whether it follows the word before in the same breath.
    pub(super) fn follows(&self) -> bool {
        self.gap == " "
    }
}

/// Abbreviations whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "dr", "drs", "mr", "mrs", "ir", "ing", "prof", "mw", "mevr", "dhr", "jhr", "ds", "st", "gen",
    "kol", "lt", "jr", "sr", "resp", "incl", "nr", "o.a",
];

/// The words of `text`, in order.
pub(super) fn read(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(text.len() / 6);
    let mut at = 0;
    let mut paragraph = 0;
    while let Some((start, end)) = next(text, at) {
        let gap = &text[at..start];
        let word = &text[start..end];
        let opens = match tokens.last() {
            None => true,
            Some(last) => opens(gap, last),
        };
        if gap.contains('\n') {
            unshout(&mut tokens[paragraph..]);
            paragraph = tokens.len();
        }
        let (name, tail) = divide(word);
        tokens.push(Token { tail, start, gap, opens, ..Token::new(name) });
        at = end;
    }
    unshout(&mut tokens[paragraph..]);
    tokens
}

/// What is longer is no name, and is read in pieces: names are looked for in all ends of a word.
const WORD_BYTES_MAX: usize = 128;

/// Where the next word starts and ends.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    let offset = rest.find(char::is_alphanumeric)?;
    let mut start = from + offset;
    if let Some(length) = plain(&text.as_bytes()[start..]) {
        return Some((start, start + length));
    }
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if at >= WORD_BYTES_MAX {
            break;
        }
        if c.is_alphanumeric() {
            end = start + at + c.len_utf8();
            continue;
        }
        let is_inside = matches!(c, '-' | '\'' | '’' | '.' | '&' | '\u{2011}')
            && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let word = &text[start..end];
        // The full stop of `J.` belongs to it, that of `EU.` does not.
        let is_initial = c == '.' && is_initials(word);
        if !is_inside && !is_initial {
            break;
        }
        if is_initial {
            end = start + at + 1;
        }
    }
    // `'s-Hertogenbosch` and `'t Gooi` begin with their apostrophe.
    let short = &text[start..end];
    if (short.starts_with("s-") || short == "t") && rest[..offset].ends_with(['\'', '’']) {
        start = text[..start].char_indices().next_back().map_or(start, |(at, _)| at);
    }
    Some((start, end))
}

/// The length of a word of small letters with a space or comma behind it, which most are.
fn plain(text: &[u8]) -> Option<usize> {
    let length = text.iter().position(|byte| !byte.is_ascii_lowercase())?;
    // A `t` alone may have an apostrophe before it.
    let is_word = (2..WORD_BYTES_MAX).contains(&length);
    (is_word && matches!(text[length], b' ' | b',')).then_some(length)
}

/// Whether `lower` is a word of the language.
fn is_word(lower: &str) -> bool {
    let Some(word) = language::folded_word(lower) else { return false };
    grammar::is_grammar(lower)
        || lexicon::dutch().get(&word).is_some_and(|entry| {
            let kinds = entry.kinds;
            entry.is_word() && (kinds.noun || kinds.verb || kinds.adjective || !kinds.name)
        })
}

/// Whether `word` is one capital, or capitals with a full stop after each but the last.
fn is_initials(word: &str) -> bool {
    let mut parts = word.rsplit('.');
    let is_capital = |part: &str| {
        let mut chars = part.chars();
        let is_one = chars.next().is_some_and(char::is_uppercase);
        // `Th.` and `Chr.` are initials too.
        is_one && chars.clone().count() <= 2 && chars.all(|c| "hr".contains(c))
    };
    parts.next().is_some_and(is_capital) && parts.all(is_capital)
}

/// A name and what is joined to it: `VVD-leider`, `D66'er`, `Rutte's`.
fn divide(word: &str) -> (&str, &str) {
    if !word.starts_with(char::is_uppercase) {
        return (word, "");
    }
    let Some(at) = word.rfind(['-', '\'', '’']) else { return (word, "") };
    let sign = word[at..].chars().next().map_or(1, char::len_utf8);
    let (name, tail) = (&word[..at], &word[at + sign..]);
    if !tail.chars().next().is_some_and(char::is_lowercase) {
        return (word, "");
    }
    // `VVD-Tweede-Kamerlid` has its first part as name, `Baden-Baden` none.
    (name, tail)
}

fn shape(word: &str) -> Shape {
    let letters = word.chars().filter(|c| c.is_alphabetic());
    let Some(first) = word.chars().find(|c| c.is_alphanumeric()) else { return Shape::Lower };
    if letters.clone().next().is_none() {
        return Shape::Number;
    }
    let is_apostrophe = word.starts_with(['\'', '’']);
    if is_apostrophe {
        let inner = word.split('-').nth(1).and_then(|part| part.chars().next());
        return if inner.is_some_and(char::is_uppercase) { Shape::Capital } else { Shape::Lower };
    }
    if word.ends_with('.') && is_initials(word.trim_end_matches('.')) {
        return Shape::Initials;
    }
    if !first.is_uppercase() {
        return Shape::Lower;
    }
    if letters.clone().count() == 1 && word.chars().count() == 1 {
        return Shape::Initials;
    }
    if letters.clone().all(char::is_uppercase) { Shape::Upper } else { Shape::Capital }
}

/// Whether what stands in `gap` ends a sentence, or opens a quotation, after `last`.
fn opens(gap: &str, last: &Token<'_>) -> bool {
    if gap == " " {
        return false;
    }
    if gap.contains(['\n', '!', '?', '…', ':', '•', '|']) {
        return true;
    }
    if gap.contains('.') {
        return !ABBREVIATIONS.contains(&&*last.lower);
    }
    // An opening quotation mark stands right before its word.
    gap.len() > 1 && gap.ends_with(['"', '\'', '“', '‘', '„', '”', '»', '«', '`'])
}

/// In a line that is written in capitals nothing is told by them.
fn unshout(line: &mut [Token<'_>]) {
    let words = line.iter().filter(|token| token.shape != Shape::Number);
    let n_words = words.clone().count();
    let n_upper = words.filter(|token| token.shape == Shape::Upper).count();
    if n_upper >= 3 && n_upper * 2 > n_words {
        for token in line {
            token.shape = Shape::Lower;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a word that does not end, all beginnings and all ends were looked at.
    #[test]
    fn a_word_without_an_end_is_read_in_pieces() {
        for piece in ["A.", "Jan-", "A'a", "AB", "ab"] {
            let text = piece.repeat(200_000);
            let longest = read(&text).iter().map(|token| token.text.len() + token.tail.len()).max();
            assert!(
                longest.is_some_and(|bytes| bytes <= 2 * WORD_BYTES_MAX),
                "{piece}: {longest:?}"
            );
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let words: Vec<String> = read(text)
            .iter()
            .map(|token| {
                let shape = match token.shape {
                    Shape::Lower => "",
                    Shape::Capital => "C",
                    Shape::Upper => "U",
                    Shape::Initials => "I",
                    Shape::Number => "N",
                };
                let opens = if token.opens { "^" } else { "" };
                let tail =
                    if token.tail.is_empty() { String::new() } else { format!("+{}", token.tail) };
                format!("{opens}{shape}:{}{tail}", token.text)
            })
            .collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn words_are_told_by_their_capitals() {
        check("De NAVO in 2026", &["^C:De", "U:NAVO", ":in", "N:2026"]);
        check(
            "J.P. Balkenende en A. Jansen.",
            &["^I:J.P.", "C:Balkenende", ":en", "I:A.", "C:Jansen"],
        );
        check(
            "de VVD-leider en D66'er Jetten's",
            &["^:de", "U:VVD+leider", ":en", "U:D66+er", "C:Jetten+s"],
        );
        check("in 's-Hertogenbosch en NU.nl", &["^:in", "C:'s-Hertogenbosch", ":en", "C:NU.nl"]);
        check("iPhone en IJsland", &["^:iPhone", ":en", "C:IJsland"]);
    }

    #[test]
    fn sentences_open_after_a_stop_but_not_after_a_title() {
        check("Ja. Nee zei dr. Jansen", &["^C:Ja", "^C:Nee", ":zei", ":dr", "C:Jansen"]);
        check("zei: \"Wij gaan", &["^:zei", "^C:Wij", ":gaan"]);
        check("kop\n\nTekst", &["^:kop", "^C:Tekst"]);
        check("de film 'Turks Fruit' won", &["^:de", ":film", "^C:Turks", "C:Fruit", ":won"]);
    }

    #[test]
    fn shouting_tells_nothing() {
        check("BRAND IN GROTE LOODS", &["^:BRAND", ":IN", ":GROTE", ":LOODS"]);
    }
}
