//! Which entries a feed lists, since when, and until when.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use rusqlite::named_params;

use crate::dedupe::fingerprint::Short;
use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, FeedId, Tx};

/// The entries a feed listed at its last poll.
#[derive(Debug, Default)]
pub struct Listed {
    by_entry: HashMap<Short, Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    article: ArticleRow,
    said: Short,
    best_position: Option<u32>,
}

impl Listed {
    /// The article of an entry that was listed and has not changed.
    pub fn unchanged(&self, entry: &Short) -> Option<ArticleRow> {
        self.by_entry.get(entry).map(|entry| entry.article)
    }

    /// Whether an entry that was listed was never as high as `position`.
    pub fn is_best(&self, entry: &Short, position: u32) -> bool {
        let best = self.by_entry.get(entry).and_then(|entry| entry.best_position);
        best.is_some_and(|best| position < best)
    }

    /// How many entries were listed.
    pub fn n_entries(&self) -> usize {
        self.by_entry.len()
    }

    /// Articles that were listed with just this to say, except in the entries `still` there.
    pub fn saying(&self, fingerprint: &Short, still: &HashSet<Short>) -> Vec<ArticleRow> {
        let is_gone = |entry: &&Short| !still.contains(*entry);
        let listed = self.by_entry.iter().filter(|(_, entry)| entry.said == *fingerprint);
        listed.filter(|(hash, _)| is_gone(hash)).map(|(_, entry)| entry.article).collect()
    }

    /// How many of them are among `still`.
    pub fn n_among(&self, still: &HashSet<ArticleRow>) -> usize {
        self.by_entry.values().filter(|entry| still.contains(&entry.article)).count()
    }
}

// Named, because the planner may take the primary key, and with it all that a feed ever listed.
const LISTED: &str = "
    SELECT entry_hash, article_id, fingerprint, best_position
    FROM sighting INDEXED BY sighting_listed
    WHERE feed_id = :feed AND left_at IS NULL";

/// What `feed` listed at its last poll.
pub fn listed(tx: &Tx<'_>, feed: FeedId) -> Result<Listed, Error> {
    let failed = || Error::sqlite("read what a feed listed");
    let mut statement = tx.connection.prepare_cached(LISTED).map_err(failed())?;
    let rows = statement
        .query_map(named_params! { ":feed": feed.0 }, |row| {
            let article = ArticleRow(row.get(1)?);
            Ok((row.get(0)?, Entry { article, said: row.get(2)?, best_position: row.get(3)? }))
        })
        .map_err(failed())?;
    Ok(Listed { by_entry: rows.collect::<Result<_, _>>().map_err(failed())? })
}

/// An entry as it stands in a feed.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'e> {
    /// The feed.
    pub feed: FeedId,
    /// Its article.
    pub article: ArticleRow,
    /// Its GUID.
    pub guid: Option<&'e str>,
    /// Its link.
    pub link: Option<&'e str>,
    /// Hash of the whole entry.
    pub entry_hash: Short,
    /// Hash of what it says.
    pub fingerprint: Short,
    /// Hash of its text.
    pub text_hash: Short,
    /// When it appeared, by our clock or, at a feed's first poll, its own word.
    pub appeared_at: Timestamp,
    /// Its place in the feed, counted from 1, where the document was read whole.
    pub position: Option<u32>,
}

const SEE: &str = "
    INSERT INTO sighting (
        feed_id, article_id, guid, link, first_seen_at, appeared_at, entry_hash, fingerprint,
        text_hash, first_position, best_position)
    VALUES (
        :feed, :article, :guid, :link, :now, :appeared_at, :entry_hash, :fingerprint,
        :text_hash, :position, :position)
    ON CONFLICT (feed_id, article_id) DO UPDATE SET
        guid = excluded.guid, link = excluded.link, left_at = NULL,
        entry_hash = excluded.entry_hash, fingerprint = excluded.fingerprint,
        text_hash = excluded.text_hash,
        best_position = min(
            coalesce(best_position, excluded.best_position),
            coalesce(excluded.best_position, best_position))";

/// Stores that a feed lists an entry.
pub fn see(tx: &Tx<'_>, seen: &Seen<'_>, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("store a sighting");
    tx.connection
        .prepare_cached(SEE)
        .map_err(failed())?
        .execute(named_params! {
            ":feed": seen.feed.0,
            ":article": seen.article.0,
            ":guid": seen.guid,
            ":link": seen.link,
            ":now": now.seconds(),
            ":appeared_at": seen.appeared_at.seconds(),
            ":entry_hash": seen.entry_hash,
            ":fingerprint": seen.fingerprint,
            ":text_hash": seen.text_hash,
            ":position": seen.position,
        })
        .map_err(failed())?;
    Ok(())
}

const RISE: &str = "
    UPDATE sighting
    SET best_position = :position
    WHERE feed_id = :feed AND article_id = :article";

/// Stores that an article stands higher in `feed` than ever.
pub fn rise(tx: &Tx<'_>, feed: FeedId, article: ArticleRow, position: u32) -> Result<(), Error> {
    let failed = || Error::sqlite("store the place of an entry");
    let mut statement = tx.connection.prepare_cached(RISE).map_err(failed())?;
    statement
        .execute(named_params! { ":feed": feed.0, ":article": article.0, ":position": position })
        .map_err(failed())?;
    Ok(())
}

const LEAVE: &str = "
    UPDATE sighting
    SET left_at = :left_at
    WHERE feed_id = :feed AND article_id = :article";

/// Stores that what `listed` holds and `still` does not was last listed at `left_at`.
pub fn leave(
    tx: &Tx<'_>,
    feed: FeedId,
    listed: &Listed,
    still: &HashSet<ArticleRow>,
    left_at: Timestamp,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store that an entry left its feed");
    let mut statement = tx.connection.prepare_cached(LEAVE).map_err(failed())?;
    let articles = listed.by_entry.values().map(|entry| &entry.article);
    for article in articles.filter(|article| !still.contains(article)) {
        statement
            .execute(named_params! {
                ":left_at": left_at.seconds(), ":feed": feed.0, ":article": article.0,
            })
            .map_err(failed())?;
    }
    Ok(())
}

const APPEARED: &str = "
    SELECT appeared_at
    FROM sighting INDEXED BY sighting_listed
    WHERE feed_id = :feed AND left_at IS NULL
    ORDER BY appeared_at DESC";

/// When the entries a feed now lists appeared, newest first.
pub fn appeared(tx: &Tx<'_>, feed: FeedId) -> Result<Vec<Timestamp>, Error> {
    let failed = || Error::sqlite("read how far back a feed reaches");
    let mut statement = tx.connection.prepare_cached(APPEARED).map_err(failed())?;
    let rows = statement
        .query_map(named_params! { ":feed": feed.0 }, |row| row.get(0).map(Timestamp::from_seconds))
        .map_err(failed())?;
    rows.collect::<Result<_, _>>().map_err(failed())
}

const CLOCK_SET_BACK: &str = "
    UPDATE sighting INDEXED BY sighting_listed
    SET appeared_at = :now
    WHERE feed_id = :feed AND left_at IS NULL AND appeared_at > :now";

/// Lets what a feed lists have appeared at `now` at the latest: it tells how far back the feed reaches.
pub fn clock_set_back(tx: &Tx<'_>, feed: FeedId, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("set back when entries appeared");
    let mut statement = tx.connection.prepare_cached(CLOCK_SET_BACK).map_err(failed())?;
    let values = named_params! { ":feed": feed.0, ":now": now.seconds() };
    statement.execute(values).map(drop).map_err(failed())
}

const LISTED_OF_DATE: &str = "
    SELECT s.article_id
    FROM sighting AS s INDEXED BY sighting_listed
    JOIN article AS a ON a.id = s.article_id
    JOIN revision AS r ON r.id = a.revision_id
    WHERE s.feed_id = :feed
        AND s.left_at IS NULL
        AND r.published_precision = 'second'
        AND r.published_at = :at
    LIMIT 5";

const SAYING: &str = "
    SELECT count(*)
    FROM sighting INDEXED BY sighting_listed
    WHERE feed_id = :feed AND left_at IS NULL AND text_hash = :text";

/// How many of the articles that `feed` listed at its last poll have a text with this hash there.
pub fn n_saying(tx: &Tx<'_>, feed: FeedId, text: &Short) -> Result<u32, Error> {
    tx.connection
        .prepare_cached(SAYING)
        .and_then(|mut statement| {
            let values = named_params! { ":feed": feed.0, ":text": text };
            statement.query_row(values, |row| row.get(0))
        })
        .map_err(Error::sqlite("look up who says the same"))
}

/// Articles that `feed` listed at its last poll and that state `at` for their date, a few.
pub fn listed_of_date(tx: &Tx<'_>, feed: FeedId, at: Timestamp) -> Result<Vec<ArticleRow>, Error> {
    let failed = || Error::sqlite("look up what a feed listed");
    let mut statement = tx.connection.prepare_cached(LISTED_OF_DATE).map_err(failed())?;
    statement
        .query_map(named_params! { ":feed": feed.0, ":at": at.seconds() }, |row| {
            row.get(0).map(ArticleRow)
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

const ANY_DATED: &str = "
    SELECT EXISTS (
        SELECT 1
        FROM sighting AS s
        JOIN article AS a ON a.id = s.article_id
        JOIN revision AS r ON r.id = a.revision_id
        WHERE s.feed_id = :feed
            AND s.left_at IS NULL
            AND s.first_seen_at = :at
            AND r.number = 1
            AND r.published_precision = 'second'
            AND r.is_zone_assumed = 0
            AND r.published_at > :after
            AND r.published_at < :before)";

/// Whether any entry first seen at `at` states that it appeared within `span`. A date without a time
/// or a zone is too vague to tell, and one that a publisher sets before publishing misleads; what is
/// then lost is only that the feed is sent whole each time.
pub fn any_dated(
    tx: &Tx<'_>,
    feed: FeedId,
    at: Timestamp,
    span: &Range<Timestamp>,
) -> Result<bool, Error> {
    let failed = || Error::sqlite("look up the dates of new entries");
    let mut statement = tx.connection.prepare_cached(ANY_DATED).map_err(failed())?;
    statement
        .query_row(
            named_params! {
                ":feed": feed.0,
                ":at": at.seconds(),
                ":after": span.start.seconds(),
                ":before": span.end.seconds(),
            },
            |row| row.get(0),
        )
        .map_err(failed())
}
