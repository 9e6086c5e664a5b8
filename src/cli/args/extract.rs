//! The arguments of `extract`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// Arguments of `extract`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel extract https://www.example.nl/nieuws/brug-dicht
  knipsel extract pagina.html --url https://www.example.nl/nieuws/brug-dicht
  knipsel extract pages/*.html --format jsonl
  knipsel extract pages/*.html.gz --format json --out texts

Nothing is stored in the archive. Of a consent gate, a log-in form or a bot
challenge the text stays empty, and `access` and `wall` say what it is. Several
pages of one site show what is printed on all of them, which is left out.")]
pub(in crate::cli) struct ExtractArgs {
    /// Pages: files, also compressed with gzip, or addresses; `-` is standard input
    #[arg(value_name = "FILE|URL", required = true, value_hint = ValueHint::AnyPath)]
    pub pages: Vec<String>,
    /// The address of a page that is given as a file
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: PageFormat,
    /// Write a file for each page into this folder, named after the page
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

/// The text for people; all that was found as one JSON document, or as one object a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PageFormat {
    Text,
    Json,
    Jsonl,
}
