//! What an export is: its question, the archive it was asked of, and its files.

use serde::{Deserialize, Serialize};

use crate::model::time::Timestamp;

/// How far an archive had come. What was stored later does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Articles and revisions seen up to and including this moment.
    pub as_of: Timestamp,
    /// The highest row of an article.
    pub articles: i64,
    /// The highest row of a revision.
    pub revisions: i64,
}

/// The formats of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// RFC 4180.
    Csv,
    /// Apache Parquet, a folder a month.
    Parquet,
    /// A Markdown file an article.
    Markdown,
    /// A plain text an article.
    Text,
    /// A TEI P5 document an article.
    Tei,
    /// WARC 1.1: what servers sent, where it was kept, and the texts.
    Warc,
}

impl Format {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Tei => "tei",
            Self::Warc => "warc",
        }
    }
}

/// What was asked, and of what. Two exports with the same plan have the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The question, with all that limits it.
    pub query: String,
    /// The format of the files.
    pub format: Format,
    /// Articles whose publisher reserves text and data mining are left out.
    pub without_reserved: bool,
    /// The archive.
    pub state: State,
    /// The version of this program.
    pub program: String,
    /// The version of the analyzer, which decides what words find.
    pub analyzer: u32,
}

/// How many articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Found.
    pub found: u64,
    /// In the files.
    pub written: u64,
    /// Left out, because their publisher reserves text and data mining.
    pub left_out: u64,
    /// In the files, though their publisher reserves text and data mining.
    pub reserved: u64,
    /// In the files, of which nothing is known about that.
    pub unknown: u64,
    /// Words in the files.
    pub words: u64,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its path in the folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}
