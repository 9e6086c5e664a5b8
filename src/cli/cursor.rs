//! Where a page of hits ends, so that the next one begins there whatever has come in between.
//!
//! Newest first a cursor is a place in time and a row, which stay what they are. By relevance it is
//! a number of hits among the articles there were at the first page.

use std::fmt;

use crate::cli::failure::{Exit, Failure};
use crate::model::time::Timestamp;
use crate::query::Place;

/// After what a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    /// After this place, newest first.
    Place(Place),
    /// After so many hits, by relevance, among the articles up to a row.
    Hits { n_hits: usize, row_max: i64 },
}

impl Cursor {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        Self::read(text).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("`{text}` is not a cursor"))
                .hint("`--format json` gives one with each article")
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_at_checked(1)?;
        let (first, second) = rest.split_once('.')?;
        let second = second.parse().ok()?;
        match kind {
            "n" => {
                let at = Timestamp::from_seconds(first.parse().ok()?);
                Some(Self::Place(Place { at, row: second }))
            }
            "r" => Some(Self::Hits { n_hits: first.parse().ok()?, row_max: second }),
            _ => None,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(Place { at, row }) => write!(f, "n{}.{row}", at.seconds()),
            Self::Hits { n_hits, row_max } => write!(f, "r{n_hits}.{row_max}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_being_written() {
        let at = Timestamp::from_seconds(-5);
        for cursor in
            [Cursor::Place(Place { at, row: 7 }), Cursor::Hits { n_hits: 40, row_max: 1_000_000 }]
        {
            assert_eq!(Cursor::read(&cursor.to_string()), Some(cursor));
        }
        for text in ["", "n", "n1", "x1.2", "é", "n1.a", "r-1.2"] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }
}
