//! Where words begin and end, and the form in which they are compared.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::language::WORD_BYTES_MAX;

/// The first word of `text` at or after byte `from`; its folded form is left in `folded`.
pub(super) fn next_word(text: &str, from: usize, folded: &mut String) -> Option<Range<usize>> {
    next_word_if(text, from, |_| true, folded)
}

/// The first of those words that begin with a `wanted` byte.
pub(super) fn next_word_if(
    text: &str,
    from: usize,
    wanted: impl Fn(u8) -> bool,
    folded: &mut String,
) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = skip(text, at, Class::Other, |c| !is_word(c));
        let first = *text.as_bytes().get(start)?;
        let end = skip(text, start, Class::Word, |c| is_word(c) || is_inside(c));
        if wanted(first) {
            fold(&text[start..end], folded);
            // A letter may be nothing but marks (Thai and Devanagari vowel signs).
            if !folded.is_empty() {
                return Some(start..possessive_end(text, end));
            }
            at = end;
        } else {
            at = possessive_end(text, end);
        }
    }
}

/// What a byte is in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A letter or digit of ASCII.
    Word,
    /// Another character of ASCII.
    Other,
    /// Part of a character that is not of ASCII.
    Beyond,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Beyond; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        classes[byte as usize] =
            if byte.is_ascii_alphanumeric() { Class::Word } else { Class::Other };
        byte += 1;
    }
    classes
};

/// The first byte at or after `from` that is neither of `class` nor part of a character beyond ASCII
/// that is `wanted`.
fn skip(text: &str, from: usize, class: Class, wanted: impl Fn(char) -> bool) -> usize {
    let mut at = from;
    loop {
        let rest = &text.as_bytes()[at..];
        let n = rest.iter().position(|byte| CLASSES[usize::from(*byte)] != class);
        at += n.unwrap_or(rest.len());
        match text[at..].chars().next() {
            Some(c) if !c.is_ascii() && wanted(c) => at += c.len_utf8(),
            _ => return at,
        }
    }
}

fn fold(word: &str, folded: &mut String) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
    } else {
        // Compatibility forms too: the ligature of i and j, full-width letters, superscripts.
        for c in word.nfkd().flat_map(char::to_lowercase) {
            push_plain(c, folded);
        }
    }
    if folded.len() > WORD_BYTES_MAX {
        folded.truncate(folded.floor_char_boundary(WORD_BYTES_MAX));
    }
}

/// Letters that Unicode does not take apart, written out as the Dutch press does.
fn push_plain(c: char, folded: &mut String) {
    match c {
        'œ' => folded.push_str("oe"),
        'æ' => folded.push_str("ae"),
        'ß' => folded.push_str("ss"),
        'þ' => folded.push_str("th"),
        'ø' => folded.push('o'),
        'đ' | 'ð' => folded.push('d'),
        'ł' => folded.push('l'),
        'ı' => folded.push('i'),
        'ħ' => folded.push('h'),
        c if is_word(c) && !is_combining_mark(c) => folded.push(c),
        _ => {}
    }
}

/// Past `'s` when the word ends with it: `Poetin's`, `foto's`.
fn possessive_end(text: &str, end: usize) -> usize {
    let mut rest = text[end..].chars();
    let Some(apostrophe) = rest.next().filter(|c| is_apostrophe(*c)) else {
        return end;
    };
    if !matches!(rest.next(), Some('s' | 'S')) || rest.next().is_some_and(is_word) {
        return end;
    }
    end + apostrophe.len_utf8() + 1
}

fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() && !is_apostrophe(c) }
}

/// What may stand within a word without ending it: accents written apart, soft hyphens, joiners.
fn is_inside(c: char) -> bool {
    !c.is_ascii()
        && (matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
            || is_combining_mark(c))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | 'ʼ' | '‘' | '’' | '‛' | '′')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::folded;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(folded(text).join(" "), expected, "{text}");
    }

    #[test]
    fn words_are_letters_and_digits() {
        check("De minister zei: nee.", "de minister zei nee");
        check("", "");
        check(" … — !", "");
        check("kabinet-Rutte", "kabinet rutte");
        check("D66-leider Jetten", "d66 leider jetten");
        check("NU.nl en AT5", "nu nl en at5");
        check("om 14.30 uur, 10,5%", "om 14 30 uur 10 5");
        check("https://www.nos.nl/a", "https www nos nl a");
        check("woning\u{ad}nood wo\u{200b}ning", "woningnood woning");
        check("Москва", "москва");
    }

    #[test]
    fn apostrophes_part_words_and_a_final_s_is_dropped() {
        check("Poetin's leger", "poetin leger");
        check("Poetin’s leger", "poetin leger");
        check("foto's, baby's", "foto baby");
        check("Zo'n zo’n", "zo n zo n");
        check("'s-Gravenhage", "s gravenhage");
        check("’s avonds", "s avonds");
        check("d'Hondt O'Brien", "d hondt o brien");
        check("CDA'er", "cda er");
        check("'huis'", "huis");
        check("huis's'", "huis");
    }

    #[test]
    fn case_and_diacritics_are_folded() {
        check("Oekraïne OEKRAÏNE Oekrai\u{308}ne", "oekraine oekraine oekraine");
        check("België café Curaçao", "belgie cafe curacao");
        check("œuvre Æsop Straße Tromsø Łódź", "oeuvre aesop strasse tromso lodz");
        check("ĳs Ĳssel", "ijs ijssel");
        check("İstanbul", "istanbul");
        check("m²", "m2");
        check("Ｔｏｋｙｏ", "tokyo");
    }

    #[test]
    fn a_long_word_is_cut() {
        check(&"a".repeat(100_000), &"a".repeat(WORD_BYTES_MAX));
        check(&"я".repeat(100), &"я".repeat(WORD_BYTES_MAX / 2));
    }

    #[test]
    fn a_dropped_s_belongs_to_the_word() {
        let mut buffer = String::new();
        assert_eq!(next_word("is Poetin's", 2, &mut buffer), Some(3..11));
        assert_eq!(next_word("zo'n", 0, &mut buffer), Some(0..2));
    }
}
