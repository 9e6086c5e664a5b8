//! Suspected gaps that are to be looked up elsewhere, and what was found there.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::coverage::evidence::Witnesses;
use crate::coverage::{Gap, Mark};
use crate::model::article::{IdentityKey, Source};
use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, FeedId, Reader, Tx};

/// Gaps looked up in one go; the rest is due again at the next look.
const DUE_MAX: u32 = 100;

/// A suspected gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// The row of its stretch.
    pub stretch: i64,
    /// The feed.
    pub feed: FeedId,
    /// From when until when.
    pub gap: Gap,
    /// By whom other sources are checked.
    pub witnesses: Witnesses,
    /// How often it was looked up.
    pub n_tries: u32,
}

const ADD: &str = "
    INSERT INTO repair (stretch_id, feed_id, before, after, next_at)
    VALUES (:stretch, :feed, :before, :after, :now)";

/// The gap in the row `stretch` of `feed` is to be looked up, from `now` on.
pub(super) fn add(
    tx: &Tx<'_>,
    stretch: i64,
    feed: FeedId,
    witnesses: &Witnesses,
    now: Timestamp,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store that a gap is to be looked up");
    tx.connection
        .prepare_cached(ADD)
        .map_err(failed())?
        .execute(named_params! {
            ":stretch": stretch,
            ":feed": feed.0,
            ":before": marks_to_json(&witnesses.before),
            ":after": marks_to_json(&witnesses.after),
            ":now": now.seconds(),
        })
        .map_err(failed())?;
    Ok(())
}

/// Marks as a JSON array of `[article, time]`.
pub(super) fn marks_to_json(marks: &[Mark]) -> String {
    let marks: Vec<_> = marks.iter().map(|mark| (mark.article, mark.at.seconds())).collect();
    serde_json::json!(marks).to_string()
}

/// The inverse of [`marks_to_json`]; what cannot be read back proves nothing, as an empty list.
pub(super) fn marks_from_json(json: &str) -> Vec<Mark> {
    let marks: Vec<(i64, i64)> = serde_json::from_str(json).unwrap_or_default();
    let mark = |(article, at)| Mark { article, at: Timestamp::from_seconds(at) };
    marks.into_iter().map(mark).collect()
}

const DUE: &str = "
    SELECT r.stretch_id, r.feed_id, s.from_at, s.to_at, r.before, r.after, r.n_tries
    FROM repair AS r INDEXED BY repair_due
    CROSS JOIN stretch AS s ON s.id = r.stretch_id
    CROSS JOIN feed AS f ON f.id = r.feed_id
    WHERE r.next_at IS NOT NULL AND r.next_at <= :now AND f.is_listed = 1 AND f.is_paused = 0
    ORDER BY r.next_at
    LIMIT :n";

/// The gaps of feeds that are polled that are due at `now`, longest due first.
pub fn due(reader: &Reader, now: Timestamp) -> Result<Vec<Suspect>, Error> {
    let failed = || Error::sqlite("look up which gaps are due");
    let mut statement = reader.connection.prepare_cached(DUE).map_err(failed())?;
    statement
        .query_map(named_params! { ":now": now.seconds(), ":n": DUE_MAX }, read_suspect)
        .and_then(Iterator::collect)
        .map_err(failed())
}

const CLOCK_SET_BACK: &str = "
    UPDATE repair
    SET next_at = :now
    WHERE feed_id = :feed AND next_at > :now AND tried_at > :now";

/// Makes due what was planned for `feed` while the clock was ahead of `now`.
pub fn clock_set_back(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("plan gaps anew");
    let mut statement = tx.connection.prepare_cached(CLOCK_SET_BACK).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":now": now.seconds() };
    statement.execute(values).map_err(failed())?;
    Ok(())
}

const OF_FEED: &str = "
    SELECT r.stretch_id, r.feed_id, s.from_at, s.to_at, r.before, r.after, r.n_tries
    FROM repair AS r INDEXED BY repair_by_feed
    CROSS JOIN stretch AS s ON s.id = r.stretch_id
    WHERE r.feed_id = :feed AND s.state = 'suspected' AND s.to_at >= :since
    ORDER BY s.from_at";

/// The suspected gaps of `feed` that end at or after `since`, oldest first, due or not.
pub fn of_feed(reader: &Reader, feed: FeedId, since: Timestamp) -> Result<Vec<Suspect>, Error> {
    let failed = || Error::sqlite("read the gaps of a feed");
    let mut statement = reader.connection.prepare_cached(OF_FEED).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":since": since.seconds() };
    statement.query_map(values, read_suspect).and_then(Iterator::collect).map_err(failed())
}

fn read_suspect(row: &Row<'_>) -> rusqlite::Result<Suspect> {
    let moment = |index| row.get(index).map(Timestamp::from_seconds);
    let marks = |index| row.get::<_, String>(index).map(|json| marks_from_json(&json));
    Ok(Suspect {
        stretch: row.get(0)?,
        feed: FeedId(row.get(1)?),
        gap: Gap { from: moment(2)?, to: moment(3)? },
        witnesses: Witnesses { before: marks(4)?, after: marks(5)? },
        n_tries: row.get(6)?,
    })
}

const TRIED: &str = "
    UPDATE repair
    SET n_tries = :n_tries, tried_at = :now, next_at = :next_at, result = :result
    WHERE stretch_id = :stretch";

/// What came of looking up a gap.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'t> {
    /// In words: what proves that it is filled, or why nothing does.
    pub result: &'t str,
    /// When it is looked up again.
    pub next_at: Option<Timestamp>,
}

/// Stores that `suspect` was looked up at `now`.
pub fn tried(
    tx: &Tx<'_>,
    suspect: &Suspect,
    tried: Tried<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store that a gap was looked up");
    tx.connection
        .prepare_cached(TRIED)
        .map_err(failed())?
        .execute(named_params! {
            ":stretch": suspect.stretch,
            ":n_tries": suspect.n_tries + 1,
            ":now": now.seconds(),
            ":next_at": tried.next_at.map(Timestamp::seconds),
            ":result": tried.result,
        })
        .map_err(failed())?;
    Ok(())
}

const MEND: &str = "
    UPDATE stretch
    SET state = 'repaired', repaired_by = :by
    WHERE id = :stretch AND state = 'suspected'";

/// Stores that `by` filled a gap.
pub fn mend(tx: &Tx<'_>, suspect: &Suspect, by: &str) -> Result<(), Error> {
    let failed = || Error::sqlite("store that a gap is filled");
    let mut statement = tx.connection.prepare_cached(MEND).map_err(failed())?;
    let values = named_params! { ":stretch": suspect.stretch, ":by": by };
    statement.execute(values).map_err(failed())?;
    Ok(())
}

const KEYS: &str = "SELECT key FROM identity_key WHERE article_id = :article";

/// By what an article is known.
pub fn keys(tx: &Tx<'_>, article: ArticleRow) -> Result<Vec<IdentityKey>, Error> {
    let failed = || Error::sqlite("read the keys of an article");
    let mut statement = tx.connection.prepare_cached(KEYS).map_err(failed())?;
    statement
        .query_map(named_params! { ":article": article.0 }, |row| {
            row.get(0).map(IdentityKey::from_stored)
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

/// Another feed of the same outlet, of which everything within a gap was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// Its row.
    pub feed: FeedId,
    /// Its name.
    pub name: String,
    /// From when on everything was seen.
    pub since: Timestamp,
}

const SIBLINGS: &str = "
    SELECT f.id, f.name, max(s.from_at)
    FROM feed AS f
    JOIN stretch AS s ON s.feed_id = f.id
    WHERE f.outlet = (SELECT outlet FROM feed WHERE id = :feed)
        AND f.id <> :feed
        AND s.state IN ('complete', 'repaired')
        AND s.from_at <= :from
        AND s.to_at >= :to
    GROUP BY f.id
    ORDER BY f.id";

/// The other feeds of the outlet of `feed` whose ledger is complete over `gap`.
pub fn siblings(tx: &Tx<'_>, feed: FeedId, gap: Gap) -> Result<Vec<Sibling>, Error> {
    let failed = || Error::sqlite("look up the other feeds of an outlet");
    let mut statement = tx.connection.prepare_cached(SIBLINGS).map_err(failed())?;
    let values = named_params! {
        ":feed": feed.0, ":from": gap.from.seconds(), ":to": gap.to.seconds(),
    };
    statement
        .query_map(values, |row| {
            let since = Timestamp::from_seconds(row.get(2)?);
            Ok(Sibling { feed: FeedId(row.get(0)?), name: row.get(1)?, since })
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

const IS_SEEN: &str = "
    SELECT EXISTS (SELECT 1 FROM sighting WHERE feed_id = :feed AND article_id = :article)";

/// Whether `feed` ever listed `article`.
pub fn is_seen(tx: &Tx<'_>, feed: FeedId, article: ArticleRow) -> Result<bool, Error> {
    let failed = || Error::sqlite("look up a sighting");
    let mut statement = tx.connection.prepare_cached(IS_SEEN).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":article": article.0 };
    statement.query_row(values, |row| row.get(0)).map_err(failed())
}

/// Where an article was found that no poll saw.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'f> {
    /// For which feed it was looked for.
    pub feed: FeedId,
    /// In what.
    pub source: Source,
    /// The document.
    pub url: &'f str,
}

const FIND: &str = "
    INSERT INTO finding (article_id, feed_id, source, url, at)
    VALUES (:article, :feed, :source, :url, :now)
    ON CONFLICT DO NOTHING";

/// Stores where `article` was found.
pub fn found(
    tx: &Tx<'_>,
    article: ArticleRow,
    finding: Finding<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store where an article was found");
    tx.connection
        .prepare_cached(FIND)
        .map_err(failed())?
        .execute(named_params! {
            ":article": article.0,
            ":feed": finding.feed.0,
            ":source": finding.source.as_str(),
            ":url": finding.url,
            ":now": now.seconds(),
        })
        .map_err(failed())?;
    Ok(())
}

const LISTED_KEYS: &str = "
    SELECT k.key
    FROM sighting AS s INDEXED BY sighting_listed
    JOIN identity_key AS k ON k.article_id = s.article_id
    WHERE s.feed_id = :feed AND s.left_at IS NULL";

/// By what the articles are known that `feed` lists now.
pub fn listed_keys(tx: &Tx<'_>, feed: FeedId) -> Result<Vec<IdentityKey>, Error> {
    let failed = || Error::sqlite("read what a feed listed");
    let mut statement = tx.connection.prepare_cached(LISTED_KEYS).map_err(failed())?;
    statement
        .query_map(named_params! { ":feed": feed.0 }, |row| {
            row.get(0).map(IdentityKey::from_stored)
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

const OLDER: &str = "SELECT older_url FROM edge WHERE feed_id = :feed";

/// Where `feed` says its older entries are.
pub fn older_url(tx: &Tx<'_>, feed: FeedId) -> Result<Option<String>, Error> {
    let failed = || Error::sqlite("read where older entries are");
    let mut statement = tx.connection.prepare_cached(OLDER).map_err(failed())?;
    let url = statement.query_row(named_params! { ":feed": feed.0 }, |row| row.get(0)).optional();
    Ok(url.map_err(failed())?.flatten())
}

/// How far a backfill came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// From when on it wants everything.
    pub since: Timestamp,
    /// The document to read next.
    pub url: String,
}

const BOOKMARK: &str = "SELECT since_at, url FROM backfill WHERE feed_id = :feed";

/// Where a backfill of `feed` that did not end goes on.
pub fn bookmark(tx: &Tx<'_>, feed: FeedId) -> Result<Option<Bookmark>, Error> {
    let failed = || Error::sqlite("read how far a backfill came");
    let mut statement = tx.connection.prepare_cached(BOOKMARK).map_err(failed())?;
    statement
        .query_row(named_params! { ":feed": feed.0 }, |row| {
            let since = Timestamp::from_seconds(row.get(0)?);
            Ok(Bookmark { since, url: row.get(1)? })
        })
        .optional()
        .map_err(failed())
}

const SET_BOOKMARK: &str = "
    INSERT INTO backfill (feed_id, since_at, url)
    VALUES (:feed, :since, :url)
    ON CONFLICT (feed_id) DO UPDATE SET since_at = excluded.since_at, url = excluded.url";

const DROP_BOOKMARK: &str = "DELETE FROM backfill WHERE feed_id = :feed";

/// Keeps how far a backfill of `feed` came; `None` when it has ended.
pub fn set_bookmark(tx: &Tx<'_>, feed: FeedId, bookmark: Option<&Bookmark>) -> Result<(), Error> {
    let failed = || Error::sqlite("store how far a backfill came");
    let Some(Bookmark { since, url }) = bookmark else {
        let mut statement = tx.connection.prepare_cached(DROP_BOOKMARK).map_err(failed())?;
        statement.execute(named_params! { ":feed": feed.0 }).map_err(failed())?;
        return Ok(());
    };
    let mut statement = tx.connection.prepare_cached(SET_BOOKMARK).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":since": since.seconds(), ":url": url };
    statement.execute(values).map_err(failed())?;
    Ok(())
}
