//! What is remembered of each page between two readings, and what it said the last time.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::dedupe::fingerprint::Short;
use crate::model::article::Content;
use crate::model::feed::Validators;
use crate::model::page::Followed;
use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::store::articles::{from_json, to_json};
use crate::store::{ArticleRow, Error, FeedId, Reader, Tx, changes, text};

/// What is remembered of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// Its feed.
    pub feed: FeedId,
    /// Its address.
    pub url: String,
    /// What its host is counted under.
    pub site: String,
    /// Who published the article.
    pub outlet: Option<String>,
    /// When the article began.
    pub since: Timestamp,
    /// When it is read again; never when `None`.
    pub next_at: Option<Timestamp>,
    /// Why then.
    pub next_reason: String,
    /// How often its text was read.
    pub n_reads: u32,
    /// Times in a row that it could not be read.
    pub n_failures: u32,
    /// The last reading.
    pub last_at: Option<Timestamp>,
    /// What came of it.
    pub last_outcome: String,
    /// Why it failed.
    pub last_error: Option<String>,
    /// To be sent back.
    pub validators: Validators,
    /// Of the bytes last read.
    pub body_hash: Option<[u8; 32]>,
    /// Of bytes that cannot be read.
    pub unread_hash: Option<[u8; 32]>,
    /// The version of the extractor that read them.
    pub extractor: u32,
    /// How much of the article the text is that we have.
    pub access: Option<String>,
    /// How much of it the page gave the last time.
    pub last_access: Option<String>,
    /// What kind of piece it is.
    pub kind: Option<String>,
    /// What the page said when it was last read; its text apart.
    pub title: String,
    /// Likewise.
    pub authors: Vec<String>,
    /// Likewise.
    pub modified_at: Option<Timestamp>,
    /// The fingerprint of a change that is an edit if it is still there the next time.
    pub doubt: Option<Short>,
    /// The revision that has the text of the last reading.
    pub text_revision: Option<i64>,
    /// When it last said something new.
    pub changed_at: Option<Timestamp>,
    /// Since when the publisher answers that it is not there.
    pub gone_at: Option<Timestamp>,
    /// The lead image.
    pub image: Option<String>,
    /// What the page calls its address.
    pub canonical_url: Option<String>,
    /// A credited agency.
    pub wire: Option<String>,
    /// The readings from which the text was made, as JSON.
    pub candidates: Option<String>,
    /// Blocks left out because they recur, as JSON.
    pub dropped: Option<String>,
    /// The rules of the outlet by which it was last read, and what each found.
    pub followed: Vec<Followed>,
}

const STATE: &str = "
    SELECT p.feed_id, p.url, p.site, a.outlet, p.since, p.next_page_at, p.next_reason, p.n_reads,
           p.n_failures, p.last_page_at, coalesce(p.last_outcome, ''), p.last_error, p.etag,
           p.last_modified, p.body_hash, p.unread_hash, p.extractor, p.access, p.last_access, p.kind,
           p.title, p.authors, p.modified_at, p.doubt, p.text_revision_id, p.changed_at, p.gone_at,
           p.image, p.canonical_url, p.wire, p.candidates, p.dropped, p.rules
    FROM page AS p
    JOIN article AS a ON a.id = p.article_id
    WHERE p.article_id = :article";

/// What is remembered of the page of `article`.
pub fn of(reader: &Reader, article: ArticleRow) -> Result<Option<State>, Error> {
    let failed = || Error::sqlite("read the state of a page");
    let mut statement = reader.connection.prepare_cached(STATE).map_err(failed())?;
    let state = statement.query_row(named_params! { ":article": article.0 }, read);
    state.optional().map_err(failed())
}

fn read(row: &Row<'_>) -> rusqlite::Result<State> {
    let moment = |index| row.get::<_, Option<i64>>(index).map(|s| s.map(Timestamp::from_seconds));
    let hash = |index| {
        let bytes: Option<Vec<u8>> = row.get(index)?;
        Ok::<_, rusqlite::Error>(bytes.and_then(|bytes| bytes.try_into().ok()))
    };
    let doubt: Option<Vec<u8>> = row.get(23)?;
    Ok(State {
        feed: FeedId(row.get(0)?),
        url: row.get(1)?,
        site: row.get(2)?,
        outlet: row.get(3)?,
        since: Timestamp::from_seconds(row.get(4)?),
        next_at: moment(5)?,
        next_reason: row.get(6)?,
        n_reads: row.get(7)?,
        n_failures: row.get(8)?,
        last_at: moment(9)?,
        last_outcome: row.get(10)?,
        last_error: row.get(11)?,
        validators: Validators { etag: row.get(12)?, last_modified: row.get(13)? },
        body_hash: hash(14)?,
        unread_hash: hash(15)?,
        extractor: row.get(16)?,
        access: row.get(17)?,
        last_access: row.get(18)?,
        kind: row.get(19)?,
        title: row.get(20)?,
        authors: from_json(row.get(21)?),
        modified_at: moment(22)?,
        doubt: doubt.and_then(|bytes| bytes.try_into().ok()),
        text_revision: row.get(24)?,
        changed_at: moment(25)?,
        gone_at: moment(26)?,
        image: row.get(27)?,
        canonical_url: row.get(28)?,
        wire: row.get(29)?,
        candidates: row.get(30)?,
        dropped: row.get(31)?,
        followed: followed(row.get(32)?),
    })
}

fn followed(json: Option<String>) -> Vec<Followed> {
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

const LAST_TEXT: &str = "
    SELECT coalesce(b.revision_id, 0), coalesce(b.codec, t.codec), coalesce(b.data, t.data)
    FROM page AS p
    LEFT JOIN body AS b ON b.revision_id = p.text_revision_id
    LEFT JOIN page_text AS t ON t.article_id = p.article_id
    WHERE p.article_id = :article AND (b.data IS NOT NULL OR t.data IS NOT NULL)";

/// The text that the page of `article` had when it was last read; `None` when it never was.
pub fn last_text(tx: &Tx<'_>, article: ArticleRow) -> Result<Option<String>, Error> {
    let failed = || Error::sqlite("read what a page said");
    let mut statement = tx.connection.prepare_cached(LAST_TEXT).map_err(failed())?;
    let stored: Option<(i64, i64, Vec<u8>)> = statement
        .query_row(named_params! { ":article": article.0 }, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(failed())?;
    let Some((revision, codec, data)) = stored else { return Ok(None) };
    text::readable(tx.connection, revision, codec, &data)
}

/// What the page of `article` said when it was last read; `None` when it never was.
pub fn last_reading(
    tx: &Tx<'_>,
    article: ArticleRow,
    state: &State,
) -> Result<Option<Content>, Error> {
    if state.n_reads == 0 {
        return Ok(None);
    }
    let Some(text) = last_text(tx, article)? else { return Ok(None) };
    Ok(Some(Content {
        title: state.title.clone(),
        text,
        authors: state.authors.clone(),
        modified: state.modified_at.map(|at| StatedDate {
            at,
            precision: Precision::Second,
            is_zone_assumed: false,
        }),
        ..Content::default()
    }))
}

const SET_STATE: &str = "
    UPDATE page
    SET next_page_at = :next_at, next_reason = :next_reason, n_reads = :n_reads,
        n_failures = :n_failures, last_page_at = :last_at, last_outcome = :last_outcome,
        last_error = :last_error, etag = :etag, last_modified = :last_modified,
        body_hash = :body_hash, unread_hash = :unread_hash, extractor = :extractor,
        access = :access, last_access = :last_access, kind = :kind, title = :title,
        authors = :authors, modified_at = :modified_at, doubt = :doubt,
        text_revision_id = :text_revision, changed_at = :changed_at, gone_at = :gone_at,
        image = :image, canonical_url = :canonical_url, wire = :wire, candidates = :candidates,
        dropped = :dropped, rules = :rules
    WHERE article_id = :article";

/// Remembers `state`.
pub fn set_state(tx: &Tx<'_>, article: ArticleRow, state: &State) -> Result<(), Error> {
    changes::touch_if_news(tx, article, state)?;
    let failed = || Error::sqlite("store the state of a page");
    let seconds = |moment: Option<Timestamp>| moment.map(Timestamp::seconds);
    let followed = Some(&state.followed).filter(|followed| !followed.is_empty());
    let rules = followed.and_then(|followed| serde_json::to_string(followed).ok());
    tx.connection
        .prepare_cached(SET_STATE)
        .map_err(failed())?
        .execute(named_params! {
            ":article": article.0,
            ":next_at": seconds(state.next_at),
            ":next_reason": state.next_reason,
            ":n_reads": state.n_reads,
            ":n_failures": state.n_failures,
            ":last_at": seconds(state.last_at),
            ":last_outcome": state.last_outcome,
            ":last_error": state.last_error,
            ":etag": state.validators.etag,
            ":last_modified": state.validators.last_modified,
            ":body_hash": state.body_hash.map(Vec::from),
            ":unread_hash": state.unread_hash.map(Vec::from),
            ":extractor": state.extractor,
            ":access": state.access,
            ":last_access": state.last_access,
            ":kind": state.kind,
            ":title": state.title,
            ":authors": to_json(&state.authors),
            ":modified_at": seconds(state.modified_at),
            ":doubt": state.doubt.map(Vec::from),
            ":text_revision": state.text_revision,
            ":changed_at": seconds(state.changed_at),
            ":gone_at": seconds(state.gone_at),
            ":image": state.image,
            ":canonical_url": state.canonical_url,
            ":wire": state.wire,
            ":candidates": state.candidates,
            ":dropped": state.dropped,
            ":rules": rules,
        })
        .map_err(failed())?;
    Ok(())
}

const SET_TEXT: &str = "
    INSERT INTO page_text (article_id, codec, data)
    VALUES (:article, :codec, :data)
    ON CONFLICT (article_id) DO UPDATE SET codec = excluded.codec, data = excluded.data";

const FORGET_TEXT: &str = "DELETE FROM page_text WHERE article_id = :article";

/// Stores the text of the last reading, or forgets it where a revision has it (`None`).
pub fn set_text(tx: &Tx<'_>, article: ArticleRow, words: Option<&str>) -> Result<(), Error> {
    let failed = || Error::sqlite("store what a page said");
    let Some(words) = words else {
        let mut statement = tx.connection.prepare_cached(FORGET_TEXT).map_err(failed())?;
        statement.execute(named_params! { ":article": article.0 }).map_err(failed())?;
        return Ok(());
    };
    let (codec, data) = tx.codec.pack(words);
    let mut statement = tx.connection.prepare_cached(SET_TEXT).map_err(failed())?;
    statement
        .execute(named_params! { ":article": article.0, ":codec": codec, ":data": data })
        .map_err(failed())?;
    Ok(())
}
