//! Bytes to raw values: feed documents, character sets, dates, OPML.
//!
//! Pure. A document that is half good gives what is good in it and a warning for the rest; nothing
//! here canonicalizes, that is `normalize`.

pub mod articles;
pub mod charset;
pub mod date;
pub mod feed;
//! Bytes to raw entries: documents are read leniently, and what is wrong with them is a warning.

pub mod opml;
