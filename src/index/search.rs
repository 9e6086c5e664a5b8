//! Finding articles. Returns which ones; the archive has their texts.

use std::fmt;
use std::path::Path;

use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::SortByStaticFastValue;
use tantivy::query::Query as Plan;
use tantivy::{DocAddress, Index, Order, ReloadPolicy};

use crate::index::Error;
use crate::index::best::best;
use crate::index::collect::{self, Everything, Facets, Hours};
use crate::index::directory::ReadDirectory;
use crate::index::newest::newest;
use crate::index::schema::{self, ARTICLE, Fields, SORT_AT, State};
use crate::index::translate;
use crate::language;
use crate::query::{self, Filter, Query};

/// The index as it was when it was opened.
pub struct Searcher {
    inner: tantivy::Searcher,
    fields: Fields,
    state: State,
}

/// Which part of the hits is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// What comes first.
    pub sort: Sort,
    /// At most so many.
    pub limit: usize,
    /// After so many.
    pub offset: usize,
}

/// Orders of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By time, the latest first; articles of one moment by their rows, the highest first.
    Newest,
    /// By how well they match, the best first; the headline weighs more.
    Relevance,
}

/// An article that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Its place in time, in seconds UTC.
    pub sort_at: i64,
    /// Its row in the archive.
    pub article: i64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    /// How many articles in all.
    pub total: usize,
    /// Those of the page, in order.
    pub articles: Vec<i64>,
}

impl Searcher {
    /// Opens the index in `dir`; `None` when there is none yet. Starts no thread and needs no
    /// permission to write.
    pub fn open(dir: &Path) -> Result<Option<Self>, Error> {
        if !dir.join("meta.json").is_file() {
            return Ok(None);
        }
        let failed = Error::when("open");
        let directory = ReadDirectory::open(dir).map_err(|error| failed(error.into()))?;
        let index = Index::open(directory).map_err(&failed)?;
        let (schema, fields) = schema::schema();
        if index.schema() != schema {
            return Err(Error::Outdated);
        }
        // Read before the segments: a commit in between makes the watermark too low, never too
        // high.
        let meta = index.load_metas().map_err(&failed)?;
        let state = State::read(&meta).ok_or(Error::Outdated)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader = reader.try_into().map_err(&failed)?;
        Ok(Some(Self { inner: reader.searcher(), fields, state }))
    }

    /// How far the archive had been followed.
    pub fn watermark(&self) -> i64 {
        self.state.watermark
    }

    /// Files of the index that are not as they were written.
    pub fn damaged(&self) -> Result<Vec<String>, Error> {
        let damaged = self.inner.index().validate_checksum().map_err(Error::when("check"))?;
        let mut names: Vec<String> =
            damaged.iter().map(|file| file.display().to_string()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The rows of all articles, in no order; one that is there twice comes twice.
    pub fn rows(&self) -> Result<Vec<i64>, Error> {
        let failed = Error::when("read");
        let mut rows = Vec::new();
        for segment in self.inner.segment_readers() {
            let column = segment.fast_fields().i64(ARTICLE).map_err(&failed)?;
            rows.extend(segment.doc_ids_alive().filter_map(|document| column.first(document)));
        }
        Ok(rows)
    }

    /// Articles that match `query` and `filter`.
    pub fn search(&self, query: &Query, filter: &Filter, page: &Page) -> Result<Hits, Error> {
        let plan = translate::plan(&self.inner, &self.fields, query, filter)?;
        let n_articles = usize::try_from(self.inner.num_docs()).unwrap_or(usize::MAX);
        let limit = page.limit.min(n_articles.saturating_sub(page.offset));
        let page = Page { limit, ..*page };
        let hits = match page.sort {
            _ if limit == 0 => self.count(&*plan),
            Sort::Newest => self.newest(&*plan, page),
            Sort::Relevance => self.best(&*plan, page),
        };
        hits.map_err(Error::when("search"))
    }

    /// All articles that match, in no order, with their places in time.
    pub fn all(&self, query: &Query, filter: &Filter) -> Result<Vec<Hit>, Error> {
        let plan = translate::plan(&self.inner, &self.fields, query, filter)?;
        self.inner.search(&*plan, &Everything).map_err(Error::when("search"))
    }

    /// How many articles match in each hour since 1970 that has any, in order.
    pub fn hours(&self, query: &Query, filter: &Filter) -> Result<Vec<(i64, u64)>, Error> {
        let plan = translate::plan(&self.inner, &self.fields, query, filter)?;
        self.inner.search(&*plan, &Hours).map_err(Error::when("search"))
    }

    /// How many articles that match have each value of `columns`, which can be counted by; for each
    /// column its values, the most frequent first.
    pub fn facets(
        &self,
        query: &Query,
        filter: &Filter,
        columns: &[query::Field],
    ) -> Result<Vec<Vec<(String, u64)>>, Error> {
        let plan = translate::plan(&self.inner, &self.fields, query, filter)?;
        self.inner.search(&*plan, &Facets(columns)).map_err(Error::when("search"))
    }

    /// The earliest articles that match, at most `limit`.
    pub fn earliest(
        &self,
        query: &Query,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<i64>, Error> {
        let failed = Error::when("search");
        let plan = translate::plan(&self.inner, &self.fields, query, filter)?;
        let ascending = |name| (SortByStaticFastValue::<i64>::for_field(name), Order::Asc);
        let n_docs = usize::try_from(self.inner.num_docs()).unwrap_or(usize::MAX);
        let limit = limit.min(n_docs).max(1);
        let top = TopDocs::with_limit(limit).order_by((ascending(SORT_AT), ascending(ARTICLE)));
        let top = self.inner.search(&*plan, &top).map_err(failed)?;
        Ok(top.into_iter().filter_map(|((_, article), _)| article).collect())
    }

    /// The words of texts that begin with `prefix`, at most `limit`, each with the number of
    /// articles that have it; the most frequent first.
    pub fn words(&self, prefix: &str, limit: usize) -> Result<Vec<(String, u64)>, Error> {
        let low = language::folded(prefix).concat();
        let counts = collect::words(&self.inner, [self.fields.title, self.fields.text], &low);
        let counts = counts.map_err(Error::when("read"))?;
        Ok(collect::most(counts, limit))
    }

    /// In how many articles each of `words` stands, as it is written but for case and accents.
    pub fn frequencies(&self, words: &[String]) -> Result<Vec<u64>, Error> {
        let count = |word: &String| collect::frequency(&self.inner, self.fields.text, word);
        words.iter().map(count).collect::<tantivy::Result<_>>().map_err(Error::when("read"))
    }

    /// How many articles there are.
    pub fn n_articles(&self) -> u64 {
        self.inner.num_docs()
    }

    fn count(&self, plan: &dyn Plan) -> tantivy::Result<Hits> {
        Ok(Hits { total: plan.count(&self.inner)?, articles: Vec::new() })
    }

    fn newest(&self, plan: &dyn Plan, page: Page) -> tantivy::Result<Hits> {
        let limit = page.limit.saturating_add(page.offset);
        let (total, hits) = newest(&self.inner, plan, limit)?;
        let articles = hits.into_iter().skip(page.offset).map(|hit| hit.article).collect();
        Ok(Hits { total, articles })
    }

    fn best(&self, plan: &dyn Plan, page: Page) -> tantivy::Result<Hits> {
        let limit = page.limit.saturating_add(page.offset);
        let (total, top) = best(&self.inner, plan, limit)?;
        let articles = self.articles(top.into_iter().skip(page.offset))?;
        Ok(Hits { total, articles })
    }

    fn articles(&self, found: impl Iterator<Item = DocAddress>) -> tantivy::Result<Vec<i64>> {
        let segments = self.inner.segment_readers();
        let columns: Vec<_> = segments
            .iter()
            .map(|segment| segment.fast_fields().i64(ARTICLE))
            .collect::<tantivy::Result<_>>()?;
        let article = |address: DocAddress| {
            let segment = usize::try_from(address.segment_ord).ok()?;
            columns.get(segment)?.first(address.doc_id)
        };
        Ok(found.filter_map(article).collect())
    }
}

impl fmt::Debug for Searcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Searcher").field("state", &self.state).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::index::Document;
    use crate::index::writer::Writer;
    use crate::query;

    fn article<'a>(row: i64, title: &'a str, text: &'a str, sort_at: i64) -> Document<'a> {
        let (outlet, authors, feeds) = ("", &[], &[]);
        Document {
            article: row,
            title,
            text,
            outlet,
            authors,
            feeds,
            sort_at,
            ..Document::default()
        }
    }

    fn index(articles: &[Document<'_>]) -> (TempDir, Searcher) {
        let dir = TempDir::new().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        for article in articles {
            writer.put(article).unwrap();
            writer.commit(article.article).unwrap();
        }
        let searcher = Searcher::open(dir.path()).unwrap().unwrap();
        (dir, searcher)
    }

    #[track_caller]
    fn check(searcher: &Searcher, page: Page, expected: &[i64]) {
        let query = query::parse("storm").unwrap();
        let hits = searcher.search(&query, &Filter::default(), &page).unwrap();
        assert_eq!(hits, Hits { total: 4, articles: expected.to_vec() }, "{page:?}");
    }

    #[test]
    fn the_latest_comes_first_and_then_the_highest_row() {
        let (_dir, searcher) = index(&[
            article(1, "Storm", "", 50),
            article(2, "Storm", "", -10),
            article(3, "Storm", "", 50),
            article(4, "", "Storm", 70),
        ]);
        let page = |limit, offset| Page { sort: Sort::Newest, limit, offset };
        check(&searcher, page(10, 0), &[4, 3, 1, 2]);
        check(&searcher, page(2, 0), &[4, 3]);
        check(&searcher, page(2, 2), &[1, 2]);
        check(&searcher, page(usize::MAX, 3), &[2]);
        check(&searcher, page(10, usize::MAX), &[]);
        check(&searcher, page(0, 0), &[]);
    }

    #[test]
    fn the_headline_weighs_more_than_the_text() {
        let (_dir, searcher) = index(&[
            article(1, "Weer", "Er komt storm en dan regen en wind en zon", 1),
            article(2, "Storm", "Er komt weer regen en wind en zon", 2),
            article(3, "Weer", "Er komt regen en dan wind en storm en zon en nog veel meer", 3),
            article(4, "Storm", "Er komt storm", 4),
        ]);
        let page = |limit, offset| Page { sort: Sort::Relevance, limit, offset };
        check(&searcher, page(10, 0), &[4, 2, 1, 3]);
        check(&searcher, page(2, 1), &[2, 1]);
        check(&searcher, page(0, 1), &[]);
    }

    #[test]
    fn no_index_is_no_error() {
        let dir = TempDir::new().unwrap();
        assert!(Searcher::open(dir.path()).unwrap().is_none());
        assert!(Searcher::open(&dir.path().join("none")).unwrap().is_none());
    }

    #[test]
    fn reading_needs_no_permission_to_lock() {
        let (dir, _) = index(&[article(1, "Storm", "", 1)]);
        let lock = dir.path().join(".tantivy-meta.lock");
        // Root may write anywhere, but nobody can open a folder as a file.
        std::fs::remove_file(&lock).unwrap();
        std::fs::create_dir(&lock).unwrap();
        assert_eq!(Searcher::open(dir.path()).unwrap().unwrap().watermark(), 1);
    }
}
