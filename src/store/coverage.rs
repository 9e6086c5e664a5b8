//! The coverage ledger: stretches of time of a feed, and the edge of its last window.

use std::collections::HashMap;

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::coverage::evidence::Witnesses;
use crate::coverage::{Edge, Gap, Mark, State};
use crate::model::time::Timestamp;
use crate::store::{Error, FeedId, Reader, Tx, repairs};

const EDGE: &str = "SELECT marks FROM edge WHERE feed_id = :feed";

/// The edge of the last window of `feed`; `None` when its ledger has not begun.
pub fn edge(tx: &Tx<'_>, feed: FeedId) -> Result<Option<Edge>, Error> {
    let failed = || Error::sqlite("read the last window of a feed");
    let mut statement = tx.connection.prepare_cached(EDGE).map_err(failed())?;
    let marks: Option<String> = statement
        .query_row(named_params! { ":feed": feed.0 }, |row| row.get(0))
        .optional()
        .map_err(failed())?;
    Ok(marks.map(|marks| repairs::marks_from_json(&marks)))
}

const SET_EDGE: &str = "
    INSERT INTO edge (feed_id, marks, oldest_at, older_url)
    VALUES (:feed, :marks, :oldest_at, :older_url)
    ON CONFLICT (feed_id) DO UPDATE SET
        marks = excluded.marks, oldest_at = excluded.oldest_at, older_url = excluded.older_url";

/// Keeps the edge of the window now listed, when the oldest of all its entries appeared, and where
/// the feed says that older ones are.
pub fn set_edge(
    tx: &Tx<'_>,
    feed: FeedId,
    edge: &[Mark],
    oldest_at: Option<Timestamp>,
    older_url: Option<&str>,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store the last window of a feed");
    tx.connection
        .prepare_cached(SET_EDGE)
        .map_err(failed())?
        .execute(named_params! {
            ":feed": feed.0,
            ":marks": repairs::marks_to_json(edge),
            ":oldest_at": oldest_at.map(Timestamp::seconds),
            ":older_url": older_url,
        })
        .map_err(failed())?;
    Ok(())
}

/// The last stretch of a feed, which may grow.
struct Last {
    id: i64,
    to_at: Timestamp,
    state: String,
}

const LAST: &str = "
    SELECT id, to_at, state
    FROM stretch
    WHERE feed_id = :feed
    ORDER BY id DESC
    LIMIT 1";

fn last(tx: &Tx<'_>, feed: FeedId) -> Result<Option<Last>, Error> {
    let failed = || Error::sqlite("read the coverage of a feed");
    let mut statement = tx.connection.prepare_cached(LAST).map_err(failed())?;
    statement
        .query_row(named_params! { ":feed": feed.0 }, |row| {
            let to_at = Timestamp::from_seconds(row.get(1)?);
            Ok(Last { id: row.get(0)?, to_at, state: row.get(2)? })
        })
        .optional()
        .map_err(failed())
}

const ADD: &str = "
    INSERT INTO stretch (feed_id, from_at, to_at, state)
    VALUES (:feed, :from_at, :to_at, :state)
    RETURNING id";

/// The row of the new stretch.
fn add(tx: &Tx<'_>, feed: FeedId, gap: Gap, state: State) -> Result<i64, Error> {
    let failed = || Error::sqlite("store the coverage of a feed");
    tx.connection
        .prepare_cached(ADD)
        .map_err(failed())?
        .query_row(
            named_params! {
                ":feed": feed.0,
                ":from_at": gap.from.seconds(),
                ":to_at": gap.to.max(gap.from).seconds(),
                ":state": state.as_str(),
            },
            |row| row.get(0),
        )
        .map_err(failed())
}

/// Begins the ledger of `feed`, anew after its address changed: what was before `now` is unknown.
pub fn begin(tx: &Tx<'_>, feed: FeedId, state: State, now: Timestamp) -> Result<(), Error> {
    add(tx, feed, Gap { from: now, to: now }, state).map(|_| ())
}

const EXTEND: &str = "UPDATE stretch SET to_at = max(to_at, :now) WHERE id = :id";

/// The feed was in `state` until `now`.
pub fn extend(tx: &Tx<'_>, feed: FeedId, state: State, now: Timestamp) -> Result<(), Error> {
    match last(tx, feed)? {
        Some(last) if last.state == state.as_str() => grow(tx, &last, now),
        Some(last) => add(tx, feed, Gap { from: last.to_at, to: now }, state).map(|_| ()),
        None => begin(tx, feed, state, now),
    }
}

/// The document of `feed` did not change until `now`: what was known of it still holds.
pub fn extend_unchanged(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<(), Error> {
    last(tx, feed)?.map_or(Ok(()), |last| grow(tx, &last, now))
}

fn grow(tx: &Tx<'_>, last: &Last, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("store the coverage of a feed");
    let mut statement = tx.connection.prepare_cached(EXTEND).map_err(failed())?;
    let values = named_params! { ":id": last.id, ":now": now.seconds() };
    statement.execute(values).map_err(failed())?;
    Ok(())
}

const CUT: &str = "
    UPDATE stretch
    SET to_at = max(from_at, min(to_at, :at))
    WHERE id = :id";

/// A gap that is to be entered.
#[derive(Debug, Clone, Copy)]
pub struct Suspicion<'s> {
    /// Something may be missing in it.
    pub gap: Gap,
    /// By whom other sources are checked.
    pub witnesses: &'s Witnesses,
    /// What is known of the feed since.
    pub since: State,
}

/// Enters a gap, which is to be looked up; from there until `now` the feed is in the state that is
/// known.
pub fn suspect(
    tx: &Tx<'_>,
    feed: FeedId,
    suspicion: Suspicion<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let Suspicion { gap, witnesses, since } = suspicion;
    let failed = || Error::sqlite("store a gap of a feed");
    if let Some(last) = last(tx, feed)? {
        let mut statement = tx.connection.prepare_cached(CUT).map_err(failed())?;
        let values = named_params! { ":id": last.id, ":at": gap.from.seconds() };
        statement.execute(values).map_err(failed())?;
    }
    let stretch = add(tx, feed, gap, State::Suspected)?;
    repairs::add(tx, stretch, feed, witnesses, now)?;
    add(tx, feed, Gap { from: gap.to, to: now }, since).map(|_| ())
}

/// A gap as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastGap {
    /// The feed's name.
    pub feed: String,
    /// From when until when.
    pub gap: Gap,
    /// Suspected or repaired.
    pub state: State,
    /// What repaired it.
    pub repaired_by: Option<String>,
}

const GAPS: &str = "
    SELECT f.name, s.from_at, s.to_at, s.state, s.repaired_by
    FROM feed AS f
    CROSS JOIN stretch AS s INDEXED BY stretch_gap ON s.feed_id = f.id
    WHERE s.state IN ('suspected', 'repaired') AND s.to_at >= :since
    ORDER BY s.from_at, s.id";

/// The gaps of all feeds that end at or after `since`, oldest first.
pub fn gaps(reader: &Reader, since: Timestamp) -> Result<Vec<PastGap>, Error> {
    let failed = || Error::sqlite("read the gaps of feeds");
    let mut statement = reader.connection.prepare_cached(GAPS).map_err(failed())?;
    statement
        .query_map(named_params! { ":since": since.seconds() }, read_gap)
        .and_then(Iterator::collect)
        .map_err(failed())
}

fn read_gap(row: &Row<'_>) -> rusqlite::Result<PastGap> {
    let moment = |index| row.get(index).map(Timestamp::from_seconds);
    let state: String = row.get(3)?;
    Ok(PastGap {
        feed: row.get(0)?,
        gap: Gap { from: moment(1)?, to: moment(2)? },
        state: State::from_word(&state).unwrap_or(State::Suspected),
        repaired_by: row.get(4)?,
    })
}

/// How well a feed is covered; the default for one never polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Since when the ledger is kept.
    pub since_at: Option<Timestamp>,
    /// When the oldest listed entry appeared; `None` while it was there before we were.
    pub oldest_at: Option<Timestamp>,
    /// What is known of the time up to the last poll, and since when.
    pub state: Option<State>,
    /// Since when it is in that state.
    pub state_since_at: Option<Timestamp>,
    /// Suspected gaps not repaired.
    pub n_gaps: u32,
    /// Those among them that end after a given moment.
    pub n_gaps_recent: u32,
}

const SUMMARIES: &str = "
    SELECT f.name,
           (SELECT from_at FROM stretch WHERE feed_id = f.id ORDER BY id LIMIT 1),
           e.oldest_at, s.state, s.from_at,
           (SELECT count(*) FROM stretch
            WHERE feed_id = f.id AND state IN ('suspected', 'repaired') AND state = 'suspected'),
           (SELECT count(*) FROM stretch
            WHERE feed_id = f.id AND state IN ('suspected', 'repaired') AND state = 'suspected'
                AND to_at >= :since)
    FROM feed AS f
    LEFT JOIN edge AS e ON e.feed_id = f.id
    LEFT JOIN stretch AS s
        ON s.id = (SELECT id FROM stretch WHERE feed_id = f.id ORDER BY id DESC LIMIT 1)";

/// How well every feed is covered, by name; gaps are recent from `since` on.
pub fn summaries(reader: &Reader, since: Timestamp) -> Result<HashMap<String, Summary>, Error> {
    let failed = || Error::sqlite("read the coverage of feeds");
    let mut statement = reader.connection.prepare_cached(SUMMARIES).map_err(failed())?;
    statement
        .query_map(named_params! { ":since": since.seconds() }, read_summary)
        .and_then(Iterator::collect)
        .map_err(failed())
}

fn read_summary(row: &Row<'_>) -> rusqlite::Result<(String, Summary)> {
    let moment = |index| row.get::<_, Option<i64>>(index).map(|s| s.map(Timestamp::from_seconds));
    let since_at = moment(1)?;
    let state: Option<String> = row.get(3)?;
    let summary = Summary {
        since_at,
        // What was listed at the first poll without a date may be of any age.
        oldest_at: moment(2)?.filter(|at| Some(*at) != since_at),
        state: state.as_deref().and_then(State::from_word),
        state_since_at: moment(4)?,
        n_gaps: row.get(5)?,
        n_gaps_recent: row.get(6)?,
    };
    Ok((row.get(0)?, summary))
}
