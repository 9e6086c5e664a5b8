//! What the daemon counts, as text in the format `OpenMetrics`. `docs/monitoring.md` lists the
//! names, and a test compares.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::alarm::Condition;
use crate::model::time::Timestamp;
use crate::poll::Polled;
use crate::store::vitals::Load;

/// The type of the text.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of how long after its publication an article may be stored, in seconds.
const LAGS: [f64; 10] =
    [30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 10_800.0, 86_400.0];

/// Upper ends of how long a request for a feed may take, in seconds.
const DURATIONS: [f64; 8] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

type Labels = Vec<(&'static str, &'static str)>;
type Number = Gauge<i64>;
type Fraction = Gauge<f64, AtomicU64>;

/// What is so at the moment of asking.
#[derive(Debug, Clone, Default)]
pub(super) struct Now {
    pub(super) load: Load,
    pub(super) n_running: usize,
    pub(super) n_jobs: usize,
    pub(super) n_behind: i64,
    pub(super) size_bytes: u64,
    pub(super) free_bytes: Option<u64>,
    pub(super) alarms: Vec<Condition>,
}

/// Counters since the start, and gauges of the last look.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    polls: Family<Labels, Counter>,
    pages: Family<Labels, Counter>,
    new: Counter,
    revised: Counter,
    gaps: Counter,
    bytes: Counter,
    lag: Histogram,
    duration: Histogram,
    feeds: Family<Labels, Number>,
    alarms: Family<Labels, Number>,
    gauges: Gauges,
}

#[derive(Debug, Default)]
struct Gauges {
    last_new: Number,
    due: Number,
    overdue: Number,
    running: Number,
    jobs: Number,
    behind: Number,
    size: Number,
    free: Number,
    reach_used: Fraction,
}

impl Metrics {
    pub(super) fn new(started_at: Timestamp) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("knipsel"),
            polls: Family::default(),
            pages: Family::default(),
            new: Counter::default(),
            revised: Counter::default(),
            gaps: Counter::default(),
            bytes: Counter::default(),
            lag: Histogram::new(LAGS),
            duration: Histogram::new(DURATIONS),
            feeds: Family::default(),
            alarms: Family::default(),
            gauges: Gauges::default(),
        };
        // What has not happened yet is zero, and not unknown.
        for outcome in ["fresh", "not-modified", "failed"] {
            metrics.polls.get_or_create(&vec![("outcome", outcome)]).inc_by(0);
        }
        metrics.pages.get_or_create(&vec![("outcome", "read")]).inc_by(0);
        metrics.register_counters();
        metrics.register_gauges(started_at);
        metrics
    }

    fn register_counters(&mut self) {
        let registry = &mut self.registry;
        registry.register("polls", "Polls that ended, by outcome", self.polls.clone());
        registry.register("page_readings", "Article pages read, by outcome", self.pages.clone());
        registry.register("articles_new", "Articles that a poll stored", self.new.clone());
        let help = "Revisions of known articles that a poll stored";
        registry.register("articles_revised", help, self.revised.clone());
        let help = "Stretches of time in which a feed may have announced what was not seen";
        registry.register("gaps_suspected", help, self.gaps.clone());
        let (help, bytes) = ("Documents of feeds, decompressed", self.bytes.clone());
        registry.register_with_unit("feed_documents", help, Unit::Bytes, bytes);
        let (help, lag) = ("From publication to being stored", self.lag.clone());
        registry.register_with_unit("article_lag", help, Unit::Seconds, lag);
        let (help, duration) = ("Requests for feeds", self.duration.clone());
        registry.register_with_unit("feed_request_duration", help, Unit::Seconds, duration);
    }

    fn register_gauges(&mut self, started_at: Timestamp) {
        let (registry, gauges) = (&mut self.registry, &self.gauges);
        let build: Family<Labels, Number> = Family::default();
        build.get_or_create(&vec![("version", env!("CARGO_PKG_VERSION"))]).set(1);
        registry.register("build_info", "The version of the program", build);
        let start: Number = Gauge::default();
        start.set(started_at.seconds());
        let help = "When the daemon started, since 1970";
        registry.register_with_unit("start_time", help, Unit::Seconds, start);
        let help = "When something new was last stored, since 1970";
        registry.register_with_unit("last_new_time", help, Unit::Seconds, gauges.last_new.clone());
        registry.register("feeds", "Listed feeds, by state", self.feeds.clone());
        let help = "The largest part of its reach that a feed waits between two polls";
        registry.register("feed_reach_used_ratio", help, gauges.reach_used.clone());
        registry.register("feeds_due", "Feeds whose poll is due", gauges.due.clone());
        let help = "How long the most overdue of them has been due";
        registry.register_with_unit("feed_overdue", help, Unit::Seconds, gauges.overdue.clone());
        registry.register("polls_running", "Polls under way", gauges.running.clone());
        let help = "Jobs that wait for the writing thread";
        registry.register("writer_jobs", help, gauges.jobs.clone());
        let help = "Changes of articles that the search index lacks";
        registry.register("index_behind_changes", help, gauges.behind.clone());
        let help = "Archive and search index on disk";
        registry.register_with_unit("archive_size", help, Unit::Bytes, gauges.size.clone());
        let help = "What is free where the archive is";
        registry.register_with_unit("disk_free", help, Unit::Bytes, gauges.free.clone());
        registry.register("alarm", "1 while something is wrong", self.alarms.clone());
    }

    /// A poll ended.
    pub(super) fn polled(&self, polled: &Polled) {
        self.polls.get_or_create(&vec![("outcome", polled.outcome.as_str())]).inc();
        self.new.inc_by(polled.tally.n_new as u64);
        self.revised.inc_by(polled.tally.n_revised as u64);
        self.gaps.inc_by(u64::from(polled.gap.is_some()));
        self.bytes.inc_by(polled.size_bytes);
        self.duration.observe(polled.duration.as_secs_f64());
    }

    /// A page was read.
    pub(super) fn read(&self, outcome: &'static str) {
        self.pages.get_or_create(&vec![("outcome", outcome)]).inc();
    }

    /// So long after their publication articles were stored.
    pub(super) fn arrived(&self, lags: impl IntoIterator<Item = u32>) {
        lags.into_iter().for_each(|lag| self.lag.observe(f64::from(lag)));
    }

    /// All of it, as text.
    pub(super) fn text(&self, now: &Now) -> Result<String, std::fmt::Error> {
        let (gauges, load) = (&self.gauges, &now.load);
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        for (state, n) in [
            ("polled", load.n_feeds),
            ("paused", load.n_paused),
            ("failing", load.n_failing),
            ("at_risk", load.n_at_risk),
        ] {
            self.feeds.get_or_create(&vec![("state", state)]).set(n.into());
        }
        for condition in Condition::ALL {
            let is_raised = now.alarms.contains(&condition);
            let gauge = self.alarms.get_or_create(&vec![("condition", condition.as_str())]);
            gauge.set(is_raised.into());
        }
        gauges.last_new.set(load.last_new_at.map_or(0, Timestamp::seconds));
        gauges.reach_used.set(load.reach_used);
        gauges.due.set(load.n_due.into());
        gauges.overdue.set(load.overdue_s);
        gauges.running.set(number(now.n_running as u64));
        gauges.jobs.set(number(now.n_jobs as u64));
        gauges.behind.set(now.n_behind);
        gauges.size.set(number(now.size_bytes));
        gauges.free.set(number(now.free_bytes.unwrap_or(0)));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
