//! Articles as JSON Lines and as comma-separated values.

use std::io;

use serde_json::{Map, Value};

use crate::export::row::{Cell, Row};

/// Writes an article as one line of JSON.
pub fn json_line(out: &mut dyn io::Write, row: &Row) -> io::Result<()> {
    let cells = row.cells();
    let record: Map<String, Value> =
        cells.iter().map(|(name, cell)| ((*name).to_owned(), cell.to_json())).collect();
    serde_json::to_writer(&mut *out, &Value::Object(record))?;
    out.write_all(b"\n")
}

/// Writes the line of names.
pub fn csv_head(out: &mut dyn io::Write) -> io::Result<()> {
    csv_line(out, Row::default().cells().iter().map(|(name, _)| (*name).to_owned()))
}

/// Writes an article as a record of RFC 4180.
pub fn csv_row(out: &mut dyn io::Write, row: &Row) -> io::Result<()> {
    csv_line(out, row.cells().iter().map(|(_, cell)| csv_cell(cell)))
}

fn csv_line(out: &mut dyn io::Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}

fn csv_cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => harmless(text.as_deref().unwrap_or_default()),
        Cell::List(list) => harmless(&list.join("; ")),
        other => match other.to_json() {
            Value::Null => String::new(),
            Value::String(text) => text,
            value => value.to_string(),
        },
    }
}

/// A cell that no spreadsheet takes for a formula: an apostrophe stands before what would begin
/// one (OWASP, CSV injection).
pub fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::row::sample;

    #[test]
    fn both_formats_have_the_same_columns_and_come_back() {
        let (mut json, mut csv) = (Vec::new(), Vec::new());
        json_line(&mut json, &sample()).unwrap();
        csv_head(&mut csv).unwrap();
        csv_row(&mut csv, &sample()).unwrap();
        let record: Map<String, Value> = serde_json::from_slice(&json).unwrap();
        let mut reader = ::csv::Reader::from_reader(&csv[..]);
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(names, record.keys().cloned().collect::<Vec<_>>());
        let cells = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| &cells[names.iter().position(|other| other == name).unwrap()];
        assert_eq!(cell("text"), sample().text);
        assert_eq!(cell("authors"), "Pieter de Rooij; Redactie");
        assert_eq!((cell("published"), cell("tdm_reserved")), ("2022-02", "true"));
        assert_eq!(record["published_at"], "2022-01-31T23:00:00Z");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("Kop - en staart = 2"), "Kop - en staart = 2");
    }
}
