//! What another archive holds, written into this one.
//!
//! Rows of the other archive are mapped: `feeds` says which of its feeds is which of ours.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, named_params, params_from_iter};

use crate::dedupe::decide;
use crate::dedupe::same::is_same_article;
use crate::dedupe::weave::{Seen, Whose, weave};
use crate::model::article::{ArticleId, Content, IdentityKey, Source};
use crate::model::time::Timestamp;
use crate::store::articles::add::{self, Numbered};
use crate::store::articles::{self, Version, to_json};
use crate::store::{ArticleRow, Error, FeedId, Tx, imports};

mod feeds;
mod theirs;

pub use feeds::{take_feed, their_feeds};
pub use theirs::their_articles;

/// Which feed of the other archive is which of ours.
pub type Feeds = HashMap<i64, i64>;

/// What came of one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// It was not here.
    New,
    /// It was here, and has new revisions now.
    Revised(usize),
    /// It was here.
    Known,
}

/// An article of the other archive, with all that is kept of it.
#[derive(Debug, Clone)]
pub struct Other {
    row: i64,
    public_id: String,
    outlet: Option<String>,
    url: Option<String>,
    first_seen_at: i64,
    sort_at: i64,
    keys: Vec<IdentityKey>,
    revisions: Vec<Revision>,
    sightings: Vec<Vec<Value>>,
    page: Option<Vec<Value>>,
    page_text: Option<Vec<Value>>,
    page_fetches: Vec<Vec<Value>>,
    finding: Option<Vec<Value>>,
}

/// A revision, and where it came from.
#[derive(Debug, Clone)]
struct Revision {
    row: i64,
    seen: Seen,
    source: Source,
    digest: Option<String>,
    place: Option<(String, i64, i64)>,
    /// Where the article stood in time then, where it stands elsewhere now.
    sort_at: Option<i64>,
}

const FAILED: &str = "merge two archives";

fn all(connection: &Connection, sql: &str, id: i64) -> Result<Vec<Vec<Value>>, Error> {
    let failed = || Error::sqlite(FAILED);
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    let n_columns = statement.column_count();
    let read = |row: &Row<'_>| (0..n_columns).map(|column| row.get(column)).collect();
    statement.query_map([id], read).and_then(Iterator::collect).map_err(failed())
}

fn put(tx: &Tx<'_>, sql: &str, values: &[Value]) -> Result<usize, Error> {
    let mut statement = tx.connection.prepare_cached(sql).map_err(Error::sqlite(FAILED))?;
    statement.execute(params_from_iter(values)).map_err(Error::sqlite(FAILED))
}

fn mapped(feeds: &Feeds, value: &Value) -> Value {
    match value {
        Value::Integer(feed) => feeds.get(feed).map_or(Value::Null, |feed| Value::Integer(*feed)),
        _ => Value::Null,
    }
}

/// Stores `other` here: as the article that it is, or as a new one.
pub fn take(tx: &Tx<'_>, other: &Other, feeds: &Feeds) -> Result<Merged, Error> {
    let ours = same(tx, other)?;
    let (article, n_new) = match ours {
        Some(article) => (article, add_history(tx, article, other, feeds)?),
        None => (create(tx, other, feeds)?, other.revisions.len()),
    };
    articles::keys::add(tx, article, &other.keys)?;
    let mut n_seen = 0;
    for sighting in &other.sightings {
        let mut values = sighting.clone();
        values[0] = mapped(feeds, &sighting[0]);
        values.push(Value::Integer(article.0));
        n_seen += put(tx, ADD_SIGHTING, &values)?;
    }
    if ours.is_none() {
        return Ok(Merged::New);
    }
    if n_new > 0 || n_seen > 0 {
        articles::touch(tx, article)?;
    }
    Ok(if n_new > 0 { Merged::Revised(n_new) } else { Merged::Known })
}

const CREATE: &str = "
    INSERT INTO article (public_id, seq, outlet, url, first_seen_at, sort_at, revision_id)
    VALUES (:public_id, (SELECT coalesce(max(seq), 0) + 1 FROM article), :outlet, :url, :first_seen,
            :sort_at, 0)
    ON CONFLICT (public_id) DO NOTHING
    RETURNING id";

/// Keeps the public id, by which it may have been cited, unless another article here has it.
fn create(tx: &Tx<'_>, other: &Other, feeds: &Feeds) -> Result<ArticleRow, Error> {
    let failed = || Error::sqlite(FAILED);
    let mut statement = tx.connection.prepare_cached(CREATE).map_err(failed())?;
    let mut public_id = other.public_id.clone();
    let mut attempt = 0;
    let article = loop {
        let values = named_params! {
            ":public_id": public_id, ":outlet": other.outlet, ":url": other.url,
            ":first_seen": other.first_seen_at, ":sort_at": other.sort_at,
        };
        let made = statement.query_row(values, |row| row.get(0).map(ArticleRow)).optional();
        if let Some(article) = made.map_err(failed())? {
            break article;
        }
        let Some(key) = other.keys.first() else {
            return Err(Error::Fault("an article without a key".to_owned()));
        };
        ArticleId::derive(key, attempt).as_str().clone_into(&mut public_id);
        attempt += 1;
    };
    let (mut rows, mut latest) = (HashMap::new(), None);
    for (number, revision) in (1..).zip(&other.revisions) {
        let content = &revision.seen.content;
        let is_told = |field: &&str| revision.seen.changed.iter().any(|told| told == field);
        let changed: Vec<&str> = decide::FIELDS.into_iter().filter(is_told).collect();
        let row = add(tx, (article, latest), (revision, content), &changed, feeds)?;
        latest = Some((row, number));
        rows.insert(revision.row, row);
    }
    take_page(tx, article, other, feeds, &rows)?;
    Ok(article)
}

const SET_STOOD: &str = "UPDATE revision SET sort_at = ?2 WHERE id = ?1";

/// An article, and its revision before the one that is added.
type After = (ArticleRow, Option<Numbered>);

fn add(
    tx: &Tx<'_>,
    (article, before): After,
    (revision, content): (&Revision, &Content),
    changed: &[&'static str],
    feeds: &Feeds,
) -> Result<i64, Error> {
    let version = Version {
        content,
        changed,
        source: revision.source,
        text_source: revision.seen.text_source,
        feed: revision.seen.feed.and_then(|feed| feeds.get(&feed)).map(|feed| FeedId(*feed)),
        digest: revision.digest.as_deref(),
        now: revision.seen.at,
    };
    let row = add::revision(tx, article, before, &version)?;
    if revision.sort_at.is_some() {
        put(tx, SET_STOOD, &[Value::Integer(row), revision.sort_at.into()])?;
    }
    if let Some((file, at, place)) = &revision.place {
        let source = imports::source(tx, file, Timestamp::from_seconds(*at))?;
        let place = u64::try_from(*place).unwrap_or(0);
        imports::record(tx, article, source, place)?;
    }
    Ok(row)
}

const PUBLIC_ID: &str = "SELECT public_id FROM article WHERE id = :article";

/// The article here that `other` is.
fn same(tx: &Tx<'_>, other: &Other) -> Result<Option<ArticleRow>, Error> {
    let Some(last) = other.revisions.last() else { return Ok(None) };
    for article in articles::keys::find(tx, &other.keys)? {
        let public_id: String = tx
            .connection
            .prepare_cached(PUBLIC_ID)
            .and_then(|mut statement| {
                statement.query_row(named_params! { ":article": article.0 }, |row| row.get(0))
            })
            .map_err(Error::sqlite(FAILED))?;
        let known = articles::known(tx, article, None)?;
        if public_id == other.public_id || is_same_article(&other.keys, &last.seen.content, &known)
        {
            return Ok(Some(article));
        }
    }
    Ok(None)
}

const SINCE: &str = "
    UPDATE article
    SET sort_at = CASE WHEN sort_at = first_seen_at THEN min(sort_at, :at) ELSE sort_at END,
        first_seen_at = min(first_seen_at, :at)
    WHERE id = :article AND first_seen_at > :at";

const SEEN_SOONER: &str = "UPDATE revision SET seen_at = :at WHERE id = :revision";

const MAKE_ROOM: &str = "UPDATE revision SET number = -number WHERE article_id = :article";

const RENUMBER: &str = "UPDATE revision SET number = :number WHERE id = :revision";

const RECHANGE: &str = "UPDATE revision SET changed = :changed WHERE id = :revision";

const RESILENCE: &str = "
    UPDATE revision AS r
    SET is_silent = r.changed LIKE '%\"text\"%' AND EXISTS (
        SELECT 1
        FROM revision AS p
        WHERE p.article_id = r.article_id
            AND p.number = (
                SELECT max(q.number)
                FROM revision AS q
                WHERE q.article_id = r.article_id AND q.number < r.number
                    AND (q.changed IS NULL OR q.changed LIKE '%\"text\"%' OR q.source = r.source))
            AND p.published_at IS r.published_at
            AND p.modified_at IS r.modified_at)
    WHERE r.article_id = :article AND r.changed IS NOT NULL";

const SET_LAST: &str = "
    UPDATE article
    SET revision_id =
        (SELECT id FROM revision WHERE article_id = :article ORDER BY number DESC LIMIT 1)
    WHERE id = :article";

/// Adds what only the other archive saw, each at its time; what both saw was seen when the first of
/// them saw it. Returns how many revisions came in.
fn add_history(
    tx: &Tx<'_>,
    article: ArticleRow,
    other: &Other,
    feeds: &Feeds,
) -> Result<usize, Error> {
    let run = |sql, values: &[(&str, &dyn ToSql)]| {
        let statement = tx.connection.prepare_cached(sql);
        statement.and_then(|mut one| one.execute(values)).map_err(Error::sqlite(FAILED))
    };
    let id: &dyn ToSql = &article.0;
    run(SINCE, &[(":article", id), (":at", &other.first_seen_at)])?;
    let ours = theirs::revisions(tx.connection, article.0)?;
    let mapped = |seen: &Seen| {
        let feed = seen.feed.and_then(|feed| feeds.get(&feed).copied());
        Seen { feed, ..seen.clone() }
    };
    let our_seen: Vec<Seen> = ours.iter().map(|one| one.seen.clone()).collect();
    let their_seen: Vec<Seen> = other.revisions.iter().map(|one| mapped(&one.seen)).collect();
    let woven = weave(&our_seen, &their_seen);
    let (n_new, mut is_sooner) = (woven.len() - ours.len(), false);
    for one in &woven {
        if let Whose::Ours(number) = one.whose
            && one.at < our_seen[number].at
        {
            let row: &dyn ToSql = &ours[number].row;
            run(SEEN_SOONER, &[(":revision", row), (":at", &one.at.seconds())])?;
            is_sooner = true;
        }
    }
    if n_new == 0 {
        if is_sooner {
            articles::touch(tx, article)?;
        }
        return Ok(0);
    }
    run(MAKE_ROOM, &[(":article", id)])?;
    let mut latest: Option<Numbered> = None;
    for (number, one) in (1_u32..).zip(&woven) {
        match &one.whose {
            Whose::Theirs { number: at, content, text_source } => {
                let mut revision = other.revisions[*at].clone();
                revision.seen.text_source = *text_source;
                revision.seen.at = one.at;
                let changed = one.changed.as_deref().unwrap_or_default();
                let row = add(tx, (article, latest), (&revision, content), changed, feeds)?;
                latest = Some((row, number));
            }
            Whose::Ours(at) => {
                latest = Some((ours[*at].row, number));
                let row: &dyn ToSql = &ours[*at].row;
                run(RENUMBER, &[(":revision", row), (":number", &number)])?;
                if let Some(changed) = &one.changed {
                    run(RECHANGE, &[(":revision", row), (":changed", &to_json(changed))])?;
                }
            }
        }
    }
    run(RESILENCE, &[(":article", id)])?;
    run(SET_LAST, &[(":article", id)])?;
    articles::place::follow(tx, article)?;
    Ok(n_new)
}

const ADD_SIGHTING: &str = "
    INSERT INTO sighting (feed_id, guid, link, first_seen_at, appeared_at, left_at, entry_hash,
                          fingerprint, text_hash, first_position, best_position, article_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
    ON CONFLICT (feed_id, article_id) DO UPDATE SET
        first_seen_at = min(first_seen_at, excluded.first_seen_at),
        appeared_at = min(appeared_at, excluded.appeared_at),
        best_position = coalesce(min(best_position, excluded.best_position), best_position,
                                 excluded.best_position),
        left_at = CASE WHEN left_at IS NOT NULL THEN max(left_at, excluded.left_at) END
    WHERE first_seen_at > excluded.first_seen_at
        OR appeared_at > excluded.appeared_at
        OR left_at < excluded.left_at
        OR coalesce(best_position, 99999) > excluded.best_position";

const ADD_PAGE: &str = "
    INSERT INTO page (
        feed_id, text_revision_id, url, site, since, n_reads, n_failures, last_page_at,
        last_outcome, last_error, etag, last_modified, body_hash, unread_hash, extractor, access,
        last_access, kind, title, authors, modified_at, doubt, changed_at, gone_at, image,
        canonical_url, wire, candidates, dropped, rules, article_id, next_reason)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
            ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, 'merged')";

const ADD_PAGE_TEXT: &str = "INSERT INTO page_text (article_id, codec, data) VALUES (?1, ?2, ?3)";

const ADD_PAGE_FETCH: &str = "
    INSERT INTO page_fetch (article_id, at, last_at, n, outcome, status, final_url, access, reason,
                            reserved, license)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

const ADD_FINDING: &str =
    "INSERT INTO finding (feed_id, source, url, at, article_id) VALUES (?1, ?2, ?3, ?4, ?5)";

/// What is known of the page of a new article. It is not read again.
fn take_page(
    tx: &Tx<'_>,
    article: ArticleRow,
    other: &Other,
    feeds: &Feeds,
    revisions: &HashMap<i64, i64>,
) -> Result<(), Error> {
    let id = Value::Integer(article.0);
    if let Some(page) = &other.page {
        let mut values = page.clone();
        values[0] = mapped(feeds, &page[0]);
        values[1] = mapped(revisions, &page[1]);
        values.push(id.clone());
        put(tx, ADD_PAGE, &values)?;
        if let Some(text) = &other.page_text {
            put(tx, ADD_PAGE_TEXT, &[std::slice::from_ref(&id), text].concat())?;
        }
    }
    for fetch in &other.page_fetches {
        put(tx, ADD_PAGE_FETCH, &[std::slice::from_ref(&id), fetch].concat())?;
    }
    if let Some(finding) = &other.finding {
        let mut values = finding.clone();
        values[0] = mapped(feeds, &finding[0]);
        values.push(id);
        put(tx, ADD_FINDING, &values)?;
    }
    Ok(())
}
