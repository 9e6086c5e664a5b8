//! Captures: what servers sent, kept as evidence in WARC 1.1 files (ISO 28500:2017) that other
//! tools read.
//!
//! A file is a row of gzip members, one a record, and grows by whole exchanges, each on disk before
//! it is answered: a file cut off anywhere is readable up to its last whole record. Which exchanges
//! are kept, and where each lies, is known to the archive and not here.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, RwLock};

use serde::Deserialize;

use crate::model::capture::{Earlier, Exchange, Kept};
use crate::model::time::Timestamp;
use crate::model::units::ByteSize;
use crate::warc::record::Entry;

mod coding;
pub mod file;
pub mod read;
pub mod record;

/// What is kept, and in files of what size.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Which exchanges are kept as the server sent them.
    pub raw: Raw,
    /// A file that has reached this size is followed by a new one.
    pub raw_roll: ByteSize,
}

impl Default for Options {
    fn default() -> Self {
        Self { raw: Raw::None, raw_roll: ByteSize(512 << 20) }
    }
}

/// Which exchanges are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Raw {
    /// None.
    None,
    /// Those for article pages.
    Pages,
    /// Those for feeds too.
    All,
}

/// Where an exchange lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the file.
    pub file: String,
    /// Its first byte there.
    pub offset: u64,
    /// Bytes of all its records.
    pub length: u64,
}

/// Why a capture cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refused.
    #[error("cannot {action} `{path}`: {source}")]
    File {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is no record where one should be.
    #[error("`{path}` has no whole record at byte {offset}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        offset: u64,
    },
}

/// Keeps exchanges. One for the whole program: the files have one writer.
#[derive(Debug)]
pub struct Keeper {
    raw: RwLock<Raw>,
    writer: Mutex<file::Writer>,
    trouble: Mutex<Option<(Timestamp, String)>>,
}

/// An exchange to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'t> {
    /// What went over the wire, in order; the last has the document.
    pub exchanges: &'t [Exchange],
    /// The document, decoded; empty where there is none.
    pub body: &'t [u8],
    /// When it was asked for.
    pub at: Timestamp,
    /// The same document, kept before; on a 304 the one that it says is current.
    pub earlier: Option<&'t Earlier>,
    /// What else is known, as names and values.
    pub notes: &'t [(&'static str, String)],
}

impl Keeper {
    /// Writes into `dir` by `options`; `last` is where the last capture ends that the archive knows.
    pub fn new(dir: PathBuf, options: &Options, last: Option<(String, u64)>) -> Self {
        let writer = file::Writer::new(dir, options.raw_roll.0, last);
        Self {
            raw: RwLock::new(options.raw),
            writer: Mutex::new(writer),
            trouble: Mutex::default(),
        }
    }

    /// Goes on by other options.
    pub fn set(&self, options: &Options) {
        *self.raw.write().unwrap_or_else(PoisonError::into_inner) = options.raw;
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).set_roll(options.raw_roll.0);
    }

    /// Since when nothing could be kept, and why not; `None` once something was, or nothing is to be.
    pub fn trouble(&self) -> Option<(Timestamp, String)> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.clone().filter(|_| self.raw() != Raw::None)
    }

    fn ended(&self, error: Option<&Error>, at: Timestamp) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let since = trouble.as_ref().map_or(at, |(since, _)| *since);
        *trouble = error.map(|error| (since, error.to_string()));
    }

    fn raw(&self) -> Raw {
        *self.raw.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether article pages are kept.
    pub fn keeps_pages(&self) -> bool {
        self.raw() != Raw::None
    }

    /// Whether feeds are kept.
    pub fn keeps_feeds(&self) -> bool {
        self.raw() == Raw::All
    }

    /// Keeps an exchange; it is on disk when this returns. `None` where there was none.
    pub fn keep(&self, taken: &Taken<'_>) -> Result<Option<Kept>, Error> {
        let (Some(first), Some(last)) = (taken.exchanges.first(), taken.exchanges.last()) else {
            return Ok(None);
        };
        let ids: Vec<String> = taken.exchanges.iter().map(|_| record::new_id()).collect();
        let n_last = ids.len() - 1;
        let entries: Vec<Entry<'_>> = taken
            .exchanges
            .iter()
            .zip(&ids)
            .enumerate()
            .map(|(n, (exchange, record_id))| {
                let is_last = n == n_last;
                Entry {
                    exchange,
                    body: if is_last { taken.body } else { &[] },
                    at: taken.at,
                    record_id,
                    earlier: taken.earlier.filter(|_| is_last),
                    notes: if is_last { taken.notes } else { &[] },
                }
            })
            .collect();
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.append(&entries, taken.at);
        self.ended(written.as_ref().err(), taken.at);
        let Place { file, offset, length } = written?;
        Ok(Some(Kept {
            at: taken.at,
            url: first.url.clone(),
            final_url: last.url.clone(),
            status: last.status,
            digest: (!taken.body.is_empty()).then(|| record::digest(taken.body)),
            refers_to: taken.earlier.map(|earlier| earlier.row),
            record_id: ids[n_last].clone(),
            file,
            offset,
            length,
        }))
    }
}
