//! The folder of an export: what was planned, how far it is, and what is in it when it is done.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::corpus::Error;
use crate::disk;
use crate::export::card::card;
use crate::export::manifest::{self, Counts, Plan};

/// How far an export is; gone when it is done.
const JOURNAL: &str = ".knipsel-export";
const MANIFEST: &str = "manifest.json";
const CARD: &str = "README.md";

/// An export that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journal {
    pub(super) plan: Plan,
    /// Articles that are done.
    pub(super) n_done: usize,
    /// Bytes of a file that grows.
    pub(super) n_bytes: u64,
    pub(super) counts: Counts,
}

/// A manifest, as far as another export needs it.
#[derive(Debug, Deserialize)]
struct Made {
    plan: Plan,
    counts: Counts,
}

/// The folder, which is this process's alone while it lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        fs::create_dir_all(path).map_err(Error::file("make", path))?;
        let lock = File::open(path).map_err(Error::file("open", path))?;
        if lock.try_lock().is_err() {
            return Err(Error::Busy(path.to_owned()));
        }
        disk::sweep(path);
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What a run before this one left to be done.
    pub(super) fn journal(&self) -> Result<Option<Journal>, Error> {
        journal(&self.path)
    }

    /// Refuses a folder with anything in it that an export did not put there.
    pub(super) fn must_be_empty(&self) -> Result<(), Error> {
        let mut entries = fs::read_dir(&self.path).map_err(Error::file("read", &self.path))?;
        if entries.next().is_some() { Err(Error::Occupied(self.path.clone())) } else { Ok(()) }
    }

    /// Puts on disk how far it is.
    pub(super) fn note(&self, journal: &Journal) -> Result<(), Error> {
        self.put(JOURNAL, |file| serde_json::to_writer(file, journal).map_err(io::Error::from))
    }

    /// Describes what is in it, and ends the export.
    pub(super) fn finish(&self, journal: &Journal) -> Result<(), Error> {
        let Journal { plan, counts, .. } = journal;
        self.put(CARD, |file| file.write_all(card(plan, counts).as_bytes()))?;
        let files = files(&self.path)?;
        let described = Described { plan, counts, files: Files(&self.path, &files) };
        self.put(MANIFEST, |file| {
            serde_json::to_writer_pretty(&mut *file, &described).map_err(io::Error::from)?;
            file.write_all(b"\n")
        })?;
        let journal = self.path.join(JOURNAL);
        fs::remove_file(&journal).map_err(Error::file("remove", &journal))
    }

    /// A file appears whole or not at all.
    fn put(
        &self,
        name: &str,
        write: impl FnOnce(&mut io::BufWriter<&File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.path.join(name);
        let failed = |error| Error::file("write", &path)(error);
        let file = disk::unfinished(&self.path).map_err(failed)?;
        let mut out = io::BufWriter::new(file.as_file());
        write(&mut out).and_then(|()| out.flush()).map_err(failed)?;
        drop(out);
        disk::replace(file, &path).map_err(failed)
    }
}

/// What is under way in a folder.
pub(super) fn journal(path: &Path) -> Result<Option<Journal>, Error> {
    let path = path.join(JOURNAL);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file("read", &path)(error)),
    };
    serde_json::from_slice(&text).map(Some).map_err(|_| Error::NotAManifest(path))
}

/// What a finished export says of itself: its manifest, or the folder it is in.
pub(super) fn made(path: &Path) -> Result<Option<(Plan, Counts)>, Error> {
    let path = if path.is_dir() { path.join(MANIFEST) } else { path.to_owned() };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file("read", &path)(error)),
    };
    let made: Result<Made, _> = serde_json::from_reader(BufReader::new(file));
    made.map(|made| Some((made.plan, made.counts))).map_err(|_| Error::NotAManifest(path))
}

#[derive(Serialize)]
struct Described<'d> {
    plan: &'d Plan,
    counts: &'d Counts,
    files: Files<'d>,
}

/// Files of a folder, each read when its turn comes: there may be one for every article.
struct Files<'f>(&'f Path, &'f [PathBuf]);

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{Error as _, SerializeSeq as _};
        let mut list = serializer.serialize_seq(Some(self.1.len()))?;
        for path in self.1 {
            list.serialize_element(&described(self.0, path).map_err(S::Error::custom)?)?;
        }
        list.end()
    }
}

fn described(folder: &Path, path: &Path) -> io::Result<manifest::File> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
    let sha256 = data_encoding::HEXLOWER.encode(&hash.finalize());
    let path = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
    Ok(manifest::File { path, bytes, sha256 })
}

/// The files of an export but its manifest and journal, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::file("read", &folder))? {
            let entry = entry.map_err(Error::file("read", &folder))?;
            let name = entry.file_name();
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if name != MANIFEST && name != JOURNAL {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
