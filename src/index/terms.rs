//! The words of a query, looked up once in each segment.

use std::sync::Arc;

use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{InvertedIndexReader, SegmentReader, Term};

use crate::index::bits::Bits;

/// The words of a query, as alternatives of each other in a field; spans name these by number.
#[derive(Debug, Default)]
pub(super) struct Wanted(Vec<(Field, Vec<String>)>);

/// Where a segment has each of them.
pub(super) struct Terms(Vec<Alternatives>);

struct Alternatives {
    inverted: Arc<InvertedIndexReader>,
    found: Vec<TermInfo>,
}

impl Wanted {
    /// The number of `words` in `field`.
    pub(super) fn add(&mut self, field: Field, words: &[String]) -> usize {
        self.0.push((field, words.to_vec()));
        self.0.len() - 1
    }

    pub(super) fn look_up(&self, reader: &SegmentReader) -> tantivy::Result<Terms> {
        let find = |(field, words): &(Field, Vec<String>)| {
            let inverted = reader.inverted_index(*field)?;
            let terms = words.iter().map(|word| Term::from_field_text(*field, word));
            let found = terms.filter_map(|term| inverted.get_term_info(&term).transpose());
            Ok(Alternatives { found: found.collect::<Result<_, _>>()?, inverted })
        };
        self.0.iter().map(find).collect::<tantivy::Result<_>>().map(Terms)
    }
}

impl Terms {
    /// In how many documents the words of number `n` stand, added up.
    pub(super) fn frequency(&self, n: usize) -> u64 {
        let Some(Alternatives { found, .. }) = self.0.get(n) else { return 0 };
        found.iter().map(|term| u64::from(term.doc_freq)).sum()
    }

    /// Adds the documents that have any of the words of number `n`.
    pub(super) fn gather(&self, n: usize, into: &mut Bits) -> tantivy::Result<()> {
        let Some(Alternatives { inverted, found }) = self.0.get(n) else { return Ok(()) };
        for term in found {
            let option = IndexRecordOption::Basic;
            let mut list = inverted.read_block_postings_from_terminfo(term, option)?;
            while !list.docs().is_empty() {
                list.docs().iter().for_each(|doc| into.insert(*doc));
                list.advance();
            }
        }
        Ok(())
    }

    /// The lists of the words of number `n`, read as far as `option` says.
    pub(super) fn lists(
        &self,
        n: usize,
        option: IndexRecordOption,
    ) -> tantivy::Result<Vec<SegmentPostings>> {
        let Some(Alternatives { inverted, found }) = self.0.get(n) else { return Ok(Vec::new()) };
        let list = |term| inverted.read_postings_from_terminfo(term, option);
        found.iter().map(list).collect::<Result<_, _>>().map_err(Into::into)
    }
}
