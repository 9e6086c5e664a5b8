//! The arguments of `doctor`.

use clap::{Args, Subcommand};

use crate::cli::out::Format;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  knipsel doctor
  knipsel doctor --archive /var/lib/knipsel --format json
  knipsel doctor identity                     what would be one article, or two

Looks at settings, feed list, permissions, disk, clock, archive, index and how
the feeds are covered; asks no host and changes nothing. With a problem it exits
with the code that fits the first one: 3 settings or feed list, 5 archive or
system, 6 feeds or network. Advice alone exits with 0."
)]
pub(in crate::cli) struct DoctorArgs {
    /// Look closer at one thing
    #[command(subcommand)]
    pub command: Option<DoctorCommand>,
    /// How to write what was found
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// What can be looked at closer.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum DoctorCommand {
    /// Test the rules of what is one article on all that is stored
    Identity(IdentityArgs),
}

/// Arguments of `doctor identity`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel doctor identity                     what would change; nothing does
  knipsel doctor identity --format jsonl
  knipsel doctor identity --apply
  knipsel doctor identity --undo 12           the number that --apply told
  knipsel sql 'SELECT * FROM identity_changes'

Gives the articles of the archive the keys that the rules and patterns of now
make of their addresses and GUIDs. Two that are one by these are to be merged;
one that has two of a publisher's ids and says two things is to be split. After
a merge both ids name the article that stays. Every change is recorded and can
be undone, the latest one of an article first; nothing may poll meanwhile.")]
pub(in crate::cli) struct IdentityArgs {
    /// Carry out what would change
    #[arg(long)]
    pub apply: bool,
    /// Undo the change of this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "apply")]
    pub undo: Option<i64>,
    /// How to write what was found
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
