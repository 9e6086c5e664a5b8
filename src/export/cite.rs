//! Articles as references: BibTeX, RIS and CSL-JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::export::row::Row;
use crate::model::time::{Precision, StatedDate, Timestamp};

/// Year, and month and day where they are known.
fn parts(date: StatedDate) -> Vec<i64> {
    let local = date.at.to_local();
    let parts = [i64::from(local.year()), i64::from(local.month()), i64::from(local.day())];
    let n_known = match date.precision {
        Precision::Year => 1,
        Precision::Month => 2,
        Precision::Day | Precision::Second => 3,
    };
    parts[..n_known].to_vec()
}

/// When it was published, or else the day on which it was first seen.
fn issued(row: &Row) -> Vec<i64> {
    parts(row.published.unwrap_or(seen(row.first_seen_at)))
}

fn seen(at: Timestamp) -> StatedDate {
    StatedDate { at, precision: Precision::Day, is_zone_assumed: false }
}

fn name(row: &Row) -> String {
    format!("{}@{}", row.id, row.revision)
}

/// Given name and family name, as Dutch names are written: particles go with the family name. A
/// name of one word, or of an institution, stands as it is.
fn person(name: &str) -> Option<(&str, &str)> {
    const PARTICLES: [&str; 16] = [
        "van", "de", "der", "den", "het", "'t", "’t", "ter", "ten", "te", "op", "von", "el", "al",
        "du", "la",
    ];
    // Already in this order, as in a catalogue.
    if let Some((family, given)) = name.split_once(", ") {
        let is_pair = !given.contains(',') && !family.is_empty() && !given.is_empty();
        return is_pair.then_some((given, family));
    }
    let words: Vec<&str> = name.split(' ').collect();
    let is_name = |word: &&str| word.starts_with(char::is_uppercase);
    if words.len() < 2 || !words.first().is_some_and(is_name) || !words.last().is_some_and(is_name)
    {
        return None;
    }
    let is_particle = |word: &&str| PARTICLES.contains(&word.to_lowercase().as_str());
    let family = words[1..].iter().position(is_particle).map_or(words.len() - 1, |at| at + 1);
    let at = words[..family].iter().map(|word| word.len() + 1).sum::<usize>();
    Some((name[..at].trim_end(), &name[at..]))
}

/// An item of CSL-JSON 1.0.2.
pub fn csl(row: &Row) -> Value {
    let authors: Vec<Value> = row
        .authors
        .iter()
        .map(|author| match person(author) {
            Some((given, family)) => json!({ "family": family, "given": given }),
            None => json!({ "literal": author }),
        })
        .collect();
    let date = |parts: Vec<i64>| json!({ "date-parts": [parts] });
    let mut item = json!({
        "id": name(row),
        "type": "article-newspaper",
        "title": row.title,
        "author": authors,
        "container-title": row.outlet,
        "section": row.section,
        "issued": date(issued(row)),
        "accessed": date(parts(seen(row.revision_seen_at))),
        "URL": row.url,
        "language": row.language,
        "note": version(row),
    });
    if let Value::Object(fields) = &mut item {
        fields.retain(|_, value| !value.is_null() && *value != json!([]) && *value != json!(""));
    }
    item
}

/// Which version of the article is meant.
fn version(row: &Row) -> String {
    format!("knipsel {}, seen {}", name(row), row.revision_seen_at.to_rfc3339())
}

/// A BibTeX entry; an article of a newspaper is `@article`, with the paper as its journal.
pub fn bibtex(row: &Row) -> String {
    let issued = issued(row);
    let mut fields = vec![("title", format!("{{{}}}", latex(&row.title)))];
    let authors: Vec<String> = row.authors.iter().map(|author| bibtex_name(author)).collect();
    fields.push(("author", authors.join(" and ")));
    fields.push(("journal", latex(row.outlet.as_deref().unwrap_or_default())));
    for (field, part) in ["year", "month", "day"].into_iter().zip(&issued) {
        fields.push((field, part.to_string()));
    }
    fields.push(("url", row.url.as_deref().map(address).unwrap_or_default()));
    fields.push(("urldate", seen(row.revision_seen_at).to_rfc3339()));
    fields.push(("note", latex(&version(row))));
    fields.push(("langid", latex(row.language.as_deref().unwrap_or_default())));
    // No `@` in a key: BibTeX ends the entry there.
    let mut entry = format!("@article{{{}-{},\n", row.id, row.revision);
    for (field, value) in fields.iter().filter(|(_, value)| !matches!(&**value, "" | "{}")) {
        let _ = writeln!(entry, "  {field} = {{{value}}},");
    }
    entry.push_str("}\n");
    entry
}

fn bibtex_name(author: &str) -> String {
    // Between two names `and` parts people, in whatever case.
    let is_one = !author.to_lowercase().split_whitespace().any(|word| word == "and");
    match person(author).filter(|_| is_one) {
        Some((given, family)) => format!("{}, {}", latex(family), latex(given)),
        None => format!("{{{}}}", latex(author)),
    }
}

/// Text that TeX sets as it is.
fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '{' => escaped.push_str("\\textbraceleft{}"),
            '}' => escaped.push_str("\\textbraceright{}"),
            '&' | '%' | '$' | '#' | '_' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// An address in braces: nothing in it may open or close one.
fn address(url: &str) -> String {
    url.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C").replace(' ', "%20")
}

/// A record of RIS.
pub fn ris(row: &Row) -> String {
    let issued = issued(row);
    let mut record = String::new();
    let mut tag = |tag: &str, value: &str| {
        let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !line.trim().is_empty() || tag == "ER" {
            let _ = write!(record, "{tag}  - {line}\r\n");
        }
    };
    tag("TY", "NEWS");
    tag("ID", &name(row));
    tag("TI", &row.title);
    for author in &row.authors {
        let name = person(author).map(|(given, family)| format!("{family}, {given}"));
        tag("AU", &name.unwrap_or_else(|| author.clone()));
    }
    tag("T2", row.outlet.as_deref().unwrap_or_default());
    tag("PY", &issued[0].to_string());
    let day: Vec<String> = issued.iter().map(|part| format!("{part:02}")).collect();
    tag("DA", &day.join("/"));
    tag("UR", row.url.as_deref().unwrap_or_default());
    tag("LA", row.language.as_deref().unwrap_or_default());
    for keyword in &row.tags {
        tag("KW", keyword);
    }
    tag("Y2", &seen(row.revision_seen_at).to_rfc3339().replace('-', "/"));
    tag("N1", &version(row));
    tag("ER", "");
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::row::sample;

    #[test]
    fn a_date_is_as_precise_as_it_is_known() {
        assert_eq!(csl(&sample())["issued"], json!({ "date-parts": [[2022, 2]] }));
        assert!(ris(&sample()).contains("DA  - 2022/02\r\n"));
        let entry = bibtex(&sample());
        assert!(entry.contains("  month = {2},\n") && !entry.contains("day ="), "{entry}");
        let undated = Row { published: None, ..sample() };
        assert_eq!(csl(&undated)["issued"], json!({ "date-parts": [[2022, 2, 14]] }));
    }

    #[test]
    fn names_keep_their_particles_and_institutions_stay_whole() {
        assert_eq!(person("Pieter de Rooij"), Some(("Pieter", "de Rooij")));
        assert_eq!(person("Anna van der Meulen"), Some(("Anna", "van der Meulen")));
        assert_eq!(person("Jan Willem Bos"), Some(("Jan Willem", "Bos")));
        assert_eq!(person("Van der Meer, Piet"), Some(("Piet", "Van der Meer")));
        assert_eq!(person("Bos, Smit, Vos"), None);
        assert_eq!(person("Redactie"), None);
        assert_eq!(person("van onze verslaggever"), None);
        let entry = bibtex(&sample());
        assert!(entry.contains("author = {de Rooij, Pieter and {Redactie}}"), "{entry}");
        // In BibTeX `and` parts people, and no value ends its field.
        let two = vec!["Jan and Piet Smit".to_owned()];
        let odd = Row { authors: two, language: Some("nl},\n x={".into()), ..sample() };
        let entry = bibtex(&odd);
        assert!(entry.contains("author = {{Jan and Piet Smit}}"), "{entry}");
        assert!(entry.contains("langid = {nl\\textbraceright{}"), "{entry}");
    }

    #[test]
    fn braces_in_an_entry_are_balanced_whatever_the_headline_is() {
        let row = Row { title: "a } b { \\ 5 % #1 a_b".into(), ..sample() };
        let entry = bibtex(&row);
        let mut depth = 0;
        for c in entry.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            assert!(depth >= 0, "{entry}");
        }
        assert_eq!(depth, 0, "{entry}");
        assert!(entry.contains("5 \\% \\#1 a\\_b"), "{entry}");
    }

    #[test]
    fn a_record_of_ris_is_one_line_a_value() {
        let record = ris(&Row { title: "een\r\nER  - twee".into(), ..sample() });
        assert!(record.starts_with("TY  - NEWS\r\n") && record.ends_with("ER  - \r\n"));
        assert!(record.contains("TI  - een  ER  - twee\r\n"), "{record}");
    }
}
