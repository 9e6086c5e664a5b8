//! One pass for cron or scripts: poll, index, end.

use std::collections::HashSet;
use std::time::Duration;

use crate::model::fetch::Outcome;
use crate::model::time::Timestamp;
use crate::poll::Polled;
use crate::service::alarms::Alarms;
use crate::service::engine::Engine;
use crate::service::engine::repairs::Repairs;
use crate::service::{Error, Setup, causes, follower};
use crate::store::{FeedId, Layout, Lock, Reader, Writer, feeds};
use crate::{follow, mention, relate, store};

/// Articles read for names and compared with others in one pass that found any. The first pass over
/// a long feed list finds more; those that follow, or a daemon, do the rest.
const COMPARED_MAX: usize = 500;

/// Which feeds to poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those that are due.
    Due,
    /// All that are not paused, but none whose server asked to wait.
    All,
    /// These, by name, paused or not.
    Named(Vec<String>),
}

/// What a pass came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Feeds polled.
    pub n_polled: usize,
    /// Feeds that failed.
    pub n_failed: usize,
    /// Articles not seen before.
    pub n_new: usize,
    /// New revisions.
    pub n_revised: usize,
    /// Article pages read.
    pub n_pages: usize,
}

impl Summary {
    fn count(&mut self, polled: &Polled) {
        self.n_polled += 1;
        self.n_failed += usize::from(matches!(polled.outcome, Outcome::Failed(_) | Outcome::Gone));
        self.n_new += polled.tally.n_new;
        self.n_revised += polled.tally.n_revised;
    }

    /// Whether no article is new or has changed.
    fn is_idle(&self) -> bool {
        self.n_new == 0 && self.n_revised == 0 && self.n_pages == 0
    }
}

/// How long a pass goes on to read the pages that are due. The rest is due the next time.
const PAGES_FOR: Duration = Duration::from_secs(30);

/// Reads the pages that are due, each once, until one cannot be stored. None of them makes the pass
/// fail.
async fn read_pages(
    engine: &mut Engine,
    summary: &mut Summary,
    shutdown: &mut (impl Future<Output = ()> + Unpin),
) -> Result<(), Error> {
    let end = tokio::time::sleep(PAGES_FOR);
    tokio::pin!(end);
    let mut tried = HashSet::new();
    loop {
        engine.start_pages(&tried)?;
        let ended = tokio::select! {
            ended = engine.next_read() => ended,
            () = &mut end => None,
            () = &mut *shutdown => None,
        };
        let Some((article, result)) = ended else { return Ok(()) };
        match result {
            Ok(read) => summary.n_pages += usize::from(read.is_success()),
            Err(fault @ store::Error::Fault(_)) => tracing::error!("while reading a page: {fault}"),
            Err(error) => return Err(error.into()),
        }
        tried.insert(article);
    }
}

/// Polls the selected feeds once. Stops early when `shutdown` ends.
pub async fn pass(
    setup: &Setup,
    selection: &Selection,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, Error> {
    let mut engine = Engine::open(setup).await?;
    let chosen = chosen(&engine, selection, (setup.clock)())?;
    for id in &chosen {
        engine.start(*id)?;
    }
    let mut summary = Summary::default();
    let mut unstored: Option<Error> = None;
    tokio::pin!(shutdown);
    let mut is_stopped = false;
    loop {
        let ended = tokio::select! {
            ended = engine.next_ended() => ended,
            () = &mut shutdown => {
                is_stopped = true;
                None
            }
        };
        let Some(ended) = ended else { break };
        match ended.result {
            Ok(polled) => summary.count(&polled),
            // The others may be stored all the same.
            Err(error) => {
                let name = engine.feed(ended.feed).map_or("a feed", |feed| &feed.name);
                tracing::error!("{name}: cannot be stored: {}", causes::line(&error));
                unstored = unstored.or(Some(error.into()));
            }
        }
    }
    // What fell into a gap just now may be found at once; what is not found is due again later.
    let mut repairs = Repairs::default();
    while !is_stopped {
        repairs.start(&engine, Some(&chosen), (setup.clock)())?;
        if repairs.is_idle() {
            break;
        }
        tokio::select! {
            () = repairs.next_ended() => {}
            () = &mut shutdown => is_stopped = true,
        }
    }
    repairs.stop().await;
    if !is_stopped && let Err(error) = read_pages(&mut engine, &mut summary, &mut shutdown).await {
        unstored = unstored.or(Some(error));
    }
    let _lock = close(engine, setup, unstored.as_ref()).await?;
    let layout = setup.layout.clone();
    let n_compared_max = if summary.is_idle() { 0 } else { COMPARED_MAX };
    let followed = tokio::task::spawn_blocking(move || catch_up(&layout, n_compared_max)).await;
    followed.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))?;
    unstored.map_or(Ok(summary), Err)
}

fn chosen(engine: &Engine, selection: &Selection, now: Timestamp) -> Result<Vec<FeedId>, Error> {
    Ok(match selection {
        Selection::Due => feeds::due(&engine.reader, now)?,
        Selection::All => {
            let waiting = feeds::asked_to_wait(&engine.reader, now)?;
            let mut ids = engine.active();
            ids.retain(|id| !waiting.contains(id));
            ids
        }
        Selection::Named(names) => {
            let mut ids = engine.all();
            ids.retain(|id| engine.feed(*id).is_some_and(|feed| names.contains(&feed.name)));
            ids
        }
    })
}

/// Looks whether something is wrong, for who polls by a timer is told as well, and closes.
async fn close(engine: Engine, setup: &Setup, unstored: Option<&Error>) -> Result<Lock, Error> {
    let mut alarms = Alarms::open(setup, &engine, None)?;
    if let Some(error) = unstored {
        alarms.not_stored(causes::line(error), (setup.clock)());
    }
    alarms.look(&engine.reader, None, (setup.clock)()).await?;
    alarms.finish((setup.clock)()).await;
    drop(alarms);
    Ok(engine.close().await)
}

fn catch_up(layout: &Layout, n_compared_max: usize) -> Result<(), Error> {
    let reader = Reader::open(layout)?;
    if n_compared_max > 0 {
        let writer = Writer::open(layout)?;
        mention::catch_up(&reader, &writer, n_compared_max)?;
        relate::catch_up(&reader, &writer, n_compared_max, |_| {})?;
    }
    let mut index = follower::open_index(&layout.index())?;
    follow::catch_up(&reader, &mut index, |_| {})?;
    Ok(())
}
