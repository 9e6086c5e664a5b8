//! Words at places: alternatives, rows, and words near each other, as Tantivy runs them.
//!
//! What matches is gathered as a set, a segment at a time: documents that have the words first, and
//! where the words stand is looked at only in these. Scores are worked out for what is asked for
//! and no more, which is little when other words are needed too. A word in all its forms is scored
//! as one word (BM25 over their frequencies added up), so that a rare form says no more than a
//! common one.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::SegmentPostings;
use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, ConstScorer, EmptyScorer, EnableScoring, Explanation,
    Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use crate::index::bits::{Bits, Members};
use crate::index::places::{self, Place, Places};

/// What is to stand in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span {
    /// One of these words.
    Words(Vec<String>),
    /// One of these.
    Any(Vec<Span>),
    /// All of these, one right after the other.
    Row(Vec<Span>),
    /// All of these, with at most so many words between the first and the last beyond their own;
    /// in this order when it matters.
    Near {
        /// What is to be near each other.
        parts: Vec<Span>,
        /// Words between.
        within: u32,
        /// Whether the order matters.
        order: Order,
    },
    /// All of these with none of the words (sentence or paragraph signs) between them.
    Within {
        /// What is to be in one of them.
        parts: Vec<Span>,
        /// What begins the next one.
        sign: &'static str,
    },
    /// At least so many times.
    AtLeast(usize, Box<Span>),
    /// Before the first of these signs.
    Before(&'static str, Box<Span>),
}

/// Whether parts may stand in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// As they are named.
    Given,
    /// Any.
    Any,
}

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
        let weigh = |part: &Part| {
            let similarity = match scoring {
                EnableScoring::Enabled { statistics_provider, .. } => {
                    let similarity = similarity(part.field, &part.span, statistics_provider)?;
                    Some(similarity.boost_by(part.boost))
                }
                EnableScoring::Disabled { .. } => None,
            };
            Ok(PartWeight { part: part.clone(), similarity })
        };
        let weigh_group = |group: &Vec<Part>| group.iter().map(weigh).collect();
        let mut groups: Vec<Vec<PartWeight>> =
            self.0.iter().map(weigh_group).collect::<tantivy::Result<_>>()?;
        // What is cheap to tell first: places are looked at only where all else is there.
        groups.sort_by_key(|group| !group.iter().all(PartWeight::is_words));
        Ok(Box::new(SpanWeight(groups)))
    }
}

fn similarity(
    field: Field,
    span: &Span,
    statistics: &dyn Bm25StatisticsProvider,
) -> tantivy::Result<Bm25Weight> {
    let n_documents = statistics.total_num_docs()?;
    let n_tokens = statistics.total_num_tokens(field)?;
    let frequency = frequency(field, span, statistics)?.min(n_documents);
    #[expect(clippy::cast_precision_loss, reason = "a mean length")]
    let mean = n_tokens as Score / n_documents.max(1) as Score;
    Ok(Bm25Weight::for_one_term_without_explain(frequency, n_documents, mean))
}

/// In about how many documents it stands: as many as have its rarest part, fewer with each part.
fn frequency(
    field: Field,
    span: &Span,
    statistics: &dyn Bm25StatisticsProvider,
) -> tantivy::Result<u64> {
    let of = |part: &Span| frequency(field, part, statistics);
    match span {
        Span::Words(words) => {
            let terms = words.iter().map(|word| Term::from_field_text(field, word));
            terms.map(|term| statistics.doc_freq(&term)).sum()
        }
        Span::Any(parts) => parts.iter().map(of).sum(),
        Span::Row(parts) | Span::Near { parts, .. } | Span::Within { parts, .. } => {
            let all = parts.iter().map(of).collect::<tantivy::Result<Vec<_>>>()?;
            Ok(all.iter().min().copied().unwrap_or_default() / all.len().max(1) as u64)
        }
        Span::AtLeast(_, part) | Span::Before(_, part) => of(part),
    }
}

struct SpanWeight(Vec<Vec<PartWeight>>);

struct PartWeight {
    part: Part,
    similarity: Option<Bm25Weight>,
}

impl Weight for SpanWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(matching) = self.matching(reader)? else { return Ok(Box::new(EmptyScorer)) };
        let members = Members::from(matching);
        let mut parts = Vec::new();
        for part in self.0.iter().flatten() {
            parts.extend(part.scored(reader, boost)?);
        }
        Ok(if parts.is_empty() {
            Box::new(ConstScorer::new(members, 1.0))
        } else {
            Box::new(SpanScorer { members, parts })
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
    /// What matches all groups; `None` when nothing does.
    fn matching(&self, reader: &SegmentReader) -> tantivy::Result<Option<Bits>> {
        let mut matching: Option<Bits> = None;
        for group in &self.0 {
            let mut found = Bits::new(reader.max_doc());
            for PartWeight { part, .. } in group {
                gather(reader, part, matching.as_ref(), &mut found)?;
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

/// Adds the documents in which `part` stands; others than `within` need not be looked at.
fn gather(
    reader: &SegmentReader,
    part: &Part,
    within: Option<&Bits>,
    into: &mut Bits,
) -> tantivy::Result<()> {
    if let Span::Words(words) = &part.span {
        return gather_words(reader, part.field, words, into);
    }
    let mut having = having(reader, part.field, &part.span)?;
    if let Some(within) = within {
        having.keep(within);
    }
    let mut having = Members::from(having);
    if having.doc() == TERMINATED {
        return Ok(());
    }
    let Some(mut places) = Places::open(reader, part.field, &part.span)? else { return Ok(()) };
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

/// Adds the documents that have any of `words`.
fn gather_words(
    reader: &SegmentReader,
    field: Field,
    words: &[String],
    into: &mut Bits,
) -> tantivy::Result<()> {
    let inverted = reader.inverted_index(field)?;
    for word in words {
        let term = Term::from_field_text(field, word);
        let Some(mut list) = inverted.read_block_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        while !list.docs().is_empty() {
            list.docs().iter().for_each(|doc| into.insert(*doc));
            list.advance();
        }
    }
    Ok(())
}

/// The documents that have the words of `span`, wherever they stand.
fn having(reader: &SegmentReader, field: Field, span: &Span) -> tantivy::Result<Bits> {
    let mut docs = Bits::new(reader.max_doc());
    match span {
        Span::Words(words) => gather_words(reader, field, words, &mut docs)?,
        Span::Any(parts) => {
            for part in parts {
                docs.add(&having(reader, field, part)?);
            }
        }
        Span::Row(parts) | Span::Near { parts, .. } | Span::Within { parts, .. } => {
            for (n, part) in parts.iter().enumerate() {
                let part = having(reader, field, part)?;
                if n == 0 {
                    docs = part;
                } else {
                    docs.keep(&part);
                }
                if docs.is_empty() {
                    break;
                }
            }
        }
        Span::AtLeast(_, part) | Span::Before(_, part) => return having(reader, field, part),
    }
    Ok(docs)
}

impl PartWeight {
    fn is_words(&self) -> bool {
        matches!(self.part.span, Span::Words(_))
    }

    /// What scores it in a segment; `None` when nothing is scored, or it is not there.
    fn scored(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Option<Scored>> {
        let Some(similarity) = &self.similarity else { return Ok(None) };
        let Part { field, span, .. } = &self.part;
        let found = match span {
            Span::Words(words) => {
                let option = IndexRecordOption::WithFreqs;
                let lists = places::lists(reader, *field, words, option)?;
                (!lists.is_empty()).then_some(Found::Words(lists))
            }
            span => Places::open(reader, *field, span)?
                .map(|places| Found::Places { places, found: Vec::new() }),
        };
        let norms = reader.fieldnorms_readers().get_field(*field)?;
        let norms = norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1));
        let similarity = similarity.boost_by(boost);
        Ok(found.map(|found| Scored { found, similarity, norms }))
    }
}

/// A part with what its score depends on.
struct Scored {
    found: Found,
    similarity: Bm25Weight,
    norms: FieldNormReader,
}

enum Found {
    /// Where they stand does not matter.
    Words(Vec<SegmentPostings>),
    Places {
        places: Places,
        found: Vec<Place>,
    },
}

impl Scored {
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

struct SpanScorer {
    members: Members,
    parts: Vec<Scored>,
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
        let doc = self.members.doc();
        self.parts.iter_mut().map(|part| part.score(doc)).sum()
    }
}
