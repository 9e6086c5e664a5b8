//! Other spellings of the same word: names from other alphabets (`Poetin`, `Putin`), places that are
//! called otherwise elsewhere (`Kiev`, `Kyiv`), and Dutch as it was spelled before 1995.
//!
//! A spelling is made by rule and may be nobody's; it is left out when it is another Dutch word, as is
//! what a place is called elsewhere: India is `Inde` in French, and `inde` a form of `innen`.

use std::collections::BTreeSet;

use crate::language::lexicon::Lexicon;

/// Places a line, by their names in Dutch, English, German, French; derived from CLDR by
/// `lexicon/names.py`.
static PLACES: &str = include_str!("../../lexicon/names.txt");

/// Shorter words are no names that travel.
const LETTERS_MIN: usize = 4;

/// How a sound of Russian, Ukrainian or Arabic is written in Dutch, English, French and German.
/// Longer spellings come first, since they hold shorter ones.
const SOUNDS: &[[&str; 4]] = &[
    ["sjtsj", "shch", "chtch", "schtsch"],
    ["tsj", "ch", "tch", "tsch"],
    ["zj", "zh", "j", "sch"],
    ["sj", "sh", "ch", "sch"],
    ["ch", "kh", "kh", "ch"],
    ["oe", "u", "ou", "u"],
    ["j", "y", "i", "j"],
    ["v", "v", "v", "w"],
    ["ai", "ay", "ai", "ai"],
];

/// Endings that are one and the same.
const ENDINGS: &[&[&str]] = &[
    &["ski", "sky", "skyy", "skyi", "skiy", "skij", "skyj", "skii"],
    &["ny", "ni", "nyj", "nij", "nyy"],
    &["ov", "off", "ow", "of"],
    &["ev", "eff", "jev", "yev", "ew", "iev"],
    &["ei", "ey", "ej", "eij", "eï"],
    &["iv", "iw", "ov"],
];

/// Letters of Arabic and Persian names that go either way.
const EITHER: &[(&str, &str)] = &[
    ("q", "k"),
    ("gh", "g"),
    ("ss", "s"),
    ("mm", "m"),
    ("dd", "d"),
    ("ff", "f"),
    ("ee", "i"),
    ("oo", "u"),
    ("ie", "i"),
    ("ae", "ai"),
    ("kh", "ch"),
    ("ou", "oe"),
    ("aw", "au"),
];

/// What Dutch wrote otherwise before the reforms of 1995 and 1954, and what foreign words vary in.
const OLD: &[(&str, &str)] =
    &[("k", "c"), ("c", "k"), ("ks", "x"), ("f", "ph"), ("t", "th"), ("s", "z"), ("kwa", "qua")];

/// Other spellings of a word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spellings {
    /// Ordinary words of today, which have forms.
    pub(super) words: BTreeSet<String>,
    /// Names, and what was written once: these alone, in no other form.
    pub(super) names: BTreeSet<String>,
}

/// Other spellings of the folded `word`.
pub(super) fn variants(lexicon: &Lexicon, word: &str) -> Spellings {
    let mut found = Spellings::default();
    if word.len() < LETTERS_MIN || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return found;
    }
    let link: Vec<String> = links(word).collect();
    if is_ordinary(lexicon, word) {
        // The old spelling of a word of today: a word that the lexicon does not know.
        found.names.extend(link.into_iter().filter(|spelling| lexicon.get(spelling).is_none()));
    } else {
        let today = link.into_iter().chain(replaced(word, OLD));
        found.words.extend(today.filter(|spelling| is_ordinary(lexicon, spelling)));
        let is_free =
            |spelling: &String| lexicon.get(spelling).is_none_or(|entry| entry.kinds.name);
        found.names.extend(names(word).into_iter().filter(is_free));
    }
    found.names.extend(places(lexicon, word));
    found.words.remove(word);
    found.names.remove(word);
    found
}

/// Whether `word` is a word of the lexicon, and no name.
fn is_ordinary(lexicon: &Lexicon, word: &str) -> bool {
    lexicon.get(word).is_some_and(|entry| entry.is_word() && !entry.kinds.name)
}

/// What the place called `word` is called elsewhere. A name from elsewhere that is an ordinary word
/// here names no place; the Dutch one does, whatever it is besides: Polen.
fn places(lexicon: &Lexicon, word: &str) -> Vec<String> {
    let lines = PLACES.lines().filter_map(|line| {
        let (dutch, elsewhere) = line.split_once(' ')?;
        let elsewhere = elsewhere.split(' ').filter(|name| !is_ordinary(lexicon, name));
        Some(std::iter::once(dutch).chain(elsewhere).collect::<Vec<_>>())
    });
    lines.filter(|names| names.contains(&word)).flatten().map(str::to_owned).collect()
}

/// `pannekoek`, `pannenkoek`: with and without an n after each e before a consonant.
fn links(word: &str) -> impl Iterator<Item = String> + use<'_> {
    let inner = 3..word.len().saturating_sub(2);
    inner.filter_map(move |at| {
        let (before, after) = word.split_at_checked(at)?;
        if !before.ends_with('e') || after.starts_with(['a', 'e', 'i', 'o', 'u', 'y']) {
            return None;
        }
        Some(match after.strip_prefix('n') {
            Some(rest) => format!("{before}{rest}"),
            None => format!("{before}n{after}"),
        })
    })
}

/// Each replacement made everywhere, and at each single place.
fn replaced(word: &str, pairs: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    for (from, to) in pairs {
        for (at, _) in word.match_indices(from) {
            found.push(format!("{}{to}{}", &word[..at], &word[at + from.len()..]));
        }
        found.push(word.replace(from, to));
    }
    found
}

/// A name as it is written from each language to each other, with the endings that go either way.
fn names(word: &str) -> BTreeSet<String> {
    let mut spellings = BTreeSet::from([word.to_owned()]);
    for from in 0..4 {
        for to in (0..4).filter(|to| *to != from) {
            spellings.insert(rewritten(word, from, to));
        }
    }
    let either: Vec<(&str, &str)> =
        EITHER.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).collect();
    spellings.extend(replaced(word, &either));
    let with_endings: Vec<String> = spellings.iter().flat_map(|name| other_endings(name)).collect();
    spellings.extend(with_endings);
    spellings
}

/// `word`, spelled by the rules of language `from`, by those of `to`.
fn rewritten(word: &str, from: usize, to: usize) -> String {
    let mut written = String::with_capacity(word.len() + 4);
    let mut rest = word;
    while let Some(letter) = rest.chars().next() {
        let sound = SOUNDS.iter().find(|sound| rest.starts_with(sound[from]));
        let length = sound.map_or(letter.len_utf8(), |sound| sound[from].len());
        written.push_str(sound.map_or(&rest[..length], |sound| sound[to]));
        rest = &rest[length..];
    }
    written
}

fn other_endings(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for same in ENDINGS {
        for ending in *same {
            if let Some(root) = name.strip_suffix(ending).filter(|root| root.len() > 1) {
                found.extend(same.iter().map(|other| format!("{root}{other}")));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::lexicon::dutch;

    #[track_caller]
    fn check(word: &str, others: &[&str]) {
        let found = variants(dutch(), word);
        for other in others.iter().copied() {
            let is_found = found.words.contains(other) || found.names.contains(other);
            assert!(is_found, "{word}: no {other} in {found:?}");
        }
    }

    #[test]
    fn names_are_spelled_as_elsewhere() {
        check("poetin", &["putin"]);
        check("putin", &["poetin"]);
        check("zelensky", &["zelenski", "zelenskyy", "zelenskiy"]);
        check("loekasjenko", &["lukashenko"]);
        check("chroesjtsjov", &["khrushchov"]);
        check("hoessein", &["hussein"]);
        check("cherson", &["kherson"]);
        check("sjoigoe", &["shoigu"]);
    }

    #[test]
    fn places_are_called_otherwise_elsewhere() {
        check("kiev", &["kyiv"]);
        check("moskou", &["moscow", "moskau"]);
        check("ukraine", &["oekraine"]);
    }

    #[test]
    fn no_place_is_spelled_as_an_ordinary_word() {
        // Those that are called by an ordinary word in Dutch.
        let mut called_so: Vec<&str> = Vec::new();
        for line in PLACES.lines() {
            let mut names = line.split(' ');
            let first = names.next().unwrap();
            called_so.extend(is_ordinary(dutch(), first).then_some(first));
            for name in line.split(' ') {
                let found = places(dutch(), name);
                let is_wrong = |one: &&String| is_ordinary(dutch(), one) && *one != first;
                assert_eq!(found.iter().find(is_wrong), None, "{name}");
            }
        }
        let expected = "bermuda canada chili cuba madeira malta manilla oral polen wenen zweden";
        assert_eq!(called_so.join(" "), expected);
        for word in ["grenade", "iran", "wereld", "maurice"] {
            assert_eq!(places(dutch(), word), Vec::<String>::new(), "{word}");
        }
    }

    #[test]
    fn old_spellings_meet_those_of_today() {
        check("pannekoek", &["pannenkoek"]);
        check("pannenkoek", &["pannekoek"]);
        check("produkt", &["product"]);
        check("akties", &["acties"]);
    }

    #[test]
    fn another_dutch_word_is_no_spelling() {
        for word in ["boeken", "huis", "wet", "minister", "zon"] {
            let Spellings { words, names } = variants(dutch(), word);
            let is_known = |one: &String| dutch().get(one).is_some();
            assert!(!words.iter().chain(&names).any(is_known), "{word}: {words:?} {names:?}");
        }
    }
}
