//! What words, and which of them near each other, are to stand in a text.

use tantivy::schema::Field;

use crate::index::terms::Wanted;

/// What is to stand in a text. `W` says which words: alternatives, or their number among those of
/// the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span<W = Vec<String>> {
    /// One of these words.
    Words(W),
    /// One of these.
    Any(Vec<Span<W>>),
    /// All of these, one right after the other.
    Row(Vec<Span<W>>),
    /// All of these, with at most so many words between the first and the last beyond their own;
    /// in this order when it matters.
    Near {
        /// What is to be near each other.
        parts: Vec<Span<W>>,
        /// Words between.
        within: u32,
        /// Whether the order matters.
        order: Order,
    },
    /// All of these with none of the words (sentence or paragraph signs) between them.
    Within {
        /// What is to be in one of them.
        parts: Vec<Span<W>>,
        /// What begins the next one.
        sign: W,
    },
    /// At least so many times.
    AtLeast(usize, Box<Span<W>>),
    /// Before the first of these words (signs).
    Before(W, Box<Span<W>>),
}

/// Whether parts may stand in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// As they are named.
    Given,
    /// Any, but none begins where the first does.
    Apart,
    /// Any, also within one word.
    Any,
}

impl Span {
    /// The same with its words put among those that are wanted in `field`.
    pub(super) fn numbered(&self, field: Field, wanted: &mut Wanted) -> Span<usize> {
        let mut all = |parts: &[Self]| -> Vec<Span<usize>> {
            parts.iter().map(|part| part.numbered(field, wanted)).collect()
        };
        match self {
            Self::Words(words) => Span::Words(wanted.add(field, words)),
            Self::Any(parts) => Span::Any(all(parts)),
            Self::Row(parts) => Span::Row(all(parts)),
            Self::Near { parts, within, order } => {
                Span::Near { parts: all(parts), within: *within, order: *order }
            }
            Self::Within { parts, sign } => {
                Span::Within { parts: all(parts), sign: wanted.add(field, sign) }
            }
            Self::AtLeast(n, part) => Span::AtLeast(*n, Box::new(part.numbered(field, wanted))),
            Self::Before(sign, part) => {
                Span::Before(wanted.add(field, sign), Box::new(part.numbered(field, wanted)))
            }
        }
    }
}
