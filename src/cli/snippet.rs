//! The part of a text that shows why it was found.

use std::ops::Range;

use crate::cli::out::{bold, clean};
use crate::language::mark;
use crate::language::wanted::{self, Reading};
use crate::query::{Field, Query};

/// Characters of a snippet in data.
const CHARS: usize = 200;

/// Lines of a snippet on a terminal.
const LINES: usize = 2;

/// A snippet without marks, for data.
pub(super) fn plain(text: &str, query: &Query) -> String {
    let (range, _) = choose(text, query, CHARS);
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
pub(super) fn marked(text: &str, query: &Query, width: usize) -> Vec<String> {
    let (range, marks) = choose(text, query, width * LINES - 4);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    let mut words = words(text, &range).peekable();
    if range.start > 0 {
        line.push('…');
        length = 1;
    }
    while let Some(word) = words.next() {
        let shown = clean(&text[word.clone()]);
        let chars = shown.chars().count();
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
        if words.peek().is_none() && range.end < text.len() {
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

/// The bytes to show, about `chars` characters beginning a little before the first match, and the
/// matches.
fn choose(text: &str, query: &Query, chars: usize) -> (Range<usize>, Vec<Range<usize>>) {
    let marks = mark::find(text, &readings(query));
    let first = marks.first().map_or(0, |mark| mark.start);
    let lead = text[..first].char_indices().rev().nth(chars / 4).map_or(0, |(at, _)| at);
    let start = if lead == 0 { 0 } else { next_word(text, lead) };
    let end = text[start..].char_indices().nth(chars).map_or(text.len(), |(at, _)| start + at);
    let end = if end < text.len() { last_word(text, start, end) } else { end };
    (start..end, marks)
}

/// What is looked for in headline and text.
pub(super) fn readings(query: &Query) -> Vec<Reading> {
    let wanted = query.wanted().into_iter();
    wanted
        .filter(|wanted| wanted.field.is_none_or(Field::is_text))
        .flat_map(|wanted| wanted::readings(wanted.text, wanted.closeness))
        .collect()
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
        let snippet = plain(&text, &query::parse("oekraine").unwrap());
        assert!(snippet.contains("Oekraïne") && snippet.starts_with('…') && snippet.ends_with('…'));
        assert!(snippet.chars().count() <= CHARS + 2);
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(plain("Kort bericht.", &Query::Everything), "Kort bericht.");
        assert_eq!(marked("", &Query::Everything, 40), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_text_can_be_cut(text in "[a-z\u{e9}\u{20ac} \n]{0,400}", word in "[a-z]{1,3}") {
            let query = query::parse(&word).unwrap();
            prop_assert!(plain(&text, &query).chars().count() <= CHARS + 2);
            prop_assert!(marked(&text, &query, 40).len() <= LINES);
        }
    }
}
