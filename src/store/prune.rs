//! What may be taken out of an archive: captures, by whole files, and the record of old polls. No
//! article, revision or text.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OpenFlags, named_params};

use crate::model::time::Timestamp;
use crate::store::{Error, Layout, Reader, reader};

/// The last polls of a feed stay, however old: they are what `feed show` tells, and how an outage is
/// known.
const POLLS_KEPT: u32 = 50;

/// Rows in one transaction.
const BATCH: u32 = 2_000;

/// A file of captures that is not needed any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Captures in it.
    pub n_captures: u64,
}

const FILES: &str = "
    SELECT file, count(*), max(at), max(id)
    FROM capture
    GROUP BY file
    ORDER BY max(id) DESC";

const NEEDS: &str = "
    SELECT DISTINCT later.file, earlier.file
    FROM capture AS later
    JOIN capture AS earlier ON earlier.id = later.refers_to
    WHERE later.file <> earlier.file";

/// The files whose captures were all made before `before`, newest first. One that holds a document
/// to which a capture that stays refers is not among them, nor is the one that still grows.
pub fn files(reader: &Reader, before: Timestamp) -> Result<Vec<File>, Error> {
    let failed = || Error::sqlite("look up old captures");
    let mut statement = reader.connection.prepare(FILES).map_err(failed())?;
    let rows = statement
        .query_map([], |row| {
            let n_captures = row.get::<_, i64>(1)?.unsigned_abs();
            Ok((File { name: row.get(0)?, n_captures }, row.get::<_, i64>(2)?))
        })
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(failed())?;
    let mut statement = reader.connection.prepare(NEEDS).map_err(failed())?;
    let needs = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<(String, String)>>>)
        .map_err(failed())?;
    // The first is the one that grows.
    let old = rows.into_iter().skip(1).filter(|(_, last_at)| *last_at < before.seconds());
    let old: Vec<File> = old.map(|(file, _)| file).collect();
    let names = old.iter().map(|file| file.name.as_str()).collect();
    let not_needed = not_needed(names, &needs);
    Ok(old.iter().filter(|file| not_needed.contains(file.name.as_str())).cloned().collect())
}

/// Those of `old` that nobody needs but others of them, by `(who needs, whom)`.
fn not_needed<'n>(mut old: BTreeSet<&'n str>, needs: &'n [(String, String)]) -> BTreeSet<&'n str> {
    let mut by_user: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (user, needed) in needs {
        by_user.entry(user).or_default().push(needed);
    }
    let mut staying: Vec<&str> =
        by_user.keys().copied().filter(|user| !old.contains(user)).collect();
    while let Some(user) = staying.pop() {
        for needed in by_user.get(user).into_iter().flatten() {
            if old.remove(needed) {
                staying.push(needed);
            }
        }
    }
    old
}

const POLLS: &str = "
    SELECT coalesce(sum(n), 0)
    FROM (SELECT (SELECT count(*)
                  FROM fetch AS x
                  WHERE x.feed_id = f.id AND x.at < :before AND x.at < (
                      SELECT at
                      FROM fetch
                      WHERE feed_id = f.id
                      ORDER BY at DESC, id DESC
                      LIMIT 1 OFFSET :kept)) AS n
          FROM feed AS f)";

/// How many records of polls before `before` may go.
pub fn count_polls(reader: &Reader, before: Timestamp) -> Result<u64, Error> {
    let limits = named_params! { ":before": before.seconds(), ":kept": POLLS_KEPT };
    let n: i64 = reader
        .connection
        .query_row(POLLS, limits, |row| row.get(0))
        .map_err(Error::sqlite("count old polls"))?;
    Ok(n.unsigned_abs())
}

const POLL_BYTES: &str = "
    SELECT cast(sum(pgsize) AS REAL) / max(1, (SELECT count(*) FROM fetch))
    FROM dbstat
    WHERE name IN ('fetch', 'fetch_by_feed')";

/// What `n` records of polls take in the archive, about.
pub fn poll_bytes(reader: &Reader, n: u64) -> Result<u64, Error> {
    let each: Option<f64> = reader
        .connection
        .query_row(POLL_BYTES, [], |row| row.get(0))
        .map_err(Error::sqlite("measure the record of polls"))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an estimate"
    )]
    Ok((each.unwrap_or_default() * n as f64) as u64)
}

/// An archive that nobody polls into, opened to take something out of it.
#[derive(Debug)]
pub struct Pruner {
    connection: Connection,
    _keeper: Connection,
}

const KNOWS_FILE: &str = "SELECT EXISTS (SELECT 1 FROM capture WHERE file = :file)";

const FORGET_FILE: &str = "DELETE FROM capture WHERE file = :file";

const FORGET_POLLS: &str = "
    DELETE FROM fetch
    WHERE id IN (
        SELECT x.id
        FROM feed AS f
        JOIN fetch AS x ON x.feed_id = f.id
        WHERE x.at < :before AND x.at < (
            SELECT at
            FROM fetch
            WHERE feed_id = f.id
            ORDER BY at DESC, id DESC
            LIMIT 1 OFFSET :kept)
        LIMIT :limit)";

impl Pruner {
    /// Opens the archive in `layout`.
    pub fn open(layout: &Layout) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opening = "open the archive";
        let keeper = reader::keeper(&layout.database())?;
        let connection = Connection::open_with_flags(layout.database(), flags)
            .map_err(Error::sqlite(opening))?;
        // Without the check of references: for each capture it would look through all of them, and
        // `files` has seen that none that stays refers to one that goes.
        connection
            .execute_batch(
                "PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;",
            )
            .map_err(Error::sqlite(opening))?;
        Ok(Self { connection, _keeper: keeper })
    }

    /// Whether captures in `file` are known.
    pub fn knows_file(&self, file: &str) -> Result<bool, Error> {
        self.connection
            .query_row(KNOWS_FILE, named_params! { ":file": file }, |row| row.get(0))
            .map_err(Error::sqlite("look for captures"))
    }

    /// Forgets the captures in `file`, all at once.
    pub fn forget_file(&self, file: &str) -> Result<u64, Error> {
        let n = self.connection.execute(FORGET_FILE, named_params! { ":file": file });
        Ok(n.map_err(Error::sqlite("forget captures"))? as u64)
    }

    /// Forgets some records of polls before `before`; none when none is left.
    pub fn forget_polls(&self, before: Timestamp) -> Result<u64, Error> {
        let limits = named_params! {
            ":before": before.seconds(),
            ":kept": POLLS_KEPT,
            ":limit": BATCH,
        };
        let n = self.connection.execute(FORGET_POLLS, limits);
        Ok(n.map_err(Error::sqlite("forget old polls"))? as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &[&str], needs: &[(&str, &str)], expected: &[&str]) {
        let needs: Vec<(String, String)> =
            needs.iter().map(|(user, needed)| ((*user).into(), (*needed).into())).collect();
        let found = not_needed(old.iter().copied().collect(), &needs);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_needed_by_what_stays_stays_too_and_so_on() {
        check(&["a", "b"], &[], &["a", "b"]);
        check(&["a", "b"], &[("b", "a")], &["a", "b"]);
        check(&["a", "b"], &[("c", "a")], &["b"]);
        check(&["a", "b"], &[("c", "b"), ("b", "a")], &[]);
        check(&["a", "b", "d"], &[("c", "b"), ("d", "a")], &["a", "d"]);
    }
}
