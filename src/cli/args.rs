//! The arguments, and the help that people read.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::cli::out::Format;

/// Keeps every article of Dutch news feeds, and answers questions about them.
#[derive(Debug, Parser)]
#[command(
    name = "knipsel",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  knipsel run --demo               see it work, offline, in a minute
  knipsel run                      poll the main Dutch outlets from now on
  knipsel search Lavrov Navo --since 2022-02 --until 2022-03
  knipsel search '\"nieuw kabinet\" outlet:nos -voetbal'
  knipsel show 4k2qz               an article by the beginning of its id
  knipsel feed add nos-binnenland  more feeds, from the catalogue or by URL
  knipsel sql 'select outlet, count(*) from articles group by 1'

Exit codes: 0 done, 1 nothing found, 2 usage, 3 configuration, 4 not found,
5 database, 6 network."
)]
pub struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub(super) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Global {
    /// The settings file.
    #[arg(help = "The settings file [env: KNIPSEL_CONFIG]", long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// The feed list.
    #[arg(help = "The feed list [env: KNIPSEL_FEEDS]", long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub feeds: Option<PathBuf>,
    /// The folder of the archive.
    #[arg(help = "The folder of the archive [env: KNIPSEL_ARCHIVE]", long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub archive: Option<PathBuf>,
    /// One setting for this run, as `poll.floor=5m`
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    /// When to use colors.
    #[arg(
        help = "Colors; auto: on a terminal, unless NO_COLOR is set",
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub color: Color,
    /// Say more; twice for everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say only what went wrong
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// When to use colors. Values have no help of their own, so that a flag takes one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    pub(super) fn apply(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| "it has no `=`: write KEY=VALUE, as `poll.floor=5m`".to_owned())
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Poll feeds around the clock
    Run(RunArgs),
    /// Poll feeds once and end, for cron or scripts
    Poll(PollArgs),
    /// Find articles
    Search(SearchArgs),
    /// Show an article: its text, where it was seen, its revisions
    Show(ShowArgs),
    /// List the revisions of an article
    Revisions(RevisionsArgs),
    /// List when feeds may have announced what was not seen
    Gaps(GapsArgs),
    /// Show what runs, how feeds are doing, what is archived
    Status(StatusArgs),
    /// List, add, remove and test feeds
    Feed(FeedArgs),
    /// Take articles from files into the archive
    Import(ImportArgs),
    /// Ask the archive in SQL, read-only
    Sql(SqlArgs),
    /// Build the search index again from the archive
    Reindex,
    /// Show the settings in force
    Config(ConfigArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands
    Man(ManArgs),
}

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel run                poll what the feed list says; Ctrl-C stops it
  knipsel run --demo         an invented press, served by the program itself
  knipsel run --set poll.floor=5m

The first run writes a feed list with about 40 feeds of the main outlets. The
list and the settings are read again when they change, and on SIGHUP.")]
pub(super) struct RunArgs {
    /// Poll an invented press, offline, and show what was stored
    #[arg(long)]
    pub demo: bool,
}

/// Arguments of `poll`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel poll                    what is due
  knipsel poll --all              everything, now
  knipsel poll nos-binnenland     one feed

Exits with 6 when some feeds failed.")]
pub(super) struct PollArgs {
    /// Names of feeds; none for those that are due
    #[arg(value_name = "FEED")]
    pub names: Vec<String>,
    /// All feeds that are not paused
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
}

/// Arguments of `search`.
#[derive(Debug, Args)]
#[command(after_help = "\
Queries:
  lavrov navo               both words, in any form
  \"nieuw kabinet\"           the words in a row
  asiel OR migratie         either; -voetbal: without it; (…) groups
  title: outlet: section: author:   in that part only, as outlet:\"NU.nl\"

Examples:
  knipsel search Lavrov Navo --since 2022-02-01 --until 2022-02-28
  knipsel search --outlet NOS --since 7d
  knipsel search 'title:formatie OR title:kabinet' --sort relevance
  knipsel search stikstof --format jsonl --fields id,published,title,text

Quote a query that has a quote or a minus in it. Without a query everything is
listed. --until includes the day it names.")]
pub(super) struct SearchArgs {
    /// What to find
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// From this day on: a date, a month, `yesterday`, `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Up to and including this day
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Only of this outlet; may be repeated
    #[arg(long, value_name = "OUTLET")]
    pub outlet: Vec<String>,
    /// Only seen in this feed; may be repeated
    #[arg(long, value_name = "FEED")]
    pub feed: Vec<String>,
    /// What comes first
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    pub sort: SortBy,
    /// At most so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// JSON keys or CSV columns, as `id,title,text`
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    pub fields: Vec<String>,
}

/// Orders of articles: the latest first, the best match first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SortBy {
    Newest,
    Relevance,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel show 4k2qz3b          any beginning of an id that names one article
  knipsel show 4k2qz3b@1        its first revision
  knipsel show 4k2qz3b --format json")]
pub(super) struct ShowArgs {
    /// The id, and `@N` for a revision
    #[arg(value_name = "ID[@N]")]
    pub id: String,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `revisions`.
#[derive(Debug, Args)]
pub(super) struct RevisionsArgs {
    /// The id of the article
    #[arg(value_name = "ID")]
    pub id: String,
    /// How to write them
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
pub(super) struct GapsArgs {
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
pub(super) struct StatusArgs {
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(after_help = "\
A JSON Lines file has one article a line; only `text` is needed:
  {\"title\": …, \"text\": …, \"url\": …, \"outlet\": …, \"author\": …,
   \"published\": \"2022-02-14\"}

Any other file is one article in plain text. Its first line may be its date, as
precise as it is known: `date 2022-02`.

Examples:
  knipsel import articles.jsonl
  knipsel import clipping.txt --outlet 'de Volkskrant'")]
pub(super) struct ImportArgs {
    /// Files; `-` reads JSON Lines from standard input
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// The outlet of articles that do not name one
    #[arg(long, value_name = "OUTLET")]
    pub outlet: Option<String>,
    /// How to write what came of it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `sql`.
#[derive(Debug, Args)]
#[command(after_help = "\
The public views are articles, revisions, sightings, feeds, fetches and coverage;
here there is also texts(id, revision, text, current). See docs/schema.md.

Examples:
  knipsel sql 'select outlet, count(*) from articles group by 1 order by 2 desc'
  knipsel sql 'select id, seen, changed from revisions' --format csv")]
pub(super) struct SqlArgs {
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

/// Arguments of `feed`.
#[derive(Debug, Args)]
pub(super) struct FeedArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: FeedCommand,
}

/// What to do with feeds.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  knipsel feed catalog volkskrant         what there is to choose from
  knipsel feed add nos-binnenland         by its name in the catalogue
  knipsel feed add --outlet NOS           all feeds of an outlet
  knipsel feed add https://dorp.example/rss --name dorp
  knipsel feed test https://dorp.example/rss
  knipsel feed import reader.opml")]
pub(super) enum FeedCommand {
    /// List the feeds
    List(ListArgs),
    /// Show a feed and how it is doing
    Show(FeedShowArgs),
    /// Add feeds, by name from the catalogue or by URL
    Add(AddArgs),
    /// Take feeds out of the list; their articles stay
    Remove(NamesArgs),
    /// Keep feeds in the list but do not poll them
    Pause(NamesArgs),
    /// Poll paused feeds again
    Resume(NamesArgs),
    /// Write the address to which a feed has moved into the feed list
    AcceptMove(AcceptMoveArgs),
    /// Fetch a feed once and show what is in it; stores nothing
    Test(TestArgs),
    /// List the feeds of the catalogue
    Catalog(CatalogArgs),
    /// Add the feeds of an OPML file
    Import(FeedImportArgs),
    /// Write the feed list as OPML or TOML
    Export(FeedExportArgs),
}

/// Arguments of `feed list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed show`.
#[derive(Debug, Args)]
pub(super) struct FeedShowArgs {
    /// The name of the feed
    #[arg(value_name = "NAME")]
    pub name: String,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed add`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel feed add nos-binnenland nu-algemeen
  knipsel feed add --tag regional          all with that tag
  knipsel feed add https://dorp.example/rss --outlet 'De Dorpspomp'

A name given with a URL is used as it is, also when the feed cannot be reached
just now; otherwise the feed is fetched once, and its title makes the name.")]
pub(super) struct AddArgs {
    /// Names from the catalogue, or URLs of feeds
    #[arg(value_name = "NAME|URL", required_unless_present_any = ["tag", "outlet", "all"])]
    pub wanted: Vec<String>,
    /// All feeds of the catalogue with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// All feeds of the catalogue of this outlet; with a URL, its outlet
    #[arg(long, value_name = "OUTLET")]
    pub outlet: Vec<String>,
    /// The whole catalogue
    #[arg(long, conflicts_with_all = ["wanted", "tag", "outlet"])]
    pub all: bool,
    /// With a URL: the name of the feed
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub name: Option<String>,
    /// With a URL: the section of the feed
    #[arg(long, value_name = "SECTION", value_parser = NonEmptyStringValueParser::new())]
    pub section: Option<String>,
}

/// Names of feeds.
#[derive(Debug, Args)]
pub(super) struct NamesArgs {
    /// Names of feeds
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
}

/// Arguments of `feed accept-move`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  knipsel feed accept-move nos-binnenland

A feed whose server says that it has moved for good is still asked at the address
in the feed list. After three times over a day it is polled at the new address, if
that is of the same publisher; any other address is taken only by this command.
The feed keeps its name, its articles and its history. `knipsel feed show NAME`
tells where it has moved to.")]
pub(super) struct AcceptMoveArgs {
    /// The name of the feed
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// Arguments of `feed test`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel feed test nos-binnenland
  knipsel feed test https://dorp.example/rss --format json

Exits with 1 when it is not a feed, and with 6 when it cannot be fetched.")]
pub(super) struct TestArgs {
    /// A URL, or the name of a feed in the list or the catalogue
    #[arg(value_name = "URL|NAME")]
    pub feed: String,
    /// How to write what is in it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed catalog`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel feed catalog                     all of it
  knipsel feed catalog regional            by a tag
  knipsel feed catalog volkskrant --format jsonl")]
pub(super) struct CatalogArgs {
    /// Only feeds with this word in name, outlet, section, tags or URL
    #[arg(value_name = "WORD")]
    pub word: Option<String>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed import`.
#[derive(Debug, Args)]
pub(super) struct FeedImportArgs {
    /// The OPML file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// Arguments of `feed export`.
#[derive(Debug, Args)]
pub(super) struct FeedExportArgs {
    /// OPML for other readers, TOML for a feed list of knipsel
    #[arg(long, value_name = "FORMAT", default_value = "opml")]
    pub format: ListFormat,
}

/// Formats of a feed list: OPML 2.0 for other readers, TOML as knipsel keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Opml,
    Toml,
}

/// Arguments of `config`.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show every setting in force and where it came from
    Show(ConfigShowArgs),
    /// Print the documented defaults, to start a file from
    Defaults,
    /// Show where settings, feed list and archive are
    Paths(ConfigShowArgs),
}

/// Arguments of `config show` and `config paths`.
#[derive(Debug, Args)]
pub(super) struct ConfigShowArgs {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel completions bash > ~/.local/share/bash-completion/completions/knipsel
  knipsel completions fish > ~/.config/fish/completions/knipsel.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel man | man -l -                       read the main page
  knipsel man --out ~/.local/share/man/man1    install them all")]
pub(super) struct ManArgs {
    /// Write a page for every command into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}
