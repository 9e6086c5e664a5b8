//! What a word or phrase that is looked for may be in a text.

use std::ops::Range;

use crate::language::spelling::Spellings;
use crate::language::{PART, compound, fold, folded, forms, lexicon, spelling};
use crate::model::closeness::Closeness;

/// One way in which something that is looked for may stand in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Words in a row, each of them one of these.
    Row(Vec<Vec<String>>),
    /// Words near each other in any order: `woning` and `nood` for `woningnood`.
    Near(Vec<Vec<String>>),
}

/// The ways in which `text` may stand in a text; none when there is no word in it.
pub fn readings(text: &str, closeness: Closeness) -> Vec<Reading> {
    let words = folded(text);
    if words.is_empty() {
        return Vec::new();
    }
    let row = words.iter().map(|word| alternatives(word, closeness, words.len())).collect();
    let mut readings = vec![Reading::Row(row)];
    if matches!(closeness, Closeness::Wide | Closeness::AsSpelled) {
        let joined = joined(text);
        readings.extend(joined.as_deref().map(|word| Reading::Row(vec![wide(word, closeness)])));
        let whole =
            if words.len() == 1 { words.first().map(String::as_str) } else { joined.as_deref() };
        readings.extend(whole.and_then(near));
        // `pannekoek` is the pan and koek of a `pannenkoekenhuis` too.
        if let (Closeness::Wide, Some(word)) = (closeness, whole) {
            readings.extend(spelled(word).words.iter().filter_map(|word| near(word)));
        }
    }
    readings
}

fn alternatives(word: &str, closeness: Closeness, n_words: usize) -> Vec<String> {
    match closeness {
        Closeness::Exact | Closeness::Beginning => vec![word.to_owned()],
        Closeness::Wide | Closeness::AsSpelled if n_words == 1 => wide(word, closeness),
        Closeness::Wide => in_forms(word, &spelled(word)),
        Closeness::AsSpelled | Closeness::Forms => forms::forms(lexicon::dutch(), word),
    }
}

/// A word in all its forms and in compounds, and in other spellings.
fn wide(word: &str, closeness: Closeness) -> Vec<String> {
    let lexicon = lexicon::dutch();
    let spellings = match closeness {
        Closeness::Wide => spelled(word),
        _ => Spellings::default(),
    };
    let mut words = in_forms(word, &spellings);
    let all = std::iter::once(word).chain(spellings.words.iter().map(String::as_str));
    words.extend(all.flat_map(|word| forms::lemmas(lexicon, word)).map(|l| format!("{PART}{l}")));
    words
}

/// A word of a name, and as others spell it.
pub fn spellings(word: &str) -> Vec<String> {
    let Spellings { words, names } = spelled(word);
    std::iter::once(word.to_owned()).chain(words).chain(names).collect()
}

/// A word in other spellings.
fn spelled(word: &str) -> Spellings {
    spelling::variants(lexicon::dutch(), word)
}

/// The forms of a word and of those among its other spellings that are words of today; of a name
/// only the spellings themselves.
fn in_forms(word: &str, spellings: &Spellings) -> Vec<String> {
    let lexicon = lexicon::dutch();
    let mut words = forms::forms(lexicon, word);
    words.extend(spellings.words.iter().flat_map(|spelling| forms::forms(lexicon, spelling)));
    words.extend(spellings.names.iter().cloned());
    words
}

/// The parts of a compound by themselves; `None` unless it is about all of them. Nouns, as parts are:
/// whoever stikt in stof is not in stikstof.
fn near(word: &str) -> Option<Reading> {
    let lexicon = lexicon::dutch();
    let parts = compound::parts(lexicon, word);
    let part = |lemma: &String| {
        let mut words = forms::of_noun(lexicon, lemma);
        words.push(format!("{PART}{lemma}"));
        words
    };
    let is_all = parts.lemmas.len() > 1 && parts.are_all;
    is_all.then(|| Reading::Near(parts.lemmas.iter().map(part).collect()))
}

/// The words of `text` as one, when hyphens and nothing else stand between them.
fn joined(text: &str) -> Option<String> {
    let mut whole = String::new();
    let (mut word, mut last) = (String::new(), String::new());
    let mut n_words = 0;
    let mut end = 0;
    while let Some(range) = fold::next_word(text, end, &mut word) {
        let is_one = is_hyphen(text, end..range.start) && are_one(&last, &word);
        if n_words > 0 && !is_one {
            return None;
        }
        whole.push_str(&word);
        last.clone_from(&word);
        n_words += 1;
        end = range.end;
    }
    (n_words > 1).then_some(whole)
}

/// What may join two words to one.
pub const HYPHENS: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{ad}'];

/// Whether one hyphen, and nothing else, is between two words.
pub fn is_hyphen(text: &str, between: Range<usize>) -> bool {
    text.get(between).and_then(|between| between.strip_prefix(HYPHENS)) == Some("")
}

/// Whether a hyphen between two folded words makes them one: `covid-19`, but not a score or a range.
pub fn are_one(first: &str, second: &str) -> bool {
    let is_number = |word: &str| word.chars().all(char::is_numeric);
    !(is_number(first) && is_number(second))
}

/// What the analyzer makes of one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// As texts keep it.
    pub word: String,
    /// What it is a form of.
    pub lemmas: Vec<String>,
    /// What texts keep beside it: the lemmas in a compound.
    pub parts: Vec<String>,
    /// What it finds.
    pub forms: Vec<String>,
    /// What else it finds, because it is spelled so elsewhere or was once.
    pub spellings: Vec<String>,
    /// The parts of compounds that it finds.
    pub in_compounds: Vec<String>,
    /// What it finds near each other.
    pub apart: Vec<String>,
}

/// What the analyzer makes of the words of `text`, the one that hyphens join them to included.
pub fn explain(text: &str) -> Vec<Explained> {
    let mut words = folded(text);
    words.extend(joined(text));
    words.into_iter().map(explain_word).collect()
}

fn explain_word(word: String) -> Explained {
    let lexicon = lexicon::dutch();
    let spellings = spelled(&word);
    let forms = forms::forms(lexicon, &word);
    let compound = compound::parts(lexicon, &word);
    let in_compounds = wide(&word, Closeness::Wide);
    let whole = std::iter::once(&word).chain(&spellings.words).find(|word| near(word).is_some());
    let apart = whole.map(|word| compound::parts(lexicon, word).lemmas).unwrap_or_default();
    Explained {
        lemmas: forms::lemmas(lexicon, &word),
        apart,
        parts: compound.lemmas,
        in_compounds: in_compounds
            .iter()
            .filter_map(|name| name.strip_prefix(PART).map(str::to_owned))
            .collect(),
        forms,
        spellings: spellings.words.union(&spellings.names).cloned().collect(),
        word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_row(text: &str, closeness: Closeness, has: &str, has_not: &str) {
        let readings = readings(text, closeness);
        let Some(Reading::Row(row)) = readings.first() else { panic!("{readings:?}") };
        let found = row.concat();
        for word in has.split_whitespace() {
            assert!(found.iter().any(|one| one == word), "{text} without {word}: {found:?}");
        }
        for word in has_not.split_whitespace() {
            assert!(!found.iter().any(|one| one == word), "{text} with {word}: {found:?}");
        }
    }

    #[test]
    fn a_word_stands_for_its_forms_and_for_compounds_with_it() {
        check_row("woning", Closeness::Wide, "woning woningen ~woning", "wonen");
        check_row("stijgen", Closeness::Wide, "stijgt steeg stegen gestegen", "steiger");
        check_row("groot", Closeness::Wide, "grote groter grootste", "grootmoeder");
        check_row("bomen", Closeness::Wide, "boom bomen", "bom bommen");
        check_row("museum", Closeness::Wide, "musea museums", "");
        check_row("kind", Closeness::Wide, "kinderen kindje kindjes", "");
        check_row("woningen", Closeness::Forms, "woning woningen", "~woning");
        check_row("woningen", Closeness::Exact, "woningen", "woning ~woning");
        check_row("stikstofcrisis", Closeness::Wide, "stikstofcrises", "");
        check_row("Jetten", Closeness::Wide, "jetten", "");
    }

    #[test]
    fn a_place_brings_its_other_names_and_no_form_of_them() {
        check_row("India", Closeness::Wide, "india", "inde indien innen in indienen ~innen");
        check_row("wereld", Closeness::Wide, "wereld werelden", "world welt wel wellen");
        check_row("Iran", Closeness::Wide, "iran", "teheran");
        check_row("Poland", Closeness::Wide, "poland polen", "pool poolse ~pool");
        check_row("Moscow", Closeness::Wide, "moskou moskau", "");
        check_row("grenade", Closeness::Wide, "grenades", "grenada");
    }

    #[test]
    fn a_compound_is_found_by_its_parts_apart() {
        let near = |text| {
            let readings = readings(text, Closeness::Wide);
            readings.into_iter().any(|reading| matches!(reading, Reading::Near(_)))
        };
        assert!(near("woningnood") && near("stikstofbeleid") && near("stikstof-beleid"));
        assert!(near("pannekoek") && near("ruggegraat"));
        assert!(!near("minister") && !near("hogeschool") && !near("woning"));
    }

    #[test]
    fn what_hyphens_join_is_one_word_too() {
        assert_eq!(joined("zee-egel").as_deref(), Some("zeeegel"));
        assert_eq!(joined("covid-19").as_deref(), Some("covid19"));
        assert_eq!(joined("NU.nl"), None);
        assert_eq!((joined("2-0"), joined("2020-21")), (None, None));
        assert_eq!(joined("16-jarige").as_deref(), Some("16jarige"));
        assert_eq!(joined("zee"), None);
        assert_eq!(readings(" - ", Closeness::Wide), []);
    }
}
