//! A text as comparable words: in lower case, without punctuation, quotations left out.

use std::ops::Range;

/// Words looked at; what follows in a longer text does not change what it is.
const WORDS_MAX: usize = 20_000;

/// A quotation of so many words is somebody's speech, which two reporters may both have heard; a
/// shorter one is a name or a turn of phrase.
const QUOTED_WORDS_MIN: usize = 5;

/// A quotation that is longer has lost its closing mark.
const QUOTED_BYTES_MAX: usize = 1500;

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Identifies it, whatever its case.
    pub hash: u64,
    /// Where it begins, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// Words between two quotations have one number; a shingle never leaves it.
    pub run: u32,
    /// A number, or a capital inside a sentence: mostly a name.
    pub is_fact: bool,
}

/// The words of a text outside its quotations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passages {
    /// In their order.
    pub words: Vec<Word>,
}

impl Passages {
    /// Reads a text whose paragraphs end in line ends.
    pub fn read(text: &str) -> Self {
        let mut words = Vec::with_capacity(text.len() / 6);
        let mut run = 0;
        let mut from = 0;
        for quotation in quotations(text) {
            read_words(text, from..quotation.start, run, &mut words);
            run += 1;
            from = quotation.end;
        }
        read_words(text, from..text.len(), run, &mut words);
        words.truncate(WORDS_MAX);
        Self { words }
    }

    /// Reads a text with its quotations, to show all that is alike in two.
    pub fn read_whole(text: &str) -> Self {
        let mut words = Vec::with_capacity(text.len() / 6);
        read_words(text, 0..text.len(), 0, &mut words);
        words.truncate(WORDS_MAX);
        Self { words }
    }

    /// The hashes of all shingles of `n` words, each with its place; none crosses a quotation.
    pub fn shingles(&self, n: usize) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.words.windows(n.max(1)).enumerate().filter_map(|(at, words)| {
            let is_whole = words.first().map(|word| word.run) == words.last().map(|word| word.run);
            is_whole.then(|| (at, words.iter().fold(SEED, |hash, word| mix(hash, word.hash))))
        })
    }
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stored for ever in sketches, hence our own and not a library's that may change.
fn mix(hash: u64, value: u64) -> u64 {
    let mixed = (hash.rotate_left(23) ^ value).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 32)
}

fn read_words(text: &str, part: Range<usize>, run: u32, words: &mut Vec<Word>) {
    let is_inside = |c: char| c.is_alphanumeric();
    let mut is_opening = part.start == 0;
    let mut rest = part.start;
    while rest < part.end {
        let Some(found) = text[rest..part.end].find(is_inside) else { break };
        let start = rest + found;
        is_opening |= text[rest..start].contains(['\n', '.', '!', '?', ':', '•']);
        let length = text[start..part.end].find(|c| !is_inside(c));
        let end = length.map_or(part.end, |length| start + length);
        let word = &text[start..end];
        let first = word.chars().next().unwrap_or_default();
        words.push(Word {
            hash: hash(word),
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end).unwrap_or(u32::MAX),
            run,
            is_fact: first.is_numeric() || (first.is_uppercase() && !is_opening),
        });
        is_opening = false;
        rest = end;
    }
}

/// FNV-1a over the word in lower case.
fn hash(word: &str) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    if word.is_ascii() {
        return word.bytes().fold(SEED, |hash, byte| step(hash, byte.to_ascii_lowercase()));
    }
    let mut buffer = [0; 4];
    word.chars()
        .flat_map(char::to_lowercase)
        .fold(SEED, |hash, c| c.encode_utf8(&mut buffer).bytes().fold(hash, step))
}

/// The quotations of a text with their marks: each within one paragraph and not too short.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((open, mark)) = next_mark(text, at) {
        let inside = open + mark.len_utf8();
        match closing(text, inside, mark) {
            Some(end) if text[inside..end].split_whitespace().count() >= QUOTED_WORDS_MIN => {
                found.push(open..end);
                at = end;
            }
            _ => at = inside,
        }
    }
    found
}

/// The next mark that may open a quotation.
fn next_mark(text: &str, from: usize) -> Option<(usize, char)> {
    let is_mark = |c| matches!(c, '"' | '\'' | '“' | '„' | '‘' | '‚' | '«');
    text[from..].match_indices(is_mark).find_map(|(at, mark)| {
        let at = from + at;
        let before = text[..at].chars().next_back();
        let is_open = before.is_none_or(|c| !c.is_alphanumeric());
        let mark = mark.chars().next()?;
        (is_open && !is_clitic(mark, &text[at + mark.len_utf8()..])).then_some((at, mark))
    })
}

/// `'s ochtends`, `’t`, `'92`: an apostrophe and no mark.
fn is_clitic(mark: char, rest: &str) -> bool {
    let mut chars = rest.chars();
    let (first, second) = (chars.next(), chars.next());
    let is_letter = first.is_some_and(|c| matches!(c, 's' | 't' | 'n' | 'm' | 'k'));
    let is_alone = second.is_none_or(|c| !c.is_alphanumeric());
    matches!(mark, '\'' | '‘')
        && ((is_letter && is_alone) || first.is_some_and(|c| c.is_ascii_digit()))
}

/// Where the quotation that `mark` opened ends, its closing mark included.
fn closing(text: &str, inside: usize, mark: char) -> Option<usize> {
    let closes = |c: char| match mark {
        '"' => c == '"',
        '“' | '„' => matches!(c, '”' | '“' | '"'),
        '«' => c == '»',
        _ => matches!(c, '’' | '\''),
    };
    for (at, c) in text[inside..].char_indices() {
        if at > QUOTED_BYTES_MAX || c == '\n' {
            return None;
        }
        let end = inside + at + c.len_utf8();
        // An apostrophe inside a word or after it, as in `foto's`, closes nothing.
        let is_apostrophe = text[end..].chars().next().is_some_and(char::is_alphanumeric);
        if closes(c) && at > 0 && !is_apostrophe {
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kept(text: &str) -> Vec<&str> {
        let words = Passages::read(text).words;
        words.iter().map(|word| &text[word.start as usize..word.end as usize]).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(kept(text).join(" "), expected, "{text}");
    }

    #[test]
    fn speech_is_left_out_whatever_its_marks() {
        for (open, close) in
            [("\"", "\""), ("“", "”"), ("„", "”"), ("‘", "’"), ("'", "'"), ("«", "»")]
        {
            let text =
                format!("Zij zegt: {open}We varen morgen weer gewoon uit.{close} Aldus zij.");
            check(&text, "Zij zegt Aldus zij");
        }
    }

    #[test]
    fn names_and_apostrophes_are_no_speech() {
        check("De ‘groene loper’ ligt er.", "De groene loper ligt er");
        check("'s Nachts reden foto's mee, zei hij.", "s Nachts reden foto s mee zei hij");
        check("Kunsten '92 en de auto's van Ede's raad.", "Kunsten 92 en de auto s van Ede s raad");
        check(
            "Een \"open eind zonder mark aan het slot.",
            "Een open eind zonder mark aan het slot",
        );
    }

    #[test]
    fn case_is_no_difference_and_shingles_stop_at_speech() {
        let hashes = |text: &str| -> Vec<u64> {
            Passages::read(text).shingles(3).map(|(_, hash)| hash).collect()
        };
        assert_eq!(hashes("DE ÉÉN BRUG"), hashes("de één Brug"));
        assert!(hashes("Een twee “a b c d e” drie vier").is_empty());
        assert_eq!(hashes("een twee drie vier").len(), 2);
    }

    #[test]
    fn names_and_numbers_are_facts() {
        let facts = |text: &str| -> Vec<bool> {
            Passages::read(text).words.iter().map(|word| word.is_fact).collect()
        };
        assert_eq!(
            facts("De brug bij Ede. Hij is 40 jaar"),
            [false, false, false, true, false, false, true, false]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_within_it(text in "[a-z0-9A-Z'\"“”‘’\u{e9}.\n ]{0,200}") {
            let words = Passages::read(&text).words;
            prop_assert!(words.iter().all(|word| word.start < word.end));
            prop_assert!(words.iter().all(|word| text.get(word.start as usize..word.end as usize).is_some()));
        }
    }
}
