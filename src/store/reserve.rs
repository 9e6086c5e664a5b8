//! Room kept for the worst moment: a file of nothing that is given up when the disk is full, so
//! that what is under way can be finished.

use std::fs::{self, File};
use std::io;

use rustix::fs::{FallocateFlags, fallocate};

use crate::store::{Layout, space};

/// Commits, a checkpoint and the index of what was last stored fit well in this.
pub const BYTES: u64 = 16 << 20;

/// So much must be free before it is taken (again), or it would itself fill the disk.
const FREE_BYTES_MIN: u64 = 4 * BYTES;

/// With less than this free it is given up, before a commit fails.
const FREE_BYTES_LOW: u64 = BYTES / 4;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was given up.
    GivenUp,
    /// It was taken.
    Taken,
    /// Nothing.
    None,
}

/// Gives the reserve up when the disk is full, and takes it when there is room. On a file system
/// that cannot set room aside there is none.
pub fn look(layout: &Layout) -> Change {
    let Some(space) = space::free(layout.dir()) else { return Change::None };
    let is_there = layout.reserve().exists();
    if is_there && space.free_bytes < FREE_BYTES_LOW {
        return give_up(layout);
    }
    if !is_there && space.free_bytes >= FREE_BYTES_MIN && take(layout).is_ok() {
        return Change::Taken;
    }
    Change::None
}

/// Gives the reserve up if the disk is full, because something could not be stored.
pub fn give_up_if_full(layout: &Layout) -> Change {
    match space::free(layout.dir()) {
        Some(space) if space.free_bytes < FREE_BYTES_MIN / 2 => give_up(layout),
        _ => Change::None,
    }
}

fn give_up(layout: &Layout) -> Change {
    if fs::remove_file(layout.reserve()).is_ok() { Change::GivenUp } else { Change::None }
}

fn take(layout: &Layout) -> io::Result<()> {
    let path = layout.reserve();
    let taken = File::create(&path)
        .and_then(|file| Ok(fallocate(&file, FallocateFlags::empty(), 0, BYTES)?));
    if taken.is_err() {
        let _ = fs::remove_file(&path);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_taken_once_and_given_up_once() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path());
        assert_eq!(give_up(&layout), Change::None);
        assert_eq!(look(&layout), Change::Taken);
        assert_eq!(layout.reserve().metadata().unwrap().len(), BYTES);
        assert_eq!(look(&layout), Change::None);
        assert_eq!(give_up(&layout), Change::GivenUp);
        assert!(!layout.reserve().exists());
    }
}
