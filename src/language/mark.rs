//! Where in a text the words of a query stand, for showing them.

use std::collections::HashMap;
use std::ops::Range;

use crate::language::Analyzer;
use crate::language::wanted::{self, Reading};

/// The bytes of `text` to mark: wherever a row stands, and every word of those that are to be near
/// each other. In order of the text, not touching or overlapping.
pub fn find(text: &str, readings: &[Reading]) -> Vec<Range<usize>> {
    let mut rows: Vec<&[Vec<String>]> = Vec::new();
    for reading in readings {
        match reading {
            Reading::Row(row) => rows.push(row),
            Reading::Near(words) => rows.extend(words.iter().map(std::slice::from_ref)),
        }
    }
    let mut by_first: HashMap<&str, Vec<&[Vec<String>]>> = HashMap::new();
    for row in rows {
        for word in row.first().into_iter().flatten() {
            by_first.entry(word).or_default().push(row);
        }
    }
    if by_first.is_empty() {
        return Vec::new();
    }
    let words = words(text);
    let mut marks = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let names = std::iter::once(&word.folded).chain(&word.parts);
        let candidates = names.filter_map(|name| by_first.get(name.as_str())).flatten();
        let length = candidates.filter(|row| stands_at(row, &words[at..])).map(|row| row.len());
        if let Some(length) = length.max() {
            join(&mut marks, word.range.start..words[at + length - 1].range.end);
        }
    }
    marks
}

/// A word of the text, and what it is found by.
struct Word {
    range: Range<usize>,
    folded: String,
    parts: Vec<String>,
}

/// The words of `text`, and each pair that a hyphen joins as the parts of its first word.
fn words(text: &str) -> Vec<Word> {
    let mut analyzer = Analyzer::default();
    let mut words: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(token) = analyzer.next(text, at) {
        if let Some(last) = words.last_mut()
            && wanted::is_hyphen(text, at..token.start)
        {
            let joined = format!("{}{}", last.folded, token.folded);
            last.parts.push(joined);
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

    #[track_caller]
    fn check(text: &str, queries: &[&str], expected: &[&str]) {
        let wanted: Vec<_> =
            queries.iter().flat_map(|query| readings(query, Closeness::Wide)).collect();
        let found: Vec<_> = find(text, &wanted).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_word_marks_all_its_forms() {
        check("De huizen en het Huis.", &["huis"], &["huizen", "Huis"]);
        check("Poetin's leger", &["poetin"], &["Poetin's"]);
        check("In Oekraïne", &["oekraine"], &["Oekraïne"]);
        check("De zee-egel en de zeeegel", &["zee-egel"], &["zee-egel", "zeeegel"]);
        check("Nood aan woningen", &["woningnood"], &["Nood", "woningen"]);
        check("De woningnood", &["nood"], &["woningnood"]);
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

    proptest! {
        #[test]
        fn marks_are_in_order_and_apart(text in "([ab]{1,2} ?){0,20}", query in "[ab]( [ab])?") {
            let mut wanted = readings(&query, Closeness::Wide);
            wanted.extend(readings("b", Closeness::Exact));
            let marks = find(&text, &wanted);
            prop_assert!(marks.iter().all(|mark| mark.start < mark.end));
            prop_assert!(marks.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert!(marks.iter().all(|mark| text.get(mark.clone()).is_some()));
        }
    }
}
