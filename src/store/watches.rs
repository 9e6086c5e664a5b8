//! Saved searches, and what each has told.

use std::collections::HashSet;

use rusqlite::{Row, named_params};

use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, Reader, Tx};

/// A saved search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its row.
    pub row: i64,
    /// Its name.
    pub name: String,
    /// The query.
    pub query: String,
    /// What is run when it finds something.
    pub command: Option<String>,
    /// Where what it finds is sent.
    pub webhook: Option<String>,
    /// The feed that it keeps.
    pub feed_file: Option<String>,
    /// The last article there was when it was saved.
    pub article_max: ArticleRow,
    /// How far changes were looked at.
    pub seq: i64,
    /// When it was last run.
    pub last_at: Option<Timestamp>,
    /// Articles it has found.
    pub n_articles: u32,
}

/// A search to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Its name.
    pub name: String,
    /// The query.
    pub query: String,
    /// What is run when it finds something.
    pub command: Option<String>,
    /// Where what it finds is sent.
    pub webhook: Option<String>,
    /// The feed that it keeps.
    pub feed_file: Option<String>,
}

const ADD: &str = "
    INSERT INTO watch (name, query, command, webhook, feed_file, added_at, article_id, seq)
    VALUES (:name, :query, :command, :webhook, :feed_file, :now,
            (SELECT coalesce(max(id), 0) FROM article),
            (SELECT coalesce(max(seq), 0) FROM article))
    ON CONFLICT (name) DO NOTHING";

/// Saves a search from now on; `false` when there is one of that name.
pub fn add(tx: &Tx<'_>, new: &New, now: Timestamp) -> Result<bool, Error> {
    let values = named_params! {
        ":name": new.name, ":query": new.query, ":command": new.command,
        ":webhook": new.webhook, ":feed_file": new.feed_file, ":now": now.seconds(),
    };
    let added = tx.connection.execute(ADD, values);
    added.map(|n| n == 1).map_err(Error::sqlite("save a search"))
}

/// Forgets a saved search; `false` when there is none of that name.
pub fn remove(tx: &Tx<'_>, name: &str) -> Result<bool, Error> {
    const HITS: &str =
        "DELETE FROM watch_hit WHERE watch_id = (SELECT id FROM watch WHERE name = :name)";
    const WATCH: &str = "DELETE FROM watch WHERE name = :name";
    let name = named_params! { ":name": name };
    let removed =
        tx.connection.execute(HITS, name).and_then(|_| tx.connection.execute(WATCH, name));
    removed.map(|n| n == 1).map_err(Error::sqlite("forget a saved search"))
}

const ALL: &str = "
    SELECT w.id, w.name, w.query, w.command, w.webhook, w.feed_file, w.article_id, w.seq,
           w.last_at,
           (SELECT count(*) FROM watch_hit AS h WHERE h.watch_id = w.id)
    FROM watch AS w
    ORDER BY w.name";

/// All saved searches, by name.
pub fn all(reader: &Reader) -> Result<Vec<Watch>, Error> {
    let failed = || Error::sqlite("read saved searches");
    let mut statement = reader.connection.prepare_cached(ALL).map_err(failed())?;
    statement.query_map([], read).and_then(Iterator::collect).map_err(failed())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Watch> {
    Ok(Watch {
        row: row.get(0)?,
        name: row.get(1)?,
        query: row.get(2)?,
        command: row.get(3)?,
        webhook: row.get(4)?,
        feed_file: row.get(5)?,
        article_max: ArticleRow(row.get(6)?),
        seq: row.get(7)?,
        last_at: row.get::<_, Option<i64>>(8)?.map(Timestamp::from_seconds),
        n_articles: row.get(9)?,
    })
}

const NEWS: &str = "
    SELECT a.id
    FROM article AS a
    WHERE a.seq > :from AND a.seq <= :to AND a.id > :article
        AND NOT EXISTS (
            SELECT 1
            FROM watch_hit AS h
            WHERE h.watch_id = :watch AND h.article_id = a.id)";

/// The articles of which the search has not told, that changed up to `seq` since it last looked.
pub fn news(reader: &Reader, watch: &Watch, seq: i64) -> Result<HashSet<i64>, Error> {
    let failed = || Error::sqlite("read what is new to a saved search");
    let mut statement = reader.connection.prepare_cached(NEWS).map_err(failed())?;
    let values = named_params! {
        ":from": watch.seq, ":to": seq, ":article": watch.article_max.0, ":watch": watch.row,
    };
    statement.query_map(values, |row| row.get(0)).and_then(Iterator::collect).map_err(failed())
}

const LAST: &str = "
    SELECT article_id
    FROM watch_hit
    WHERE watch_id = :watch
    ORDER BY at DESC, article_id DESC
    LIMIT :limit";

/// What the search told last, the latest first.
pub fn told(reader: &Reader, watch: &Watch, limit: usize) -> Result<Vec<ArticleRow>, Error> {
    let failed = || Error::sqlite("read what a saved search found");
    let mut statement = reader.connection.prepare_cached(LAST).map_err(failed())?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    statement
        .query_map(named_params! { ":watch": watch.row, ":limit": limit }, |row| {
            row.get(0).map(ArticleRow)
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

const TELL: &str = "
    INSERT INTO watch_hit (watch_id, article_id, at)
    VALUES (:watch, :article, :now)
    ON CONFLICT DO NOTHING";

const RAN: &str = "UPDATE watch SET seq = :seq, last_at = :now WHERE id = :watch";

/// Remembers that the search looked at all changes up to `seq`, and told of `articles`.
pub fn ran(
    tx: &Tx<'_>,
    watch: i64,
    articles: &[ArticleRow],
    seq: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let failed = || Error::sqlite("remember what a saved search found");
    let mut statement = tx.connection.prepare_cached(TELL).map_err(failed())?;
    for article in articles {
        let values =
            named_params! { ":watch": watch, ":article": article.0, ":now": now.seconds() };
        statement.execute(values).map_err(failed())?;
    }
    let values = named_params! { ":watch": watch, ":seq": seq, ":now": now.seconds() };
    tx.connection.execute(RAN, values).map(|_| ()).map_err(failed())
}
