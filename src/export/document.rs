//! One article as a document: plain text, or Markdown with its metadata in front.

use std::io;

use crate::export::row::{Cell, Row};

/// Writes headline and text, as tools for corpora read them.
pub fn text(out: &mut dyn io::Write, row: &Row) -> io::Result<()> {
    if !row.title.is_empty() {
        writeln!(out, "{}\n", row.title)?;
    }
    writeln!(out, "{}", row.text)
}

/// Writes the metadata as YAML and the text as Markdown.
pub fn markdown(out: &mut dyn io::Write, row: &Row) -> io::Result<()> {
    writeln!(out, "---")?;
    for (name, cell) in row.cells().iter().filter(|(name, _)| *name != "text") {
        let is_empty = matches!(cell, Cell::Text(None) | Cell::Moment(None) | Cell::Truth(None))
            || matches!(cell, Cell::List([]));
        if !is_empty {
            // JSON is YAML (YAML 1.2 section 1.3).
            writeln!(out, "{name}: {}", cell.to_json())?;
        }
    }
    writeln!(out, "---\n")?;
    if !row.title.is_empty() {
        writeln!(out, "# {}\n", escaped(&row.title))?;
    }
    for paragraph in row.text.split("\n\n") {
        let lines: Vec<String> = paragraph.lines().map(escaped).collect();
        writeln!(out, "{}\n", lines.join("\n"))?;
    }
    Ok(())
}

/// A line as the cell of a table, which `|` would end.
pub fn cell(line: &str) -> String {
    let escaped = escaped(line);
    let (begin, rest) = escaped.split_at(if escaped.starts_with("\\|") { 2 } else { 0 });
    format!("{begin}{}", rest.replace('|', "\\|"))
}

/// A line of which Markdown makes nothing but its text: what marks up, and what begins a heading,
/// list or quotation, is escaped (`CommonMark` 0.31 section 2.4).
pub fn escaped(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in line.char_indices() {
        let begins = (at == 0 && "#>-+=|".contains(c))
            || (digits > 0 && at == digits && matches!(c, '.' | ')'));
        if begins || "\\`*_[]<&~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_ends_nowhere_but_at_its_end() {
        assert_eq!(cell("|a|b"), "\\|a\\|b");
        assert_eq!(cell("a | *b*"), "a \\| \\*b\\*");
    }
    use crate::export::row::sample;

    #[test]
    fn a_document_says_where_it_is_from_and_is_only_text() {
        let mut out = Vec::new();
        markdown(&mut out, &sample()).unwrap();
        let out = String::from_utf8(out).unwrap();
        let (front, body) = out.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
        assert!(front.contains("\npublished: \"2022-02\"\n"), "{front}");
        assert!(!front.contains("section:") && !front.contains("\ntext:"), "{front}");
        assert!(body.contains("# \\=Sluis \\& \"brug\" \\<dicht>\n"), "{body}");
        assert!(body.contains("\n\nTweede: 50 % \\& meer.\n"), "{body}");
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(escaped("# kop"), "\\# kop");
        assert_eq!(escaped("1. een"), "1\\. een");
        assert_eq!(escaped("[a](b) *c* <d>"), "\\[a\\](b) \\*c\\* \\<d>");
        assert_eq!(escaped("In 2022. Punt - streep."), "In 2022. Punt - streep.");
    }

    #[test]
    fn plain_text_is_headline_and_text() {
        let mut out = Vec::new();
        text(&mut out, &sample()).unwrap();
        let expected = format!("{}\n\n{}\n", sample().title, sample().text);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
