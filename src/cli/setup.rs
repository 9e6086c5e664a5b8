//! What commands start from: paths, settings, the feed list, the archive.

use crate::cli::args::Global;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out;
use crate::config::paths::{Flags, Paths};
use crate::config::settings::{Loaded, Settings, Sources};
use crate::config::{self, catalogue, feeds};
use crate::listen::passed::Passed;
use crate::model::feed::Feed;
use crate::service::{Files, Setup, clock};
use crate::store::{self, Layout, Reader};

/// Where everything is.
pub(super) fn paths(global: &Global) -> Result<Paths, Failure> {
    let flags = Flags {
        config: global.config.clone(),
        feeds: global.feeds.clone(),
        archive: global.archive.clone(),
    };
    Ok(Paths::find(&flags, &config::environment())?)
}

/// The folder of the archive, wherever the settings and feed list may be.
pub(super) fn layout(global: &Global) -> Result<Layout, Failure> {
    match &global.archive {
        Some(dir) => Ok(Layout::new(dir)),
        None => Ok(Layout::new(paths(global)?.archive)),
    }
}

/// The archive, opened for reading.
pub(super) fn reader(global: &Global) -> Result<Reader, Failure> {
    Ok(Reader::open(&layout(global)?)?)
}

/// The archive, opened for reading, if there is one yet.
pub(super) fn reader_if_any(global: &Global) -> Result<Option<Reader>, Failure> {
    match Reader::open(&layout(global)?) {
        Ok(reader) => Ok(Some(reader)),
        Err(store::Error::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The settings and where each came from.
pub(super) fn settings(global: &Global, paths: &Paths) -> Result<Loaded, Failure> {
    Ok(Settings::load(&sources(global, paths))?)
}

fn sources(global: &Global, paths: &Paths) -> Sources {
    Sources {
        file: paths.settings.clone(),
        environment: config::environment(),
        flags: global.set.clone(),
    }
}

/// All that polling needs. A first run gets a feed list with the starter set.
pub(super) fn daemon(global: &Global) -> Result<Setup, Failure> {
    let paths = paths(global)?;
    let files = Files::new(sources(global, &paths), paths.feeds.clone());
    Ok(Setup {
        layout: Layout::new(paths.archive.clone()),
        settings: settings(global, &paths)?.settings,
        feeds: listed_feeds(&paths)?,
        files: Some(files),
        sockets: Passed::default(),
        clock: clock::now,
    })
}

/// The feeds of the list. Where there is none and none may be written, as in a service whose
/// configuration folder is root's, the starter set stands in until there is.
fn listed_feeds(paths: &Paths) -> Result<Vec<Feed>, Failure> {
    must_not_be_lost(paths)?;
    if let Err(error) = create_feed_list(paths) {
        out::note(&format!("{error}; polling the starter set meanwhile"));
        return Ok(catalogue::starter().cloned().collect());
    }
    let listed = feeds::load(&paths.feeds)?;
    if listed.is_empty() && !known_feeds(paths).is_empty() {
        let path = paths.feeds.display();
        out::note(&format!("there is no feed in `{path}`; nothing is polled, though feeds were"));
    }
    Ok(listed)
}

/// The names of the feeds that the archive was ever polled for.
fn known_feeds(paths: &Paths) -> Vec<String> {
    let reader = Reader::open(&Layout::new(&paths.archive)).ok();
    reader.and_then(|reader| store::feeds::names(&reader).ok()).unwrap_or_default()
}

/// Refuses to put the starter set in the place of a list that is gone.
fn must_not_be_lost(paths: &Paths) -> Result<(), Failure> {
    if paths.feeds.exists() {
        return Ok(());
    }
    let starter: Vec<&str> = catalogue::starter().map(|feed| feed.name.as_str()).collect();
    let known = known_feeds(paths);
    let Some(own) = known.iter().find(|name| !starter.contains(&name.as_str())) else {
        return Ok(());
    };
    let path = paths.feeds.display();
    let told = format!("the feed list `{path}` is gone, and the archive knows feeds as `{own}`");
    Err(Failure::new(Exit::Config, told)
        .hint("put it back, or make a new one: a comment is enough"))
}

/// The feeds of the list; none while there is no list.
pub(super) fn listed(paths: &Paths) -> Result<Vec<Feed>, Failure> {
    if paths.feeds.exists() { Ok(feeds::load(&paths.feeds)?) } else { Ok(Vec::new()) }
}

/// The feeds of a list that must be there.
pub(super) fn feed_list(paths: &Paths) -> Result<Vec<Feed>, Failure> {
    if !paths.feeds.exists() {
        let path = paths.feeds.display();
        return Err(Failure::new(Exit::Config, format!("there is no feed list at `{path}` yet"))
            .hint("`knipsel run` or `knipsel feed add NAME` makes one"));
    }
    listed(paths)
}

/// Writes the starter set where there is no feed list yet.
pub(super) fn create_feed_list(paths: &Paths) -> Result<(), Failure> {
    if !paths.feeds.exists() {
        must_not_be_lost(paths)?;
        let n_feeds = feeds::create_starter(&paths.feeds)?;
        let path = paths.feeds.display();
        out::note(&format!("wrote {path} with {n_feeds} feeds of the main outlets"));
    }
    Ok(())
}
