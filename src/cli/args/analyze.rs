//! The arguments of `analyze`.

use clap::Args;

use crate::cli::out::Format;

/// Arguments of `analyze`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel analyze 'woningnood onder studenten'
  knipsel analyze Poetin --format json")]
pub(in crate::cli) struct AnalyzeArgs {
    /// Words, as in a query
    #[arg(value_name = "TEXT", required = true)]
    pub text: Vec<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
