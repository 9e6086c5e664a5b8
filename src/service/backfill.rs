//! What a feed announced unseen, looked up now because its owner asks for it.

use std::sync::Arc;

use crate::coverage::Gap;
use crate::follow;
use crate::model::time::Timestamp;
use crate::repair::{Read, Report, Want};
use crate::service::engine::Engine;
use crate::service::engine::repairs::want;
use crate::service::{Error, Setup, follower};
use crate::store::repairs::of_feed;
use crate::store::{FeedId, Reader};

/// Documents of a kind that one backfill asks for; the next one goes on where it ended.
const DOCUMENTS_MAX: usize = 500;

/// What a backfill is to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The name of the feed.
    pub feed: String,
    /// Everything from then on; without it, only its gaps.
    pub since: Option<Timestamp>,
}

/// What a backfill came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backfilled {
    /// What was found.
    pub report: Report,
    /// It was stopped before its end; what it had found is stored.
    pub is_stopped: bool,
}

/// Looks up what `wish` names. Stops early when `shutdown` ends.
pub async fn backfill(
    setup: &Setup,
    wish: &Wish,
    progress: &mut (dyn FnMut(&Read) + Send + Sync),
    shutdown: impl Future<Output = ()>,
) -> Result<Backfilled, Error> {
    let engine = Engine::open(setup).await?;
    let named = |id: &FeedId| engine.feed(*id).is_some_and(|feed| feed.name == wish.feed);
    let id = engine.all().into_iter().find(named);
    let wants = match id {
        Some(id) => wants(&engine, id, wish.since, (setup.clock)())?,
        None => Vec::new(),
    };
    let backfilled = tokio::select! {
        report = engine.repair(wants, DOCUMENTS_MAX, progress) => {
            Backfilled { report: report?, is_stopped: false }
        }
        () = shutdown => Backfilled { is_stopped: true, ..Backfilled::default() },
    };
    let _lock = engine.close().await;
    let mut index = follower::open_index(&setup.layout.index())?;
    follow::catch_up(&Reader::open(&setup.layout)?, &mut index, |_| {})?;
    Ok(backfilled)
}

fn wants(
    engine: &Engine,
    id: FeedId,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<Want>, Error> {
    let Some(feed) = engine.feed(id) else { return Ok(Vec::new()) };
    let gaps = of_feed(&engine.reader, id, since.unwrap_or(Timestamp::EPOCH))?;
    let mut wants: Vec<Want> =
        gaps.into_iter().map(|suspect| want(Arc::clone(feed), suspect)).collect();
    if let Some(from) = since {
        let range = Gap { from, to: now };
        wants.push(Want { id, feed: Arc::clone(feed), range, suspect: None });
    }
    Ok(wants)
}
