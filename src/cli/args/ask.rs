//! The arguments of what asks the archive.

use std::convert::Infallible;

use clap::{Args, ValueEnum};

use crate::cli::out::Format;

/// Arguments of `search`.
#[derive(Debug, Args)]
#[command(after_help = "\
Queries:
  lavrov navo               both words, in any form, also within compounds
  \"nieuw kabinet\"           the words in a row
  asiel OR migratie         either; -voetbal: without it; (…) groups
  =huis  stikst*            as it is written; words that begin so
  storm NEAR/5 schade       at most 5 words between; PRE/5: in this order
  storm /s schade           in one sentence; /p: in one paragraph
  atleast3(stikstof)        three times or more
  title: lead: body: outlet: section: author: tag: lang: feed:
                            in that part only, as outlet:\"NU.nl\";
                            outlet:=AD: of that whole name, not Ad Valvas
  person:lavrov  org:navo  place:kiev
                            who or what is named in it
  access:paid  type:opinion  wire:anp  country:be  id:4k2qz  url:nos.nl/artikel
                            what is known around it
  date:2022-02  date:2022-02-14..2022-03  since:7d  until:2022
  is:revised  is:paywalled  has:image

Examples:
  knipsel search Lavrov Navo --since 2022-02-01 --until 2022-02-28
  knipsel search --outlet NOS --since 7d
  knipsel search 'title:formatie OR title:kabinet' --sort relevance
  knipsel search stikstof --format jsonl --fields id,published,title,text
  knipsel search stikstof --template '{published}\t{outlet}\t{title}'
  knipsel search stikstof -0 | xargs -0 knipsel show
  knipsel search kabinet --as-of 2022-03-01      as the archive was then

Quote a query that has a quote or a minus in it; one that can be read as flags,
as -v, goes after `--`. Without a query everything is listed. --until includes
the day it names.")]
pub(in crate::cli) struct SearchArgs {
    /// What to find.
    #[command(flatten)]
    pub question: QuestionArgs,
    /// Show how the query is read and what each word finds, for people
    #[arg(long, conflicts_with_all = ["format", "as_of"])]
    pub explain: bool,
    /// Not other spellings: Putin for Poetin
    #[arg(long)]
    pub as_spelled: bool,
    /// What comes first
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    pub sort: SortBy,
    /// At most so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// What is done with versions of one text.
    #[command(flatten)]
    pub fold: FoldArgs,
    /// The next page: what comes after this `cursor` of an article
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<String>,
    /// As the archive was: a date, a month, or the manifest of an export
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// JSON keys or columns, as `id,title,text`
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// A line for each, as `{id} {title}`; \t and \n are known
    #[arg(long, value_name = "TEXT", conflicts_with = "fields")]
    pub template: Option<String>,
    /// Only ids, or what --template says, with a NUL after each
    #[arg(long = "null", short = '0', conflicts_with = "fields")]
    pub is_null: bool,
}

/// What to find, and where.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct QuestionArgs {
    /// What to find
    #[arg(value_name = "QUERY", value_parser = typed)]
    pub query: Vec<String>,
    /// Where to look.
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Which articles count, beside a query.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct LimitArgs {
    /// From this day on: a date, a month, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Up to and including this day
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Only of this outlet, or `=NAME` of none with a longer name; may be repeated
    #[arg(long, value_name = "OUTLET", value_parser = outlet)]
    pub outlet: Vec<String>,
    /// Only seen in this feed; may be repeated
    #[arg(long, value_name = "FEED")]
    pub feed: Vec<String>,
}

/// A query as it was typed, without what set it apart from flags.
#[expect(clippy::unnecessary_wraps, reason = "clap wants a result")]
pub(in crate::cli) fn typed(text: &str) -> Result<String, Infallible> {
    let bare = text.strip_prefix(' ').filter(|bare| bare.starts_with('-'));
    Ok(bare.unwrap_or(text).to_owned())
}

/// A name that can be looked for. One of signs alone would be no limit.
pub(in crate::cli) fn outlet(name: &str) -> Result<String, &'static str> {
    if name.contains(char::is_alphanumeric) {
        Ok(name.to_owned())
    } else {
        Err("it has no letter or digit")
    }
}

/// What is done with articles that go back to one text.
#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct FoldArgs {
    /// One line a story, with a count; on a terminal unless --no-fold
    #[arg(long, conflicts_with_all = ["no_fold", "unique"])]
    pub fold: bool,
    /// Every article for itself
    #[arg(long, conflicts_with = "unique")]
    pub no_fold: bool,
    /// Only articles whose text nobody else has
    #[arg(long)]
    pub unique: bool,
}

/// Orders of articles: the latest first, the best match first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SortBy {
    Newest,
    Relevance,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel show 4k2qz3b          any beginning of an id that names one article
  knipsel show 4k2qz3b@1        its first revision
  knipsel show 4k2qz3b --explain
                                where its text came from, and what was left out
  knipsel show 4k2qz3b --format json")]
pub(in crate::cli) struct ShowArgs {
    /// Ids of articles, and `@N` for a revision
    #[arg(value_name = "ID[@N]", required = true)]
    pub ids: Vec<String>,
    /// Tell how its text was made of its page, in place of the text
    #[arg(long)]
    pub explain: bool,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `gaps`.
#[derive(Debug, Args)]
#[command(after_help = "\
Two looks at a feed that share an entry prove that nothing was missed between
them; two that share none are a suspected gap, from the newest entry of the
first to the oldest of the second.

Examples:
  knipsel gaps --since 7d
  knipsel gaps --since yesterday --fail     for cron: exits with 1 on a gap")]
pub(in crate::cli) struct GapsArgs {
    /// Only gaps that end from this day on: a date, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Only of this feed; may be repeated
    #[arg(long, value_name = "FEED")]
    pub feed: Vec<String>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Exit with 1 when a gap is not repaired
    #[arg(long)]
    pub fail: bool,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArgs {
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `sql`.
#[derive(Debug, Args)]
#[command(after_help = "\
The public views are articles, revisions, sightings, stories, story_links,
mentions, pages, page_fetches, captures, feeds, fetches, subscriptions,
coverage, repairs, findings, alarms, watches, imports and identity_changes;
here there is also texts(id, revision, text, current). See docs/schema.md.

Examples:
  knipsel sql 'select outlet, count(*) from articles group by 1 order by 2 desc'
  knipsel sql 'select id, seen, changed from revisions' --format csv")]
pub(in crate::cli) struct SqlArgs {
    /// One SELECT
    #[arg(value_name = "SQL")]
    pub statement: String,
    /// How to write the rows
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Give up after this long
    #[arg(long, value_name = "DURATION", default_value = "1m")]
    pub timeout: String,
}
