//! The search index: a projection of the archive for finding articles, never the truth.
//!
//! One [`writer::Writer`] follows the archive; any number of [`search::Searcher`]s read. A commit
//! carries a watermark, how far the archive was followed, together with the documents: after a
//! crash both are there or neither, and following goes on from the watermark. An index that is
//! damaged, or was made by another version of the schema or of [`crate::language`], is thrown away
//! and starts empty at watermark 0. Texts are not kept here.

mod best;
mod bits;
mod careful;
pub mod collect;
#[cfg(test)]
mod differential;
mod directory;
mod error;
pub mod nearness;
mod newest;
mod places;
mod schema;
mod scores;
pub mod search;
mod span;
mod spans;
mod terms;
mod tokens;
mod translate;
mod whole;
pub mod writer;

pub use error::Error;

use crate::names::Mention;
use crate::query::Trait;

/// One article as it is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Document<'a> {
    /// Its row in the archive; at most one document has it.
    pub article: i64,
    /// The headline.
    pub title: &'a str,
    /// The text.
    pub text: &'a str,
    /// Who published it.
    pub outlet: &'a str,
    /// Its public id.
    pub id: &'a str,
    /// Its address; empty when it has none.
    pub url: &'a str,
    /// The sections it stands in.
    pub sections: &'a [String],
    /// Names of authors.
    pub authors: &'a [String],
    /// Names of the feeds it was seen in.
    pub feeds: &'a [String],
    /// Keywords of the publisher.
    pub tags: &'a [String],
    /// Who and what it names.
    pub mentions: &'a [Mention],
    /// The language, as `nl`; empty when it is not known.
    pub language: &'a str,
    /// Countries, as `be`.
    pub countries: &'a [String],
    /// How much of it could be read; empty when that is not known.
    pub access: &'a str,
    /// What kind of piece it is; empty when that is not known.
    pub kind: &'a str,
    /// The agency it names as its source; empty when it names none.
    pub wire: &'a str,
    /// What else is about it.
    pub traits: &'a [Trait],
    /// What newest first goes by, in seconds UTC.
    pub sort_at: i64,
}
