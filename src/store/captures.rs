//! Which exchanges were kept as evidence, and where each lies.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::language::is_called;
use crate::model::article::ArticleId;
use crate::model::capture::{Earlier, Kept};
use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, FeedId, Reader, Tx};

/// What an exchange was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The page of an article.
    Page(ArticleRow),
    /// A feed.
    Feed(FeedId),
}

const ADD: &str = "
    INSERT INTO capture (
        at, url, final_url, status, article_id, feed_id, digest, refers_to, record_id, file, offset,
        length)
    VALUES (
        :at, :url, :final_url, :status, :article, :feed, :digest, :refers_to, :record_id, :file,
        :offset, :length)";

/// Records a capture.
pub fn add(tx: &Tx<'_>, kept: &Kept, subject: Subject) -> Result<(), Error> {
    let failed = || Error::sqlite("record a capture");
    let (article, feed) = match subject {
        Subject::Page(article) => (Some(article.0), None),
        Subject::Feed(feed) => (None, Some(feed.0)),
    };
    let mut statement = tx.connection.prepare_cached(ADD).map_err(failed())?;
    statement
        .execute(named_params! {
            ":at": kept.at.seconds(),
            ":url": kept.url,
            ":final_url": kept.final_url,
            ":status": kept.status,
            ":article": article,
            ":feed": feed,
            ":digest": kept.digest,
            ":refers_to": kept.refers_to,
            ":record_id": kept.record_id,
            ":file": kept.file,
            ":offset": i64::try_from(kept.offset).unwrap_or(i64::MAX),
            ":length": i64::try_from(kept.length).unwrap_or(i64::MAX),
        })
        .map_err(failed())?;
    Ok(())
}

const EARLIER: &str = "
    SELECT id, record_id, final_url, at, digest
    FROM capture
    WHERE digest = :digest AND refers_to IS NULL
    ORDER BY id
    LIMIT 1";

/// The capture that holds the document with `digest`, where there is a digest.
pub fn earlier(tx: &Tx<'_>, digest: Option<&str>) -> Result<Option<Earlier>, Error> {
    let failed = || Error::sqlite("look up a capture");
    let mut statement = tx.connection.prepare_cached(EARLIER).map_err(failed())?;
    let found = statement.query_row(named_params! { ":digest": digest }, |row| {
        Ok(Earlier {
            row: row.get(0)?,
            record_id: row.get(1)?,
            url: row.get(2)?,
            at: Timestamp::from_seconds(row.get(3)?),
            digest: row.get(4)?,
        })
    });
    found.optional().map_err(failed())
}

const END: &str = "SELECT file, offset + length FROM capture ORDER BY id DESC LIMIT 1";

/// The last file, and where the last capture in it ends.
pub fn end(reader: &Reader) -> Result<Option<(String, u64)>, Error> {
    let failed = || Error::sqlite("look up the last capture");
    let end = reader.connection.query_row(END, [], |row| {
        Ok((row.get::<_, String>(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default()))
    });
    end.optional().map_err(failed())
}

/// A capture as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Its row.
    pub row: i64,
    /// When it was.
    pub at: Timestamp,
    /// What was asked for.
    pub url: String,
    /// Where the answer came from.
    pub final_url: String,
    /// Its status.
    pub status: u16,
    /// The article whose page it is.
    pub article: Option<ArticleId>,
    /// The feed it is of.
    pub feed: Option<String>,
    /// The digest of its document.
    pub digest: Option<String>,
    /// The capture that holds the same document.
    pub refers_to: Option<i64>,
    /// The name of the response record.
    pub record_id: String,
    /// The file.
    pub file: String,
    /// Its first byte there.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
}

/// Which captures to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only of this article.
    pub article: Option<ArticleRow>,
    /// Only of outlets that are called so, see [`is_called`].
    pub outlet: Option<String>,
    /// Only those made at or after this.
    pub since: Timestamp,
}

const LIST: &str = "
    SELECT c.id, c.at, c.url, c.final_url, c.status, a.public_id, f.name, c.digest, c.refers_to,
           c.record_id, c.file, c.offset, c.length, coalesce(a.outlet, f.outlet, '')
    FROM capture AS c
    LEFT JOIN article AS a ON a.id = c.article_id
    LEFT JOIN feed AS f ON f.id = c.feed_id
    WHERE c.at >= :since
        AND (:article IS NULL OR c.article_id = :article)
    ORDER BY c.id";

/// The captures, oldest first, one by one to `each` until it answers `false`.
pub fn list(
    reader: &Reader,
    filter: &Filter,
    mut each: impl FnMut(Capture) -> bool,
) -> Result<(), Error> {
    let failed = || Error::sqlite("list captures");
    let mut statement = reader.connection.prepare_cached(LIST).map_err(failed())?;
    let mut rows = statement
        .query(named_params! {
            ":since": filter.since.seconds(),
            ":article": filter.article.map(|article| article.0),
        })
        .map_err(failed())?;
    while let Some(row) = rows.next().map_err(failed())? {
        let outlet: String = row.get(13).map_err(failed())?;
        if filter.outlet.as_ref().is_some_and(|wanted| !is_called(&outlet, wanted)) {
            continue;
        }
        if !each(read(row).map_err(failed())?) {
            break;
        }
    }
    Ok(())
}

const OF_DOCUMENT: &str = "
    SELECT id
    FROM capture
    WHERE digest = :digest AND refers_to IS NULL
    ORDER BY id
    LIMIT 1";

/// The capture that holds the document with `digest`.
pub fn of_document(reader: &Reader, digest: &str) -> Result<Option<Capture>, Error> {
    let failed = || Error::sqlite("look up a capture");
    let mut statement = reader.connection.prepare_cached(OF_DOCUMENT).map_err(failed())?;
    let row: Option<i64> = statement
        .query_row(named_params! { ":digest": digest }, |row| row.get(0))
        .optional()
        .map_err(failed())?;
    row.map(|row| one(reader, row)).transpose().map(Option::flatten)
}

const ONE: &str = "
    SELECT c.id, c.at, c.url, c.final_url, c.status, a.public_id, f.name, c.digest, c.refers_to,
           c.record_id, c.file, c.offset, c.length
    FROM capture AS c
    LEFT JOIN article AS a ON a.id = c.article_id
    LEFT JOIN feed AS f ON f.id = c.feed_id
    WHERE c.id = :id";

/// The capture in a row.
pub fn one(reader: &Reader, row: i64) -> Result<Option<Capture>, Error> {
    let failed = || Error::sqlite("read a capture");
    let mut statement = reader.connection.prepare_cached(ONE).map_err(failed())?;
    statement.query_row(named_params! { ":id": row }, read).optional().map_err(failed())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Capture> {
    let size = |index| row.get::<_, i64>(index).map(|n| u64::try_from(n).unwrap_or_default());
    Ok(Capture {
        row: row.get(0)?,
        at: Timestamp::from_seconds(row.get(1)?),
        url: row.get(2)?,
        final_url: row.get(3)?,
        status: row.get(4)?,
        article: row.get::<_, Option<String>>(5)?.map(ArticleId::from_stored),
        feed: row.get(6)?,
        digest: row.get(7)?,
        refers_to: row.get::<_, Option<i64>>(8)?,
        record_id: row.get(9)?,
        file: row.get(10)?,
        offset: size(11)?,
        length: size(12)?,
    })
}
