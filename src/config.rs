//! What the owner wishes: settings, the feed list, the catalogue, and where the files are.
//!
//! Turns files, environment and flags into the options structs of the lower modules. It polls
//! nothing and keeps nothing that the daemon learned: that is in the archive.

pub mod catalogue;
pub mod edit;
pub mod entries;
pub mod feeds;
pub mod file;
pub mod layers;
pub mod page_rules;
pub mod paths;
pub mod settings;
pub mod toml;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::config::toml::Problem;

/// Variables of the environment, by name.
pub type Environment = BTreeMap<String, String>;

/// Why a wish cannot be followed; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not there or not readable.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file or its folder cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file, variable or flag has something that is not understood.
    #[error("cannot use {place}: {}", first_of(problems))]
    Invalid {
        /// The file, variable or flag.
        place: String,
        /// All that is wrong, in order; never empty.
        problems: Vec<Problem>,
    },
    /// A feed list that had feeds has not a word in it.
    #[error("`{}` is empty, and feeds were polled", path.display())]
    Emptied {
        /// The file.
        path: PathBuf,
    },
    /// Neither flags nor environment say where a file is.
    #[error("cannot tell where the {what} is: `HOME` is not set")]
    NoHome {
        /// The file or folder.
        what: &'static str,
        /// The flag that names it.
        flag: &'static str,
    },
    /// The feed list has no feed of this name.
    #[error("there is no feed `{name}` in the feed list")]
    NoSuchFeed {
        /// The name asked for.
        name: String,
        /// The name that was probably meant.
        suggestion: Option<String>,
    },
    /// The feed list has this feed already.
    #[error("the feed list has `{name}` already")]
    AlreadyListed {
        /// The name under which it is there.
        name: String,
    },
}

impl Error {
    /// The one thing to do about it, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Invalid { problems, .. } => problems.first()?.hint.clone(),
            Self::NoHome { flag, .. } => Some(format!("name it with `{flag}`")),
            Self::Emptied { .. } => {
                Some("put the feeds back; a comment says that none is meant".to_owned())
            }
            Self::NoSuchFeed { suggestion, .. } => Some(did_you_mean(suggestion.as_ref()?)),
            Self::Read { .. } | Self::Write { .. } | Self::AlreadyListed { .. } => None,
        }
    }
}

/// The environment of this process; variables that are not UTF-8 are left out.
pub fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The candidate that `word` was probably meant to be.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Below this a suggestion puzzles more than it helps.
const LIKENESS_MIN: f64 = 0.84;

fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

fn first_of(problems: &[Problem]) -> String {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    match problems.len() {
        0 | 1 => first,
        n => format!("{first} (and {} more)", n - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_its_neighbour() {
        let keys = ["fetch.host_gap", "fetch.page_gap", "poll.floor"];
        assert_eq!(closest("fetch.hostgap", keys), Some("fetch.host_gap"));
        assert_eq!(closest("Poll.Floor", keys), Some("poll.floor"));
        assert_eq!(closest("colour", keys), None);
    }
}
