//! Names out of a byline, in the words of several languages.

use std::sync::LazyLock;

use jiff::civil;
use regex::Regex;

use crate::extract::dates;
use crate::normalize::text;

/// A longer byline is a biography.
pub(super) const CHARS_MAX: usize = 120;

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
    Regex::new(&format!(r"^[\p{{Ll}}-]*(?:{ROLES})s?$")).expect("the pattern is constant")
});

/// The same with capitals and more words, which may be all that a byline says of who wrote it.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    let english = "editor|writer|reporter|correspondent|journalist|columnist|analyst|contributor|\
                   coordinator|manager|director|photographer|(?:co-)?founder|ceo";
    Regex::new(&format!(
        r"(?i)^(?:[\p{{L}}-]+\s+){{0,3}}(?:{english}|\p{{L}}*(?:{ROLES}))s?(?: (?:of|at|bij|van) .*)?$"
    ))
    .expect("the pattern is constant")
});

/// What a card below a name says of who writes for a paper.
static CARD: LazyLock<Regex> = LazyLock::new(|| {
    let roles = "redacteur|redactrice|verslaggever|verslaggeefster|correspondente?|journaliste?|\
                 columniste?|reporter|editor|writer";
    Regex::new(&format!(
        r"(?i)^(?:[\p{{L}}-]+\s+){{0,2}}\p{{L}}*(?:{roles})(?: [\p{{L}} ]{{1,30}})?$"
    ))
    .expect("the pattern is constant")
});

const ROLES: &str = "redacteur|redactrice|verslaggever|verslaggeefster|correspondente?|medewerker|\
                     journaliste?|columniste?|fotograaf|stagiaire?";

/// What is said beside names: of changes, and where links lead.
static NO_NAME: LazyLock<Regex> = LazyLock::new(|| {
    let changes = "updated?|bijgewerkt|gewijzigd|gepubliceerd|geplaatst|published|posted";
    let links = "bekijk|lees|volg|deel|over|view|read|follow|share|see|about";
    Regex::new(&format!(r"(?i)^(?:{changes}|{links})\s")).expect("the pattern is constant")
});

/// Small words with which a name of several words may begin.
const PARTICLES: [&str; 22] = [
    "de", "den", "der", "van", "von", "vom", "zu", "ten", "ter", "te", "het", "'t", "’t", "'s",
    "la", "le", "el", "al", "di", "da", "du", "d'",
];

/// What a line without any mark of a byline begins with when it is one, up to the names.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    let told = r"(?:gepubliceerd|geplaatst|geschreven|published|posted|written)\b.{0,60}?";
    let of = "tekst|text|words|story|article|artikel|(?:gast)?column|opinie|analyse|interview|\
              reportage|recensie|commentaar|essay|blog";
    let day_first = r"\d{1,2}[-/. ](?:\d{1,2}|\p{L}{3,9})\.?[-/. ]\d{4}";
    let month_first = r"\p{L}{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}-\d\d-\d\d";
    let date = format!("(?:{day_first}|{month_first})");
    let day = format!(r".{{0,30}}?{date}(?:[^\p{{L}}]|(?:om|uur|at|[ap]m|in \p{{L}}+)\b)*?");
    // A correspondent may be followed by a place.
    let staff = r"van (?:een van )?onze [\p{L} -]{0,30}?\b\p{L}*(?:redacteur|redactrice|verslaggever|verslaggeefster)";
    Regex::new(&format!(
        r"(?i)^(?:(?:{told}|(?:{of})\s+|{day})?\b(?:door|by)|auteurs?|tekst|{staff})\b\s*[:\-–]?(?:\s+|$)"
    ))
    .expect("the pattern is constant")
});

/// What a line goes on with behind the names: a bar, a picture, a day, a section.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    let pictures = "foto(?:['’]?s|grafie)?|beeld|video|illustraties?|camera|vormgeving|leestijd";
    let days = r"(?:maan|dins|woens|donder|vrij|zater|zon)dag\b|\d";
    Regex::new(&format!(
        r"(?i)\s*[|•·]|\s[-–—]\s|\s(?:{pictures})\b|\s(?:op )?(?:{days})|\s(?-i:in \p{{Lu}}\p{{L}}+$)"
    ))
    .expect("the pattern is constant")
});

/// Names out of the first of `lines` that says in words that it is a byline. Those of people: what
/// else follows such a word may be a sentence.
pub(super) fn said(lines: &[String]) -> Vec<String> {
    let mut following = lines.iter().skip(1);
    let bylines = lines.iter().filter_map(|line| {
        let next = following.next().map_or("", String::as_str);
        let found = SAID.find(line)?;
        Some(if found.end() == line.len() { next } else { &line[found.end()..] })
    });
    let names = bylines.map(named).find(|names| !names.is_empty());
    // Or else a card: a name, and below it what she is.
    let mut cards = lines.iter().zip(lines.iter().skip(1));
    let card = cards.find(|(name, role)| is_proper(name) && CARD.is_match(role));
    names.unwrap_or_else(|| card.map(|(name, _)| name.clone()).into_iter().collect())
}

/// The names that follow a word such as `door`; none where a sentence does.
fn named(text: &str) -> Vec<String> {
    const WORDS_MAX: usize = 15;
    let day = dates::written_in(text).next().map(|(place, _)| place.start);
    let behind = BEHIND.find(text).map(|found| found.start());
    let text = &text[..day.into_iter().chain(behind).min().unwrap_or(text.len())];
    if text.split_whitespace().nth(WORDS_MAX).is_some() {
        return Vec::new();
    }
    let without_article = |name: String| match name.strip_prefix("de ") {
        Some(desk) if is_desk(desk) => desk.to_owned(),
        _ => name,
    };
    let mut names: Vec<String> =
        BETWEEN.split(text).map(clean).map(without_label).map(without_article).collect();
    // `Jo van Dam, De Dijkbode` is one author, `Jo van Dam, Piet Vos en Ria Mol` are three.
    if !JOINED.is_match(text) {
        names.truncate(1);
    }
    let is_byline = names.first().is_some_and(|first| is_proper(first) || is_desk(first));
    if is_byline { without_titles(plain(names)) } else { Vec::new() }
}

/// What joins the last of several names.
static JOINED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s(?:en|and|und|met|with)\s|\s?[&+/]\s?").expect("the pattern is constant")
});

/// A name without what is glued to it: `Jo van Dam Gepubliceerd`.
fn without_label(name: String) -> String {
    let mut name = name;
    while let Some((rest, last)) = name.rsplit_once(' ') {
        if last.chars().any(char::is_alphanumeric) && !BESIDE.is_match(last) || is_desk(last) {
            break;
        }
        name.truncate(rest.len());
    }
    name
}

/// Those of `names` that no sentence or label is.
pub(super) fn plain(names: Vec<String>) -> Vec<String> {
    names.into_iter().filter(|name| is_proper(name) || is_desk(name)).collect()
}

/// `Redactie`, `sportredactie`.
fn is_desk(name: &str) -> bool {
    !name.contains(' ') && name.to_lowercase().ends_with("redactie")
}

/// Whether a line says who wrote an article and when, and nothing else: its date is one of `days`.
pub(super) fn tells_who_or_when(line: &str, days: &[civil::Date]) -> bool {
    const WORDS_MAX: usize = 20;
    let mut rest = line.to_owned();
    let mut is_dated = false;
    for (place, date) in dates::written_in(line) {
        is_dated |= days.contains(&date.at.to_local().date());
        rest.replace_range(place.clone(), &" ".repeat(place.len()));
    }
    if !(is_dated || SAID.is_match(line)) || line.split_whitespace().nth(WORDS_MAX).is_some() {
        return false;
    }
    is_beside(&rest)
}

/// Whether a text has only names and what stands beside names and days.
pub(super) fn is_beside(text: &str) -> bool {
    const NAMES_MAX: usize = 8;
    let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '’'));
    let words = words.filter(|word| word.chars().any(char::is_alphabetic));
    let names: Vec<&str> = words.filter(|word| !BESIDE.is_match(word)).collect();
    let is_of_name = |word: &&str| {
        word.starts_with(char::is_uppercase) || PARTICLES.contains(&word.to_lowercase().as_str())
    };
    names.len() <= NAMES_MAX && names.iter().all(is_of_name)
}

/// The words beside names and days in a line that says who wrote an article and when.
static BESIDE: LazyLock<Regex> = LazyLock::new(|| {
    let told = "gepubliceerd|geplaatst|geschreven|bijgewerkt|gewijzigd|aangepast|publicatie|\
                publicatiedatum|datum|laatste?|update|wijziging|aanpassing|published|posted|written|\
                updated|last|veröffentlicht|aktualisiert|erstellt|publiée?|mise?|jour";
    let days = "(?:maan|dins|woens|donder|vrij|zater|zon)dag|maa?|din?|woe?|don?|vri?|zat?|zon?";
    let small = "om|op|in|uur|u|at|on|by|door|van|en|de|een|onze|tekst|leestijd|min|minuut|minuten|\
                 mins?|minutes?|read|tijd|reacties?|comments?|views?|keer|gelezen|bekeken|x|\
                 am|um|uhr|von|vom|le|à|par|et";
    let kinds = "auteurs?|redactie|column|opinie|analyse|interview|reportage|recensie|commentaar";
    Regex::new(&format!("(?i)^(?:{told}|{days}|{small}|{kinds}|{ROLES})$"))
        .expect("the pattern is constant")
});

/// A full name without any word that is none of a name.
fn is_proper(name: &str) -> bool {
    let is_small = |word: &str| word.starts_with(char::is_lowercase);
    is_full_name(name) && name.split(' ').all(|word| !is_small(word) || PARTICLES.contains(&word))
}

/// Two to four words with capitals, as people are called and editorial offices seldom.
pub(super) fn is_full_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_capital = |word: &&&str| word.chars().next().is_some_and(char::is_uppercase);
    (2..=4).contains(&words.len())
        && words.iter().filter(is_capital).count() >= 2
        && !name.chars().any(|c| c.is_ascii_digit() || c == '.')
}

/// Names out of one byline. A date or a role between commas is no name.
pub(super) fn split(byline: &str) -> Vec<String> {
    let byline = text::one_line(byline);
    if byline.contains("://") {
        return from_address(&byline).into_iter().collect();
    }
    let byline = STAFF.replace(&byline, "");
    let parts = BETWEEN.split(without_lead_in(&byline)).map(clean);
    without_titles(parts.filter(|part| is_name(part)).collect())
}

/// Without what says what somebody is, beside a name.
pub(super) fn without_titles(mut names: Vec<String>) -> Vec<String> {
    if names.iter().any(|name| !TITLE.is_match(name)) {
        names.retain(|name| !TITLE.is_match(name));
    }
    names
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
        && !NO_NAME.is_match(part)
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

    #[track_caller]
    fn check_said(lines: &[&str], expected: &[&str]) {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(said(&lines), expected, "{lines:?}");
    }

    #[test]
    fn a_line_may_say_that_it_is_a_byline() {
        let jo = &["Jo van Dam"][..];
        check_said(&["Zeeland", "Door Jo van Dam"], jo);
        check_said(&["Door: Jo van Dam 14 maart 2026 om 10:15"], jo);
        check_said(&["14 maart 2026 | 10:15 | Door Jo van Dam"], jo);
        check_said(&["Sport - 14-03-2026 in Nieuws door Jo van Dam"], jo);
        check_said(&["Gepubliceerd op zaterdag 14 maart door Jo van Dam"], jo);
        check_said(&["Door", "Jo van Dam", "3 reacties"], jo);
        check_said(
            &["Tekst: Jo van Dam en Fenna Bos, politiek verslaggever"],
            &[jo[0], "Fenna Bos"],
        );
        check_said(&["by Jo van Dam, Senior Writer - March 14, 2026"], jo);
        check_said(&["Article by", "Jo van Dam"], jo);
        check_said(&["Door Jo van Dam • Sas van Gent"], jo);
        check_said(&["Door Jo van Dam, De Dijkbode"], jo);
        check_said(&["Door Jo van Dam Zaterdag 14 maart 2026"], jo);
        check_said(&["Door Jo van Dam Gepubliceerd: 14 maart 2026"], jo);
        check_said(&["Tekst Jo van Dam Foto’s Piet Vos"], jo);
        check_said(&["Column door Jo van Dam"], jo);
        check_said(&["Door de redactie op 14 maart 2026"], &["redactie"]);
        check_said(&["Van onze Haagse verslaggever Jo van Dam"], jo);
        check_said(&["14 maart 2026 10:15", "Jo van Dam", "Verslaggever"], jo);
        check_said(&["Geplaatst op 14 maart 2026 door Redactie in Nieuws"], &["Redactie"]);
    }

    #[test]
    fn a_sentence_is_no_byline_whatever_word_it_begins_with() {
        check_said(&["Door de storm is de brug dicht."], &[]);
        check_said(&["Door Rijkswaterstaat gesloten bruggen blijven nog een week dicht"], &[]);
        check_said(&["Van Gogh Museum dicht"], &[]);
        check_said(&["Door Tata Steel in IJmuiden is de luchtkwaliteit slecht"], &[]);
        check_said(&["Door Brussels Airlines op het laatste moment geannuleerde vluchten"], &[]);
        check_said(&["Auteur Lize Spit in Hulst voor lezing over nieuw boek"], &[]);
        check_said(&["Willem Jansen", "CEO van Havenbedrijf Zeeland"], &[]);
        check_said(&["In 2019 werd de brug door Jo Bos geopend"], &[]);
        check_said(&["Op 12 mei 2019 werd de brug door Jo Bos Geopend"], &[]);
        check_said(&["Door", "de storm is de Brug Dicht"], &[]);
        let long = "Door Jo van Dam, die al twintig jaar over bruggen schrijft en ze allemaal heeft \
                    gezien, ook die bij Hulst";
        check_said(&[long], &[]);
        check_said(&["Door"], &[]);
    }

    #[test]
    fn what_links_and_cards_say_beside_names_is_none() {
        check("Updated January 08", &[]);
        check("View more posts", &[]);
        check("Jo van Dam, Content Marketing Coordinator", &["Jo van Dam"]);
        check("Jo van Dam, Politiek Verslaggever", &["Jo van Dam"]);
        check("Jo van Dam, Director of Bridges", &["Jo van Dam"]);
        check("Dijkbode staff reporter", &["Dijkbode staff reporter"]);
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

    #[test]
    fn a_line_that_says_who_and_when_says_nothing_else() {
        let days = [civil::date(2026, 3, 14)];
        let is_line = |line: &str| tells_who_or_when(line, &days);
        assert!(is_line("14 mrt 2026 om 10:15 uur • Jo van Dam • Hulst"));
        assert!(is_line("Bijgewerkt: 15 maart 2026 08:00. Gepubliceerd: 14 maart 2026 10:15"));
        assert!(is_line("Door de redactie op 14 maart 2026"));
        assert!(is_line("Column door Jo van Dam"));
        assert!(is_line("14-03-2026"));
        assert!(!is_line("12 maart 2026"));
        assert!(!is_line("Zondag 15 maart 2026 om 14.00 uur: Hulst - Axel"));
        assert!(!is_line("Op 14 maart 2026 ging de brug dicht."));
        assert!(!is_line("Door de storm is de brug dicht."));
        assert!(!is_line("Hulst"));
    }
}
