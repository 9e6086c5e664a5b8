//! Raw values to canonical ones: URLs, text, entries.
//!
//! Pure and idempotent: doing it twice changes nothing.

pub mod entry;
pub mod gate;
pub mod text;
pub mod url;
