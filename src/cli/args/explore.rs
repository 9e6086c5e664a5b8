//! The arguments of what counts and compares.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};

use crate::cli::args::{LimitArgs, QuestionArgs, typed};
use crate::cli::out::Format;
use crate::query::Field;

/// Lengths of time by which articles are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum By {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// How counts over time are shown.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct PlotArgs {
    /// The length of a period; without it, one that suits the time between
    #[arg(long, value_name = "PERIOD")]
    pub by: Option<By>,
    /// Per 1,000 articles of the period rather than articles
    #[arg(long)]
    pub share: bool,
    /// Also as a picture: a file that ends in .svg or .png
    #[arg(long, short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// How to write the counts
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `timeline`.
#[derive(Debug, Args)]
#[command(after_help = "\
Periods are those of Europe/Amsterdam; weeks begin on Monday. In JSON and CSV
each period has the articles that match, all articles of the same outlets and
feeds, and the share of the first in 1,000 of the second.

Examples:
  knipsel timeline stikstof --by month --since 2022 --until 2022
  knipsel timeline 'storm OR orkaan' --by day --since 30d -o storm.svg
  knipsel timeline asiel --outlet NOS --share --format csv")]
pub(in crate::cli) struct TimelineArgs {
    /// What to count.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// How to show it.
    #[command(flatten)]
    pub plot: PlotArgs,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel compare stikstof asiel woningnood --by month --since 2022
  knipsel compare 'outlet:nos stikstof' 'outlet:nrc stikstof' --share -o who.png")]
pub(in crate::cli) struct CompareArgs {
    /// Queries, each one argument
    #[arg(value_name = "QUERY", required = true, num_args = 2.., value_parser = typed)]
    pub queries: Vec<String>,
    /// Where to look.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How to show it.
    #[command(flatten)]
    pub plot: PlotArgs,
}

/// Arguments of `facets`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel facets stikstof --on outlet,section
  knipsel facets --since 7d --on access,type --format csv")]
pub(in crate::cli) struct FacetsArgs {
    /// What to count.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// What to count it by
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', default_value = "outlet,section",
        value_parser = counted_field())]
    pub on: Vec<Field>,
    /// At most so many values of each
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// A field whose values can be counted, as it is called in queries.
fn counted_field() -> impl TypedValueParser<Value = Field> {
    let counted = Field::ALL.into_iter().filter(|field| field.is_counted());
    PossibleValuesParser::new(counted.map(Field::as_str))
        .try_map(|word| Field::from_word(&word).ok_or("not a field"))
}

/// Arguments of `first`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel first Tomahawk                who wrote it first
  knipsel first '\"groene leugen\"' -n 1 --format json")]
pub(in crate::cli) struct FirstArgs {
    /// What to find.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// At most so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 5)]
    pub limit: usize,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `kwic`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each line is one place at which the query matches, with what stands around it:
a concordance. Sorted by what follows, fixed expressions stand together.

Examples:
  knipsel kwic stikstof
  knipsel kwic '\"de Raad\"' --sort right -n 200
  knipsel kwic asielzoeker --outlet NRC --format csv > asielzoeker.csv")]
pub(in crate::cli) struct KwicArgs {
    /// What to find.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// At most so many lines
    #[arg(long, short = 'n', value_name = "N", default_value_t = 40)]
    pub limit: usize,
    /// Characters on each side, in data
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub width: usize,
    /// What the lines go by
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    pub sort: KwicSort,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Orders of a concordance: by time, by what stands before the match, by what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum KwicSort {
    Newest,
    Left,
    Right,
}

/// Arguments of `terms`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel terms stikst            what `stikst*` finds
  knipsel terms asiel -n 100 --format csv")]
pub(in crate::cli) struct TermsArgs {
    /// What the words begin with
    #[arg(value_name = "PREFIX")]
    pub prefix: String,
    /// At most so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `trends`.
#[derive(Debug, Args)]
#[command(after_help = "\
Words and names that stand in more articles of these days than the rest of the
archive makes one expect, the surest first (log-likelihood ratio, Dunning
1993).

Examples:
  knipsel trends --since 7d
  knipsel trends --since 2022-02-14 --until 2022-02-20 --outlet NOS
  knipsel trends stikstof --since 30d         what is new around a subject")]
pub(in crate::cli) struct TrendsArgs {
    /// What to look at.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// At most so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}
