//! Articles put together and taken apart, each with a record by which it is undone.
//!
//! Texts are never touched: a revision gets another article and a number after those that are there.
//! What is worked out from texts (stories, names, the index) follows by itself.

pub mod split;
pub mod undo;

use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde::{Deserialize, Serialize};

use crate::model::article::IdentityKey;
use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, Reader, Tx, articles, repairs};

/// What a change moved from the article `from` to the article `to`.
#[derive(Debug, Serialize, Deserialize)]
struct Moved {
    keys: Vec<String>,
    added: Vec<String>,
    /// Rows of revisions, and the numbers they had.
    revisions: Vec<(i64, i64)>,
    feeds: Vec<i64>,
    /// Feeds that list both, where the sighting stays and counts as over.
    over: Vec<i64>,
    from: Before,
    to: Before,
    next_page_at: Option<i64>,
}

/// An article as it was.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Before {
    revision_id: i64,
    first_seen_at: i64,
    sort_at: i64,
}

const INTO: &str = "SELECT merged_into FROM article WHERE id = :article";

/// The article that `article` is now, which is most often itself.
pub fn now(reader: &Reader, article: ArticleRow) -> Result<ArticleRow, Error> {
    resolve(&reader.connection, article)
}

/// [`now`] on any connection.
pub(super) fn resolve(connection: &Connection, article: ArticleRow) -> Result<ArticleRow, Error> {
    let failed = || Error::sqlite("look up an article");
    let mut statement = connection.prepare_cached(INTO).map_err(failed())?;
    let mut article = article;
    loop {
        let into: Option<Option<i64>> = statement
            .query_row(named_params! { ":article": article.0 }, |row| row.get(0))
            .optional()
            .map_err(failed())?;
        match into.flatten() {
            Some(into) => article = ArticleRow(into),
            None => return Ok(article),
        }
    }
}

const MOVED_NUMBER: &str = "
    SELECT r.number
    FROM article AS a
    JOIN identity_change AS c ON c.other_id = a.id AND c.kind = 'merge' AND c.undone_at IS NULL
    JOIN json_each(c.moved, '$.revisions') AS m ON json_extract(m.value, '$[1]') = :number
    JOIN revision AS r ON r.id = json_extract(m.value, '$[0]')
    WHERE a.public_id >= :low AND a.public_id < :high";

/// The number that the revision `number` of `id` has in the article of which it is a part now; the
/// same where that is its own.
pub fn number(reader: &Reader, id: &str, number: u32) -> Result<u32, Error> {
    let failed = || Error::sqlite("look up a revision");
    let low = id.trim().to_ascii_lowercase();
    let high = format!("{low}~");
    let mut statement = reader.connection.prepare_cached(MOVED_NUMBER).map_err(failed())?;
    let moved = statement
        .query_row(named_params! { ":low": low, ":high": high, ":number": number }, |row| {
            row.get(0)
        })
        .optional()
        .map_err(failed())?;
    Ok(moved.unwrap_or(number))
}

const BEFORE: &str = "SELECT revision_id, first_seen_at, sort_at FROM article WHERE id = :article";

fn before(tx: &Tx<'_>, article: ArticleRow) -> Result<Before, Error> {
    let read = |row: &Row<'_>| {
        Ok(Before { revision_id: row.get(0)?, first_seen_at: row.get(1)?, sort_at: row.get(2)? })
    };
    tx.connection
        .prepare_cached(BEFORE)
        .and_then(|mut statement| {
            statement.query_row(named_params! { ":article": article.0 }, read)
        })
        .map_err(Error::sqlite("read an article"))
}

/// A statement on some articles, feeds and numbers.
fn run(tx: &Tx<'_>, sql: &str, values: &[(&str, &dyn rusqlite::ToSql)]) -> Result<usize, Error> {
    tx.connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(values))
        .map_err(Error::sqlite("change what is one article"))
}

fn list<T: rusqlite::types::FromSql>(
    tx: &Tx<'_>,
    sql: &str,
    values: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Vec<T>, Error> {
    tx.connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_map(values, |row| row.get(0))?.collect())
        .map_err(Error::sqlite("read an article"))
}

const KEYS: &str = "SELECT key FROM identity_key WHERE article_id = :article ORDER BY key";

const SET_KEY: &str = "UPDATE identity_key SET article_id = :to WHERE key = :key";

const REVISIONS: &str = "
    SELECT json_array(id, number)
    FROM revision
    WHERE article_id = :article
    ORDER BY number";

const LAST_NUMBER: &str =
    "SELECT coalesce(max(number), 0) FROM revision WHERE article_id = :article";

const SET_REVISION: &str =
    "UPDATE revision SET article_id = :to, number = :number WHERE id = :revision";

// In a feed that lists both, each keeps its own place.
const FEEDS: &str = "
    SELECT feed_id
    FROM sighting
    WHERE article_id = :article
        AND feed_id NOT IN (SELECT feed_id FROM sighting WHERE article_id = :to)
    ORDER BY feed_id";

const SET_SIGHTING: &str =
    "UPDATE sighting SET article_id = :to WHERE feed_id = :feed AND article_id = :article";

const BOTH: &str = "
    SELECT feed_id
    FROM sighting
    WHERE article_id = :article AND left_at IS NULL
        AND feed_id IN (SELECT feed_id FROM sighting WHERE article_id = :to)
    ORDER BY feed_id";

const SET_LEFT: &str =
    "UPDATE sighting SET left_at = :at WHERE feed_id = :feed AND article_id = :article";

/// In a feed that lists both, what is listed of `article` is looked up anew, and found to be `to`.
fn retire(
    tx: &Tx<'_>,
    article: ArticleRow,
    to: ArticleRow,
    now: Timestamp,
) -> Result<Vec<i64>, Error> {
    let feeds: Vec<i64> = list(tx, BOTH, named_params! { ":article": article.0, ":to": to.0 })?;
    for feed in &feeds {
        let at = now.seconds();
        run(tx, SET_LEFT, named_params! { ":feed": feed, ":article": article.0, ":at": at })?;
    }
    Ok(feeds)
}

const NEXT_PAGE: &str = "SELECT next_page_at FROM page WHERE article_id = :article";

const SET_NEXT_PAGE: &str = "UPDATE page SET next_page_at = :at WHERE article_id = :article";

const SET_ARTICLE: &str = "
    UPDATE article
    SET revision_id = :revision, first_seen_at = :first_seen_at, sort_at = :sort_at,
        merged_into = :into
    WHERE id = :article";

const RECORD: &str = "
    INSERT INTO identity_change (at, kind, article_id, other_id, key, moved)
    VALUES (:at, :kind, :article, :other, :key, :moved)
    RETURNING id";

/// Makes `other` a part of `kept`, because both are known by `key`. Returns the number of the change;
/// `None` when they are one already.
pub fn merge(
    tx: &Tx<'_>,
    kept: ArticleRow,
    other: ArticleRow,
    key: &IdentityKey,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    let (kept, other) = (resolve(tx.connection, kept)?, resolve(tx.connection, other)?);
    if kept == other {
        return Ok(None);
    }
    let (kept, other) = (kept.min(other), kept.max(other));
    let article: &[(&str, &dyn rusqlite::ToSql)] = named_params! { ":article": other.0 };
    let moved = Moved {
        keys: list(tx, KEYS, article)?,
        added: added(tx, std::slice::from_ref(key), kept)?,
        revisions: revisions(tx, REVISIONS, article)?,
        feeds: list(tx, FEEDS, named_params! { ":article": other.0, ":to": kept.0 })?,
        from: before(tx, other)?,
        to: before(tx, kept)?,
        over: retire(tx, other, kept, now)?,
        next_page_at: list::<Option<i64>>(tx, NEXT_PAGE, article)?.into_iter().flatten().next(),
    };
    let last: Vec<i64> = list(tx, LAST_NUMBER, named_params! { ":article": kept.0 })?;
    let last = last.first().copied().unwrap_or_default();
    let numbers = moved.revisions.iter().map(|(id, number)| (*id, number + last));
    carry(tx, &moved, (other, kept), numbers)?;
    run(tx, SET_NEXT_PAGE, named_params! { ":article": other.0, ":at": None::<i64> })?;
    let (from, to) = (moved.from, moved.to);
    let merged = Before {
        revision_id: current(tx, to.revision_id, from.revision_id)?,
        first_seen_at: to.first_seen_at.min(from.first_seen_at),
        sort_at: to.sort_at.min(from.sort_at),
    };
    set(tx, other, Before { revision_id: 0, ..from }, Some(kept))?;
    set(tx, kept, merged, None)?;
    articles::place::follow(tx, kept)?;
    record(tx, ("merge", kept, other), key, &moved, now).map(Some)
}

fn revisions(
    tx: &Tx<'_>,
    sql: &str,
    values: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Vec<(i64, i64)>, Error> {
    let rows: Vec<String> = list(tx, sql, values)?;
    Ok(rows.iter().filter_map(|row| serde_json::from_str(row).ok()).collect())
}

/// Adds keys that name nothing yet; gives them back, for they are to go when the change is undone.
fn added(tx: &Tx<'_>, keys: &[IdentityKey], to: ArticleRow) -> Result<Vec<String>, Error> {
    let mut added = Vec::new();
    for key in keys {
        if articles::keys::find(tx, std::slice::from_ref(key))?.is_empty() {
            articles::keys::add(tx, to, std::slice::from_ref(key))?;
            added.push(key.as_str().to_owned());
        }
    }
    Ok(added)
}

/// Gives keys, revisions and sightings of one article to another.
fn carry(
    tx: &Tx<'_>,
    moved: &Moved,
    (from, to): (ArticleRow, ArticleRow),
    numbers: impl Iterator<Item = (i64, i64)>,
) -> Result<(), Error> {
    for key in &moved.keys {
        run(tx, SET_KEY, named_params! { ":key": key, ":to": to.0 })?;
    }
    for (revision, number) in numbers {
        let values = named_params! { ":revision": revision, ":number": number, ":to": to.0 };
        run(tx, SET_REVISION, values)?;
    }
    for feed in &moved.feeds {
        let values = named_params! { ":feed": feed, ":article": from.0, ":to": to.0 };
        run(tx, SET_SIGHTING, values)?;
        remark(tx, *feed, from, to)?;
    }
    forget_story(tx, from)
}

const EDGE: &str = "SELECT marks FROM edge WHERE feed_id = :feed";

const SET_EDGE: &str = "UPDATE edge SET marks = :marks WHERE feed_id = :feed";

/// The last window of a feed is recognized by rows of articles.
fn remark(tx: &Tx<'_>, feed: i64, from: ArticleRow, to: ArticleRow) -> Result<(), Error> {
    let marks: Vec<String> = list(tx, EDGE, named_params! { ":feed": feed })?;
    let Some(marks) = marks.first() else { return Ok(()) };
    let mut marks = repairs::marks_from_json(marks);
    if !marks.iter().any(|mark| mark.article == from.0) {
        return Ok(());
    }
    for mark in marks.iter_mut().filter(|mark| mark.article == from.0) {
        mark.article = to.0;
    }
    let marks = repairs::marks_to_json(&marks);
    run(tx, SET_EDGE, named_params! { ":feed": feed, ":marks": marks }).map(drop)
}

const FORGET_STORY: [&str; 7] = [
    "DELETE FROM story_link WHERE article_id = :article",
    "DELETE FROM story_link WHERE other_id = :article",
    "UPDATE story
     SET n_articles = n_articles - 1
     WHERE id = (SELECT story_id FROM story_mark WHERE article_id = :article)",
    // One article is no story.
    "DELETE FROM story
     WHERE n_articles < 2
         AND id = (SELECT story_id FROM story_mark WHERE article_id = :article)",
    "UPDATE story_mark
     SET story_id = NULL
     WHERE story_id = (SELECT story_id FROM story_mark WHERE article_id = :article)
         AND NOT EXISTS (SELECT 1 FROM story WHERE id = story_id)",
    "DELETE FROM story_mark WHERE article_id = :article",
    "DELETE FROM mention WHERE article_id = :article",
];

/// Stories and names of an article are worked out again from its texts, where it has any.
fn forget_story(tx: &Tx<'_>, article: ArticleRow) -> Result<(), Error> {
    for sql in FORGET_STORY {
        run(tx, sql, named_params! { ":article": article.0 })?;
    }
    Ok(())
}

const SEEN: &str = "SELECT seen_at * 1000000 + min(n_words, 999999) FROM revision WHERE id = :id";

/// The one of two revisions that was seen later; of two that were seen at once the fuller one, or that of
/// the article that was announced later.
fn current(tx: &Tx<'_>, own: i64, other: i64) -> Result<i64, Error> {
    let rank = |id: i64| -> Result<Option<i64>, Error> {
        Ok(list(tx, SEEN, named_params! { ":id": id })?.first().copied())
    };
    Ok(if rank(other)? >= rank(own)? { other } else { own })
}

fn set(
    tx: &Tx<'_>,
    article: ArticleRow,
    state: Before,
    into: Option<ArticleRow>,
) -> Result<(), Error> {
    run(
        tx,
        SET_ARTICLE,
        named_params! {
            ":article": article.0,
            ":revision": state.revision_id,
            ":first_seen_at": state.first_seen_at,
            ":sort_at": state.sort_at,
            ":into": into.map(|into| into.0),
        },
    )?;
    articles::touch(tx, article)
}

fn record(
    tx: &Tx<'_>,
    (kind, article, other): (&str, ArticleRow, ArticleRow),
    key: &IdentityKey,
    moved: &Moved,
    now: Timestamp,
) -> Result<i64, Error> {
    let moved = serde_json::to_string(moved).unwrap_or_default();
    tx.connection
        .prepare_cached(RECORD)
        .and_then(|mut statement| {
            statement.query_row(
                named_params! {
                    ":at": now.seconds(), ":kind": kind, ":article": article.0, ":other": other.0,
                    ":key": key.as_str(), ":moved": moved,
                },
                |row| row.get(0),
            )
        })
        .map_err(Error::sqlite("record what is one article"))
}
