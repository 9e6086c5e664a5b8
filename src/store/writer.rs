//! The one thread that writes.
//!
//! Jobs that wait together share a commit: each runs in a savepoint of its own, so one that fails
//! takes none of the others with it, and all are answered only when the commit is on disk.

use std::fmt;
use std::path::Path;
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::{mpsc, oneshot};

use crate::store::fence::fenced;
use crate::store::identities::renew;
use crate::store::text::Codec;
use crate::store::{Error, Layout, migrate, reader};

/// Jobs that may wait; a full queue slows their senders.
const QUEUE: usize = 256;

/// Jobs that share a commit: about 50 rows' worth of polls.
const BATCH: usize = 50;

/// The planner's statistics are looked after this often: a few times a day.
const COMMITS_PER_OPTIMIZE: u64 = 2_000;

/// SQLite below this can lose a commit when two connections reset the WAL at once.
const SQLITE_MIN: i32 = 3_051_003;

/// What a job sees: the connection inside a transaction it can neither begin nor end.
pub struct Tx<'c> {
    pub(super) connection: &'c Connection,
    pub(super) codec: &'c Codec,
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx")
    }
}

/// Runs in the transaction, or is told why there is none.
type Job = Box<dyn FnOnce(Result<&Tx<'_>, Error>) -> Reply + Send>;

/// Called once the fate of the commit is known; the error is SQLite's own words.
type Reply = Box<dyn FnOnce(Result<(), String>) + Send>;

/// The handle to the writing thread. Dropping it finishes what was queued and closes the archive.
#[derive(Debug)]
pub struct Writer {
    sender: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens the archive in `layout`, making or migrating it as needed.
    pub fn open(layout: &Layout) -> Result<Self, Error> {
        let connection = open(&layout.database())?;
        let keeper = reader::keeper(&layout.database())?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                run(&connection, receiver);
                drop(connection);
                drop(keeper);
            })
            .map_err(|source| Error::File {
                action: "start the writer of",
                path: layout.database(),
                source,
            })?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// Runs `job` in a transaction and returns when that is on disk.
    ///
    /// # Errors
    /// What `job` returns, after undoing all it did; or what SQLite says of the commit.
    pub async fn write<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let sender = self.sender.as_ref().ok_or(Error::Closed)?;
        sender.send(envelope(job, answer)).await.map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Jobs that wait.
    pub fn n_waiting(&self) -> usize {
        self.sender.as_ref().map_or(0, |sender| sender.max_capacity() - sender.capacity())
    }

    /// [`Writer::write`] for threads outside the runtime.
    pub fn write_blocking<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let sender = self.sender.as_ref().ok_or(Error::Closed)?;
        sender.blocking_send(envelope(job, answer)).map_err(|_| Error::Closed)?;
        answered.blocking_recv().map_err(|_| Error::Closed)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn envelope<T, F>(job: F, answer: oneshot::Sender<Result<T, Error>>) -> Job
where
    T: Send + 'static,
    F: FnOnce(&Tx<'_>) -> Result<T, Error> + Send + 'static,
{
    Box::new(move |tx| {
        let result = tx.and_then(|tx| in_savepoint(tx, job));
        Box::new(move |committed: Result<(), String>| {
            // Its own failure says more than that of the commit, which it may have caused.
            let stored = result.and_then(|value| committed.map(|()| value).map_err(Error::Commit));
            let _ = answer.send(stored);
        })
    })
}

fn in_savepoint<T>(tx: &Tx<'_>, job: impl FnOnce(&Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let marking = "mark a savepoint";
    let run = |sql| tx.connection.prepare_cached(sql)?.execute([]).map(drop);
    run("SAVEPOINT job").map_err(Error::sqlite(marking))?;
    // Whoever sent it is told; the others that write are not to suffer.
    let result = fenced(|| job(tx));
    if result.is_err() {
        let _ = run("ROLLBACK TO job");
    }
    // After a full disk SQLite has rolled back the whole transaction, savepoint and all; the
    // commit will say so.
    let ended = run("RELEASE job").map_err(Error::sqlite(marking));
    result.and_then(|value| ended.map(|()| value))
}

/// Refuses a SQLite that can lose commits.
pub fn check_sqlite() -> Result<(), Error> {
    if rusqlite::version_number() < SQLITE_MIN {
        return Err(Error::OldSqlite(sqlite_version().to_owned()));
    }
    Ok(())
}

/// The version of SQLite in this program.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

fn open(path: &Path) -> Result<Connection, Error> {
    check_sqlite()?;
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(|source| Error::File {
            action: "create folder",
            path: dir.to_owned(),
            source,
        })?;
    }
    let opening = "open the archive";
    let mut connection = Connection::open(path).map_err(Error::sqlite(opening))?;
    // FULL: a commit that was answered survives a power cut. A log that grew beside a long question is
    // cut back to the limit, in bytes, when it begins anew.
    connection
        .execute_batch(
            "PRAGMA busy_timeout = 10000;
             PRAGMA journal_mode = WAL;
             PRAGMA journal_size_limit = 16777216;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -4096;
             PRAGMA temp_store = MEMORY;",
        )
        .map_err(Error::sqlite(opening))?;
    // A plan that looks at the values bound to it is made anew each time they change.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(Error::sqlite(opening))?;
    connection.set_prepared_statement_cache_capacity(128);
    migrate::migrate(&mut connection)?;
    renew::bring_up(&mut connection)?;
    Ok(connection)
}

fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
    let codec = Codec::new();
    let tx = Tx { connection, codec: &codec };
    let mut n_commits = 0_u64;
    while let Some(first) = jobs.blocking_recv() {
        commit_batch(&tx, first, &mut jobs);
        n_commits += 1;
        if n_commits.is_multiple_of(COMMITS_PER_OPTIMIZE) {
            // Statistics for the planner; without them it guesses, and a failure costs no more.
            let _ = connection.execute_batch("PRAGMA optimize");
        }
    }
    // The next opening has nothing to recover; a failure costs nothing, it then does it itself.
    let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
}

fn commit_batch(tx: &Tx<'_>, first: Job, jobs: &mut mpsc::Receiver<Job>) {
    let mut replies = Vec::with_capacity(BATCH);
    if let Err(source) = tx.connection.execute_batch("BEGIN IMMEDIATE") {
        let refused = Error::Sqlite { action: "write to the archive", source };
        return first(Err(refused))(Ok(()));
    }
    replies.push(first(Ok(tx)));
    while replies.len() < BATCH && !tx.connection.is_autocommit() {
        let Ok(job) = jobs.try_recv() else { break };
        replies.push(job(Ok(tx)));
    }
    let committed = if tx.connection.is_autocommit() {
        Err("what shared it was undone, as on a full disk".to_owned())
    } else {
        tx.connection.execute_batch("COMMIT").map_err(|error| error.to_string())
    };
    if committed.is_err() && !tx.connection.is_autocommit() {
        let _ = tx.connection.execute_batch("ROLLBACK");
    }
    for reply in replies {
        reply(committed.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_panics_undoes_what_it_did_and_no_other_suffers() {
        let dir = tempfile::tempdir().unwrap();
        let writer = Writer::open(&Layout::new(dir.path().to_owned())).unwrap();
        let set = |version: i64| {
            move |tx: &Tx<'_>| {
                tx.connection
                    .pragma_update(None, "application_id", version)
                    .map_err(Error::sqlite("set it"))?;
                assert!(version != 2, "twee");
                Ok(())
            }
        };
        writer.write_blocking(set(1)).unwrap();
        let failed = writer.write_blocking(set(2)).unwrap_err();
        assert_eq!(failed.to_string(), "a fault of knipsel: twee");
        let get = |tx: &Tx<'_>| {
            let found = tx.connection.query_row("PRAGMA application_id", [], |row| row.get(0));
            found.map_err(Error::sqlite("read it"))
        };
        let found: i64 = writer.write_blocking(get).unwrap();
        assert_eq!(found, 1);
    }

    #[test]
    fn a_failure_that_undoes_the_commit_is_told_and_not_the_commit() {
        let dir = tempfile::tempdir().unwrap();
        let writer = Writer::open(&Layout::new(dir.path().to_owned())).unwrap();
        let failed = writer.write_blocking(|tx| {
            // As SQLite does by itself where the disk is full.
            tx.connection.execute_batch("ROLLBACK").map_err(Error::sqlite("undo it"))?;
            Err::<(), _>(Error::DamagedText(7))
        });
        assert_eq!(failed.unwrap_err().to_string(), "the text of revision 7 is damaged");
    }

    #[test]
    fn what_readers_need_who_may_not_write_stays_when_the_archive_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let writer = Writer::open(&Layout::new(dir.path().to_owned())).unwrap();
        drop(writer);
        let length = |name| dir.path().join(name).metadata().map(|file| file.len()).ok();
        assert_eq!(length("archive.db-wal"), Some(0));
        assert!(length("archive.db-shm").is_some());
    }
}
