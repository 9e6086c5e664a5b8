//! `knipsel status`.

use serde_json::{Value, json};

use crate::alarm::{self, Alarm};
use crate::cli::args::{Global, StatusArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, bold, clean, line};
use crate::cli::{out, render, setup};
use crate::index::search::Searcher;
use crate::model::units::ByteSize;
use crate::poll::lessons;
use crate::schedule;
use crate::service::{self, clock};
use crate::store::library::{self, FeedHealth, Totals};
use crate::store::{Layout, Lock, Reader, changes, space, vitals};

/// Feeds at risk named in the line for people.
const RISKS_MAX: usize = 6;

/// What is known of the archive as a whole.
struct Overview {
    layout: Layout,
    is_running: bool,
    totals: Totals,
    n_behind: i64,
    index_problem: Option<String>,
    size_bytes: u64,
    problem: Option<String>,
    alarms: Vec<Alarm>,
    feeds: Vec<FeedHealth>,
}

pub(super) fn status(global: &Global, args: &StatusArgs) -> Result<Exit, Failure> {
    let overview = look(global)?;
    match args.format {
        Format::Table => people(&overview)?,
        Format::Csv => {
            out::records(Format::Csv, feed_records(&overview.feeds))?;
        }
        format => out::object(format, machine(&overview))?,
    }
    Ok(Exit::Done)
}

fn look(global: &Global) -> Result<Overview, Failure> {
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let (watermark, index_problem) = match Searcher::open(&layout.index()) {
        Ok(searcher) => (searcher.map_or(0, |searcher| searcher.watermark()), None),
        Err(error) => (0, Some(error.to_string())),
    };
    // The daemon goes on with the last good files; its owner should hear that they are not these.
    let problem = setup::paths(global).and_then(|paths| {
        setup::settings(global, &paths)?;
        setup::listed(&paths)?;
        Ok(())
    });
    let outage = library::is_outage(&reader)?
        .then(|| "no host can be reached: our own network seems to be down".to_owned());
    Ok(Overview {
        is_running: Lock::is_held(&layout),
        totals: library::totals(&reader)?,
        alarms: alarms(&reader, &layout, global)?,
        n_behind: (changes::last(&reader)? - watermark).max(0),
        index_problem,
        size_bytes: space::archive_bytes(&layout),
        problem: problem.err().map(|failure| failure.to_string()).or(outage),
        feeds: library::health(&reader, clock::now())?,
        layout,
    })
}

/// What is wrong: as can be seen from here, and as a running daemon has found.
fn alarms(reader: &Reader, layout: &Layout, global: &Global) -> Result<Vec<Alarm>, Failure> {
    let options = setup::paths(global).and_then(|paths| setup::settings(global, &paths));
    let options = options.map(|loaded| loaded.settings.alarm).unwrap_or_default();
    let now = clock::now();
    let mut alarms = alarm::judge(&options, &service::alarms::facts(reader, layout, now)?, now);
    if Lock::is_held(layout) {
        for stored in vitals::alarms(reader)?.into_iter().filter(|stored| !stored.is_over) {
            match alarms.iter_mut().find(|alarm| alarm.condition == stored.alarm.condition) {
                Some(alarm) => alarm.since = alarm.since.min(stored.alarm.since),
                None => alarms.push(stored.alarm),
            }
        }
        alarms.sort_by_key(|alarm| alarm.condition);
    }
    Ok(alarms)
}

fn machine(overview: &Overview) -> Record {
    let totals = overview.totals;
    let fields = [
        ("archive", json!(overview.layout.dir().display().to_string())),
        ("running", json!(overview.is_running)),
        ("problem", json!(overview.problem)),
        ("alarms", json!(overview.alarms.iter().map(alarm_record).collect::<Vec<_>>())),
        ("articles", json!(totals.n_articles)),
        ("revisions", json!(totals.n_revisions)),
        ("fetches", json!(totals.n_fetches)),
        ("last_new", render::moment(totals.last_new_at)),
        ("size_bytes", json!(overview.size_bytes)),
        ("index_behind", json!(overview.n_behind)),
        ("index_problem", json!(overview.index_problem)),
        ("push", json!(Pushed::of(&overview.feeds).map(|pushed| pushed.record()))),
        (
            "feeds",
            Value::Array(feed_records(&overview.feeds).into_iter().map(Value::Object).collect()),
        ),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn alarm_record(alarm: &Alarm) -> Value {
    json!({
        "alarm": alarm.condition.as_str(),
        "text": alarm.text,
        "since": render::moment(Some(alarm.since)),
        "advice": alarm.condition.advice(),
    })
}

/// How every feed is doing, as records.
pub(super) fn feed_records(feeds: &[FeedHealth]) -> Vec<Record> {
    feeds
        .iter()
        .map(|feed| {
            let fields = [
                ("name", json!(feed.name)),
                ("url", json!(feed.url)),
                ("outlet", json!(feed.outlet)),
                ("title", json!(feed.title)),
                ("paused", json!(feed.is_paused)),
                ("articles", json!(feed.n_articles)),
                ("last_poll", render::moment(feed.last_poll_at)),
                ("last_outcome", json!(feed.last_outcome)),
                ("last_error", json!(feed.last_error)),
                ("last_success", render::moment(feed.last_success_at)),
                ("last_new", render::moment(feed.last_new_at)),
                ("failures", json!(feed.n_failures)),
                ("failing_since", render::moment(feed.failing_since)),
                ("next_poll", render::moment(feed.next_poll_at)),
                ("next_reason", json!(feed.next_reason)),
                ("moved_to", json!(feed.moved.as_ref().map(|moved| &moved.to))),
                ("lying_validators", json!(feed.has_lying_validators)),
                ("gaps_24h", json!(feed.coverage.n_gaps_recent)),
                ("at_risk", json!(feed.is_at_risk())),
            ];
            fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
        })
        .collect()
}

fn people(overview: &Overview) -> Result<(), Failure> {
    let totals = overview.totals;
    let running = if overview.is_running { "running" } else { "not running" };
    line(&format!("{}  {}", bold("knipsel"), running))?;
    line(&format!("archive   {}", clean(&overview.layout.dir().display().to_string())))?;
    line(&format!(
        "articles  {} ({} revisions, {} fetches, {})",
        totals.n_articles,
        totals.n_revisions,
        totals.n_fetches,
        approximate(overview.size_bytes)
    ))?;
    if let Some(at) = totals.last_new_at {
        line(&format!("last new  {at}"))?;
    }
    if let Some(problem) = &overview.index_problem {
        line(&format!("index     {}", clean(problem)))?;
    } else if overview.n_behind > 0 {
        line(&format!("index     up to {} changes behind", overview.n_behind))?;
    }
    if let Some(risk) = risk(&overview.feeds) {
        line(&format!("at risk   {}", clean(&risk)))?;
    }
    if let Some(pushed) = Pushed::of(&overview.feeds) {
        line(&format!("pushed    {}", pushed.line()))?;
    }
    if let Some(problem) = &overview.problem {
        line(&format!("problem   {}", clean(problem)))?;
    }
    for alarm in &overview.alarms {
        line(&format!("alarm     {}: {}", alarm.condition.as_str(), clean(&alarm.text)))?;
    }
    for feed in &overview.feeds {
        if let Some(moved) = moved(feed).filter(|_| has_settled_move(feed)) {
            line(&format!("moved     {} {}", clean(&feed.name), clean(&moved)))?;
        }
    }
    line("")?;
    out::records(Format::Table, overview.feeds.iter().map(row))?;
    Ok(())
}

fn has_settled_move(feed: &FeedHealth) -> bool {
    feed.moved.as_ref().is_some_and(|moved| schedule::is_moved(&moved.seen))
}

/// Where a feed has moved to, and what is made of it.
pub(super) fn moved(feed: &FeedHealth) -> Option<String> {
    let moved = feed.moved.as_ref()?;
    let meaning = if lessons::is_adopted(&feed.url, moved) {
        "polled there; `knipsel feed accept-move` writes it into the feed list"
    } else if has_settled_move(feed) {
        "not polled there, for it may be another publisher; `knipsel feed accept-move` takes it"
    } else {
        "seen too few times to be believed"
    };
    Some(format!("to {}: {meaning}", moved.to))
}

/// How well hubs push, over all feeds.
struct Pushed {
    feeds: usize,
    live: usize,
    new: u32,
    missed: u32,
}

impl Pushed {
    /// `None` where no feed has a hub that was asked.
    fn of(feeds: &[FeedHealth]) -> Option<Self> {
        let pushes: Vec<_> = feeds.iter().filter_map(|feed| feed.push.as_ref()).collect();
        let now = clock::now();
        (!pushes.is_empty()).then(|| Self {
            feeds: pushes.len(),
            live: pushes.iter().filter(|push| push.is_live(now)).count(),
            new: pushes.iter().map(|push| push.n_new).sum(),
            missed: pushes.iter().map(|push| push.n_missed).sum(),
        })
    }

    fn record(&self) -> Value {
        let Self { feeds, live, new, missed } = self;
        json!({ "feeds": feeds, "live": live, "new": new, "missed": missed })
    }

    fn line(&self) -> String {
        let Self { feeds, live, new, missed } = self;
        format!("{live} of {feeds} feeds with a hub; {new} new, {missed} missed")
    }
}

/// The feeds of which something was or may be missed, in a line.
fn risk(feeds: &[FeedHealth]) -> Option<String> {
    let at_risk: Vec<&FeedHealth> = feeds.iter().filter(|feed| feed.is_at_risk()).collect();
    let named: Vec<String> = at_risk
        .iter()
        .take(RISKS_MAX)
        .map(|feed| match feed.coverage.n_gaps_recent {
            0 => format!("{} (polled too seldom)", feed.name),
            1 => format!("{} (1 gap in 24 h)", feed.name),
            n => format!("{} ({n} gaps in 24 h)", feed.name),
        })
        .collect();
    match at_risk.len() - named.len() {
        _ if named.is_empty() => None,
        0 => Some(named.join(", ")),
        n_more => Some(format!("{} and {n_more} more", named.join(", "))),
    }
}

fn row(feed: &FeedHealth) -> Record {
    let next = match (feed.is_paused, feed.next_poll_at) {
        (true, _) => "paused".to_owned(),
        (false, None) => "now".to_owned(),
        (false, Some(at)) => render::clock(at),
    };
    let why = feed.last_error.clone().or_else(|| feed.next_reason.clone());
    let fields = [
        ("feed", json!(feed.name)),
        ("articles", json!(feed.n_articles)),
        ("success", json!(feed.last_success_at.map(render::clock))),
        ("next", json!(next)),
        ("why", json!(why)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A size without the digits that nobody reads.
pub(super) fn approximate(bytes: u64) -> String {
    let whole = if bytes >= 10 << 20 { bytes >> 20 << 20 } else { bytes >> 10 << 10 };
    ByteSize(whole).to_string()
}
