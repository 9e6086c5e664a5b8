//! The arguments of what keeps an archive safe.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::cli::out::Format;

/// Arguments of `backup`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel backup /mnt/usb/knipsel.db
  knipsel backup knipsel.db.zst               packed with zstd
  knipsel backup /var/backups/knipsel --keep 7 --zstd

The backup is an archive of its own, of one moment, made while polling goes on.
The file appears under its name when it was checked and is on disk, and until
then the one before it stays. `knipsel restore` puts it back, or makes another
archive of it; unpacked it opens with sqlite3. Search index and captures are not
in it: the index is built again, and the folder `warc` can be copied as it is.")]
pub(in crate::cli) struct BackupArgs {
    /// A file, or a folder that is there and gets a file for each moment
    #[arg(value_name = "FILE|FOLDER", value_hint = ValueHint::AnyPath)]
    pub target: PathBuf,
    /// Pack it; done anyway when the name ends in .zst
    #[arg(long)]
    pub zstd: bool,
    /// In a folder: keep so many, and remove the oldest
    #[arg(long, value_name = "N")]
    pub keep: Option<NonZeroUsize>,
    /// How to write what was made
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel restore knipsel.db.zst
  knipsel restore knipsel.db --force          in the place of what is there
  knipsel restore knipsel.db --archive /srv/knipsel

The backup is checked before anything is touched. An archive that is there is
replaced only with --force, and kept beside it under another name. Nothing may
be polling into it. The search index is built again.")]
pub(in crate::cli) struct RestoreArgs {
    /// The backup, packed or not
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Also where there is an archive
    #[arg(long)]
    pub force: bool,
    /// How to write what was put back
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel verify --quick         pages, references and index: seconds
  knipsel verify                 every text and capture against its hash as well
  knipsel verify --format json

May run while feeds are polled. Exits with 5 when something is not whole.")]
pub(in crate::cli) struct VerifyArgs {
    /// Not every text and every index of the database
    #[arg(long)]
    pub quick: bool,
    /// How to write what was found
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
