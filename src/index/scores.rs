//! The scores of documents that match, worked out no further than is asked for.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::SegmentPostings;
use tantivy::query::{Bm25Weight, Scorer};
use tantivy::{DocId, DocSet, Score};

use crate::index::bits::Members;
use crate::index::places::{self, Place, Places};

/// A part with what its score depends on.
pub(super) struct Scored {
    found: Found,
    similarity: Bm25Weight,
    norms: FieldNormReader,
}

/// How it is told how often a part is in a document.
pub(super) enum Found {
    /// Where they stand does not matter.
    Words(Vec<SegmentPostings>),
    Places {
        places: Places,
        found: Vec<Place>,
    },
}

impl Scored {
    pub(super) fn new(found: Found, similarity: Bm25Weight, norms: FieldNormReader) -> Self {
        Self { found, similarity, norms }
    }

    /// Whether it takes no reading of places.
    fn is_cheap(&self) -> bool {
        matches!(self.found, Found::Words(_))
    }

    /// What its score may be: the score itself where no places need be read. Documents are asked for
    /// in order.
    fn score_at_most(&mut self, doc: DocId) -> Score {
        let Found::Places { places, .. } = &mut self.found else { return self.score(doc) };
        if places.may_be_in(doc) { self.similarity.max_score() } else { 0.0 }
    }

    /// Documents are asked for in order.
    fn score(&mut self, doc: DocId) -> Score {
        let n_found = match &mut self.found {
            Found::Words(lists) => places::count(lists, doc),
            Found::Places { places, found } => {
                found.clear();
                places.find(doc, found);
                u32::try_from(found.len()).unwrap_or(u32::MAX)
            }
        };
        if n_found == 0 {
            return 0.0;
        }
        self.similarity.score(self.norms.fieldnorm_id(doc), n_found)
    }
}

/// Documents that match, with their scores.
pub(super) struct SpanScorer {
    members: Members,
    parts: Vec<Scored>,
    /// Of the parts, of the document at hand.
    scores: Vec<Score>,
}

/// How much larger than what its parts may be a score can come out, by rounding.
const ROUNDING: Score = 1.0001;

impl SpanScorer {
    /// The scores of `members`, each the sum of what `parts` say.
    pub(super) fn new(members: Members, parts: Vec<Scored>) -> Self {
        Self { members, scores: vec![0.0; parts.len()], parts }
    }

    /// The score of the document at hand; `None` when it is seen to be below `threshold` before
    /// all of it is known.
    pub(super) fn score_above(&mut self, threshold: Option<Score>) -> Option<Score> {
        let doc = self.members.doc();
        let mut at_most = 0.0;
        for (part, score) in self.parts.iter_mut().zip(&mut self.scores) {
            *score = part.score_at_most(doc);
            at_most += *score;
        }
        if threshold.is_some_and(|threshold| at_most * ROUNDING < threshold) {
            return None;
        }
        for (part, score) in self.parts.iter_mut().zip(&mut self.scores) {
            if *score > 0.0 && !part.is_cheap() {
                *score = part.score(doc);
            }
        }
        Some(self.scores.iter().sum())
    }
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        self.members.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.members.seek(target)
    }

    fn doc(&self) -> DocId {
        self.members.doc()
    }

    fn size_hint(&self) -> u32 {
        self.members.size_hint()
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        self.score_above(None).unwrap_or_default()
    }
}
