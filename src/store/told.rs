//! Stories as people ask for them: who tells one, and what outlets take over.

use rusqlite::{OptionalExtension as _, named_params};

use crate::model::article::ArticleId;
use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, Reader};

/// A story and its articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Its id, which is that of one of its articles.
    pub id: ArticleId,
    /// Its articles, in the order in which they were published.
    pub articles: Vec<ArticleRow>,
}

const STORY: &str = "
    SELECT m.story_id, a.public_id
    FROM story_mark AS m
    JOIN article AS a ON a.id = m.story_id
    WHERE m.article_id = :article";

const TOLD_BY: &str = "
    SELECT a.id
    FROM story_mark AS m
    JOIN article AS a ON a.id = m.article_id
    WHERE m.story_id = :story
    ORDER BY a.sort_at, a.id";

/// The story that `article` belongs to.
pub fn story(reader: &Reader, article: ArticleRow) -> Result<Option<Story>, Error> {
    let failed = || Error::sqlite("read a story");
    let Some((story, id)) = story_id(reader, article)? else { return Ok(None) };
    let mut statement = reader.connection.prepare_cached(TOLD_BY).map_err(failed())?;
    let articles = statement
        .query_map(named_params! { ":story": story }, |row| row.get(0).map(ArticleRow))
        .and_then(Iterator::collect)
        .map_err(failed())?;
    Ok(Some(Story { id, articles }))
}

/// The row and the public id of the story that `article` belongs to.
pub fn story_id(reader: &Reader, article: ArticleRow) -> Result<Option<(i64, ArticleId)>, Error> {
    let failed = || Error::sqlite("read a story");
    let mut statement = reader.connection.prepare_cached(STORY).map_err(failed())?;
    statement
        .query_row(named_params! { ":article": article.0 }, |row| {
            Ok((row.get(0)?, ArticleId::from_stored(row.get(1)?)))
        })
        .optional()
        .map_err(failed())
}

/// What an outlet takes over, and what it has alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The outlet.
    pub outlet: String,
    /// Its articles.
    pub n_articles: u32,
    /// Those whose text another outlet has too.
    pub n_shared: u32,
    /// Of these, those that no other outlet published before it.
    pub n_first: u32,
}

const SHARES: &str = "
    SELECT coalesce(a.outlet, '-') AS outlet,
           count(*) AS n_articles,
           sum(EXISTS (
               SELECT 1
               FROM story_mark AS o
               JOIN article AS x ON x.id = o.article_id
               WHERE o.story_id = m.story_id AND x.outlet IS NOT a.outlet)) AS n_shared,
           sum(m.story_id IS NOT NULL
               AND EXISTS (
                   SELECT 1
                   FROM story_mark AS o
                   JOIN article AS x ON x.id = o.article_id
                   WHERE o.story_id = m.story_id AND x.outlet IS NOT a.outlet)
               AND NOT EXISTS (
                   SELECT 1
                   FROM story_mark AS o
                   JOIN article AS x ON x.id = o.article_id
                   WHERE o.story_id = m.story_id AND x.outlet IS NOT a.outlet
                       AND (x.sort_at, x.id) < (a.sort_at, a.id)))
    FROM article AS a
    LEFT JOIN story_mark AS m ON m.article_id = a.id
    WHERE a.merged_into IS NULL AND a.sort_at >= :since AND a.sort_at < :until
    GROUP BY 1
    ORDER BY n_shared * 1.0 / n_articles DESC, 1";

/// What each outlet shares of what it published from `since` to before `until`.
pub fn shares(reader: &Reader, since: Timestamp, until: Timestamp) -> Result<Vec<Share>, Error> {
    let failed = || Error::sqlite("count what outlets share");
    let mut statement = reader.connection.prepare_cached(SHARES).map_err(failed())?;
    let bounds = named_params! { ":since": since.seconds(), ":until": until.seconds() };
    statement
        .query_map(bounds, |row| {
            Ok(Share {
                outlet: row.get(0)?,
                n_articles: row.get(1)?,
                n_shared: row.get(2)?,
                n_first: row.get(3)?,
            })
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}
