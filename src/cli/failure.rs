//! How a command ends: the exit codes, and one clear line for what went wrong.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::cli::out;
use crate::service::causes;
use crate::{config, corpus, fetch, follow, index, query, service, store, upkeep, warc, worker};

/// The exit codes, which scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Exit {
    /// Done.
    Done = 0,
    /// Nothing was found.
    NothingFound = 1,
    /// The arguments are off.
    Usage = 2,
    /// A file of the owner is off.
    Config = 3,
    /// What was named does not exist.
    NotFound = 4,
    /// The archive, its index, or the disk.
    Database = 5,
    /// The web.
    Network = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What went wrong, what to do about it, and how to exit.
#[derive(Debug)]
pub(super) struct Failure {
    error: anyhow::Error,
    hint: Option<String>,
    exit: Exit,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { error: anyhow::anyhow!("{message}"), hint: None, exit }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// How to end because of it.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// What to do about it.
    pub(super) fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    fn wrap(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { error: error.into(), hint: None, exit }
    }

    /// Prints the line and gives the exit code. A closed pipe is how `| head` says thanks.
    pub(super) fn report(&self) -> ExitCode {
        let is_closed_pipe = self.error.chain().any(|cause| {
            cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
        });
        if is_closed_pipe {
            return ExitCode::from(Exit::Done);
        }
        out::error(&causes::line(self.error.as_ref()), self.hint.as_deref());
        ExitCode::from(self.exit)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&causes::line(self.error.as_ref()))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // What cannot be written is a disk that is full, seldom anything else.
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        Self::wrap(if is_missing { Exit::NotFound } else { Exit::Database }, error)
    }
}

impl From<config::Error> for Failure {
    fn from(error: config::Error) -> Self {
        let exit = match error {
            config::Error::NoSuchFeed { .. } => Exit::NotFound,
            _ => Exit::Config,
        };
        let hint = error.hint();
        Self { hint, ..Self::wrap(exit, error) }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        let hint = match &error {
            store::Error::Missing(_) => {
                Some("`knipsel run` makes one; `--archive DIR` names another")
            }
            store::Error::Locked { .. } => {
                Some("stop that one first, or use another `--archive DIR`")
            }
            store::Error::TooOld { .. } => {
                Some("`knipsel poll` or `knipsel run` brings it up to date")
            }
            store::Error::TooNew { .. } => Some("use a newer knipsel"),
            error if error.is_damage() => Some(
                "keep a copy of the folder as it is; `knipsel restore BACKUP --force` puts a backup back",
            ),
            error if error.is_busy() => {
                Some("another program has been writing to it for ten seconds; `fuser` names it")
            }
            store::Error::Moved(_) => {
                Some("what was stored last is in the file that was moved; stop the daemon before")
            }
            _ => None,
        };
        let exit = match &error {
            store::Error::BadSql { .. } | store::Error::WritingSql | store::Error::SlowSql => {
                Exit::Usage
            }
            _ => Exit::Database,
        };
        Self { hint: hint.map(ToOwned::to_owned), ..Self::wrap(exit, error) }
    }
}

impl From<index::Error> for Failure {
    fn from(error: index::Error) -> Self {
        let (exit, hint) = match error {
            index::Error::Broad { .. } => (Exit::Usage, "write more of the word before the `*`"),
            index::Error::Busy => (Exit::Database, "wait until it has ended"),
            index::Error::Failed { .. } => {
                (Exit::Database, "see whether the disk has room and who may use the folder")
            }
            index::Error::Outdated | index::Error::Damaged { .. } => {
                (Exit::Database, "`knipsel reindex` builds the index again")
            }
        };
        Self::wrap(exit, error).hint(hint)
    }
}

impl From<follow::Error> for Failure {
    fn from(error: follow::Error) -> Self {
        match error {
            follow::Error::Store(error) => error.into(),
            follow::Error::Index(error) => error.into(),
        }
    }
}

impl From<corpus::Error> for Failure {
    fn from(error: corpus::Error) -> Self {
        let hint = match &error {
            corpus::Error::Occupied(_) => "name another folder with `-o`, or empty this one",
            corpus::Error::Other { .. } => "name another folder with `-o`",
            corpus::Error::Busy(_) => "wait for it, or name another folder with `-o`",
            _ => "",
        };
        match error {
            corpus::Error::Store(error) => error.into(),
            corpus::Error::Index(error) => error.into(),
            corpus::Error::Warc(error) => error.into(),
            corpus::Error::File { .. } => Self::wrap(Exit::Database, error),
            error => Self::wrap(Exit::Usage, error).hint(hint),
        }
    }
}

impl From<upkeep::Error> for Failure {
    fn from(error: upkeep::Error) -> Self {
        match error {
            upkeep::Error::Store(error) => error.into(),
            upkeep::Error::Index(error) => error.into(),
            upkeep::Error::Occupied(_) => Self::wrap(Exit::Usage, error)
                .hint("`--force` replaces it, and keeps it under another name"),
            upkeep::Error::NotABackup(_) | upkeep::Error::Itself(_) | upkeep::Error::InUse(_) => {
                Self::wrap(Exit::Usage, error).hint("choose another file")
            }
            upkeep::Error::File { .. } | upkeep::Error::BadPacking(_) => {
                Self::wrap(Exit::Database, error)
            }
        }
    }
}

impl From<fetch::Error> for Failure {
    fn from(error: fetch::Error) -> Self {
        Self::wrap(Exit::Config, error)
    }
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Store(error) => error.into(),
            service::Error::Fetch(error) => error.into(),
            service::Error::Follow(error) => error.into(),
            service::Error::Config(error) => error.into(),
            service::Error::System { .. } => Self::wrap(Exit::Database, error),
        }
    }
}

impl From<warc::Error> for Failure {
    fn from(error: warc::Error) -> Self {
        Self::wrap(Exit::Database, error)
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::wrap(Exit::NotFound, error)
    }
}

impl From<query::Error> for Failure {
    fn from(error: query::Error) -> Self {
        let hint = error.hint.clone();
        Self { hint, ..Self::wrap(Exit::Usage, error) }
    }
}
