//! Who and what articles name, as they are written and read.

use rusqlite::{OptionalExtension as _, named_params};

use crate::names::{Kind, Mention};
use crate::store::{ArticleRow, Error, Reader, Tx};

const STATE: &str = "SELECT seq FROM mention_state WHERE version = :version";

/// How far the changes have been followed by this version; `None` when by none, or by another.
pub fn watermark(reader: &Reader, version: u32) -> Result<Option<i64>, Error> {
    let failed = || Error::sqlite("read how far names were looked for");
    let mut statement = reader.connection.prepare_cached(STATE).map_err(failed())?;
    let version = named_params! { ":version": version };
    statement.query_row(version, |row| row.get(0)).optional().map_err(failed())
}

const SET_STATE: &str = "
    INSERT INTO mention_state (id, seq, version)
    VALUES (1, :seq, :version)
    ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, version = excluded.version";

/// Stores how far the changes have been followed.
pub fn set_watermark(tx: &Tx<'_>, seq: i64, version: u32) -> Result<(), Error> {
    let failed = || Error::sqlite("store how far names were looked for");
    let mut statement = tx.connection.prepare_cached(SET_STATE).map_err(failed())?;
    statement.execute(named_params! { ":seq": seq, ":version": version }).map_err(failed())?;
    Ok(())
}

const OF_ARTICLE: &str = "
    SELECT n.kind, n.name, m.n, m.position
    FROM mention AS m
    JOIN name AS n ON n.id = m.name_id
    WHERE m.article_id = :article
    ORDER BY m.position IS NOT NULL, m.position, n.name";

/// What the article in `row` names, in the order in which it does.
pub fn of_article(reader: &Reader, row: ArticleRow) -> Result<Vec<Mention>, Error> {
    let failed = || Error::sqlite("read what an article names");
    let mut statement = reader.connection.prepare_cached(OF_ARTICLE).map_err(failed())?;
    let mentions = statement.query_map(named_params! { ":article": row.0 }, |row| {
        let kind: String = row.get(0)?;
        let kind = Kind::from_word(&kind);
        let (name, count, position) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(kind.map(|kind| Mention { kind, name, count, position }))
    });
    let mentions: Vec<Option<Mention>> = mentions.and_then(Iterator::collect).map_err(failed())?;
    Ok(mentions.into_iter().flatten().collect())
}

const CLEAR: &str = "DELETE FROM mention WHERE article_id = :article";

const NAME: &str = "
    INSERT INTO name (kind, name)
    VALUES (:kind, :name)
    ON CONFLICT (name, kind) DO NOTHING";

const ADD: &str = "
    INSERT INTO mention (article_id, name_id, n, position)
    SELECT :article, id, :n, :position
    FROM name
    WHERE name = :name AND kind = :kind";

/// Stores what the article in `row` names, in place of what it named before.
pub fn replace(tx: &Tx<'_>, row: ArticleRow, mentions: &[Mention]) -> Result<(), Error> {
    let failed = || Error::sqlite("store what an article names");
    let mut clear = tx.connection.prepare_cached(CLEAR).map_err(failed())?;
    let mut name = tx.connection.prepare_cached(NAME).map_err(failed())?;
    let mut add = tx.connection.prepare_cached(ADD).map_err(failed())?;
    clear.execute(named_params! { ":article": row.0 }).map_err(failed())?;
    for mention in mentions {
        let (kind, of) = (mention.kind.as_str(), &mention.name);
        name.execute(named_params! { ":kind": kind, ":name": of }).map_err(failed())?;
        add.execute(named_params! {
            ":article": row.0,
            ":n": mention.count,
            ":position": mention.position,
            ":name": of,
            ":kind": kind,
        })
        .map_err(failed())?;
    }
    Ok(())
}

/// Forgets all of it.
pub fn clear(tx: &Tx<'_>) -> Result<(), Error> {
    const CLEAR_ALL: &str = "DELETE FROM mention; DELETE FROM name; DELETE FROM mention_state;";
    tx.connection.execute_batch(CLEAR_ALL).map_err(Error::sqlite("forget what articles name"))
}
