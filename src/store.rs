//! The archive: one SQLite file, written by one thread and read by anybody.
//!
//! Tables are private to this module; the views of `docs/schema.md` are public. Only this module
//! names rusqlite. Functions that write take a [`Tx`] and never begin or commit; functions that
//! read take a [`Reader`].

use std::path::{Path, PathBuf};

pub mod articles;
pub mod backup;
pub mod captures;
pub mod changes;
pub mod corpus;
pub mod coverage;
pub mod feeds;
mod fence;
pub mod host_files;
pub mod identities;
pub mod imports;
pub mod incoming;
pub mod library;
mod lock;
pub mod mentions;
pub mod merges;
mod migrate;
pub mod orders;
mod outlets;
pub mod pages;
pub mod place;
pub mod polls;
pub mod progress;
pub mod prune;
mod reader;
pub mod recurring;
pub mod repairs;
pub mod rereadings;
pub mod reserve;
pub mod revisions;
pub mod shingles;
pub mod sightings;
pub mod space;
pub mod sql;
pub mod stories;
pub mod subscriptions;
mod succession;
mod text;
pub mod told;
pub mod verify;
pub mod vitals;
pub mod walls;
pub mod watches;
mod writer;

pub use fence::fenced;
pub use lock::Lock;
pub use reader::{Reader, Snapshot};
pub use writer::{Tx, Writer, check_sqlite, sqlite_version};

/// The schema that this program writes.
pub fn schema_version() -> u32 {
    migrate::VERSION
}

/// Why the archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite refused.
    #[error("cannot {action}")]
    Sqlite {
        /// What was being done.
        action: &'static str,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A commit failed, and with it all that shared it.
    #[error("cannot commit to the archive: {0}")]
    Commit(String),
    /// A file or folder cannot be used.
    #[error("cannot {action} `{path}`")]
    File {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is no archive in the folder.
    #[error("there is no archive in `{0}`")]
    Missing(PathBuf),
    /// Another program has it.
    #[error("the archive in `{dir}` is in use by process {pid}")]
    Locked {
        /// The folder.
        dir: PathBuf,
        /// Who has it, as far as it said.
        pid: String,
    },
    /// Its file is no longer where it was opened.
    #[error("the archive in `{0}` was moved, removed or replaced while it was in use")]
    Moved(PathBuf),
    /// It was written by a newer program.
    #[error("the archive is at schema {found}, newer than this program's {supported}")]
    TooNew {
        /// Its version.
        found: u32,
        /// Ours.
        supported: u32,
    },
    /// It was written by an older program, and a reader cannot bring it up to date.
    #[error("the archive is at schema {found}, older than this program's {needed}")]
    TooOld {
        /// Its version.
        found: u32,
        /// Ours.
        needed: u32,
    },
    /// The SQLite in this binary has a known fault.
    #[error("SQLite {0} can lose commits (WAL reset, fixed in 3.51.3)")]
    OldSqlite(String),
    /// A stored text cannot be read back.
    #[error("the text of revision {0} is damaged")]
    DamagedText(i64),
    /// The file is there, and is not what it should be.
    #[error("`{path}` is damaged: {problem}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A statement of the owner's cannot be understood.
    #[error("{message}{}", at.map_or_else(String::new, |at| format!(", at character {at} of the SQL")))]
    BadSql {
        /// What SQLite says is wrong.
        message: String,
        /// Where, when it says so; the first is 1.
        at: Option<usize>,
    },
    /// A statement of the owner's takes longer than it may.
    #[error("this SQL took longer than it may; `--timeout` gives it more")]
    SlowSql,
    /// A statement of the owner's is no question.
    #[error("this SQL would write, and only reading is allowed")]
    WritingSql,
    /// What was to be written could not be worked out, by a fault of this program.
    #[error("a fault of knipsel: {0}")]
    Fault(String),
    /// The writing thread has stopped.
    #[error("the archive is closed")]
    Closed,
}

impl Error {
    /// Whether another program held the archive for longer than it was waited for.
    pub fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::DatabaseBusy;
        matches!(self, Self::Sqlite { source, .. }
            if source.sqlite_error_code() == Some(DatabaseBusy))
    }

    /// Whether SQLite met a page that is not what it should be.
    pub fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        matches!(self, Self::Sqlite { source, .. }
            if matches!(source.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)))
    }

    /// For `map_err`: names what was being done.
    pub(crate) fn sqlite(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Sqlite { action, source }
    }
}

/// Where the parts of an archive lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    dir: PathBuf,
}

impl Layout {
    /// The archive in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.dir.join("archive.db")
    }

    /// The search index.
    pub fn index(&self) -> PathBuf {
        self.dir.join("index")
    }

    /// The folder of what was kept as servers sent it.
    pub fn warc(&self) -> PathBuf {
        self.dir.join("warc")
    }

    /// A file of nothing, given up when the disk is full.
    pub fn reserve(&self) -> PathBuf {
        self.dir.join("reserve")
    }

    /// The file that the one writing daemon holds.
    pub fn lock(&self) -> PathBuf {
        self.dir.join("lock")
    }

    /// The file that the one process holds that runs saved searches.
    pub fn watch_lock(&self) -> PathBuf {
        self.dir.join("watch.lock")
    }
}

/// The row of a feed in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FeedId(pub(crate) i64);

/// The row of an article in the archive; not its public id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleRow(pub i64);
