//! The arguments of what asks how articles changed.

use clap::{Args, ValueEnum};

use crate::cli::args::outlet;
use crate::cli::out::Format;

/// Arguments of `revisions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel revisions 4k2qz3b                  every version of one article
  knipsel revisions --since 7d               what was changed this week
  knipsel revisions --silent --outlet NOS    texts changed, their dates not
  knipsel revisions --since 2022-02 --format jsonl

An edit is silent when the text changed and no stated date did.")]
pub(in crate::cli) struct RevisionsArgs {
    /// The id of an article; without it, the edits of all
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Only silent edits
    #[arg(long)]
    pub silent: bool,
    /// Only seen from this day on: a date, a month, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Only of this outlet, or `=NAME` of none with a longer name; may be repeated
    #[arg(long, value_name = "OUTLET", value_parser = outlet, conflicts_with = "id")]
    pub outlet: Vec<String>,
    /// At most so many, the latest
    #[arg(long, short = 'n', value_name = "N")]
    pub limit: Option<usize>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel diff 4k2qz3b            the last edit
  knipsel diff 4k2qz3b 3          what the third revision changed
  knipsel diff 4k2qz3b 1..3       from the first to the third
  knipsel diff 4k2qz3b 7fwq2t     what another outlet kept of it, dimmed
  knipsel diff 4k2qz3b --format html > edit.html

[-removed-] and {+added+} words are also red and green on a terminal.")]
pub(in crate::cli) struct DiffArgs {
    /// The id of the article
    #[arg(value_name = "ID")]
    pub id: String,
    /// Which revisions, the last edit when left out; or the id of another article
    #[arg(value_name = "A..B|ID")]
    pub revisions: Option<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: DiffFormat,
}

/// Words for people, lines for `patch`, a page for a browser, data for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DiffFormat {
    Table,
    Unified,
    Html,
    Json,
}
