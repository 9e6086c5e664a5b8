//! Where in a text the words of a query stand, for showing them.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::language::wanted::{self, HYPHENS, Reading};
use crate::language::{Analyzer, PART, fold};

/// Finds the words of one query in many texts.
#[derive(Debug)]
pub struct Marker {
    rows: Vec<Row>,
    /// What words may begin with.
    beginnings: Vec<String>,
    /// The rows that may begin with a word.
    by_first: HashMap<String, Vec<usize>, RandomState>,
    /// The ASCII characters that these words begin with, a bit for each.
    initials: u128,
    /// A row begins with a part of a compound.
    has_parts: bool,
    analyzer: Analyzer,
    folded: String,
}

/// Words in a row, each of them one of these.
type Row = Vec<Vec<String>>;

impl Marker {
    /// For what is looked for, and for words with these beginnings.
    pub fn new(readings: Vec<Reading>, beginnings: Vec<String>) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for reading in readings {
            match reading {
                Reading::Row(row) => rows.push(row),
                Reading::Near(words) => rows.extend(words.into_iter().map(|word| vec![word])),
            }
        }
        let mut by_first: HashMap<String, Vec<usize>, RandomState> = HashMap::default();
        for (at, row) in rows.iter().enumerate() {
            for word in row.first().into_iter().flatten() {
                by_first.entry(word.clone()).or_default().push(at);
            }
        }
        let firsts = by_first.keys().chain(&beginnings);
        let first_bytes = firsts.filter_map(|word| word.bytes().next());
        let initials = first_bytes.fold(0, |initials, byte| initials | bit(byte));
        let has_parts = by_first.keys().any(|word| word.starts_with(PART));
        let analyzer = Analyzer::remembering();
        Self { rows, beginnings, by_first, initials, has_parts, analyzer, folded: String::new() }
    }

    /// The bytes of `text` to mark: wherever a row stands, and every word of those that are to be
    /// near each other. In order of the text, not touching or overlapping.
    pub fn all(&mut self, text: &str) -> Vec<Range<usize>> {
        if self.by_first.is_empty() && self.beginnings.is_empty() {
            return Vec::new();
        }
        let words = words(&mut self.analyzer, text);
        let mut marks = Vec::new();
        for at in 0..words.len() {
            if let Some(length) = self.length(&words[at..]) {
                join(&mut marks, words[at].range.start..words[at + length - 1].range.end);
            }
        }
        marks
    }

    /// Where the first match in `text` begins: of a whole word, or, when there is none, of a part of
    /// a compound, which takes far longer to find.
    pub fn first(&mut self, text: &str) -> Option<usize> {
        let mut at = 0;
        let initials = self.initials;
        let may_match =
            |byte: u8| !byte.is_ascii() || initials & bit(byte.to_ascii_lowercase()) != 0;
        while let Some(range) = fold::next_word_if(text, at, may_match, &mut self.folded) {
            at = range.end;
            let is_first = self.by_first.contains_key(&self.folded);
            if self.begins(&self.folded) || is_first && self.stands_at(&text[range.start..]) {
                return Some(range.start);
            }
        }
        // What a hyphen joins is found like a part.
        let may_be = self.has_parts || text.contains(HYPHENS);
        if may_be { self.first_by_part(text) } else { None }
    }

    fn first_by_part(&mut self, text: &str) -> Option<usize> {
        let mut at = 0;
        while let Some(token) = self.analyzer.next(text, at) {
            let (start, end) = (token.start, token.end);
            let mut names =
                std::iter::once(token.folded).chain(token.parts.iter().map(String::as_str));
            let may_begin = names.any(|name| self.by_first.contains_key(name));
            if (may_begin || text[end..].starts_with(HYPHENS)) && self.stands_at(&text[start..]) {
                return Some(start);
            }
            at = end;
        }
        None
    }

    /// Whether a word has one of the beginnings.
    fn begins(&self, folded: &str) -> bool {
        self.beginnings.iter().any(|beginning| folded.starts_with(beginning.as_str()))
    }

    /// Whether a row stands at the beginning of `text`.
    fn stands_at(&mut self, text: &str) -> bool {
        let longest = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let words = first_words(&mut self.analyzer, text, longest);
        self.length(&words).is_some()
    }

    /// The length of the longest row that stands at the first of `words`.
    fn length(&self, words: &[Word]) -> Option<usize> {
        let first = words.first()?;
        let names = std::iter::once(&first.folded).chain(&first.parts);
        let candidates = names.filter_map(|name| self.by_first.get(name)).flatten();
        let rows = candidates.filter_map(|row| self.rows.get(*row));
        let longest = rows.filter(|row| stands_at(row, words)).map(Vec::len).max();
        longest.or_else(|| self.begins(&first.folded).then_some(1))
    }
}

/// The bit of an ASCII character; none of another.
fn bit(byte: u8) -> u128 {
    1_u128.checked_shl(u32::from(byte)).unwrap_or(0)
}

/// A word of the text, and what it is found by.
struct Word {
    range: Range<usize>,
    folded: String,
    parts: Vec<String>,
}

/// The words of `text`, and each pair that a hyphen joins as the parts of its first word.
fn words(analyzer: &mut Analyzer, text: &str) -> Vec<Word> {
    first_words(analyzer, text, usize::MAX)
}

/// The first `n` of them.
fn first_words(analyzer: &mut Analyzer, text: &str, n: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(token) = analyzer.next(text, at) {
        if let Some(last) = words.last_mut()
            && wanted::is_hyphen(text, at..token.start)
            && wanted::are_one(&last.folded, token.folded)
        {
            let joined = format!("{}{}", last.folded, token.folded);
            last.parts.push(joined);
        }
        if words.len() == n {
            break;
        }
        at = token.end;
        words.push(Word {
            range: token.start..token.end,
            folded: token.folded.to_owned(),
            parts: token.parts.to_vec(),
        });
    }
    words
}

fn stands_at(row: &[Vec<String>], words: &[Word]) -> bool {
    let is_one = |(names, word): (&Vec<String>, &Word)| {
        names.iter().any(|name| *name == word.folded || word.parts.contains(name))
    };
    row.len() <= words.len() && row.iter().zip(words).all(is_one)
}

/// Adds a mark that starts at or after the last one.
fn join(marks: &mut Vec<Range<usize>>, mark: Range<usize>) {
    match marks.last_mut() {
        Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
        _ => marks.push(mark),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::language::wanted::readings;
    use crate::model::closeness::Closeness;

    #[test]
    fn words_are_marked_by_their_beginning() {
        let text = "De regels voor stikstof en Stikstofwet; geen stof.";
        let mut marker = Marker::new(Vec::new(), vec!["stikst".to_owned()]);
        let found: Vec<_> = marker.all(text).into_iter().map(|mark| &text[mark]).collect();
        assert_eq!(found, ["stikstof", "Stikstofwet"]);
        assert_eq!(marker.first(text), text.find("stikstof"));
    }

    #[track_caller]
    fn check(text: &str, queries: &[&str], expected: &[&str]) {
        let wanted: Vec<_> =
            queries.iter().flat_map(|query| readings(query, Closeness::Wide)).collect();
        let mut marker = Marker::new(wanted, Vec::new());
        let found: Vec<_> = marker.all(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(marker.first(text).is_some(), !expected.is_empty(), "{text}");
    }

    #[test]
    fn a_word_marks_all_its_forms() {
        check("De huizen en het Huis.", &["huis"], &["huizen", "Huis"]);
        check("Poetin's leger", &["poetin"], &["Poetin's"]);
        check("In Oekraïne", &["oekraine"], &["Oekraïne"]);
        check("De zee-egel en de zeeegel", &["zee-egel"], &["zee-egel", "zeeegel"]);
        check("Nood aan woningen", &["woningnood"], &["Nood", "woningen"]);
        check("De woningnood", &["nood"], &["woningnood"]);
        check("Économie of economie", &["economie"], &["Économie", "economie"]);
        check("niets", &[], &[]);
        check("niets", &[""], &[]);
        check("", &["huis"], &[]);
    }

    #[test]
    fn a_phrase_marks_only_its_words_in_a_row() {
        check("de nieuwe woning, de woning", &["nieuwe woning"], &["nieuwe woning"]);
        check("D66-leider Jetten van D66", &["d66-leider"], &["D66-leider"]);
        check("de de wet", &["de de", "de wet"], &["de de wet"]);
        check("de wet", &["de wet geldt"], &[]);
    }

    #[test]
    fn a_whole_word_is_the_first_match_before_a_part() {
        let mut marker = Marker::new(readings("woning", Closeness::Wide), Vec::new());
        let text = "De huurwoning en de woningen.";
        assert_eq!(marker.first(text).map(|at| &text[at..]), Some("woningen."));
        assert_eq!(marker.first("De huurwoning."), Some(3));
        assert_eq!(marker.first("De brug."), None);
    }

    proptest! {
        #[test]
        fn there_is_a_first_match_where_there_are_marks(
            text in "((woning|huur|nood|[a-c\u{e9}]{1,2})[ -]?){0,8}",
            query in "(woning|nood|huurwoning|woningnood|a[bc]|e-a)",
        ) {
            let mut marker = Marker::new(readings(&query, Closeness::Wide), Vec::new());
            let marks = marker.all(&text);
            let first = marker.first(&text);
            prop_assert_eq!(first.is_some(), !marks.is_empty());
            prop_assert!(first.is_none_or(|at| marks.iter().any(|mark| mark.contains(&at))));
        }

        #[test]
        fn marks_are_in_order_and_apart(text in "([ab]{1,2} ?){0,20}", query in "[ab]( [ab])?") {
            let mut wanted = readings(&query, Closeness::Wide);
            wanted.extend(readings("b", Closeness::Exact));
            let mut marker = Marker::new(wanted, Vec::new());
            let marks = marker.all(&text);
            prop_assert_eq!(marker.first(&text), marks.first().map(|mark| mark.start));
            prop_assert!(marks.iter().all(|mark| mark.start < mark.end));
            prop_assert!(marks.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert!(marks.iter().all(|mark| text.get(mark.clone()).is_some()));
        }
    }
}
