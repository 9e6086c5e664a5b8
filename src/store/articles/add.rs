//! One more revision of an article, and its text.

use rusqlite::{OptionalExtension as _, named_params};

use crate::dedupe::fingerprint;
use crate::model::article::Source;
use crate::model::time::StatedDate;
use crate::store::articles::{Version, enclosures_to_json, to_json};
use crate::store::{ArticleRow, Error, Tx, text};

/// A revision by its row and its number.
pub(in crate::store) type Numbered = (i64, u32);

const ADD_REVISION: &str = "
    INSERT INTO revision (
        article_id, number, seen_at, source, feed_id, title, authors, section, tags, language,
        published_at, published_precision, is_zone_assumed, modified_at, modified_precision,
        enclosures, n_words, changed, fingerprint, digest, text_source, is_silent)
    VALUES (
        :article, :number, :seen_at, :source, :feed, :title, :authors, :section, :tags, :language,
        :published_at, :published_precision, :is_zone_assumed, :modified_at, :modified_precision,
        :enclosures, :n_words, :changed, :fingerprint, :digest, :text_source, :is_silent)
    RETURNING id";

const CURRENT_DATES: &str = "
    SELECT r.published_at, r.modified_at
    FROM article AS a
    JOIN revision AS c ON c.id = a.revision_id
    JOIN revision AS r ON r.article_id = a.id
    WHERE a.id = :article AND r.number <= c.number
        AND (r.changed IS NULL OR r.changed LIKE '%\"text\"%' OR r.source = :source)
    ORDER BY r.number DESC
    LIMIT 1";

const READ_LAST: &str = "
    SELECT modified_at FROM page WHERE article_id = :article AND modified_at IS NOT NULL";

/// Whether the text changed and the stated dates are those that came with the text before, or from the same
/// source since: a feed may have told the new ones with a headline, a moment before the page was read.
fn is_silent(tx: &Tx<'_>, article: ArticleRow, version: &Version<'_>) -> Result<bool, Error> {
    if !version.changed.contains(&"text") {
        return Ok(false);
    }
    let seconds = |date: Option<StatedDate>| date.map(|date| date.at.seconds());
    let dates = (seconds(version.content.published), seconds(version.content.modified));
    let current: Option<(Option<i64>, Option<i64>)> = tx
        .connection
        .prepare_cached(CURRENT_DATES)
        .and_then(|mut statement| {
            let source = version.source.as_str();
            let id = named_params! { ":article": article.0, ":source": source };
            statement.query_row(id, |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(Error::sqlite("read an article"))?;
    if current == Some(dates) || version.source != Source::Page {
        return Ok(current == Some(dates));
    }
    // Its last reading stated this date beside the text of before.
    let read_last: Option<i64> = tx
        .connection
        .prepare_cached(READ_LAST)
        .and_then(|mut one| one.query_row([article.0], |row| row.get(0)).optional())
        .map_err(Error::sqlite("read an article"))?;
    Ok(read_last.is_some() && read_last == dates.1)
}

const SET_CURRENT: &str = "UPDATE article SET revision_id = :revision WHERE id = :article";

/// Stores a revision that follows `latest` and makes it the current one. Returns its row.
pub(in crate::store) fn revision(
    tx: &Tx<'_>,
    article: ArticleRow,
    latest: Option<Numbered>,
    version: &Version<'_>,
) -> Result<i64, Error> {
    let failed = || Error::sqlite("store a revision");
    let content = version.content;
    let words = n_words(&content.text);
    let is_silent = is_silent(tx, article, version)?;
    let revision: i64 = tx
        .connection
        .prepare_cached(ADD_REVISION)
        .map_err(failed())?
        .query_row(
            named_params! {
                ":article": article.0,
                ":number": latest.map_or(1, |(_, number)| number + 1),
                ":seen_at": version.now.seconds(),
                ":source": version.source.as_str(),
                ":feed": version.feed.map(|feed| feed.0),
                ":title": content.title,
                ":authors": to_json(&content.authors),
                ":section": content.section,
                ":tags": to_json(&content.tags),
                ":language": content.language,
                ":published_at": content.published.map(|date| date.at.seconds()),
                ":published_precision": content.published.map(|date| date.precision.as_str()),
                ":is_zone_assumed": content.published.is_some_and(|date| date.is_zone_assumed),
                ":modified_at": content.modified.map(|date| date.at.seconds()),
                ":modified_precision": content.modified.map(|date| date.precision.as_str()),
                ":enclosures": enclosures_to_json(&content.enclosures),
                ":n_words": i64::try_from(words).unwrap_or(i64::MAX),
                ":changed": to_json(version.changed),
                ":fingerprint": fingerprint::content(content),
                ":digest": version.digest,
                ":text_source": version.text_source.as_str(),
                ":is_silent": is_silent,
            },
            |row| row.get(0),
        )
        .map_err(failed())?;
    add_body(tx, revision, &content.text, latest)?;
    let mut statement = tx.connection.prepare_cached(SET_CURRENT).map_err(failed())?;
    statement
        .execute(named_params! { ":revision": revision, ":article": article.0 })
        .map_err(failed())?;
    Ok(revision)
}

const ADD_BODY: &str =
    "INSERT INTO body (revision_id, codec, data) VALUES (:revision, :codec, :data)";

fn add_body(
    tx: &Tx<'_>,
    revision: i64,
    words: &str,
    latest: Option<Numbered>,
) -> Result<(), Error> {
    let failed = || Error::sqlite("store a text");
    let before = latest.map(|(row, _)| text::predecessor(tx.connection, row)).transpose()?;
    let (codec, data) = match before.flatten() {
        Some(before) => tx.codec.pack_after(words, &before),
        None => tx.codec.pack(words),
    };
    let mut statement = tx.connection.prepare_cached(ADD_BODY).map_err(failed())?;
    statement
        .execute(named_params! { ":revision": revision, ":codec": codec, ":data": data })
        .map_err(failed())?;
    Ok(())
}

/// Words of a normalized text, in which only single spaces and line ends part them.
fn n_words(text: &str) -> usize {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\n');
    let bytes = text.as_bytes();
    let starts = bytes.windows(2).filter(|pair| is_space(pair[0]) && !is_space(pair[1])).count();
    starts + usize::from(bytes.first().is_some_and(|byte| !is_space(*byte)))
}
