//! Which places in a text are near each other, as the index has it.

use std::ops::Range;

use tantivy::tokenizer::{TokenStream as _, Tokenizer as _};

use crate::index::places::{Place, near, units};
use crate::index::span::Order;
use crate::index::tokens::{Form, PARAGRAPH, SENTENCE, Words};
use crate::query::Nearness;

/// Of the places of each part, in bytes of `text` and in order, those that have one of every other part
/// so near.
pub fn together(text: &str, parts: &[Vec<Range<usize>>], nearness: Nearness) -> Vec<Range<usize>> {
    if parts.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let read = Read::of(text);
    let in_words: Vec<Vec<Place>> =
        parts.iter().map(|part| part.iter().map(|range| read.place(range)).collect()).collect();
    let mut spans = Vec::new();
    match nearness {
        Nearness::Near(n) => near(&in_words, n, Order::Apart, &mut spans),
        Nearness::Pre(n) => near(&in_words, n, Order::Given, &mut spans),
        Nearness::Sentence => shared(&in_words, &read.sentences, &mut spans),
        Nearness::Paragraph => shared(&in_words, &read.paragraphs, &mut spans),
    }
    let spans = Spans::new(spans);
    let all = parts.iter().flatten().zip(in_words.iter().flatten());
    all.filter(|(_, place)| spans.hold(place.0)).map(|(range, _)| range.clone()).collect()
}

/// What lies between two signs, wherever all parts stand there.
fn shared(parts: &[Vec<Place>], signs: &[u32], spans: &mut Vec<Place>) {
    let Some((first, rest)) = parts.split_first() else { return };
    let rest: Vec<Vec<usize>> = rest.iter().map(|part| units(part, signs)).collect();
    let mut of_first = units(first, signs);
    of_first.dedup();
    of_first.retain(|unit| rest.iter().all(|units| units.binary_search(unit).is_ok()));
    spans.extend(of_first.into_iter().map(|unit| {
        let start = unit.checked_sub(1).map_or(0, |before| signs[before]);
        (start, signs.get(unit).map_or(u32::MAX, |next| next - 1))
    }));
}

/// Spans by their start, and for each the furthest end until there: a place may be looked up in them
/// however many there are.
struct Spans(Vec<Place>);

impl Spans {
    fn new(mut spans: Vec<Place>) -> Self {
        spans.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut spans {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Self(spans)
    }

    fn hold(&self, word: u32) -> bool {
        let n_before = self.0.partition_point(|(start, _)| *start <= word);
        n_before.checked_sub(1).is_some_and(|last| word <= self.0[last].1)
    }
}

/// Where words, sentences and paragraphs of a text begin.
#[derive(Default)]
struct Read {
    /// In bytes.
    words: Vec<usize>,
    /// By the number of the word, as are these.
    sentences: Vec<u32>,
    paragraphs: Vec<u32>,
}

impl Read {
    fn of(text: &str) -> Self {
        let mut read = Self::default();
        let mut words = Words::new(Form::Text);
        words.token_stream(text).process(&mut |token| {
            if token.position == read.words.len() {
                read.words.push(token.offset_from);
            }
            let word = u32::try_from(token.position).unwrap_or(u32::MAX);
            match token.text.as_str() {
                SENTENCE => read.sentences.push(word),
                PARAGRAPH => read.paragraphs.push(word),
                _ => {}
            }
        });
        read
    }

    fn place(&self, range: &Range<usize>) -> Place {
        let number = |at: usize| {
            let before = self.words.partition_point(|start| *start <= at);
            u32::try_from(before.saturating_sub(1)).unwrap_or(u32::MAX)
        };
        (number(range.start), number(range.end.saturating_sub(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(nearness: Nearness, expected: &[&str]) {
        const TEXT: &str = "Storm in Hulst, zegt Jo. De storm trok over Axel.\n\nHulst is dicht na \
                            een storm van een week lang.";
        let places = |word: &str| -> Vec<Range<usize>> {
            let small = TEXT.to_lowercase();
            small.match_indices(word).map(|(at, word)| at..at + word.len()).collect()
        };
        let parts = [places("storm"), places("hulst")];
        let mut kept = together(TEXT, &parts, nearness);
        kept.sort_by_key(|range| range.start);
        let shown: Vec<String> =
            kept.iter().map(|range| format!("{}@{}", &TEXT[range.clone()], range.start)).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn only_places_that_are_near_each_other_are_kept() {
        check(Nearness::Near(1), &["Storm@0", "Hulst@9"]);
        check(Nearness::Pre(1), &["Storm@0", "Hulst@9"]);
        check(Nearness::Near(4), &["Storm@0", "Hulst@9", "storm@28", "Hulst@51", "storm@73"]);
        check(Nearness::Sentence, &["Storm@0", "Hulst@9", "Hulst@51", "storm@73"]);
        check(Nearness::Paragraph, &["Storm@0", "Hulst@9", "storm@28", "Hulst@51", "storm@73"]);
        check(Nearness::Near(0), &[]);
    }

    #[test]
    fn a_word_that_stands_everywhere_is_looked_up_and_not_searched_for() {
        const N: usize = 100_000;
        let text = "storm ".repeat(N);
        let places: Vec<Range<usize>> = (0..N).map(|at| at * 6..at * 6 + 5).collect();
        let parts = [places.clone(), places];
        assert_eq!(together(&text, &parts, Nearness::Near(5)).len(), 2 * N);
        assert_eq!(together(&text, &parts, Nearness::Sentence).len(), 2 * N);
    }
}
