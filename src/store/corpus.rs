//! The archive as it was: which articles and revisions it had at a moment in the past.

use std::collections::HashSet;

use rusqlite::{OptionalExtension as _, named_params};

use crate::export::manifest::State;
use crate::model::time::Timestamp;
use crate::store::articles::from_json;
use crate::store::changes::ACCESS_THEN;
use crate::store::{ArticleRow, Error, Reader};

/// The archive as it was at `as_of`, of what it holds now.
pub fn state(reader: &Reader, as_of: Timestamp) -> Result<State, Error> {
    const LAST: &str = "
        SELECT coalesce((SELECT max(id) FROM article), 0),
               coalesce((SELECT max(id) FROM revision), 0)";
    reader
        .connection
        .query_row(LAST, [], |row| {
            Ok(State { as_of, articles: row.get(0)?, revisions: row.get(1)? })
        })
        .map_err(Error::sqlite("read how far the archive is"))
}

/// The archive as it is at `now`. Of what was stored while the clock was ahead nothing is later.
pub fn current(reader: &Reader, now: Timestamp) -> Result<State, Error> {
    const LATEST: &str = "
        SELECT max(coalesce((SELECT max(first_seen_at) FROM article), 0),
                   coalesce((SELECT max(seen_at) FROM revision WHERE number > 1), 0))";
    let latest = reader
        .connection
        .query_row(LATEST, [], |row| row.get(0).map(Timestamp::from_seconds))
        .map_err(Error::sqlite("read how far the archive is"))?;
    state(reader, now.max(latest))
}

const LATER_ARTICLES: &str = "
    SELECT id
    FROM article
    WHERE first_seen_at > :as_of OR id > :articles";

/// The articles that were not there yet.
pub fn later_articles(reader: &Reader, state: &State) -> Result<HashSet<i64>, Error> {
    let failed = || Error::sqlite("read which articles are later");
    let mut statement = reader.connection.prepare_cached(LATER_ARTICLES).map_err(failed())?;
    let bounds = named_params! { ":as_of": state.as_of.seconds(), ":articles": state.articles };
    statement.query_map(bounds, |row| row.get(0)).and_then(Iterator::collect).map_err(failed())
}

/// Revised, seen in another feed, with a page that was read, or not in an index that has followed up
/// to `watermark`.
const CHANGED: &str = "
    SELECT article_id FROM revision INDEXED BY revision_later
    WHERE number > 1 AND seen_at > :as_of
    UNION
    SELECT article_id FROM revision WHERE id > :revisions
    UNION
    SELECT article_id FROM sighting WHERE first_seen_at > :as_of
    UNION
    SELECT article_id FROM page_fetch WHERE access IS NOT NULL AND at > :as_of
    UNION
    SELECT id FROM article WHERE seq > :watermark";

/// The articles of which the index at `watermark` may say something else than it would have said
/// then.
pub fn changed(reader: &Reader, state: &State, watermark: i64) -> Result<HashSet<i64>, Error> {
    let failed = || Error::sqlite("read which articles changed");
    let mut statement = reader.connection.prepare_cached(CHANGED).map_err(failed())?;
    let bounds = named_params! {
        ":as_of": state.as_of.seconds(), ":revisions": state.revisions, ":watermark": watermark,
    };
    statement.query_map(bounds, |row| row.get(0)).and_then(Iterator::collect).map_err(failed())
}

// Revisions of an article that turned out to be this one have numbers after its own.
const NUMBER: &str = "
    SELECT number
    FROM revision
    WHERE article_id = :article AND seen_at <= :as_of AND id <= :revisions
    ORDER BY id = (SELECT revision_id FROM article WHERE id = :article) DESC,
             seen_at DESC, number DESC
    LIMIT 1";

/// The number of the revision that was current.
pub fn number(reader: &Reader, row: ArticleRow, state: &State) -> Result<Option<u32>, Error> {
    let failed = || Error::sqlite("look up a revision");
    let mut statement = reader.connection.prepare_cached(NUMBER).map_err(failed())?;
    let bounds = named_params! {
        ":article": row.0, ":as_of": state.as_of.seconds(), ":revisions": state.revisions,
    };
    statement.query_row(bounds, |row| row.get(0)).optional().map_err(failed())
}

/// What was known around an article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Around {
    /// The feeds that had listed it, by name.
    pub feeds: Vec<String>,
    /// How much of it could be read at the last reading of its page, or else what stood in the way.
    pub access: Option<String>,
    /// What was said of text and data mining, when anything was last said.
    pub reservations: Vec<String>,
    /// The licence that its page last named.
    pub license: Option<String>,
    /// Words in the text of the revision.
    pub n_words: u32,
}

const AROUND: &str = "
    SELECT (SELECT group_concat(f.name, char(31) ORDER BY f.name)
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id AND s.first_seen_at <= :as_of),
           (SELECT x.reserved
            FROM page_fetch AS x
            WHERE x.article_id = a.id AND x.reserved IS NOT NULL AND x.at <= :as_of
            ORDER BY x.id DESC LIMIT 1),
           (SELECT x.license
            FROM page_fetch AS x
            WHERE x.article_id = a.id AND x.license IS NOT NULL AND x.at <= :as_of
            ORDER BY x.id DESC LIMIT 1),
           (SELECT r.n_words
            FROM revision AS r
            WHERE r.article_id = a.id AND r.number = :number), ";

const OF_ARTICLE: &str = "
    FROM article AS a
    WHERE a.id = :article";

/// What was known at `as_of` around the revision `number` of the article in `row`.
pub fn around(
    reader: &Reader,
    row: ArticleRow,
    number: u32,
    as_of: Timestamp,
) -> Result<Around, Error> {
    let failed = || Error::sqlite("read what is known around an article");
    let sql = format!("{AROUND}{ACCESS_THEN}{OF_ARTICLE}");
    let mut statement = reader.connection.prepare_cached(&sql).map_err(failed())?;
    let bounds = named_params! {
        ":article": row.0, ":number": number, ":as_of": as_of.seconds(),
    };
    let found = statement
        .query_row(bounds, |row| {
            let feeds: Option<String> = row.get(0)?;
            let feeds = feeds.unwrap_or_default();
            Ok(Around {
                feeds: feeds.split('\u{1f}').filter(|n| !n.is_empty()).map(str::to_owned).collect(),
                reservations: from_json(row.get(1)?),
                license: row.get(2)?,
                n_words: row.get::<_, Option<u32>>(3)?.unwrap_or_default(),
                access: row.get(4)?,
            })
        })
        .optional()
        .map_err(failed())?;
    Ok(found.unwrap_or_default())
}
