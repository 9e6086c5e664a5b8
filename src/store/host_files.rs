//! What hosts said of themselves, from one run of the program to the next.

use rusqlite::named_params;

use crate::model::fetch::HostFile;
use crate::model::time::Timestamp;
use crate::store::{Error, Reader, Tx};

const ALL: &str = "SELECT url, read_at, said FROM host_file ORDER BY read_at";

/// All that is kept, the oldest first.
pub fn all(reader: &Reader) -> Result<Vec<HostFile>, Error> {
    let failed = || Error::sqlite("read what hosts said of themselves");
    let mut statement = reader.connection.prepare_cached(ALL).map_err(failed())?;
    statement
        .query_map([], |row| {
            let read_at = Timestamp::from_seconds(row.get(1)?);
            Ok(HostFile { url: row.get(0)?, read_at, json: row.get(2)? })
        })
        .and_then(Iterator::collect)
        .map_err(failed())
}

const SET: &str = "
    INSERT INTO host_file (url, read_at, said)
    VALUES (:url, :read_at, :said)
    ON CONFLICT (url) DO UPDATE SET read_at = excluded.read_at, said = excluded.said";

const FORGET: &str = "DELETE FROM host_file WHERE read_at < :before";

/// Stores `files`, and forgets at `now` what is of no use any more.
pub fn set(tx: &Tx<'_>, files: &[HostFile], now: Timestamp) -> Result<(), Error> {
    let failed = || Error::sqlite("store what hosts said of themselves");
    let mut statement = tx.connection.prepare_cached(SET).map_err(failed())?;
    for HostFile { url, read_at, json } in files {
        statement
            .execute(named_params! { ":url": url, ":read_at": read_at.seconds(), ":said": json })
            .map_err(failed())?;
    }
    let before = now.minus(HostFile::KEPT_FOR);
    let mut statement = tx.connection.prepare_cached(FORGET).map_err(failed())?;
    statement.execute(named_params! { ":before": before.seconds() }).map_err(failed())?;
    Ok(())
}
