//! Keeping an archive safe: backups, putting one back, and checking that all is whole.
//!
//! A file appears under its name only when it is complete, checked and on disk; whatever is
//! interrupted leaves what was there before.

pub mod backup;
pub mod captures;
pub mod merge;
pub mod prune;
pub mod restore;
pub mod verify;

mod files;

use std::io;
use std::path::PathBuf;

use crate::{index, store};

/// Why upkeep failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive, or the copy of one.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The search index.
    #[error(transparent)]
    Index(#[from] index::Error),
    /// A file or folder.
    #[error("cannot {action} `{path}`")]
    File {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that is to be replaced is something else.
    #[error("`{0}` is there, and is no backup of an archive")]
    NotABackup(PathBuf),
    /// A file that is to be replaced is the archive itself.
    #[error("`{0}` is the archive itself")]
    Itself(PathBuf),
    /// A file that is to be replaced is another archive, or is being written to.
    #[error("`{0}` is an archive in use, and no backup")]
    InUse(PathBuf),
    /// A packed backup does not unpack to what was packed.
    #[error("`{0}` does not unpack to what was packed into it")]
    BadPacking(PathBuf),
    /// There is an archive, and nobody said that it may be replaced.
    #[error("there is an archive in `{0}` already")]
    Occupied(PathBuf),
}

impl Error {
    fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
