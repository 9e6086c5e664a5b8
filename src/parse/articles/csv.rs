//! Articles as rows of comma-, semicolon- or tab-separated values with a line of names.

use serde_json::{Map, Value};

use crate::parse::articles::{RawArticle, json};
use crate::parse::charset;

/// Names that spreadsheets of articles have, beside those of [`json`].
const OTHER_NAMES: [(&str, &str); 8] = [
    ("content", "text"),
    ("article", "text"),
    ("tekst", "text"),
    ("titel", "title"),
    ("datum", "date"),
    ("timestamp", "date"),
    ("auteur", "author"),
    ("krant", "outlet"),
];

/// Between authors or tags in one cell.
const LIST_SEPARATOR: char = ';';

/// What parts the cells, by the line of names.
pub fn delimiter(line: &[u8]) -> u8 {
    let count = |sign: u8| memchr::memchr_iter(sign, line).count();
    let signs = [b',', b';', b'\t'];
    signs.into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// The names of the columns, as [`article`] knows them.
pub fn names<'c>(cells: impl Iterator<Item = &'c [u8]>) -> Vec<String> {
    let known = |cell: &[u8]| {
        let (name, _) = charset::decode(cell, None);
        let name = name.trim_start_matches('\u{feff}').trim().to_lowercase().replace(' ', "_");
        let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
        other.map_or(name, |(_, name)| (*name).to_owned())
    };
    cells.map(known).collect()
}

/// Reads a row; the error says in one line what is wrong with it.
pub fn article<'c>(
    names: &[String],
    cells: impl Iterator<Item = &'c [u8]>,
) -> Result<RawArticle, String> {
    let mut object: Map<String, Value> = Map::new();
    let cells: Vec<&[u8]> = cells.collect();
    // A sign that was not quoted would cut a text off.
    if cells.iter().skip(names.len()).any(|cell| !cell.is_empty()) {
        return Err(format!("it has {} fields, and the first line {}", cells.len(), names.len()));
    }
    for (name, cell) in names.iter().zip(cells) {
        let text = plain(&charset::decode(cell, None).0);
        let known = object.entry(name.clone()).or_insert(Value::Null);
        if text.trim().is_empty() || !known.is_null() {
            continue;
        }
        let is_list = matches!(name.as_str(), "author" | "authors" | "tags" | "keywords");
        *known = if is_list {
            text.split(LIST_SEPARATOR).map(|one| Value::from(one.trim())).collect()
        } else {
            Value::from(text)
        };
    }
    json::article(&Value::Object(object))
}

/// Without the apostrophe that keeps a spreadsheet from taking a text for a formula.
fn plain(text: &str) -> String {
    let rest = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    rest.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_taken_as_people_write_them() {
        let names = names("\u{feff}Titel;Tekst;Datum;authors".split(';').map(str::as_bytes));
        assert_eq!(names, ["title", "text", "date", "authors"]);
        let row = "'=Storm|Het stormt.|2022-02|Jo Bos; An Smit";
        let article = article(&names, row.split('|').map(str::as_bytes)).unwrap();
        assert_eq!(article.title.as_deref(), Some("=Storm"));
        assert_eq!(article.authors, ["Jo Bos", "An Smit"]);
        assert_eq!(article.published.unwrap().to_rfc3339(), "2022-02");
    }

    #[test]
    fn a_row_with_more_cells_than_names_is_refused_unless_they_are_empty() {
        let names = names([&b"text"[..], b"author"].into_iter());
        let read = |row: &str| article(&names, row.split(',').map(str::as_bytes));
        assert_eq!(read("Het stormt.,Jo Bos; An Smit,,").unwrap().authors, ["Jo Bos", "An Smit"]);
        let refused = read("Het stormt, en het regent.,Jo Bos").unwrap_err();
        assert_eq!(refused, "it has 3 fields, and the first line 2");
    }

    #[test]
    fn the_delimiter_is_the_one_there_is_most_of() {
        assert_eq!(delimiter(b"title,text,date"), b',');
        assert_eq!(delimiter(b"title;text, lang;date"), b';');
        assert_eq!(delimiter(b"title\ttext"), b'\t');
        assert_eq!(delimiter(b"text"), b',');
    }
}
