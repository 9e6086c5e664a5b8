//! One request at a time to each registrable domain, with a pause between two: seven papers behind
//! one publisher must not add up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::{Host, Url};

use crate::fetch::lanes::Pace;

/// The table is first looked through for idle hosts at this size.
const SWEEP_AT_MIN: usize = 256;

/// A longer gap is held to this, so that adding it to a time cannot overflow.
const GAP_MAX: Duration = Duration::from_secs(86_400);

/// What one feed or page was told holds for others of the host no longer than this: it may be broken
/// for itself alone, and asks for days.
const REST_MAX: Duration = Duration::from_secs(3_600);

/// What a URL's host is counted under: its registrable domain, or the host itself where there is
/// none (an address, `localhost`).
pub(super) fn key(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    match url.host() {
        Some(Host::Domain(name)) => psl::domain_str(name.trim_end_matches('.')).unwrap_or(name),
        _ => host,
    }
}

/// Who asks a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// A feed.
    Feed,
    /// A page, or what is read like one.
    Page,
}

/// Until when a host wishes to be left alone.
#[derive(Debug, Default)]
struct Rest {
    all_until: Option<Instant>,
    pages_until: Option<Instant>,
    /// The page that was told so last.
    page: Option<Url>,
}

impl Rest {
    /// What a feed is told holds for all.
    fn begin(&mut self, until: Instant) {
        self.all_until = self.all_until.max(Some(until));
    }

    /// What a page is told holds for pages, unless it alone is told so each time.
    fn begin_of_pages(&mut self, page: &Url, until: Instant) {
        if self.page.as_ref() != Some(page) {
            self.page = Some(page.clone());
            self.pages_until = self.pages_until.max(Some(until));
        }
    }

    fn left(&self, asker: Asker) -> Option<Duration> {
        let until = match asker {
            Asker::Feed => self.all_until,
            Asker::Page => self.all_until.max(self.pages_until),
        };
        until.map(|at| at.duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}

/// The hosts asked of late.
#[derive(Debug)]
pub(super) struct Hosts {
    gap: Duration,
    table: Arc<Mutex<Table>>,
}

#[derive(Debug)]
struct Table {
    hosts: HashMap<String, Arc<HostState>>,
    sweep_at: usize,
    /// When any host may have been asked last by somebody we know nothing of.
    rested_at: Option<Instant>,
}

#[derive(Debug)]
struct HostState {
    /// One permit, given in the order in which it was asked for.
    turn: Arc<Semaphore>,
    /// When the last request to it ended.
    asked_at: Mutex<Option<Instant>>,
    /// One permit for the page that is next, so that pages wait for each other and feeds for none.
    page_turn: Arc<Semaphore>,
    /// When the last page was answered, and how long the next one waits at least.
    page: Mutex<Option<(Instant, Duration)>>,
    rest: Mutex<Rest>,
    /// Of the last request.
    pace: Mutex<Pace>,
    /// When it last answered on a connection that it may have kept open.
    kept_at: Mutex<Option<Instant>>,
}

/// The right to ask one host, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    host: Arc<HostState>,
    page: Option<PageTurn>,
    _permit: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct PageTurn {
    gap: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Hosts {
    /// With `gap` from the end of one request to the start of the next.
    pub(super) fn new(gap: Duration) -> Self {
        let table = Table { hosts: HashMap::new(), sweep_at: SWEEP_AT_MIN, rested_at: None };
        Self { gap: gap.min(GAP_MAX), table: Arc::new(Mutex::new(table)) }
    }

    /// The same hosts with another gap; whoever has a turn keeps it.
    pub(super) fn with_gap(&self, gap: Duration) -> Self {
        Self { gap: gap.min(GAP_MAX), table: Arc::clone(&self.table) }
    }

    /// Waits until it is our turn to ask the host `key`.
    pub(super) async fn turn(&self, key: &str) -> Turn {
        let host = self.host(key);
        let permit = permit(&host.turn).await;
        let asked_at = *host.asked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let asked_at = asked_at.max(self.table().rested_at);
        if let Some(free_at) = asked_at.map(|at| at + self.gap).filter(|at| *at > Instant::now()) {
            tokio::time::sleep_until(free_at).await;
        }
        Turn { host, page: None, _permit: permit }
    }

    /// Waits until it is our turn to ask the host `key` for a page: `gap` after the last one, and
    /// only then in line with its feeds, which so never wait for the longer pause of pages.
    pub(super) async fn page_turn(&self, key: &str, gap: Duration) -> Turn {
        let (host, gap) = (self.host(key), gap.min(GAP_MAX));
        let page = PageTurn { gap, _permit: permit(&host.page_turn).await };
        let last = host.page.lock().unwrap_or_else(PoisonError::into_inner).map(|(at, _)| at);
        let last = last.max(self.table().rested_at);
        if let Some(ended_at) = last {
            tokio::time::sleep_until(ended_at + gap).await;
        }
        let mut turn = self.turn(key).await;
        turn.page = Some(page);
        turn
    }

    /// Lets every host rest as if a request to it had just ended.
    pub(super) fn rest(&self) {
        self.table().rested_at = Some(Instant::now());
    }

    /// How much longer the host `key` wishes to be left alone by `asker`.
    pub(super) fn rest_left(&self, key: &str, asker: Asker) -> Option<Duration> {
        self.host(key).rest_left(asker)
    }

    /// Notes that the host `key` told a feed to wait for so long; for others at most an hour.
    pub(super) fn begin_rest(&self, key: &str, wait: Duration) {
        self.host(key).rest().begin(after(wait));
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn host(&self, key: &str) -> Arc<HostState> {
        let mut table = self.table();
        if let Some(host) = table.hosts.get(key) {
            return Arc::clone(host);
        }
        table.sweep(self.gap);
        let host = Arc::new(HostState {
            turn: Arc::new(Semaphore::new(1)),
            asked_at: Mutex::new(None),
            page_turn: Arc::new(Semaphore::new(1)),
            page: Mutex::new(None),
            rest: Mutex::default(),
            pace: Mutex::new(Pace::Quick),
            kept_at: Mutex::new(None),
        });
        table.hosts.insert(key.to_owned(), Arc::clone(&host));
        host
    }
}

impl HostState {
    fn rest(&self) -> MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rest_left(&self, asker: Asker) -> Option<Duration> {
        self.rest().left(asker)
    }
}

fn after(wait: Duration) -> Instant {
    Instant::now() + wait.min(REST_MAX)
}

impl Table {
    /// Forgets hosts that nobody waits for and that may be asked at once, when the table has
    /// doubled since the last time.
    fn sweep(&mut self, gap: Duration) {
        if self.hosts.len() < self.sweep_at {
            return;
        }
        let now = Instant::now();
        self.hosts.retain(|_, host| {
            let asked_at = *host.asked_at.lock().unwrap_or_else(PoisonError::into_inner);
            let page = *host.page.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::strong_count(host) > 1
                || host.rest_left(Asker::Page).is_some()
                || asked_at.is_some_and(|at| at + gap > now)
                || page.is_some_and(|(ended_at, gap)| ended_at + gap > now)
        });
        self.sweep_at = SWEEP_AT_MIN.max(2 * self.hosts.len());
    }
}

impl Turn {
    /// How much longer this host wishes to be left alone by `asker`.
    pub(super) fn rest_left(&self, asker: Asker) -> Option<Duration> {
        self.host.rest_left(asker)
    }

    /// Notes that this host told `asker`, who asked for `url`, to wait for so long; for others at most
    /// an hour.
    pub(super) fn begin_rest(&self, asker: Asker, url: &Url, wait: Duration) {
        match asker {
            Asker::Feed => self.host.rest().begin(after(wait)),
            Asker::Page => self.host.rest().begin_of_pages(url, after(wait)),
        }
    }

    /// How this host answered last; one not asked before is taken to be quick.
    pub(super) fn pace(&self) -> Pace {
        *self.host.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When this host last answered on a connection that it may have kept open.
    pub(super) fn kept_at(&self) -> Option<Instant> {
        *self.host.kept_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that it answered so, or that there is no such connection.
    pub(super) fn set_kept_at(&self, at: Option<Instant>) {
        *self.host.kept_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Remembers how it answered now.
    pub(super) fn set_pace(&self, pace: Pace) {
        *self.host.pace.lock().unwrap_or_else(PoisonError::into_inner) = pace;
    }
}

async fn permit(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    permit.expect("the semaphores of a host are never closed")
}

impl Drop for Turn {
    fn drop(&mut self) {
        // The permits are fields and go back after this, so the next in line sees the times.
        let now = Instant::now();
        if let Some(page) = &self.page {
            let mut last = self.host.page.lock().unwrap_or_else(PoisonError::into_inner);
            *last = Some((now, page.gap));
        }
        let mut asked_at = self.host.asked_at.lock().unwrap_or_else(PoisonError::into_inner);
        *asked_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_millis(40);

    #[track_caller]
    fn check_key(url: &str, expected: &str) {
        assert_eq!(key(&Url::parse(url).unwrap()), expected);
    }

    #[test]
    fn hosts_are_counted_by_registrable_domain() {
        check_key("https://feeds.nos.nl/nosnieuwsalgemeen", "nos.nl");
        check_key("https://NOS.nl./x", "nos.nl");
        check_key("https://www.bbc.co.uk/", "bbc.co.uk");
        check_key("https://iemand.github.io/feed.xml", "iemand.github.io");
        check_key("http://localhost:8080/", "localhost");
        check_key("http://nas.local/", "nas.local");
        check_key("http://127.0.0.1:8080/", "127.0.0.1");
        check_key("http://[::1]:8080/", "[::1]");
    }

    #[tokio::test]
    async fn second_request_waits_for_the_end_of_the_first_and_the_gap() {
        let hosts = Hosts::new(GAP);
        let first = hosts.turn("nos.nl").await;
        let second = async {
            let _turn = hosts.turn("nos.nl").await;
            Instant::now()
        };
        let end = async {
            tokio::task::yield_now().await;
            let ended_at = Instant::now();
            drop(first);
            ended_at
        };
        let (started_at, ended_at) = tokio::join!(second, end);
        assert!(started_at - ended_at >= GAP);
    }

    #[tokio::test]
    async fn hosts_that_rest_are_not_asked_before_the_gap_is_over() {
        let hosts = Hosts::new(GAP);
        let rested_at = Instant::now();
        hosts.rest();
        drop(hosts.turn("nos.nl").await);
        assert!(Instant::now() - rested_at >= GAP);
        drop(hosts.turn("nu.nl").await);
        assert!(Instant::now() - rested_at < 2 * GAP, "it rested already");
    }

    #[tokio::test]
    async fn another_gap_holds_from_the_next_turn_on_and_breaks_into_none() {
        let hosts = Hosts::new(Duration::ZERO);
        let turn = hosts.turn("nos.nl").await;
        let slower = hosts.with_gap(GAP);
        assert!(tokio::time::timeout(GAP / 2, slower.turn("nos.nl")).await.is_err());
        let ended_at = Instant::now();
        drop(turn);
        drop(slower.turn("nos.nl").await);
        assert!(Instant::now() - ended_at >= GAP);
    }

    #[tokio::test]
    async fn waiters_are_served_in_order_and_other_hosts_do_not_wait() {
        let hosts = Hosts::new(Duration::ZERO);
        let order = Mutex::new(Vec::new());
        let first = hosts.turn("nos.nl").await;
        let wait = async |n: usize| {
            let _turn = hosts.turn("nos.nl").await;
            order.lock().unwrap().push(n);
        };
        let release = async {
            let _other = hosts.turn("nu.nl").await;
            drop(first);
        };
        tokio::join!(wait(1), wait(2), wait(3), release);
        assert_eq!(*order.lock().unwrap(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn giving_up_while_waiting_gives_the_turn_to_the_next() {
        let hosts = Hosts::new(GAP);
        drop(hosts.turn("nos.nl").await);
        let given_up = tokio::time::timeout(Duration::from_millis(1), hosts.turn("nos.nl")).await;
        assert!(given_up.is_err());
        drop(hosts.turn("nos.nl").await);
    }

    #[tokio::test]
    async fn pages_keep_their_own_pause_and_feeds_do_not_wait_for_it() {
        let hosts = Hosts::new(Duration::ZERO);
        drop(hosts.page_turn("nos.nl", GAP).await);
        let ended_at = Instant::now();
        let page = async {
            drop(hosts.page_turn("nos.nl", GAP).await);
            Instant::now()
        };
        let feed = async {
            tokio::task::yield_now().await;
            drop(hosts.turn("nos.nl").await);
            Instant::now()
        };
        let (page_at, feed_at) = tokio::join!(page, feed);
        assert!(page_at - ended_at >= GAP && feed_at < page_at, "{:?}", feed_at - ended_at);
    }

    #[tokio::test]
    async fn a_page_keeps_the_pause_of_feeds_too_and_one_is_asked_at_a_time() {
        let hosts = Hosts::new(GAP);
        let feed = hosts.turn("nos.nl").await;
        let page = async {
            drop(hosts.page_turn("nos.nl", Duration::ZERO).await);
            Instant::now()
        };
        let end = async {
            tokio::task::yield_now().await;
            drop(feed);
            Instant::now()
        };
        let (page_at, ended_at) = tokio::join!(page, end);
        assert!(page_at - ended_at >= GAP);
    }

    #[tokio::test]
    async fn what_a_feed_is_told_holds_for_all_and_what_a_page_is_told_for_pages() {
        const LONG: Duration = Duration::from_secs(60);
        let hosts = Hosts::new(Duration::ZERO);
        let left = |key: &str| [Asker::Feed, Asker::Page].map(|by| hosts.rest_left(key, by));
        let page = Url::parse("https://nu.nl/1").unwrap();
        hosts.turn("nu.nl").await.begin_rest(Asker::Page, &page, LONG);
        assert!(matches!(left("nu.nl"), [None, Some(left)] if left <= LONG));
        hosts.turn("nos.nl").await.begin_rest(Asker::Feed, &page, LONG);
        // One that is broken for itself asks for days.
        hosts.begin_rest("fd.nl", LONG * 60 * 24);
        assert!(matches!(left("fd.nl"), [Some(left), _] if left <= LONG * 60));
        // A shorter wait does not end a longer one.
        hosts.begin_rest("nos.nl", Duration::ZERO);
        assert!(matches!(left("nos.nl"), [Some(_), Some(_)]));
        // One page that is always told to wait keeps no other from being read.
        hosts.turn("ad.nl").await.begin_rest(Asker::Page, &page, Duration::ZERO);
        hosts.turn("ad.nl").await.begin_rest(Asker::Page, &page, LONG);
        assert_eq!(left("ad.nl"), [None; 2]);
    }

    #[tokio::test]
    async fn idle_hosts_are_forgotten_and_busy_ones_kept() {
        let hosts = Hosts::new(Duration::ZERO);
        let _busy = hosts.turn("nos.nl").await;
        for n in 0..10 * SWEEP_AT_MIN {
            drop(hosts.turn(&format!("host{n}.nl")).await);
        }
        let table = hosts.table.lock().unwrap();
        assert!(table.hosts.len() <= SWEEP_AT_MIN, "{}", table.hosts.len());
        assert!(table.hosts.contains_key("nos.nl"));
    }

    #[tokio::test]
    async fn host_within_its_gap_is_not_forgotten() {
        let hosts = Hosts::new(Duration::from_secs(60));
        for n in 0..2 * SWEEP_AT_MIN {
            drop(hosts.turn(&format!("host{n}.nl")).await);
        }
        assert_eq!(hosts.table.lock().unwrap().hosts.len(), 2 * SWEEP_AT_MIN);
    }
}
