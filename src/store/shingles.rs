//! The sketches of articles, by which near duplicates are found, and how far they have been made.

use std::fmt;

use rusqlite::{CachedStatement, OptionalExtension as _, Row, named_params};

use crate::store::{ArticleRow, Error, Reader, Tx, text};

/// Articles published within so many seconds of each other are compared.
pub const WINDOW_SECONDS: i64 = 30 * 86_400;

/// The stretch of time whose sketches lie together; what is within the window of a moment lies in
/// its own stretch or one beside it.
fn period(at: i64) -> i64 {
    at.div_euclid(WINDOW_SECONDS)
}

/// An article whose present text is not in its sketch yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its place in the sequence of changes.
    pub seq: i64,
    /// The article.
    pub article: ArticleRow,
    /// Its present revision.
    pub revision: i64,
    /// Its place in time, in seconds UTC.
    pub sort_at: i64,
    /// Who published it.
    pub outlet: Option<String>,
    /// Its text; `None` when only something else about it changed.
    pub text: Option<String>,
    /// The text its sketch was made of, when it has one.
    pub before: Option<String>,
}

const PENDING: &str = "
    SELECT a.seq, a.id, a.revision_id, a.sort_at, a.outlet, b.codec, b.data, m.revision_id
    FROM article AS a
    JOIN body AS b ON b.revision_id = a.revision_id
    LEFT JOIN story_mark AS m ON m.article_id = a.id
    WHERE a.seq > :seq
    ORDER BY a.seq
    LIMIT :limit";

/// The next changes after `seq`, at most `limit`.
pub fn pending(reader: &Reader, seq: i64, limit: usize) -> Result<Vec<Pending>, Error> {
    let failed = || Error::sqlite("read what changed");
    let mut statement = reader.connection.prepare_cached(PENDING).map_err(failed())?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows =
        statement.query(named_params! { ":seq": seq, ":limit": limit }).map_err(failed())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed())? {
        let (mut pending, sketched) = read_pending(row).map_err(failed())?;
        if sketched != Some(pending.revision) {
            let (codec, data): (i64, Vec<u8>) =
                row.get(5).and_then(|codec| Ok((codec, row.get(6)?))).map_err(failed())?;
            let text = text::readable(&reader.connection, pending.revision, codec, &data)?;
            pending.text = Some(text.unwrap_or_default());
            pending.before = sketched.map(|revision| body(reader, revision)).transpose()?.flatten();
        }
        found.push(pending);
    }
    Ok(found)
}

fn read_pending(row: &Row<'_>) -> rusqlite::Result<(Pending, Option<i64>)> {
    let pending = Pending {
        seq: row.get(0)?,
        article: ArticleRow(row.get(1)?),
        revision: row.get(2)?,
        sort_at: row.get(3)?,
        outlet: row.get(4)?,
        text: None,
        before: None,
    };
    Ok((pending, row.get(7)?))
}

const BODY: &str = "SELECT codec, data FROM body WHERE revision_id = :revision";

fn body(reader: &Reader, revision: i64) -> Result<Option<String>, Error> {
    let failed = || Error::sqlite("read a text");
    let mut statement = reader.connection.prepare_cached(BODY).map_err(failed())?;
    let found: Option<(i64, Vec<u8>)> = statement
        .query_row(named_params! { ":revision": revision }, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(failed())?;
    let Some((codec, data)) = found else { return Ok(None) };
    text::readable(&reader.connection, revision, codec, &data)
}

/// An article that may share passages with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its place in time.
    pub sort_at: i64,
    /// Who published it.
    pub outlet: Option<String>,
    /// Its text.
    pub text: String,
}

const CANDIDATE: &str = "
    SELECT a.sort_at, a.outlet, a.revision_id, b.codec, b.data
    FROM article AS a
    JOIN body AS b ON b.revision_id = a.revision_id
    WHERE a.id = :article";

/// An article as it is now; `None` when it is no longer there.
pub fn candidate(reader: &Reader, article: ArticleRow) -> Result<Option<Candidate>, Error> {
    let failed = || Error::sqlite("read an article");
    let mut statement = reader.connection.prepare_cached(CANDIDATE).map_err(failed())?;
    let read = |row: &Row<'_>| {
        let body: (i64, i64, Vec<u8>) = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((row.get(0)?, row.get(1)?, body))
    };
    let found = statement
        .query_row(named_params! { ":article": article.0 }, read)
        .optional()
        .map_err(failed())?;
    let Some((sort_at, outlet, (revision, codec, data))) = found else { return Ok(None) };
    Ok(Some(Candidate {
        sort_at,
        outlet,
        text: text::readable(&reader.connection, revision, codec, &data)?.unwrap_or_default(),
    }))
}

const HOLDERS: &str = "
    SELECT article_id
    FROM shingle
    WHERE period = :period AND hash = :hash
    ORDER BY article_id DESC
    LIMIT :limit";

/// Looks up who else has a hash.
pub struct Holders<'r> {
    statement: CachedStatement<'r>,
    periods: (i64, i64),
}

impl fmt::Debug for Holders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holders")
    }
}

const PERIODS: &str = "
    SELECT (SELECT min(period) FROM shingle), (SELECT max(period) FROM shingle)";

impl<'r> Holders<'r> {
    /// Prepares to look up in what `reader` sees.
    pub fn new(reader: &'r Reader) -> Result<Self, Error> {
        let failed = || Error::sqlite("look up near duplicates");
        let periods: (Option<i64>, Option<i64>) = reader
            .connection
            .prepare_cached(PERIODS)
            .and_then(|mut statement| statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))))
            .map_err(failed())?;
        let statement = reader.connection.prepare_cached(HOLDERS).map_err(failed())?;
        let periods = (periods.0.unwrap_or(i64::MAX), periods.1.unwrap_or(i64::MIN));
        Ok(Self { statement, periods })
    }

    /// Gives `each` the latest articles, at most `limit` of each stretch of time, that were
    /// published around `at` and have `hash`.
    pub fn each(
        &mut self,
        at: i64,
        hash: u32,
        limit: u32,
        mut each: impl FnMut(ArticleRow),
    ) -> Result<(), Error> {
        let failed = || Error::sqlite("look up near duplicates");
        let (first, last) = self.periods;
        for period in (period(at) - 1).max(first)..=(period(at) + 1).min(last) {
            let values = named_params! { ":period": period, ":hash": hash, ":limit": limit };
            let mut rows = self.statement.query(values).map_err(failed())?;
            while let Some(row) = rows.next().map_err(failed())? {
                each(ArticleRow(row.get(0).map_err(failed())?));
            }
        }
        Ok(())
    }
}

/// A hash of an article published at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shingle {
    period: i64,
    hash: u32,
    article: i64,
}

impl Shingle {
    /// A row of a sketch.
    pub fn new(article: ArticleRow, sort_at: i64, hash: u32) -> Self {
        Self { period: period(sort_at), hash, article: article.0 }
    }
}

const ADD: &str = "
    INSERT INTO shingle (period, hash, article_id)
    VALUES (:period, :hash, :article)
    ON CONFLICT DO NOTHING";

const REMOVE: &str = "
    DELETE FROM shingle
    WHERE period = :period AND hash = :hash AND article_id = :article";

/// Removes rows of old sketches and adds those of new ones. Both are sorted here: neighbors go to
/// one page.
pub fn replace(tx: &Tx<'_>, mut old: Vec<Shingle>, mut new: Vec<Shingle>) -> Result<(), Error> {
    let failed = || Error::sqlite("store a sketch");
    for (sql, rows) in [(REMOVE, &mut old), (ADD, &mut new)] {
        rows.sort_unstable();
        let mut statement = tx.connection.prepare_cached(sql).map_err(failed())?;
        for row in rows {
            statement
                .execute(named_params! {
                    ":period": row.period, ":hash": row.hash, ":article": row.article,
                })
                .map_err(failed())?;
        }
    }
    Ok(())
}

const STATE: &str = "SELECT seq FROM story_state WHERE version = :version";

/// How far the changes have been followed by `version` of the rules; `None` when by none or another.
pub fn watermark(reader: &Reader, version: u32) -> Result<Option<i64>, Error> {
    let mut statement = reader
        .connection
        .prepare_cached(STATE)
        .map_err(Error::sqlite("read how far stories are made"))?;
    statement
        .query_row(named_params! { ":version": version }, |row| row.get(0))
        .optional()
        .map_err(Error::sqlite("read how far stories are made"))
}

const SET_STATE: &str = "
    INSERT INTO story_state (id, seq, version)
    VALUES (1, :seq, :version)
    ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, version = excluded.version";

/// Stores how far the changes have been followed.
pub fn set_watermark(tx: &Tx<'_>, seq: i64, version: u32) -> Result<(), Error> {
    let failed = || Error::sqlite("store how far stories are made");
    let mut statement = tx.connection.prepare_cached(SET_STATE).map_err(failed())?;
    statement.execute(named_params! { ":seq": seq, ":version": version }).map_err(failed())?;
    Ok(())
}
