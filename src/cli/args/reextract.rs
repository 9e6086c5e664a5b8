//! The arguments of `reextract`.

use clap::Args;

use crate::cli::args::outlet;
use crate::cli::out::Format;

/// Arguments of `reextract`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel reextract --dry-run            what this version would make of them
  knipsel reextract --outlet NOS --since 30d
  knipsel reextract --all                also what this version has read before

Reads article pages once more from what was kept as servers sent it
(`archive.raw`), without asking anybody. A better reading is stored as such, and
is no edit. Where more than a fifth of a text would be lost it stays as it was,
and is told. Stopped half-way, it goes on where it was. Needs the archive for
itself: stop the daemon first.")]
pub(in crate::cli) struct ReextractArgs {
    /// Only articles of this outlet, or `=NAME` of none with a longer name
    #[arg(long, value_name = "OUTLET", value_parser = outlet)]
    pub outlet: Option<String>,
    /// Only pages last read from this day on: a date, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Also pages that this version has read: more may recur at their outlet now
    #[arg(long)]
    pub all: bool,
    /// Store nothing; tell what would change
    #[arg(long)]
    pub dry_run: bool,
    /// Take texts that lose more than a fifth, too
    #[arg(long, conflicts_with = "dry_run")]
    pub take_shorter: bool,
    /// How to write what changed
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
