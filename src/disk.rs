//! Files that appear whole or not at all, also after a power cut.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// What files are called that are not finished.
const UNFINISHED: &str = ".knipsel-unfinished-";

/// What the mask of the process leaves of this: as any program makes files.
const MODE: u32 = 0o666;

/// A file in `folder` that goes when it is dropped, unless it gets a name first. Held by a lock, by
/// which [`sweep`] knows that somebody is at work on it.
///
/// # Errors
/// When it cannot be made.
pub fn unfinished(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    let builder = builder.prefix(UNFINISHED).permissions(Permissions::from_mode(MODE));
    let file = builder.tempfile_in(folder)?;
    // Where files cannot be locked, none is ever swept away either.
    let _ = file.as_file().lock();
    Ok(file)
}

/// Takes away the unfinished files that killed runs left in `folder`.
pub fn sweep(folder: &Path) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    for file in files.filter(|file| file.file_name().to_string_lossy().starts_with(UNFINISHED)) {
        let is_abandoned = File::open(file.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_abandoned {
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Gives a finished file its name: whoever reads it finds the old file or the new one.
///
/// # Errors
/// When it cannot be put on disk.
pub fn replace(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// The same where there must be no file of that name yet.
///
/// # Errors
/// When there is one, or it cannot be put on disk.
pub fn create(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// A name is on disk when its folder is.
///
/// # Errors
/// When the folder cannot be read, or put on disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder that `path` is in.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_file_has_its_name_when_it_is_finished_and_no_other_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let write = |text: &str| {
            let mut file = unfinished(folder.path()).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        create(write("one"), &path).unwrap();
        assert!(create(write("two"), &path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        replace(write("three"), &path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_nobody_works_on_is_swept_away() {
        let folder = tempfile::tempdir().unwrap();
        let held = unfinished(folder.path()).unwrap();
        fs::write(folder.path().join(format!("{UNFINISHED}left")), "half").unwrap();
        fs::write(folder.path().join("other"), "").unwrap();
        sweep(folder.path());
        assert!(held.path().exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
