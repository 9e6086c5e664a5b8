//! Which news agency a version credits: in its byline, its dateline or its last line.

use crate::model::article::Content;

/// Agencies whose copy Dutch and Flemish outlets take over.
const AGENCIES: [&str; 11] =
    ["ANP", "Belga", "Reuters", "AFP", "AP", "DPA", "EFE", "Bloomberg", "Novum", "TASS", "Xinhua"];

/// A dateline stands this near the beginning: `HULST (ANP) - `.
const DATELINE_BYTES: usize = 80;

/// The agency that a version credits.
pub fn credit(content: &Content) -> Option<&'static str> {
    of(&content.authors, &content.text)
}

/// The agency that a text of these authors credits.
pub fn of(authors: &[String], text: &str) -> Option<&'static str> {
    let byline = authors.iter().find_map(|name| byline(name));
    byline.or_else(|| dateline(text)).or_else(|| last_line(text))
}

/// `Redactie / ANP`, and not Sarah Bloomberg.
fn byline(name: &str) -> Option<&'static str> {
    let whole = agency(name).filter(|_| name.to_lowercase().contains("associated press"));
    whole.or_else(|| {
        let parts = name.split([',', '/', '|', '&', '(', ')']);
        let mut named = parts.filter_map(|part| {
            let mut words = part.split_whitespace();
            let first = words.next().and_then(agency)?;
            // `ANP Sport`; firms have the names of people.
            (words.next().is_none() || first.chars().all(char::is_uppercase)).then_some(first)
        });
        named.next()
    })
}

/// `HULST (ANP) - `: a place, and an agency.
fn dateline(text: &str) -> Option<&'static str> {
    let end = (0..=DATELINE_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
    let (before, rest) = text[..end].split_once('(')?;
    let (inside, after) = rest.split_once(')')?;
    let is_dateline = after.trim_start().starts_with(['-', '–', '—']);
    let is_body = before.to_lowercase().starts_with("autoriteit");
    agency(inside).filter(|_| is_dateline && !is_body)
}

/// A last line that credits and says nothing else: `Bron: ANP`, `(ANP)`, `© ANP`.
fn last_line(text: &str) -> Option<&'static str> {
    let last = text.trim_end().lines().next_back()?;
    if text.len() == last.len() {
        return None;
    }
    let is_marked = last.starts_with(['(', '©']) && last.split_whitespace().nth(2).is_none();
    line(last).or_else(|| agency(last).filter(|_| is_marked))
}

/// The agency that a line credits, and says nothing else.
pub fn line(line: &str) -> Option<&'static str> {
    const BYTES_MAX: usize = 40;
    const LEAD_IN: [&str; 4] = ["bron", "door", "tekst", "source"];
    let words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words = words.map(str::to_lowercase);
    let is_said = words.next().is_some_and(|first| LEAD_IN.contains(&first.as_str()));
    let agency = agency(line).filter(|_| is_said && line.len() <= BYTES_MAX)?;
    words.all(|word| word == agency.to_lowercase() || word == "het").then_some(agency)
}

/// The first agency named in a line; `AP` is one only in capitals.
pub fn agency(line: &str) -> Option<&'static str> {
    if line.to_lowercase().contains("associated press") {
        return Some("AP");
    }
    let words = line.split(|c: char| !c.is_alphanumeric());
    let mut named = words.filter_map(|word| {
        AGENCIES.into_iter().find(|agency| {
            let is_short = agency.len() <= 3;
            if is_short { word == *agency } else { word.eq_ignore_ascii_case(agency) }
        })
    });
    named.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(author: &str, text: &str, expected: Option<&str>) {
        let authors = Vec::from_iter((!author.is_empty()).then(|| author.to_owned()));
        let content = Content { authors, text: text.to_owned(), ..Content::default() };
        assert_eq!(credit(&content), expected, "{author} {text}");
    }

    #[test]
    fn an_agency_is_credited_in_three_places() {
        check("Redactie, ANP", "Tekst.", Some("ANP"));
        check("Jan Bos/reuters", "Tekst.", Some("Reuters"));
        check("", "HULST (ANP) - De sluis is dicht.", Some("ANP"));
        check("", "De sluis is dicht.\n\nBron: Belga", Some("Belga"));
    }

    #[test]
    fn a_line_credits_an_agency_and_says_nothing_else() {
        assert_eq!(line("Bron: ANP"), Some("ANP"));
        assert_eq!(line("(Door het ANP)"), Some("ANP"));
        assert_eq!(line("ANP"), None);
        assert_eq!(line("Bron: ANP en Jo van Dam"), None);
        assert_eq!(line("Foto: ANP"), None);
    }

    #[test]
    fn a_mention_is_no_credit() {
        check("", "De topman van Reuters (62) stapt op.", None);
        check("", "Het ANP (het persbureau) verhuist.", None);
        check("Ap Kuiper", "De ap is dicht.", None);
        check("", "ANP", None);
        check("Sarah Bloomberg", "Tekst.", None);
        check("", "De sluis is dicht.\n\nDe AP wil nog niet reageren.", None);
        check("", "Autoriteit Persoonsgegevens (AP) – De toezichthouder zwijgt.", None);
        check("", "De sluis is dicht.\n\n(ANP)", Some("ANP"));
        check("", "De sluis is dicht.\n\nFoto: ANP", None);
        check("", "De sluis is dicht.\n\n© Beeld ANP", None);
        check("", "é(", None);
    }
}
