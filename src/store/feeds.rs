//! Feeds in the archive: the feed list as last read, and what is due.

use rusqlite::{OptionalExtension as _, named_params};

use crate::model::feed::Feed;
use crate::model::time::Timestamp;
use crate::store::{Error, FeedId, Reader, Tx};

const UNLIST_ALL: &str = "UPDATE feed SET is_listed = 0 WHERE is_listed = 1";

const KNOWN: &str = "SELECT id, url FROM feed WHERE name = :name";

const PUT: &str = "
    INSERT INTO feed (name, url, outlet, section, tags, language, country, is_listed, is_paused, added_at)
    VALUES (:name, :url, :outlet, :section, :tags, :language, :country, 1, :is_paused, :now)
    ON CONFLICT (name) DO UPDATE SET
        url = excluded.url, outlet = excluded.outlet, section = excluded.section,
        tags = excluded.tags, language = excluded.language, country = excluded.country,
        is_listed = 1, is_paused = excluded.is_paused
    RETURNING id";

/// A feed with another address knows nothing of the old one's validators.
const FORGET: &str = "DELETE FROM poll_state WHERE feed_id = :feed";

/// Makes the archive's feeds those of the list; feeds no longer listed keep their articles.
/// Returns the row of every feed, in the order of the list.
pub fn sync(tx: &Tx<'_>, feeds: &[Feed], now: Timestamp) -> Result<Vec<FeedId>, Error> {
    let failed = || Error::sqlite("store the feed list");
    let known = |name: &str| {
        let mut statement = tx.connection.prepare_cached(KNOWN)?;
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        statement.query_row(named_params! { ":name": name }, row).optional()
    };
    tx.connection.execute(UNLIST_ALL, []).map_err(failed())?;
    let mut ids = Vec::with_capacity(feeds.len());
    for feed in feeds {
        if let Some((id, url)) = known(&feed.name).map_err(failed())?
            && url != feed.url
        {
            tx.connection.execute(FORGET, named_params! { ":feed": id }).map_err(failed())?;
        }
        ids.push(put(tx, feed, now).map_err(failed())?);
    }
    Ok(ids)
}

fn put(tx: &Tx<'_>, feed: &Feed, now: Timestamp) -> rusqlite::Result<FeedId> {
    tx.connection.prepare_cached(PUT)?.query_row(
        named_params! {
            ":name": feed.name,
            ":url": feed.url,
            ":outlet": feed.outlet,
            ":section": feed.section,
            ":tags": crate::store::articles::to_json(&feed.tags).unwrap_or_else(|| "[]".to_owned()),
            ":language": feed.language,
            ":country": feed.country,
            ":is_paused": feed.is_paused,
            ":now": now.seconds(),
        },
        |row| row.get(0).map(FeedId),
    )
}

const DUE: &str = "
    SELECT f.id
    FROM feed AS f
    LEFT JOIN poll_state AS p ON p.feed_id = f.id
    WHERE f.is_listed = 1 AND f.is_paused = 0 AND coalesce(p.next_poll_at, 0) <= :now
    ORDER BY coalesce(p.interval_s, 0), coalesce(p.next_poll_at, 0), f.id";

/// The feeds to poll at `now`, those with the shortest interval first.
pub fn due(reader: &Reader, now: Timestamp) -> Result<Vec<FeedId>, Error> {
    let failed = || Error::sqlite("look up due feeds");
    let mut statement = reader.connection.prepare_cached(DUE).map_err(failed())?;
    let rows = statement
        .query_map(named_params! { ":now": now.seconds() }, |row| row.get(0).map(FeedId))
        .map_err(failed())?;
    rows.collect::<Result<_, _>>().map_err(failed())
}

const NEXT: &str = "
    SELECT min(coalesce(p.next_poll_at, 0))
    FROM feed AS f
    LEFT JOIN poll_state AS p ON p.feed_id = f.id
    WHERE f.is_listed = 1 AND f.is_paused = 0";

/// When the next feed is due; `None` when there is no feed to poll.
pub fn next_due(reader: &Reader) -> Result<Option<Timestamp>, Error> {
    let seconds: Option<i64> = reader
        .connection
        .query_row(NEXT, [], |row| row.get(0))
        .map_err(Error::sqlite("look up the next due feed"))?;
    Ok(seconds.map(Timestamp::from_seconds))
}
