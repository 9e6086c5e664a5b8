//! The arguments of what asks who else tells a story.

use clap::{Args, Subcommand};

use crate::cli::out::Format;

/// Arguments of `story`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel story 4k2qz3b                  who has this text, who was first
  knipsel story 4k2qz3b --format json
  knipsel diff 4k2qz3b 7fwq2             what two outlets made of it

A share is counted in runs of three words; quotations are left out.")]
pub(in crate::cli) struct StoryArgs {
    /// The id of the story, or of any article of it
    #[arg(value_name = "ID")]
    pub id: String,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `stats`.
#[derive(Debug, Args)]
pub(in crate::cli) struct StatsArgs {
    /// What to count.
    #[command(subcommand)]
    pub command: StatsCommand,
}

/// What to count.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum StatsCommand {
    /// Count what each outlet takes over and what it has alone
    Wire(WireArgs),
    /// Count how much of their articles outlets give, and what stands in the way
    Walls(WallsArgs),
}

/// Arguments of `stats walls`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel stats walls
  knipsel stats walls --format json

`last_wall` is what was met last in place of an article, and `since` when that
began. `retried` are pages that could not be read and are tried again.")]
pub(in crate::cli) struct WallsArgs {
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `stats wire`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel stats wire --since 30d
  knipsel stats wire --since 2026-01 --until 2026-01 --format csv

An article is shared when another outlet has its text too, and first when it
was published before those. What is not shared is exclusive.")]
pub(in crate::cli) struct WireArgs {
    /// Only published from this day on: a date, a month, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Up to and including this day
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
