//! Sets of documents of a segment, a bit for each. Filling one from the lists of a word is cheaper
//! than walking the lists side by side, however many forms a word has.

use tantivy::{DocId, DocSet, TERMINATED};

/// Bits of a word.
const WIDTH: u32 = u64::BITS;

/// Some documents of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

/// The word and the bit in it of a document.
fn place(doc: DocId) -> (usize, u32) {
    (usize::try_from(doc / WIDTH).unwrap_or(usize::MAX), doc % WIDTH)
}

impl Bits {
    /// None of the documents below `max_doc`.
    pub(super) fn new(max_doc: DocId) -> Self {
        Self(vec![0; place(max_doc.next_multiple_of(WIDTH)).0])
    }

    /// None of as many documents.
    pub(super) fn cleared(&self) -> Self {
        Self(vec![0; self.0.len()])
    }

    pub(super) fn insert(&mut self, doc: DocId) {
        let (word, bit) = place(doc);
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    pub(super) fn contains(&self, doc: DocId) -> bool {
        let (word, bit) = place(doc);
        self.0.get(word).is_some_and(|word| word & (1 << bit) != 0)
    }

    /// Takes out what is not in `other`.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Adds what is in `other`.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The first one that is not below `from`; `TERMINATED` when there is none.
    fn at_or_after(&self, from: DocId) -> DocId {
        let (mut at, bit) = place(from);
        let Some(first) = self.0.get(at) else { return TERMINATED };
        let mut word = first & (u64::MAX << bit);
        while word == 0 {
            at += 1;
            match self.0.get(at) {
                Some(next) => word = *next,
                None => return TERMINATED,
            }
        }
        DocId::try_from(at).map_or(TERMINATED, |at| at * WIDTH + word.trailing_zeros())
    }
}

/// A set as Tantivy walks through it.
#[derive(Debug)]
pub(super) struct Members {
    bits: Bits,
    doc: DocId,
    n: u32,
}

impl From<Bits> for Members {
    fn from(bits: Bits) -> Self {
        Self { doc: bits.at_or_after(0), n: bits.len(), bits }
    }
}

impl DocSet for Members {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.bits.at_or_after(target);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.n
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn bits(docs: &BTreeSet<DocId>) -> Bits {
        let mut bits = Bits::new(300);
        for doc in docs {
            bits.insert(*doc);
        }
        bits
    }

    fn members(bits: Bits) -> Vec<DocId> {
        let mut members = Members::from(bits);
        let mut docs = Vec::new();
        while members.doc() != TERMINATED {
            docs.push(members.doc());
            members.advance();
        }
        assert_eq!(members.advance(), TERMINATED);
        docs
    }

    fn docs() -> impl Strategy<Value = BTreeSet<DocId>> {
        prop::collection::btree_set(0_u32..300, 0..60)
    }

    proptest! {
        #[test]
        fn a_set_of_bits_is_a_set(one in docs(), other in docs(), target in 0_u32..400) {
            let (mut both, mut any) = (bits(&one), bits(&one));
            prop_assert_eq!(both.len() as usize, one.len());
            prop_assert_eq!(both.is_empty(), one.is_empty());
            prop_assert_eq!(both.contains(target), one.contains(&target));
            both.keep(&bits(&other));
            any.add(&bits(&other));
            let expected: Vec<DocId> = one.intersection(&other).copied().collect();
            prop_assert_eq!(members(both), expected);
            prop_assert_eq!(members(any), one.union(&other).copied().collect::<Vec<_>>());
            let next = one.range(target..).next().copied().unwrap_or(TERMINATED);
            prop_assert_eq!(Members::from(bits(&one)).seek(target), next);
        }
    }

    #[test]
    fn what_lies_beyond_the_segment_is_not_in_it() {
        let mut bits = Bits::new(0);
        bits.insert(7);
        assert!(bits.is_empty() && !bits.contains(7));
        assert!(members(bits).is_empty());
    }
}
