//! The daemon: polls what is due, keeps the search index up to date, stops cleanly.
//!
//! It decides nothing about feeds or articles; it only calls the pipelines at the right time.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::settings::{Settings, Sources};
use crate::listen::passed::Passed;
use crate::model::feed::Feed;
use crate::service::watch::Watch;
use crate::store::Layout;
use crate::{config, fetch, follow, store};

pub mod alarms;
pub mod backfill;
pub mod causes;
pub mod clock;
mod engine;
mod follower;
mod metrics;
mod monitor;
mod notify;
pub mod pass;
mod readings;
mod report;
pub mod signals;
pub mod tell;
mod ticker;
mod watch;

pub use ticker::run;

/// How long running polls may take to end after a stop was asked for.
const GRACE: Duration = Duration::from_secs(3);

/// What a daemon starts with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The archive.
    pub layout: Layout,
    /// The settings in force.
    pub settings: Settings,
    /// The feed list.
    pub feeds: Vec<Feed>,
    /// Where both came from, to be read again when they change; `None` for a fixed set.
    pub files: Option<Files>,
    /// Sockets that the service manager listens on for it.
    pub sockets: Passed,
    /// The wall clock.
    pub clock: clock::Clock,
}

/// The owner's files, watched from the moment this is made: make it before reading them, so that
/// no change falls in between.
#[derive(Debug, Clone)]
pub struct Files {
    sources: Sources,
    feeds: PathBuf,
    watch: Watch,
}

impl Files {
    /// Settings from `sources`, and the feed list at `feeds`.
    pub fn new(sources: Sources, feeds: PathBuf) -> Self {
        let watch = Watch::new([sources.file.path().to_owned(), feeds.clone()]);
        Self { sources, feeds, watch }
    }
}

/// Why the daemon cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The door to the web.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// The search index.
    #[error(transparent)]
    Follow(#[from] follow::Error),
    /// The owner's files.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// The system.
    #[error("cannot {action}")]
    System {
        /// What was being done.
        action: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
}
