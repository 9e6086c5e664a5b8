//! On how many pages of an outlet which block stood.

use rusqlite::{OptionalExtension as _, named_params};

use crate::extract::recurring::Recurring;
use crate::store::{Error, Reader, Tx};

const RECURRING: &str = "SELECT n_pages, counts, gained FROM recurring WHERE outlet = :outlet";

/// What was counted of `outlet`.
pub fn of(reader: &Reader, outlet: &str) -> Result<Recurring, Error> {
    let failed = || Error::sqlite("read what recurs on the pages of an outlet");
    let mut statement = reader.connection.prepare_cached(RECURRING).map_err(failed())?;
    let found: Option<(u32, Vec<u8>, Vec<u8>)> = statement
        .query_row(named_params! { ":outlet": outlet }, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(failed())?;
    let Some((n_pages, counts, gains)) = found else { return Ok(Recurring::default()) };
    let key = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let count = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap_or_default());
    let counts = counts.chunks_exact(12).map(|pair| (key(&pair[..8]), count(&pair[8..])));
    let page = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let gains = gains.chunks_exact(16).map(|pair| (key(&pair[..8]), page(&pair[8..])));
    Ok(Recurring::from_counts(n_pages, counts, gains))
}

const SET_RECURRING: &str = "
    INSERT INTO recurring (outlet, n_pages, counts, gained)
    VALUES (:outlet, :n_pages, :counts, :gained)
    ON CONFLICT (outlet) DO UPDATE SET
        n_pages = excluded.n_pages, counts = excluded.counts, gained = excluded.gained";

/// Stores what was counted of `outlet`.
pub fn set(tx: &Tx<'_>, outlet: &str, counted: &Recurring) -> Result<(), Error> {
    let failed = || Error::sqlite("store what recurs on the pages of an outlet");
    let n_pages = counted.n_pages();
    let counts: Vec<u8> = counted
        .counts()
        .flat_map(|(key, count)| key.to_le_bytes().into_iter().chain(count.to_le_bytes()))
        .collect();
    let gains: Vec<u8> = counted
        .gains()
        .flat_map(|(key, page)| key.to_le_bytes().into_iter().chain(page.to_le_bytes()))
        .collect();
    let values = named_params! {
        ":outlet": outlet, ":n_pages": n_pages, ":counts": counts, ":gained": gains,
    };
    let mut statement = tx.connection.prepare_cached(SET_RECURRING).map_err(failed())?;
    statement.execute(values).map_err(failed())?;
    Ok(())
}
