//! The arguments, and the help that people read.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum, ValueHint};

use crate::cli::out::Format;

mod analyze;
mod ask;
mod backfill;
mod doctor;
mod evidence;
mod explore;
mod export;
mod extract;
mod feed;
mod history;
mod log;
mod merge;
mod prune;
mod reextract;
mod service;
mod story;
mod upkeep;
mod watch;

pub(super) use analyze::*;
pub(super) use ask::*;
pub(super) use backfill::*;
pub(super) use doctor::*;
pub(super) use evidence::*;
pub(super) use explore::*;
pub(super) use export::*;
pub(super) use extract::*;
pub(super) use feed::*;
pub(super) use history::*;
pub(super) use log::*;
pub(super) use merge::*;
pub(super) use prune::*;
pub(super) use reextract::*;
pub(super) use service::*;
pub(super) use story::*;
pub(super) use upkeep::*;
pub(super) use watch::*;

/// With the commit, where the release script built it.
const VERSION: &str = match option_env!("KNIPSEL_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// Keeps every article of Dutch news feeds, and answers questions about them.
#[derive(Debug, Parser)]
#[command(
    name = "knipsel",
    version = VERSION,
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

impl Cli {
    /// All commands and their arguments, as people read of them. Arguments that are described only when
    /// they are needed bring a name of their own for their command.
    pub(super) fn described() -> clap::Command {
        let about =
            |command: &clap::Command| (command.get_name().to_owned(), command.get_about().cloned());
        let abouts: Vec<_> = Self::command().get_subcommands().map(about).collect();
        let mut command = Self::command();
        command.build();
        abouts.into_iter().fold(command, |command, (name, about)| {
            command.mut_subcommand(name, |one| match about {
                Some(about) => one.about(about),
                None => one,
            })
        })
    }
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
    /// Do not page what is longer than a screen
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// How the log is written.
    #[arg(
        help = "The log; auto: journald in a service, else text",
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "auto"
    )]
    pub log_format: LogFormat,
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
// The arguments of forty commands take longer to describe than most questions to answer.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Command {
    /// Poll feeds around the clock
    Run(RunArgs),
    /// Poll feeds once and end, for cron or scripts
    Poll(PollArgs),
    /// Find articles
    Search(SearchArgs),
    /// Count articles over time, and plot them
    Timeline(TimelineArgs),
    /// Count what several queries find over time
    Compare(CompareArgs),
    /// Count articles by outlet, section, author, …
    Facets(FacetsArgs),
    /// Show who wrote something first
    First(FirstArgs),
    /// Show each match with what stands around it
    Kwic(KwicArgs),
    /// List words that begin so, and how frequent they are
    Terms(TermsArgs),
    /// Show words and names that rose
    Trends(TrendsArgs),
    /// Save searches, and be told what is new
    Watch(WatchArgs),
    /// Write what a query finds into files: a corpus
    Export(ExportArgs),
    /// Cite articles in BibTeX, RIS or CSL
    Cite(CiteArgs),
    /// Show an article: its text, where it was seen, its revisions
    Show(ShowArgs),
    /// List the revisions of an article, or the edits of all
    Revisions(RevisionsArgs),
    /// Show what a revision changed, word by word
    Diff(DiffArgs),
    /// List when feeds may have announced what was not seen
    Gaps(GapsArgs),
    /// Look up elsewhere what a feed announced unseen
    Backfill(BackfillArgs),
    /// Show what runs, how feeds are doing, what is archived
    Status(StatusArgs),
    /// List, add, remove and test feeds
    Feed(FeedArgs),
    /// Read article pages: their text and what they say of it
    Extract(ExtractArgs),
    /// Take articles from files into the archive
    Import(ImportArgs),
    /// Show who tells a story, who was first, what each kept of it
    Story(StoryArgs),
    /// Count what outlets take over and what they have alone
    Stats(StatsArgs),
    /// Ask the archive in SQL, read-only
    Sql(SqlArgs),
    /// List and export what was kept as servers sent it
    Warc(WarcArgs),
    /// Build the search index again from the archive
    Reindex,
    /// Show what search makes of words: forms, compounds, spellings
    Analyze(AnalyzeArgs),
    /// Copy the archive to a file, also while it is in use
    Backup(BackupArgs),
    /// Put a backup in the place of the archive
    Restore(RestoreArgs),
    /// Take what another archive holds into this one
    Merge(MergeArgs),
    /// Write the archive anew, as small as it can be
    Compact(CompactArgs),
    /// Make room: delete old captures, where you say so
    Prune(PruneArgs),
    /// Check that archive and index are whole
    Verify(VerifyArgs),
    /// Say what is wrong with the installation, and what to do
    Doctor(DoctorArgs),
    /// Make a systemd service of it, see how that does, remove it
    Service(ServiceArgs),
    /// Work out again which articles tell one story
    Recluster,
    /// Read kept pages once more, with a better extractor
    Reextract(ReextractArgs),
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

/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(after_help = "\
By its ending a file is:
  .jsonl        an article a line; only `text` is needed:
                {\"title\": …, \"text\": …, \"url\": …, \"outlet\": …,
                 \"author\": …, \"published\": \"2022-02-14\"}
  .json         the same as a list, or what Miniflux, FreshRSS or news-please
                exported
  .csv, .tsv    a row an article, under a line of these names
  .warc, .wet   pages, and texts
  any other     an article in plain text. Its first line may be its date, as
                precise as it is known: `date 2022-02`; or its metadata, as
                `title: …`, between two lines `---` (Markdown)
Each may be packed by gzip or Zstandard, and end in .gz or .zst after that.

What is there already is not stored again. The view `imports` has the file and
place that each revision came from.

Examples:
  knipsel import articles.jsonl
  knipsel import krant.csv starred.json crawl.warc.gz
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
