//! A copy of the archive, made while others read and write, and checked before it counts.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, named_params};
use url::Url;

use crate::store::progress::{Progress, Step};
use crate::store::verify::{self, Depth};
use crate::store::{Error, Layout, migrate, reader};

/// Operations of SQLite between two looks at how far the copy is.
const OPS_PER_TELL: i32 = 50_000;

/// What is in an archive, to compare two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counts {
    /// Its schema.
    pub schema: u32,
    /// Articles.
    pub n_articles: u64,
    /// Revisions.
    pub n_revisions: u64,
    /// The place of the last change.
    pub last_seq: i64,
}

/// Copies the archive to the file `to`, which must be empty or absent, and checks the copy.
///
/// The copy is one moment of the archive. Whoever writes goes on meanwhile; the log beside the
/// archive grows until the copy is done.
pub fn copy(layout: &Layout, to: &Path, progress: &Progress) -> Result<Counts, Error> {
    if !layout.database().exists() {
        return Err(Error::Missing(layout.dir().to_owned()));
    }
    let mut source = open(&layout.database())?;
    let before = counts(&source)?;
    vacuum_into(&mut source, layout, to, progress)?;
    let after = counts(&source)?;
    let copied = inspect(to, Depth::Full, progress)?;
    let is_between = before.n_articles <= copied.n_articles
        && copied.n_articles <= after.n_articles
        && before.n_revisions <= copied.n_revisions
        && copied.n_revisions <= after.n_revisions
        && copied.last_seq <= after.last_seq;
    if !is_between {
        let problem =
            format!("it has {} articles, and the archive {}", copied.n_articles, after.n_articles);
        return Err(Error::Damaged { path: to.to_owned(), problem });
    }
    Ok(copied)
}

/// What is in the archive at `path`, if it is one, whole, and not newer than this program.
pub fn inspect(path: &Path, depth: Depth, progress: &Progress) -> Result<Counts, Error> {
    let mut connection = open(path)?;
    let damaged = |problem: String| Error::Damaged { path: path.to_owned(), problem };
    let schema = migrate::check(&connection).map_err(|error| refused(error, path))?;
    if schema == 0 || !has_articles(&connection) {
        let problem = "it is a database, and no archive of knipsel".to_owned();
        return Err(damaged(problem));
    }
    let refuse = |error| refused(error, path);
    let pages = verify::pages_of(&mut connection, depth, progress).map_err(refuse)?;
    if let Some(problem) = pages.problems.into_iter().next() {
        return Err(damaged(problem));
    }
    let references = verify::references_of(&connection).map_err(refuse)?;
    if let Some(problem) = references.problems.into_iter().next() {
        return Err(damaged(problem));
    }
    counts(&connection).map_err(refuse)
}

/// Whether the file at `path`, which nobody uses, is an archive of this or an earlier program. Nothing
/// is written beside it.
pub fn is_archive(path: &Path) -> bool {
    let Ok(mut url) = Url::from_file_path(std::path::absolute(path).unwrap_or_default()) else {
        return false;
    };
    url.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let is_one = |connection: Connection| {
        has_articles(&connection) && migrate::check(&connection).is_ok_and(|schema| schema > 0)
    };
    Connection::open_with_flags(url.as_str(), flags).is_ok_and(is_one)
}

/// Writes the log of an archive that nobody uses into it, so that it is one file.
pub fn settle(layout: &Layout) -> Result<(), Error> {
    let settling = "settle the archive";
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(layout.database(), flags).map_err(Error::sqlite(settling))?;
    connection
        .execute_batch("PRAGMA busy_timeout = 10000; PRAGMA wal_checkpoint(TRUNCATE);")
        .map_err(Error::sqlite(settling))
}

/// Writes an archive that nobody uses anew, without the room that removed rows left. It is done
/// wholly or not at all.
pub fn compact(layout: &Layout, progress: &Progress) -> Result<(), Error> {
    let compacting = "compact the archive";
    let _keeper = reader::keeper(&layout.database())?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection =
        Connection::open_with_flags(layout.database(), flags).map_err(Error::sqlite(compacting))?;
    let hearer = progress.clone();
    let tell = move || {
        hearer.tell(Step::Checking);
        false
    };
    connection.progress_handler(OPS_PER_TELL, Some(tell)).map_err(Error::sqlite(compacting))?;
    connection
        .execute_batch("PRAGMA busy_timeout = 10000; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
        .map_err(Error::sqlite(compacting))
}

/// Makes the copy at `path` a file that is written by way of a log, as archives are: what a kill
/// leaves of a rollback journal only a writer could recover.
pub fn write_ahead(path: &Path) -> Result<(), Error> {
    let preparing = "prepare the archive";
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(Error::sqlite(preparing))?;
    connection.execute_batch("PRAGMA journal_mode = WAL").map_err(Error::sqlite(preparing))
}

/// A connection of its own that can make a copy, and never changes what it reads.
fn open(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opening = "open the archive";
    let connection = Connection::open_with_flags(path, flags).map_err(Error::sqlite(opening))?;
    connection.execute_batch("PRAGMA busy_timeout = 10000").map_err(Error::sqlite(opening))?;
    Ok(connection)
}

/// A file that SQLite cannot read is damaged for whoever wants it back.
fn refused(error: Error, path: &Path) -> Error {
    match error {
        Error::Sqlite { source, .. } => {
            Error::Damaged { path: path.to_owned(), problem: source.to_string() }
        }
        other => other,
    }
}

fn has_articles(connection: &Connection) -> bool {
    connection.table_exists(None, "article").unwrap_or(false)
}

fn vacuum_into(
    source: &mut Connection,
    layout: &Layout,
    to: &Path,
    progress: &Progress,
) -> Result<(), Error> {
    let copying = "copy the archive";
    let total = fs::metadata(layout.database()).map_or(0, |metadata| metadata.len());
    let (path, hearer): (PathBuf, Progress) = (to.to_owned(), progress.clone());
    let tell = move || {
        let n_bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        hearer.tell(Step::Copying(n_bytes, total));
        false
    };
    source.progress_handler(OPS_PER_TELL, Some(tell)).map_err(Error::sqlite(copying))?;
    let name = to.to_str().ok_or_else(|| Error::File {
        action: "write to",
        path: to.to_owned(),
        source: std::io::Error::other("its name is not UTF-8"),
    })?;
    let result = source
        .execute("VACUUM INTO :to", named_params! { ":to": name })
        .map_err(Error::sqlite(copying));
    let _ = source.progress_handler(0, None::<fn() -> bool>);
    result.map(|_| ())
}

const COUNTS: &str = "
    SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM revision),
           (SELECT coalesce(max(seq), 0) FROM article)";

fn counts(connection: &Connection) -> Result<Counts, Error> {
    let schema = migrate::check(connection)?;
    connection
        .query_row(COUNTS, [], |row| {
            Ok(Counts {
                schema,
                n_articles: row.get::<_, i64>(0)?.unsigned_abs(),
                n_revisions: row.get::<_, i64>(1)?.unsigned_abs(),
                last_seq: row.get(2)?,
            })
        })
        .map_err(Error::sqlite("count what is in the archive"))
}
