//! Notices that a file was changed, by its size and time.
//!
//! Looking every few seconds costs next to nothing and works on every file system, which change events do not.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files and how they looked the last time.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    files: Vec<(PathBuf, Option<Look>)>,
}

type Look = (u64, Option<SystemTime>);

impl Watch {
    /// Watches `files` from now on.
    pub(super) fn new(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let files = files.into_iter().map(|file| {
            let look = look(&file);
            (file, look)
        });
        Self { files: files.collect() }
    }

    /// Whether any file changed, came or went since the last call.
    pub(super) fn has_changed(&mut self) -> bool {
        let mut has_changed = false;
        for (file, last) in &mut self.files {
            let now = look(file);
            has_changed |= now != *last;
            *last = now;
        }
        has_changed
    }
}

fn look(file: &Path) -> Option<Look> {
    let metadata = file.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_noticed_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("feeds.toml");
        let mut watch = Watch::new([file.clone()]);
        assert!(!watch.has_changed());
        std::fs::write(&file, "a").unwrap();
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        std::fs::remove_file(&file).unwrap();
        assert!(watch.has_changed());
    }
}
