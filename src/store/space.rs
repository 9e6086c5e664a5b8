//! What the system has left for an archive.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::store::Layout;

/// What a folder and its file system say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this process may still write.
    pub free_bytes: u64,
    /// Files that may still be made; `None` where the file system does not count them.
    pub free_files: Option<u64>,
}

/// What is free where `dir` is; `None` when the system does not say.
pub fn free(dir: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(dir).ok()?;
    let counts_files = found.f_files > 0;
    Some(Space {
        free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
        free_files: counts_files.then_some(found.f_favail),
    })
}

/// What archive and search index take on disk; captures and the reserve apart.
pub fn archive_bytes(layout: &Layout) -> u64 {
    let files = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten();
    let bytes = |file: fs::DirEntry| file.metadata().map_or(0, |metadata| metadata.len());
    let is_counted = |path: &Path| path.is_file() && path != layout.reserve();
    let of_archive = files(layout.dir()).filter(|file| is_counted(&file.path()));
    of_archive.chain(files(&layout.index())).map(bytes).sum()
}

/// How many files and connections this process may have open; `None` for no limit.
pub fn open_files_max() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// Whether this process may write in `dir`.
pub fn is_writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Whether everybody may change `path`.
pub fn is_open_to_all(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o002 != 0)
}
