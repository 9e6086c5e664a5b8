//! knipsel polls Dutch-language news feeds and keeps every article they announce, with every later
//! revision, in one searchable archive.
//!
//! `ARCHITECTURE.md` is the map; modules are listed here in reading order, lowest rank first.

pub mod index;
pub mod language;
pub mod model;

pub mod parse;

pub mod normalize;

pub mod dedupe;

pub mod export;
pub mod parse;
pub mod schedule;

pub mod store;

pub mod fetch;

pub mod poll;

pub mod import;
pub mod config;
pub mod query;
pub mod press;
