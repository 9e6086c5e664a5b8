//! The opened parts of a daemon, and the polls that run on them.

mod list;
pub(super) mod push;
pub(super) mod repairs;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::{Id, JoinError, JoinSet};

use crate::enrich::learned::{self, Learned};
use crate::enrich::{self, Read};
use crate::fetch::client::Client;
use crate::model::feed::Feed;
use crate::model::fetch::{Failure, FailureClass};
use crate::poll::{self, Context, Polled};
use crate::schedule::outage::Outage;
use crate::schedule::{self, Policy};
use crate::service::clock::Clock;
use crate::service::readings::Readings as Pages;
use crate::service::{Error, GRACE, Setup, causes, report};
use crate::store::pages::state::{self, State};
use crate::store::place::Place;
use crate::store::{
    self, ArticleRow, FeedId, Lock, Reader, Writer, captures, feeds, host_files, pages, polls,
    recurring,
};
use crate::warc::Keeper;
use crate::websub;
use crate::worker::{self, Worker};

/// Documents parsed at once. One thread keeps up with thousands of feeds, and even 16 documents of
/// the largest size are read within seconds; each takes some ten times its size in memory.
const PARSERS: usize = 1;

/// Everything that is open while feeds are polled.
#[derive(Debug)]
pub(super) struct Engine {
    shared: Arc<Shared>,
    pub(super) reader: Reader,
    feeds: HashMap<FeedId, Arc<Feed>>,
    tasks: JoinSet<Result<Polled, store::Error>>,
    running: HashMap<Id, FeedId>,
    pages: Pages,
    place: Place,
    // Last, so that nobody else gets the archive before it is closed.
    lock: Lock,
}

/// What polls and readings share.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    client: Client,
    policy: Policy,
    pages: schedule::pages::Policy,
    writer: Arc<Writer>,
    outage: Arc<Mutex<Outage>>,
    parsers: Arc<Semaphore>,
    keeper: Arc<Keeper>,
    clock: Clock,
    worker: Arc<tokio::sync::Mutex<Worker>>,
    learned: Arc<Mutex<Learned>>,
    websub: websub::Options,
    /// A daemon listens for what hubs push.
    asks_hubs: bool,
}

impl Shared {
    pub(super) fn reading(&self) -> enrich::Context<'_> {
        enrich::Context {
            client: &self.client,
            writer: &self.writer,
            policy: &self.pages,
            worker: &self.worker,
            learned: &self.learned,
            keeper: &self.keeper,
            clock: self.clock,
        }
    }

    /// Stores what hosts said of themselves, so that the next run need not ask.
    pub(super) async fn store_host_files(&self) {
        let (files, now) = (self.client.take_host_files(), (self.clock)());
        if files.is_empty() {
            return;
        }
        let stored = self.writer.write(move |tx| host_files::set(tx, &files, now)).await;
        if let Err(error) = stored {
            tracing::warn!("cannot store what hosts said of themselves: {}", causes::line(&error));
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            client: &self.client,
            writer: &self.writer,
            policy: &self.policy,
            pages: &self.pages,
            outage: &self.outage,
            parsers: &self.parsers,
            keeper: &self.keeper,
            clock: self.clock,
            asks_hubs: self.asks_hubs,
        }
    }
}

/// The child is this program itself.
fn worker() -> Result<Worker, Error> {
    let program = std::env::current_exe()
        .map_err(|source| Error::System { action: "find this program's file", source })?;
    Ok(Worker::new(worker::Options::new(program)))
}

/// What a poll leaves, or how its task ended.
#[derive(Debug)]
pub(super) struct Joined(Result<(Id, Result<Polled, store::Error>), JoinError>);

/// What a reading leaves: the page, and what came of it.
pub(super) type ReadEnd = (ArticleRow, Result<Read, store::Error>);

/// Something ended.
#[derive(Debug)]
pub(super) enum Event {
    /// A poll, to be entered by [`Engine::ended`].
    Polled(Box<Joined>),
    /// The reading of a page.
    Read(Option<ReadEnd>),
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
                pages: setup.settings.pages.clone(),
                writer,
                outage: Arc::default(),
                parsers: Arc::new(Semaphore::new(PARSERS)),
                keeper: Arc::new(keeper),
                clock: setup.clock,
                worker: Arc::new(tokio::sync::Mutex::new(worker()?)),
                learned: Arc::default(),
                websub: setup.settings.websub.clone(),
                asks_hubs: false,
            }),
            reader,
            feeds: HashMap::new(),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            pages: Pages::default(),
            place: Place::of(&setup.layout)?,
            lock,
        };
        // Whom the last run asked just before it ended is not known: a killed one stored nothing of
        // it, and the clock may have been set since.
        if feeds::any_polled(&engine.reader)? {
            engine.shared.client.rest();
        }
        engine.shared.client.recall(&host_files::all(&engine.reader)?);
        engine.shared.client.let_rest(&feeds::resting(&engine.reader, (setup.clock)())?);
        engine.take_up_feeds(&setup.feeds).await?;
        Ok(engine)
    }

    /// Replaces settings and feed list; polls that run go on with the old ones.
    pub(super) async fn reload(&mut self, setup: &Setup) -> Result<(), Error> {
        let asks_otherwise = *self.shared.client.options() != setup.settings.fetch;
        let client = self.shared.client.renewed(setup.settings.fetch.clone())?;
        self.take_up_feeds(&setup.feeds).await?;
        if asks_otherwise {
            self.retry_failing().await?;
        }
        self.shared.keeper.set(&setup.settings.archive);
        self.shared = Arc::new(Shared {
            client,
            policy: setup.settings.poll.clone(),
            pages: setup.settings.pages.clone(),
            writer: Arc::clone(&self.shared.writer),
            outage: Arc::clone(&self.shared.outage),
            parsers: Arc::clone(&self.shared.parsers),
            keeper: Arc::clone(&self.shared.keeper),
            clock: self.shared.clock,
            worker: Arc::clone(&self.shared.worker),
            learned: Arc::clone(&self.shared.learned),
            websub: setup.settings.websub.clone(),
            asks_hubs: false,
        });
        Ok(())
    }

    /// From now on, until the settings are read again, polls look whether a hub could push.
    fn ask_hubs(&mut self) {
        self.shared = Arc::new(Shared { asks_hubs: true, ..Shared::clone(&self.shared) });
    }

    /// Starts a poll unless one of this feed is running.
    pub(super) fn start(&mut self, id: FeedId) -> Result<(), Error> {
        let Some(feed) = self.feeds.get(&id).map(Arc::clone) else { return Ok(()) };
        if self.running.values().any(|running| *running == id) {
            return Ok(());
        }
        let state = polls::state(&self.reader, id)?;
        let shared = Arc::clone(&self.shared);
        let handle =
            self.tasks.spawn(async move { poll::poll(&shared.context(), id, &feed, state).await });
        self.running.insert(handle.id(), id);
        Ok(())
    }

    /// Waits for the next poll to end; `None` at once when none is running.
    pub(super) async fn next_ended(&mut self) -> Option<Ended> {
        let joined = Joined(self.tasks.join_next_with_id().await?);
        self.ended(joined).await
    }

    /// Waits for the next poll or reading to end; for ever when there is none.
    pub(super) async fn next_event(&mut self) -> Event {
        tokio::select! {
            Some(joined) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                Event::Polled(Box::new(Joined(joined)))
            }
            read = self.pages.next(), if !self.pages.is_empty() => Event::Read(read),
            else => std::future::pending().await,
        }
    }

    /// Enters that a poll ended; `None` for one that was given up.
    pub(super) async fn ended(&mut self, joined: Joined) -> Option<Ended> {
        let (task, end) = match joined.0 {
            Ok(ended) => ended,
            Err(error) => (error.id(), Err(store::Error::Fault(error.to_string()))),
        };
        let feed = self.running.remove(&task)?;
        let result = match end {
            Err(store::Error::Fault(fault)) => self.record_fault(feed, &fault).await,
            result => result,
        };
        if let (Some(feed), Ok(polled)) = (self.feeds.get(&feed), &result) {
            report::poll(feed, polled, (self.shared.clock)());
        }
        Some(Ended { feed, result })
    }

    /// A fault of ours is a failure of that poll, so that it is not tried again at once.
    async fn record_fault(&self, id: FeedId, fault: &str) -> Result<Polled, store::Error> {
        let Some(feed) = self.feeds.get(&id) else {
            return Err(store::Error::Fault(fault.to_owned()));
        };
        let state = polls::state(&self.reader, id)?;
        let failure = Failure::new(FailureClass::Internal, format!("a fault of knipsel: {fault}"));
        poll::record_failure(&self.shared.context(), id, feed, state, failure).await
    }

    /// The archive, for others that write to it.
    pub(super) fn writer(&self) -> Arc<Writer> {
        Arc::clone(&self.shared.writer)
    }

    /// Who keeps what is sent.
    pub(super) fn keeper(&self) -> Arc<Keeper> {
        Arc::clone(&self.shared.keeper)
    }

    /// Polls that are running.
    pub(super) fn n_running(&self) -> usize {
        self.running.len()
    }

    /// Whether any poll is running.
    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Starts reading pages that are due, one at a time of each host, but none of `but`.
    pub(super) fn start_pages(&mut self, but: &HashSet<ArticleRow>) -> Result<(), Error> {
        for due in pages::due(&self.reader, (self.shared.clock)(), but)? {
            if !self.pages.has_room(&due) {
                continue;
            }
            let Some(state) = state::of(&self.reader, due.article)? else { continue };
            let Some(feed) = self.feeds.get(&state.feed).map(Arc::clone) else { continue };
            self.learn(&state)?;
            self.pages.start(due, feed, state, Arc::clone(&self.shared));
        }
        Ok(())
    }

    /// Reads from the archive what recurs on the pages of the outlet of `state`.
    fn learn(&self, state: &State) -> Result<(), Error> {
        let outlet = learned::key(state);
        let mut learned = self.shared.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if !learned.has(outlet) {
            learned.take_up(outlet, recurring::of(&self.reader, outlet)?);
        }
        Ok(())
    }

    /// Waits until the next page is read; `None` at once when none is being read. The error is that
    /// of the archive; the page is then due as before.
    pub(super) async fn next_read(&mut self) -> Option<ReadEnd> {
        self.pages.next().await
    }

    /// Stores what was learned and not stored yet.
    async fn store_learned(&self) {
        let rest = self.shared.learned.lock().unwrap_or_else(PoisonError::into_inner).rest();
        for (outlet, counts) in rest {
            let stored = self.shared.writer.write(move |tx| recurring::set(tx, &outlet, &counts));
            if let Err(error) = stored.await {
                tracing::warn!("cannot store what recurs on pages: {}", causes::line(&error));
            }
        }
    }

    /// That what is stored goes where others look for it.
    pub(super) fn check_place(&self) -> Result<(), Error> {
        Ok(self.place.check()?)
    }

    /// Proves that the writing thread answers.
    pub(super) async fn ping_writer(&self) -> Result<(), store::Error> {
        self.shared.writer.write(|_| Ok(())).await
    }

    /// Lets running polls end for a moment and gives up the rest; what they would have stored is
    /// fetched again by the next start.
    pub(super) async fn stop(&mut self) {
        // A page may wait long for its host, and is due again at the next start.
        self.pages.shutdown().await;
        let deadline = tokio::time::sleep(GRACE);
        tokio::pin!(deadline);
        while !self.is_idle() {
            tokio::select! {
                _ = self.next_event() => {}
                () = &mut deadline => break,
            }
        }
        self.tasks.shutdown().await;
        self.running.clear();
        self.store_learned().await;
    }

    /// Stops and closes everything but the lock, so that what follows has the memory.
    pub(super) async fn close(mut self) -> Lock {
        self.stop().await;
        self.lock
    }
}
