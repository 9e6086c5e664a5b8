//! Taking back what was put together or taken apart.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::model::time::Timestamp;
use crate::store::merges::split::times;
use crate::store::merges::{
    Before, FEEDS, KEYS, LAST_NUMBER, Moved, REVISIONS, SET_LEFT, SET_NEXT_PAGE, before, carry,
    list, retire, revisions, run, set,
};
use crate::store::{ArticleRow, Error, Tx};

/// What came of undoing a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// All is as it was.
    Done,
    /// There is no such change.
    Unknown,
    /// It had been undone before.
    Already,
    /// A later change of the same articles has to be undone first.
    After(i64),
}

const CHANGE: &str = "
    SELECT kind, article_id, other_id, moved, undone_at
    FROM identity_change
    WHERE id = :change";

const LATER: &str = "
    SELECT l.id
    FROM identity_change AS c
    JOIN identity_change AS l ON l.id > c.id AND l.undone_at IS NULL
    WHERE c.id = :change
        AND (l.article_id IN (c.article_id, c.other_id) OR l.other_id IN (c.article_id, c.other_id))
    ORDER BY l.id DESC
    LIMIT 1";

const SET_UNDONE: &str = "UPDATE identity_change SET undone_at = :now WHERE id = :change";

const FORGET_KEY: &str = "DELETE FROM identity_key WHERE key = :key AND article_id = :article";

/// Undoes the change number `change`. What came in since stays with the article that has it.
pub fn undo(tx: &Tx<'_>, change: i64, now: Timestamp) -> Result<Undone, Error> {
    let failed = || Error::sqlite("read what was changed");
    let id = named_params! { ":change": change };
    let read = |row: &Row<'_>| {
        let articles = (ArticleRow(row.get(1)?), ArticleRow(row.get(2)?));
        let (kind, moved): (String, String) = (row.get(0)?, row.get(3)?);
        Ok((kind, articles, moved, row.get::<_, Option<i64>>(4)?))
    };
    let found = tx
        .connection
        .prepare_cached(CHANGE)
        .and_then(|mut statement| statement.query_row(id, read).optional())
        .map_err(failed())?;
    let Some((kind, (article, other), moved, undone_at)) = found else {
        return Ok(Undone::Unknown);
    };
    if undone_at.is_some() {
        return Ok(Undone::Already);
    }
    if let Some(later) = list(tx, LATER, id)?.first() {
        return Ok(Undone::After(*later));
    }
    let Ok(moved) = serde_json::from_str::<Moved>(&moved) else { return Ok(Undone::Unknown) };
    if kind == "merge" {
        part(tx, article, other, &moved)?;
    } else {
        join(tx, (article, other), moved, now)?;
    }
    run(tx, SET_UNDONE, named_params! { ":change": change, ":now": now.seconds() })?;
    Ok(Undone::Done)
}

/// Undoes a merge: `other` gets back what it had.
fn part(tx: &Tx<'_>, kept: ArticleRow, other: ArticleRow, moved: &Moved) -> Result<(), Error> {
    for key in &moved.added {
        run(tx, FORGET_KEY, named_params! { ":key": key, ":article": kept.0 })?;
    }
    carry(tx, moved, (kept, other), moved.revisions.iter().copied())?;
    for feed in &moved.over {
        let values = named_params! { ":feed": feed, ":article": other.0, ":at": None::<i64> };
        run(tx, SET_LEFT, values)?;
    }
    let at = moved.next_page_at;
    run(tx, SET_NEXT_PAGE, named_params! { ":article": other.0, ":at": at })?;
    set(tx, other, moved.from, None)?;
    // Revisions that came since have rows after all that there were.
    let known = moved.revisions.iter().map(|(id, _)| *id).max().unwrap_or_default();
    let latest = times(tx, kept)?.revision_id;
    let is_new = latest > known.max(moved.to.revision_id);
    let revision_id = if is_new { latest } else { moved.to.revision_id };
    set(tx, kept, Before { revision_id, ..moved.to }, None)
}

/// Undoes a split: `article` gets back its part, with all that came to it since.
fn join(
    tx: &Tx<'_>,
    (article, other): (ArticleRow, ArticleRow),
    moved: Moved,
    now: Timestamp,
) -> Result<(), Error> {
    let values: &[(&str, &dyn rusqlite::ToSql)] = named_params! { ":article": other.0 };
    for key in &moved.added {
        run(tx, FORGET_KEY, named_params! { ":key": key, ":article": other.0 })?;
    }
    let last: Vec<i64> = list(tx, LAST_NUMBER, named_params! { ":article": article.0 })?;
    let known = moved.revisions.iter().map(|(_, number)| *number).max().unwrap_or_default();
    let last = last.first().copied().unwrap_or_default().max(known);
    let former = |id: i64| moved.revisions.iter().find(|(known, _)| *known == id).copied();
    let all = revisions(tx, REVISIONS, values)?;
    let since = all.iter().filter(|(id, _)| former(*id).is_none());
    let since = since.zip(1..).map(|((id, _), n)| (*id, last + n));
    let numbers: Vec<_> = moved.revisions.iter().copied().chain(since).collect();
    let is_as_it_was = numbers.len() == moved.revisions.len();
    let all = Moved {
        keys: list(tx, KEYS, values)?,
        feeds: list(tx, FEEDS, named_params! { ":article": other.0, ":to": article.0 })?,
        ..moved
    };
    retire(tx, other, article, now)?;
    carry(tx, &all, (other, article), numbers.into_iter())?;
    let last = before(tx, other)?;
    set(tx, other, Before { revision_id: 0, ..last }, Some(article))?;
    let own = before(tx, article)?;
    let latest = times(tx, article)?.revision_id;
    let is_as_it_was = is_as_it_was && latest <= all.from.revision_id;
    let revision_id = if is_as_it_was { all.from.revision_id } else { latest };
    set(tx, article, Before { revision_id, ..own }, None)
}
