//! The words of the domain: plain data that every other module speaks.
//!
//! Derives and constructors only. A value that exists is valid; nothing here reads a clock, a file
//! or the network.

pub mod article;
pub mod capture;
pub mod closeness;
pub mod curve;
pub mod document;
pub mod entry;
pub mod feed;
pub mod fetch;
pub mod page;
pub mod reservation;
pub mod time;
pub mod units;
