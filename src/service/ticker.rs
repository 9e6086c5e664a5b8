//! The loop of the daemon.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use crate::config;
use crate::config::settings::Settings;
use crate::listen::Call;
use crate::service::alarms::Alarms;
use crate::service::engine::push::Push;
use crate::service::engine::repairs::Repairs;
use crate::service::engine::{Ended, Engine, Event, ReadEnd};
use crate::service::follower::Follower;
use crate::service::metrics::Now;
use crate::service::monitor::{self, Monitor, Question};
use crate::service::notify::{self, Watchdog};
use crate::service::{Error, Files, Setup, causes, signals};
use crate::store::{ArticleRow, FeedId, changes, feeds, space, vitals};

/// Between two looks at what is due.
const TICK: Duration = Duration::from_secs(1);

/// Ticks between two looks at the owner's files.
const TICKS_PER_LOOK: u32 = 2;

/// And how many before what the archive could not take up is tried again.
const TICKS_PER_RETRY: u32 = 30;

/// Ticks between two looks whether something is wrong.
const TICKS_PER_ALARM: u32 = 5;

/// A feed whose poll could not be stored waits this long: the disk may be full.
const HOLD: Duration = Duration::from_secs(60);

/// Polls until `shutdown` ends, then stops cleanly.
///
/// # Errors
/// What keeps it from starting, and an archive that is moved away while it is in use. All other
/// trouble is logged, shown by `status` and tried again.
pub async fn run(setup: Setup, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
    // A daemon that says it is ready is not killed by the wish to read its files again.
    let mut hangup = signals::reload()?;
    let mut ticker = Ticker::open(setup).await?;
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::pin!(shutdown);
    let ended = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            _ = hangup.recv() => ticker.reload().await,
            event = ticker.engine.next_event() => ticker.end(event).await,
            (question, call) = ticker.monitor.next_call() => ticker.tell(question, call),
            call = ticker.push.next_call() => ticker.push.answer(&ticker.engine, call),
            () = ticker.repairs.next_ended(), if !ticker.repairs.is_idle() => {}
            _ = ticks.tick() => {
                ticker.tick().await;
                if let Err(error) = ticker.engine.check_place() {
                    break Err(error);
                }
            }
        }
    };
    notify::stopping();
    tracing::info!("stopping");
    ticker.push.stop().await;
    ticker.repairs.stop().await;
    ticker.engine.stop().await;
    ended
}

struct Ticker {
    // Dropped before the engine, which holds the lock: the next daemon finds the index free.
    follower: Follower,
    engine: Engine,
    repairs: Repairs,
    push: Push,
    alarms: Alarms,
    monitor: Monitor,
    setup: Setup,
    watchdog: Watchdog,
    held: HashMap<FeedId, Instant>,
    held_pages: HashMap<ArticleRow, Instant>,
    n_ticks: u32,
    /// The archive could not take up what the files say.
    is_reload_owed: bool,
}

impl Ticker {
    async fn open(setup: Setup) -> Result<Self, Error> {
        let mut engine = Engine::open(&setup).await?;
        let mut push = Push::new(setup.sockets.clone());
        push.open(&setup.settings.websub, setup.settings.fetch.body_max).await?;
        push.serve(&mut engine)?;
        let now = (setup.clock)();
        let alarms = Alarms::open(&setup, &engine, Some(now))?;
        let mut monitor = Monitor::new(&engine.reader, setup.sockets.clone(), now)?;
        monitor.set(&setup.settings.monitor).await?;
        let follower = Follower::start(&setup.layout, engine.writer())?;
        let ticker = Self {
            engine,
            repairs: Repairs::default(),
            push,
            follower,
            alarms,
            monitor,
            setup,
            watchdog: Watchdog::new(),
            held: HashMap::new(),
            held_pages: HashMap::new(),
            n_ticks: 0,
            is_reload_owed: false,
        };
        let archive = ticker.setup.layout.dir().display();
        tracing::info!("archive {archive}");
        let status = ticker.status();
        tracing::info!("{status}");
        notify::ready(&status);
        Ok(ticker)
    }

    fn status(&self) -> String {
        format!("polling {} feeds", self.engine.active().len())
    }

    async fn tick(&mut self) {
        self.n_ticks = self.n_ticks.wrapping_add(1);
        let is_owed = self.is_reload_owed && self.n_ticks.is_multiple_of(TICKS_PER_RETRY);
        if is_owed
            || self.n_ticks.is_multiple_of(TICKS_PER_LOOK)
                && self.setup.files.as_mut().is_some_and(|files| files.watch.has_changed())
        {
            self.reload().await;
        }
        if let Err(error) = self.start_due() {
            tracing::error!("cannot look up what is due: {}", causes::line(&error));
        }
        if let Err(error) = self.repairs.start(&self.engine, None, (self.setup.clock)()) {
            tracing::error!("cannot look up what was missed: {}", causes::line(&error));
        }
        if let Err(error) = self.push.start(&self.engine, (self.setup.clock)()) {
            tracing::error!("cannot look up which hubs to ask: {}", causes::line(&error));
        }
        self.start_pages();
        if self.n_ticks.is_multiple_of(TICKS_PER_ALARM) {
            self.look_for_alarms().await;
        }
        if self.watchdog.is_due() {
            match self.engine.ping_writer().await {
                Ok(()) => self.watchdog.feed(),
                Err(error) => {
                    tracing::error!("the archive does not answer: {}", causes::line(&error));
                }
            }
        }
    }

    async fn look_for_alarms(&mut self) {
        let (indexed, now) = (Some(self.follower.indexed()), (self.setup.clock)());
        if let Err(error) = self.alarms.look(&self.engine.reader, indexed, now).await {
            tracing::error!("cannot look whether all is well: {}", causes::line(&error));
        }
        if let Err(error) = self.monitor.look(&self.engine.reader) {
            tracing::error!("cannot count what came in: {}", causes::line(&error));
        }
    }

    /// Answers who watches over the daemon.
    fn tell(&self, question: Question, call: Call) {
        match question {
            Question::Health => {
                let health = monitor::health(self.engine.writer(), self.alarms.trouble(), call);
                tokio::spawn(health);
            }
            Question::Metrics => {
                let text = self.now().map_err(|error| causes::line(&error)).and_then(|now| {
                    self.monitor.metrics.text(&now).map_err(|error| error.to_string())
                });
                monitor::counts(text, call);
            }
        }
    }

    fn now(&self) -> Result<Now, Error> {
        let (reader, layout) = (&self.engine.reader, &self.setup.layout);
        Ok(Now {
            load: vitals::load(reader, (self.setup.clock)())?,
            n_running: self.engine.n_running(),
            n_jobs: self.engine.writer().n_waiting(),
            n_behind: (changes::last(reader)? - self.follower.indexed()).max(0),
            size_bytes: space::archive_bytes(layout),
            free_bytes: space::free(layout.dir()).map(|space| space.free_bytes),
            alarms: self.alarms.current(),
        })
    }

    fn start_due(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        self.held.retain(|_, until| *until > now);
        for id in feeds::due(&self.engine.reader, (self.setup.clock)())? {
            if !self.held.contains_key(&id) {
                self.engine.start(id)?;
            }
        }
        Ok(())
    }

    async fn end(&mut self, event: Event) {
        match event {
            Event::Polled(joined) => {
                let ended = self.engine.ended(*joined).await;
                self.end_poll(ended);
            }
            Event::Read(read) => self.end_reading(read),
        }
    }

    /// The next page of its host need not wait for the next tick.
    fn end_reading(&mut self, read: Option<ReadEnd>) {
        match read {
            Some((_, Ok(read))) => self.monitor.metrics.read(read.outcome),
            Some((article, Err(error))) => {
                tracing::error!("cannot store what a page said: {}", causes::line(&error));
                self.held_pages.insert(article, Instant::now() + HOLD);
            }
            None => {}
        }
        self.start_pages();
    }

    fn start_pages(&mut self) {
        let now = Instant::now();
        self.held_pages.retain(|_, until| *until > now);
        let held = self.held_pages.keys().copied().collect();
        if let Err(error) = self.engine.start_pages(&held) {
            tracing::error!("cannot look up which pages are due: {}", causes::line(&error));
        }
    }

    fn end_poll(&mut self, ended: Option<Ended>) {
        let Some(Ended { feed, result }) = ended else { return };
        let error = match result {
            Ok(polled) => {
                self.monitor.metrics.polled(&polled);
                return self.alarms.stored();
            }
            Err(error) => error,
        };
        let name = self.engine.feed(feed).map(|feed| feed.name.as_str()).unwrap_or_default();
        tracing::error!(
            feed.name = name,
            "cannot store the poll of {name}: {}",
            causes::line(&error)
        );
        self.held.insert(feed, Instant::now() + HOLD);
        let reason = format!("polls cannot be stored: {}", causes::line(&error));
        self.alarms.not_stored(reason, (self.setup.clock)());
    }

    /// Reads the owner's files again. A mistake in them leaves all as it was.
    async fn reload(&mut self) {
        let Some(files) = self.setup.files.clone() else { return };
        notify::reloading();
        let reread = self.reread(&files).await;
        self.is_reload_owed = matches!(reread, Err(Error::Store(_)));
        match reread {
            Ok(()) => {
                tracing::info!("reloaded: {}", self.status());
                self.alarms.files(None, (self.setup.clock)());
            }
            Err(error) => {
                let reason = causes::line(&error);
                tracing::error!("not reloaded, the old settings and feeds stay: {reason}");
                self.alarms.files(Some(reason), (self.setup.clock)());
            }
        }
        notify::ready(&self.status());
    }

    async fn reread(&mut self, files: &Files) -> Result<(), Error> {
        let settings = Settings::load(&files.sources)?.settings;
        let had_feeds = !self.setup.feeds.is_empty();
        let load = if had_feeds { config::feeds::load_again } else { config::feeds::load };
        let feeds = load(&files.feeds)?;
        let setup = Setup { settings, feeds, ..self.setup.clone() };
        if let Err(error) = self.take_up(&setup).await {
            let old = self.setup.settings.clone();
            if let Err(error) = self.open_doors(&old).await {
                tracing::error!(
                    "a door that was open cannot be opened again: {}",
                    causes::line(&error)
                );
            }
            return Err(error);
        }
        self.alarms.set(&setup.settings.alarm);
        self.setup = setup;
        self.push.serve(&mut self.engine)
    }

    async fn take_up(&mut self, setup: &Setup) -> Result<(), Error> {
        self.open_doors(&setup.settings).await?;
        self.engine.reload(setup).await
    }

    async fn open_doors(&mut self, settings: &Settings) -> Result<(), Error> {
        self.monitor.set(&settings.monitor).await?;
        self.push.open(&settings.websub, settings.fetch.body_max).await
    }
}
