//! What hubs are asked to push: one subscription a feed, and what became of it.

use std::collections::{HashMap, HashSet};

use rusqlite::{OptionalExtension as _, Row, named_params};
use uuid::Uuid;

use crate::model::time::Timestamp;
use crate::store::{Error, FeedId, Reader, Tx};
use crate::websub::{Mode, Subscription};

const KNOWN: &str = "SELECT hub, topic FROM subscription WHERE feed_id = :feed";

const OFFER: &str = "
    INSERT INTO subscription (feed_id, hub, topic, token, secret, state, next_at)
    VALUES (:feed, :hub, :topic, :token, :secret, 'wanted', :now)
    ON CONFLICT (feed_id) DO UPDATE SET
        hub = excluded.hub, topic = excluded.topic, token = excluded.token,
        secret = excluded.secret, state = 'wanted', asked_mode = NULL, asked_at = NULL,
        live_since = NULL, live_until = NULL, next_at = excluded.next_at, n_failures = 0,
        result = NULL";

/// Takes up that `feed` is pushed by `hub` as `topic`; what is known already stays as it is.
pub fn offer(
    tx: &Tx<'_>,
    feed: FeedId,
    (hub, topic): (&str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store where a feed is pushed");
    let mut known = tx.connection.prepare_cached(KNOWN).map_err(failed())?;
    let known: Option<(String, String)> = known
        .query_row(named_params! { ":feed": feed.0 }, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(failed())?;
    if known.is_some_and(|known| (&*known.0, &*known.1) == (hub, topic)) {
        return Ok(());
    }
    let mut statement = tx.connection.prepare_cached(OFFER).map_err(failed())?;
    statement
        .execute(named_params! {
            ":feed": feed.0, ":hub": hub, ":topic": topic, ":token": unguessable(),
            ":secret": unguessable(), ":now": now.seconds(),
        })
        .map_err(failed())?;
    Ok(())
}

/// 244 random bits.
fn unguessable() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// A subscription in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its feed.
    pub feed: FeedId,
    /// What its hub and we know of it.
    pub subscription: Subscription,
    /// Its feed is in the list and not paused.
    pub is_wanted: bool,
}

const COLUMNS: &str = "
    SELECT s.feed_id, s.hub, s.topic, s.token, s.secret, s.asked_mode, s.asked_at, s.live_until,
           s.n_failures, f.is_listed = 1 AND f.is_paused = 0
    FROM subscription AS s
    JOIN feed AS f ON f.id = s.feed_id ";

const DUE: &str = "
    WHERE (s.next_at <= :now OR s.callback <> :callback) AND f.is_listed = 1 AND f.is_paused = 0
    ORDER BY s.next_at, s.feed_id
    LIMIT :n";

const UNWANTED: &str = "
    WHERE s.state = 'live' AND (f.is_listed = 0 OR f.is_paused = 1)
    LIMIT :n";

/// Those whose hub is to be asked at `now`, at most `n`: for more, to bring it to `callback` instead of
/// where it did, or to stop.
pub fn due(reader: &Reader, callback: &str, n: u32, now: Timestamp) -> Result<Vec<Stored>, Error> {
    let failed = || Error::sqlite("look up which hubs to ask");
    let (due, unwanted) = (format!("{COLUMNS}{DUE}"), format!("{COLUMNS}{UNWANTED}"));
    let mut statement = reader.connection.prepare_cached(&due).map_err(failed())?;
    let values = named_params! { ":now": now.seconds(), ":callback": callback, ":n": n };
    let mut all: Vec<Stored> =
        statement.query_map(values, read).and_then(Iterator::collect).map_err(failed())?;
    let mut statement = reader.connection.prepare_cached(&unwanted).map_err(failed())?;
    let rows = statement.query_map(named_params! { ":n": n }, read).map_err(failed())?;
    for row in rows {
        all.push(row.map_err(failed())?);
    }
    Ok(all)
}

/// The subscription that `token` names.
pub fn by_token(reader: &Reader, token: &str) -> Result<Option<Stored>, Error> {
    let failed = || Error::sqlite("look up a subscription");
    let sql = format!("{COLUMNS} WHERE s.token = :token");
    let mut statement = reader.connection.prepare_cached(&sql).map_err(failed())?;
    statement.query_row(named_params! { ":token": token }, read).optional().map_err(failed())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let moment = |index| row.get::<_, Option<i64>>(index).map(|s| s.map(Timestamp::from_seconds));
    let mode: Option<String> = row.get(5)?;
    Ok(Stored {
        feed: FeedId(row.get(0)?),
        subscription: Subscription {
            hub: row.get(1)?,
            topic: row.get(2)?,
            token: row.get(3)?,
            secret: row.get(4)?,
            asked: mode.as_deref().and_then(Mode::from_word).zip(moment(6)?),
            live_until: moment(7)?,
            n_failures: row.get(8)?,
        },
        is_wanted: row.get(9)?,
    })
}

const TOKENS: &str = "SELECT token FROM subscription";

/// The tokens of all subscriptions.
pub fn tokens(reader: &Reader) -> Result<HashSet<String>, Error> {
    let failed = || Error::sqlite("read the subscriptions");
    let mut statement = reader.connection.prepare_cached(TOKENS).map_err(failed())?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(failed())?;
    rows.collect::<Result<_, _>>().map_err(failed())
}

/// What changes of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Its hub was asked, and is given until then to confirm.
    Asked {
        /// For what.
        mode: Mode,
        /// Where it was told to bring it.
        callback: String,
        /// Until when.
        next_at: Timestamp,
    },
    /// Asking failed, for this reason; it is tried again then.
    Failed(String, Timestamp),
    /// The hub pushes until then, and is asked again before.
    Live(Timestamp, Timestamp),
    /// The hub pushes no longer, as it was asked.
    Ended,
    /// The hub will not push, for this reason; it is asked again then.
    Denied(String, Timestamp),
    /// A document came that its hub did not sign.
    Forged,
}

const ASKED: &str = "
    UPDATE subscription
    SET state = CASE WHEN :mode = 'unsubscribe' THEN 'leaving'
                     WHEN state = 'live' AND coalesce(callback, :callback) = :callback THEN 'live'
                     ELSE 'asked' END,
        callback = :callback, asked_mode = :mode, asked_at = :now, next_at = :next_at,
        n_failures = n_failures + 1,
        result = 'asked, not confirmed yet'
    WHERE feed_id = :feed";

const FAILED: &str = "
    UPDATE subscription
    SET next_at = :next_at, n_failures = n_failures + 1, result = :result
    WHERE feed_id = :feed";

const LIVE: &str = "
    UPDATE subscription
    SET state = 'live', live_until = :until, live_since = coalesce(live_since, :now),
        next_at = :next_at, asked_mode = NULL, asked_at = NULL, n_failures = 0, result = NULL
    WHERE feed_id = :feed";

const ENDED: &str = "
    UPDATE subscription
    SET state = 'ended', live_since = NULL, live_until = NULL, next_at = :now, asked_mode = NULL,
        asked_at = NULL, n_failures = 0, result = NULL
    WHERE feed_id = :feed";

const DENIED: &str = "
    UPDATE subscription
    SET state = 'denied', live_since = NULL, live_until = NULL, next_at = :next_at,
        asked_mode = NULL, asked_at = NULL, result = :result
    WHERE feed_id = :feed";

const FORGED: &str = "UPDATE subscription SET n_refused = n_refused + 1 WHERE feed_id = :feed";

/// Stores what became of the subscription of `feed`.
pub fn change(tx: &Tx<'_>, feed: FeedId, change: &Change, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("store what became of a subscription");
    let (feed, now) = (feed.0, now.seconds());
    let run = |sql: &str, values: &[(&str, &dyn rusqlite::ToSql)]| {
        tx.connection.prepare_cached(sql)?.execute(values)
    };
    match change {
        Change::Asked { mode, callback, next_at } => run(
            ASKED,
            named_params! {
                ":feed": feed, ":mode": mode.as_str(), ":callback": callback, ":now": now,
                ":next_at": next_at.seconds(),
            },
        ),
        Change::Failed(result, next_at) => run(
            FAILED,
            named_params! { ":feed": feed, ":result": result, ":next_at": next_at.seconds() },
        ),
        Change::Live(until, next_at) => run(
            LIVE,
            named_params! {
                ":feed": feed, ":now": now, ":until": until.seconds(),
                ":next_at": next_at.seconds(),
            },
        ),
        Change::Ended => run(ENDED, named_params! { ":feed": feed, ":now": now }),
        Change::Denied(result, next_at) => run(
            DENIED,
            named_params! { ":feed": feed, ":result": result, ":next_at": next_at.seconds() },
        ),
        Change::Forged => run(FORGED, named_params! { ":feed": feed }),
    }
    .map_err(failed())?;
    Ok(())
}

const DELIVERED: &str = "
    UPDATE subscription
    SET n_deliveries = n_deliveries + 1, n_new = n_new + :n_new,
        n_since_poll = n_since_poll + :n_new, last_delivery_at = :now
    WHERE feed_id = :feed";

/// Counts a document that the hub brought.
pub fn delivered(tx: &Tx<'_>, feed: FeedId, n_new: usize, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("count what a hub brought");
    let n_new = i64::try_from(n_new).unwrap_or(i64::MAX);
    let mut statement = tx.connection.prepare_cached(DELIVERED).map_err(failed())?;
    statement
        .execute(named_params! { ":feed": feed.0, ":n_new": n_new, ":now": now.seconds() })
        .map_err(failed())?;
    Ok(())
}

/// How a feed is pushed while it is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live {
    /// Articles pushed since the last poll.
    pub n_since_poll: usize,
    /// It has brought something since it was last found to have left something out, or never left
    /// out anything.
    pub is_trusted: bool,
}

const LIVE_NOW: &str = "
    SELECT n_since_poll, coalesce(last_delivery_at > last_missed_at, last_missed_at IS NULL)
    FROM subscription
    WHERE feed_id = :feed AND state = 'live' AND live_until > :now";

/// How `feed` is pushed at `now`, if it is.
pub fn live(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<Option<Live>, Error> {
    let failed = || Error::sqlite("look up whether a feed is pushed");
    let mut statement = tx.connection.prepare_cached(LIVE_NOW).map_err(failed())?;
    statement
        .query_row(named_params! { ":feed": feed.0, ":now": now.seconds() }, |row| {
            let n_since_poll: u32 = row.get(0)?;
            Ok(Live { n_since_poll: n_since_poll as usize, is_trusted: row.get(1)? })
        })
        .optional()
        .map_err(failed())
}

const POLLED: &str = "
    UPDATE subscription
    SET n_since_poll = 0, n_missed = n_missed + :n_missed,
        last_missed_at = CASE WHEN :n_missed > 0 THEN :now ELSE last_missed_at END
    WHERE feed_id = :feed";

/// Counts what a poll found that the hub should have brought.
pub fn polled(tx: &Tx<'_>, feed: FeedId, n_missed: usize, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("count what a hub did not bring");
    let n_missed = i64::try_from(n_missed).unwrap_or(i64::MAX);
    let mut statement = tx.connection.prepare_cached(POLLED).map_err(failed())?;
    statement
        .execute(named_params! { ":feed": feed.0, ":n_missed": n_missed, ":now": now.seconds() })
        .map_err(failed())?;
    Ok(())
}

/// How a feed is pushed, for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Who pushes it.
    pub hub: String,
    /// `wanted`, `asked`, `live`, `leaving`, `ended` or `denied`.
    pub state: String,
    /// What came of the last request, where that is not plain from the state.
    pub result: Option<String>,
    /// The end of the lease.
    pub live_until: Option<Timestamp>,
    /// Documents brought.
    pub n_deliveries: u32,
    /// New articles in them.
    pub n_new: u32,
    /// Articles that a poll was first to see while the hub pushed.
    pub n_missed: u32,
    /// Documents refused because the hub had not signed them.
    pub n_refused: u32,
}

impl Summary {
    /// Whether it is pushed at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.state == "live" && self.live_until.is_some_and(|until| until > now)
    }
}

const SUMMARIES: &str = "
    SELECT f.name, s.hub, s.state, s.result, s.live_until, s.n_deliveries, s.n_new, s.n_missed,
           s.n_refused
    FROM feed AS f
    JOIN subscription AS s ON s.feed_id = f.id
    WHERE f.is_listed = 1";

/// How each feed of the list is pushed, by its name.
pub fn summaries(reader: &Reader) -> Result<HashMap<String, Summary>, Error> {
    let failed = || Error::sqlite("read how feeds are pushed");
    let mut statement = reader.connection.prepare_cached(SUMMARIES).map_err(failed())?;
    let rows = statement.query_map([], |row| {
        let summary = Summary {
            hub: row.get(1)?,
            state: row.get(2)?,
            result: row.get(3)?,
            live_until: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_seconds),
            n_deliveries: row.get(5)?,
            n_new: row.get(6)?,
            n_missed: row.get(7)?,
            n_refused: row.get(8)?,
        };
        Ok((row.get(0)?, summary))
    });
    rows.and_then(Iterator::collect).map_err(failed())
}
