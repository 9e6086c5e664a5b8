//! Puts a backup in the place of the archive, which is kept beside it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::model::time::Timestamp;
use crate::store::backup::{self, Counts};
use crate::store::progress::Progress;
use crate::store::verify::Depth;
use crate::store::{self, Layout};
use crate::upkeep::backup::compact;
use crate::upkeep::{Error, files};

/// Whether an archive that is there may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// Only where there is none.
    Never,
    /// It is kept under another name.
    KeepAside,
}

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What is in it.
    pub counts: Counts,
    /// Where the archive is that was there before.
    pub aside: Option<PathBuf>,
}

/// Puts the backup `from` in place. The caller holds the lock and builds the index again.
///
/// The backup is read, unpacked and checked beside the archive before anything is touched.
pub fn put_back(
    layout: &Layout,
    from: &Path,
    replace: Replace,
    now: Timestamp,
    progress: &Progress,
) -> Result<Restored, Error> {
    let database = layout.database();
    if database.exists() && replace == Replace::Never {
        return Err(Error::Occupied(layout.dir().to_owned()));
    }
    let copy = files::unfinished(layout.dir())?;
    files::unpack(from, &copy, progress)?;
    let counts =
        backup::inspect(copy.path(), Depth::Full, progress).map_err(|error| match error {
            // The owner knows it by its own name.
            store::Error::Damaged { problem, .. } => {
                store::Error::Damaged { path: from.to_owned(), problem }
            }
            other => other,
        })?;
    backup::write_ahead(copy.path())?;
    let aside = set_aside(layout, now)?;
    files::finish(copy, &database)?;
    // It follows another archive.
    let index = layout.index();
    if index.exists() {
        fs::remove_dir_all(&index).map_err(Error::file("remove", index))?;
    }
    Ok(Restored { counts, aside })
}

/// What SQLite keeps beside a database.
const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Gives the archive a second name, if there is one, and its log: beside another archive it would be
/// read as that one's, and may have been left by an archive that is there no more.
fn set_aside(layout: &Layout, now: Timestamp) -> Result<Option<PathBuf>, Error> {
    let database = layout.database();
    let aside = unused(layout.dir(), &format!("before-restore-{}", compact(now)));
    let is_there = database.exists();
    if is_there {
        // What is damaged cannot be written into; then the log goes along under the new name.
        let _ = backup::settle(layout);
        fs::hard_link(&database, &aside)
            .or_else(|_| fs::copy(&database, &aside).map(|_| ()))
            .map_err(Error::file("write", &aside))?;
    }
    for ending in LOGS {
        let file = files::beside(&database, ending);
        if file.exists() {
            let kept = files::beside(&aside, ending);
            fs::rename(&file, kept).map_err(Error::file("rename", &file))?;
        }
    }
    files::sync_folder(layout.dir())?;
    Ok(is_there.then_some(aside))
}

/// A name for a database under which there is nothing yet.
fn unused(dir: &Path, stem: &str) -> PathBuf {
    let numbered = (2_u32..).map(|n| format!("{stem}-{n}.db"));
    let names = std::iter::once(format!("{stem}.db")).chain(numbered);
    let is_free = |path: &PathBuf| {
        !path.exists() && LOGS.iter().all(|ending| !files::beside(path, ending).exists())
    };
    let mut free = names.map(|name| dir.join(name)).filter(is_free);
    free.next().unwrap_or_else(|| dir.join(format!("{stem}.db")))
}
