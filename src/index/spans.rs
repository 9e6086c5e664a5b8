//! Words at places: alternatives, rows, and words near each other, as Tantivy runs them.
//!
//! Documents that have the words come from an ordinary plan; where the words stand is looked at
//! only in these. A word in all its forms is scored as one word (BM25 over their frequencies added
//! up), so that a rare form says no more than a common one.

use std::collections::BTreeSet;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, BooleanQuery, EmptyScorer, EnableScoring, Explanation,
    Occur, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

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
pub(super) struct SpanQuery {
    field: Field,
    span: Span,
}

impl SpanQuery {
    pub(super) fn new(field: Field, span: Span) -> Self {
        Self { field, span }
    }
}

impl Query for SpanQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let schema = scoring.schema();
        let candidates = candidates(self.field, &self.span)
            .weight(EnableScoring::disabled_from_schema(schema))?;
        let similarity = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                Some(similarity(self.field, &self.span, statistics_provider)?)
            }
            EnableScoring::Disabled { .. } => None,
        };
        let (field, span) = (self.field, self.span.clone());
        Ok(Box::new(SpanWeight { field, span, candidates, similarity }))
    }
}

/// The documents that have the words, wherever they stand.
fn candidates(field: Field, span: &Span) -> Box<dyn Query> {
    let all = |occur, parts: &[Span]| {
        let parts = parts.iter().map(|part| (occur, candidates(field, part))).collect();
        Box::new(BooleanQuery::new(parts)) as Box<dyn Query>
    };
    match span {
        Span::Words(words) => {
            let mut terms: Vec<Box<dyn Query>> = words
                .iter()
                .map(|word| {
                    let term = Term::from_field_text(field, word);
                    Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>
                })
                .collect();
            match terms.pop() {
                Some(only) if terms.is_empty() => only,
                last => {
                    terms.extend(last);
                    let terms = terms.into_iter().map(|term| (Occur::Should, term)).collect();
                    Box::new(BooleanQuery::new(terms))
                }
            }
        }
        Span::Any(parts) => all(Occur::Should, parts),
        Span::Row(parts) | Span::Near { parts, .. } | Span::Within { parts, .. } => {
            all(Occur::Must, parts)
        }
        Span::AtLeast(_, part) | Span::Before(_, part) => candidates(field, part),
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

struct SpanWeight {
    field: Field,
    span: Span,
    candidates: Box<dyn Weight>,
    similarity: Option<Bm25Weight>,
}

impl Weight for SpanWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let candidates = self.candidates.scorer(reader, 1.0)?;
        let is_word = matches!(self.span, Span::Words(_));
        if (is_word && self.similarity.is_none()) || candidates.doc() == TERMINATED {
            return Ok(candidates);
        }
        let Some(places) = Places::open(reader, self.field, &self.span)? else {
            return Ok(Box::new(EmptyScorer));
        };
        let norms = match &self.similarity {
            Some(_) => reader.fieldnorms_readers().get_field(self.field)?,
            None => None,
        };
        let norms = norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1));
        let similarity = self.similarity.as_ref().map(|weight| weight.boost_by(boost));
        let mut scorer = SpanScorer { candidates, places, is_word, similarity, norms, n_found: 0 };
        if !scorer.is_match() {
            scorer.advance();
        }
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("span", scorer.score()))
    }
}

struct SpanScorer {
    candidates: Box<dyn Scorer>,
    places: Places,
    /// Every candidate matches; its places matter for the score only.
    is_word: bool,
    similarity: Option<Bm25Weight>,
    norms: FieldNormReader,
    n_found: u32,
}

impl SpanScorer {
    fn is_match(&mut self) -> bool {
        let doc = self.candidates.doc();
        if self.is_word || doc == TERMINATED {
            return true;
        }
        let mut found = Vec::new();
        self.places.find(doc, &mut found);
        self.n_found = u32::try_from(found.len()).unwrap_or(u32::MAX);
        !found.is_empty()
    }

    fn next_match(&mut self) -> DocId {
        while !self.is_match() {
            self.candidates.advance();
        }
        self.candidates.doc()
    }
}

impl DocSet for SpanScorer {
    fn advance(&mut self) -> DocId {
        self.candidates.advance();
        self.next_match()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.candidates.seek(target);
        self.next_match()
    }

    fn doc(&self) -> DocId {
        self.candidates.doc()
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint()
    }

    fn cost(&self) -> u64 {
        self.candidates.cost()
    }
}

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        let doc = self.doc();
        let Some(similarity) = &self.similarity else { return 1.0 };
        let n_found = if self.is_word { self.places.count(doc) } else { self.n_found };
        similarity.score(self.norms.fieldnorm_id(doc), n_found)
    }
}

/// A span with the lists of places of one segment.
enum Places {
    Words(Vec<SegmentPostings>),
    Any(Vec<Places>),
    Row(Vec<Places>),
    Near { parts: Vec<Places>, within: u32, order: Order },
    Within { parts: Vec<Places>, signs: Vec<SegmentPostings> },
    AtLeast(usize, Box<Places>),
    Before { part: Box<Places>, signs: Vec<SegmentPostings> },
}

/// First and last word.
type Place = (u32, u32);

impl Places {
    /// `None` when a word that is needed is nowhere.
    fn open(reader: &SegmentReader, field: Field, span: &Span) -> tantivy::Result<Option<Self>> {
        let some = |parts: &[Span]| -> tantivy::Result<Vec<Self>> {
            let parts = parts.iter().map(|part| Self::open(reader, field, part));
            Ok(parts.collect::<tantivy::Result<Vec<_>>>()?.into_iter().flatten().collect())
        };
        let all = |parts: &[Span]| -> tantivy::Result<Option<Vec<Self>>> {
            Ok(Some(some(parts)?).filter(|found| found.len() == parts.len()))
        };
        Ok(match span {
            Span::Words(words) => {
                let lists = lists(reader, field, words)?;
                (!lists.is_empty()).then_some(Self::Words(lists))
            }
            Span::Any(parts) => Some(Self::Any(some(parts)?)),
            Span::Row(parts) => all(parts)?.map(Self::Row),
            Span::Near { parts, within, order } => {
                all(parts)?.map(|parts| Self::Near { parts, within: *within, order: *order })
            }
            Span::Within { parts, sign } => {
                let signs = lists(reader, field, &[(*sign).to_owned()])?;
                all(parts)?.map(|parts| Self::Within { parts, signs })
            }
            Span::Before(sign, part) => {
                let signs = lists(reader, field, &[(*sign).to_owned()])?;
                let part = Self::open(reader, field, part)?.map(Box::new);
                part.map(|part| Self::Before { part, signs })
            }
            Span::AtLeast(n, part) => {
                Self::open(reader, field, part)?.map(|part| Self::AtLeast(*n, Box::new(part)))
            }
        })
    }

    /// How often one of the words is in `doc`.
    fn count(&mut self, doc: DocId) -> u32 {
        let Self::Words(lists) = self else { return 1 };
        lists.iter_mut().filter_map(|list| at(list, doc)).map(|list| list.term_freq()).sum()
    }

    /// Adds where it stands in `doc`, in order and each place once.
    fn find(&mut self, doc: DocId, found: &mut Vec<Place>) {
        match self {
            Self::Words(lists) => {
                let places = positions(lists, doc);
                found.extend(places.into_iter().map(|place| (place, place)));
            }
            Self::Any(parts) => parts.iter_mut().for_each(|part| part.find(doc, found)),
            Self::Row(parts) => row(parts, doc, found),
            Self::Near { parts, within, order } => {
                if let Some(parts) = each(parts, doc) {
                    near(&parts, *within, *order, found);
                }
            }
            Self::Within { parts, signs } => {
                if let Some(parts) = each(parts, doc) {
                    within(&parts, &positions(signs, doc), found);
                }
            }
            Self::Before { part, signs } => {
                let end = positions(signs, doc).first().copied().unwrap_or(u32::MAX);
                part.find(doc, found);
                found.retain(|(_, last)| *last < end);
            }
            Self::AtLeast(n, part) => {
                let mut places = Vec::new();
                part.find(doc, &mut places);
                // What begins at one word is one time, however far it reaches.
                let starts: BTreeSet<u32> = places.iter().map(|(start, _)| *start).collect();
                if starts.len() >= *n {
                    found.extend(places);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
    }
}

fn lists(
    reader: &SegmentReader,
    field: Field,
    words: &[String],
) -> tantivy::Result<Vec<SegmentPostings>> {
    let inverted = reader.inverted_index(field)?;
    let mut lists = Vec::new();
    for word in words {
        let term = Term::from_field_text(field, word);
        lists.extend(inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?);
    }
    Ok(lists)
}

/// `list` when it has `doc`. Documents are asked for in order.
fn at(list: &mut SegmentPostings, doc: DocId) -> Option<&mut SegmentPostings> {
    let reached = if list.doc() < doc { list.seek(doc) } else { list.doc() };
    (reached == doc).then_some(list)
}

fn positions(lists: &mut [SegmentPostings], doc: DocId) -> Vec<u32> {
    let mut places = Vec::new();
    for list in lists.iter_mut().filter_map(|list| at(list, doc)) {
        list.append_positions_with_offset(0, &mut places);
    }
    places.sort_unstable();
    places
}

/// The places of each part; `None` when one has none.
fn each(parts: &mut [Places], doc: DocId) -> Option<Vec<Vec<Place>>> {
    let places = parts.iter_mut().map(|part| {
        let mut found = Vec::new();
        part.find(doc, &mut found);
        (!found.is_empty()).then_some(found)
    });
    places.collect()
}

fn row(parts: &mut [Places], doc: DocId, found: &mut Vec<Place>) {
    let Some(parts) = each(parts, doc) else { return };
    let Some((first, rest)) = parts.split_first() else { return };
    'places: for (start, end) in first {
        let mut end = *end;
        for part in rest {
            // A part of several lengths goes on with its shortest.
            match part.iter().find(|(next, _)| *next == end + 1) {
                Some((_, next)) => end = *next,
                None => continue 'places,
            }
        }
        found.push((*start, end));
    }
}

/// From each place of each part: the nearest place of every other one.
fn near(parts: &[Vec<Place>], within: u32, order: Order, found: &mut Vec<Place>) {
    let heads: &[Vec<Place>] =
        if order == Order::Given { parts.get(..1).unwrap_or_default() } else { parts };
    for (n, head) in heads.iter().enumerate() {
        for place in head {
            let others = parts.iter().enumerate().filter(|(other, _)| *other != n);
            if let Some(span) = reach(*place, others.map(|(_, part)| part.as_slice()), order)
                && beyond(span, parts.len()) <= within
            {
                found.push(span);
            }
        }
    }
}

/// Words in a span beyond one for each part.
fn beyond((start, end): Place, n_parts: usize) -> u32 {
    (end - start + 1).saturating_sub(u32::try_from(n_parts).unwrap_or(u32::MAX))
}

/// The span from `place` over the next place of each other part, in their order when it matters.
fn reach<'p>(
    place: Place,
    others: impl Iterator<Item = &'p [Place]>,
    order: Order,
) -> Option<Place> {
    let (start, mut end) = place;
    for part in others {
        let from = if order == Order::Given { end + 1 } else { start };
        let next = part.iter().filter(|(at, _)| *at >= from).map(|(_, to)| *to).min()?;
        end = end.max(next);
    }
    Some((start, end))
}

/// Where all parts lie between the same two signs.
fn within(parts: &[Vec<Place>], signs: &[u32], found: &mut Vec<Place>) {
    let unit = |place: &Place| signs.partition_point(|sign| *sign <= place.0);
    let Some((first, rest)) = parts.split_first() else { return };
    for place in first {
        let is_there = |part: &Vec<Place>| part.iter().any(|other| unit(other) == unit(place));
        if rest.iter().all(is_there) {
            found.push(*place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(places: &[u32]) -> Vec<Place> {
        places.iter().map(|place| (*place, *place)).collect()
    }

    #[track_caller]
    fn check_near(parts: &[&[u32]], n: u32, order: Order, expected: &[Place]) {
        let parts: Vec<_> = parts.iter().map(|part| words(part)).collect();
        let mut found = Vec::new();
        near(&parts, n, order, &mut found);
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, expected);
    }

    #[test]
    fn near_counts_the_words_between() {
        check_near(&[&[0], &[2]], 0, Order::Any, &[]);
        check_near(&[&[0], &[2]], 1, Order::Any, &[(0, 2)]);
        check_near(&[&[2], &[0]], 1, Order::Any, &[(0, 2)]);
        check_near(&[&[2], &[0]], 1, Order::Given, &[]);
        check_near(&[&[0, 5], &[2, 6]], 0, Order::Given, &[(5, 6)]);
        check_near(&[&[4], &[4]], 0, Order::Any, &[(4, 4)]);
        check_near(&[&[0], &[9], &[4]], 7, Order::Any, &[(0, 9)]);
    }

    #[test]
    fn a_sign_parts_what_is_before_it_from_what_is_at_it() {
        let mut found = Vec::new();
        within(&[words(&[1, 5]), words(&[3, 9])], &[4], &mut found);
        assert_eq!(found, [(1, 1), (5, 5)]);
        found.clear();
        within(&[words(&[1]), words(&[4])], &[4], &mut found);
        assert_eq!(found, []);
    }
}
