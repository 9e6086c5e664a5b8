//! Where imported revisions came from.

use rusqlite::named_params;

use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, Tx};

/// A file that was imported once, by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source(i64);

const ADD: &str = "
    INSERT INTO import_source (file, at)
    VALUES (:file, :now)
    ON CONFLICT (file, at) DO UPDATE SET file = excluded.file
    RETURNING id";

/// The import of `file` at `now`.
pub fn source(tx: &Tx<'_>, file: &str, now: Timestamp) -> Result<Source, Error> {
    let failed = || Error::sqlite("record an import");
    let mut statement = tx.connection.prepare_cached(ADD).map_err(failed())?;
    let values = named_params! { ":file": file, ":now": now.seconds() };
    statement.query_row(values, |row| row.get(0).map(Source)).map_err(failed())
}

const RECORD: &str = "
    INSERT INTO import_place (revision_id, source_id, place)
    SELECT revision_id, :source, :place
    FROM article
    WHERE id = :article
    ON CONFLICT DO NOTHING";

/// Records that the current revision of `article` stood at `place` in a file.
pub fn record(tx: &Tx<'_>, article: ArticleRow, source: Source, place: u64) -> Result<(), Error> {
    let failed = || Error::sqlite("record an import");
    let mut statement = tx.connection.prepare_cached(RECORD).map_err(failed())?;
    let values = named_params! {
        ":article": article.0,
        ":source": source.0,
        ":place": i64::try_from(place).unwrap_or(i64::MAX),
    };
    statement.execute(values).map(|_| ()).map_err(failed())
}
