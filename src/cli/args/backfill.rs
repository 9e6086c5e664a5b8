//! The arguments of `backfill`.

use clap::Args;

use crate::cli::out::Format;

/// Arguments of `backfill`.
#[derive(Debug, Args)]
#[command(after_help = "\
A running daemon looks up gaps by itself, within minutes of each; this does it
now. Asked in this order: other feeds of the outlet, older pages of the feed
(RFC 5005), the outlet's news sitemap (robots.txt or `sitemap` in the feed list
says where it is). With --since, all that these date from then on is archived,
gap or not. Stopped halfway, it goes on where it was.

Examples:
  knipsel backfill nos-binnenland
  knipsel backfill nos-binnenland --since 2d
  knipsel backfill nos-binnenland --since 2022-02 --format json

Exits with 1 when a gap stays suspected, and with 6 when a source failed.")]
pub(in crate::cli) struct BackfillArgs {
    /// The name of the feed
    #[arg(value_name = "FEED")]
    pub feed: String,
    /// Everything from this day on: a date, a month, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// How to write what came of it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
