//! Articles of the other archive, read with all that is kept of them.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, named_params};

use crate::dedupe::weave::Seen;
use crate::model::article::{IdentityKey, Source};
use crate::model::time::Timestamp;
use crate::store::articles::{from_json, read_content};
use crate::store::incoming::{FAILED, Other, Revision, all};
use crate::store::{Error, Reader, text};

const THEIR_ARTICLES: &str = "
    SELECT id, public_id, outlet, url, first_seen_at, sort_at
    FROM article
    WHERE id > :after AND merged_into IS NULL
    ORDER BY id
    LIMIT :limit";

const THEIR_REVISIONS: &str = "
    SELECT r.title, r.authors, r.section, r.tags, r.language, r.published_at,
           r.published_precision, r.is_zone_assumed, r.modified_at, r.modified_precision,
           r.enclosures, b.codec, b.data, r.id, r.seen_at, r.fingerprint, r.source,
           coalesce(r.text_source, r.source), r.feed_id, r.digest, s.file, s.at, p.place,
           r.sort_at, r.changed
    FROM revision AS r
    JOIN body AS b ON b.revision_id = r.id
    LEFT JOIN import_place AS p ON p.revision_id = r.id
    LEFT JOIN import_source AS s ON s.id = p.source_id
    WHERE r.article_id = :article
    ORDER BY r.number";

const THEIR_SIGHTINGS: &str = "
    SELECT s.feed_id, s.guid, s.link, s.first_seen_at, s.appeared_at,
           coalesce(s.left_at, p.last_success_at, s.first_seen_at), s.entry_hash, s.fingerprint,
           s.text_hash, s.first_position, s.best_position
    FROM sighting AS s
    LEFT JOIN poll_state AS p ON p.feed_id = s.feed_id
    WHERE s.article_id = ?1";

const THEIR_PAGE: &str = "
    SELECT feed_id, text_revision_id, url, site, since, n_reads, n_failures, last_page_at,
           last_outcome, last_error, etag, last_modified, body_hash, unread_hash, extractor, access,
           last_access, kind, title, authors, modified_at, doubt, changed_at, gone_at, image,
           canonical_url, wire, candidates, dropped, rules
    FROM page
    WHERE article_id = ?1";

const THEIR_PAGE_FETCHES: &str = "
    SELECT at, last_at, n, outcome, status, final_url, access, reason, reserved, license
    FROM page_fetch
    WHERE article_id = ?1
    ORDER BY id";

/// The articles of the other archive in rows beyond `after`, at most `limit`; and the last row.
pub fn their_articles(
    other: &Reader,
    after: i64,
    limit: u32,
) -> Result<(Vec<Other>, Option<i64>), Error> {
    let failed = || Error::sqlite(FAILED);
    let mut statement = other.connection.prepare_cached(THEIR_ARTICLES).map_err(failed())?;
    let mut articles: Vec<Other> = statement
        .query_map(named_params! { ":after": after, ":limit": limit }, |row| {
            Ok(Other {
                row: row.get(0)?,
                public_id: row.get(1)?,
                outlet: row.get(2)?,
                url: row.get(3)?,
                first_seen_at: row.get(4)?,
                sort_at: row.get(5)?,
                keys: Vec::new(),
                revisions: Vec::new(),
                sightings: Vec::new(),
                page: None,
                page_text: None,
                page_fetches: Vec::new(),
                finding: None,
            })
        })
        .and_then(Iterator::collect)
        .map_err(failed())?;
    for article in &mut articles {
        fill(&other.connection, article)?;
    }
    let last = articles.last().map(|article| article.row);
    Ok((articles, last))
}

fn fill(connection: &Connection, article: &mut Other) -> Result<(), Error> {
    let row = article.row;
    let one = |sql| Ok::<_, Error>(all(connection, sql, row)?.pop());
    let keys = all(connection, "SELECT key FROM identity_key WHERE article_id = ?1", row)?;
    article.keys = keys
        .into_iter()
        .filter_map(|mut row| match row.pop() {
            Some(Value::Text(key)) => Some(IdentityKey::from_stored(key)),
            _ => None,
        })
        .collect();
    article.keys.sort_by_key(IdentityKey::kind);
    article.revisions = revisions(connection, row)?;
    article.sightings = all(connection, THEIR_SIGHTINGS, row)?;
    article.page = one(THEIR_PAGE)?;
    article.page_text = one("SELECT codec, data FROM page_text WHERE article_id = ?1")?;
    article.page_fetches = all(connection, THEIR_PAGE_FETCHES, row)?;
    article.finding = one("SELECT feed_id, source, url, at FROM finding WHERE article_id = ?1")?;
    Ok(())
}

const STANDING: &str = "
    SELECT a.revision_id, EXISTS (SELECT 1 FROM article AS m WHERE m.merged_into = a.id)
    FROM article AS a
    WHERE a.id = :article";

/// Puts revisions in the order in which they were seen where the article is put together of several, for
/// then their numbers are in no order; the one that stands is the last.
fn put_in_order(
    connection: &Connection,
    article: i64,
    revisions: &mut [Revision],
) -> Result<(), Error> {
    let (standing, is_put_together): (i64, bool) = connection
        .prepare_cached(STANDING)
        .and_then(|mut statement| {
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            statement.query_row(named_params! { ":article": article }, read)
        })
        .map_err(Error::sqlite(FAILED))?;
    if is_put_together {
        revisions.sort_by_key(|one| (one.seen.at, one.row == standing));
    }
    Ok(())
}

/// The revisions of `article` in either archive, in their order.
pub(super) fn revisions(connection: &Connection, article: i64) -> Result<Vec<Revision>, Error> {
    let failed = || Error::sqlite(FAILED);
    let mut statement = connection.prepare_cached(THEIR_REVISIONS).map_err(failed())?;
    let rows = statement
        .query_map(named_params! { ":article": article }, |row| {
            let word = |column| row.get::<_, String>(column);
            let source = |word: String| Source::from_word(&word).unwrap_or(Source::Feed);
            let file: Option<String> = row.get(20)?;
            let place = match file {
                Some(file) => Some((file, row.get(21)?, row.get(22)?)),
                None => None,
            };
            let seen = Seen {
                at: Timestamp::from_seconds(row.get(14)?),
                fingerprint: row.get(15)?,
                feed: row.get(18)?,
                text_source: source(word(17)?),
                content: read_content(row)?,
                changed: from_json(row.get(24)?),
            };
            let revision = Revision {
                row: row.get(13)?,
                seen,
                source: source(word(16)?),
                digest: row.get(19)?,
                place,
                sort_at: row.get(23)?,
            };
            Ok((revision, row.get::<_, i64>(11)?, row.get::<_, Vec<u8>>(12)?))
        })
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(failed())?;
    let unpack = |(mut revision, codec, data): (Revision, i64, Vec<u8>)| {
        revision.seen.content.text = text::unpack(connection, revision.row, codec, &data)?;
        Ok(revision)
    };
    let mut revisions = rows.into_iter().map(unpack).collect::<Result<Vec<_>, _>>()?;
    // A clock that was set back puts them out of order as well, and is believed.
    if !revisions.is_sorted_by_key(|one| one.seen.at) {
        put_in_order(connection, article, &mut revisions)?;
    }
    Ok(revisions)
}
