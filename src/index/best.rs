//! What matches best. A document is scored no further than it takes to see that it is not among
//! them.

use tantivy::collector::TopNComputer;
use tantivy::collector::sort_key::NaturalComparator;
use tantivy::query::{EnableScoring, Query};
use tantivy::{DocAddress, DocSet as _, Score, Searcher, TERMINATED};

use crate::index::scores::SpanScorer;

/// How many match, and the best of them, at most `limit`, in order; by their places in the index
/// those that match as well.
pub(super) fn best(
    searcher: &Searcher,
    plan: &dyn Query,
    limit: usize,
) -> tantivy::Result<(usize, Vec<DocAddress>)> {
    let weight = plan.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let mut top: TopNComputer<Score, DocAddress, _> =
        TopNComputer::new_with_comparator(limit, NaturalComparator);
    let mut total = 0;
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let alive = reader.alive_bitset();
        let mut scorer = weight.scorer(reader, 1.0)?;
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                total += 1;
                let score = match scorer.downcast_mut::<SpanScorer>() {
                    Some(scorer) => scorer.score_above(top.threshold),
                    None => Some(scorer.score()),
                };
                if let Some(score) = score {
                    top.push(score, DocAddress::new(segment, doc));
                }
            }
            doc = scorer.advance();
        }
    }
    Ok((total, top.into_sorted_vec().into_iter().map(|found| found.doc).collect()))
}

#[cfg(test)]
mod tests {
    use tantivy::collector::TopDocs;

    use super::*;
    use crate::index::schema;
    use crate::index::writer::Writer;
    use crate::index::{Document, translate};
    use crate::query::{self, Filter};

    const WORDS: [&str; 9] =
        ["stikstof", "stik", "stof", "kabinet", "kabinetten", "de", "woningnood", "woning", "nood"];

    /// Texts and headlines of these words, in five segments; what is said twice is deleted once.
    fn index(dir: &std::path::Path) -> tantivy::Index {
        let mut writer = Writer::open(dir).unwrap();
        let mut random = 7_usize;
        let mut words = |n: usize| -> String {
            let mut word = || {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                WORDS[(random >> 33) % WORDS.len()]
            };
            (0..n).map(|_| word()).collect::<Vec<_>>().join(" ")
        };
        for row in 0..500_i64 {
            let (title, text) = (words(3), words(5 + usize::try_from(row % 30).unwrap()));
            let (title, text) = (title.as_str(), text.as_str());
            let article = Document { article: row % 450, title, text, ..Document::default() };
            writer.put(&article).unwrap();
            if row % 100 == 99 {
                writer.commit(row).unwrap();
            }
        }
        tantivy::Index::open_in_dir(dir).unwrap()
    }

    #[test]
    fn what_is_not_scored_whole_is_not_among_the_best() {
        let dir = tempfile::tempdir().unwrap();
        let searcher = index(dir.path()).reader().unwrap().searcher();
        let (_, fields) = schema::schema();
        for text in [
            "stikstof",
            "stikstof kabinet",
            "woningnood OR stikstof",
            "\"stof kabinet\" de",
            "title:woningnood",
            "kabinet -stof",
            "stof outlet:nos",
        ] {
            let query = query::parse(text).unwrap();
            let plan = translate::plan(&searcher, &fields, &query, &Filter::default()).unwrap();
            for limit in [1, 3, 20, 1_000] {
                let whole = TopDocs::with_limit(limit).order_by_score();
                let whole = searcher.search(&*plan, &whole).unwrap();
                let whole: Vec<_> = whole.into_iter().map(|(_, place)| place).collect();
                let (total, found) = best(&searcher, &*plan, limit).unwrap();
                assert_eq!(found, whole, "{text}, {limit}");
                assert_eq!(total, plan.count(&searcher).unwrap(), "{text}");
            }
        }
    }
}
