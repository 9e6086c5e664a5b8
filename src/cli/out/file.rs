//! Files that an owner asks for.

use std::fs::{self, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::Builder;

use crate::cli::failure::{Exit, Failure};

/// What the mask of the process leaves of this: as any program makes files.
const MODE: u32 = 0o666;

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
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = Builder::new();
        let builder = builder.prefix(".knipsel-").permissions(Permissions::from_mode(MODE));
        let unfinished = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        let mut out = BufWriter::new(unfinished.as_file());
        write(&mut out)?;
        out.flush()?;
        drop(out);
        unfinished.persist(&target).map_err(|error| error.error)?;
        Ok(())
    };
    whole().map_err(|error: io::Error| failed(path, &error))
}

/// Why a file could not be written: its folder is missing, or something is wrong with the disk.
pub(in crate::cli) fn failed(path: &Path, error: &io::Error) -> Failure {
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    let exit = if is_missing { Exit::NotFound } else { Exit::Database };
    Failure::new(exit, format!("cannot write `{}`: {error}", path.display()))
}
