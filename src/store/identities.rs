//! Identity keys that rules of now would give to what is stored, and what they would put together or
//! take apart. Reads only.

pub(super) mod renew;

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, named_params};

use crate::dedupe::decide::Known;
use crate::dedupe::identity;
use crate::dedupe::same::{is_days_apart, is_same_article, say_the_same};
use crate::model::article::{IdentityKey, KeyKind};
use crate::model::feed::Feed;
use crate::normalize::url::{canonical, is_home_page};
use crate::store::identities::renew::renewed;
use crate::store::{ArticleRow, Error, FeedId, Reader, articles, merges};

/// Articles between two tellings.
const TOLD_EVERY: i64 = 1_000;

/// The feeds of an archive, with the patterns and outlets by which entries are known now.
#[derive(Debug, Default)]
pub struct Rules {
    feeds: HashMap<i64, Feed>,
}

impl Rules {
    /// Of every feed that was ever in the list, by its row.
    pub fn new(feeds: impl IntoIterator<Item = (FeedId, Feed)>) -> Self {
        Self { feeds: feeds.into_iter().map(|(id, feed)| (id.0, feed)).collect() }
    }
}

/// What the rules of now would do with what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Two articles are one: `other` is the later one to be stored.
    Merge {
        /// The article that stays.
        kept: ArticleRow,
        /// The one that becomes part of it.
        other: ArticleRow,
        /// What both are known by.
        key: IdentityKey,
    },
    /// One article is two.
    Split(Split),
}

/// An article that has two publisher's ids and says two things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The article.
    pub article: ArticleRow,
    /// The publisher's id of the part that would be an article of its own.
    pub key: IdentityKey,
    /// All the keys of that part.
    pub keys: Vec<IdentityKey>,
    /// The feeds that list that part; none where feeds do not tell which revisions are whose, and
    /// it has to stay as it is.
    pub feeds: Vec<FeedId>,
}

/// What is stored of how an article is known.
struct Stored {
    keys: Vec<IdentityKey>,
    seen: Vec<Seen>,
    /// What it would be known by if an entry had the addresses of its page.
    of_page: Vec<IdentityKey>,
}

/// A feed, and the GUID and link of an article in it.
type Seen = (i64, Option<String>, Option<String>);

const KEYS: &str = "SELECT key FROM identity_key WHERE article_id = :article";

const SEEN: &str = "SELECT feed_id, guid, link FROM sighting WHERE article_id = :article";

const OF_PAGE: &str = "
    SELECT canonical_url FROM page WHERE article_id = :article AND canonical_url IS NOT NULL
    UNION
    SELECT final_url
    FROM page_fetch
    WHERE article_id = :article AND final_url IS NOT NULL
        AND outcome IN ('read', 'same', 'changed')";

fn stored(connection: &Connection, article: ArticleRow) -> rusqlite::Result<Stored> {
    let id = named_params! { ":article": article.0 };
    let keys = connection
        .prepare_cached(KEYS)?
        .query_map(id, |row| row.get(0).map(IdentityKey::from_stored))?
        .collect::<Result<_, _>>()?;
    let seen = connection
        .prepare_cached(SEEN)?
        .query_map(id, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let addresses: Vec<String> = connection
        .prepare_cached(OF_PAGE)?
        .query_map(id, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let of_page = addresses
        .iter()
        .filter_map(|url| canonical(url))
        .filter(|url| identity::of_page(url).is_some())
        .map(|url| IdentityKey::url(&url))
        .collect();
    Ok(Stored { keys, seen, of_page })
}

impl Rules {
    /// The keys that the rules of now give to what is stored of an article.
    fn keys(&self, stored: &Stored) -> Vec<IdentityKey> {
        let urls = stored.keys.iter().filter_map(|key| renewed(key.as_str()));
        let mut keys: Vec<IdentityKey> = urls.collect();
        for (row, guid, link) in &stored.seen {
            let Some(feed) = self.feeds.get(row) else { continue };
            let url = link.as_deref().and_then(canonical).filter(|url| !is_home_page(url));
            keys.extend(identity::named(feed, guid.as_deref(), url.as_deref()));
            for key in &stored.keys {
                keys.extend(named_by(feed, key));
            }
        }
        let mut seen = HashSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        keys
    }
}

/// The keys of an entry of `feed` of which only one is known.
fn named_by(feed: &Feed, key: &IdentityKey) -> Vec<IdentityKey> {
    if let Some(url) = renewed(key.as_str()) {
        return identity::named(feed, None, url.as_str().strip_prefix("u:"));
    }
    let prefix = IdentityKey::guid(feed.identity_scope(), "");
    let guid = key.as_str().strip_prefix(prefix.as_str());
    guid.map(|guid| identity::named(feed, Some(guid), None)).unwrap_or_default()
}

// Kept in a file of its own while the archive is read, however large that is.
const PREPARE: &str = "
    PRAGMA query_only = OFF;
    DROP TABLE IF EXISTS temp.renewed;
    CREATE TEMP TABLE renewed (key TEXT NOT NULL, article_id INTEGER NOT NULL);
    DROP TABLE IF EXISTS temp.pair;
    CREATE TEMP TABLE pair (
        kept_id INTEGER NOT NULL, other_id INTEGER NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (kept_id, other_id)) WITHOUT ROWID;";

const ARTICLES: &str = "
    SELECT id
    FROM article
    WHERE id > :after AND revision_id > 0
    ORDER BY id
    LIMIT :limit";

const OWNER: &str = "SELECT article_id FROM identity_key WHERE key = :key";

const ADD_RENEWED: &str = "INSERT INTO temp.renewed (key, article_id) VALUES (:key, :article)";

const ADD_PAIR: &str = "
    INSERT INTO temp.pair (kept_id, other_id, key)
    VALUES (min(:one, :other), max(:one, :other), :key)
    ON CONFLICT DO NOTHING";

const PAIR_RENEWED: &str = "
    INSERT INTO temp.pair (kept_id, other_id, key)
    SELECT f.first_id, r.article_id, r.key
    FROM (
        SELECT key, min(article_id) AS first_id
        FROM temp.renewed
        GROUP BY key
        HAVING count(*) > 1) AS f
    JOIN temp.renewed AS r ON r.key = f.key AND r.article_id > f.first_id
    WHERE TRUE
    ON CONFLICT DO NOTHING";

const PAIRS: &str = "
    SELECT kept_id, other_id, key
    FROM temp.pair
    WHERE (kept_id, other_id) > (:kept, :other)
    ORDER BY kept_id, other_id
    LIMIT 100";

/// Tests the rules of now on everything that is stored: `each` is given what they would put together
/// or take apart, `progress` how many articles were looked at. Changes nothing.
pub fn examine(
    reader: &mut Reader,
    rules: &Rules,
    mut progress: impl FnMut(usize),
    mut each: impl FnMut(Finding) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = || Error::sqlite("test the identity rules");
    let connection = &reader.connection;
    connection.execute_batch(PREPARE).map_err(failed())?;
    let (mut after, mut n_done) = (0, 0);
    loop {
        let batch: Vec<i64> = connection
            .prepare_cached(ARTICLES)
            .and_then(|mut statement| {
                let values = named_params! { ":after": after, ":limit": TOLD_EVERY };
                statement.query_map(values, |row| row.get(0))?.collect()
            })
            .map_err(failed())?;
        let Some(last) = batch.last() else { break };
        after = *last;
        for row in &batch {
            if let Some(split) = look_at(connection, rules, ArticleRow(*row))? {
                each(Finding::Split(split))?;
            }
        }
        n_done += batch.len();
        progress(n_done);
    }
    connection.execute(PAIR_RENEWED, []).map_err(failed())?;
    let mut last = (0, 0);
    loop {
        let pairs: Vec<(i64, i64, String)> = connection
            .prepare_cached(PAIRS)
            .and_then(|mut statement| {
                let values = named_params! { ":kept": last.0, ":other": last.1 };
                let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                statement.query_map(values, read)?.collect()
            })
            .map_err(failed())?;
        let Some((kept, other, _)) = pairs.last() else { return Ok(()) };
        last = (*kept, *other);
        for (kept, other, key) in pairs {
            // Whoever is given the findings may have carried out earlier ones.
            let kept = merges::resolve(connection, ArticleRow(kept))?;
            let other = merges::resolve(connection, ArticleRow(other))?;
            let key = IdentityKey::from_stored(key);
            if kept != other && are_one(connection, rules, (kept, other), &key)? {
                each(Finding::Merge { kept, other, key })?;
            }
        }
    }
}

/// Notes by which new keys `article` may be another one; says whether it is two.
fn look_at(
    connection: &Connection,
    rules: &Rules,
    article: ArticleRow,
) -> Result<Option<Split>, Error> {
    let failed = || Error::sqlite("test the identity rules");
    let stored = stored(connection, article).map_err(failed())?;
    let mut keys = rules.keys(&stored);
    keys.extend(stored.of_page.iter().cloned());
    for key in keys.iter().filter(|key| !stored.keys.contains(key)) {
        let owner: Option<i64> = connection
            .prepare_cached(OWNER)
            .and_then(|mut statement| {
                let values = named_params! { ":key": key.as_str() };
                statement.query_row(values, |row| row.get(0)).optional()
            })
            .map_err(failed())?;
        let noted = match owner {
            Some(owner) => connection.prepare_cached(ADD_PAIR).and_then(|mut statement| {
                let key = key.as_str();
                statement.execute(named_params! { ":one": article.0, ":other": owner, ":key": key })
            }),
            None => connection.prepare_cached(ADD_RENEWED).and_then(|mut statement| {
                statement.execute(named_params! { ":key": key.as_str(), ":article": article.0 })
            }),
        };
        noted.map_err(failed())?;
    }
    split(connection, rules, article, &stored)
}

const LISTED_AT_ONCE: &str = "
    SELECT EXISTS (
        SELECT 1
        FROM sighting AS a
        JOIN sighting AS b ON b.feed_id = a.feed_id
        WHERE a.article_id = :one AND b.article_id = :other
            AND (b.left_at IS NULL OR a.first_seen_at <= b.left_at)
            AND (a.left_at IS NULL OR b.first_seen_at <= a.left_at))";

/// Whether two articles that share `key` are one by the rules of now. Two entries that a feed lists
/// at one time are two, whatever address or GUID it gives to both.
fn are_one(
    connection: &Connection,
    rules: &Rules,
    (kept, other): (ArticleRow, ArticleRow),
    key: &IdentityKey,
) -> Result<bool, Error> {
    let failed = || Error::sqlite("test the identity rules");
    if key.kind() != KeyKind::Publisher {
        let values = named_params! { ":one": kept.0, ":other": other.0 };
        let is_listed_at_once: bool = connection
            .prepare_cached(LISTED_AT_ONCE)
            .and_then(|mut statement| statement.query_row(values, |row| row.get(0)))
            .map_err(failed())?;
        if is_listed_at_once {
            return Ok(false);
        }
    }
    let of = |article| -> Result<Known, Error> {
        let mut known = articles::known_in(connection, article, None)?;
        let stored = stored(connection, article).map_err(failed())?;
        known.keys.extend(rules.keys(&stored));
        Ok(known)
    };
    let (mut one, mut two) = (of(kept)?, of(other)?);
    let is_said_by_feeds = one.keys.contains(key) && two.keys.contains(key);
    one.keys.push(key.clone());
    two.keys.push(key.clone());
    if is_said_by_feeds || !is_same_article(&two.keys, &two.current, &one) {
        return Ok(is_same_article(&two.keys, &two.current, &one));
    }
    // Only a page says so, and a page may lead to a column that is another one each day.
    let values = named_params! { ":one": kept.0, ":other": other.0 };
    let is_of_one_outlet: bool = connection
        .prepare_cached(OF_ONE_OUTLET)
        .and_then(|mut statement| statement.query_row(values, |row| row.get(0)))
        .map_err(failed())?;
    let (one, two) = (&one.current, &two.current);
    Ok(is_of_one_outlet && say_the_same(one, two) && !is_days_apart(one, two))
}

const OF_ONE_OUTLET: &str = "
    SELECT (SELECT outlet FROM article WHERE id = :one)
        IS (SELECT outlet FROM article WHERE id = :other)";

const FEED_REVISIONS: &str = "
    SELECT feed_id, max(id), min(number)
    FROM revision
    WHERE article_id = :article AND feed_id IS NOT NULL
    GROUP BY feed_id";

/// An article is two where feeds know it by two of a publisher's ids and say two things of it.
fn split(
    connection: &Connection,
    rules: &Rules,
    article: ArticleRow,
    stored: &Stored,
) -> Result<Option<Split>, Error> {
    let failed = || Error::sqlite("test the identity rules");
    let keys_of = |seen: &Seen| {
        rules.keys(&Stored { keys: Vec::new(), seen: vec![seen.clone()], of_page: Vec::new() })
    };
    let id_of = |seen: &Seen| keys_of(seen).into_iter().find(|k| k.kind() == KeyKind::Publisher);
    let ids: BTreeSet<IdentityKey> = stored.seen.iter().filter_map(id_of).collect();
    if ids.len() < 2 {
        return Ok(None);
    }
    let revisions: HashMap<i64, (i64, i64)> = connection
        .prepare_cached(FEED_REVISIONS)
        .and_then(|mut statement| {
            let id = named_params! { ":article": article.0 };
            statement.query_map(id, |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?.collect()
        })
        .map_err(failed())?;
    // For each id the number of its first revision, and its latest one.
    let mut parts: Vec<(i64, Option<i64>, IdentityKey)> = Vec::new();
    for id in ids {
        let seen = stored.seen.iter().filter(|seen| id_of(seen).as_ref() == Some(&id));
        let own: Vec<_> = seen.filter_map(|seen| revisions.get(&seen.0)).collect();
        let first = own.iter().map(|(_, number)| *number).min().unwrap_or(i64::MAX);
        parts.push((first, own.iter().map(|(latest, _)| *latest).max(), id));
    }
    parts.sort();
    let (_, Some(latest), first) = &parts[0] else { return Ok(None) };
    let said = articles::content_in(connection, *latest)?;
    for (_, latest, key) in &parts[1..] {
        if scope(key) != scope(first) {
            continue;
        }
        let other = latest.map(|latest| articles::content_in(connection, latest)).transpose()?;
        if other.as_ref().is_some_and(|other| say_the_same(&said, other)) {
            continue;
        }
        let seen = stored.seen.iter().filter(|seen| id_of(seen).as_ref() == Some(key));
        let keys: BTreeSet<IdentityKey> = seen.clone().flat_map(keys_of).collect();
        let feeds = seen.filter(|_| other.is_some()).map(|seen| FeedId(seen.0)).collect();
        let (keys, key) = (keys.into_iter().collect(), key.clone());
        return Ok(Some(Split { article, key, keys, feeds }));
    }
    Ok(None)
}

/// Within what a publisher's id is unique.
fn scope(key: &IdentityKey) -> &str {
    key.as_str().rsplit_once(':').map_or("", |(scope, _)| scope)
}
