//! Bytes to raw values: feed documents, character sets, dates, lists of feeds, web pages, articles
//! in files.
//!
//! Pure. A document that is half good gives what is good in it and a warning for the rest; nothing
//! here canonicalizes, that is `normalize`.

pub mod articles;
pub mod charset;
pub mod date;
pub mod discover;
pub mod feed;
pub mod markup;
pub mod mend;
pub mod opml;
pub mod reservation;
pub mod subscriptions;

pub mod sitemap;
mod tags;
