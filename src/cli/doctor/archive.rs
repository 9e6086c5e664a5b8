//! What the archive says: its schema, its index, its clock, and how its feeds are covered.

use std::fs;
use std::time::Duration;

use crate::cli::doctor::Finding;
use crate::cli::indexed;
use crate::cli::status::approximate;
use crate::index::search::Searcher;
use crate::model::time::Timestamp;
use crate::model::units::Span;
use crate::store::library::{self, FeedHealth};
use crate::store::{self, Layout, Lock, Reader, changes};

/// Names in a line.
const NAMES_MAX: usize = 4;

/// A clock may be this far off without harm.
const CLOCK_SLACK: Duration = Duration::from_secs(300);

/// A feed that fails this long will not mend itself.
const FAILING_LONG: Duration = Duration::from_secs(3 * 86_400);

/// The log beside the archive is written into it long before this, unless something holds it up.
const WAL_BYTES_MAX: u64 = 256 << 20;

pub(super) fn look(layout: &Layout, now: Timestamp) -> Vec<Finding> {
    let reader = match Reader::open(layout) {
        Ok(reader) => reader,
        Err(store::Error::Missing(_)) => {
            let fix = "`knipsel run` or `knipsel poll` makes one";
            return vec![Finding::advice("archive", "there is none yet", fix)];
        }
        Err(error) => return vec![unreadable(&error)],
    };
    let looks = [
        contents(&reader, layout),
        Ok(log(layout)),
        index(&reader, layout),
        clock(&reader, now),
        coverage(&reader, now),
    ];
    let looks = looks.into_iter();
    let mut findings: Vec<Finding> =
        looks.map(|look| look.unwrap_or_else(|error| unreadable(&error))).collect();
    findings.push(Finding::ok("whole", "not looked at here: `knipsel verify` reads all of it"));
    findings
}

fn unreadable(error: &store::Error) -> Finding {
    let fix = match error {
        store::Error::TooNew { .. } => "use the newer knipsel that wrote it",
        store::Error::TooOld { .. } => "`knipsel poll` or `knipsel run` brings it up to date",
        error if error.is_damage() => {
            "`knipsel verify` says more; `knipsel restore BACKUP --force` puts a backup back"
        }
        _ => "see who may read the folder and what is in it",
    };
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    Finding::problem("archive", format!("{error}{}", cause.unwrap_or_default()), fix)
}

fn contents(reader: &Reader, layout: &Layout) -> Result<Finding, store::Error> {
    let totals = library::totals(reader)?;
    let size = approximate(fs::metadata(layout.database()).map_or(0, |metadata| metadata.len()));
    let (n, schema) = (totals.n_articles, store::schema_version());
    Ok(Finding::ok("archive", format!("{n} articles in {size}, schema {schema}")))
}

fn log(layout: &Layout) -> Finding {
    let mut log = layout.database().into_os_string();
    log.push("-wal");
    let bytes = fs::metadata(log).map_or(0, |metadata| metadata.len());
    if bytes > WAL_BYTES_MAX {
        return Finding::problem(
            "log",
            format!("{} of changes wait beside the archive", approximate(bytes)),
            "a program holds an old view of the archive open: end it (Datasette, a forgotten sqlite3)",
        );
    }
    Finding::ok("log", format!("{} beside the archive", approximate(bytes)))
}

fn index(reader: &Reader, layout: &Layout) -> Result<Finding, store::Error> {
    let fix = "`knipsel reindex` builds it again; a running daemon does so by itself";
    let last = changes::last(reader)?;
    Ok(match Searcher::open(&layout.index()) {
        Ok(Some(searcher)) if searcher.watermark() > last => {
            Finding::problem("index", "it is that of another archive", fix)
        }
        Ok(Some(searcher)) if last > searcher.watermark() => {
            let n = last - searcher.watermark();
            let behind = format!("{n} {} behind", if n == 1 { "change" } else { "changes" });
            if n <= indexed::BEHIND_MAX && Lock::is_held(layout) {
                Finding::ok("index", format!("{behind}, which the running knipsel takes up"))
            } else {
                Finding::problem("index", format!("it is {behind}"), fix)
            }
        }
        Ok(Some(_)) => Finding::ok("index", "up to date"),
        Ok(None) if last == 0 => Finding::ok("index", "empty, like the archive"),
        Ok(None) => Finding::problem("index", "there is none, so nothing is found", fix),
        Err(error) => Finding::problem("index", error.to_string(), fix),
    })
}

fn clock(reader: &Reader, now: Timestamp) -> Result<Finding, store::Error> {
    let health = library::health(reader, now)?;
    let last = health.iter().filter_map(|feed| feed.last_poll_at).max();
    Ok(match last {
        Some(last) if last > now.plus(CLOCK_SLACK) => Finding::problem(
            "clock",
            format!("a poll was stored {} from now: the clock was set back", Span(last.since(now))),
            "look whether the clock is right now (`timedatectl`); what was stored keeps its times",
        ),
        _ => Finding::ok("clock", format!("{now}")),
    })
}

fn coverage(reader: &Reader, now: Timestamp) -> Result<Finding, store::Error> {
    if library::is_outage(reader)? {
        let fix = "see to the network and the name server; nothing is counted against the feeds";
        return Ok(Finding::problem("network", "no host could be reached at the last poll", fix));
    }
    Ok(judge(&library::health(reader, now)?, now))
}

fn judge(feeds: &[FeedHealth], now: Timestamp) -> Finding {
    let is_failing = |feed: &&FeedHealth| {
        !feed.is_paused && feed.failing_since.is_some_and(|since| now.since(since) > FAILING_LONG)
    };
    let failing: Vec<&str> =
        feeds.iter().filter(is_failing).map(|feed| feed.name.as_str()).collect();
    let at_risk: Vec<&str> =
        feeds.iter().filter(|feed| feed.is_at_risk()).map(|feed| feed.name.as_str()).collect();
    if !at_risk.is_empty() {
        return Finding::problem(
            "coverage",
            format!("something was or may be missed of {}", names(&at_risk)),
            "`knipsel gaps` says when; a lower `poll.ceiling`, or section feeds, cover more",
        );
    }
    if !failing.is_empty() {
        return Finding::problem(
            "coverage",
            format!("failing for more than three days: {}", names(&failing)),
            "`knipsel feed show NAME` says why; `knipsel feed test URL` looks for its new address",
        );
    }
    Finding::ok("coverage", format!("nothing is missed of {} feeds", feeds.len()))
}

fn names(names: &[&str]) -> String {
    let n_more = names.len().saturating_sub(NAMES_MAX);
    let first = names.iter().take(NAMES_MAX).copied().collect::<Vec<_>>().join(", ");
    if n_more > 0 { format!("{first} and {n_more} more") } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Level;

    #[test]
    fn feeds_at_risk_come_before_those_that_fail() {
        let now = Timestamp::from_seconds(1_790_000_000);
        let feed = |name: &str| FeedHealth { name: name.to_owned(), ..FeedHealth::default() };
        let failing = FeedHealth {
            failing_since: Some(now.minus(Duration::from_secs(4 * 86_400))),
            ..feed("weg")
        };
        let mut risky = feed("druk");
        risky.coverage.n_gaps_recent = 1;
        let text = |feeds: &[FeedHealth]| {
            let finding = judge(feeds, now);
            assert_eq!(finding.level == Level::Ok, finding.fix.is_none());
            finding.text
        };
        assert_eq!(text(&[feed("goed")]), "nothing is missed of 1 feeds");
        assert_eq!(text(std::slice::from_ref(&failing)), "failing for more than three days: weg");
        assert_eq!(text(&[failing, risky]), "something was or may be missed of druk");
        let many: Vec<&str> = "a b c d e f".split(' ').collect();
        assert_eq!(names(&many), "a, b, c, d and 2 more");
    }
}
