//! Where words stand in the documents of one segment.

use std::collections::BTreeSet;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet};

use crate::index::span::{Order, Span};
use crate::index::terms::Terms;

/// A span with the lists of places of one segment.
pub(super) enum Places {
    Words(Lists),
    Any(Vec<Places>),
    Row(Parts),
    Near { parts: Parts, within: u32, order: Order },
    Within { parts: Parts, signs: Lists },
    AtLeast(usize, Box<Places>),
    Before { part: Box<Places>, signs: Lists },
}

/// First and last word.
pub(super) type Place = (u32, u32);

/// The lists of some words, with room for their places in one document.
pub(super) struct Lists {
    lists: Vec<SegmentPostings>,
    places: Vec<u32>,
}

impl Lists {
    fn open(terms: &Terms, n: usize) -> tantivy::Result<Self> {
        let lists = terms.lists(n, IndexRecordOption::WithFreqsAndPositions)?;
        Ok(Self { lists, places: Vec::new() })
    }

    /// Whether any of the words is in `doc`.
    fn are_in(&mut self, doc: DocId) -> bool {
        self.lists.iter_mut().any(|list| at(list, doc).is_some())
    }

    /// Where any of the words stands in `doc`, in order.
    fn find(&mut self, doc: DocId) -> &[u32] {
        self.places.clear();
        for list in self.lists.iter_mut().filter_map(|list| at(list, doc)) {
            list.append_positions_with_offset(0, &mut self.places);
        }
        self.places.sort_unstable();
        &self.places
    }
}

/// Spans that are all needed, with room for the places of each.
pub(super) struct Parts {
    parts: Vec<Places>,
    found: Vec<Vec<Place>>,
}

impl Parts {
    /// The places of each part; `None` when one has none.
    fn find(&mut self, doc: DocId) -> Option<&[Vec<Place>]> {
        // Places cost more to read than documents.
        if !self.parts.iter_mut().all(|part| part.may_be_in(doc)) {
            return None;
        }
        for (part, found) in self.parts.iter_mut().zip(&mut self.found) {
            found.clear();
            part.find(doc, found);
            if found.is_empty() {
                return None;
            }
        }
        Some(&self.found)
    }
}

impl Places {
    /// `None` when a word that is needed is nowhere.
    pub(super) fn open(terms: &Terms, span: &Span<usize>) -> tantivy::Result<Option<Self>> {
        let some = |parts: &[Span<usize>]| -> tantivy::Result<Vec<Self>> {
            let parts = parts.iter().map(|part| Self::open(terms, part));
            Ok(parts.collect::<tantivy::Result<Vec<_>>>()?.into_iter().flatten().collect())
        };
        let all = |parts: &[Span<usize>]| -> tantivy::Result<Option<Parts>> {
            let found = some(parts)?;
            let is_all = found.len() == parts.len();
            Ok(is_all.then(|| Parts { found: vec![Vec::new(); found.len()], parts: found }))
        };
        Ok(match span {
            Span::Words(n) => {
                let lists = Lists::open(terms, *n)?;
                (!lists.lists.is_empty()).then_some(Self::Words(lists))
            }
            Span::Any(parts) => Some(Self::Any(some(parts)?)),
            Span::Row(parts) => all(parts)?.map(Self::Row),
            Span::Near { parts, within, order } => {
                all(parts)?.map(|parts| Self::Near { parts, within: *within, order: *order })
            }
            Span::Within { parts, sign } => {
                let signs = Lists::open(terms, *sign)?;
                all(parts)?.map(|parts| Self::Within { parts, signs })
            }
            Span::Before(sign, part) => {
                let signs = Lists::open(terms, *sign)?;
                let part = Self::open(terms, part)?.map(Box::new);
                part.map(|part| Self::Before { part, signs })
            }
            Span::AtLeast(n, part) => {
                Self::open(terms, part)?.map(|part| Self::AtLeast(*n, Box::new(part)))
            }
        })
    }

    /// Whether the words that it needs are in `doc`, wherever they stand. Documents are asked for
    /// in order.
    pub(super) fn may_be_in(&mut self, doc: DocId) -> bool {
        match self {
            Self::Words(lists) => lists.are_in(doc),
            Self::Any(parts) => parts.iter_mut().any(|part| part.may_be_in(doc)),
            Self::Row(parts) | Self::Near { parts, .. } | Self::Within { parts, .. } => {
                parts.parts.iter_mut().all(|part| part.may_be_in(doc))
            }
            Self::AtLeast(_, part) | Self::Before { part, .. } => part.may_be_in(doc),
        }
    }

    /// Adds where it stands in `doc`, in order and each place once. Documents are asked for in
    /// order.
    pub(super) fn find(&mut self, doc: DocId, found: &mut Vec<Place>) {
        match self {
            Self::Words(lists) => {
                found.extend(lists.find(doc).iter().map(|place| (*place, *place)));
            }
            Self::Any(parts) => parts.iter_mut().for_each(|part| part.find(doc, found)),
            Self::Row(parts) => {
                if let Some(parts) = parts.find(doc) {
                    row(parts, found);
                }
            }
            Self::Near { parts, within, order } => {
                if let Some(parts) = parts.find(doc) {
                    near(parts, *within, *order, found);
                }
            }
            Self::Within { parts, signs } => {
                if let Some(parts) = parts.find(doc) {
                    within(parts, signs.find(doc), found);
                }
            }
            Self::Before { part, signs } => {
                let end = signs.find(doc).first().copied().unwrap_or(u32::MAX);
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

/// How often words of `lists` are in `doc`. Documents are asked for in order.
pub(super) fn count(lists: &mut [SegmentPostings], doc: DocId) -> u32 {
    lists.iter_mut().filter_map(|list| at(list, doc)).map(|list| list.term_freq()).sum()
}

/// `list` when it has `doc`.
fn at(list: &mut SegmentPostings, doc: DocId) -> Option<&mut SegmentPostings> {
    let reached = if list.doc() < doc { list.seek(doc) } else { list.doc() };
    (reached == doc).then_some(list)
}

fn row(parts: &[Vec<Place>], found: &mut Vec<Place>) {
    let Some((first, rest)) = parts.split_first() else { return };
    'places: for (start, end) in first {
        let mut end = *end;
        for part in rest {
            let next = part.partition_point(|(next, _)| *next <= end);
            match part.get(next) {
                Some((next, last)) if *next == end + 1 => end = *last,
                _ => continue 'places,
            }
        }
        found.push((*start, end));
    }
}

/// From each place of each part: the nearest place of every other one.
pub(super) fn near(parts: &[Vec<Place>], within: u32, order: Order, found: &mut Vec<Place>) {
    let heads: &[Vec<Place>] =
        if order == Order::Given { parts.get(..1).unwrap_or_default() } else { parts };
    let parts_ended: Vec<Ended<'_>> = parts.iter().map(|part| Ended::new(part)).collect();
    for (n, head) in heads.iter().enumerate() {
        for place in head {
            let others = parts_ended.iter().enumerate().filter(|(other, _)| *other != n);
            if let Some(span) = reach(*place, others.map(|(_, part)| part), order)
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

/// Places in order, and the first end of each and all behind it.
struct Ended<'p> {
    places: &'p [Place],
    ends: Vec<u32>,
}

impl<'p> Ended<'p> {
    fn new(places: &'p [Place]) -> Self {
        let mut ends: Vec<u32> = places.iter().map(|(_, end)| *end).collect();
        for at in (1..ends.len()).rev() {
            ends[at - 1] = ends[at - 1].min(ends[at]);
        }
        Self { places, ends }
    }

    /// The first end of those that start at `from` or later.
    fn first_end(&self, from: u32) -> Option<u32> {
        self.ends.get(self.places.partition_point(|(start, _)| *start < from)).copied()
    }
}

/// The span from `place` over the next place of each other part, in their order when it matters.
fn reach<'p>(
    place: Place,
    others: impl Iterator<Item = &'p Ended<'p>>,
    order: Order,
) -> Option<Place> {
    let (start, mut end) = place;
    for part in others {
        let from = match order {
            Order::Given => end + 1,
            Order::Apart => start + 1,
            Order::Any => start,
        };
        end = end.max(part.first_end(from)?);
    }
    Some((start, end))
}

/// Where all parts lie between the same two signs.
fn within(parts: &[Vec<Place>], signs: &[u32], found: &mut Vec<Place>) {
    let Some((first, rest)) = parts.split_first() else { return };
    let rest: Vec<Vec<usize>> = rest.iter().map(|part| units(part, signs)).collect();
    for (place, unit) in first.iter().zip(units(first, signs)) {
        if rest.iter().all(|units| units.binary_search(&unit).is_ok()) {
            found.push(*place);
        }
    }
}

/// Between which signs each place lies, counted from the first.
pub(super) fn units(part: &[Place], signs: &[u32]) -> Vec<usize> {
    part.iter().map(|(start, _)| signs.partition_point(|sign| sign <= start)).collect()
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
        check_near(&[&[4], &[4]], 9, Order::Apart, &[]);
        check_near(&[&[4, 6], &[4, 6]], 1, Order::Apart, &[(4, 6)]);
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
