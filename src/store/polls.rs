//! What came of a poll, and what to remember for the next.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::model::curve::DayCurve;
use crate::model::feed::{Move, PollState, Streak, Validators};
use crate::model::fetch::{Fetch, Outcome, Waited};
use crate::model::time::Timestamp;
use crate::store::{Error, FeedId, Reader, Tx};

/// What a poll found in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Entries listed.
    pub n_entries: usize,
    /// Articles not seen before.
    pub n_new: usize,
    /// New revisions of known ones.
    pub n_revised: usize,
    /// Entries of the window before that are still listed.
    pub n_overlap: usize,
    /// Articles among the new ones that are not quite new: a hub had time to push them.
    pub n_overdue: usize,
}

const STATE: &str = "
    SELECT etag, last_modified, body_hash, next_poll_at, interval_s, day_curve, n_failures,
           last_success_at, last_full_at, failing_since, n_gone, gone_since, last_poll_at,
           moved_to, n_moved, moved_since, moved_seen_at, last_304_at, validators_lie, body_check,
           CASE WHEN last_outcome = 'throttled' THEN (
               SELECT status IS NULL
               FROM fetch
               WHERE fetch.feed_id = :feed AND pushed_by IS NULL
               ORDER BY at DESC, id DESC
               LIMIT 1) END
    FROM poll_state
    WHERE feed_id = :feed";

/// What is remembered of a feed; the default for one never polled.
pub fn state(reader: &Reader, feed: FeedId) -> Result<PollState, Error> {
    let failed = || Error::sqlite("read the state of a feed");
    let mut statement = reader.connection.prepare_cached(STATE).map_err(failed())?;
    let state = statement
        .query_row(named_params! { ":feed": feed.0 }, read_state)
        .optional()
        .map_err(failed())?;
    Ok(state.unwrap_or_default())
}

/// A hash that was stored; one of another length is of another time.
fn hash<const N: usize>(stored: Option<Vec<u8>>) -> Option<[u8; N]> {
    stored.and_then(|hash| hash.try_into().ok())
}

fn read_state(row: &Row<'_>) -> rusqlite::Result<PollState> {
    let moment = |index| row.get::<_, Option<i64>>(index).map(|s| s.map(Timestamp::from_seconds));
    let streak = |n: u32, since: Option<Timestamp>, last_at: Option<Timestamp>| {
        since.zip(last_at).filter(|_| n > 0).map(|(since, last_at)| Streak { n, since, last_at })
    };
    let moved_to: Option<String> = row.get(13)?;
    let moved_seen = streak(row.get(14)?, moment(15)?, moment(16)?);
    Ok(PollState {
        validators: Validators { etag: row.get(0)?, last_modified: row.get(1)? },
        body_hash: hash(row.get(2)?),
        body_check: hash(row.get(19)?),
        next_poll_at: moment(3)?,
        interval: Duration::from_secs(row.get::<_, u32>(4)?.into()),
        curve: row.get::<_, Option<Vec<u8>>>(5)?.and_then(|bytes| DayCurve::from_bytes(&bytes)),
        n_failures: row.get(6)?,
        last_success_at: moment(7)?,
        last_full_at: moment(8)?,
        failing_since: moment(9)?,
        // A 410 in a row is the last answer there was.
        gone: streak(row.get(10)?, moment(11)?, moment(12)?),
        moved: moved_to.zip(moved_seen).map(|(to, seen)| Move { to, seen }),
        last_304_at: moment(17)?,
        has_lying_validators: row.get(18)?,
        waited: row
            .get::<_, Option<bool>>(20)?
            .map(|is_put_off| if is_put_off { Waited::ForItsHost } else { Waited::ForItself }),
    })
}

const SET_STATE: &str = "
    INSERT INTO poll_state (
        feed_id, etag, last_modified, body_hash, next_poll_at, next_reason, interval_s, day_curve,
        n_failures, failing_since, last_poll_at, last_outcome, last_error, last_success_at,
        last_full_at, last_new_at, n_gone, gone_since, moved_to, n_moved, moved_since,
        moved_seen_at, last_304_at, validators_lie, body_check)
    VALUES (
        :feed, :etag, :last_modified, :body_hash, :next_poll_at, :next_reason, :interval_s, :day_curve,
        :n_failures, :failing_since, :now, :outcome, :error, :last_success_at,
        :last_full_at, :last_new_at, :n_gone, :gone_since, :moved_to, :n_moved, :moved_since,
        :moved_seen_at, :last_304_at, :validators_lie, :body_check)
    ON CONFLICT (feed_id) DO UPDATE SET
        etag = excluded.etag, last_modified = excluded.last_modified,
        body_hash = excluded.body_hash, body_check = excluded.body_check,
        next_poll_at = excluded.next_poll_at,
        next_reason = excluded.next_reason, interval_s = excluded.interval_s,
        day_curve = excluded.day_curve, n_failures = excluded.n_failures,
        failing_since = excluded.failing_since, n_gone = excluded.n_gone,
        gone_since = excluded.gone_since, moved_to = excluded.moved_to,
        n_moved = excluded.n_moved, moved_since = excluded.moved_since,
        moved_seen_at = excluded.moved_seen_at, last_304_at = excluded.last_304_at,
        validators_lie = excluded.validators_lie,
        last_poll_at = excluded.last_poll_at, last_outcome = excluded.last_outcome,
        last_error = excluded.last_error, last_success_at = excluded.last_success_at,
        last_full_at = excluded.last_full_at,
        last_new_at = coalesce(excluded.last_new_at, poll_state.last_new_at)";

/// Remembers `state` for the next poll.
pub fn set_state(
    tx: &Tx<'_>,
    feed: FeedId,
    state: &PollState,
    reason: &str,
    poll: &Recorded<'_>,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store the state of a feed");
    let seconds = |moment: Option<Timestamp>| moment.map(Timestamp::seconds);
    let now = poll.fetch.at.seconds();
    let moved = state.moved.as_ref();
    tx.connection
        .prepare_cached(SET_STATE)
        .map_err(failed())?
        .execute(named_params! {
            ":feed": feed.0,
            ":etag": state.validators.etag,
            ":last_modified": state.validators.last_modified,
            ":body_hash": state.body_hash,
            ":body_check": state.body_check,
            ":next_poll_at": seconds(state.next_poll_at),
            ":next_reason": reason,
            ":interval_s": u32::try_from(state.interval.as_secs()).unwrap_or(u32::MAX),
            ":day_curve": state.curve.map(DayCurve::to_bytes),
            ":n_failures": state.n_failures,
            ":failing_since": seconds(state.failing_since),
            ":n_gone": state.gone.map_or(0, |gone| gone.n),
            ":gone_since": seconds(state.gone.map(|gone| gone.since)),
            ":moved_to": moved.map(|moved| &moved.to),
            ":n_moved": moved.map_or(0, |moved| moved.seen.n),
            ":moved_since": seconds(moved.map(|moved| moved.seen.since)),
            ":moved_seen_at": seconds(moved.map(|moved| moved.seen.last_at)),
            ":last_304_at": seconds(state.last_304_at),
            ":validators_lie": state.has_lying_validators,
            ":now": now,
            ":outcome": poll.fetch.outcome.as_str(),
            ":error": failure(&poll.fetch.outcome).map(|(_, reason)| reason),
            ":last_success_at": seconds(state.last_success_at),
            ":last_full_at": seconds(state.last_full_at),
            ":last_new_at": (poll.tally.n_new > 0).then_some(now),
        })
        .map_err(failed())?;
    Ok(())
}

const CLOCK_SET_BACK: &str = "
    UPDATE poll_state
    SET last_new_at = :now
    WHERE feed_id = :feed AND last_new_at > :now";

/// Lets a feed have listed something new at `now` at the latest: silence is counted from then.
pub fn clock_set_back(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("set back when a feed listed something new");
    let mut statement = tx.connection.prepare_cached(CLOCK_SET_BACK).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":now": now.seconds() };
    statement.execute(values).map(drop).map_err(failed())
}

const CATCH_UP: &str = "
    UPDATE poll_state
    SET next_poll_at = :now, next_reason = 'our own network is back'
    WHERE last_outcome = 'failed' AND last_poll_at >= :since AND next_poll_at > :now
        AND (SELECT failure
             FROM fetch
             WHERE fetch.feed_id = poll_state.feed_id AND pushed_by IS NULL
             ORDER BY at DESC, id DESC
             LIMIT 1) IN ('dns', 'connect', 'outage')";

/// Makes due at `now` what could not be reached since an outage of our own began at `since`.
pub fn catch_up(tx: &Tx<'_>, since: Timestamp, now: Timestamp) -> Result<usize, Error> {
    let failed = || Error::sqlite("make feeds due after an outage");
    let mut statement = tx.connection.prepare_cached(CATCH_UP).map_err(failed())?;
    statement
        .execute(named_params! { ":since": since.seconds(), ":now": now.seconds() })
        .map_err(failed())
}

/// A poll as it is recorded.
#[derive(Debug, Clone)]
pub struct Recorded<'p> {
    /// The exchange.
    pub fetch: &'p Fetch,
    /// What the document held; nothing when it was not read.
    pub tally: Tally,
    /// What was odd about it.
    pub warnings: &'p [String],
    /// The hub that brought the document, where it was not asked for.
    pub pushed_by: Option<&'p str>,
}

const RECORD: &str = "
    INSERT INTO fetch (
        feed_id, at, outcome, status, final_url, failure, reason, size_bytes, duration_ms,
        n_entries, n_new, n_revised, n_overlap, warnings, pushed_by)
    VALUES (
        :feed, :at, :outcome, :status, :final_url, :failure, :reason, :size_bytes, :duration_ms,
        :n_entries, :n_new, :n_revised, :n_overlap, :warnings,
        :pushed_by)";

/// Records a poll, also when nothing was new.
pub fn record(tx: &Tx<'_>, feed: FeedId, poll: &Recorded<'_>) -> Result<(), Error> {
    let failed = || Error::sqlite("record a fetch");
    let fetch = poll.fetch;
    let is_read = fetch.outcome == Outcome::Fresh;
    let count = |n: usize| is_read.then(|| i64::try_from(n).unwrap_or(i64::MAX));
    let (failure, reason) = failure(&fetch.outcome).unzip();
    tx.connection
        .prepare_cached(RECORD)
        .map_err(failed())?
        .execute(named_params! {
            ":feed": feed.0,
            ":at": fetch.at.seconds(),
            ":outcome": fetch.outcome.as_str(),
            ":status": fetch.status,
            ":final_url": fetch.final_url,
            ":failure": failure,
            ":reason": reason,
            ":size_bytes": i64::try_from(fetch.size_bytes).unwrap_or(i64::MAX),
            ":duration_ms": i64::try_from(fetch.duration.as_millis()).unwrap_or(i64::MAX),
            ":n_entries": count(poll.tally.n_entries),
            ":n_new": count(poll.tally.n_new),
            ":n_revised": count(poll.tally.n_revised),
            ":n_overlap": count(poll.tally.n_overlap),
            ":warnings": crate::store::articles::to_json(poll.warnings),
            ":pushed_by": poll.pushed_by,
        })
        .map_err(failed())?;
    Ok(())
}

/// A poll as it is read back.
#[derive(Debug, Clone, PartialEq)]
pub struct PastPoll {
    /// When the request was sent.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: String,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// Where redirects led.
    pub final_url: Option<String>,
    /// Why it failed.
    pub reason: Option<String>,
    /// Decoded body bytes.
    pub size_bytes: u32,
    /// How long it took.
    pub duration_ms: u32,
    /// What the document held; `None` when none was read.
    pub tally: Option<Tally>,
    /// What was odd about it.
    pub warnings: Vec<String>,
    /// The hub that brought the document, where it was not asked for.
    pub pushed_by: Option<String>,
}

const RECENT: &str = "
    SELECT at, outcome, status, final_url, reason, coalesce(size_bytes, 0),
           coalesce(duration_ms, 0), n_entries, n_new, n_revised, warnings,
           n_overlap, pushed_by
    FROM fetch
    WHERE feed_id = (SELECT id FROM feed WHERE name = :name)
    ORDER BY at DESC, id DESC
    LIMIT :limit";

/// The last polls of the feed `name`, newest first, at most `limit`.
pub fn recent(reader: &Reader, name: &str, limit: u32) -> Result<Vec<PastPoll>, Error> {
    let failed = || Error::sqlite("read the last fetches of a feed");
    let mut statement = reader.connection.prepare_cached(RECENT).map_err(failed())?;
    statement
        .query_map(named_params! { ":name": name, ":limit": limit }, read_past)
        .and_then(Iterator::collect)
        .map_err(failed())
}

fn read_past(row: &Row<'_>) -> rusqlite::Result<PastPoll> {
    let count = |index| row.get::<_, Option<u32>>(index).map(|n| n.unwrap_or_default() as usize);
    let n_entries: Option<u32> = row.get(7)?;
    let (n_new, n_revised, n_overlap) = (count(8)?, count(9)?, count(11)?);
    Ok(PastPoll {
        at: Timestamp::from_seconds(row.get(0)?),
        outcome: row.get(1)?,
        status: row.get(2)?,
        final_url: row.get(3)?,
        reason: row.get(4)?,
        size_bytes: row.get(5)?,
        duration_ms: row.get(6)?,
        tally: n_entries.map(|n| Tally {
            n_entries: n as usize,
            n_new,
            n_revised,
            n_overlap,
            n_overdue: 0,
        }),
        warnings: crate::store::articles::from_json(row.get(10)?),
        pushed_by: row.get(12)?,
    })
}

const HAS_NEWS: &str = "UPDATE poll_state SET last_new_at = :now WHERE feed_id = :feed";

/// Notes that something new came without a poll.
pub fn has_news(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("note that a feed has news");
    let mut statement = tx.connection.prepare_cached(HAS_NEWS).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":now": now.seconds() };
    statement.execute(values).map_err(failed())?;
    Ok(())
}

const SET_TITLE: &str = "UPDATE feed SET title = :title WHERE id = :feed AND title IS NOT :title";

/// Keeps the title that a feed's document gives itself.
pub fn set_title(tx: &Tx<'_>, feed: FeedId, title: &str) -> Result<(), Error> {
    let failed = || Error::sqlite("store the title of a feed");
    let mut statement = tx.connection.prepare_cached(SET_TITLE).map_err(failed())?;
    statement.execute(named_params! { ":title": title, ":feed": feed.0 }).map_err(failed())?;
    Ok(())
}

fn failure(outcome: &Outcome) -> Option<(&'static str, String)> {
    match outcome {
        Outcome::Failed(failure) => Some((failure.class.as_str(), failure.reason.clone())),
        Outcome::Gone => Some(("http", "410 Gone".to_owned())),
        _ => None,
    }
}
