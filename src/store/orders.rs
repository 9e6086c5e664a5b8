//! In which order feeds list their articles, over time.

use rusqlite::{OptionalExtension as _, named_params};

use crate::coverage::order::{self, Order};
use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, FeedId, Reader, Tx};

/// The first order of a day is written as a whole, so that none has to be read from the beginning.
const DAY_SECONDS: i64 = 86_400;

const LAST: &str = "SELECT listed, listed_at FROM edge WHERE feed_id = :feed";

// Of two documents of one second the later one is kept.
const ADD: &str = "
    INSERT INTO feed_order (feed_id, at, is_whole, entries)
    VALUES (:feed, :at, :is_whole, :entries)
    ON CONFLICT DO UPDATE SET is_whole = 1, entries = :listed";

const SET_LAST: &str = "UPDATE edge SET listed = :listed, listed_at = :at WHERE feed_id = :feed";

/// The order in which `feed` listed its articles the last time that it listed any; empty where that is
/// not known.
pub fn last(tx: &Tx<'_>, feed: FeedId) -> Result<Order, Error> {
    Ok(noted(tx, feed)?.0.and_then(|last| order::read_whole(&last)).unwrap_or_default())
}

/// The last order as it was noted, and when.
fn noted(tx: &Tx<'_>, feed: FeedId) -> Result<(Option<Vec<u8>>, Option<i64>), Error> {
    let noted = tx
        .connection
        .prepare_cached(LAST)
        .and_then(|mut statement| {
            let id = named_params! { ":feed": feed.0 };
            statement.query_row(id, |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(Error::sqlite("read the order of a feed"))?;
    Ok(noted.unwrap_or_default())
}

/// Notes that `feed`, whose ledger has begun, lists its articles in this order, when it did not
/// before.
pub fn note(tx: &Tx<'_>, feed: FeedId, now: &[i64], at: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("store the order of a feed");
    let (last, last_at) = noted(tx, feed)?;
    let listed = order::whole(now);
    if last.as_ref() == Some(&listed) {
        return Ok(());
    }
    let is_same_day = |last_at: i64| last_at / DAY_SECONDS == at.seconds() / DAY_SECONDS;
    let change = last
        .filter(|_| last_at.is_some_and(is_same_day))
        .and_then(|last| order::read_whole(&last))
        .map(|before| order::change(&before, now))
        .filter(|change| change.len() < listed.len());
    tx.connection
        .prepare_cached(ADD)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":feed": feed.0,
                ":at": at.seconds(),
                ":is_whole": change.is_none(),
                ":entries": change.as_ref().unwrap_or(&listed),
                ":listed": listed,
            })
        })
        .map_err(failed())?;
    let mut statement = tx.connection.prepare_cached(SET_LAST).map_err(failed())?;
    statement
        .execute(named_params! { ":feed": feed.0, ":at": at.seconds(), ":listed": listed })
        .map_err(failed())?;
    Ok(())
}

/// A place in a feed, counted from 1, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When it was first seen there.
    pub at: Timestamp,
    /// The place; `None` when it was not listed.
    pub position: Option<usize>,
}

const COURSE: &str = "
    SELECT at, is_whole, entries
    FROM feed_order
    WHERE feed_id = :feed
        AND at >= coalesce((
            SELECT max(at)
            FROM feed_order
            WHERE feed_id = :feed AND at <= :from AND is_whole), 0)
        AND at <= :to
    ORDER BY at";

/// The places of `article` in `feed` from `from` to `to`, whenever they changed.
pub fn course(
    reader: &Reader,
    feed: FeedId,
    article: ArticleRow,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Place>, Error> {
    let failed = || Error::sqlite("read the order of a feed");
    let mut statement = reader.connection.prepare_cached(COURSE).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":from": from.seconds(), ":to": to.seconds() };
    let mut rows = statement.query(values).map_err(failed())?;
    let (mut order, mut course) = (Order::new(), Vec::<Place>::new());
    while let Some(row) = rows.next().map_err(failed())? {
        let at = Timestamp::from_seconds(row.get(0).map_err(failed())?);
        let is_whole: bool = row.get(1).map_err(failed())?;
        let entries: Vec<u8> = row.get(2).map_err(failed())?;
        let read =
            if is_whole { order::read_whole(&entries) } else { order::apply(&order, &entries) };
        // A row that is damaged says nothing; the next whole one goes on.
        order = read.unwrap_or_default();
        let position = order.iter().position(|listed| *listed == article.0).map(|at| at + 1);
        let last = course.last().and_then(|place| place.position);
        if at >= from && position != last {
            course.push(Place { at, position });
        }
    }
    Ok(course)
}
