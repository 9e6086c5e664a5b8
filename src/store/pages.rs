//! The pages of articles: which are due, and what came of reading each.

use std::collections::HashSet;

use rusqlite::{Row, named_params};

use crate::model::time::Timestamp;
use crate::store::articles::to_json;
use crate::store::pages::state::State;
use crate::store::{ArticleRow, Error, FeedId, Reader, Tx};

pub mod moves;
pub mod state;

const ANNOUNCE: &str = "
    INSERT INTO page (article_id, feed_id, url, site, since, next_page_at, next_reason)
    VALUES (:article, :feed, :url, :site, :since, :now, 'not read yet')
    ON CONFLICT (article_id) DO UPDATE SET
        feed_id = excluded.feed_id, url = excluded.url, site = excluded.site, etag = NULL,
        last_modified = NULL, body_hash = NULL, unread_hash = NULL
        WHERE feed_id NOT IN (
            SELECT id
            FROM feed
            WHERE is_listed = 1 AND is_paused = 0 AND fulltext = 'auto')";

/// A page that a feed announces.
#[derive(Debug, Clone, Copy)]
pub struct Announced<'p> {
    /// Its article.
    pub article: ArticleRow,
    /// The feed, whose wishes hold for it.
    pub feed: FeedId,
    /// Its address.
    pub url: &'p str,
    /// What its host is counted under.
    pub site: &'p str,
    /// When the article began.
    pub since: Timestamp,
}

/// Takes up a page, to be read at once; one that is known becomes this feed's when the feed that it
/// belongs to is not polled any more.
pub fn announce(tx: &Tx<'_>, page: &Announced<'_>, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("take up a page");
    let mut statement = tx.connection.prepare_cached(ANNOUNCE).map_err(failed())?;
    statement
        .execute(named_params! {
            ":article": page.article.0,
            ":feed": page.feed.0,
            ":url": page.url,
            ":site": page.site,
            ":since": page.since.seconds(),
            ":now": now.seconds(),
        })
        .map_err(failed())?;
    Ok(())
}

const WAKE: &str = "
    UPDATE page
    SET next_page_at = max(:now, coalesce(last_page_at, 0) + :pause), next_reason = 'the feed changed'
    WHERE article_id = :article
        AND n_failures = 0
        AND coalesce(next_page_at, :never) > max(:now, coalesce(last_page_at, 0) + :pause)";

/// Makes the page of `article` due, because its feed says something else; not within `pause` seconds
/// of its last reading.
pub fn wake(tx: &Tx<'_>, article: ArticleRow, pause: u64, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("make a page due");
    let mut statement = tx.connection.prepare_cached(WAKE).map_err(failed())?;
    let pause = i64::try_from(pause).unwrap_or(i64::MAX);
    statement
        .execute(named_params! {
            ":article": article.0, ":pause": pause, ":now": now.seconds(), ":never": i64::MAX,
        })
        .map_err(failed())?;
    Ok(())
}

const CLOCK_SET_BACK: &str = "
    UPDATE page
    SET next_page_at = :now
    WHERE feed_id = :feed AND next_page_at > :now AND last_page_at > :now";

/// Makes due what was planned for pages of `feed` while the clock was ahead of `now`.
pub fn clock_set_back(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("plan pages anew");
    let mut statement = tx.connection.prepare_cached(CLOCK_SET_BACK).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":now": now.seconds() };
    statement.execute(values).map_err(failed())?;
    Ok(())
}

// Each feed by itself, so that one with many due pages is found no later than one with few. Of pages
// due in the same second the one not read for longest comes first.
const DUE: &str = "
    SELECT p.article_id, p.site, f.id
    FROM feed AS f
    JOIN page AS p ON p.article_id = (
        SELECT article_id
        FROM page
        WHERE feed_id = f.id AND next_page_at <= :now
        ORDER BY next_page_at, last_page_at
        LIMIT 1)
    WHERE f.is_listed = 1 AND f.is_paused = 0 AND f.fulltext = 'auto'";

const DUE_OF_FEED: &str = "
    SELECT article_id, site
    FROM page
    WHERE feed_id = :feed AND next_page_at <= :now
    ORDER BY next_page_at, last_page_at";

/// A page to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its article.
    pub article: ArticleRow,
    /// What its host is counted under.
    pub site: String,
}

/// The page of each feed that has waited longest, of those due at `now` and not among `but`.
pub fn due(reader: &Reader, now: Timestamp, but: &HashSet<ArticleRow>) -> Result<Vec<Due>, Error> {
    let failed = || Error::sqlite("look up due pages");
    let connection = &reader.connection;
    let mut firsts = connection.prepare_cached(DUE).map_err(failed())?;
    let mut of_feed = connection.prepare_cached(DUE_OF_FEED).map_err(failed())?;
    let mut next = |feed: i64| {
        let mut rows = of_feed.query(named_params! { ":feed": feed, ":now": now.seconds() })?;
        while let Some(row) = rows.next()? {
            let due = to_due(row)?;
            if !but.contains(&due.article) {
                return Ok(Some(due));
            }
        }
        Ok(None)
    };
    firsts
        .query_and_then(named_params! { ":now": now.seconds() }, |row| {
            let first = to_due(row)?;
            if but.contains(&first.article) { next(row.get(2)?) } else { Ok(Some(first)) }
        })
        .and_then(|found| found.filter_map(Result::transpose).collect())
        .map_err(failed())
}

fn to_due(row: &Row<'_>) -> rusqlite::Result<Due> {
    Ok(Due { article: ArticleRow(row.get(0)?), site: row.get(1)? })
}

/// A reading of a page as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// What came of it.
    pub outcome: &'static str,
    /// The HTTP status.
    pub status: Option<u16>,
    /// Where the answer came from, when not from the address of the page.
    pub final_url: Option<String>,
    /// How much of the article the page gave.
    pub access: Option<&'static str>,
    /// Why it failed.
    pub reason: Option<String>,
    /// What its publisher reserves, in words.
    pub reserved: Vec<String>,
    /// The licence it names, by its address or else by name.
    pub license: Option<String>,
}

const GROW: &str = "
    UPDATE page_fetch
    SET last_at = :at, n = n + 1
    WHERE id = (SELECT max(id) FROM page_fetch WHERE article_id = :article)
        AND outcome = :outcome AND status IS :status AND final_url IS :final_url
        AND access IS :access AND reason IS :reason AND reserved IS :reserved
        AND license IS :license";

const RECORD: &str = "
    INSERT INTO page_fetch (
        article_id, at, last_at, outcome, status, final_url, access, reason, reserved,
        license)
    VALUES (
        :article, :at, :at, :outcome, :status, :final_url, :access, :reason, :reserved, :license)";

/// Records what came of reading the page of `article`.
pub fn record(
    tx: &Tx<'_>,
    article: ArticleRow,
    recorded: &Recorded,
    at: Timestamp,
) -> Result<(), Error> {
    let failed = || Error::sqlite("record a reading");
    let reserved = to_json(&recorded.reserved);
    let values = named_params! {
        ":article": article.0,
        ":at": at.seconds(),
        ":outcome": recorded.outcome,
        ":status": recorded.status,
        ":final_url": recorded.final_url,
        ":access": recorded.access,
        ":reason": recorded.reason,
        ":reserved": reserved,
        ":license": recorded.license,
    };
    let grown = tx
        .connection
        .prepare_cached(GROW)
        .and_then(|mut statement| statement.execute(values))
        .map_err(failed())?;
    if grown == 0 {
        tx.connection
            .prepare_cached(RECORD)
            .and_then(|mut statement| statement.execute(values))
            .map_err(failed())?;
    }
    Ok(())
}

const SITE_FAILED: &str = "
    INSERT INTO page_site (site, n_failures)
    VALUES (:site, 1)
    ON CONFLICT (site) DO UPDATE SET n_failures = n_failures + 1
    RETURNING n_failures";

/// Counts that a host could not be reached; says how many times in a row.
pub fn site_failed(tx: &Tx<'_>, site: &str) -> Result<u32, Error> {
    let failed = || Error::sqlite("count a failure of a host");
    let mut statement = tx.connection.prepare_cached(SITE_FAILED).map_err(failed())?;
    statement.query_row(named_params! { ":site": site }, |row| row.get(0)).map_err(failed())
}

const SITE_ANSWERED: &str = "DELETE FROM page_site WHERE site = :site";

/// Forgets that a host could not be reached.
pub fn site_answered(tx: &Tx<'_>, site: &str) -> Result<(), Error> {
    let failed = || Error::sqlite("forget the failures of a host");
    let mut statement = tx.connection.prepare_cached(SITE_ANSWERED).map_err(failed())?;
    statement.execute(named_params! { ":site": site }).map_err(failed())?;
    Ok(())
}

const REST: &str = "
    UPDATE page
    SET next_page_at = :until, next_reason = :reason
    WHERE feed_id = :feed AND next_page_at < :until AND site = :site";

/// Puts off what is due of a feed at one host.
pub fn rest(tx: &Tx<'_>, state: &State, until: Timestamp, reason: &str) -> Result<(), Error> {
    let failed = || Error::sqlite("put off the pages of a host");
    let mut statement = tx.connection.prepare_cached(REST).map_err(failed())?;
    statement
        .execute(named_params! {
            ":feed": state.feed.0, ":site": state.site, ":until": until.seconds(), ":reason": reason,
        })
        .map_err(failed())?;
    Ok(())
}
