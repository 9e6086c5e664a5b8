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
    let is_kept: Box<dyn Fn(&Place) -> bool> = match nearness {
        Nearness::Near(n) => in_spans(&in_words, n, Order::Apart),
        Nearness::Pre(n) => in_spans(&in_words, n, Order::Given),
        Nearness::Sentence => in_units(&in_words, read.sentences.clone()),
        Nearness::Paragraph => in_units(&in_words, read.paragraphs.clone()),
    };
    let all = parts.iter().flatten().zip(in_words.iter().flatten());
    all.filter(|(_, place)| is_kept(place)).map(|(range, _)| range.clone()).collect()
}

fn in_spans(parts: &[Vec<Place>], within: u32, order: Order) -> Box<dyn Fn(&Place) -> bool> {
    let mut spans = Vec::new();
    near(parts, within, order, &mut spans);
    Box::new(move |place| spans.iter().any(|span| span.0 <= place.0 && place.1 <= span.1))
}

fn in_units(parts: &[Vec<Place>], signs: Vec<u32>) -> Box<dyn Fn(&Place) -> bool> {
    let units: Vec<Vec<usize>> = parts.iter().map(|part| units(part, &signs)).collect();
    Box::new(move |place| {
        let unit = signs.partition_point(|sign| *sign <= place.0);
        units.iter().all(|units| units.binary_search(&unit).is_ok())
    })
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
}
