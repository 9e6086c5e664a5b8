//! Read-only connections.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction};
use url::Url;

use crate::store::{Error, Layout, migrate};

/// A connection that can only read. It sees every commit, and never holds up the writer.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
}

impl Reader {
    /// Opens the archive in `layout` for reading.
    pub fn open(layout: &Layout) -> Result<Self, Error> {
        let path = layout.database();
        if !path.exists() {
            return Err(Error::Missing(layout.dir().to_owned()));
        }
        let connection = connect(&path).map_err(Error::sqlite("open the archive"))?;
        // Schema 0: the daemon has made the file and not yet filled it.
        let found = migrate::check(&connection)?;
        if found == 0 {
            return Err(Error::Missing(layout.dir().to_owned()));
        }
        if found < migrate::VERSION {
            return Err(Error::TooOld { found, needed: migrate::VERSION });
        }
        Ok(Self { connection })
    }

    /// Holds on to the archive as it is: all that is read until this is dropped is of one moment,
    /// and reading much is cheaper. Not for long, since the log cannot be cleared meanwhile.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, Error> {
        let transaction = self.connection.unchecked_transaction();
        let transaction = transaction.map_err(Error::sqlite("read the archive"))?;
        Ok(Snapshot { _transaction: transaction })
    }
}

/// The archive at one moment, for a [`Reader`].
#[derive(Debug)]
pub struct Snapshot<'r> {
    _transaction: Transaction<'r>,
}

/// A connection to the archive at `path` that can only read.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    // Nothing of it is open before something is read.
    let looked = connection.query_row("PRAGMA schema_version", [], |_| Ok(()));
    if looked.is_err_and(|error| is_locked_out(&error)) && !log_of(path).exists() {
        // Who closed it last took its log away, and nobody has it open: as it lies there, it is
        // whole (SQLite, "Write-Ahead Logging", read-only databases).
        if let Ok(mut uri) = Url::from_file_path(std::path::absolute(path).unwrap_or_default()) {
            uri.set_query(Some("immutable=1"));
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            connection = Connection::open_with_flags(uri.as_str(), flags)?;
        }
    }
    connection.execute_batch("PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;")?;
    // A plan that looks at the values bound to it is made anew each time they change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Whether a log would have to be made, by somebody who may not write.
fn is_locked_out(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
    )
}

fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// A connection for who writes, to be closed last. Who closes an archive last takes its `-wal` and
/// `-shm` away, unless it can only read; without these nobody can read who may not write in the
/// folder (SQLite, "Write-Ahead Logging", read-only databases).
pub(super) fn keeper(path: &Path) -> Result<Connection, Error> {
    let connection = connect(path).map_err(Error::sqlite("open the archive"))?;
    // Nothing of it is open before something is read.
    migrate::check(&connection)?;
    Ok(connection)
}
