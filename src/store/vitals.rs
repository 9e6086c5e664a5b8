//! What says whether all is well, read in a moment however large the archive; and the alarms told.

use rusqlite::named_params;

use crate::alarm::{Alarm, Condition, Failing};
use crate::model::time::Timestamp;
use crate::store::{Error, Reader, Tx};

/// What says whether all is well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vitals {
    /// Feeds that are polled.
    pub n_feeds: u32,
    /// When something new was last stored; before that, when the first of these feeds was added.
    pub last_new_at: Option<Timestamp>,
    /// The feeds that fail, those that have done so longest first.
    pub failing: Vec<Failing>,
    /// Feeds with gaps suspected since a moment, and how many.
    pub gaps: Vec<(String, u32)>,
    /// The end of the latest of them.
    pub gap_at: Option<Timestamp>,
}

const FEEDS: &str = "
    SELECT count(*), coalesce(max(p.last_new_at), min(f.added_at))
    FROM feed AS f
    LEFT JOIN poll_state AS p ON p.feed_id = f.id
    WHERE f.is_listed = 1 AND f.is_paused = 0";

const FAILING: &str = "
    SELECT f.name, p.failing_since, coalesce(p.last_error, p.last_outcome, '')
    FROM feed AS f
    JOIN poll_state AS p ON p.feed_id = f.id
    WHERE f.is_listed = 1 AND f.is_paused = 0 AND p.failing_since IS NOT NULL
    ORDER BY p.failing_since, f.id";

// A cross join keeps the order: gaps are looked up by feed, however many there were. The two states
// are named because the index of gaps is one of these two.
const RECENT_GAPS: &str = "
    SELECT f.name, count(*), max(s.to_at)
    FROM feed AS f
    CROSS JOIN stretch AS s ON s.feed_id = f.id
    WHERE f.is_listed = 1 AND f.is_paused = 0
        AND s.state IN ('suspected', 'repaired') AND s.state = 'suspected' AND s.to_at >= :since
    GROUP BY f.id";

/// How the feeds that are polled are doing; gaps are those since `since`.
pub fn vitals(reader: &Reader, since: Timestamp) -> Result<Vitals, Error> {
    let failed = || Error::sqlite("read how feeds are doing");
    let connection = &reader.connection;
    let mut vitals = connection
        .prepare_cached(FEEDS)
        .and_then(|mut statement| {
            statement.query_row([], |row| {
                let last_new_at: Option<i64> = row.get(1)?;
                Ok(Vitals {
                    n_feeds: row.get(0)?,
                    last_new_at: last_new_at.map(Timestamp::from_seconds),
                    ..Vitals::default()
                })
            })
        })
        .map_err(failed())?;
    let mut statement = connection.prepare_cached(FAILING).map_err(failed())?;
    vitals.failing = statement
        .query_map([], |row| {
            let since = Timestamp::from_seconds(row.get(1)?);
            Ok(Failing { feed: row.get(0)?, since, reason: row.get(2)? })
        })
        .and_then(Iterator::collect)
        .map_err(failed())?;
    let mut statement = connection.prepare_cached(RECENT_GAPS).map_err(failed())?;
    let gaps: Vec<(String, u32, i64)> = statement
        .query_map(named_params! { ":since": since.seconds() }, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .and_then(Iterator::collect)
        .map_err(failed())?;
    vitals.gap_at = gaps.iter().map(|(_, _, at)| Timestamp::from_seconds(*at)).max();
    vitals.gaps = gaps.into_iter().map(|(feed, n, _)| (feed, n)).collect();
    Ok(vitals)
}

/// How much there is to do, and how near feeds are to missing something.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Feeds that are polled.
    pub n_feeds: u32,
    /// Feeds that are paused.
    pub n_paused: u32,
    /// Feeds that fail.
    pub n_failing: u32,
    /// Feeds whose poll is due.
    pub n_due: u32,
    /// For how many seconds the most overdue of them has been.
    pub overdue_s: i64,
    /// When something new was last stored.
    pub last_new_at: Option<Timestamp>,
    /// Feeds that are polled less than twice in the time they reach back.
    pub n_at_risk: u32,
    /// The largest part of its reach that a feed waits between two polls.
    pub reach_used: f64,
}

const LOAD: &str = "
    SELECT count(*) FILTER (WHERE NOT f.is_paused),
           count(*) FILTER (WHERE f.is_paused),
           count(*) FILTER (WHERE NOT f.is_paused AND p.failing_since IS NOT NULL),
           count(*) FILTER (WHERE NOT f.is_paused AND coalesce(p.next_poll_at, 0) <= :now),
           coalesce(max(:now - p.next_poll_at) FILTER (WHERE NOT f.is_paused), 0),
           max(p.last_new_at)
    FROM feed AS f
    LEFT JOIN poll_state AS p ON p.feed_id = f.id
    WHERE f.is_listed = 1";

// What was listed at the first poll without a date may be of any age, and says nothing of reach.
const REACH: &str = "
    SELECT count(*) FILTER (WHERE used > 0.5), coalesce(max(used), 0.0)
    FROM (
        SELECT (p.next_poll_at - p.last_poll_at) * 1.0
                   / max(p.last_success_at - e.oldest_at, 1) AS used
        FROM feed AS f
        JOIN poll_state AS p ON p.feed_id = f.id
        JOIN edge AS e ON e.feed_id = f.id
        WHERE f.is_listed = 1 AND f.is_paused = 0 AND e.oldest_at IS NOT NULL
            AND e.oldest_at IS NOT
                (SELECT from_at FROM stretch WHERE feed_id = f.id ORDER BY id LIMIT 1))";

/// How much there is to do at `now`.
pub fn load(reader: &Reader, now: Timestamp) -> Result<Load, Error> {
    let failed = || Error::sqlite("count what is due");
    let connection = &reader.connection;
    let mut statement = connection.prepare_cached(LOAD).map_err(failed())?;
    let mut load = statement
        .query_row(named_params! { ":now": now.seconds() }, |row| {
            let last_new_at: Option<i64> = row.get(5)?;
            Ok(Load {
                n_feeds: row.get(0)?,
                n_paused: row.get(1)?,
                n_failing: row.get(2)?,
                n_due: row.get(3)?,
                overdue_s: row.get::<_, i64>(4)?.max(0),
                last_new_at: last_new_at.map(Timestamp::from_seconds),
                ..Load::default()
            })
        })
        .map_err(failed())?;
    let mut statement = connection.prepare_cached(REACH).map_err(failed())?;
    (load.n_at_risk, load.reach_used) =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed())?;
    Ok(load)
}

const ARRIVALS: &str = "
    SELECT a.first_seen_at - r.published_at
    FROM article AS a
    JOIN revision AS r ON r.article_id = a.id AND r.number = 1
    WHERE a.id > :after AND r.published_precision = 'second' AND r.published_at <= a.first_seen_at
        AND EXISTS (
            SELECT 1
            FROM sighting AS s
            WHERE s.article_id = a.id AND s.appeared_at = a.first_seen_at)
    ORDER BY a.id";

/// How many seconds after their publication the articles in rows beyond `after` were stored; not of
/// those that were listed before their feed was.
pub fn arrivals(reader: &Reader, after: i64) -> Result<Vec<u32>, Error> {
    let failed = || Error::sqlite("read when articles came in");
    let mut statement = reader.connection.prepare_cached(ARRIVALS).map_err(failed())?;
    statement
        .query_map(named_params! { ":after": after }, |row| {
            row.get(0).map(|seconds: i64| u32::try_from(seconds).unwrap_or(u32::MAX))
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

/// The last row of an article.
pub fn last_article(reader: &Reader) -> Result<i64, Error> {
    const LAST: &str = "SELECT coalesce(max(id), 0) FROM article";
    let found = reader.connection.query_row(LAST, [], |row| row.get(0));
    found.map_err(Error::sqlite("read the last article"))
}

/// A condition as the daemon last stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What was or is wrong.
    pub alarm: Alarm,
    /// It is no more.
    pub is_over: bool,
    /// When the owner was last told.
    pub told_at: Option<Timestamp>,
    /// What came of telling them, where that failed.
    pub result: Option<String>,
}

const ALARMS: &str = "
    SELECT condition, since_at, text, ended_at IS NOT NULL, told_at, result
    FROM alarm";

/// All conditions there ever were.
pub fn alarms(reader: &Reader) -> Result<Vec<Stored>, Error> {
    let failed = || Error::sqlite("read the alarms");
    let mut statement = reader.connection.prepare_cached(ALARMS).map_err(failed())?;
    let rows = statement
        .query_map([], |row| {
            let Some(condition) = Condition::from_word(&row.get::<_, String>(0)?) else {
                return Ok(None);
            };
            let since = Timestamp::from_seconds(row.get(1)?);
            Ok(Some(Stored {
                alarm: Alarm { condition, since, text: row.get(2)? },
                is_over: row.get(3)?,
                told_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_seconds),
                result: row.get(5)?,
            }))
        })
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(failed())?;
    Ok(rows.into_iter().flatten().collect())
}

const RAISE: &str = "
    INSERT INTO alarm (condition, since_at, text)
    VALUES (:condition, :since, :text)
    ON CONFLICT (condition) DO UPDATE SET
        since_at = excluded.since_at, text = excluded.text, ended_at = NULL";

/// Stores that something is wrong.
pub fn raise(tx: &Tx<'_>, alarm: &Alarm) -> Result<(), Error> {
    let values = named_params! {
        ":condition": alarm.condition.as_str(), ":since": alarm.since.seconds(),
        ":text": alarm.text,
    };
    tx.connection.execute(RAISE, values).map(drop).map_err(Error::sqlite("store an alarm"))
}

const END: &str = "
    UPDATE alarm
    SET ended_at = :now
    WHERE condition = :condition AND ended_at IS NULL";

/// Stores that it is over.
pub fn end(tx: &Tx<'_>, condition: Condition, now: Timestamp) -> Result<(), Error> {
    let values = named_params! { ":condition": condition.as_str(), ":now": now.seconds() };
    tx.connection.execute(END, values).map(drop).map_err(Error::sqlite("store an alarm"))
}

const TOLD: &str = "UPDATE alarm SET told_at = :now, result = :result WHERE condition = :condition";

/// Stores that the owner was told, or why that failed.
pub fn told(
    tx: &Tx<'_>,
    condition: Condition,
    result: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    let values = named_params! {
        ":condition": condition.as_str(), ":now": now.seconds(), ":result": result,
    };
    tx.connection.execute(TOLD, values).map(drop).map_err(Error::sqlite("store an alarm"))
}
