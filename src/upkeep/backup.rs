//! Backups: one file, or one of several in a folder that keeps the newest.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::model::time::Timestamp;
use crate::store::Layout;
use crate::store::backup::{self, Counts};
use crate::store::progress::Progress;
use crate::upkeep::Error;
use crate::upkeep::files::{self, Kind};

/// What backups in a folder are called: `knipsel-20220214T093000Z.db`.
const PREFIX: &str = "knipsel-";

/// Of a packed one.
const PACKED: &str = "zst";

/// Where a backup goes, and how.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'w> {
    /// The file, or a folder that is there.
    pub target: &'w Path,
    /// Pack it; a file that ends in `.zst` is packed anyway.
    pub packing: Packing,
    /// In a folder: how many to keep; all, if it does not say.
    pub keep: Option<NonZeroUsize>,
}

/// Whether a backup is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As the name of the file says.
    ByName,
    /// With zstd.
    Zstd,
}

/// A backup that is there, checked and on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where.
    pub path: PathBuf,
    /// Its size.
    pub size_bytes: u64,
    /// Whether it is packed.
    pub is_packed: bool,
    /// What is in it.
    pub counts: Counts,
    /// Older ones that were taken away for it.
    pub removed: Vec<PathBuf>,
}

/// Makes a backup of the archive in `layout`, which may be in use.
pub fn make(
    layout: &Layout,
    wish: &Wish<'_>,
    now: Timestamp,
    progress: &Progress,
) -> Result<Made, Error> {
    let is_folder = wish.target.is_dir();
    let is_packed = wish.packing == Packing::Zstd
        || (!is_folder && wish.target.extension().is_some_and(|ending| ending == PACKED));
    let packed = if is_packed { ".zst" } else { "" };
    let name = format!("{PREFIX}{}.db{packed}", compact(now));
    let path = if is_folder { wish.target.join(name) } else { wish.target.to_owned() };
    let is_itself = |found: PathBuf| layout.database().canonicalize().is_ok_and(|own| own == found);
    if path.canonicalize().is_ok_and(is_itself) {
        return Err(Error::Itself(path));
    }
    if path.exists() && files::size(&path) > 0 {
        check_replaceable(&path)?;
    }
    let folder = disk::folder_of(&path);
    let copy = files::unfinished(folder)?;
    let counts = backup::copy(layout, copy.path(), progress)?;
    if is_packed {
        let packed = files::unfinished(folder)?;
        files::pack(copy.path(), &packed, progress)?;
        files::finish(packed, &path)?;
    } else {
        files::finish(copy, &path)?;
    }
    let removed = match wish.keep {
        Some(keep) if is_folder => rotate(wish.target, &path, keep)?,
        _ => Vec::new(),
    };
    Ok(Made { size_bytes: files::size(&path), path, is_packed, counts, removed })
}

/// Only a backup is replaced by another, and not an archive that somebody uses.
fn check_replaceable(path: &Path) -> Result<(), Error> {
    let place = Layout::new(disk::folder_of(path).to_owned());
    let is_in_place = path.file_name() == place.database().file_name() && place.lock().exists();
    let has_log = ["-wal", "-journal"].iter().any(|ending| files::beside(path, ending).exists());
    if is_in_place || has_log {
        return Err(Error::InUse(path.to_owned()));
    }
    let is_one = match files::kind(path)? {
        Kind::Database => backup::is_archive(path),
        Kind::Packed => files::packs_database(path),
        Kind::Other => false,
    };
    if is_one { Ok(()) } else { Err(Error::NotABackup(path.to_owned())) }
}

/// `20220214T093000Z`
pub(super) fn compact(now: Timestamp) -> String {
    now.to_rfc3339().replace(['-', ':'], "")
}

/// The moment is in the name, so the order of names is that of time.
fn is_backup(name: &str) -> bool {
    let moment = name
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(".zst").unwrap_or(rest).strip_suffix(".db"));
    moment.is_some_and(|moment| {
        moment.len() == "20220214T093000Z".len()
            && moment.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b'Z'))
    })
}

/// Removes the oldest. What has a later name than the one just `made` was made while the clock was ahead.
fn rotate(folder: &Path, made: &Path, keep: NonZeroUsize) -> Result<Vec<PathBuf>, Error> {
    let backups = files::named(folder, is_backup)?;
    let (ahead, sooner): (Vec<_>, Vec<_>) =
        backups.into_iter().partition(|backup| backup.file_name() > made.file_name());
    let mut backups = [ahead, sooner].concat();
    backups.truncate(backups.len().saturating_sub(keep.get()));
    for backup in &backups {
        fs::remove_file(backup).map_err(Error::file("remove", backup))?;
    }
    files::sync_folder(folder)?;
    Ok(backups)
}
