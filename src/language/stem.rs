//! The stem of a folded word that the lexicon does not know: the Kraaij-Pohlmann stemmer, held back
//! where it goes too far.
//!
//! That stemmer takes any ending for a suffix: `minister` becomes `mini`, `gezin` becomes `zin`,
//! `mens` becomes `men` while `mensen` becomes `mens`, `woorden` becomes `woor`. Its stem is taken
//! unless a general rule tells that it cut into the word; then only an inflection is taken off.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// Stems are never shorter, unless the word is.
const LETTERS_MIN: usize = 3;
/// A stem without the prefix `ge` is longer: `gewerkt` is `werk`, but `gezin` is not `zin`.
const LETTERS_WITHOUT_GE_MIN: usize = 4;
/// The stem of a folded word.
pub(super) fn stem(word: &str) -> Cow<'_, str> {
    if word.len() <= LETTERS_MIN || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    if is_root_in_s(word) {
        return Cow::Borrowed(word);
    }
    // Dutch has -dt only in verbs whose root ends in d: `wordt`, `vindt`, `leidt`.
    let word = if word.ends_with("dt") { &word[..word.len() - 1] } else { word };
    let inflected = uninflect(word);
    let stem = Stemmer::new(Algorithm::Dutch).stem(word);
    if goes_too_far(word, &stem, &inflected) { inflected } else { stem }
}

fn goes_too_far(word: &str, stem: &str, inflected: &str) -> bool {
    let has_lost_ge = word.starts_with("ge") && !stem.starts_with("ge");
    stem.len() < LETTERS_MIN
        || stem.len() * 2 <= inflected.len()
        || (has_lost_ge && stem.len() < LETTERS_WITHOUT_GE_MIN)
        || has_lost_d(word, stem)
}

/// `woorden` is a plural of `woord`, no past tense of `woor`: of the two, the noun is what news is
/// searched for.
fn has_lost_d(word: &str, stem: &str) -> bool {
    let Some(root) = word.strip_suffix("den").or_else(|| word.strip_suffix("de")) else {
        return false;
    };
    root == stem
}

/// One syllable ending in s after n, r, l, t or k, where `en` makes the plural: `mens`, `koers`,
/// `hals`, `plaats`, `reeks`. After other consonants, and `ck`, s is a plural: `clubs`, `trucks`.
fn is_root_in_s(word: &str) -> bool {
    let Some(root) = word.strip_suffix('s') else {
        return false;
    };
    root.ends_with(['n', 'r', 'l', 't', 'k']) && !root.ends_with("ck") && n_syllables(root) == 1
}

/// Takes off plural and adjective endings only.
fn uninflect(word: &str) -> Cow<'_, str> {
    if let Some(root) = word.strip_suffix("heden").filter(|root| n_syllables(root) > 0) {
        return Cow::Owned(format!("{root}heid"));
    }
    let long_enough = |root: &&str| root.len() >= LETTERS_MIN && n_syllables(root) > 0;
    let root = word.strip_suffix("en").or_else(|| word.strip_suffix('e')).filter(long_enough);
    if let Some(root) = root {
        return close(root);
    }
    let root = word.strip_suffix('s').filter(long_enough);
    match root {
        Some(root) if !root.ends_with(is_vowel) && !root.ends_with('s') => Cow::Borrowed(root),
        _ => Cow::Borrowed(word),
    }
}

/// Spells a root as it stands alone: `bomm` is `bom`, `bom` from `bomen` is `boom`, `huiz` is
/// `huis`.
fn close(root: &str) -> Cow<'_, str> {
    let mut letters = root.chars().rev();
    let (Some(last), Some(before), third) = (letters.next(), letters.next(), letters.next()) else {
        return Cow::Borrowed(root);
    };
    if last == before && !is_vowel(last) && root.len() > LETTERS_MIN {
        return Cow::Borrowed(&root[..root.len() - 1]);
    }
    let body = &root[..root.len() - 1];
    let is_open = matches!(before, 'a' | 'e' | 'o' | 'u')
        && !is_vowel(last)
        && !third.is_some_and(is_vowel)
        && n_syllables(root) == 1;
    let last = match last {
        'v' => 'f',
        'z' => 's',
        other => other,
    };
    if is_open {
        Cow::Owned(format!("{body}{before}{last}"))
    } else if root.ends_with(last) {
        Cow::Borrowed(root)
    } else {
        Cow::Owned(format!("{body}{last}"))
    }
}

/// Groups of vowels.
fn n_syllables(word: &str) -> usize {
    let mut was_vowel = false;
    let mut n = 0;
    for c in word.chars() {
        let is_vowel = is_vowel(c);
        n += usize::from(is_vowel && !was_vowel);
        was_vowel = is_vowel;
    }
    n
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    use crate::language::folded;

    fn stems(words: &str) -> Vec<String> {
        folded(words).iter().map(|word| super::stem(word).into_owned()).collect()
    }

    /// All of `words` have one stem.
    #[track_caller]
    fn same(words: &str) {
        let found = stems(words);
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "{words}: {found:?}");
    }

    /// Each of `words` has its own stem.
    #[track_caller]
    fn different(words: &str) {
        let mut found = stems(words);
        let n = found.len();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), n, "{words}: {found:?}");
    }

    #[test]
    fn forms_of_a_word_meet() {
        same("huis huizen huisje huisjes");
        same("boom bomen");
        same("bom bommen");
        same("brief brieven");
        same("regering regeringen");
        same("woning woningen");
        same("minister ministers");
        same("gezin gezinnen");
        same("mens mensen");
        same("grens grenzen");
        same("plaats plaatsen");
        same("fiets fietsen");
        same("kans kansen");
        same("koers koersen");
        same("club clubs");
        same("woord woorden");
        same("beeld beelden");
        same("miljard miljarden");
        same("worden wordt word");
        same("vinden vindt vind");
        same("werken werkt werkte gewerkt");
        same("maken maakt maakte gemaakt");
        same("fors forse");
        same("verdachte verdachten");
        same("veiligheid veiligheden");
        same("auto auto's");
    }

    #[test]
    fn other_words_stay_apart() {
        different("minister mini");
        different("gezin zin");
        different("geweld wel");
        different("gewond won");
        different("gezondheid zon");
        different("overheid over");
        different("openbaar open");
        different("veiligheid veil");
        different("kans kan");
        different("mars mar");
        different("pers per");
        different("mens men");
        different("grens gren");
        different("boom bom");
        different("Geert er");
    }

    #[test]
    fn what_is_no_dutch_word_stays_itself() {
        for word in ["d66", "москва", "als", "at5", "7ens", "xxxx", "een", "s"] {
            assert_eq!(stems(word), [word]);
        }
    }
}
