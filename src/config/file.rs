//! Reading and writing what the owner wrote.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::config::Error;
use crate::disk;

/// Everyone may read a feed list; its owner writes it.
const MODE: u32 = 0o644;

/// The text of the file at `path`.
pub fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// Waits until no other program of ours edits what is in the folder of `path`; `None` where its file
/// system has no locks. Dropping it lets the next one.
///
/// The folder is locked (`flock`), because the file is another one after each edit.
pub fn turn(path: &Path) -> Option<File> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = File::open(disk::folder_of(&target)).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// Replaces the file at `path`; a reader sees the old text or the new one, never a part.
///
/// A symbolic link stays one: its target is replaced, with the permissions it had; where root edits it,
/// with its owner and group.
pub fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(&target).ok();
    let mode = old.as_ref().map_or(MODE, |metadata| metadata.permissions().mode());
    prepare(&target, text, mode)
        .inspect(|file| {
            // Only root may give a file away; whose it is does not matter otherwise.
            if let Some(old) = old {
                let _ = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
            }
        })
        .and_then(|file| disk::replace(file, &target))
        .map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Writes a file that must not exist yet; folders above it are made.
pub fn create(path: &Path, text: &str) -> Result<(), Error> {
    prepare(path, text, MODE)
        .and_then(|file| disk::create(file, path))
        .map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// A finished file without its name, in the folder of `target`.
fn prepare(target: &Path, text: &str, mode: u32) -> io::Result<NamedTempFile> {
    let folder = disk::folder_of(target);
    fs::create_dir_all(folder)?;
    disk::sweep(folder);
    let mut file = disk::unfinished(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_gets_its_folders_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/feeds.toml");
        create(&path, "one").unwrap();
        assert_eq!(read(&path).unwrap(), "one");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert!(matches!(create(&path, "two"), Err(Error::Write { .. })));
        assert_eq!(read(&path).unwrap(), "one");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_root_edits_stays_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feeds.toml");
        fs::write(&path, "one").unwrap();
        // Only root can try.
        if std::os::unix::fs::chown(&path, Some(1234), Some(2345)).is_ok() {
            replace(&path, "two").unwrap();
            let new = fs::metadata(&path).unwrap();
            assert_eq!((new.uid(), new.gid()), (1234, 2345));
        }
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions_and_its_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "one").unwrap();
        fs::set_permissions(&real, Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace(&link, "two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&real).unwrap(), "two");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
