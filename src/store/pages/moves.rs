//! Pages that get another address or another feed.

use rusqlite::{OptionalExtension as _, named_params};

use crate::model::time::Timestamp;
use crate::store::pages::Announced;
use crate::store::{ArticleRow, Error, Tx};

// Where only the query is another one, as with parameters that count, nothing has moved. What can be
// read is read when it is due, at its new address then.
const MOVE: [&str; 2] = [
    "
    UPDATE page
    SET url = :url, site = :site,
        next_page_at = iif(n_failures > 0, :now, next_page_at),
        next_reason = iif(n_failures > 0, 'its address changed', next_reason),
        n_failures = 0, gone_at = NULL, etag = NULL, last_modified = NULL, body_hash = NULL,
        unread_hash = NULL
    WHERE article_id = :article AND substr(url, 1, instr(url || '?', '?') - 1) <> :path
        AND (url = (SELECT link FROM sighting WHERE feed_id = :feed AND article_id = :article)
            OR NOT EXISTS (
                SELECT 1
                FROM sighting AS s
                JOIN feed AS f ON f.id = s.feed_id
                WHERE s.article_id = :article AND s.link = page.url AND f.is_listed = 1))",
    "
    UPDATE article
    SET url = :url, seq = (SELECT max(seq) + 1 FROM article)
    WHERE id = :article AND substr(url, 1, instr(url || '?', '?') - 1) <> :path
        AND url = (SELECT link FROM sighting WHERE feed_id = :feed AND article_id = :article)",
];

/// Gives an article and its page the address that its feed gives it now, where they have the one that
/// the same feed gave before, or the page one that no feed of the list gives.
pub fn readdress(tx: &Tx<'_>, page: &Announced<'_>, now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("change the address of an article");
    let path = page.url.split('?').next();
    let all = named_params! {
        ":article": page.article.0, ":feed": page.feed.0, ":url": page.url, ":path": path,
        ":site": page.site, ":now": now.seconds(),
    };
    for (sql, values) in MOVE.into_iter().zip([all, &all[..4]]) {
        let mut statement = tx.connection.prepare_cached(sql).map_err(failed())?;
        statement.execute(values).map_err(failed())?;
    }
    Ok(())
}

const LAST_FOUND: &str = "
    SELECT final_url
    FROM page_fetch
    WHERE article_id = :article AND final_url IS NOT NULL
        AND outcome IN ('read', 'same', 'changed')
    ORDER BY id DESC
    LIMIT 1";

/// Where the page of `article` was last found, when that was not at its own address.
pub fn last_found(tx: &Tx<'_>, article: ArticleRow) -> Result<Option<String>, Error> {
    let failed = || Error::sqlite("look up where a page was found");
    let mut statement = tx.connection.prepare_cached(LAST_FOUND).map_err(failed())?;
    statement
        .query_row(named_params! { ":article": article.0 }, |row| row.get(0))
        .optional()
        .map_err(failed())
}

const SET_ADDRESS: &str = "UPDATE page SET url = :url WHERE article_id = :article";

/// Has the page of `article` looked for at `url` from now on.
pub fn set_address(tx: &Tx<'_>, article: ArticleRow, url: &str) -> Result<(), Error> {
    let failed = || Error::sqlite("change the address of a page");
    let mut statement = tx.connection.prepare_cached(SET_ADDRESS).map_err(failed())?;
    statement.execute(named_params! { ":article": article.0, ":url": url }).map_err(failed())?;
    Ok(())
}

const HAND_OVER: &str = "
    UPDATE page
    SET feed_id = (
        SELECT s.feed_id
        FROM sighting AS s
        JOIN feed AS f ON f.id = s.feed_id
        WHERE s.article_id = page.article_id
            AND f.is_listed = 1 AND f.is_paused = 0 AND f.fulltext = 'auto'
        ORDER BY s.left_at IS NOT NULL, s.feed_id
        LIMIT 1)
    WHERE next_page_at IS NOT NULL
        AND feed_id IN (
            SELECT f.id
            FROM feed AS f
            WHERE f.is_listed = 0 OR f.is_paused = 1 OR f.fulltext <> 'auto')
        AND EXISTS (
            SELECT 1
            FROM sighting AS s
            JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = page.article_id
                AND f.is_listed = 1 AND f.is_paused = 0 AND f.fulltext = 'auto')";

/// Gives the pages that are still to be read of feeds that are not polled any more to others that
/// list their articles.
pub fn hand_over(tx: &Tx<'_>) -> Result<(), Error> {
    let failed = || Error::sqlite("hand pages over");
    tx.connection.execute(HAND_OVER, []).map_err(failed())?;
    Ok(())
}
