//! Values to bytes: one file per format, written to any `io::Write`.

pub mod card;
pub mod chart;
pub mod cite;
pub mod document;
pub mod feed;
pub mod manifest;
pub mod opml;
pub mod parquet;
pub mod row;
pub mod table;
pub mod tei;

/// Whether XML 1.0 has a way to write it within a line (section 2.2).
fn is_writable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
}
