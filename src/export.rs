//! Values to bytes: one file per format, written to any `io::Write`.

pub mod opml;
