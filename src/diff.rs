//! What differs between two texts: word by word for people, line by line for programs.
//!
//! Knows nothing of articles, terminals or files.

use imara_diff::{
    Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig, sources,
};

mod tokens;

/// With more pieces between the first change and the last, finding what is common may take minutes: it
/// grows with their square.
const COMPARED_MAX: usize = 40_000;

/// Unchanged lines shown around a change.
const CONTEXT_LINES: u32 = 3;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is in both.
    Kept,
    /// It is in the first only.
    Removed,
    /// It is in the second only.
    Added,
}

impl Change {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Removed => "removed",
            Self::Added => "added",
        }
    }
}

/// A piece of text and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What became of it.
    pub change: Change,
    /// Its words, with the spaces between them.
    pub text: String,
}

/// Compares two texts by words. Kept and removed pieces make up the first, kept and added ones the
/// second; what was replaced is removed before it is added. Where there are more than 40,000 words
/// and marks from the first change to the last, lines are compared, and of more lines the whole texts.
pub fn words(before: &str, after: &str) -> Vec<Piece> {
    let input = input_of(before, after, |text| tokens::of(text).collect())
        .or_else(|| input_of(before, after, |text| text.split_inclusive('\n').collect()));
    let Some(input) = input else {
        let mut pieces = Pieces::default();
        pieces.replace(before, after);
        return pieces.finish();
    };
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let text = |tokens: &[imara_diff::Token]| -> String {
        tokens.iter().map(|token| input.interner[*token]).collect()
    };
    let mut pieces = Pieces::default();
    let mut at = 0;
    for hunk in diff.hunks() {
        let range = |range: std::ops::Range<u32>| range.start as usize..range.end as usize;
        let (removed, added) = (range(hunk.before), range(hunk.after));
        pieces.keep(text(&input.before[at..removed.start]));
        at = removed.end;
        pieces.replace(&text(&input.before[removed]), &text(&input.after[added]));
    }
    pieces.keep(text(&input.before[at..]));
    pieces.finish()
}

/// Two texts to compare, cut up; `None` where that makes too many pieces.
fn input_of<'a>(
    before: &'a str,
    after: &'a str,
    cut: impl Fn(&'a str) -> Vec<&'a str>,
) -> Option<InternedInput<&'a str>> {
    let (before, after) = (cut(before), cut(after));
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    is_comparable(&input).then_some(input)
}

fn is_comparable(input: &InternedInput<&str>) -> bool {
    let (before, after) = (&input.before, &input.after);
    let first = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (before, after) = (&before[first..], &after[first..]);
    let last = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    before.len().max(after.len()) - last <= COMPARED_MAX
}

/// Compares two texts by lines, in the unified format that `patch` reads, without its two lines of
/// names. Empty when they are equal. Where there are more than 40,000 lines from the first change to the
/// last, all are removed and added.
pub fn unified(before: &str, after: &str) -> String {
    let input = InternedInput::new(sources::lines(before), sources::lines(after));
    if !is_comparable(&input) {
        let list = |sign: &str, text: &str| -> String {
            text.lines().flat_map(|line| [sign, line, "\n"]).collect()
        };
        let (n_before, n_after) = (input.before.len(), input.after.len());
        let (removed, added) = (list("-", before), list("+", after));
        return format!("@@ -1,{n_before} +1,{n_after} @@\n{removed}{added}");
    }
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let mut config = UnifiedDiffConfig::default();
    config.context_len(CONTEXT_LINES);
    diff.unified_diff(&BasicLineDiffPrinter(&input.interner), config, &input).to_string()
}

/// Collects pieces. A stretch without a word between two changes is part of them: two words that
/// were replaced read better than one, a kept space, and another.
#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
    removed: String,
    added: String,
    island: String,
}

impl Pieces {
    fn keep(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        let is_changing = !self.removed.is_empty() || !self.added.is_empty();
        if is_changing && !text.contains(|c: char| c.is_alphanumeric() || c == '\n') {
            self.island = text;
            return;
        }
        self.flush();
        self.done.push(Piece { change: Change::Kept, text });
    }

    fn replace(&mut self, removed: &str, added: &str) {
        let island = std::mem::take(&mut self.island);
        self.removed.push_str(&island);
        self.added.push_str(&island);
        self.removed.push_str(removed);
        self.added.push_str(added);
    }

    fn flush(&mut self) {
        for (change, text) in [
            (Change::Removed, std::mem::take(&mut self.removed)),
            (Change::Added, std::mem::take(&mut self.added)),
            (Change::Kept, std::mem::take(&mut self.island)),
        ] {
            if !text.is_empty() {
                self.done.push(Piece { change, text });
            }
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.flush();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `[-removed-]` and `{+added+}`.
    fn marked(before: &str, after: &str) -> String {
        let mark = |piece: Piece| match piece.change {
            Change::Kept => piece.text,
            Change::Removed => format!("[-{}-]", piece.text),
            Change::Added => format!("{{+{}+}}", piece.text),
        };
        words(before, after).into_iter().map(mark).collect()
    }

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        assert_eq!(marked(before, after), expected);
    }

    #[test]
    fn words_are_compared_whole() {
        check("De brug is dicht.", "De brug is dicht.", "De brug is dicht.");
        check("De brug is dicht.", "De brug was dicht.", "De brug [-is-]{+was+} dicht.");
        check("Een wolf.", "Een grote wolf.", "Een {+grote +}wolf.");
        check("zo'n 1.500 man", "zo'n 2.500 man", "zo'n [-1.500-]{+2.500+} man");
        check("", "Nieuw.", "{+Nieuw.+}");
        check("", "", "");
    }

    #[test]
    fn words_replaced_in_a_row_are_one_change() {
        check("rond tien uur dicht", "om elf uur dicht", "[-rond tien-]{+om elf+} uur dicht");
        check("a\n\nb", "c\n\nd", "[-a-]{+c+}\n\n[-b-]{+d+}");
    }

    #[test]
    fn what_has_too_many_words_is_compared_by_lines_and_then_as_a_whole() {
        let text = |n: usize, word: &str, end: &str| format!("{word}{end}").repeat(n);
        let kept = |before: &str, after: &str| -> usize {
            let pieces = words(before, after).into_iter();
            pieces.filter(|p| p.change == Change::Kept).map(|p| p.text.len()).sum()
        };
        let row = text(COMPARED_MAX, "a", " ");
        let (before, after) = (format!("x a\n{row}\ny b\nz"), format!("v a\n{row}\nw b\nz"));
        assert_eq!(kept(&before, &after), row.len() + "\nz".len());
        assert_eq!(kept(&format!("{row}x"), &format!("{row}y")), row.len());
        let (many, more) = (text(COMPARED_MAX, "a b", "\n"), text(COMPARED_MAX, "b a", "\n"));
        let (many, more) = (format!("{many}x\n"), format!("{more}y\n"));
        assert_eq!(kept(&many, &more), 0);
        let whole = unified(&many, &more);
        assert_eq!(whole.lines().count(), 2 * COMPARED_MAX + 3);
        assert!(whole.starts_with("@@ -1,40001 +1,40001 @@\n-a b\n"));
    }

    #[test]
    fn lines_are_compared_in_the_unified_format() {
        assert_eq!(unified("a\nb\n", "a\nc\n"), "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        assert_eq!(unified("a\n", "a\n"), "");
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_pieces(
            before in "([a-c]{1,2}[ .\n]{0,2}){0,12}",
            after in "([a-c]{1,2}[ .\n]{0,2}){0,12}",
        ) {
            let pieces = words(&before, &after);
            let without = |change| -> String {
                pieces.iter().filter(|p| p.change != change).map(|p| p.text.as_str()).collect()
            };
            prop_assert_eq!(without(Change::Added), before);
            prop_assert_eq!(without(Change::Removed), after);
        }
    }
}
