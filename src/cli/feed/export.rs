//! `knipsel feed export`: the feed list for other readers.

use crate::cli::args::{FeedExportArgs, Global, ListFormat};
use crate::cli::failure::{Exit, Failure};
use crate::cli::{out, setup};
use crate::config::feeds;
use crate::export;
use crate::model::feed::Feed;

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
