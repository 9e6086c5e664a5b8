//! The files of backups, and how they are packed.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::disk;
use crate::store::progress::{Progress, Step};
use crate::upkeep::Error;

/// A backup is read again and again; higher levels take longer than they save.
const LEVEL: i32 = 3;

/// Bytes between two tellings.
const PIECE_BYTES: usize = 1 << 20;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const SQLITE_MAGIC: [u8; 16] = *b"SQLite format 3\0";

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Database,
    Packed,
    Other,
}

pub(super) fn kind(path: &Path) -> Result<Kind, Error> {
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(16).read_to_end(&mut start))
        .map_err(Error::file("read", path))?;
    Ok(if start == SQLITE_MAGIC {
        Kind::Database
    } else if start.starts_with(&ZSTD_MAGIC) {
        Kind::Packed
    } else {
        Kind::Other
    })
}

/// The file beside `path` whose name is that of `path` with `ending` behind it.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A file in `folder` that goes when it is dropped, unless it gets a name first.
pub(super) fn unfinished(folder: &Path) -> Result<NamedTempFile, Error> {
    disk::sweep(folder);
    disk::unfinished(folder).map_err(Error::file("write in", folder))
}

/// Gives a finished file its name.
pub(super) fn finish(file: NamedTempFile, path: &Path) -> Result<(), Error> {
    disk::replace(file, path).map_err(Error::file("write", path))
}

/// A name is on disk when its folder is.
pub(super) fn sync_folder(folder: &Path) -> Result<(), Error> {
    disk::sync_folder(folder).map_err(Error::file("write", folder))
}

/// Whether a packed file holds a database.
pub(super) fn packs_database(path: &Path) -> bool {
    let mut start = [0; SQLITE_MAGIC.len()];
    let read = File::open(path)
        .and_then(zstd::Decoder::new)
        .and_then(|mut decoder| decoder.read_exact(&mut start));
    read.is_ok() && start == SQLITE_MAGIC
}

/// Packs `from` into `to` and reads it back.
pub(super) fn pack(from: &Path, to: &NamedTempFile, progress: &Progress) -> Result<(), Error> {
    let total = fs::metadata(from).map_err(Error::file("read", from))?.len();
    let writing = || Error::file("write", to.path());
    let mut source = Telling::new(open(from)?, progress, total);
    let mut encoder = zstd::Encoder::new(BufWriter::new(to.as_file()), LEVEL)
        .and_then(|mut encoder| encoder.include_checksum(true).map(|()| encoder))
        .map_err(writing())?;
    let mut packed = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let n = source.read(&mut piece).map_err(Error::file("read", from))?;
        if n == 0 {
            break;
        }
        packed.update(&piece[..n]);
        encoder.write_all(&piece[..n]).map_err(writing())?;
    }
    encoder.finish().and_then(|mut file| file.flush()).map_err(writing())?;
    let mut unpacked = Hashing(Sha256::new());
    unpack_into(to.path(), &mut unpacked, &Progress::default())?;
    if unpacked.0.finalize() != packed.finalize() {
        return Err(Error::BadPacking(to.path().to_owned()));
    }
    Ok(())
}

/// Writes what is in the backup `from` into `to`, unpacked.
pub(super) fn unpack(from: &Path, to: &NamedTempFile, progress: &Progress) -> Result<(), Error> {
    let mut out = BufWriter::new(to.as_file());
    match kind(from)? {
        Kind::Packed => unpack_into(from, &mut out, progress)?,
        Kind::Database => {
            let total = fs::metadata(from).map_err(Error::file("read", from))?.len();
            let mut source = Telling::new(open(from)?, progress, total);
            io::copy(&mut source, &mut out).map_err(Error::file("copy", from))?;
        }
        Kind::Other => return Err(Error::NotABackup(from.to_owned())),
    }
    out.flush().map_err(Error::file("write", to.path()))
}

fn unpack_into(from: &Path, out: &mut impl Write, progress: &Progress) -> Result<(), Error> {
    let total = fs::metadata(from).map_err(Error::file("read", from))?.len();
    let source = Telling::new(open(from)?, progress, total);
    let mut decoder = zstd::Decoder::new(source).map_err(Error::file("unpack", from))?;
    io::copy(&mut decoder, out).map_err(Error::file("unpack", from))?;
    Ok(())
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(Error::file("read", path))
}

/// The size of a file; 0 where there is none.
pub(super) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

struct Telling<'p> {
    inner: BufReader<File>,
    progress: &'p Progress,
    n_read: u64,
    total: u64,
}

impl<'p> Telling<'p> {
    fn new(file: File, progress: &'p Progress, total: u64) -> Self {
        Self { inner: BufReader::with_capacity(PIECE_BYTES, file), progress, n_read: 0, total }
    }
}

impl Read for Telling<'_> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(piece)?;
        self.n_read += n as u64;
        self.progress.tell(Step::Packing(self.n_read, self.total));
        Ok(n)
    }
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The files of `folder` whose names `is_wanted`, in order of their names.
pub(super) fn named(
    folder: &Path,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let entry = entry.map_err(Error::file("read", folder))?;
        if entry.file_name().to_str().is_some_and(&is_wanted) && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
