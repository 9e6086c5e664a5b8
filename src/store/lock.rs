//! One daemon an archive, and one that runs its saved searches.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::time::Duration;

use crate::store::{Error, Layout};

/// Who asks whether an archive is held has its lock for a moment.
const TRIES: u32 = 10;
const TRY_AFTER: Duration = Duration::from_millis(20);

/// Holds an archive for polling; the system lets it go when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or says who has it. Creates the folder.
    pub fn acquire(layout: &Layout) -> Result<Self, Error> {
        let dir = layout.dir();
        std::fs::create_dir_all(dir).map_err(|source| Error::File {
            action: "create folder",
            path: dir.to_owned(),
            source,
        })?;
        let path = layout.lock();
        let failed = |action| move |source| Error::File { action, path: layout.lock(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed("open"))?;
        let mut locked = file.try_lock();
        for _ in 0..TRIES {
            if locked.is_ok() {
                break;
            }
            std::thread::sleep(TRY_AFTER);
            locked = file.try_lock();
        }
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                let pid = pid.trim().chars().filter(char::is_ascii_digit).take(10).collect();
                return Err(Error::Locked { dir: dir.to_owned(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(failed("lock")(source)),
        }
        file.set_len(0).map_err(failed("write"))?;
        file.rewind().map_err(failed("write"))?;
        writeln!(file, "{}", std::process::id()).map_err(failed("write"))?;
        Ok(Self { _file: file })
    }

    /// Takes the right to run saved searches, or `None` while another process has it: both would tell
    /// the same.
    pub fn watching(layout: &Layout) -> Result<Option<Self>, Error> {
        let path = layout.watch_lock();
        let failed =
            |action| move |source| Error::File { action, path: layout.watch_lock(), source };
        let options = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = options.map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed("lock")(source)),
        }
    }

    /// Whether some process holds the archive, without taking it.
    pub fn is_held(layout: &Layout) -> bool {
        let Ok(file) = File::open(layout.lock()) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path().join("nieuw"));
        let first = Lock::acquire(&layout).unwrap();
        assert!(Lock::is_held(&layout));
        let error = Lock::acquire(&layout).unwrap_err().to_string();
        assert!(error.ends_with(&format!("in use by process {}", std::process::id())), "{error}");
        drop(first);
        assert!(!Lock::is_held(&layout));
        Lock::acquire(&layout).unwrap();
    }
}
