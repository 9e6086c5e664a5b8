//! The opened parts of a daemon, and the polls that run on them.

pub(super) mod repairs;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;
use tokio::task::{Id, JoinError, JoinSet};

use crate::fetch::client::Client;
use crate::model::feed::Feed;
use crate::model::fetch::{Failure, FailureClass};
use crate::poll::{self, Context, Polled};
use crate::schedule::Policy;
use crate::schedule::outage::Outage;
use crate::service::clock::Clock;
use crate::service::{Error, GRACE, Setup, report};
use crate::store::{self, FeedId, Lock, Reader, Writer, captures, feeds, polls};
use crate::warc::Keeper;

/// Documents parsed at once. One thread keeps up with thousands of feeds, and even 16 documents of
/// the largest size are read within seconds; each takes some ten times its size in memory.
const PARSERS: usize = 1;

/// Everything that is open while feeds are polled.
#[derive(Debug)]
pub(super) struct Engine {
    shared: Arc<Shared>,
    pub(super) reader: Reader,
    feeds: HashMap<FeedId, Arc<Feed>>,
    tasks: JoinSet<(FeedId, Result<Polled, store::Error>)>,
    running: HashMap<Id, FeedId>,
    // Last, so that nobody else gets the archive before it is closed.
    lock: Lock,
}

/// What the polls share.
#[derive(Debug)]
struct Shared {
    client: Client,
    policy: Policy,
    writer: Arc<Writer>,
    outage: Arc<Mutex<Outage>>,
    parsers: Arc<Semaphore>,
    keeper: Arc<Keeper>,
    clock: Clock,
}

impl Shared {
    fn context(&self) -> Context<'_> {
        Context {
            client: &self.client,
            writer: &self.writer,
            policy: &self.policy,
            outage: &self.outage,
            parsers: &self.parsers,
            keeper: &self.keeper,
            clock: self.clock,
        }
    }
}

/// A poll that ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) feed: FeedId,
    /// `Err` when the archive could not be written; the state of the feed is then as it was.
    pub(super) result: Result<Polled, store::Error>,
}

impl Engine {
    /// Locks and opens the archive and takes up the feed list.
    pub(super) async fn open(setup: &Setup) -> Result<Self, Error> {
        let lock = Lock::acquire(&setup.layout)?;
        let client = Client::new(setup.settings.fetch.clone())?;
        let writer = Arc::new(Writer::open(&setup.layout)?);
        let reader = Reader::open(&setup.layout)?;
        let last = captures::end(&reader)?;
        let keeper = Keeper::new(setup.layout.warc(), &setup.settings.archive, last);
        let mut engine = Self {
            shared: Arc::new(Shared {
                client,
                policy: setup.settings.poll.clone(),
                writer,
                outage: Arc::default(),
                parsers: Arc::new(Semaphore::new(PARSERS)),
                keeper: Arc::new(keeper),
                clock: setup.clock,
            }),
            reader,
            feeds: HashMap::new(),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            lock,
        };
        // Whom the last run asked just before it ended is not known: a killed one stored nothing of
        // it, and the clock may have been set since.
        if feeds::any_polled(&engine.reader)? {
            engine.shared.client.rest();
        }
        engine.take_up_feeds(&setup.feeds).await?;
        Ok(engine)
    }

    /// Replaces settings and feed list; polls that run go on with the old ones.
    pub(super) async fn reload(&mut self, setup: &Setup) -> Result<(), Error> {
        self.shared.keeper.set(&setup.settings.archive);
        self.shared = Arc::new(Shared {
            client: self.shared.client.renewed(setup.settings.fetch.clone())?,
            policy: setup.settings.poll.clone(),
            writer: Arc::clone(&self.shared.writer),
            outage: Arc::clone(&self.shared.outage),
            parsers: Arc::clone(&self.shared.parsers),
            keeper: Arc::clone(&self.shared.keeper),
            clock: self.shared.clock,
        });
        self.take_up_feeds(&setup.feeds).await
    }

    async fn take_up_feeds(&mut self, list: &[Feed]) -> Result<(), Error> {
        let stored = list.to_vec();
        let now = (self.shared.clock)();
        let ids = self.shared.writer.write(move |tx| feeds::sync(tx, &stored, now)).await?;
        self.feeds = ids.into_iter().zip(list.iter().cloned().map(Arc::new)).collect();
        Ok(())
    }

    /// The feed in the row `id`, if it is still in the list.
    pub(super) fn feed(&self, id: FeedId) -> Option<&Arc<Feed>> {
        self.feeds.get(&id)
    }

    /// All feeds that are not paused, in the order of the list.
    pub(super) fn active(&self) -> Vec<FeedId> {
        let mut ids = self.all();
        ids.retain(|id| self.feeds.get(id).is_some_and(|feed| !feed.is_paused));
        ids
    }

    /// All feeds, in the order of the list.
    pub(super) fn all(&self) -> Vec<FeedId> {
        let mut ids: Vec<FeedId> = self.feeds.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Starts a poll unless one of this feed is running.
    pub(super) fn start(&mut self, id: FeedId) -> Result<(), Error> {
        let Some(feed) = self.feeds.get(&id).map(Arc::clone) else { return Ok(()) };
        if self.running.values().any(|running| *running == id) {
            return Ok(());
        }
        let state = polls::state(&self.reader, id)?;
        let shared = Arc::clone(&self.shared);
        let handle = self
            .tasks
            .spawn(async move { (id, poll::poll(&shared.context(), id, &feed, state).await) });
        self.running.insert(handle.id(), id);
        Ok(())
    }

    /// Waits for the next poll to end; `None` at once when none is running.
    pub(super) async fn next_ended(&mut self) -> Option<Ended> {
        let ended = match self.tasks.join_next_with_id().await? {
            Ok((task, (feed, result))) => {
                self.running.remove(&task);
                Ended { feed, result }
            }
            Err(error) => {
                let feed = self.running.remove(&error.id())?;
                Ended { feed, result: self.record_panic(feed, &error).await }
            }
        };
        if let (Some(feed), Ok(polled)) = (self.feeds.get(&ended.feed), &ended.result) {
            report::poll(feed, polled);
        }
        Some(ended)
    }

    /// A fault of ours is a failure of that poll, so that it is not tried again at once.
    async fn record_panic(&self, id: FeedId, error: &JoinError) -> Result<Polled, store::Error> {
        let state = polls::state(&self.reader, id)?;
        let name = self.feeds.get(&id).map(|feed| feed.name.clone()).unwrap_or_default();
        let failure = Failure::new(FailureClass::Internal, format!("a fault of knipsel: {error}"));
        poll::record_failure(&self.shared.context(), id, name, state, failure).await
    }

    /// The archive, for others that write to it.
    pub(super) fn writer(&self) -> Arc<Writer> {
        Arc::clone(&self.shared.writer)
    }

    /// Whether any poll is running.
    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Proves that the writing thread answers.
    pub(super) async fn ping_writer(&self) -> Result<(), store::Error> {
        self.shared.writer.write(|_| Ok(())).await
    }

    /// Lets running polls end for a moment and gives up the rest; what they would have stored is
    /// fetched again by the next start.
    pub(super) async fn stop(&mut self) {
        let deadline = tokio::time::sleep(GRACE);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                ended = self.next_ended() => if ended.is_none() { break },
                () = &mut deadline => break,
            }
        }
        self.tasks.shutdown().await;
        self.running.clear();
    }

    /// Stops and closes everything but the lock, so that what follows has the memory.
    pub(super) async fn close(mut self) -> Lock {
        self.stop().await;
        self.lock
    }
}
