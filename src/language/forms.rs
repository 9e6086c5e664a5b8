//! The forms of a word: for `woning` also `woningen` and `woninkje`, for `stijgen` also `gestegen`.
//!
//! A word may be a form of several (`werken` of the noun and of the verb); it has the forms of all
//! of them, and these have no more: `bomen` finds `boom`, and `bom` does not find `bomen`.

use std::collections::BTreeSet;

use crate::language::compound;
use crate::language::lexicon::{Entry, Lexicon};
use crate::language::{names, stem};

/// What nouns, verbs and adjectives add to their root.
const ENDINGS: &[&str] = &[
    "", "s", "en", "e", "n", "je", "jes", "tje", "tjes", "pje", "pjes", "etje", "etjes", "kje",
    "kjes", "t", "te", "ten", "d", "de", "den", "end", "ende", "nd", "nde", "er", "ere", "ers",
    "der", "dere", "st", "ste", "ser", "a", "i", "ia", "eren", "heden",
];
/// What follows a root after `ge`.
const ENDINGS_AFTER_GE: &[&str] = &["", "d", "t", "de", "te", "en"];
/// Those that words take that no lexicon knows: names, new words.
const ENDINGS_OF_NEW_WORDS: &[&str] =
    &["", "s", "en", "e", "t", "te", "ten", "d", "de", "den", "je", "jes", "tje", "tjes"];

/// The forms that have a lemma in common with the folded `word`, which is one of them.
pub fn forms(lexicon: &Lexicon, word: &str) -> Vec<String> {
    let mut forms = BTreeSet::from([word.to_owned()]);
    match known(lexicon, word) {
        Some(entry) => {
            let lemmas = lexicon.lemmas(word, entry);
            for lemma in &lemmas {
                let mut of_lemma = forms_of(lexicon, lemma);
                // `vallen` is all of a verb, and a plural beside it.
                let is_infinitive = entry.kinds.verb && lemma == word && word.ends_with('n');
                if entry.kinds.noun && !is_infinitive {
                    of_lemma.retain(|form| is_foremost(lexicon, form, &lemmas));
                }
                of_lemma.retain(|form| form == word || !is_rather_name(lexicon, form));
                forms.extend(of_lemma);
            }
        }
        None if names::has(word) => forms.extend(names::forms(word)),
        None => match compound::head(lexicon, word) {
            Some(head) => {
                let before = &word[..word.len() - head.len()];
                let lemma = lexicon.get(head).and_then(|entry| lexicon.first_lemma(head, entry));
                let of_head = forms_of(lexicon, lemma.as_deref().unwrap_or(head));
                let whole = of_head.into_iter().map(|form| format!("{before}{form}"));
                forms.extend(whole.filter(|form| !is_rather_name(lexicon, form)));
            }
            None => forms.extend(forms_of_new_word(lexicon, word)),
        },
    }
    forms.into_iter().collect()
}

/// What is known of `word`, where it is first of all a word.
fn known(lexicon: &Lexicon, word: &str) -> Option<Entry> {
    word_in(lexicon, word).filter(|_| !is_rather_name(lexicon, word))
}

/// Whether `word` is a name, and besides nothing but a form that a rule makes, as of `timmerman`, or
/// what follows on `iets`: *iets wilders*.
fn is_rather_name(lexicon: &Lexicon, word: &str) -> bool {
    let is_after_something = |entry: Entry| {
        let is_only_adjective = entry.kinds.adjective && !entry.kinds.noun && !entry.kinds.verb;
        is_only_adjective && word.ends_with('s')
    };
    names::has(word) && word_in(lexicon, word).is_none_or(is_after_something)
}

/// What the lexicon says of `word`, where that is no part of words or name.
fn word_in(lexicon: &Lexicon, word: &str) -> Option<Entry> {
    lexicon.get(word).filter(|entry| entry.is_word() && !entry.kinds.name)
}

/// Whether `form` is not first of all a form of another noun: `gas` is also of `gassen`, whose past
/// `gasten` is rather the plural of `gast`.
fn is_foremost(lexicon: &Lexicon, form: &str, lemmas: &[String]) -> bool {
    let Some(entry) = lexicon.get(form).filter(|entry| entry.kinds.noun) else { return true };
    lexicon.first_lemma(form, entry).is_none_or(|first| lemmas.contains(&first))
}

/// What `word` is a form of: its lemmas, or its stem when nothing is known of it.
pub fn lemmas(lexicon: &Lexicon, word: &str) -> Vec<String> {
    if let Some(entry) = known(lexicon, word) {
        return lexicon.lemmas(word, entry);
    }
    if names::has(word) {
        return vec![word.to_owned()];
    }
    let Some(head) = compound::head(lexicon, word) else {
        return vec![stem::stem(word).into_owned()];
    };
    let lemma = lexicon.get(head).and_then(|entry| lexicon.first_lemma(head, entry));
    let before = &word[..word.len() - head.len()];
    vec![format!("{before}{}", lemma.as_deref().unwrap_or(head))]
}

/// The forms of a noun that are first of all its own.
pub fn of_noun(lexicon: &Lexicon, lemma: &str) -> Vec<String> {
    let mut forms = forms_of(lexicon, lemma);
    forms.retain(|form| {
        let entry = lexicon.get(form).filter(|entry| entry.kinds.noun);
        let first = entry.and_then(|entry| lexicon.first_lemma(form, entry));
        form == lemma || first.is_some_and(|first| first == lemma)
    });
    forms
}

/// The forms of a lemma.
fn forms_of(lexicon: &Lexicon, lemma: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for (start, endings) in starts(lemma) {
        let Some(branch) = lexicon.branch(&start) else { continue };
        for ending in endings {
            let Some(entry) = branch.get(ending) else { continue };
            let form = format!("{start}{ending}");
            if lexicon.lemmas(&form, entry).iter().any(|own| own == lemma) {
                forms.push(form);
            }
        }
    }
    forms.extend(lexicon.irregular(lemma).map(str::to_owned));
    // A compound that the lexicon knows has plurals that it need not know.
    if let Some(entry) = lexicon.get(lemma).filter(|entry| entry.division > 0) {
        let (before, head) = lemma.split_at(usize::from(entry.division).min(lemma.len()));
        forms.extend(forms_of(lexicon, head).into_iter().map(|form| format!("{before}{form}")));
    }
    forms.push(lemma.to_owned());
    forms
}

fn forms_of_new_word(lexicon: &Lexicon, word: &str) -> Vec<String> {
    let stem = stem::stem(word);
    let roots = roots(&stem);
    let is_form = |form: &String| {
        lexicon.get(form).is_none() && stem::stem(form) == stem && !is_rather_name(lexicon, form)
    };
    let mut forms: Vec<String> = roots
        .iter()
        .flat_map(|root| ENDINGS_OF_NEW_WORDS.iter().map(move |ending| format!("{root}{ending}")))
        .filter(is_form)
        .collect();
    forms.push(stem.clone().into_owned());
    forms
}

/// What may be a form of `lemma` by the rules of spelling; most of it is no word.
pub fn regular(lemma: &str) -> Vec<String> {
    let forms = |(start, endings): (String, &[&str])| -> Vec<String> {
        endings.iter().map(|ending| format!("{start}{ending}")).collect()
    };
    starts(lemma).into_iter().flat_map(forms).collect()
}

/// What forms of `lemma` may begin with, and the endings that they may then have.
fn starts(lemma: &str) -> Vec<(String, &'static [&'static str])> {
    let mut roots = roots(lemma);
    if let Some(root) = lemma.strip_suffix("en").filter(|root| root.len() > 1) {
        roots.extend(self::roots(root));
    }
    for ending in ["um", "us", "heid", "g", "e"] {
        roots.extend(lemma.strip_suffix(ending).map(str::to_owned));
    }
    roots.sort_unstable();
    roots.dedup();
    let participles = roots.iter().map(|root| (format!("ge{root}"), ENDINGS_AFTER_GE));
    let participles: Vec<_> = participles.collect();
    roots.into_iter().map(|root| (root, ENDINGS)).chain(participles).collect()
}

/// A root as it is spelled before one ending or another: `huis huiz`, `boom bom`, `bom bomm`.
fn roots(root: &str) -> Vec<String> {
    let mut roots = vec![root.to_owned()];
    let bytes = root.as_bytes();
    if bytes.len() < 2 || !root.is_ascii() {
        return roots;
    }
    let (before, last) = (bytes[bytes.len() - 2], bytes[bytes.len() - 1]);
    let body = &root[..root.len() - 1];
    let is_vowel = |byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u');
    let voiced = match last {
        b'f' => 'v',
        b's' => 'z',
        b'v' => 'f',
        b'z' => 's',
        _ => char::from(last),
    };
    if voiced != char::from(last) {
        roots.push(format!("{body}{voiced}"));
    }
    if is_vowel(last) {
        return roots;
    }
    if last == before {
        roots.push(body.to_owned());
    } else {
        roots.push(format!("{root}{}", char::from(last)));
    }
    if is_vowel(before) {
        let is_long = bytes.len() > 2 && bytes[bytes.len() - 3] == before;
        let head = &root[..root.len() - 2];
        for last in [char::from(last), voiced] {
            if is_long {
                roots.push(format!("{head}{last}"));
            } else {
                let vowel = char::from(before);
                roots.push(format!("{head}{vowel}{vowel}{last}"));
            }
        }
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::lexicon::dutch;

    /// A common word a line, and forms of it that do not follow from its spelling.
    const FORMS: &str = "
        graf graven
        weg wegen
        bad baden
        gat gaten
        vat vaten
        staf staven
        mes messen
        oudere ouderen
        hart harten
        been benen
        lid leden
        schip schepen
        koe koeien
        meisje meisjes
        raadslid raadsleden
        kamerlid kamerleden
        statenlid statenleden
        bestuurslid bestuursleden
        gemeenteraadslid gemeenteraadsleden
        binnenstad binnensteden
        hoofdstad hoofdsteden
        oorlogsschip oorlogsschepen
        kleinkind kleinkinderen
        zoon zonen zoons
        bacterie bacterien
        museum musea
        politicus politici
        crisis crises
        datum data
        ei eieren
        kind kinderen
        volk volkeren volken
        lied liederen
        wolf wolven
        schaap schapen
        rijden reed gereden
        vallen viel gevallen
        stemmen gestemd stemde stemt
        stelen stal gestolen
        lezen las gelezen leest
        bellen belde gebeld belt
        kiezen koos gekozen
        sluiten sloot gesloten
        drinken dronk
        varen voer gevaren
        ergeren geergerd
        erven geerfd
        gelden gold gegolden
        geven gaf gegeven
        mishandelen mishandeld
        overlijden overleed overleden
        verliezen verloor verloren verliest
        verkopen verkocht verkoopt
        oppakken opgepakt
        aftreden afgetreden
        ontslaan ontslagen ontsloeg
        verbieden verboden verbood
        veroordelen veroordeeld
        besluiten besloot besloten
        schieten schoot geschoten
        sterven stierf gestorven
        winnen won gewonnen
        gaan ging gegaan
        staan stond gestaan
        zien zag gezien
        doen deed gedaan
        zeggen zei gezegd zegt
        vragen vroeg gevraagd
        denken dacht
        brengen bracht
    ";

    #[test]
    fn common_words_are_found_in_all_their_forms() {
        let missing: Vec<(&str, &str)> = FORMS
            .lines()
            .filter_map(|line| line.trim().split_once(' '))
            .flat_map(|(word, all)| {
                let found = forms(dutch(), word);
                let lacks = move |form: &&str| !found.iter().any(|one| one == form);
                all.split(' ').filter(lacks).map(move |form| (word, form))
            })
            .collect();
        assert_eq!(missing, []);
    }

    #[test]
    fn a_plural_is_first_of_all_one_and_a_noun_no_verb() {
        let lacks = |word: &str, other: &str| !forms(dutch(), word).iter().any(|f| f == other);
        assert_eq!(lemmas(dutch(), "leden"), ["lid"]);
        assert_eq!(lemmas(dutch(), "kamerleden"), ["kamerlid"]);
        assert!(lacks("leden", "leed") && lacks("kamerleden", "kamerleed"));
        assert!(lacks("las", "gelezen") && lacks("stal", "gestolen") && lacks("gas", "gasten"));
        let of_noun = |noun: &str| of_noun(dutch(), noun);
        assert!(of_noun("huis").contains(&"huizen".to_owned()));
        assert!(!of_noun("stik").contains(&"stikten".to_owned()));
    }
}
