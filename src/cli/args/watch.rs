//! The arguments of saved searches.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::cli::args::QuestionArgs;
use crate::cli::out::Format;

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub(in crate::cli) struct WatchArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: WatchCommand,
}

/// What to do with saved searches.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum WatchCommand {
    /// Save a search: `run` tells what comes in from now on
    Add(WatchAddArgs),
    /// List the saved searches
    List(WatchListArgs),
    /// Forget a saved search
    Remove(WatchRemoveArgs),
    /// Tell what is new, each article once
    Run(WatchRunArgs),
}

/// Arguments of `watch add`.
#[derive(Debug, Args)]
#[command(after_help = "\
A command is run by `sh -c` when something is new, with an article a line as
JSON on its standard input, and KNIPSEL_WATCH set to the name. A webhook gets
one POST of {\"watch\", \"query\", \"articles\"} as JSON; one on your own network
must be in `fetch.allow_hosts`. When either fails, or the command takes longer
than a minute and is killed, the articles are told again the next time.

Examples:
  knipsel watch add stikstof 'stikstof -voetbal' --outlet NOS
  knipsel watch add raad '\"Raad van State\"' --feed-file raad.xml
  knipsel watch add storm storm --command 'mail -s storm me@example.org'
  knipsel watch add griep griep --webhook https://example.org/hook/1f6e'")]
pub(in crate::cli) struct WatchAddArgs {
    /// A name for it
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What to find.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// Run this when something is new
    #[arg(long, value_name = "COMMAND")]
    pub command: Option<String>,
    /// Send what is new to this address
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub webhook: Option<String>,
    /// Keep what it found in this file: JSON Feed when it ends in .json, or Atom
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub feed_file: Option<PathBuf>,
}

/// Arguments of `watch list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct WatchListArgs {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `watch remove`.
#[derive(Debug, Args)]
pub(in crate::cli) struct WatchRemoveArgs {
    /// The name of the saved search
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// Arguments of `watch run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel watch run                        all of them, as from cron
  knipsel watch run stikstof --format jsonl

Exits with 0 when something is new, and with 1 when nothing is, or while another
`watch run` has not ended.")]
pub(in crate::cli) struct WatchRunArgs {
    /// Names of saved searches; none for all
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// How to write what is new
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
