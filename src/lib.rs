//! knipsel polls Dutch-language news feeds and keeps every article they announce, with every later
//! revision, in one searchable archive.
//!
//! `ARCHITECTURE.md` is the map; modules are listed here in reading order, lowest rank first.

pub mod dedupe;
pub mod model;
pub mod normalize;
pub mod parse;
pub mod schedule;

pub mod fetch;
