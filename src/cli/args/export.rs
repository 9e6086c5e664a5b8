//! The arguments of what leaves the archive.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::args::QuestionArgs;
use crate::export::manifest::Format;

/// Arguments of `export`.
#[derive(Debug, Args)]
#[command(after_help = "\
jsonl, csv      one file; as columns and keys, those of README.md there
parquet         a file a month, for DuckDB, Polars, pandas, Spark
markdown, text, tei
                a file an article, in a folder a month
warc            what servers sent, where `archive.raw` kept it, and the texts

In the folder are also manifest.json (the question, the state of the archive,
counts, the SHA-256 of each file) and README.md, a data card. A run that was
stopped goes on where it was when it is started again. --as-of takes the
archive as it was: the articles seen by then, in the revision of then; with the
manifest of another export, exactly its state.

Examples:
  knipsel export 'stikstof date:2022' --format parquet -o stikstof
  knipsel export --outlet NOS --since 2022-01 --until 2022-06 -o nos
  knipsel export asiel --without reserved --as-of 2022-03-01 -o asiel
  knipsel export asiel --as-of asiel/manifest.json -o again")]
pub(in crate::cli) struct ExportArgs {
    /// What to export.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// The format of the files
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: CorpusFormat,
    /// The folder to write into
    #[arg(long, short = 'o', value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// As the archive was: a date, a month, or the manifest of an export
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
    /// Leave out what its publisher reserves from text and data mining
    #[arg(long, value_name = "WHAT")]
    pub without: Option<Without>,
}

/// Formats of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CorpusFormat {
    Jsonl,
    Csv,
    Parquet,
    Markdown,
    Text,
    Tei,
    Warc,
}

impl From<CorpusFormat> for Format {
    fn from(format: CorpusFormat) -> Self {
        match format {
            CorpusFormat::Jsonl => Self::Jsonl,
            CorpusFormat::Csv => Self::Csv,
            CorpusFormat::Parquet => Self::Parquet,
            CorpusFormat::Markdown => Self::Markdown,
            CorpusFormat::Text => Self::Text,
            CorpusFormat::Tei => Self::Tei,
            CorpusFormat::Warc => Self::Warc,
        }
    }
}

/// What may be left out of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Without {
    Reserved,
}

/// Arguments of `cite`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel cite 4k2qz3b                       BibTeX, of the current revision
  knipsel cite 4k2qz3b@1 --style ris         of the first
  knipsel cite 4k2qz 7m3 --style csl > references.json")]
pub(in crate::cli) struct CiteArgs {
    /// Ids of articles, and `@N` for a revision
    #[arg(value_name = "ID[@N]", required = true)]
    pub ids: Vec<String>,
    /// How references are written
    #[arg(long, value_name = "STYLE", default_value = "bibtex")]
    pub style: CiteStyle,
}

/// Ways to write references: for TeX, for reference managers, and as CSL-JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CiteStyle {
    Bibtex,
    Ris,
    Csl,
}
