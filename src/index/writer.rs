//! Keeping the index in step with the archive. There is one writer at a time.

use std::fmt;
use std::fs;
use std::path::Path;

use tantivy::directory::{Directory, INDEX_WRITER_LOCK};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::store::Compressor;
use tantivy::{
    Index, IndexSettings, IndexWriter, SegmentMeta, SegmentReader, TantivyDocument, TantivyError,
    Term,
};

use crate::index::directory::WriteDirectory;
use crate::index::schema::{self, Fields, State};
use crate::index::{Document, Error};
use crate::names::Kind;

/// What documents may take in memory before they become a segment on disk. At the least that
/// Tantivy allows (15 MB) a segment has 700 articles, and writing their terms takes a fifth longer.
const MEMORY_BYTES: usize = 32_000_000;
/// Segments smaller than this are merged with each other; larger ones with their like.
const SMALL_SEGMENT_DOCUMENTS: u32 = 1_000;
/// So many segments of like size are merged into one.
const SEGMENTS_PER_MERGE: usize = 8;
/// What has less than one in so many of all documents is small when an index has been made.
const SMALL_SHARE: u32 = 8;
/// A segment with more than this share of replaced articles is written anew.
const REPLACED_MAX: f32 = 0.3;

/// The one that writes. Dropped without a commit, it leaves the index as it was.
pub struct Writer {
    inner: IndexWriter,
    fields: Fields,
    state: State,
}

impl Writer {
    /// Opens the index in `dir`, or makes one: where there is none, where it was made by another
    /// version, and where its files are damaged. The lock of a process that was killed does not
    /// last (it is `flock`'s).
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let failed = Error::when("open");
        fs::create_dir_all(dir).map_err(|error| failed(error.into()))?;
        let (index, state) = match usable(dir)? {
            Some(found) => found,
            None => (create(dir).map_err(&failed)?, State::default()),
        };
        schema::register_tokenizers(&index);
        let inner = index.writer_with_options(options()).map_err(&failed)?;
        inner.set_merge_policy(Box::new(merge_policy()));
        Ok(Self { inner, fields: schema::schema().1, state })
    }

    /// How far the archive was followed by the last commit; 0 for a new index.
    pub fn watermark(&self) -> i64 {
        self.state.watermark
    }

    /// Adds `document`, in place of the one of the same article. Seen from the next commit on.
    /// Up to 10,000 documents wait in memory for their turn, so commit every few hundred.
    pub fn put(&mut self, document: &Document<'_>) -> Result<(), Error> {
        // Archives number articles upwards, so most need not be looked for.
        if document.article <= self.state.article_max {
            self.inner.delete_term(Term::from_field_i64(self.fields.article, document.article));
        }
        self.state.article_max = self.state.article_max.max(document.article);
        self.inner.add_document(self.entry(document)).map_err(Error::when("write"))?;
        Ok(())
    }

    /// Takes out what is there of an article, which is part of another one now.
    pub fn remove(&mut self, article: i64) {
        self.inner.delete_term(Term::from_field_i64(self.fields.article, article));
    }

    /// Makes all that was put last, together with how far the archive has been followed.
    pub fn commit(&mut self, watermark: i64) -> Result<(), Error> {
        let failed = Error::when("commit to");
        let state = State { watermark, ..self.state };
        let mut commit = self.inner.prepare_commit().map_err(&failed)?;
        commit.set_payload(&state.to_payload());
        commit.commit().map_err(&failed)?;
        self.state = state;
        Ok(())
    }

    /// Takes everything out, to index anew. Searchers see the old index until the next commit.
    pub fn clear(&mut self) -> Result<(), Error> {
        let failed = Error::when("clear");
        self.inner.rollback().map_err(&failed)?;
        self.inner.set_merge_policy(Box::new(merge_policy()));
        self.inner.delete_all_documents().map_err(&failed)?;
        self.state = State::default();
        Ok(())
    }

    /// Waits for merges that commits have set off. Without it they are begun again by the next
    /// commit.
    pub fn close(self) -> Result<(), Error> {
        self.inner.wait_merging_threads().map_err(Error::when("merge segments of"))
    }

    /// Ends the making of a whole index: makes one segment of all that are small beside it, for
    /// every question looks in each. That writes up to all of them anew, too much for a few articles
    /// more.
    pub fn close_merged(self) -> Result<(), Error> {
        let failed = Error::when("merge segments of");
        let index = self.inner.index().clone();
        self.close()?;
        let mut segments = index.searchable_segment_metas().map_err(&failed)?;
        let n_documents: u32 = segments.iter().map(SegmentMeta::num_docs).sum();
        segments.retain(|segment| segment.num_docs() < n_documents / SMALL_SHARE);
        if segments.len() > 1 {
            let ids: Vec<_> = segments.iter().map(SegmentMeta::id).collect();
            let mut writer: IndexWriter = index.writer_with_options(options()).map_err(&failed)?;
            writer.set_merge_policy(Box::new(NoMergePolicy));
            writer.merge(&ids).wait().map_err(&failed)?;
            writer.wait_merging_threads().map_err(&failed)?;
        }
        Ok(())
    }

    fn entry(&self, document: &Document<'_>) -> TantivyDocument {
        let fields = &self.fields;
        let mut entry = TantivyDocument::default();
        entry.add_i64(fields.article, document.article);
        entry.add_i64(fields.sort_at, document.sort_at);
        entry.add_text(fields.title, document.title);
        entry.add_text(fields.text, document.text);
        let lists = [
            (fields.section, document.sections),
            (fields.author, document.authors),
            (fields.feed, document.feeds),
            (fields.tag, document.tags),
            (fields.country, document.countries),
        ];
        for (field, values) in lists {
            for value in values {
                entry.add_text(field, value);
            }
        }
        for mention in document.mentions {
            let field = match mention.kind {
                Kind::Person => fields.person,
                Kind::Organization => fields.organization,
                Kind::Place => fields.place,
            };
            entry.add_text(field, &mention.name);
        }
        let known = [
            (fields.outlet, document.outlet),
            (fields.language, document.language),
            (fields.access, document.access),
            (fields.kind, document.kind),
            (fields.wire, document.wire),
            (fields.id, document.id),
            (fields.url, document.url),
        ];
        for (field, value) in known.into_iter().filter(|(_, value)| !value.is_empty()) {
            entry.add_text(field, value);
        }
        for of in document.traits {
            entry.add_text(fields.trait_of, of.as_str());
        }
        entry
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("state", &self.state).finish_non_exhaustive()
    }
}

/// The index in `dir`, unless it must be made anew.
fn usable(dir: &Path) -> Result<Option<(Index, State)>, Error> {
    if !dir.join("meta.json").is_file() {
        return Ok(None);
    }
    let opened = WriteDirectory::open(dir).map_err(TantivyError::from).and_then(Index::open);
    let checked = opened.and_then(|index| {
        if index.schema() != schema::schema().0 {
            return Ok(None);
        }
        for segment in index.searchable_segments()? {
            SegmentReader::open(&segment)?;
        }
        let state = State::read(&index.load_metas()?);
        Ok(state.map(|state| (index, state)))
    });
    match checked.map_err(Error::when("open")) {
        Err(error @ Error::Damaged { .. }) => {
            tracing::warn!("{error}; it is built anew");
            Ok(None)
        }
        Ok(None) => {
            tracing::info!("the search index is that of another version; it is built anew");
            Ok(None)
        }
        result => result,
    }
}

/// An empty index, in place of what was in `dir`.
fn create(dir: &Path) -> tantivy::Result<Index> {
    let directory = WriteDirectory::open(dir)?;
    // Held until the old files are gone, so that they are nobody's.
    let lock = directory.acquire_lock(&INDEX_WRITER_LOCK);
    let _lock = lock.map_err(|error| TantivyError::LockFailure(error, None))?;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if is_index_file(&path) {
            fs::remove_file(path)?;
        }
    }
    // No text is stored, so there is nothing to compress, and no thread is needed for it.
    let settings = IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    Index::create(directory.clone(), schema::schema().0, settings)
}

/// Whether Tantivy made it: `meta.json`, `.managed.json`, and segments named by 32 hex digits.
/// Anything else in the folder is not ours to delete.
fn is_index_file(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return false;
    };
    let segment = name.split('.').next().unwrap_or_default();
    matches!(name, "meta.json" | ".managed.json")
        || (segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn options() -> IndexWriterOptions {
    IndexWriterOptions::builder()
        .num_worker_threads(1)
        .num_merge_threads(1)
        .memory_budget_per_thread(MEMORY_BYTES)
        .build()
}

fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(SEGMENTS_PER_MERGE);
    policy.set_min_layer_size(SMALL_SEGMENT_DOCUMENTS);
    policy.set_del_docs_ratio_before_merge(REPLACED_MAX);
    policy
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::index::search::{Page, Searcher, Sort};
    use crate::query::{Filter, Query};

    fn article(row: i64, text: &str) -> Document<'_> {
        let (title, outlet, authors, feeds) = ("", "", &[], &[]);
        Document {
            article: row,
            title,
            text,
            outlet,
            authors,
            feeds,
            sort_at: row,
            ..Document::default()
        }
    }

    /// Rows that contain `word`, and the watermark.
    fn found(dir: &TempDir, word: &str) -> (Vec<i64>, i64) {
        let searcher = Searcher::open(dir.path()).unwrap().unwrap();
        let page = Page { sort: Sort::Newest, limit: 1000, offset: 0 };
        let query = Query::Word(word.to_owned());
        let hits = searcher.search(&query, &Filter::default(), &page).unwrap();
        assert_eq!(hits.total, hits.articles.len());
        (hits.articles, searcher.watermark())
    }

    /// An index with articles 1 and 2 at watermark 7.
    fn filled() -> TempDir {
        let dir = TempDir::new().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        writer.put(&article(1, "storm")).unwrap();
        writer.put(&article(2, "storm")).unwrap();
        writer.commit(7).unwrap();
        writer.close().unwrap();
        dir
    }

    #[test]
    fn what_was_committed_is_found_with_its_watermark() {
        let dir = filled();
        assert_eq!(found(&dir, "storm"), (vec![2, 1], 7));
        assert_eq!(Writer::open(dir.path()).unwrap().watermark(), 7);
    }

    #[test]
    fn what_was_not_committed_never_was() {
        let dir = filled();
        let mut writer = Writer::open(dir.path()).unwrap();
        writer.put(&article(1, "regen")).unwrap();
        writer.put(&article(3, "storm")).unwrap();
        drop(writer);
        assert_eq!(found(&dir, "storm"), (vec![2, 1], 7));
        let mut writer = Writer::open(dir.path()).unwrap();
        assert_eq!(writer.watermark(), 7);
        writer.commit(8).unwrap();
        assert_eq!(found(&dir, "storm"), (vec![2, 1], 8));
    }

    #[test]
    fn an_article_is_replaced_within_a_commit_and_after_it() {
        let dir = filled();
        let mut writer = Writer::open(dir.path()).unwrap();
        writer.put(&article(1, "regen")).unwrap();
        writer.put(&article(1, "hagel")).unwrap();
        writer.put(&article(3, "regen")).unwrap();
        writer.put(&article(3, "hagel")).unwrap();
        writer.commit(9).unwrap();
        assert_eq!(found(&dir, "storm"), (vec![2], 9));
        assert_eq!(found(&dir, "regen"), (vec![], 9));
        assert_eq!(found(&dir, "hagel"), (vec![3, 1], 9));
    }

    #[test]
    fn a_cleared_index_is_seen_only_when_it_is_full_again() {
        let dir = filled();
        let mut writer = Writer::open(dir.path()).unwrap();
        writer.put(&article(5, "regen")).unwrap();
        writer.clear().unwrap();
        assert_eq!(writer.watermark(), 0);
        writer.put(&article(2, "storm")).unwrap();
        assert_eq!(found(&dir, "storm"), (vec![2, 1], 7));
        drop(writer);
        assert_eq!(found(&dir, "storm"), (vec![2, 1], 7));
        let mut writer = Writer::open(dir.path()).unwrap();
        writer.clear().unwrap();
        writer.put(&article(2, "storm")).unwrap();
        writer.commit(8).unwrap();
        assert_eq!(found(&dir, "storm"), (vec![2], 8));
        assert_eq!(found(&dir, "regen"), (vec![], 8));
    }

    #[test]
    fn a_second_writer_is_told_to_wait_and_a_left_lock_file_is_no_writer() {
        let dir = filled();
        let writer = Writer::open(dir.path()).unwrap();
        assert!(matches!(Writer::open(dir.path()), Err(Error::Busy)));
        drop(writer);
        assert!(dir.path().join(".tantivy-writer.lock").exists());
        assert!(Writer::open(dir.path()).is_ok());
    }

    #[test]
    fn a_damaged_index_starts_anew() {
        for damage in [truncate_segments, remove_segments, garble_meta] {
            let dir = filled();
            fs::write(dir.path().join("notes.txt"), "not ours").unwrap();
            damage(&dir);
            let error = Searcher::open(dir.path()).unwrap_err();
            assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
            let mut writer = Writer::open(dir.path()).unwrap();
            assert_eq!(writer.watermark(), 0);
            writer.put(&article(1, "storm")).unwrap();
            writer.commit(1).unwrap();
            assert_eq!(found(&dir, "storm"), (vec![1], 1));
            assert!(dir.path().join("notes.txt").exists());
        }
    }

    fn segment_files(dir: &TempDir) -> impl Iterator<Item = std::path::PathBuf> {
        let paths = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| is_index_file(path) && path.extension().unwrap() != "json")
    }

    fn truncate_segments(dir: &TempDir) {
        for path in segment_files(dir) {
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        }
    }

    fn remove_segments(dir: &TempDir) {
        segment_files(dir).for_each(|path| fs::remove_file(path).unwrap());
    }

    fn garble_meta(dir: &TempDir) {
        fs::write(dir.path().join("meta.json"), "{").unwrap();
    }

    #[test]
    fn an_index_of_another_version_starts_anew() {
        let dir = filled();
        let meta = dir.path().join("meta.json");
        let text = fs::read_to_string(&meta).unwrap();
        fs::write(&meta, text.replace(&format!("text-{}", crate::language::VERSION), "text-0"))
            .unwrap();
        assert!(matches!(Searcher::open(dir.path()), Err(Error::Outdated)));
        assert_eq!(Writer::open(dir.path()).unwrap().watermark(), 0);
        assert_eq!(found(&dir, "storm"), (vec![], 0));
    }

    #[test]
    fn many_small_commits_become_few_segments() {
        let dir = TempDir::new().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        for row in 1..=24 {
            writer.put(&article(row, "storm")).unwrap();
            writer.commit(row).unwrap();
        }
        writer.close().unwrap();
        let index = Index::open_in_dir(dir.path()).unwrap();
        assert!(index.searchable_segments().unwrap().len() < SEGMENTS_PER_MERGE);
        assert_eq!(found(&dir, "storm").0.len(), 24);
    }

    #[test]
    fn what_is_small_beside_the_whole_is_one_segment_at_the_end() {
        let dir = TempDir::new().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        for row in 1..=44 {
            writer.put(&article(row, "storm")).unwrap();
            if row >= 40 {
                writer.commit(row).unwrap();
            }
        }
        writer.close_merged().unwrap();
        let mut segments =
            Index::open_in_dir(dir.path()).unwrap().searchable_segment_metas().unwrap();
        segments.sort_by_key(SegmentMeta::num_docs);
        assert_eq!(segments.iter().map(SegmentMeta::num_docs).collect::<Vec<_>>(), [4, 40]);
        let (rows, watermark) = found(&dir, "storm");
        assert_eq!((rows.len(), watermark), (44, 44));
        assert_eq!(Writer::open(dir.path()).unwrap().watermark(), 44);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn the_last_put_wins(puts in prop::collection::vec((1_i64..9, 0_usize..3), 0..30)) {
            let words = ["storm", "regen", "hagel"];
            let dir = TempDir::new().unwrap();
            let mut writer = Writer::open(dir.path()).unwrap();
            let mut expected = std::collections::BTreeMap::new();
            for (n, &(row, word)) in puts.iter().enumerate() {
                writer.put(&article(row, words[word])).unwrap();
                expected.insert(row, word);
                if n % 11 == 10 {
                    writer.commit(1).unwrap();
                }
            }
            writer.commit(2).unwrap();
            for (n, word) in words.iter().enumerate() {
                let rows = expected.iter().rev().filter(|(_, word)| **word == n);
                let rows: Vec<_> = rows.map(|(row, _)| *row).collect();
                prop_assert_eq!(found(&dir, word), (rows, 2));
            }
        }
    }
}
