//! Feeds in the archive: the feed list as last read, and what is due.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{Row, named_params};

use crate::model::feed::{Feed, Fulltext};
use crate::model::time::Timestamp;
use crate::normalize::url;
use crate::store::succession::{self, Address};
use crate::store::{Error, FeedId, Reader, Tx, outlets, pages};

const UNLIST: &str = "UPDATE feed SET is_listed = 0 WHERE id = :feed";

const KNOWN: &str = "
    SELECT f.name, f.id, f.url, p.moved_to, f.is_listed,
           json_array(f.outlet, f.section, f.tags, f.language, f.country, f.fulltext, f.revisit,
               f.is_paused),
           f.outlet
    FROM feed AS f
    LEFT JOIN poll_state AS p ON p.feed_id = f.id";

const PUT: &str = "
    INSERT INTO feed (
        name, url, outlet, section, tags, language, country, fulltext, revisit, is_listed, is_paused,
        added_at)
    VALUES (:name, :url, :outlet, :section, :tags, :language, :country, :fulltext, :revisit, 1, :is_paused, :now)
    ON CONFLICT (name) DO UPDATE SET
        url = excluded.url, outlet = excluded.outlet, section = excluded.section,
        tags = excluded.tags, language = excluded.language, country = excluded.country,
        fulltext = excluded.fulltext, revisit = excluded.revisit,
        is_listed = 1, is_paused = excluded.is_paused
    RETURNING id";

/// What a feed lists counts as new to it, so that the pages of its entries are announced.
const LOOK_ANEW: [&str; 2] = [
    "UPDATE sighting
     SET entry_hash = randomblob(length(entry_hash))
     WHERE left_at IS NULL
         AND feed_id = (SELECT id FROM feed WHERE name = :name AND fulltext <> 'auto')",
    "UPDATE poll_state
     SET etag = NULL, last_modified = NULL, body_hash = NULL, body_check = NULL
     WHERE feed_id = (SELECT id FROM feed WHERE name = :name AND fulltext <> 'auto')",
];

/// Makes the archive's feeds those of the list; feeds no longer listed keep their articles.
/// Returns the row of every feed, in the order of the list.
pub fn sync(tx: &Tx<'_>, feeds: &[Feed], now: Timestamp) -> Result<Vec<FeedId>, Error> {
    let failed = || Error::sqlite("store the feed list");
    let mut known = known(tx).map_err(failed())?;
    let owners: HashMap<String, String> =
        known.iter().map(|(name, known)| (url::key(&known.url), name.clone())).collect();
    rename_outlets(tx, &known, feeds)?;
    for feed in feeds {
        if !feed.replaces.is_empty() || !known.contains_key(&feed.name) {
            succeed(tx, feed, feeds, &mut known)?;
        }
    }
    let mut ids = Vec::with_capacity(feeds.len());
    for feed in feeds {
        let own = known.get(&feed.name);
        // A GUID is unique within the outlet, and now within another one.
        if let Some(own) = own.filter(|own| own.scope(&feed.name) != feed.identity_scope()) {
            succession::rekey(tx, own.id, feed)?;
        }
        // A feed that is as it was is not written: most starts change nothing.
        let id = match known.remove(&feed.name) {
            Some(own) if own.is_listed && own.says == says(feed) && own.url == feed.url => own.id,
            Some(own) => {
                if own.url != feed.url {
                    let owner = owners.get(&url::key(&feed.url));
                    let change = match &own.moved_to {
                        Some(moved_to) if *moved_to == feed.url => Address::Followed,
                        _ if owner.is_some_and(|owner| *owner != feed.name) => Address::OfAnother,
                        _ => Address::Corrected,
                    };
                    succession::readdress(tx, own.id, change)?;
                }
                retry(tx, own.id, now)?;
                put(tx, feed, now).map_err(failed())?
            }
            None => put(tx, feed, now).map_err(failed())?,
        };
        ids.push(id);
    }
    for left in known.values().filter(|known| known.is_listed) {
        let values = named_params! { ":feed": left.id.0 };
        tx.connection.execute(UNLIST, values).map_err(failed())?;
    }
    pages::moves::hand_over(tx)?;
    Ok(ids)
}

const RETRY: &str = "
    UPDATE poll_state
    SET next_poll_at = :now, next_reason = 'what is said of it changed'
    WHERE feed_id = :feed AND failing_since IS NOT NULL AND last_outcome <> 'throttled'
        AND next_poll_at > :now";

/// Makes `feed` due if it fails: its owner changed what may have been the reason. One that was told
/// to wait waits.
pub fn retry(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<(), Error> {
    let values = named_params! { ":feed": feed.0, ":now": now.seconds() };
    let retried = tx.connection.execute(RETRY, values);
    retried.map(drop).map_err(Error::sqlite("make a feed due"))
}

/// Whether the list has `feed` at the address `url`.
pub fn is_at(tx: &Tx<'_>, feed: FeedId, url: &str) -> Result<bool, Error> {
    const IS_AT: &str = "SELECT EXISTS (SELECT 1 FROM feed WHERE id = :feed AND url = :url)";
    tx.connection
        .prepare_cached(IS_AT)
        .and_then(|mut statement| {
            let values = named_params! { ":feed": feed.0, ":url": url };
            statement.query_row(values, |row| row.get(0))
        })
        .map_err(Error::sqlite("look up the address of a feed"))
}

/// Lets articles follow an outlet to its new name.
fn rename_outlets(
    tx: &Tx<'_>,
    known: &HashMap<String, Known>,
    feeds: &[Feed],
) -> Result<(), Error> {
    let before: Vec<(&str, &str)> = known
        .iter()
        .filter(|(_, known)| known.is_listed)
        .filter_map(|(name, known)| Some((name.as_str(), known.outlet.as_deref()?)))
        .collect();
    for (old, new) in outlets::renamed(&before, feeds) {
        outlets::rename(tx, old, new)?;
    }
    Ok(())
}

/// Gives `feed` the history of those it replaces, unless `feeds` still lists them as well. A new name
/// at the address of one that is listed no more is that one.
fn succeed(
    tx: &Tx<'_>,
    feed: &Feed,
    feeds: &[Feed],
    known: &mut HashMap<String, Known>,
) -> Result<(), Error> {
    let mut replaced: Vec<String> = feed.replaces.iter().map(|url| url::key(url)).collect();
    if !known.contains_key(&feed.name) {
        replaced.push(url::key(&feed.url));
    }
    let is_listed = |name: &str| feeds.iter().any(|feed| feed.name == *name);
    let is_former = |name: &String, known: &Known| {
        let is_free = if *name == feed.name { known.url != feed.url } else { !is_listed(name) };
        is_free && replaced.contains(&url::key(&known.url))
    };
    let formers = known.iter().filter(|(name, known)| is_former(name, known));
    let mut formers: Vec<(FeedId, String)> =
        formers.map(|(name, known)| (known.id, name.clone())).collect();
    // Its own row first, then the one with the longest history.
    formers.sort_by_key(|(id, name)| (*name != feed.name, id.0));
    for (id, name) in formers {
        if let Some(own) = known.get(&feed.name).filter(|_| name != feed.name) {
            succession::merge(tx, id, own.id, feed)?;
            continue;
        }
        succession::rename(tx, id, feed)?;
        if let Some(former) = known.remove(&name) {
            known.insert(feed.name.clone(), Known { url: feed.url.clone(), ..former });
        }
    }
    Ok(())
}

const LISTED_AT: &str = "SELECT name, url FROM feed WHERE is_listed AND id <> :feed";

/// The name of another feed than `feed` that is listed at `url`.
pub fn other_at(tx: &Tx<'_>, feed: FeedId, url: &str) -> Result<Option<String>, Error> {
    let failed = || Error::sqlite("look up the feed at an address");
    let key = url::key(url);
    let mut statement = tx.connection.prepare_cached(LISTED_AT).map_err(failed())?;
    let listed: Vec<(String, String)> = statement
        .query_map(named_params! { ":feed": feed.0 }, |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .map_err(failed())?;
    Ok(listed.into_iter().find(|(_, url)| url::key(url) == key).map(|(name, _)| name))
}

/// A feed as the archive has it.
struct Known {
    id: FeedId,
    url: String,
    moved_to: Option<String>,
    is_listed: bool,
    outlet: Option<String>,
    /// Its other columns, as [`says`] writes them.
    says: String,
}

impl Known {
    /// Its [`Feed::identity_scope`].
    fn scope<'k>(&'k self, name: &'k str) -> &'k str {
        self.outlet.as_deref().unwrap_or(name)
    }
}

fn known(tx: &Tx<'_>) -> rusqlite::Result<HashMap<String, Known>> {
    let mut statement = tx.connection.prepare_cached(KNOWN)?;
    let rows = statement.query_map([], |row| {
        let known = Known {
            id: FeedId(row.get(1)?),
            url: row.get(2)?,
            moved_to: row.get(3)?,
            is_listed: row.get(4)?,
            outlet: row.get(6)?,
            says: row.get(5)?,
        };
        Ok((row.get(0)?, known))
    })?;
    rows.collect()
}

/// What the list says of a feed besides its address, as `json_array` writes it.
fn says(feed: &Feed) -> String {
    serde_json::json!([
        feed.outlet,
        feed.section,
        tags(feed),
        feed.language,
        feed.country,
        feed.fulltext.as_str(),
        feed.revisit.as_str(),
        u8::from(feed.is_paused),
    ])
    .to_string()
}

fn tags(feed: &Feed) -> String {
    crate::store::articles::to_json(&feed.tags).unwrap_or_else(|| "[]".to_owned())
}

fn put(tx: &Tx<'_>, feed: &Feed, now: Timestamp) -> rusqlite::Result<FeedId> {
    if feed.fulltext == Fulltext::Auto {
        for sql in LOOK_ANEW {
            tx.connection.prepare_cached(sql)?.execute(named_params! { ":name": feed.name })?;
        }
    }
    tx.connection.prepare_cached(PUT)?.query_row(
        named_params! {
            ":name": feed.name,
            ":url": feed.url,
            ":outlet": feed.outlet,
            ":section": feed.section,
            ":tags": tags(feed),
            ":language": feed.language,
            ":country": feed.country,
            ":fulltext": feed.fulltext.as_str(),
            ":revisit": feed.revisit.as_str(),
            ":is_paused": feed.is_paused,
            ":now": now.seconds(),
        },
        |row| row.get(0).map(FeedId),
    )
}

const NAMES: &str = "SELECT name FROM feed ORDER BY id";

/// The names of all feeds that were ever in the list.
pub fn names(reader: &Reader) -> Result<Vec<String>, Error> {
    let failed = || Error::sqlite("read the names of feeds");
    let mut statement = reader.connection.prepare_cached(NAMES).map_err(failed())?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(failed())?;
    rows.collect::<Result<_, _>>().map_err(failed())
}

const EVER_LISTED: &str = "SELECT id, name, outlet FROM feed ORDER BY id";

/// Row, name and outlet of all feeds that were ever in the list.
pub fn ever_listed(reader: &Reader) -> Result<Vec<(FeedId, String, Option<String>)>, Error> {
    let failed = || Error::sqlite("read the feeds");
    let mut statement = reader.connection.prepare_cached(EVER_LISTED).map_err(failed())?;
    statement
        .query_map([], |row| Ok((FeedId(row.get(0)?), row.get(1)?, row.get(2)?)))
        .and_then(Iterator::collect)
        .map_err(failed())
}

const DUE: &str = "
    SELECT f.id
    FROM feed AS f
    LEFT JOIN poll_state AS p ON p.feed_id = f.id
    WHERE f.is_listed = 1 AND f.is_paused = 0
        AND (coalesce(p.next_poll_at, 0) <= :now OR p.last_poll_at > :ahead)
    ORDER BY coalesce(p.interval_s, 0), coalesce(p.next_poll_at, 0), f.id";

/// A last poll that lies further ahead than this was made before the clock was set back, and so the
/// next one may lie far too far ahead.
pub const AHEAD_MAX: Duration = Duration::from_secs(300);

/// The feeds to poll at `now`, those with the shortest interval first.
pub fn due(reader: &Reader, now: Timestamp) -> Result<Vec<FeedId>, Error> {
    let failed = || Error::sqlite("look up due feeds");
    let mut statement = reader.connection.prepare_cached(DUE).map_err(failed())?;
    let rows = statement
        .query_map(
            named_params! { ":now": now.seconds(), ":ahead": now.plus(AHEAD_MAX).seconds() },
            |row| row.get(0).map(FeedId),
        )
        .map_err(failed())?;
    rows.collect::<Result<_, _>>().map_err(failed())
}

// As with `Waited::ForItself`, a feed that is told to wait again and again speaks for itself alone.
const RESTING: &str = "
    SELECT coalesce(t.final_url, f.url), p.next_poll_at - :now
    FROM poll_state AS p
    JOIN feed AS f ON f.id = p.feed_id
    JOIN fetch AS t ON t.id = (
        SELECT id
        FROM fetch
        WHERE feed_id = p.feed_id AND pushed_by IS NULL
        ORDER BY at DESC, id DESC
        LIMIT 1)
    WHERE p.last_outcome = 'throttled' AND p.next_poll_at > :now AND p.last_poll_at <= :ahead
        AND t.status IN (429, 503)
        AND NOT coalesce((
            SELECT outcome = 'throttled' AND status IS NOT NULL
            FROM fetch
            WHERE feed_id = p.feed_id AND pushed_by IS NULL
            ORDER BY at DESC, id DESC
            LIMIT 1 OFFSET 1), 0)";

/// Addresses whose hosts asked at their load to be left alone until after `now`, and for how long yet.
pub fn resting(reader: &Reader, now: Timestamp) -> Result<Vec<(String, Duration)>, Error> {
    let failed = || Error::sqlite("look up which hosts asked to wait");
    let mut statement = reader.connection.prepare_cached(RESTING).map_err(failed())?;
    let values = named_params! { ":now": now.seconds(), ":ahead": now.plus(AHEAD_MAX).seconds() };
    let rest = |row: &Row<'_>| {
        let seconds: i64 = row.get(1)?;
        Ok((row.get(0)?, Duration::from_secs(seconds.unsigned_abs())))
    };
    statement.query_map(values, rest).and_then(Iterator::collect).map_err(failed())
}

const ASKED_TO_WAIT: &str = "
    SELECT feed_id
    FROM poll_state
    WHERE last_outcome = 'throttled' AND next_poll_at > :now";

/// The feeds whose servers asked to be left alone until after `now`.
pub fn asked_to_wait(reader: &Reader, now: Timestamp) -> Result<Vec<FeedId>, Error> {
    let failed = || Error::sqlite("look up which servers asked to wait");
    let mut statement = reader.connection.prepare_cached(ASKED_TO_WAIT).map_err(failed())?;
    let rows = statement
        .query_map(named_params! { ":now": now.seconds() }, |row| row.get(0).map(FeedId))
        .map_err(failed())?;
    rows.collect::<Result<_, _>>().map_err(failed())
}

const ANY_POLLED: &str = "SELECT EXISTS (SELECT 1 FROM poll_state)";

/// Whether any feed was ever polled.
pub fn any_polled(reader: &Reader) -> Result<bool, Error> {
    let failed = Error::sqlite("look up whether any feed was polled");
    reader.connection.query_row(ANY_POLLED, [], |row| row.get(0)).map_err(failed)
}
