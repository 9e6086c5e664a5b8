//! Words that are names: they have no forms but their own, and the stemmer must leave them alone.
//! `Brugge` is no form of `brug`.

use std::sync::LazyLock;

use fst::Set;

/// Folded names of one word, from the lists by which names in texts are told; packed by
/// `examples/names.rs`.
static PACKED: &[u8] = include_bytes!("../../lexicon/names.fst");

static NAMES: LazyLock<Option<Set<&'static [u8]>>> = LazyLock::new(|| Set::new(PACKED).ok());

/// Whether the folded `word` is a name. It may be a word besides: `Assen`, `Kampen`.
pub(super) fn has(word: &str) -> bool {
    NAMES.as_ref().is_some_and(|names| names.contains(word))
}

/// The forms of the name `word`.
pub(super) fn forms(word: &str) -> Vec<String> {
    let genitive = Some(format!("{word}s")).filter(|_| !word.ends_with('s'));
    std::iter::once(word.to_owned()).chain(genitive).collect()
}

#[cfg(test)]
mod tests {
    use crate::language::forms::{forms, lemmas};
    use crate::language::lexicon::dutch;

    #[test]
    fn a_name_is_no_form_of_a_word() {
        for (name, word) in [
            ("wilders", "wild"),
            ("brugge", "brug"),
            ("spanje", "span"),
            ("rutte", "rut"),
            ("timmermans", "timmerman"),
            ("geneve", "neve"),
        ] {
            assert_eq!(lemmas(dutch(), name), [name]);
            let found = forms(dutch(), name);
            assert!(found.iter().all(|form| form.starts_with(name)), "{found:?}");
            assert!(!forms(dutch(), word).iter().any(|form| form == name), "{word}");
        }
        assert_eq!(forms(dutch(), "rutte"), ["rutte", "ruttes"]);
        assert_eq!(forms(dutch(), "wilders"), ["wilders"]);
        // What is a word as well is that.
        assert!(forms(dutch(), "kampen").contains(&"kamp".to_owned()));
        assert!(forms(dutch(), "bakkers").contains(&"bakker".to_owned()));
    }
}
