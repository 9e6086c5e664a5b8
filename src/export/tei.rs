//! One article as TEI P5, the format of text corpora.

use std::io;

use quick_xml::escape::escape;

use crate::export::is_writable;
use crate::export::row::Row;
use crate::model::time::Timestamp;

/// Writes an article as a document of its own.
pub fn write(out: &mut dyn io::Write, row: &Row) -> io::Result<()> {
    let language = row.language.as_deref().unwrap_or("und");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xml:id=\"a{}\" xml:lang=\"{}\">",
        row.id,
        plain(language)
    )?;
    writeln!(out, "  <teiHeader>\n    <fileDesc>\n      <titleStmt>")?;
    element(out, 8, "title", &row.title)?;
    for author in &row.authors {
        element(out, 8, "author", author)?;
    }
    writeln!(out, "      </titleStmt>")?;
    writeln!(out, "      <extent><measure unit=\"words\" quantity=\"{}\"/></extent>", row.n_words)?;
    publication(out, row)?;
    source(out, row)?;
    writeln!(out, "    </fileDesc>")?;
    profile(out, row, language)?;
    writeln!(out, "  </teiHeader>\n  <text>\n    <body>")?;
    if !row.title.is_empty() {
        element(out, 6, "head", &row.title)?;
    }
    for paragraph in row.text.split("\n\n") {
        element(out, 6, "p", paragraph)?;
    }
    writeln!(out, "    </body>\n  </text>\n</TEI>")
}

/// Where this document comes from, and what may be done with it.
fn publication(out: &mut dyn io::Write, row: &Row) -> io::Result<()> {
    writeln!(out, "      <publicationStmt>")?;
    element(out, 8, "publisher", "knipsel")?;
    writeln!(out, "        <idno type=\"knipsel\">{}@{}</idno>", row.id, row.revision)?;
    let status = if row.is_reserved == Some(true) { "restricted" } else { "unknown" };
    writeln!(out, "        <availability status=\"{status}\">")?;
    let said = row.reservations.join("; ");
    element(
        out,
        10,
        "p",
        if said.is_empty() { "Nothing was said of text and data mining." } else { &said },
    )?;
    if let Some(license) = &row.license {
        writeln!(out, "          <licence{}>{}</licence>", target(license), plain(license))?;
    }
    writeln!(out, "        </availability>\n      </publicationStmt>")
}

/// Where a licence stands, when it is called by its address.
fn target(license: &str) -> String {
    let is_address = license.starts_with("https://") || license.starts_with("http://");
    if is_address { format!(" target=\"{}\"", plain(license)) } else { String::new() }
}

/// What was published.
fn source(out: &mut dyn io::Write, row: &Row) -> io::Result<()> {
    writeln!(out, "      <sourceDesc>\n        <bibl>")?;
    element(out, 10, "title", &row.title)?;
    if let Some(outlet) = &row.outlet {
        element(out, 10, "publisher", outlet)?;
    }
    if let Some(date) = row.published {
        let when = plain(&date.to_rfc3339());
        writeln!(out, "          <date type=\"published\" when=\"{when}\"/>")?;
    }
    let moment = |at: Timestamp| at.to_rfc3339();
    let (first, seen) = (moment(row.first_seen_at), moment(row.revision_seen_at));
    writeln!(out, "          <date type=\"first-seen\" when=\"{first}\"/>")?;
    writeln!(out, "          <date type=\"revision-seen\" when=\"{seen}\"/>")?;
    if let Some(url) = &row.url {
        writeln!(out, "          <ref target=\"{}\"/>", plain(&url.replace(' ', "%20")))?;
    }
    writeln!(out, "        </bibl>\n      </sourceDesc>")
}

fn profile(out: &mut dyn io::Write, row: &Row, language: &str) -> io::Result<()> {
    writeln!(out, "    <profileDesc>")?;
    writeln!(out, "      <langUsage><language ident=\"{}\"/></langUsage>", plain(language))?;
    let terms: Vec<&String> = row.section.iter().chain(&row.tags).collect();
    if !terms.is_empty() {
        writeln!(out, "      <textClass>\n        <keywords>")?;
        for term in terms {
            element(out, 10, "term", term)?;
        }
        writeln!(out, "        </keywords>\n      </textClass>")?;
    }
    writeln!(out, "    </profileDesc>")
}

fn element(out: &mut dyn io::Write, indent: usize, name: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{:indent$}<{name}>{}</{name}>", "", plain(text))
}

/// Escaped, without what XML 1.0 has no way to write (section 2.2).
fn plain(text: &str) -> String {
    let is_character = |c: &char| matches!(c, '\t' | '\n' | '\r') || is_writable(*c);
    let text: String = text.chars().filter(is_character).collect();
    escape(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::export::row::sample;

    #[test]
    fn a_document_is_well_formed_whatever_the_text_holds() {
        let row = Row { text: format!("{}\n\nNul\0 & ]]> \u{ffff}", sample().text), ..sample() };
        let mut out = Vec::new();
        write(&mut out, &row).unwrap();
        let xml = String::from_utf8(out).unwrap();
        let mut reader = Reader::from_str(&xml);
        let (mut depth, mut n_paragraphs) = (0, 0);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    depth += 1;
                    n_paragraphs += i32::from(start.name().as_ref() == "p");
                }
                Event::End(_) => depth -= 1,
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!((depth, n_paragraphs), (0, 4), "{xml}");
        assert!(xml.contains("<availability status=\"restricted\">") && !xml.contains('\0'));
        assert!(xml.contains("when=\"2022-02\"") && xml.contains("?a=b&amp;c=d\""), "{xml}");
    }
}
