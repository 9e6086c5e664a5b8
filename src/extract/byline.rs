//! Names out of a byline, in the words of several languages.

use std::sync::LazyLock;

use regex::Regex;

use crate::normalize::text;

/// What stands before names.
static LEAD_IN: LazyLock<Regex> = LazyLock::new(|| {
    let pictures = "foto(?:['’]?s|grafie)?|beeld|video";
    let and = r"\s*(?:en|&|\+|/)\s*";
    let both = format!("tekst{and}(?:{pictures})|(?:{pictures}){and}tekst");
    let day = r"\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,9})\.?[-/. ]\d{4}";
    let words = "door|by|von|van|par|por|di|av|af|tekst|text|words by|written by|geschreven door|\
                 bewerkt door|reported by|reporting by|auteur|author|autor|story by|\
                 (?:gepubliceerd|geplaatst|geschreven)\\b.{0,60}?\\bdoor|\
                 (?:opinie|column|analyse|interview|reportage|recensie|commentaar) (?:van|door)";
    // `Redactie Sport` is who wrote it, `Redactie: Jo van Dam` is not.
    let named = r"(?:redactie|bron)\s*[:–]";
    Regex::new(&format!(
        r"(?i)^\s*(?:(?:{both}|{day}.{{0,20}}?\bdoor|{words})\s*[:\-–]?|{named})\s+"
    ))
    .expect("the pattern is constant")
});

/// Who a Dutch paper sent, before a name or in place of one: `onze verslaggever`, `redactie economie`.
static STAFF: LazyLock<Regex> = LazyLock::new(|| {
    let staff = "redacteur|redactrice|verslaggever|verslaggeefster|correspondente?|medewerker";
    let ours = format!(r"(?i:(?:een van )?onze)\s+(?:[\p{{L}}-]+\s+){{0,2}}?\p{{L}}*(?:{staff})s?");
    let desk = format!(r"(?i:redactie|{staff})\s+\p{{Ll}}[\p{{Ll}} -]*$");
    Regex::new(&format!(r"^(?:{ours}|{desk})\s*")).expect("the pattern is constant")
});

/// What stands between names.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\s*(?:;|\||/|\n|•|·|,|\s[-–—]\s|\s&\s|\s\+\s|\s(?:en|and|und|et|og|och|y|e|met|with|mit)\s)\s*",
    )
    .expect("the pattern is constant")
});

/// Who took the pictures.
static PICTURES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:foto(?:'s|’s|grafie)?|beeld|video|illustraties?|photos?)\b\s*[:/]?")
        .expect("the pattern is constant")
});

/// What somebody is or does, behind a name.
static LIFE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s(?:is|was|werkt|schrijft|doet|volgt|studeerde|maakt)\s")
        .expect("the pattern is constant")
});

/// When it was written, behind a name.
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\sop\s+(?:\d|(?:maan|dins|woens|donder|vrij|zater|zon)dag)")
        .expect("the pattern is constant")
});

/// What somebody is, without a name.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    let roles = "redacteur|redactrice|verslaggever|verslaggeefster|correspondente?|medewerker|\
                 journaliste?|columniste?|fotograaf|stagiaire?";
    Regex::new(&format!(r"^[\p{{Ll}}-]*(?:{roles})s?$")).expect("the pattern is constant")
});

/// Small words with which a name of several words may begin.
const PARTICLES: [&str; 22] = [
    "de", "den", "der", "van", "von", "vom", "zu", "ten", "ter", "te", "het", "'t", "’t", "'s",
    "la", "le", "el", "al", "di", "da", "du", "d'",
];

/// Names out of one byline. A date or a role between commas is no name.
pub(super) fn split(byline: &str) -> Vec<String> {
    let byline = text::one_line(byline);
    if byline.contains("://") {
        return from_address(&byline).into_iter().collect();
    }
    let byline = STAFF.replace(&byline, "");
    let parts = BETWEEN.split(without_lead_in(&byline)).map(clean);
    parts.filter(|part| is_name(part)).collect()
}

/// The name in the address of an author's own page: `…/authors/jo-van-dam/`.
fn from_address(address: &str) -> Option<String> {
    let (folders, slug) = address.trim_end_matches('/').rsplit_once('/')?;
    let folder = folders.rsplit('/').next()?;
    let is_people = ["author", "authors", "auteur", "auteurs", "autor", "autoren", "people"];
    let words: Vec<&str> = slug.split('-').collect();
    let is_word = |word: &&str| !word.is_empty() && word.chars().all(char::is_alphabetic);
    if !is_people.contains(&folder) || !(2..=4).contains(&words.len()) || !words.iter().all(is_word)
    {
        return None;
    }
    let capital = |word: &&str| {
        let mut chars = word.chars();
        chars.next().map(|c| c.to_uppercase().chain(chars).collect::<String>())
    };
    Some(words.iter().filter_map(capital).collect::<Vec<_>>().join(" "))
}

/// Without what stands before a name; `van der Meer` and `Van Dijk` are names.
fn without_lead_in(text: &str) -> &str {
    let Some(found) = LEAD_IN.find(text) else { return text };
    let rest = &text[found.end()..];
    let is_particle = |word: &str| PARTICLES.contains(&word.to_lowercase().as_str());
    let next = rest.split(' ').next().unwrap_or_default();
    let is_name = is_particle(next) || !rest.trim_end().contains(' ');
    if is_name && is_particle(found.as_str().trim()) { text } else { rest }
}

/// A name without what is around it: a lead-in, an address, brackets.
fn clean(part: &str) -> String {
    // What is left of `redactie economie` when its lead-in is taken off is no name.
    let part = STAFF.replace(part.trim(), "");
    let part = STAFF.replace(without_lead_in(&part), "");
    let behind = [&LIFE, &DAY].into_iter().filter_map(|behind| Some(behind.find(&part)?.start()));
    let end = part.find(['(', '<', '[', '|', '@']).into_iter().chain(behind).min();
    let end = end.unwrap_or(part.len());
    let part = part[..end].trim().trim_matches(['.', ',', ':', '-', '–', '*', '"']);
    part.trim().to_owned()
}

fn is_name(part: &str) -> bool {
    const CHARS_MAX: usize = 60;
    let n_chars = part.chars().count();
    let is_address = part.contains("://") || part.starts_with("www.") || part.contains(".com/");
    let first = part.split(' ').next().unwrap_or_default();
    let begins_small = first.len() < part.len() && first.starts_with(char::is_lowercase);
    let is_title = first.ends_with('.') || first.ends_with("redactie");
    let is_role = begins_small && !PARTICLES.contains(&first) && !is_title;
    // Broadcasters have a number at the end of their names.
    let begins_with_digit = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = part.split_whitespace().collect();
    let is_count = words.iter().rev().skip(1).any(|word| begins_with_digit(word))
        || words.iter().any(|word| begins_with_digit(word) && word.contains(':'));
    (2..=CHARS_MAX).contains(&n_chars)
        && !is_address
        && part.chars().any(char::is_alphabetic)
        && words.len() <= 7
        && !PICTURES.is_match(part)
        && !ROLE.is_match(part)
        && !is_role
        && !is_count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(byline: &str, expected: &[&str]) {
        assert_eq!(split(byline), expected, "{byline}");
    }

    #[test]
    fn a_byline_is_its_names() {
        check("Door Jo van Dam en Fenna Bos", &["Jo van Dam", "Fenna Bos"]);
        check("Tekst: Jo van Dam", &["Jo van Dam"]);
        check("Jo van Dam (Terneuzen); redactie@zeeklei.example", &["Jo van Dam", "redactie"]);
        check("ANP / Jo van Dam", &["ANP", "Jo van Dam"]);
        check("Door onze redacteur Jo van Dam", &["Jo van Dam"]);
        check("Van onze Haagse verslaggever", &[]);
        check("Van een van onze verslaggevers", &[]);
        check("Onze buitenlandse correspondent Fenna Bos", &["Fenna Bos"]);
        check("Jo van Dam, redactie economie", &["Jo van Dam"]);
        check("Redactie Binnenland", &["Redactie Binnenland"]);
        check("Redactie: Jo van Dam", &["Jo van Dam"]);
        check("Bron: ANP", &["ANP"]);
        check("Van Dijk", &["Van Dijk"]);
        check("Van Jo van Dam", &["Jo van Dam"]);
        check("https://www.zeeklei.example/auteurs/jo-van-dam/", &["Jo Van Dam"]);
        check("https://www.zeeklei.example/12345", &[]);
        check("", &[]);
    }

    #[test]
    fn what_stands_beside_names_in_a_byline_is_none() {
        let jo = &["Jo van Dam"][..];
        check("Jo van Dam • 30 nov 2026", jo);
        check("Jo van Dam — 30 november 2026, 08:15", jo);
        check("door Jo van Dam - 30-11-2026 om 08:15 uur", jo);
        check("Jo van Dam, politiek verslaggever", jo);
        check("door Jo van Dam, verslaggever", jo);
        check("Door Jo van Dam op 14 maart 2026", jo);
        check("Geschreven door Jo van Dam op zaterdag", jo);
        check("14-03-2026 door Jo van Dam", jo);
        check("14 maart 2026, 10:15 door Jo van Dam", jo);
        check("Tekst en foto: Jo van Dam", jo);
        check("Tekst en foto’s: Jo van Dam", jo);
        check("Foto's & tekst: Jo van Dam", jo);
        check("Tekst & beeld: Jo van Dam", jo);
        check("Foto en video: Jo van Dam", &[]);
        check("Tekst: Jo van Dam, foto: Piet Vos", jo);
        check("Jo van Dam is verslaggever van de Dijkbode en schrijft over bruggen.", jo);
        check("Gepubliceerd op 30 november 2026 door Jo van Dam", jo);
        check("Opinie van Jo van Dam, hoogleraar staatsrecht te Leiden", jo);
        check("Jo van Dam | 3 reacties | Bijgewerkt: 10:00", jo);
        check("Jo van Dam en onze correspondent in Parijs", jo);
        check("Van onze redactie economie", &[]);
        check("NPO Radio 1", &["NPO Radio 1"]);
        check("Door Van der Meer en prof. dr. Jo Bos", &["Van der Meer", "prof. dr. Jo Bos"]);
        check("de Jong, 't Hof en Ter Horst", &["de Jong", "'t Hof", "Ter Horst"]);
    }
}
