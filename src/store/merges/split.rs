//! Making an article of its own of a part of one.

use rusqlite::{Row, named_params};

use crate::model::article::{ArticleId, IdentityKey};
use crate::model::time::Timestamp;
use crate::store::identities::Split;
use crate::store::merges::{
    Before, KEYS, Moved, added, before, carry, list, record, revisions, set,
};
use crate::store::{ArticleRow, Error, Tx};

const CREATE: &str = "
    INSERT INTO article (public_id, seq, outlet, url, first_seen_at, sort_at, revision_id)
    SELECT :public_id, (SELECT max(seq) + 1 FROM article), a.outlet, s.link, s.first_seen_at,
           s.first_seen_at, 0
    FROM article AS a
    JOIN sighting AS s ON s.article_id = a.id AND s.feed_id = :feed
    WHERE a.id = :article
    ON CONFLICT (public_id) DO NOTHING
    RETURNING id";

const REVISIONS_OF_FEED: &str = "
    SELECT json_array(id, number)
    FROM revision
    WHERE article_id = :article AND feed_id = :feed
    ORDER BY number";

const TIMES: &str = "
    SELECT min(seen_at), coalesce(min(published_at), min(seen_at)),
           (SELECT id FROM revision WHERE article_id = :article ORDER BY number DESC LIMIT 1)
    FROM revision
    WHERE article_id = :article";

/// Makes an article of its own of a part of one. Returns the number of the change; `None` where it
/// cannot be told what the part is.
pub fn split(tx: &Tx<'_>, split: &Split, now: Timestamp) -> Result<Option<i64>, Error> {
    let article = split.article;
    let Some(feed) = split.feeds.first() else { return Ok(None) };
    let mut parts = Vec::new();
    for feed in &split.feeds {
        let values = named_params! { ":article": article.0, ":feed": feed.0 };
        parts.extend(revisions(tx, REVISIONS_OF_FEED, values)?);
    }
    parts.sort_by_key(|(_, number)| *number);
    let n_all: Vec<i64> = list(tx, COUNT, named_params! { ":article": article.0 })?;
    // The first revision is the article's own, and gave it its id.
    let is_whole =
        n_all.first().is_some_and(|n| usize::try_from(*n).is_ok_and(|n| n == parts.len()));
    if parts.is_empty() || parts[0].1 == 1 || is_whole {
        return Ok(None);
    }
    let other = create(tx, article, feed.0, &split.key)?;
    let owned: Vec<String> = list(tx, KEYS, named_params! { ":article": article.0 })?;
    let (owned, free): (Vec<_>, Vec<_>) =
        split.keys.iter().cloned().partition(|key| owned.iter().any(|own| own == key.as_str()));
    let state = before(tx, article)?;
    let moved = Moved {
        keys: owned.iter().map(|key| key.as_str().to_owned()).collect(),
        added: added(tx, &free, other)?,
        feeds: split.feeds.iter().map(|feed| feed.0).collect(),
        from: state,
        to: before(tx, other)?,
        over: Vec::new(),
        next_page_at: None,
        revisions: parts,
    };
    let numbers = moved.revisions.iter().zip(1..).map(|((id, _), number)| (*id, number));
    carry(tx, &moved, (article, other), numbers)?;
    set(tx, other, times(tx, other)?, None)?;
    let is_moved = moved.revisions.iter().any(|(id, _)| *id == state.revision_id);
    let revision_id = if is_moved { times(tx, article)?.revision_id } else { state.revision_id };
    set(tx, article, Before { revision_id, ..state }, None)?;
    record(tx, ("split", article, other), &split.key, &moved, now).map(Some)
}

const COUNT: &str = "SELECT count(*) FROM revision WHERE article_id = :article";

/// An article without revisions, with the outlet of another and its address in `feed`.
fn create(tx: &Tx<'_>, of: ArticleRow, feed: i64, key: &IdentityKey) -> Result<ArticleRow, Error> {
    for attempt in 0.. {
        let id = ArticleId::derive(key, attempt);
        let values = named_params! { ":public_id": id.as_str(), ":article": of.0, ":feed": feed };
        if let Some(row) = list(tx, CREATE, values)?.first() {
            return Ok(ArticleRow(*row));
        }
    }
    Ok(of)
}

/// When the revisions of an article say that it begins, and the last of them.
pub(super) fn times(tx: &Tx<'_>, article: ArticleRow) -> Result<Before, Error> {
    let read = |row: &Row<'_>| {
        let (first_seen_at, published_at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let sort_at = published_at.min(first_seen_at);
        Ok(Before { revision_id: row.get(2)?, first_seen_at, sort_at })
    };
    tx.connection
        .prepare_cached(TIMES)
        .and_then(|mut statement| {
            statement.query_row(named_params! { ":article": article.0 }, read)
        })
        .map_err(Error::sqlite("read the revisions of an article"))
}
