//! The arguments of making room.

use clap::Args;

use crate::cli::out::Format;
use crate::upkeep::prune::Policy;

/// Arguments of `prune`.
#[derive(Debug, Args)]
#[command(after_help = "\
Policies:
  captures-older-than:AGE   files of `warc` with what servers sent, whole files
                            only; one that holds a document to which a newer
                            capture refers stays, and so does the newest file
  polls-older-than:AGE      the record of polls, the view `fetches`; the last 50
                            of each feed stay

Examples:
  knipsel prune --policy captures-older-than:365d
  knipsel prune --policy captures-older-than:52w --policy polls-older-than:180d
  knipsel prune --policy captures-older-than:365d --delete

Shows what would go and how much room it takes, and deletes nothing unless
--delete says so. No policy takes out an article, a revision or a text. With
--delete nothing may be polling into the archive; what was deleted is written
down in `pruned.jsonl` there. Stopped, it is simply run again. Room within the
archive is used again; `knipsel compact` gives it back to the disk. What was
never captured or is gone cannot be read again by `reextract`.")]
pub(in crate::cli) struct PruneArgs {
    /// What may go; may be repeated
    #[arg(long = "policy", value_name = "POLICY", required = true, value_parser = policy)]
    pub policies: Vec<Policy>,
    /// Show what would go, and delete nothing; so also without this
    #[arg(long)]
    pub dry_run: bool,
    /// Delete it, for good
    #[arg(long, conflicts_with = "dry_run")]
    pub delete: bool,
    /// How to write what goes
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

fn policy(text: &str) -> Result<Policy, String> {
    Policy::parse(text).ok_or_else(|| {
        "write captures-older-than:365d or polls-older-than:180d; the age has a unit".to_owned()
    })
}
