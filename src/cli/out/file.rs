//! Files that an owner asks for.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::cli::failure::{Exit, Failure};
use crate::disk;

/// Writes the file at `path` whole or not at all. A symbolic link stays one, and what is no file, as
/// a pipe, is written to.
pub(in crate::cli) fn file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let whole = || {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
            let mut out = BufWriter::new(fs::OpenOptions::new().write(true).open(&target)?);
            write(&mut out)?;
            return out.flush();
        }
        let unfinished = disk::unfinished(disk::folder_of(&target))?;
        let mut out = BufWriter::new(unfinished.as_file());
        write(&mut out)?;
        out.flush()?;
        drop(out);
        disk::replace(unfinished, &target)
    };
    whole().map_err(|error: io::Error| failed(path, &error))
}

/// Why a file could not be written: its folder is missing, or something is wrong with the disk.
pub(in crate::cli) fn failed(path: &Path, error: &io::Error) -> Failure {
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    let exit = if is_missing { Exit::NotFound } else { Exit::Database };
    Failure::new(exit, format!("cannot write `{}`: {error}", path.display()))
}
