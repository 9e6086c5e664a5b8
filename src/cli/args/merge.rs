//! The arguments of making two archives one, and one smaller.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::cli::out::Format;

/// Arguments of `merge`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel merge /mnt/laptop/knipsel           the archive of another machine
  knipsel merge knipsel-2025.db.zst           a backup, also of an older program
  knipsel merge OTHER --archive /srv/knipsel

Articles that both have, by their publisher's id, address, GUID or text, become
one: what only the other saw of it comes in as revisions at their time, so that
later ones may get another number, and what both saw was seen when the first of
them saw it. Ids stay. Feeds that were not here come with their polls and
coverage, and are polled when the feed list has them; of others the ledger here
stays. Captures (`warc`), saved searches, hubs and the order in which feeds
listed their articles are not taken over. The other archive is only read.
Nothing may be polling into this one. Stopped, it is simply run again: what is
here already is not taken twice.")]
pub(in crate::cli) struct MergeArgs {
    /// The folder of another archive, or a backup of one
    #[arg(value_name = "FOLDER|FILE", value_hint = ValueHint::AnyPath)]
    pub other: PathBuf,
    /// How to write what came in
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `compact`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel compact
  knipsel compact --archive /srv/knipsel --format json

Writes the archive anew without the room that removed and changed rows left, in
the order in which it is read. It needs as much free room again as the archive
takes, and nothing may be polling into it. Stopped, the archive is as it was.")]
pub(in crate::cli) struct CompactArgs {
    /// How to write what was won
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
