//! Feeds of the other archive, with their polls and coverage.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, named_params};

use crate::store::incoming::{FAILED, all, put};
use crate::store::{Error, Reader, Tx};

/// A feed of the other archive, and which of ours it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Its row there.
    pub theirs: i64,
    /// Its row here.
    pub ours: i64,
    /// It was not here.
    pub is_new: bool,
}

const THEIR_FEEDS: &str = "
    SELECT id, name, url, outlet, section, tags, language, country, title, added_at, fulltext,
           revisit
    FROM feed
    WHERE id > ?1
    ORDER BY id";

const THEIR_FETCHES: &str = "
    SELECT at, outcome, status, final_url, failure, reason, size_bytes, duration_ms, n_entries,
           n_new, n_revised, warnings, n_overlap, pushed_by
    FROM fetch
    WHERE feed_id = ?1
    ORDER BY id";

const THEIR_STRETCHES: &str = "
    SELECT from_at, to_at, state, repaired_by
    FROM stretch
    WHERE feed_id = ?1
    ORDER BY id";

/// The feeds of the other archive.
pub fn their_feeds(other: &Reader) -> Result<Vec<Vec<Value>>, Error> {
    all(&other.connection, THEIR_FEEDS, -1)
}

const SAME_FEED: &str = "
    SELECT id
    FROM feed
    WHERE url = :url OR name = :name
    ORDER BY url = :url DESC
    LIMIT 1";

const ADD_FEED: &str = "
    INSERT INTO feed (name, url, outlet, section, tags, language, country, title, added_at,
                      fulltext, revisit, is_listed, is_paused)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 0)";

const ADD_FETCH: &str = "
    INSERT INTO fetch (feed_id, at, outcome, status, final_url, failure, reason, size_bytes,
                       duration_ms, n_entries, n_new, n_revised, warnings, n_overlap, pushed_by)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

const ADD_STRETCH: &str = "
    INSERT INTO stretch (feed_id, from_at, to_at, state, repaired_by)
    VALUES (?1, ?2, ?3, ?4, ?5)";

/// Finds a feed of the other archive among ours, by its address or else its name, or adds it with
/// its polls and its coverage; it is not polled until the feed list says so.
pub fn take_feed(tx: &Tx<'_>, other: &Reader, feed: &[Value]) -> Result<Taken, Error> {
    let failed = || Error::sqlite(FAILED);
    let (Value::Integer(theirs), Some(columns)) = (&feed[0], feed.get(1..)) else {
        return Err(Error::Fault("a feed without its columns".to_owned()));
    };
    let found: Option<i64> = tx
        .connection
        .prepare_cached(SAME_FEED)
        .and_then(|mut statement| {
            let values = named_params! { ":name": columns[0], ":url": columns[1] };
            statement.query_row(values, |row| row.get(0)).optional()
        })
        .map_err(failed())?;
    if let Some(ours) = found {
        return Ok(Taken { theirs: *theirs, ours, is_new: false });
    }
    put(tx, ADD_FEED, columns)?;
    let ours = tx.connection.last_insert_rowid();
    for (read, write) in [(THEIR_FETCHES, ADD_FETCH), (THEIR_STRETCHES, ADD_STRETCH)] {
        for row in all(&other.connection, read, *theirs)? {
            put(tx, write, &[&[Value::Integer(ours)][..], &row].concat())?;
        }
    }
    Ok(Taken { theirs: *theirs, ours, is_new: true })
}
