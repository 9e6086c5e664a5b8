//! Articles and their revisions, as they are written.

use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::dedupe::decide::{Former, Known, Outdated, Said};
use crate::dedupe::fingerprint::{self, Short, differ};
use crate::model::article::{ArticleId, Content, IdentityKey, Source};
use crate::model::entry::Enclosure;
use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::store::{ArticleRow, Error, FeedId, Tx, text};
use add::Numbered;

pub(super) mod add;
pub mod keys;
pub(super) mod place;

const KEYS: &str = "SELECT key FROM identity_key WHERE article_id = :article";

const LAST_IN_FEED: &str = "
    SELECT fingerprint, text_hash
    FROM sighting
    WHERE feed_id = :feed AND article_id = :article";

const CURRENT: &str = "
    SELECT r.title, r.authors, r.section, r.tags, r.language, r.published_at,
           r.published_precision, r.is_zone_assumed, r.modified_at, r.modified_precision,
           r.enclosures, b.codec, b.data, r.id, coalesce(r.text_source, r.source), a.first_seen_at
    FROM article AS a
    JOIN revision AS r ON r.id = a.revision_id
    JOIN body AS b ON b.revision_id = r.id
    WHERE a.id = :article";

/// What the archive holds of `article`, and what `feed` last said of it.
pub fn known(tx: &Tx<'_>, article: ArticleRow, feed: Option<FeedId>) -> Result<Known, Error> {
    known_in(tx.connection, article, feed)
}

/// [`known`] for whoever only reads.
pub(super) fn known_in(
    connection: &Connection,
    article: ArticleRow,
    feed: Option<FeedId>,
) -> Result<Known, Error> {
    let failed = || Error::sqlite("read an article");
    let id = named_params! { ":article": article.0 };
    let mut statement = connection.prepare_cached(KEYS).map_err(failed())?;
    let keys = statement
        .query_map(id, |row| row.get(0).map(IdentityKey::from_stored))
        .and_then(Iterator::collect)
        .map_err(failed())?;
    let last_in_feed = match feed {
        Some(feed) => connection
            .prepare_cached(LAST_IN_FEED)
            .and_then(|mut statement| {
                let key = named_params! { ":feed": feed.0, ":article": article.0 };
                let said = |row: &Row<'_>| Ok(Said { content: row.get(0)?, text: row.get(1)? });
                statement.query_row(key, said).optional()
            })
            .map_err(failed())?,
        None => None,
    };
    let mut statement = connection.prepare_cached(CURRENT).map_err(failed())?;
    let read = |row: &Row<'_>| {
        let body: (i64, i64, Vec<u8>) = (row.get(13)?, row.get(11)?, row.get(12)?);
        let source: String = row.get(14)?;
        let first_seen_at = Timestamp::from_seconds(row.get(15)?);
        let source = Source::from_word(&source).unwrap_or(Source::Feed);
        Ok((read_content(row)?, body, source, first_seen_at))
    };
    let (mut current, (revision, codec, data), mut text_source, first_seen_at) =
        statement.query_row(id, read).map_err(failed())?;
    match text::readable(connection, revision, codec, &data)? {
        Some(text) => current.text = text,
        // Whatever has one is better.
        None => text_source = Source::Feed,
    }
    let outdated = Outdated::default();
    Ok(Known { keys, current, first_seen_at, text_source, last_in_feed, outdated })
}

const HISTORY: &str = "
    SELECT title, authors, feed_id, published_at, modified_at, fingerprint
    FROM revision
    WHERE article_id = :article
    ORDER BY number DESC";

/// What a revision says in short, and whether the feed in question brought it.
struct Headed {
    title: String,
    authors: Vec<String>,
    published_at: Option<i64>,
    modified_at: Option<i64>,
    fingerprint: Short,
    is_own: bool,
}

/// What `article` had before what it has: headlines and authors, where it was not `feed` that gave it
/// those of now, and what `feed` has changed since.
pub fn outdated(tx: &Tx<'_>, article: ArticleRow, feed: FeedId) -> Result<Outdated, Error> {
    let failed = || Error::sqlite("read what an article said");
    let mut statement = tx.connection.prepare_cached(HISTORY).map_err(failed())?;
    let said: Vec<Headed> = statement
        .query_map(named_params! { ":article": article.0 }, |row| {
            Ok(Headed {
                title: row.get(0)?,
                authors: from_json(row.get(1)?),
                is_own: row.get::<_, Option<i64>>(2)? == Some(feed.0),
                published_at: row.get(3)?,
                modified_at: row.get(4)?,
                fingerprint: row.get(5)?,
            })
        })
        .and_then(Iterator::collect)
        .map_err(failed())?;
    let Some(current) = said.first() else { return Ok(Outdated::default()) };
    // Those before the first revision with what it has now, unless that one is the feed's.
    let before = |is_same: &dyn Fn(&Headed) -> bool| {
        let n_current = said.iter().take_while(|said| is_same(said)).count();
        let is_own = said[..n_current].last().is_some_and(|said| said.is_own);
        if is_own { &[] } else { &said[n_current..] }
    };
    let titles = before(&|said| !differ(&said.title, &current.title));
    let authors = before(&|said| said.authors == current.authors);
    Ok(Outdated {
        titles: titles.iter().map(|said| said.title.clone()).collect(),
        authors: authors.iter().map(|said| said.authors.clone()).collect(),
        versions: before_the_latest(&said),
    })
}

/// What a feed said before it said that its entry was changed later; `said` has the latest revision
/// first. A date that was there before another one brought is not the feed's.
fn before_the_latest(said: &[Headed]) -> Vec<Former> {
    let is_stated = |pair: &&[Headed]| {
        pair[0].is_own
            && pair[0].modified_at.is_some()
            && pair[0].modified_at != pair[1].modified_at
    };
    let Some(latest) =
        said.windows(2).filter(is_stated).filter_map(|pair| pair[0].modified_at).max()
    else {
        return Vec::new();
    };
    let own = said.iter().filter(|said| said.is_own);
    let dated = own.filter_map(|said| Some((said.modified_at.or(said.published_at)?, said)));
    let former = |(at, said): (i64, &Headed)| Former {
        at: Timestamp::from_seconds(at),
        title: said.title.clone(),
        content: said.fingerprint,
    };
    dated.filter(|(at, _)| *at < latest).map(former).collect()
}

const CONTENT: &str = "
    SELECT r.title, r.authors, r.section, r.tags, r.language, r.published_at,
           r.published_precision, r.is_zone_assumed, r.modified_at, r.modified_precision,
           r.enclosures, b.codec, b.data
    FROM revision AS r
    JOIN body AS b ON b.revision_id = r.id
    WHERE r.id = :revision";

/// What the revision in the row `revision` says.
pub(super) fn content_in(connection: &Connection, revision: i64) -> Result<Content, Error> {
    let failed = || Error::sqlite("read a revision");
    let read = |row: &Row<'_>| Ok((read_content(row)?, row.get(11)?, row.get::<_, Vec<u8>>(12)?));
    let (mut content, codec, data) = connection
        .prepare_cached(CONTENT)
        .and_then(|mut statement| {
            statement.query_row(named_params! { ":revision": revision }, read)
        })
        .map_err(failed())?;
    content.text = text::unpack(connection, revision, codec, &data)?;
    Ok(content)
}

/// The content of a revision but its text, from the first eleven columns of [`CURRENT`].
pub(super) fn read_content(row: &Row<'_>) -> rusqlite::Result<Content> {
    let date = |at: usize, precision: usize| -> rusqlite::Result<Option<StatedDate>> {
        let at: Option<i64> = row.get(at)?;
        let precision: Option<String> = row.get(precision)?;
        Ok(at.zip(precision.as_deref().and_then(Precision::from_word)).map(|(at, precision)| {
            StatedDate { at: Timestamp::from_seconds(at), precision, is_zone_assumed: false }
        }))
    };
    let is_zone_assumed = row.get(7)?;
    Ok(Content {
        title: row.get(0)?,
        text: String::new(),
        authors: from_json(row.get(1)?),
        section: row.get(2)?,
        tags: from_json(row.get(3)?),
        language: row.get(4)?,
        published: date(5, 6)?.map(|date| StatedDate { is_zone_assumed, ..date }),
        modified: date(8, 9)?,
        enclosures: enclosures_from_json(row.get(10)?),
    })
}

const OF_TIME: &str = "
    SELECT id
    FROM article INDEXED BY article_by_time
    WHERE sort_at = :at AND outlet IS :outlet
    LIMIT 20";

/// Articles of `outlet` that stand at the second `at`, a few.
pub fn of_time(tx: &Tx<'_>, outlet: Option<&str>, at: Timestamp) -> Result<Vec<ArticleRow>, Error> {
    let failed = || Error::sqlite("look up the articles of a second");
    let mut statement = tx.connection.prepare_cached(OF_TIME).map_err(failed())?;
    let values = named_params! { ":outlet": outlet, ":at": at.seconds() };
    statement
        .query_map(values, |row| row.get(0).map(ArticleRow))
        .and_then(Iterator::collect)
        .map_err(failed())
}

const FINGERPRINTS: &str = "SELECT fingerprint FROM revision WHERE article_id = :article";

/// The fingerprints of all revisions of `article`.
pub fn fingerprints(tx: &Tx<'_>, article: ArticleRow) -> Result<Vec<Short>, Error> {
    let failed = || Error::sqlite("read the revisions of an article");
    let mut statement = tx.connection.prepare_cached(FINGERPRINTS).map_err(failed())?;
    statement
        .query_map(named_params! { ":article": article.0 }, |row| row.get(0))
        .and_then(Iterator::collect)
        .map_err(failed())
}

/// A version of an article as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct Version<'v> {
    /// What it says.
    pub content: &'v Content,
    /// What differs from the version before.
    pub changed: &'v [&'static str],
    /// Where it came from.
    pub source: Source,
    /// Where its text came from.
    pub text_source: Source,
    /// The feed, when it came from one.
    pub feed: Option<FeedId>,
    /// The digest of the document it was read from.
    pub digest: Option<&'v str>,
    /// When we saw it.
    pub now: Timestamp,
}

/// What an article is known by from its first version on.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'i> {
    /// Its keys, strongest first; at least one.
    pub keys: &'i [IdentityKey],
    /// Who published it.
    pub outlet: Option<&'i str>,
    /// Its address as given.
    pub url: Option<&'i str>,
    /// The id that it has elsewhere and keeps, if it is free.
    pub public_id: Option<&'i ArticleId>,
}

const CREATE: &str = "
    INSERT INTO article (public_id, seq, outlet, url, first_seen_at, sort_at, revision_id)
    VALUES (
        :public_id, (SELECT coalesce(max(seq), 0) + 1 FROM article), :outlet, :url, :now, :sort_at,
        0)
    ON CONFLICT (public_id) DO NOTHING
    RETURNING id";

/// Stores an article with its first revision.
pub fn create(
    tx: &Tx<'_>,
    identity: &Identity<'_>,
    version: &Version<'_>,
) -> Result<ArticleRow, Error> {
    let failed = || Error::sqlite("store an article");
    let text_key = IdentityKey::text("", &fingerprint::exact(&version.content.text));
    let key = keys::free(tx, identity.keys)?.unwrap_or(&text_key);
    // An Atom entry need not say more than when it was changed (RFC 4287 section 4.1.2).
    let stated = version.content.published.or(version.content.modified);
    let sort_at = place::sort_at(stated, version.now, version.source);
    let mut statement = tx.connection.prepare_cached(CREATE).map_err(failed())?;
    let mut attempt = 0;
    let mut kept = identity.public_id;
    let article = loop {
        let derived = ArticleId::derive(key, attempt);
        let public_id = kept.take();
        attempt += u32::from(public_id.is_none());
        let inserted = statement
            .query_row(
                named_params! {
                    ":public_id": public_id.unwrap_or(&derived).as_str(),
                    ":outlet": identity.outlet,
                    ":url": identity.url,
                    ":now": version.now.seconds(),
                    ":sort_at": sort_at.seconds(),
                },
                |row| row.get(0).map(ArticleRow),
            )
            .optional()
            .map_err(failed())?;
        if let Some(article) = inserted {
            break article;
        }
    };
    keys::add(tx, article, identity.keys)?;
    add::revision(tx, article, None, version)?;
    Ok(article)
}

const NAME_OUTLET: &str = "
    UPDATE article
    SET outlet = :outlet, seq = (SELECT max(seq) + 1 FROM article)
    WHERE id = :article AND outlet IS NULL AND :outlet IS NOT NULL";

/// Says who published an article of which that was not known.
pub fn name_outlet(tx: &Tx<'_>, article: ArticleRow, outlet: Option<&str>) -> Result<(), Error> {
    let failed = || Error::sqlite("name the outlet of an article");
    let mut statement = tx.connection.prepare_cached(NAME_OUTLET).map_err(failed())?;
    statement
        .execute(named_params! { ":outlet": outlet, ":article": article.0 })
        .map_err(failed())?;
    Ok(())
}

const LATEST: &str = "
    SELECT id, number
    FROM revision
    WHERE article_id = :article
    ORDER BY number DESC
    LIMIT 1";

/// Stores a new revision of `article` and makes it the current one. Returns its row.
pub fn revise(tx: &Tx<'_>, article: ArticleRow, version: &Version<'_>) -> Result<i64, Error> {
    let latest: Option<Numbered> = tx
        .connection
        .prepare_cached(LATEST)
        .and_then(|mut statement| {
            let id = named_params! { ":article": article.0 };
            statement.query_row(id, |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(Error::sqlite("read the revisions of an article"))?;
    let revision = add::revision(tx, article, latest, version)?;
    place::follow(tx, article)?;
    touch(tx, article)?;
    Ok(revision)
}

const TOUCH: &str = "
    UPDATE article
    SET seq = (SELECT max(seq) + 1 FROM article)
    WHERE id = :article";

/// Marks that something about `article` changed, so that the index takes it up again.
pub fn touch(tx: &Tx<'_>, article: ArticleRow) -> Result<(), Error> {
    let failed = || Error::sqlite("mark a change");
    let mut statement = tx.connection.prepare_cached(TOUCH).map_err(failed())?;
    statement.execute(named_params! { ":article": article.0 }).map_err(failed())?;
    Ok(())
}

/// A JSON array, or nothing for an empty list.
pub(super) fn to_json<T: AsRef<str>>(list: &[T]) -> Option<String> {
    if list.is_empty() {
        return None;
    }
    let list: Vec<&str> = list.iter().map(AsRef::as_ref).collect();
    serde_json::to_string(&list).ok()
}

/// The inverse of [`to_json`]; what is no JSON array is taken as empty.
pub(super) fn from_json(text: Option<String>) -> Vec<String> {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn enclosures_to_json(enclosures: &[Enclosure]) -> Option<String> {
    if enclosures.is_empty() {
        return None;
    }
    let list: Vec<serde_json::Value> = enclosures
        .iter()
        .map(|e| serde_json::json!({ "url": e.url, "type": e.media_type, "size": e.size_bytes }))
        .collect();
    serde_json::to_string(&list).ok()
}

pub(super) fn enclosures_from_json(text: Option<String>) -> Vec<Enclosure> {
    let list: Vec<serde_json::Value> =
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    list.iter()
        .filter_map(|e| {
            Some(Enclosure {
                url: e["url"].as_str()?.to_owned(),
                media_type: e["type"].as_str().map(ToOwned::to_owned),
                size_bytes: e["size"].as_u64(),
            })
        })
        .collect()
}
