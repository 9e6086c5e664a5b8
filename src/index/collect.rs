//! What is gathered of every article that matches, straight from the columns of the index.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::index::schema::{ARTICLE, SORT_AT};
use crate::index::search::Hit;

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
