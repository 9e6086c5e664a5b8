//! What changed, in the order in which it changed: what the search index follows.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::dedupe::near::credit;
use crate::model::time::Timestamp;
use crate::names::{self, Mention};
use crate::query::Trait;
use crate::store::pages::state::State;
use crate::store::{ArticleRow, Error, Reader, Tx, articles, text};

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
    /// Its public id.
    pub id: String,
    /// Its address as given; empty when it has none.
    pub url: String,
    /// Its own section and those of the feeds that list it.
    pub sections: Vec<String>,
    /// Its authors.
    pub authors: Vec<String>,
    /// The feeds that listed it.
    pub feeds: Vec<String>,
    /// Keywords of the publisher.
    pub tags: Vec<String>,
    /// Its language without the country, as `nl`; empty when it is not known.
    pub language: String,
    /// The countries of the feeds that list it, as `be`.
    pub countries: Vec<String>,
    /// How much of it could be read; empty when its page was not looked at.
    pub access: String,
    /// What kind of piece it is; empty when that is not known.
    pub kind: String,
    /// The agency that its page, byline, dateline or last line names; empty when none does.
    pub wire: String,
    /// What else is about it.
    pub traits: Vec<Trait>,
    /// Its place in time, in seconds UTC.
    pub sort_at: i64,
}

impl Change {
    /// What it names: people, organizations and places.
    pub fn mentions(&self) -> Vec<Mention> {
        names::of(&self.title, &self.text, &self.language)
    }

    /// Takes the text, which may credit an agency that its page does not name.
    fn fill(&mut self, text: String) {
        if self.wire.is_empty()
            && let Some(agency) = credit::of(&self.authors, &text)
        {
            agency.clone_into(&mut self.wire);
        }
        self.text = text;
    }
}

/// Between names in a list that SQLite joins.
const SEPARATOR: char = '\u{1f}';

/// The access of what is for those who pay, as `extract` says it.
const PAID: &str = "paid";

/// How much of an article can be read now.
const ACCESS: &str = "coalesce(p.access, p.last_access)";

/// How much of article `a` could be read at `:as_of`: at the last reading, or else what stood in the
/// way.
pub(super) const ACCESS_THEN: &str = "
    (SELECT x.access
     FROM page_fetch AS x
     WHERE x.article_id = a.id AND x.access IS NOT NULL AND x.at <= :as_of
     ORDER BY x.outcome IN ('wall', 'refused'), x.id DESC LIMIT 1)";

/// What [`read`] reads but the access, of an article seen in feeds up to `:as_of`.
const COLUMNS: &str = "
    SELECT a.seq, a.id, r.title, b.codec, b.data, coalesce(a.outlet, ''), coalesce(r.section, ''),
           r.authors, iif(r.id = a.revision_id, a.sort_at, coalesce(r.sort_at, a.sort_at)), r.id,
           (SELECT group_concat(f.name, char(31))
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id AND s.first_seen_at <= :as_of),
           (SELECT group_concat(f.section, char(31))
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id AND s.first_seen_at <= :as_of
                AND f.section IS NOT r.section),
           r.tags, r.language,
           EXISTS (
               SELECT 1
               FROM revision AS x
               WHERE x.article_id = a.id AND x.number <= r.number AND x.changed IS NOT NULL),
           r.enclosures, a.public_id, coalesce(a.url, ''),
           (SELECT group_concat(f.country, char(31))
            FROM sighting AS s JOIN feed AS f ON f.id = s.feed_id
            WHERE s.article_id = a.id AND s.first_seen_at <= :as_of),
           coalesce(p.kind, ''), coalesce(p.wire, ''), p.image IS NOT NULL, ";

const FROM: &str = "
    FROM article AS a
    JOIN revision AS r ON r.article_id = a.id
    JOIN body AS b ON b.revision_id = r.id
    LEFT JOIN page AS p ON p.article_id = a.id";

const AFTER: &str = "
    WHERE r.id = a.revision_id AND a.seq > :seq
    ORDER BY a.seq
    LIMIT :limit";

/// The next changes after `seq`, at most `limit`. An article that changed twice comes once.
pub fn after(reader: &Reader, seq: i64, limit: usize) -> Result<Vec<Change>, Error> {
    let failed = || Error::sqlite("read what changed");
    let sql = format!("{COLUMNS}{ACCESS}{FROM}{AFTER}");
    let mut statement = reader.connection.prepare_cached(&sql).map_err(failed())?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = named_params! { ":seq": seq, ":limit": limit, ":as_of": i64::MAX };
    let mut rows = statement.query(values).map_err(failed())?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next().map_err(failed())? {
        let (mut change, revision, codec, data) = read(row).map_err(failed())?;
        let text = text::readable(&reader.connection, revision, codec, &data)?;
        change.fill(text.unwrap_or_default());
        changes.push(change);
    }
    Ok(changes)
}

// Each was part of another article before that one changed, so it is passed with it.
const MERGED: &str = "
    SELECT id
    FROM article INDEXED BY article_merged
    WHERE merged_into IS NOT NULL AND seq > :seq";

/// The articles that became part of another one after `seq`.
pub fn merged(reader: &Reader, seq: i64) -> Result<Vec<ArticleRow>, Error> {
    let failed = || Error::sqlite("read what changed");
    let mut statement = reader.connection.prepare_cached(MERGED).map_err(failed())?;
    statement
        .query_map(named_params! { ":seq": seq }, |row| row.get(0).map(ArticleRow))
        .and_then(Iterator::collect)
        .map_err(failed())
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Change, i64, i64, Vec<u8>)> {
    let names = |column| row.get::<_, Option<String>>(column).map(|names| split(names.as_deref()));
    let own: String = row.get(6)?;
    let mut sections = split(Some(&own));
    sections.extend(names(11)?);
    let language: String = row.get::<_, Option<String>>(13)?.unwrap_or_default();
    let is_revised: bool = row.get(14)?;
    let enclosures = articles::enclosures_from_json(row.get(15)?);
    let has_image = enclosures.iter().any(|one| {
        one.media_type.as_deref().is_some_and(|media_type| media_type.starts_with("image/"))
    });
    let access: String = row.get::<_, Option<String>>(22)?.unwrap_or_default();
    let traits = [
        (Trait::Revised, is_revised),
        (Trait::Paywalled, access == PAID),
        (Trait::Image, has_image || row.get(21)?),
    ];
    let change = Change {
        seq: row.get(0)?,
        article: ArticleRow(row.get(1)?),
        title: row.get(2)?,
        text: String::new(),
        outlet: row.get(5)?,
        id: row.get(16)?,
        url: row.get(17)?,
        sections,
        authors: articles::from_json(row.get(7)?),
        feeds: names(10)?,
        tags: articles::from_json(row.get(12)?),
        language: language.split('-').next().unwrap_or_default().to_ascii_lowercase(),
        countries: names(18)?.iter().map(|name| name.to_ascii_lowercase()).collect(),
        access,
        kind: row.get(19)?,
        wire: row.get(20)?,
        traits: traits.into_iter().filter(|(_, is_so)| *is_so).map(|(of, _)| of).collect(),
        sort_at: row.get(8)?,
    };
    Ok((change, row.get(9)?, row.get(3)?, row.get(4)?))
}

const AT: &str = "
    WHERE a.id = :article AND r.number = :number";

/// An article as it was at `as_of`, when `number` was its revision.
pub fn at(
    reader: &Reader,
    article: ArticleRow,
    number: u32,
    as_of: Timestamp,
) -> Result<Option<Change>, Error> {
    let failed = || Error::sqlite("read an article as it was");
    let sql = format!("{COLUMNS}{ACCESS_THEN}{FROM}{AT}");
    let mut statement = reader.connection.prepare_cached(&sql).map_err(failed())?;
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
    change.fill(text::unpack(&reader.connection, revision, codec, &data)?);
    Ok(Some(change))
}

/// Names in a list, each once.
fn split(names: Option<&str>) -> Vec<String> {
    let mut split: Vec<String> = Vec::new();
    for name in names.unwrap_or_default().split(SEPARATOR).filter(|name| !name.is_empty()) {
        if !split.iter().any(|other| other == name) {
            split.push(name.to_owned());
        }
    }
    split
}

/// Whether what the search index has of a page is about to change.
const IS_NEWS: &str = "
    SELECT coalesce(access, last_access) IS NOT coalesce(:access, :last_access)
        OR kind IS NOT :kind OR wire IS NOT :wire OR (image IS NULL) IS NOT (:image IS NULL)
    FROM page
    WHERE article_id = :article";

/// Marks the article as changed when `state` says something about it that its page did not say
/// before.
pub(super) fn touch_if_news(tx: &Tx<'_>, article: ArticleRow, state: &State) -> Result<(), Error> {
    let failed = || Error::sqlite("compare the state of a page");
    let is_news: Option<bool> = tx
        .connection
        .prepare_cached(IS_NEWS)
        .and_then(|mut statement| {
            let values = named_params! {
                ":article": article.0, ":access": state.access, ":last_access": state.last_access,
                ":kind": state.kind, ":wire": state.wire, ":image": state.image,
            };
            statement.query_row(values, |row| row.get(0)).optional()
        })
        .map_err(failed())?;
    if is_news == Some(true) { articles::touch(tx, article) } else { Ok(()) }
}

/// The place of the last change; 0 in an empty archive.
pub fn last(reader: &Reader) -> Result<i64, Error> {
    reader
        .connection
        .query_row("SELECT coalesce(max(seq), 0) FROM article", [], |row| row.get(0))
        .map_err(Error::sqlite("read the last change"))
}
