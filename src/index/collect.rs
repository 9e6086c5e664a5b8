//! What is gathered of every article that matches, straight from the columns of the index.

use std::collections::{BTreeMap, HashMap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    DocId, DocSet as _, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED, Term,
};

use crate::index::schema::{ARTICLE, SORT_AT};
use crate::index::search::Hit;
use crate::query;

/// Seconds of an hour.
const HOUR: i64 = 3600;

/// Hours that are counted in a row, 230 years; what lies further apart is counted one by one.
const HOURS_MAX: i64 = 1 << 21;

/// Every article with its place in time.
pub(super) struct Everything;

pub(super) struct SegmentHits {
    articles: Column<i64>,
    times: Column<i64>,
    hits: Vec<Hit>,
}

impl Collector for Everything {
    type Fruit = Vec<Hit>;
    type Child = SegmentHits;

    fn for_segment(
        &self,
        _segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentHits> {
        let columns = reader.fast_fields();
        let (articles, times) = (columns.i64(ARTICLE)?, columns.i64(SORT_AT)?);
        Ok(SegmentHits { articles, times, hits: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Vec<Hit>>) -> tantivy::Result<Vec<Hit>> {
        Ok(fruits.concat())
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = Vec<Hit>;

    fn collect(&mut self, document: DocId, _score: Score) {
        let values = self.articles.first(document).zip(self.times.first(document));
        self.hits.extend(values.map(|(article, sort_at)| Hit { sort_at, article }));
    }

    fn harvest(self) -> Vec<Hit> {
        self.hits
    }
}

/// How many articles there are in each hour. Europe/Amsterdam has been whole hours from UTC since
/// 1940, so hours make up its days.
pub(super) struct Hours;

pub(super) struct SegmentHours {
    times: Column<i64>,
    first: i64,
    in_a_row: Vec<u32>,
    apart: BTreeMap<i64, u64>,
    read: Vec<Option<i64>>,
}

impl Collector for Hours {
    type Fruit = Vec<(i64, u64)>;
    type Child = SegmentHours;

    fn for_segment(
        &self,
        _segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentHours> {
        let times = reader.fast_fields().i64(SORT_AT)?;
        let last = times.max_value().div_euclid(HOUR);
        let first = times.min_value().div_euclid(HOUR).max(last - HOURS_MAX);
        let n_hours = usize::try_from(last - first + 1).unwrap_or_default();
        let (in_a_row, apart) = (vec![0; n_hours], BTreeMap::new());
        Ok(SegmentHours { times, first, in_a_row, apart, read: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let mut merged = fruits.concat();
        // A few runs in order, which a stable sort merely merges.
        merged.sort_by_key(|(hour, _)| *hour);
        merged.dedup_by(|(hour, n), (kept, sum)| {
            let is_same = hour == kept;
            *sum += if is_same { *n } else { 0 };
            is_same
        });
        Ok(merged)
    }
}

impl SegmentCollector for SegmentHours {
    type Fruit = Vec<(i64, u64)>;

    fn collect(&mut self, document: DocId, _score: Score) {
        self.collect_block(&[document]);
    }

    fn collect_block(&mut self, documents: &[DocId]) {
        self.read.clear();
        self.read.resize(documents.len(), None);
        self.times.first_vals(documents, &mut self.read);
        for at in self.read.iter().flatten() {
            let hour = at.div_euclid(HOUR);
            let place = usize::try_from(hour - self.first).ok();
            match place.and_then(|place| self.in_a_row.get_mut(place)) {
                Some(n) => *n += 1,
                None => *self.apart.entry(hour).or_insert(0) += 1,
            }
        }
    }

    /// In order: what lies apart is earlier than what is in a row.
    fn harvest(self) -> Vec<(i64, u64)> {
        let counted = (self.first..).zip(self.in_a_row).filter(|(_, n)| *n > 0);
        self.apart.into_iter().chain(counted.map(|(hour, n)| (hour, u64::from(n)))).collect()
    }
}

/// How many articles have each value of some columns.
pub(super) struct Facets<'f>(pub(super) &'f [query::Field]);

/// A column of texts, and how often each of them was seen. Articles without any are counted too.
struct Tally {
    column: Option<StrColumn>,
    counts: Vec<u64>,
    n_without: u64,
}

pub(super) struct SegmentFacets(Vec<Tally>);

impl Collector for Facets<'_> {
    type Fruit = Vec<Vec<(String, u64)>>;
    type Child = SegmentFacets;

    fn for_segment(
        &self,
        _segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentFacets> {
        let tally = |facet: &query::Field| {
            let column = reader.fast_fields().str(facet.as_str())?;
            let counts = vec![0; column.as_ref().map_or(0, |column| column.num_terms())];
            Ok(Tally { column, counts, n_without: 0 })
        };
        self.0.iter().map(tally).collect::<tantivy::Result<_>>().map(SegmentFacets)
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let mut merged: Vec<HashMap<String, u64>> = vec![HashMap::new(); self.0.len()];
        for fruit in fruits {
            for ((merged, values), field) in merged.iter_mut().zip(fruit).zip(self.0) {
                for (mut value, n) in values {
                    if value.is_empty() && *field == query::Field::Access {
                        query::UNKNOWN.clone_into(&mut value);
                    }
                    *merged.entry(value).or_insert(0) += n;
                }
            }
        }
        Ok(merged.into_iter().map(|values| most(values, usize::MAX)).collect())
    }
}

impl SegmentCollector for SegmentFacets {
    type Fruit = Vec<Vec<(String, u64)>>;

    fn collect(&mut self, document: DocId, _score: Score) {
        for tally in &mut self.0 {
            let mut n_values = 0;
            if let Some(column) = &tally.column {
                for ordinal in column.term_ords(document) {
                    n_values += 1;
                    let place = usize::try_from(ordinal).ok();
                    if let Some(n) = place.and_then(|place| tally.counts.get_mut(place)) {
                        *n += 1;
                    }
                }
            }
            tally.n_without += u64::from(n_values == 0);
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.0.into_iter().map(values).collect()
    }
}

fn values(tally: Tally) -> Vec<(String, u64)> {
    let mut values = Vec::new();
    if tally.n_without > 0 {
        values.push((String::new(), tally.n_without));
    }
    let Some(column) = tally.column else { return values };
    for (ordinal, n) in (0..).zip(tally.counts).filter(|(_, n)| *n > 0) {
        let mut value = String::new();
        if column.ord_to_str(ordinal, &mut value).is_ok_and(|is_there| is_there) {
            values.push((value, n));
        }
    }
    values
}

/// The words of `fields` that begin with `low`, and in how many articles each stands.
pub(super) fn words(
    searcher: &Searcher,
    fields: [Field; 2],
    low: &str,
) -> tantivy::Result<HashMap<String, u64>> {
    let high = format!("{low}\u{10ffff}");
    let mut counts = HashMap::new();
    for segment in searcher.segment_readers() {
        let mut found: HashMap<String, Vec<(Field, TermInfo)>> = HashMap::new();
        for field in fields {
            let inverted = segment.inverted_index(field)?;
            let range = inverted.terms().range().ge(low.as_bytes()).lt(high.as_bytes());
            let mut stream = range.into_stream()?;
            while stream.advance() {
                if let Ok(word) = std::str::from_utf8(stream.key())
                    && word.starts_with(char::is_alphanumeric)
                {
                    found.entry(word.to_owned()).or_default().push((field, stream.value().clone()));
                }
            }
        }
        for (word, lists) in found {
            *counts.entry(word).or_insert(0) += n_articles(segment, &lists)?;
        }
    }
    counts.retain(|_, n| *n > 0);
    Ok(counts)
}

/// In how many articles `word` stands in `field`.
pub(super) fn frequency(searcher: &Searcher, field: Field, word: &str) -> tantivy::Result<u64> {
    let term = Term::from_field_text(field, word);
    let mut n = 0;
    for segment in searcher.segment_readers() {
        if let Some(list) = segment.inverted_index(field)?.get_term_info(&term)? {
            n += n_articles(segment, &[(field, list)])?;
        }
    }
    Ok(n)
}

/// How many articles are in any of `lists`.
fn n_articles(segment: &SegmentReader, lists: &[(Field, TermInfo)]) -> tantivy::Result<u64> {
    if let ([(_, list)], None) = (lists, segment.alive_bitset()) {
        return Ok(list.doc_freq.into());
    }
    let mut articles = Vec::new();
    for (field, list) in lists {
        let inverted = segment.inverted_index(*field)?;
        let mut list = inverted.read_postings_from_terminfo(list, IndexRecordOption::Basic)?;
        while list.doc() != TERMINATED {
            articles.push(list.doc());
            list.advance();
        }
    }
    // Of an article that was put anew the list still has what was there before.
    articles.retain(|article| segment.alive_bitset().is_none_or(|alive| alive.is_alive(*article)));
    articles.sort_unstable();
    articles.dedup();
    Ok(articles.len() as u64)
}

/// The most frequent first, and then by the alphabet.
pub(super) fn most(counts: HashMap<String, u64>, limit: usize) -> Vec<(String, u64)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(limit);
    counts
}
