//! Articles, revisions and feeds as people ask for them.

use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::model::article::{ArticleId, Content, ID_CHARS, Revision};
use crate::model::feed::{Move, Streak};
use crate::model::fetch::FailureClass;
use crate::model::time::Timestamp;
use crate::store::articles::{from_json, read_content};
use crate::store::coverage::{self, Summary};
use crate::store::{ArticleRow, Error, FeedId, Reader, merges, subscriptions, text};

/// An article as it is shown: what it is known by, and one of its revisions.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// Its row.
    pub row: ArticleRow,
    /// Its public id.
    pub id: ArticleId,
    /// Its address as given.
    pub url: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// When we first saw it.
    pub first_seen_at: Timestamp,
    /// Its place in time: when it was published, or else first seen.
    pub sort_at: Timestamp,
    /// The names of the feeds that listed it.
    pub feeds: Vec<String>,
    /// How much of it could be read, where its page was looked at.
    pub access: Option<String>,
    /// Since when its publisher answers that it is not there.
    pub gone_at: Option<Timestamp>,
    /// The revision shown.
    pub revision: Revision,
}

/// One article in one feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// The feed.
    pub feed_row: FeedId,
    /// Its name.
    pub feed: String,
    /// The GUID it had there.
    pub guid: Option<String>,
    /// The link it had there.
    pub link: Option<String>,
    /// When it was first listed.
    pub first_seen_at: Timestamp,
    /// When it was last listed, as far as is known.
    pub last_seen_at: Option<Timestamp>,
    /// Whether it was listed at the last poll.
    pub is_listed: bool,
    /// Its place in the feed when it was first listed, counted from 1.
    pub first_position: Option<u32>,
    /// The highest place it ever had.
    pub best_position: Option<u32>,
}

const COLUMNS: &str = "
    SELECT r.title, r.authors, r.section, r.tags, r.language, r.published_at,
           r.published_precision, r.is_zone_assumed, r.modified_at, r.modified_precision,
           r.enclosures, b.codec, b.data, r.id, r.number, r.seen_at, r.source, r.changed,
           a.id, a.public_id, a.url, a.outlet, a.first_seen_at,
           (SELECT group_concat(f.name, char(31))
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id),
           (SELECT coalesce(p.access, p.last_access) FROM page AS p WHERE p.article_id = a.id),
           (SELECT p.gone_at FROM page AS p WHERE p.article_id = a.id),
           iif(r.id = a.revision_id, a.sort_at, coalesce(r.sort_at, a.sort_at))
    FROM article AS a ";

/// The article in `row` at its current revision; `None` when there is none.
pub fn article(reader: &Reader, row: ArticleRow) -> Result<Option<Article>, Error> {
    const CURRENT: &str = "
        JOIN revision AS r ON r.id = a.revision_id
        JOIN body AS b ON b.revision_id = r.id
        WHERE a.id = :article";
    Ok(select(reader, CURRENT, &[(":article", Value::Integer(row.0))])?.pop())
}

/// The revision `number` of the article in `row`.
pub fn revision(reader: &Reader, row: ArticleRow, number: u32) -> Result<Option<Article>, Error> {
    const ONE: &str = "
        JOIN revision AS r ON r.article_id = a.id
        JOIN body AS b ON b.revision_id = r.id
        WHERE a.id = :article AND r.number = :number";
    let number = Value::Integer(number.into());
    Ok(select(reader, ONE, &[(":article", Value::Integer(row.0)), (":number", number)])?.pop())
}

fn select(
    reader: &Reader,
    rest: &'static str,
    values: &[(&str, Value)],
) -> Result<Vec<Article>, Error> {
    let failed = || Error::sqlite("read an article");
    let sql = format!("{COLUMNS}{rest}");
    let mut statement = reader.connection.prepare_cached(&sql).map_err(failed())?;
    for (name, value) in values {
        let index = statement.parameter_index(name).map_err(failed())?.unwrap_or_default();
        statement.raw_bind_parameter(index, value).map_err(failed())?;
    }
    let mut rows = statement.raw_query();
    let mut articles = Vec::new();
    while let Some(row) = rows.next().map_err(failed())? {
        let mut article = read(row).map_err(failed())?;
        let (codec, data, revision) = body(row).map_err(failed())?;
        article.revision.content.text = text::unpack(&reader.connection, revision, codec, &data)?;
        articles.push(article);
    }
    Ok(articles)
}

fn body(row: &Row<'_>) -> rusqlite::Result<(i64, Vec<u8>, i64)> {
    Ok((row.get(11)?, row.get(12)?, row.get(13)?))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Article> {
    let content: Content = read_content(row)?;
    let feeds: Option<String> = row.get(23)?;
    Ok(Article {
        row: ArticleRow(row.get(18)?),
        id: ArticleId::from_stored(row.get(19)?),
        url: row.get(20)?,
        outlet: row.get(21)?,
        first_seen_at: Timestamp::from_seconds(row.get(22)?),
        feeds: feeds
            .map(|names| names.split('\u{1f}').map(ToOwned::to_owned).collect())
            .unwrap_or_default(),
        access: row.get(24)?,
        gone_at: row.get::<_, Option<i64>>(25)?.map(Timestamp::from_seconds),
        sort_at: Timestamp::from_seconds(row.get(26)?),
        revision: Revision {
            number: row.get(14)?,
            seen_at: Timestamp::from_seconds(row.get(15)?),
            source: row.get(16)?,
            changed: from_json(row.get(17)?),
            content,
        },
    })
}

/// What a public id or the beginning of one names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// One article.
    One(ArticleRow),
    /// Several, of which these are some.
    Several(Vec<ArticleId>),
    /// None.
    Nothing,
}

const BY_PREFIX: &str = "
    SELECT id, public_id
    FROM article
    WHERE public_id >= :low AND public_id < :high
    ORDER BY public_id
    LIMIT 5";

/// Looks up an article by its public id or any unambiguous beginning of it.
pub fn by_id(reader: &Reader, id: &str) -> Result<Named, Error> {
    let low = id.trim().to_ascii_lowercase();
    let is_base32 = |b: u8| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b);
    if low.is_empty() || low.len() > ID_CHARS || !low.bytes().all(is_base32) {
        return Ok(Named::Nothing);
    }
    let failed = || Error::sqlite("look up an article");
    let high = format!("{low}~");
    let mut statement = reader.connection.prepare_cached(BY_PREFIX).map_err(failed())?;
    let found: Vec<(i64, String)> = statement
        .query_map(named_params! { ":low": low, ":high": high }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .and_then(Iterator::collect)
        .map_err(failed())?;
    Ok(match &found[..] {
        [] => Named::Nothing,
        [(row, _)] => Named::One(merges::now(reader, ArticleRow(*row))?),
        _ => Named::Several(found.into_iter().map(|(_, id)| ArticleId::from_stored(id)).collect()),
    })
}

const SIGHTINGS: &str = "
    SELECT f.name, s.guid, s.link, s.first_seen_at, coalesce(s.left_at, p.last_success_at),
           s.left_at IS NULL, s.first_position, s.best_position, f.id
    FROM sighting AS s
    JOIN feed AS f ON f.id = s.feed_id
    LEFT JOIN poll_state AS p ON p.feed_id = s.feed_id
    WHERE s.article_id = :article
    ORDER BY s.first_seen_at, f.name";

/// The feeds in which the article in `row` was seen.
pub fn sightings(reader: &Reader, row: ArticleRow) -> Result<Vec<Sighting>, Error> {
    let failed = || Error::sqlite("read where an article was seen");
    let mut statement = reader.connection.prepare_cached(SIGHTINGS).map_err(failed())?;
    statement
        .query_map(named_params! { ":article": row.0 }, |row| {
            Ok(Sighting {
                feed_row: FeedId(row.get(8)?),
                feed: row.get(0)?,
                guid: row.get(1)?,
                link: row.get(2)?,
                first_seen_at: Timestamp::from_seconds(row.get(3)?),
                last_seen_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_seconds),
                is_listed: row.get(5)?,
                first_position: row.get(6)?,
                best_position: row.get(7)?,
            })
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

/// The totals of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Articles.
    pub n_articles: u32,
    /// Revisions of them all.
    pub n_revisions: u32,
    /// Requests recorded.
    pub n_fetches: u32,
    /// The last moment at which a new article was stored.
    pub last_new_at: Option<Timestamp>,
}

/// Counts what is in the archive.
pub fn totals(reader: &Reader) -> Result<Totals, Error> {
    const TOTALS: &str = "
        SELECT (SELECT count(*) FROM article)
                   - (SELECT count(*) FROM article WHERE merged_into IS NOT NULL),
               (SELECT count(*) FROM revision),
               (SELECT count(*) FROM fetch), (SELECT max(last_new_at) FROM poll_state)";
    reader
        .connection
        .query_row(TOTALS, [], |row| {
            Ok(Totals {
                n_articles: row.get(0)?,
                n_revisions: row.get(1)?,
                n_fetches: row.get(2)?,
                last_new_at: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_seconds),
            })
        })
        .optional()
        .map(Option::unwrap_or_default)
        .map_err(Error::sqlite("count what is in the archive"))
}

/// The last request by the row it has, which no other exceeds.
const LAST_FAILURE: &str = "SELECT failure FROM fetch ORDER BY id DESC LIMIT 1";

/// Whether the last poll found that no host could be reached.
pub fn is_outage(reader: &Reader) -> Result<bool, Error> {
    let failure: Option<Option<String>> = reader
        .connection
        .query_row(LAST_FAILURE, [], |row| row.get(0))
        .optional()
        .map_err(Error::sqlite("look up how the last poll ended"))?;
    Ok(failure.flatten().as_deref() == Some(FailureClass::Outage.as_str()))
}

/// How a feed is doing; the default for one never polled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeedHealth {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Who publishes it.
    pub outlet: Option<String>,
    /// Its title by its own word.
    pub title: Option<String>,
    /// Not polled by wish of the owner.
    pub is_paused: bool,
    /// How its last poll ended; `None` when it was never polled.
    pub last_outcome: Option<String>,
    /// Why its last poll failed.
    pub last_error: Option<String>,
    /// Failed polls in a row.
    pub n_failures: u32,
    /// Moments: last poll, last success, last new article, failing since, next poll.
    pub last_poll_at: Option<Timestamp>,
    /// The last time its document was reached.
    pub last_success_at: Option<Timestamp>,
    /// The last time it had a new article.
    pub last_new_at: Option<Timestamp>,
    /// Since when it has been failing.
    pub failing_since: Option<Timestamp>,
    /// When it is due.
    pub next_poll_at: Option<Timestamp>,
    /// Why then.
    pub next_reason: Option<String>,
    /// Articles it listed, ever.
    pub n_articles: u32,
    /// Where it was last seen to have moved for good.
    pub moved: Option<Move>,
    /// A 304 hid a change, so it is asked without validators.
    pub has_lying_validators: bool,
    /// What may have been missed; gaps of the last day are recent.
    pub coverage: Summary,
    /// How a hub pushes it, where there is one.
    pub push: Option<subscriptions::Summary>,
}

impl FeedHealth {
    /// How far back the feed reached at its last success, where that is known.
    pub fn reach(&self) -> Option<Duration> {
        Some(self.last_success_at?.since(self.coverage.oldest_at?))
    }

    /// From its last poll to the next.
    pub fn interval(&self) -> Option<Duration> {
        Some(self.next_poll_at?.since(self.last_poll_at?))
    }

    /// Something may have been missed in the last day, or soon may be: the feed is polled less
    /// than twice in the time it reaches back.
    pub fn is_at_risk(&self) -> bool {
        let is_too_seldom =
            self.reach().zip(self.interval()).is_some_and(|(reach, wait)| wait > reach / 2);
        !self.is_paused && (self.coverage.n_gaps_recent > 0 || is_too_seldom)
    }
}

/// What is recent.
const DAY: Duration = Duration::from_secs(86_400);

const HEALTH: &str = "
    SELECT f.name, f.url, f.outlet, f.title, f.is_paused, p.last_outcome, p.last_error,
           coalesce(p.n_failures, 0), p.last_poll_at, p.last_success_at, p.last_new_at,
           p.failing_since, p.next_poll_at, p.next_reason,
           (SELECT count(*) FROM sighting AS s WHERE s.feed_id = f.id),
           p.moved_to, coalesce(p.n_moved, 0), coalesce(p.moved_since, 0),
           coalesce(p.moved_seen_at, 0), coalesce(p.validators_lie, 0)
    FROM feed AS f
    LEFT JOIN poll_state AS p ON p.feed_id = f.id
    WHERE f.is_listed = 1
    ORDER BY f.id";

/// How every listed feed is doing at `now`, in the order of the list.
pub fn health(reader: &Reader, now: Timestamp) -> Result<Vec<FeedHealth>, Error> {
    let failed = || Error::sqlite("read how feeds are doing");
    let mut statement = reader.connection.prepare_cached(HEALTH).map_err(failed())?;
    let mut feeds: Vec<FeedHealth> =
        statement.query_map([], read_health).and_then(Iterator::collect).map_err(failed())?;
    let mut summaries = coverage::summaries(reader, now.minus(DAY))?;
    let mut pushed = subscriptions::summaries(reader)?;
    for feed in &mut feeds {
        feed.coverage = summaries.remove(&feed.name).unwrap_or_default();
        feed.push = pushed.remove(&feed.name);
    }
    Ok(feeds)
}

fn read_health(row: &Row<'_>) -> rusqlite::Result<FeedHealth> {
    let moment = |index| row.get::<_, Option<i64>>(index).map(|s| s.map(Timestamp::from_seconds));
    let seen = Streak {
        n: row.get(16)?,
        since: Timestamp::from_seconds(row.get(17)?),
        last_at: Timestamp::from_seconds(row.get(18)?),
    };
    Ok(FeedHealth {
        name: row.get(0)?,
        url: row.get(1)?,
        outlet: row.get(2)?,
        title: row.get(3)?,
        is_paused: row.get(4)?,
        last_outcome: row.get(5)?,
        last_error: row.get(6)?,
        n_failures: row.get(7)?,
        last_poll_at: moment(8)?,
        last_success_at: moment(9)?,
        last_new_at: moment(10)?,
        failing_since: moment(11)?,
        next_poll_at: moment(12)?,
        next_reason: row.get(13)?,
        n_articles: row.get(14)?,
        moved: row.get::<_, Option<String>>(15)?.map(|to| Move { to, seen }),
        has_lying_validators: row.get(19)?,
        coverage: Summary::default(),
        push: None,
    })
}
