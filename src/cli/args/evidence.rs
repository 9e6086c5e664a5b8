//! The arguments of what asks for evidence.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::cli::args::outlet;
use crate::cli::out::Format;

/// Arguments of `warc`.
#[derive(Debug, Args)]
pub(in crate::cli) struct WarcArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: WarcCommand,
}

/// What to do with captures.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum WarcCommand {
    /// List what was kept as servers sent it, and where it lies
    List(WarcListArgs),
    /// Copy captures into one WARC file
    Export(WarcExportArgs),
    /// Check that captures are still what was read
    Verify(WarcVerifyArgs),
}

/// Which captures.
#[derive(Debug, Args)]
pub(in crate::cli) struct CaptureArgs {
    /// Only of this article
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Only of this outlet, or `=NAME` of none with a longer name
    #[arg(long, value_name = "OUTLET", value_parser = outlet, conflicts_with = "id")]
    pub outlet: Option<String>,
    /// Only from this day on: a date, a month, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
}

/// Arguments of `warc list`.
#[derive(Debug, Args)]
#[command(after_help = "\
What is kept is the setting `archive.raw`: none, pages or all. The files lie in
the folder `warc` of the archive, and any tool that reads WARC 1.1 reads them.

Examples:
  knipsel warc list --since 7d
  knipsel warc list 4k2qz3b --format json")]
pub(in crate::cli) struct WarcListArgs {
    /// Which captures.
    #[command(flatten)]
    pub which: CaptureArgs,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `warc export`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel warc export 4k2qz3b --out article.warc.gz
  knipsel warc export --outlet NOS --since 2022-02 --out nos.warc.gz")]
pub(in crate::cli) struct WarcExportArgs {
    /// Which captures.
    #[command(flatten)]
    pub which: CaptureArgs,
    /// The file to write; it must not exist yet
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
}

/// Arguments of `warc verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Reads every capture again and compares its document with the digest in the
archive. Exits with 1 when one is missing or differs. `knipsel verify` does this
too.

Examples:
  knipsel warc verify
  knipsel warc verify --since 7d --format json")]
pub(in crate::cli) struct WarcVerifyArgs {
    /// Which captures.
    #[command(flatten)]
    pub which: CaptureArgs,
    /// How to write what is wrong
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
