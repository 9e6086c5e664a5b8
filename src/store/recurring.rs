//! On how many pages of an outlet which block stood.

use rusqlite::{OptionalExtension as _, named_params};

use crate::store::{Error, Reader, Tx};

/// Blocks that recur on the pages of an outlet, as counted.
pub type Counts = (u32, Vec<(u64, u32)>);

const RECURRING: &str = "SELECT n_pages, counts FROM recurring WHERE outlet = :outlet";

/// What was counted of `outlet`.
pub fn of(reader: &Reader, outlet: &str) -> Result<Counts, Error> {
    let failed = || Error::sqlite("read what recurs on the pages of an outlet");
    let mut statement = reader.connection.prepare_cached(RECURRING).map_err(failed())?;
    let found: Option<(u32, Vec<u8>)> = statement
        .query_row(named_params! { ":outlet": outlet }, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(failed())?;
    let Some((n_pages, bytes)) = found else { return Ok((0, Vec::new())) };
    let counts = bytes.chunks_exact(12).map(|chunk| {
        let (key, count) = chunk.split_at(8);
        let key = u64::from_le_bytes(key.try_into().unwrap_or_default());
        (key, u32::from_le_bytes(count.try_into().unwrap_or_default()))
    });
    Ok((n_pages, counts.collect()))
}

const SET_RECURRING: &str = "
    INSERT INTO recurring (outlet, n_pages, counts)
    VALUES (:outlet, :n_pages, :counts)
    ON CONFLICT (outlet) DO UPDATE SET n_pages = excluded.n_pages, counts = excluded.counts";

/// Stores what was counted of `outlet`.
pub fn set(tx: &Tx<'_>, outlet: &str, counts: &Counts) -> Result<(), Error> {
    let failed = || Error::sqlite("store what recurs on the pages of an outlet");
    let (n_pages, counts) = counts;
    let bytes: Vec<u8> = counts
        .iter()
        .flat_map(|(key, count)| key.to_le_bytes().into_iter().chain(count.to_le_bytes()))
        .collect();
    let mut statement = tx.connection.prepare_cached(SET_RECURRING).map_err(failed())?;
    statement
        .execute(named_params! { ":outlet": outlet, ":n_pages": n_pages, ":counts": bytes })
        .map_err(failed())?;
    Ok(())
}
