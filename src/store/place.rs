//! Whether an archive still lies where it was opened.
//!
//! SQLite goes on with a file that was moved, removed or replaced, and nobody would find again what
//! is written to it.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use crate::store::{Error, Layout};

/// The file of an archive as it was when it was opened.
#[derive(Debug)]
pub struct Place {
    dir: PathBuf,
    path: PathBuf,
    id: (u64, u64),
}

impl Place {
    /// Where the archive in `layout` lies now.
    pub fn of(layout: &Layout) -> Result<Self, Error> {
        let (dir, path) = (layout.dir().to_owned(), layout.database());
        match fs::metadata(&path) {
            Ok(found) => Ok(Self { id: (found.dev(), found.ino()), dir, path }),
            Err(source) => Err(Error::File { action: "look at", path, source }),
        }
    }

    /// That it is still the file under its name. A file system that does not answer says nothing.
    ///
    /// # Errors
    /// [`Error::Moved`].
    pub fn check(&self) -> Result<(), Error> {
        let is_there = match fs::metadata(&self.path) {
            Ok(found) => (found.dev(), found.ino()) == self.id,
            Err(error) => error.kind() != ErrorKind::NotFound,
        };
        if is_there { Ok(()) } else { Err(Error::Moved(self.dir.clone())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_missed_when_it_is_moved_removed_or_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path());
        assert!(matches!(Place::of(&layout), Err(Error::File { .. })));
        fs::write(layout.database(), "een").unwrap();
        let place = Place::of(&layout).unwrap();
        fs::write(layout.database(), "twee").unwrap();
        place.check().unwrap();
        let aside = dir.path().join("opzij");
        fs::rename(layout.database(), &aside).unwrap();
        assert!(matches!(place.check(), Err(Error::Moved(_))));
        fs::write(layout.database(), "ander").unwrap();
        assert!(matches!(place.check(), Err(Error::Moved(_))));
        fs::rename(aside, layout.database()).unwrap();
        place.check().unwrap();
    }
}
