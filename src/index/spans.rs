//! Words at places: alternatives, rows, and words near each other, as Tantivy runs them.
//!
//! What matches is gathered as a set, a segment at a time: documents that have the words first, and
//! where the words stand is looked at only in these. Scores are worked out for what is asked for
//! and no more, which is little when other words are needed too. A word in all its forms is scored
//! as one word (BM25 over their frequencies added up), so that a rare form says no more than a
//! common one.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, ConstScorer, EmptyScorer, EnableScoring, Explanation,
    Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use crate::index::bits::{Bits, Members};
use crate::index::places::Places;
use crate::index::scores::{Found, Scored, SpanScorer};
use crate::index::span::Span;
use crate::index::terms::{Terms, Wanted};

/// A span looked for in one field.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) field: Field,
    pub(super) span: Span,
    /// How much more it says than a part with 1.
    pub(super) boost: Score,
}

/// Groups of parts: of each group any part is to be there. The scores of all parts add up.
#[derive(Debug, Clone)]
pub(super) struct SpanQuery(Vec<Vec<Part>>);

impl SpanQuery {
    /// Any of `parts`.
    pub(super) fn any(parts: Vec<Part>) -> Self {
        Self(vec![parts])
    }

    /// What matches all of `queries`.
    pub(super) fn all(queries: impl IntoIterator<Item = Self>) -> Self {
        Self(queries.into_iter().flat_map(|query| query.0).collect())
    }
}

impl Query for SpanQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let mut wanted = Wanted::default();
        let mut number = |part: &Part| PartWeight {
            field: part.field,
            span: part.span.numbered(part.field, &mut wanted),
            similarity: None,
        };
        let mut groups: Vec<Vec<PartWeight>> =
            self.0.iter().map(|group| group.iter().map(&mut number).collect()).collect();
        let mut terms = TermsOfSegments::new();
        if let EnableScoring::Enabled { searcher, statistics_provider } = scoring {
            for reader in searcher.segment_readers() {
                terms.insert(reader.segment_id(), Arc::new(wanted.look_up(reader)?));
            }
            for (weight, part) in groups.iter_mut().flatten().zip(self.0.iter().flatten()) {
                let n_found = frequency(&terms, &weight.span);
                let similarity = similarity(statistics_provider, weight.field, n_found)?;
                weight.similarity = Some(similarity.boost_by(part.boost));
            }
        }
        // What is cheap to tell first: places are looked at only where all else is there.
        groups.sort_by_key(|group| !group.iter().all(PartWeight::is_words));
        Ok(Box::new(SpanWeight { groups, wanted, terms }))
    }
}

fn similarity(
    statistics: &dyn Bm25StatisticsProvider,
    field: Field,
    frequency: u64,
) -> tantivy::Result<Bm25Weight> {
    let n_documents = statistics.total_num_docs()?;
    let n_tokens = statistics.total_num_tokens(field)?;
    #[expect(clippy::cast_precision_loss, reason = "a mean length")]
    let mean = n_tokens as Score / n_documents.max(1) as Score;
    let frequency = frequency.min(n_documents);
    Ok(Bm25Weight::for_one_term_without_explain(frequency, n_documents, mean))
}

/// In about how many documents it stands: as many as have its rarest part, fewer with each part.
fn frequency(terms: &TermsOfSegments, span: &Span<usize>) -> u64 {
    let of = |part: &Span<usize>| frequency(terms, part);
    match span {
        Span::Words(n) => terms.values().map(|terms| terms.frequency(*n)).sum(),
        Span::Any(parts) => parts.iter().map(of).sum(),
        Span::Row(parts) | Span::Near { parts, .. } | Span::Within { parts, .. } => {
            parts.iter().map(of).min().unwrap_or_default() / parts.len().max(1) as u64
        }
        Span::AtLeast(_, part) | Span::Before(_, part) => of(part),
    }
}

/// Of the segments in which words have been looked up.
type TermsOfSegments = HashMap<SegmentId, Arc<Terms>>;

struct SpanWeight {
    groups: Vec<Vec<PartWeight>>,
    wanted: Wanted,
    terms: TermsOfSegments,
}

struct PartWeight {
    field: Field,
    span: Span<usize>,
    similarity: Option<Bm25Weight>,
}

impl Weight for SpanWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let terms = self.terms(reader)?;
        let Some(matching) = self.matching(reader, &terms)? else {
            return Ok(Box::new(EmptyScorer));
        };
        let members = Members::from(matching);
        let mut parts = Vec::new();
        for part in self.groups.iter().flatten() {
            parts.extend(part.scored(reader, &terms, boost)?);
        }
        Ok(if parts.is_empty() {
            Box::new(ConstScorer::new(members, 1.0))
        } else {
            Box::new(SpanScorer::new(members, parts))
        })
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        let mut scorer = self.scorer(reader, 1.0)?;
        Ok(match reader.alive_bitset() {
            Some(alive) => scorer.count(alive),
            // All of them.
            None => scorer.size_hint(),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("span", scorer.score()))
    }
}

impl SpanWeight {
    fn terms(&self, reader: &SegmentReader) -> tantivy::Result<Arc<Terms>> {
        match self.terms.get(&reader.segment_id()) {
            Some(terms) => Ok(terms.clone()),
            None => self.wanted.look_up(reader).map(Arc::new),
        }
    }

    /// What matches all groups; `None` when nothing does.
    fn matching(&self, reader: &SegmentReader, terms: &Terms) -> tantivy::Result<Option<Bits>> {
        let mut matching: Option<Bits> = None;
        for group in &self.groups {
            let mut found = Bits::new(reader.max_doc());
            for part in group {
                gather(terms, &part.span, matching.as_ref(), &mut found)?;
            }
            if let Some(before) = &matching {
                found.keep(before);
            }
            if found.is_empty() {
                return Ok(None);
            }
            matching = Some(found);
        }
        Ok(matching)
    }
}

/// Adds the documents in which `span` stands; others than `within` need not be looked at.
fn gather(
    terms: &Terms,
    span: &Span<usize>,
    within: Option<&Bits>,
    into: &mut Bits,
) -> tantivy::Result<()> {
    if let Span::Words(n) = span {
        return terms.gather(*n, into);
    }
    let mut having = into.cleared();
    gather_having(terms, span, &mut having)?;
    if let Some(within) = within {
        having.keep(within);
    }
    let mut having = Members::from(having);
    if having.doc() == TERMINATED {
        return Ok(());
    }
    let Some(mut places) = Places::open(terms, span)? else { return Ok(()) };
    let mut found = Vec::new();
    while having.doc() != TERMINATED {
        let doc = having.doc();
        if !into.contains(doc) {
            found.clear();
            places.find(doc, &mut found);
            if !found.is_empty() {
                into.insert(doc);
            }
        }
        having.advance();
    }
    Ok(())
}

/// Adds the documents that have the words of `span`, wherever they stand.
fn gather_having(terms: &Terms, span: &Span<usize>, into: &mut Bits) -> tantivy::Result<()> {
    match span {
        Span::Words(n) => terms.gather(*n, into)?,
        Span::Any(parts) => {
            for part in parts {
                gather_having(terms, part, into)?;
            }
        }
        Span::Row(parts) | Span::Near { parts, .. } | Span::Within { parts, .. } => {
            let mut all: Option<Bits> = None;
            for part in parts {
                let mut having = into.cleared();
                gather_having(terms, part, &mut having)?;
                if let Some(before) = &all {
                    having.keep(before);
                }
                if having.is_empty() {
                    return Ok(());
                }
                all = Some(having);
            }
            if let Some(all) = all {
                into.add(&all);
            }
        }
        Span::AtLeast(_, part) | Span::Before(_, part) => gather_having(terms, part, into)?,
    }
    Ok(())
}

impl PartWeight {
    fn is_words(&self) -> bool {
        matches!(self.span, Span::Words(_))
    }

    /// What scores it in a segment; `None` when nothing is scored, or it is not there.
    fn scored(
        &self,
        reader: &SegmentReader,
        terms: &Terms,
        boost: Score,
    ) -> tantivy::Result<Option<Scored>> {
        let Some(similarity) = &self.similarity else { return Ok(None) };
        let found = match &self.span {
            Span::Words(n) => {
                let lists = terms.lists(*n, IndexRecordOption::WithFreqs)?;
                (!lists.is_empty()).then_some(Found::Words(lists))
            }
            span => {
                Places::open(terms, span)?.map(|places| Found::Places { places, found: Vec::new() })
            }
        };
        let norms = reader.fieldnorms_readers().get_field(self.field)?;
        let norms = norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1));
        let similarity = similarity.boost_by(boost);
        Ok(found.map(|found| Scored::new(found, similarity, norms)))
    }
}
