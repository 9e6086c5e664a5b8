//! Making room, where the owner says so and only of what they name.
//!
//! No article, revision or text is ever taken out. What goes is written down in `pruned.jsonl` before
//! it does, so that a run that was stopped is gone on with, and that it can be told later.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::model::time::Timestamp;
use crate::model::units::Span;
use crate::store::progress::{Progress, Step};
use crate::store::prune::{self, Pruner};
use crate::store::{Layout, Reader};
use crate::upkeep::{Error, files};

/// What is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// What servers sent (`warc`), by whole files.
    Captures,
    /// The record of polls (the view `fetches`).
    Polls,
}

/// What is to go, when it is older than so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What.
    pub what: What,
    /// How old it must be.
    pub age: Span,
}

/// The policies by their names.
const POLICIES: [(&str, What); 2] =
    [("captures-older-than", What::Captures), ("polls-older-than", What::Polls)];

impl Policy {
    /// Reads `captures-older-than:365d`; `None` for anything else, and for no age at all.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, age) = text.split_once(':')?;
        let (_, what) = POLICIES.into_iter().find(|(known, _)| *known == name)?;
        let age = Span::parse(age).filter(|age| !age.0.is_zero())?;
        Some(Self { what, age })
    }

    /// As it is written.
    pub fn name(&self) -> String {
        let name =
            POLICIES.iter().find(|(_, what)| *what == self.what).map_or("", |(name, _)| name);
        format!("{name}:{}", self.age)
    }
}

/// What goes, or has gone, by one policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Share {
    /// Files of captures.
    pub files: Vec<prune::File>,
    /// Captures, or records of polls.
    pub n_rows: u64,
    /// Bytes: of files as they are on disk, of records about.
    pub size_bytes: u64,
}

/// What would go by `policy` at `now`.
pub fn look(
    reader: &Reader,
    layout: &Layout,
    policy: Policy,
    now: Timestamp,
) -> Result<Share, Error> {
    let before = now.minus(policy.age.0);
    match policy.what {
        What::Captures => {
            let files = prune::files(reader, before)?;
            let bytes = |file: &prune::File| files::size(&layout.warc().join(&file.name));
            Ok(Share {
                n_rows: files.iter().map(|file| file.n_captures).sum(),
                size_bytes: files.iter().map(bytes).sum(),
                files,
            })
        }
        What::Polls => {
            let n_rows = prune::count_polls(reader, before)?;
            let size_bytes = prune::poll_bytes(reader, n_rows)?;
            Ok(Share { files: Vec::new(), n_rows, size_bytes })
        }
    }
}

/// Takes it out. Nobody may be polling into the archive meanwhile.
pub fn carry_out(
    layout: &Layout,
    policy: Policy,
    now: Timestamp,
    progress: &Progress,
) -> Result<Share, Error> {
    let reader = Reader::open(layout)?;
    let share = look(&reader, layout, policy, now)?;
    let pruner = Pruner::open(layout)?;
    let record = Record::of(layout);
    match policy.what {
        What::Captures => {
            // Where it is still referred to it was put back with its archive, or nothing had gone.
            if let Some(name) = record.unfinished()?
                && !pruner.knows_file(&name)?
            {
                take_out(layout, &pruner, &name)?;
            }
            let total = share.files.len() as u64;
            for (n, file) in (0..).zip(&share.files) {
                progress.tell(Step::Removing(n, total));
                let size_bytes = files::size(&layout.warc().join(&file.name));
                record.add(&json!({
                    "at": now.to_rfc3339(),
                    "policy": policy.name(),
                    "file": file.name,
                    "captures": file.n_captures,
                    "size_bytes": size_bytes,
                }))?;
                take_out(layout, &pruner, &file.name)?;
            }
        }
        What::Polls if share.n_rows > 0 => {
            let (at, policy_name) = (now.to_rfc3339(), policy.name());
            record.add(&json!({ "at": at, "policy": policy_name, "polls": share.n_rows }))?;
            let mut n_done = 0;
            loop {
                progress.tell(Step::Removing(n_done, share.n_rows));
                match pruner.forget_polls(now.minus(policy.age.0))? {
                    0 => break,
                    n => n_done += n,
                }
            }
        }
        What::Polls => {}
    }
    Ok(share)
}

/// First what refers to the file, then the file: nothing ever refers to one that is gone.
fn take_out(layout: &Layout, pruner: &Pruner, name: &str) -> Result<(), Error> {
    pruner.forget_file(name)?;
    let path = layout.warc().join(name);
    match fs::remove_file(&path) {
        Ok(()) => files::sync_folder(&layout.warc()),
        // The owner may have moved it away.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::File { action: "remove", path, source }),
    }
}

/// What was taken out of the archive, a line each.
struct Record {
    path: PathBuf,
    warc: PathBuf,
}

impl Record {
    fn of(layout: &Layout) -> Self {
        Self { path: layout.dir().join("pruned.jsonl"), warc: layout.warc() }
    }

    /// On disk when this returns.
    fn add(&self, line: &Value) -> Result<(), Error> {
        let add = |mut file: File| {
            writeln!(file, "{line}")?;
            file.sync_all()
        };
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.path)
            .and_then(add)
            .map_err(Error::file("write", &self.path))
    }

    /// The last file that was to go, if it is still there: of those before it each was gone.
    fn unfinished(&self) -> Result<Option<String>, Error> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(Error::file("read", &self.path)(error)),
        };
        // A line that was cut off is of a file that was not touched.
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut names = lines.filter_map(|line| Some(line.get("file")?.as_str()?.to_owned()));
        let last = names.next_back().filter(|name| !name.contains('/'));
        Ok(last.filter(|name| self.warc.join(name).exists()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_what_goes_and_how_old_it_must_be() {
        let policy = Policy::parse("captures-older-than:365d").unwrap();
        assert_eq!((policy.what, policy.age), (What::Captures, Span::parse("365d").unwrap()));
        assert_eq!(policy.name(), "captures-older-than:52w 1d");
        for wrong in ["captures", "captures-older-than:", "captures-older-than:0s", "texts:1d"] {
            assert_eq!(Policy::parse(wrong), None, "{wrong}");
        }
    }
}
