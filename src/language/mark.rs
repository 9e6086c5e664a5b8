//! Where in a text the words of a query stand, for showing them.

use std::collections::HashMap;
use std::ops::Range;

use crate::language::Analyzer;

/// The bytes of `text` to mark: each pattern is a row of stems that must follow one another, one
/// for a single word. In order of the text, not touching or overlapping.
pub fn find(text: &str, patterns: &[Vec<String>]) -> Vec<Range<usize>> {
    let mut by_first: HashMap<&str, Vec<&[String]>> = HashMap::new();
    for pattern in patterns {
        if let Some(first) = pattern.first() {
            by_first.entry(first).or_default().push(pattern);
        }
    }
    if by_first.is_empty() {
        return Vec::new();
    }
    let words = words(text);
    let mut marks = Vec::new();
    for (at, (range, stem)) in words.iter().enumerate() {
        let candidates = by_first.get(stem.as_str()).into_iter().flatten();
        let length = candidates.filter(|pattern| stands_at(pattern, &words[at..])).map(|p| p.len());
        if let Some(length) = length.max() {
            join(&mut marks, range.start..words[at + length - 1].0.end);
        }
    }
    marks
}

fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut analyzer = Analyzer::default();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(token) = analyzer.next(text, at) {
        at = token.end;
        words.push((token.start..token.end, token.stem.to_owned()));
    }
    words
}

fn stands_at(pattern: &[String], words: &[(Range<usize>, String)]) -> bool {
    pattern.len() <= words.len() && pattern.iter().zip(words).all(|(stem, word)| *stem == word.1)
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
    use crate::language::stems;

    #[track_caller]
    fn check(text: &str, queries: &[&str], expected: &[&str]) {
        let patterns: Vec<_> = queries.iter().map(|query| stems(query)).collect();
        let found: Vec<_> = find(text, &patterns).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_word_marks_all_its_forms() {
        check("De huizen en het Huis.", &["huis"], &["huizen", "Huis"]);
        check("Poetin's leger", &["poetin"], &["Poetin's"]);
        check("In Oekraïne", &["oekraine"], &["Oekraïne"]);
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
            let marks = find(&text, &[stems(&query), stems("b")]);
            prop_assert!(marks.iter().all(|mark| mark.start < mark.end));
            prop_assert!(marks.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert!(marks.iter().all(|mark| text.get(mark.clone()).is_some()));
        }
    }
}
