//! Which words and names a set of texts has more of than others do.

use std::collections::HashSet;

use crate::language::Analyzer;

/// Words of a name.
const NAME_WORDS_MAX: usize = 4;

/// How surely something that stands in `n` of `all` texts, and in `n_else` of `all_else` others, is
/// more frequent in the first: the log-likelihood ratio G² (Dunning 1993); 0 when it is not.
pub fn rise(n: u64, all: u64, n_else: u64, all_else: u64) -> f64 {
    let (here, all) = (float(n), float(all));
    let (other, all_else) = (float(n_else), float(all_else));
    if all == 0.0 || here / all <= other / all_else.max(1.0) {
        return 0.0;
    }
    let rate = (here + other) / (all + all_else);
    // All four cells: texts with it and without it, here and elsewhere.
    let part =
        |seen: f64, expected: f64| if seen > 0.0 { seen * (seen / expected).ln() } else { 0.0 };
    let with = part(here, all * rate) + part(other, all_else * rate);
    let rest = 1.0 - rate;
    let without = part(all - here, all * rest) + part(all_else - other, all_else * rest);
    2.0 * (with + without)
}

fn float(n: u64) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

/// What stands in a text: its words as they are compared, and runs of words that are written as a
/// name of several words, each once.
pub fn words_and_names(text: &str) -> (HashSet<String>, HashSet<String>) {
    let mut analyzer = Analyzer::default();
    let (mut words, mut names) = (HashSet::new(), HashSet::new());
    let mut run: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(token) = analyzer.next(text, at) {
        words.insert(token.folded.to_owned());
        let written = &text[token.start..token.end];
        let is_joined = text[at..token.start].chars().all(|c| c == ' ' || c == '-');
        let is_capital = written.starts_with(char::is_uppercase);
        if !is_joined || !is_capital {
            names.extend(name(text, &run));
            run.clear();
        }
        // A word that begins a sentence may have its capital from that.
        let begins = text[..token.start].trim_end().ends_with(['.', '!', '?', '”', '"', '’', ':'])
            || text[..token.start].ends_with('\n')
            || token.start == 0;
        if is_capital && !begins {
            run.push((token.start, token.end));
        }
        at = token.end;
    }
    names.extend(name(text, &run));
    (words, names)
}

fn name(text: &str, run: &[(usize, usize)]) -> Option<String> {
    let (first, last) = (run.first()?, run.last()?);
    let is_name = (2..=NAME_WORDS_MAX).contains(&run.len());
    is_name.then(|| text[first.0..last.1].split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_frequent_elsewhere_has_not_risen() {
        assert!(rise(10, 100, 1000, 10_000).abs() < f64::EPSILON);
        assert!(rise(10, 100, 20, 10_000) > 30.0);
        assert!(rise(20, 100, 20, 10_000) > rise(10, 100, 20, 10_000));
        assert!(rise(0, 0, 0, 0).abs() < f64::EPSILON && rise(3, 3, 0, 0).is_finite());
    }

    #[test]
    fn names_are_capitals_in_a_row_that_no_sentence_begins() {
        let text =
            "Gisteren sprak Sergej Lavrov. De Raad van State zweeg. In Den Haag was het stil.";
        let (words, names) = words_and_names(text);
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort();
        assert_eq!(names, ["Den Haag", "Sergej Lavrov"]);
        assert!(words.contains("lavrov") && words.contains("zweeg"));
    }
}
