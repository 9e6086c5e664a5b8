//! Gaps that are due, looked up beside the polls.
//!
//! The state is the queue: what is due is a query. Gaps of one outlet are looked up together, one
//! outlet at a time never twice, so that its sitemap is read once for all of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use crate::coverage::Gap;
use crate::model::feed::Feed;
use crate::model::time::Timestamp;
use crate::repair::{self, Context, Read, Report, Want};
use crate::service::engine::{Engine, Shared};
use crate::service::{Error, causes, report};
use crate::store::repairs::{self, Suspect};
use crate::store::{self, FeedId};

/// Outlets looked up at once: it is never urgent.
const OUTLETS_MAX: usize = 2;

/// Documents that one look may ask for: an index, the news sitemap and a few that turn out to be
/// something else, or as many older pages.
const DOCUMENTS_MAX: usize = 10;

/// An outlet whose repair could not be stored waits this long: the disk may be full.
const HOLD: Duration = Duration::from_secs(60);

/// One that met a fault of ours will meet it again.
const HOLD_FAULT: Duration = Duration::from_secs(6 * 3_600);

/// The repairs that run.
#[derive(Debug, Default)]
pub(in crate::service) struct Repairs {
    tasks: JoinSet<Result<Report, store::Error>>,
    outlets: HashMap<Id, String>,
    held: HashMap<String, Instant>,
}

impl Repairs {
    /// Starts looking up the gaps that are due at `now`, of `chosen` feeds or of all.
    pub(in crate::service) fn start(
        &mut self,
        engine: &Engine,
        chosen: Option<&[FeedId]>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut due = repairs::due(&engine.reader, now)?;
        due.retain(|suspect| chosen.is_none_or(|ids| ids.contains(&suspect.feed)));
        let mut outlets: Vec<(String, Vec<Want>)> = Vec::new();
        for suspect in due {
            // A pause may not have been stored yet.
            if let Some(feed) = engine.feed(suspect.feed).filter(|feed| !feed.is_paused) {
                add(&mut outlets, want(Arc::clone(feed), suspect));
            }
        }
        self.held.retain(|_, until| *until > Instant::now());
        for (outlet, wants) in outlets {
            self.start_one(engine, outlet, wants);
        }
        Ok(())
    }

    /// Starts one unless there are enough, or this outlet is being looked up.
    fn start_one(&mut self, engine: &Engine, outlet: String, wants: Vec<Want>) {
        let is_busy = self.outlets.values().any(|running| *running == outlet);
        if is_busy || self.held.contains_key(&outlet) || self.tasks.len() >= OUTLETS_MAX {
            return;
        }
        let shared = Arc::clone(&engine.shared);
        let task = async move { shared.repair(wants, DOCUMENTS_MAX, &mut |_: &Read| {}).await };
        let handle = self.tasks.spawn(task);
        self.outlets.insert(handle.id(), outlet);
    }

    /// Waits for the next one to end; returns at once when none is running.
    pub(in crate::service) async fn next_ended(&mut self) {
        let Some(ended) = self.tasks.join_next_with_id().await else { return };
        let (task, result) = match ended {
            Ok((task, result)) => (task, result.map_err(|error| (HOLD, causes::line(&error)))),
            Err(error) => (error.id(), Err((HOLD_FAULT, format!("a fault of knipsel: {error}")))),
        };
        let outlet = self.outlets.remove(&task).unwrap_or_default();
        match result {
            Ok(report) => report::repair(&report),
            Err((hold, error)) => {
                tracing::error!("cannot look up what was missed of {outlet}: {error}");
                self.held.insert(outlet, Instant::now() + hold);
            }
        }
    }

    /// Whether none is running.
    pub(in crate::service) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Gives up what runs; it is due again.
    pub(in crate::service) async fn stop(&mut self) {
        self.tasks.shutdown().await;
        self.outlets.clear();
    }
}

impl Engine {
    /// Looks up `wants`, all of one outlet, now.
    pub(in crate::service) async fn repair(
        &self,
        wants: Vec<Want>,
        documents_max: usize,
        progress: &mut (dyn FnMut(&Read) + Send + Sync),
    ) -> Result<Report, store::Error> {
        self.shared.repair(wants, documents_max, progress).await
    }
}

impl Shared {
    async fn repair(
        &self,
        wants: Vec<Want>,
        documents_max: usize,
        progress: &mut (dyn FnMut(&Read) + Send + Sync),
    ) -> Result<Report, store::Error> {
        let clock = self.context().clock;
        let (client, writer, parsers) = (&self.client, &*self.writer, &*self.parsers);
        let context = Context { client, writer, parsers, clock, documents_max };
        let repaired = repair::repair(&context, wants, progress).await;
        self.store_host_files().await;
        repaired
    }
}

/// What is looked for in a gap of `feed`.
pub(in crate::service) fn want(feed: Arc<Feed>, suspect: Suspect) -> Want {
    let range: Gap = suspect.gap;
    Want { id: suspect.feed, feed, range, suspect: Some(suspect) }
}

/// Adds `want` to those of its outlet; a feed of nobody is looked up by itself.
fn add(outlets: &mut Vec<(String, Vec<Want>)>, want: Want) {
    let outlet = want.feed.outlet.clone().unwrap_or_else(|| want.feed.name.clone());
    match outlets.iter_mut().find(|(known, _)| *known == outlet) {
        Some((_, wants)) => wants.push(want),
        None => outlets.push((outlet, vec![want])),
    }
}
