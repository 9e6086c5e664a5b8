//! `knipsel feed import` and `export`: feed lists of and for other readers.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::cli::args::{FeedExportArgs, FeedImportArgs, Global, ListFormat};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::add;
use crate::cli::feed::known::Known;
use crate::cli::{out, setup};
use crate::config::{entries, feeds};
use crate::export;
use crate::model::feed::Feed;
use crate::normalize::text::squeeze;
use crate::parse::{charset, opml};

/// The rest of a longer file is not a list of feeds.
const BYTES_MAX: u64 = 16 << 20;

pub(super) fn import(global: &Global, args: &FeedImportArgs) -> Result<Exit, Failure> {
    let name = args.file.display();
    let (outlines, warnings) = opml::parse(&read(&args.file)?);
    if outlines.is_empty() {
        let reason = warnings.last().map_or("there is nothing in it", String::as_str);
        let message = format!("cannot read feeds from `{name}`: {reason}");
        return Err(Failure::new(Exit::Config, message));
    }
    for warning in &warnings {
        out::warning(&format!("`{name}`: {warning}"));
    }
    let paths = setup::paths(global)?;
    let mut known = Known::new(&setup::listed(&paths)?);
    let mut chosen = Vec::new();
    for outline in &outlines {
        match entries::check_url(&outline.url) {
            Ok(()) => chosen.push(take_up(outline, &mut known)),
            Err(reason) => out::warning(&format!("`{name}`: {reason}; left out")),
        }
    }
    add::put(global, &paths, &chosen)?;
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes)).map_err(
        |error| Failure::new(Exit::NotFound, format!("cannot read `{}`: {error}", path.display())),
    )?;
    Ok(charset::decode(&bytes, None).0.into_owned())
}

/// The feed of an outline: as it is known, or under a name made of its title.
fn take_up(outline: &opml::OpmlFeed, known: &mut Known) -> Feed {
    if let Some(feed) = known.at(&outline.url) {
        return feed.clone();
    }
    let mut feed = Feed::new(known.new_name(&outline.title, &outline.url), &outline.url);
    // The list is a file that people look at in a terminal.
    feed.tags = outline.tags.iter().map(|tag| squeeze(tag)).filter(|tag| !tag.is_empty()).collect();
    known.remember(feed.clone());
    feed
}

pub(super) fn export(global: &Global, args: &FeedExportArgs) -> Result<Exit, Failure> {
    let listed = setup::feed_list(&setup::paths(global)?)?;
    let listed: Vec<&Feed> = listed.iter().collect();
    let mut document = Vec::new();
    match args.format {
        ListFormat::Opml => export::opml::write(&mut document, &listed)?,
        ListFormat::Toml => document.extend(feeds::document(&listed).trim_start().bytes()),
    }
    out::document(&document)?;
    Ok(Exit::Done)
}
