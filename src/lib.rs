//! knipsel polls Dutch-language news feeds and keeps every article they announce, with every later
//! revision, in one searchable archive.
//!
//! `ARCHITECTURE.md` is the map; modules are listed here in reading order, lowest rank first.

pub mod model;

pub mod parse;

pub mod normalize;

pub mod language;

pub mod dedupe;

pub mod diff;

pub mod schedule;

pub mod coverage;

pub mod websub;

pub mod alarm;

pub mod query;

pub mod export;

pub mod extract;

pub mod names;

pub mod disk;

pub mod store;

pub mod index;

pub mod fetch;

pub mod warc;

pub mod worker;

pub mod press;

pub mod listen;

pub mod capture;

pub mod poll;

pub mod repair;

pub mod import;

pub mod enrich;

pub mod subscribe;

pub mod follow;

pub mod discover;

pub mod relate;

pub mod mention;

pub mod upkeep;

pub mod corpus;

pub mod config;

pub mod service;

pub mod cli;
