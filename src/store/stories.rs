//! Stories: which articles go back to one text, as they are written.

use rusqlite::{OptionalExtension as _, named_params};

use crate::store::shingles::WINDOW_SECONDS;
use crate::store::{ArticleRow, Error, Reader, Tx};

/// Articles in a story; more is a mistake of ours, or of a site that repeats itself.
const ARTICLES_MAX: i64 = 500;

/// Another article that goes back to the same text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The other one.
    pub other: ArticleRow,
    /// The part of the article that stands in the other, from 0 to 1.
    pub kept: f64,
    /// The part of the other that stands in the article.
    pub kept_other: f64,
}

const MARK: &str = "
    INSERT INTO story_mark (article_id, revision_id)
    VALUES (:article, :revision)
    ON CONFLICT (article_id) DO UPDATE SET revision_id = excluded.revision_id";

/// Stores which revision of `article` its sketch was made of.
pub fn mark(tx: &Tx<'_>, article: ArticleRow, revision: i64) -> Result<(), Error> {
    let failed = || Error::sqlite("store what was compared");
    let mut statement = tx.connection.prepare_cached(MARK).map_err(failed())?;
    statement
        .execute(named_params! { ":article": article.0, ":revision": revision })
        .map_err(failed())?;
    Ok(())
}

const LINK: &str = "
    INSERT INTO story_link (article_id, other_id, kept, kept_other)
    VALUES (:article, :other, :kept, :kept_other)
    ON CONFLICT (article_id, other_id) DO UPDATE SET
        kept = excluded.kept, kept_other = excluded.kept_other";

const UNLINK: &str = "DELETE FROM story_link WHERE article_id = :article AND other_id = :other";

/// Stores that `article` and the other of `link` go back to one text, and makes them one story.
pub fn link(tx: &Tx<'_>, article: ArticleRow, link: &Link) -> Result<(), Error> {
    let failed = || Error::sqlite("store a link");
    // The later article has the row, whichever of the two was looked at last.
    let (later, earlier, kept, kept_other) = if article > link.other {
        (article, link.other, link.kept, link.kept_other)
    } else {
        (link.other, article, link.kept_other, link.kept)
    };
    tx.connection
        .prepare_cached(LINK)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":article": later.0,
                ":other": earlier.0,
                ":kept": thousandths(kept),
                ":kept_other": thousandths(kept_other),
            })
        })
        .map_err(failed())?;
    join(tx, earlier, later)
}

/// Forgets the links of `article` to `others`, whose texts it no longer shares; the story stays.
pub fn unlink(tx: &Tx<'_>, article: ArticleRow, others: &[ArticleRow]) -> Result<(), Error> {
    let failed = || Error::sqlite("remove a link");
    let mut statement = tx.connection.prepare_cached(UNLINK).map_err(failed())?;
    for other in others {
        let (later, earlier) = (article.max(*other), article.min(*other));
        statement
            .execute(named_params! { ":article": later.0, ":other": earlier.0 })
            .map_err(failed())?;
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "between 0 and 1000")]
fn thousandths(part: f64) -> i64 {
    (part.clamp(0.0, 1.0) * 1000.0).round() as i64
}

/// A story as it stands.
#[derive(Debug, Clone, Copy)]
struct Story {
    id: i64,
    first_at: i64,
    last_at: i64,
    n_articles: i64,
}

const STORY_OF: &str = "
    SELECT s.id, s.first_at, s.last_at, s.n_articles
    FROM story_mark AS m
    JOIN story AS s ON s.id = m.story_id
    WHERE m.article_id = :article";

const ALONE: &str = "SELECT sort_at FROM article WHERE id = :article";

/// The story of an article, or a story of it alone that is not stored.
fn story_of(tx: &Tx<'_>, article: ArticleRow) -> Result<Story, Error> {
    let failed = || Error::sqlite("read a story");
    let id = named_params! { ":article": article.0 };
    let story = tx
        .connection
        .prepare_cached(STORY_OF)
        .and_then(|mut statement| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(Story {
                    id: row.get(0)?,
                    first_at: row.get(1)?,
                    last_at: row.get(2)?,
                    n_articles: row.get(3)?,
                })
            };
            statement.query_row(id, read).optional()
        })
        .map_err(failed())?;
    if let Some(story) = story {
        return Ok(story);
    }
    let at: i64 = tx
        .connection
        .prepare_cached(ALONE)
        .and_then(|mut statement| statement.query_row(id, |row| row.get(0)))
        .map_err(failed())?;
    Ok(Story { id: 0, first_at: at, last_at: at, n_articles: 1 })
}

/// Makes the stories of two articles one, unless it would go on for ever. The older name stays.
fn join(tx: &Tx<'_>, earlier: ArticleRow, later: ArticleRow) -> Result<(), Error> {
    let (one, other) = (story_of(tx, earlier)?, story_of(tx, later)?);
    let is_joined = one.id != 0 && one.id == other.id;
    let joined = Story {
        id: 0,
        first_at: one.first_at.min(other.first_at),
        last_at: one.last_at.max(other.last_at),
        n_articles: one.n_articles + other.n_articles,
    };
    let is_endless = joined.last_at.saturating_sub(joined.first_at) > WINDOW_SECONDS
        || joined.n_articles > ARTICLES_MAX;
    if is_joined || is_endless {
        return Ok(());
    }
    let id = match (one.id, other.id) {
        // No other story has this name: a story is named after one of its own.
        (0, 0) => earlier.0,
        (0, id) | (id, 0) => id,
        (one, other) => one.min(other),
    };
    set_story(tx, &Story { id, ..joined })?;
    for (story, article) in [(one, earlier), (other, later)] {
        if story.id == 0 {
            assign(tx, article, id)?;
        } else if story.id != id {
            absorb(tx, story.id, id)?;
        }
    }
    Ok(())
}

const SET_STORY: &str = "
    INSERT INTO story (id, first_at, last_at, n_articles)
    VALUES (:id, :first_at, :last_at, :n_articles)
    ON CONFLICT (id) DO UPDATE SET
        first_at = excluded.first_at, last_at = excluded.last_at, n_articles = excluded.n_articles";

fn set_story(tx: &Tx<'_>, story: &Story) -> Result<(), Error> {
    let mut statement =
        tx.connection.prepare_cached(SET_STORY).map_err(Error::sqlite("store a story"))?;
    statement
        .execute(named_params! {
            ":id": story.id,
            ":first_at": story.first_at,
            ":last_at": story.last_at,
            ":n_articles": story.n_articles,
        })
        .map_err(Error::sqlite("store a story"))?;
    Ok(())
}

const ASSIGN: &str = "UPDATE story_mark SET story_id = :story WHERE article_id = :article";

fn assign(tx: &Tx<'_>, article: ArticleRow, story: i64) -> Result<(), Error> {
    let failed = || Error::sqlite("store a story");
    let mut statement = tx.connection.prepare_cached(ASSIGN).map_err(failed())?;
    statement.execute(named_params! { ":story": story, ":article": article.0 }).map_err(failed())?;
    Ok(())
}

const ABSORB: &str = "
    UPDATE story_mark INDEXED BY story_mark_by_story
    SET story_id = :into
    WHERE story_id = :story";

const REMOVE: &str = "DELETE FROM story WHERE id = :story";

fn absorb(tx: &Tx<'_>, story: i64, into: i64) -> Result<(), Error> {
    let failed = || Error::sqlite("join two stories");
    let mut statement = tx.connection.prepare_cached(ABSORB).map_err(failed())?;
    statement.execute(named_params! { ":into": into, ":story": story }).map_err(failed())?;
    let mut statement = tx.connection.prepare_cached(REMOVE).map_err(failed())?;
    statement.execute(named_params! { ":story": story }).map_err(failed())?;
    Ok(())
}

/// Forgets all stories but their names, so that they can be worked out anew.
pub fn clear(tx: &Tx<'_>) -> Result<(), Error> {
    const CLEAR: &str = "
        INSERT OR REPLACE INTO story_former (article_id, story_id)
            SELECT article_id, story_id FROM story_mark WHERE story_id IS NOT NULL;
        DELETE FROM shingle;
        DELETE FROM story_link;
        DELETE FROM story_mark;
        DELETE FROM story;
        DELETE FROM story_state;";
    tx.connection.execute_batch(CLEAR).map_err(Error::sqlite("clear the stories"))
}

const FORMER: &str = "
    SELECT m.story_id, min(f.story_id)
    FROM story_former AS f
    JOIN story_mark AS m ON m.article_id = f.story_id
    WHERE f.article_id = f.story_id AND m.story_id IS NOT NULL
    GROUP BY m.story_id";

const RENAME: &str = "UPDATE story SET id = :into WHERE id = :story";

/// Gives stories that were worked out anew the names they had. A story that fell apart leaves its
/// name to the part that has the article it was named after.
pub fn restore_names(tx: &Tx<'_>) -> Result<(), Error> {
    let failed = || Error::sqlite("restore the names of stories");
    let mut statement = tx.connection.prepare_cached(FORMER).map_err(failed())?;
    let found: Vec<(i64, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .map_err(failed())?;
    for (story, former) in found.into_iter().filter(|(story, former)| story != former) {
        for sql in [RENAME, ABSORB] {
            let mut statement = tx.connection.prepare_cached(sql).map_err(failed())?;
            statement
                .execute(named_params! { ":into": former, ":story": story })
                .map_err(failed())?;
        }
    }
    tx.connection.execute_batch("DELETE FROM story_former").map_err(failed())
}

/// Whether there are stories to be named as they were.
pub fn has_former_names(reader: &Reader) -> Result<bool, Error> {
    reader
        .connection
        .query_row("SELECT EXISTS (SELECT 1 FROM story_former)", [], |row| row.get(0))
        .map_err(Error::sqlite("look up the names of stories"))
}

/// How many stories there are.
pub fn count(reader: &Reader) -> Result<u32, Error> {
    reader
        .connection
        .query_row("SELECT count(*) FROM story", [], |row| row.get(0))
        .map_err(Error::sqlite("count the stories"))
}
