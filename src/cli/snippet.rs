//! The part of a text that shows why it was found.

use std::ops::Range;

use crate::cli::out::{bold, clean};
use crate::language::mark::Marker;
use crate::language::{folded, wanted};
use crate::model::closeness::Closeness;
use crate::query::{Field, Query};

/// Characters of a snippet in data.
const CHARS: usize = 200;

/// Lines of a snippet on a terminal.
const LINES: usize = 2;

/// Cuts the snippets of one search.
pub(super) struct Snippets(Marker);

impl Snippets {
    /// For a query whose words are meant as closely as `words` says.
    pub(super) fn new(query: &Query, words: Closeness) -> Self {
        Self(marker_in(query, words, &[Field::Title, Field::Lead, Field::Body]))
    }

    /// A snippet without marks, for data.
    pub(super) fn plain(&mut self, text: &str) -> String {
        let range = self.choose(text, CHARS);
        let mut snippet = text[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        if range.start > 0 {
            snippet.insert(0, '…');
        }
        if range.end < text.len() {
            snippet.push('…');
        }
        snippet
    }

    /// A snippet of at most two lines of `width` characters, with the matches in bold.
    pub(super) fn marked(&mut self, text: &str, width: usize) -> Vec<String> {
        let range = self.choose(text, width * LINES - 4);
        let marks = self.0.all(&text[range.clone()]).into_iter();
        let marks: Vec<_> =
            marks.map(|mark| range.start + mark.start..range.start + mark.end).collect();
        lines(text, &range, &marks, width)
    }

    /// The bytes to show, about `chars` characters beginning a little before the first match.
    fn choose(&mut self, text: &str, chars: usize) -> Range<usize> {
        let first = self.0.first(text).unwrap_or(0);
        let lead = text[..first].char_indices().rev().nth(chars / 4).map_or(0, |(at, _)| at);
        // What stands within a long address begins with no word of its own.
        let start = if lead == 0 { 0 } else { next_word(text, lead).min(first) };
        let end = text[start..].char_indices().nth(chars).map_or(text.len(), |(at, _)| start + at);
        start..if end < text.len() { last_word(text, start, end) } else { end }
    }
}

/// The words in `range` of `text` on lines of `width` characters, those with a mark in bold.
fn lines(text: &str, range: &Range<usize>, marks: &[Range<usize>], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    let mut words = words(text, range).peekable();
    if range.start > 0 {
        line.push('…');
        length = 1;
    }
    while let Some(word) = words.next() {
        let shown = clean(&text[word.clone()]);
        let is_cut = words.peek().is_none() && range.end < text.len();
        let chars = shown.chars().count() + usize::from(is_cut);
        if length > 0 && length + 1 + chars > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
            if lines.len() == LINES {
                return lines;
            }
        }
        if length > 1 || (length == 1 && line != "…") {
            line.push(' ');
            length += 1;
        }
        let is_match = marks.iter().any(|mark| mark.start < word.end && word.start < mark.end);
        line.push_str(&if is_match { bold(&shown) } else { shown });
        length += chars;
        if is_cut {
            line.push('…');
        }
    }
    lines.extend((!line.is_empty()).then_some(line));
    lines
}

fn words<'t>(text: &'t str, range: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let start = range.start;
    let part = &text[range.clone()];
    part.split_whitespace().map(move |word| {
        let at = word.as_ptr() as usize - part.as_ptr() as usize + start;
        at..at + word.len()
    })
}

/// Finds what is looked for in one of `fields`, or anywhere; single words as closely as `words` says.
pub(super) fn marker_in(query: &Query, words: Closeness, fields: &[Field]) -> Marker {
    let (mut readings, mut beginnings) = (Vec::new(), Vec::new());
    for wanted in query.wanted() {
        if wanted.field.is_some_and(|field| !fields.contains(&field)) {
            continue;
        }
        match wanted.closeness {
            Closeness::Beginning => beginnings.push(folded(wanted.text).concat()),
            Closeness::Wide => readings.extend(wanted::readings(wanted.text, words)),
            closeness => readings.extend(wanted::readings(wanted.text, closeness)),
        }
    }
    Marker::new(readings, beginnings)
}

fn next_word(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    rest.find(char::is_whitespace).map_or(from, |space| from + space)
        + rest[rest.find(char::is_whitespace).unwrap_or(0)..]
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(0)
}

fn last_word(text: &str, start: usize, end: usize) -> usize {
    text[start..end].rfind(char::is_whitespace).map_or(end, |space| start + space)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query;
    use proptest::prelude::*;

    #[test]
    fn a_snippet_begins_near_the_first_match() {
        let text = format!(
            "{}De Navo sprak over Oekraïne. {}",
            "Aanloop zonder nieuws. ".repeat(40),
            "Slot. ".repeat(40)
        );
        let snippet =
            Snippets::new(&query::parse("oekraine").unwrap(), Closeness::Wide).plain(&text);
        assert!(snippet.contains("Oekraïne") && snippet.starts_with('…') && snippet.ends_with('…'));
        assert!(snippet.chars().count() <= CHARS + 2);
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        let mut snippets = Snippets::new(&Query::Everything, Closeness::Wide);
        assert_eq!(snippets.plain("Kort bericht."), "Kort bericht.");
        assert_eq!(snippets.marked("", 40), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_text_can_be_cut(text in "[a-z\u{e9}\u{20ac} \n]{0,400}", word in "[a-z]{1,3}") {
            let mut snippets = Snippets::new(&query::parse(&word).unwrap(), Closeness::Wide);
            prop_assert!(snippets.plain(&text).chars().count() <= CHARS + 2);
            let lines = snippets.marked(&text, 40);
            prop_assert!(lines.len() <= LINES);
            // A word may be longer than a line.
            let is_short = |line: &String| {
                let line = anstream::adapter::strip_str(line).to_string();
                line.chars().count() <= 40 || line.split(' ').any(|word| word.chars().count() > 30)
            };
            prop_assert!(lines.iter().all(is_short), "{lines:?}");
        }
    }
}
