//! The arguments of `feed`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::cli::out::Format;

/// Arguments of `feed`.
#[derive(Debug, Args)]
pub(in crate::cli) struct FeedArgs {
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
  knipsel feed add dorp.example           or of a page, whose feeds are found
  knipsel feed test https://dorp.example/rss
  knipsel feed import reader.opml")]
pub(in crate::cli) enum FeedCommand {
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
    /// Show what is read of feed documents, and what had to be mended
    Inspect(InspectArgs),
    /// List the feeds of the catalogue
    Catalog(CatalogArgs),
    /// Add the feeds of another reader's list
    Import(FeedImportArgs),
    /// Write the feed list as OPML or TOML
    Export(FeedExportArgs),
}

/// Arguments of `feed list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed show`.
#[derive(Debug, Args)]
pub(in crate::cli) struct FeedShowArgs {
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
  knipsel feed add dorp.example            the feed of a site
  knipsel feed add dorp.example --pick 2   the second, when it has several

Of a web page the feeds are looked for: what it announces, what it links to,
what the catalogue knows, and where feeds usually are. Each is fetched once,
with the pause that its host is given. Where it is not clear which is meant,
they are shown and none is added.
A name given with a URL is used as it is, also when the feed cannot be reached
just now; otherwise the feed is fetched once, and its title makes the name.")]
pub(in crate::cli) struct AddArgs {
    /// Names from the catalogue, or URLs of feeds or of pages
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
    /// With the URL of a page: which of its feeds, by number, or all
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = pick)]
    pub pick: Vec<Pick>,
}

/// Which feeds of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Pick {
    Number(NonZeroUsize),
    All,
}

fn pick(text: &str) -> Result<Pick, String> {
    if text == "all" {
        return Ok(Pick::All);
    }
    text.parse().map(Pick::Number).map_err(|_| "neither a number of the list nor `all`".to_owned())
}

/// Names of feeds.
#[derive(Debug, Args)]
pub(in crate::cli) struct NamesArgs {
    /// Names of feeds
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
}

/// Arguments of `feed accept-move`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  knipsel feed accept-move nos-binnenland

A feed whose server says that it has moved for good is still asked at the
address in the feed list. After three times over a day it is polled at the new
address, if that is of the same publisher; any other address is taken only by
this command. The feed keeps its name, its articles and its history.
`knipsel feed show NAME` tells where it has moved to.")]
pub(in crate::cli) struct AcceptMoveArgs {
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
  knipsel feed test dorp.example           the feeds of a site

Exits with 1 when it is no feed and none is found on it, and with 6 when it
cannot be fetched.")]
pub(in crate::cli) struct TestArgs {
    /// A URL, or the name of a feed in the list or the catalogue
    #[arg(value_name = "URL|NAME")]
    pub feed: String,
    /// How to write what is in it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed inspect`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel feed inspect rss.xml               what a reader gets of a saved feed
  knipsel feed inspect *.xml --format jsonl  one object a document
  knipsel feed inspect https://dorp.example/rss --format json
  curl -s https://dorp.example/rss | knipsel feed inspect -

Files are read without touching the network. Nothing is stored.
Exits with 1 when none of the documents is a feed.")]
pub(in crate::cli) struct InspectArgs {
    /// Files, `-` for standard input, or URLs
    #[arg(value_name = "FILE|URL", required = true, value_hint = ValueHint::AnyPath)]
    pub documents: Vec<String>,
    /// The address of the files, to resolve links that are relative to it
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
    pub base: String,
    /// How to write what is in them
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
pub(in crate::cli) struct CatalogArgs {
    /// Only feeds with this word in name, outlet, section, tags or URL
    #[arg(value_name = "WORD")]
    pub word: Option<String>,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed import`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  knipsel feed import reader.opml --dry-run    what would be added
  knipsel feed import ~/.newsboat/urls
  knipsel feed import feeds.txt --format json

Takes OPML of any reader, the urls file of newsboat, a list of knipsel, or a
text with an address on each line. Folders and categories become tags. A feed
that is in the list already, however its address is written, is not added again.")]
pub(in crate::cli) struct FeedImportArgs {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Show what would be added, and add nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to write what became of each feed
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `feed export`.
#[derive(Debug, Args)]
pub(in crate::cli) struct FeedExportArgs {
    /// OPML for other readers, TOML for a feed list of knipsel
    #[arg(long, value_name = "FORMAT", default_value = "opml")]
    pub format: ListFormat,
}

/// Formats of a feed list: OPML 2.0 for other readers, TOML as knipsel keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ListFormat {
    Opml,
    Toml,
}
