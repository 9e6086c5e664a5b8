//! What changed, in the order in which it changed: what the search index follows.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::model::time::Timestamp;
use crate::names::{self, Mention};
use crate::query::Trait;
use crate::store::{ArticleRow, Error, Reader, articles, text};

/// An article as it is now, at its place in the sequence of changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Grows with every change to any article.
    pub seq: i64,
    /// The article.
    pub article: ArticleRow,
    /// Its headline.
    pub title: String,
    /// Its text.
    pub text: String,
    /// Who published it.
    pub outlet: String,
    /// Its own section and those of the feeds that list it.
    pub sections: String,
    /// Its authors.
    pub authors: Vec<String>,
    /// The feeds that listed it.
    pub feeds: Vec<String>,
    /// Keywords of the publisher.
    pub tags: Vec<String>,
    /// Its language without the country, as `nl`; empty when it is not known.
    pub language: String,
    /// What else is about it.
    pub traits: Vec<Trait>,
    /// Its place in time, in seconds UTC.
    pub sort_at: i64,
}

impl Change {
    /// What it names: people, organizations and places.
    pub fn mentions(&self) -> Vec<Mention> {
        if names::is_read(&self.language) {
            names::mentions(&self.title, &self.text)
        } else {
            Vec::new()
        }
    }
}

/// Between names in a list that SQLite joins.
const SEPARATOR: char = '\u{1f}';

const AFTER: &str = "
    SELECT a.seq, a.id, r.title, b.codec, b.data, coalesce(a.outlet, ''), coalesce(r.section, ''),
           r.authors, a.sort_at, r.id,
           (SELECT group_concat(f.name, char(31))
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id),
           (SELECT group_concat(DISTINCT f.section)
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id AND f.section IS NOT r.section),
           r.tags, r.language, r.number > 1, r.enclosures
    FROM article AS a
    JOIN revision AS r ON r.id = a.revision_id
    JOIN body AS b ON b.revision_id = r.id
    WHERE a.seq > :seq
    ORDER BY a.seq
    LIMIT :limit";

/// The next changes after `seq`, at most `limit`. An article that changed twice comes once.
pub fn after(reader: &Reader, seq: i64, limit: usize) -> Result<Vec<Change>, Error> {
    let failed = || Error::sqlite("read what changed");
    let mut statement = reader.connection.prepare_cached(AFTER).map_err(failed())?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows =
        statement.query(named_params! { ":seq": seq, ":limit": limit }).map_err(failed())?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next().map_err(failed())? {
        let (mut change, revision, codec, data) = read(row).map_err(failed())?;
        change.text = text::unpack(revision, codec, &data)?;
        changes.push(change);
    }
    Ok(changes)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Change, i64, i64, Vec<u8>)> {
    let names: Option<String> = row.get(10)?;
    let others: Option<String> = row.get(11)?;
    let own: String = row.get(6)?;
    let language: String = row.get::<_, Option<String>>(13)?.unwrap_or_default();
    let is_revised: bool = row.get(14)?;
    let enclosures = articles::enclosures_from_json(row.get(15)?);
    let has_image = enclosures.iter().any(|one| {
        one.media_type.as_deref().is_some_and(|media_type| media_type.starts_with("image/"))
    });
    let traits = [(Trait::Revised, is_revised), (Trait::Image, has_image)];
    let change = Change {
        seq: row.get(0)?,
        article: ArticleRow(row.get(1)?),
        title: row.get(2)?,
        text: String::new(),
        outlet: row.get(5)?,
        sections: others.map_or(own.clone(), |others| format!("{own},{others}")),
        authors: articles::from_json(row.get(7)?),
        feeds: names
            .map(|names| names.split(SEPARATOR).map(ToOwned::to_owned).collect())
            .unwrap_or_default(),
        tags: articles::from_json(row.get(12)?),
        language: language.split('-').next().unwrap_or_default().to_ascii_lowercase(),
        traits: traits.into_iter().filter(|(_, is_so)| *is_so).map(|(of, _)| of).collect(),
        sort_at: row.get(8)?,
    };
    Ok((change, row.get(9)?, row.get(3)?, row.get(4)?))
}

const AT: &str = "
    SELECT a.seq, a.id, r.title, b.codec, b.data, coalesce(a.outlet, ''), coalesce(r.section, ''),
           r.authors, a.sort_at, r.id,
           (SELECT group_concat(f.name, char(31))
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id AND s.first_seen_at <= :as_of),
           (SELECT group_concat(DISTINCT f.section)
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id AND s.first_seen_at <= :as_of
                AND f.section IS NOT r.section),
           r.tags, r.language, r.number > 1, r.enclosures
    FROM article AS a
    JOIN revision AS r ON r.article_id = a.id
    JOIN body AS b ON b.revision_id = r.id
    WHERE a.id = :article AND r.number = :number";

/// An article as it was at `as_of`, when `number` was its revision.
pub fn at(
    reader: &Reader,
    article: ArticleRow,
    number: u32,
    as_of: Timestamp,
) -> Result<Option<Change>, Error> {
    let failed = || Error::sqlite("read an article as it was");
    let mut statement = reader.connection.prepare_cached(AT).map_err(failed())?;
    let found = statement
        .query_row(
            named_params! {
                ":article": article.0, ":number": number, ":as_of": as_of.seconds(),
            },
            read,
        )
        .optional()
        .map_err(failed())?;
    let Some((mut change, revision, codec, data)) = found else { return Ok(None) };
    change.text = text::unpack(revision, codec, &data)?;
    Ok(Some(change))
}

/// The place of the last change; 0 in an empty archive.
pub fn last(reader: &Reader) -> Result<i64, Error> {
    reader
        .connection
        .query_row("SELECT coalesce(max(seq), 0) FROM article", [], |row| row.get(0))
        .map_err(Error::sqlite("read the last change"))
}
