//! One line per poll, and one per gap that was looked up.

use crate::enrich::Read;
use crate::model::feed::Feed;
use crate::model::fetch::Outcome;
use crate::model::time::Timestamp;
use crate::normalize::url::masked;
use crate::poll::Polled;
use crate::poll::push::Delivered;
use crate::repair::Report;
use crate::schedule::Reason;

/// Logs what came of reading a page, where there is something to tell.
pub(super) fn page(feed: &Feed, url: &str, read: &Read) {
    let (outcome, name, url) = (read.outcome, &feed.name, masked(url));
    let why = read.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match read.outcome {
        "changed" if !read.changed.is_empty() => {
            let changed = read.changed.join(" and ");
            tracing::info!(feed.name, outcome, "{name:<24} page changed ({changed}) {url}");
        }
        "same" | "read" | "changed" => {
            tracing::debug!(feed.name, outcome, "{name:<24} page {outcome} {url}");
        }
        _ => tracing::debug!(feed.name, outcome, "{name:<24} page {outcome}{why} {url}"),
    }
}

/// Logs what a hub brought.
pub(super) fn push(feed: &Feed, delivered: &Delivered) {
    let (name, outcome) = (&feed.name, delivered.outcome.as_str());
    let (n_new, n_revised) = (delivered.tally.n_new, delivered.tally.n_revised);
    if let Outcome::Failed(failure) = &delivered.outcome {
        tracing::warn!(feed.name, outcome, "{name:<24} pushed, but {}", failure.reason);
        return;
    }
    let n = delivered.tally.n_entries;
    let line = format!("{name:<24} pushed: {n_new} new, {n_revised} revised of {n}");
    tracing::info!(feed.name, outcome, n_new, n_revised, "{line}");
}

/// Logs what a poll came to: feed, outcome, new, revised, next poll and why.
pub(super) fn poll(feed: &Feed, polled: &Polled, now: Timestamp) {
    let what = match &polled.outcome {
        Outcome::Fresh => {
            let tally = polled.tally;
            format!("{} new, {} revised of {}", tally.n_new, tally.n_revised, tally.n_entries)
        }
        Outcome::NotModified => "not modified".to_owned(),
        Outcome::Gone => "gone: the server answers 410".to_owned(),
        Outcome::Throttled { .. } if polled.next.reason == Reason::HostRetryAfter => {
            "not asked: its host asks to wait".to_owned()
        }
        Outcome::Throttled { .. } => "the server asks to wait".to_owned(),
        Outcome::Failed(failure) => format!("failed: {}", failure.reason),
    };
    let next = moment(polled.next.at, now);
    let line = format!("{:<24} {what}; next {next} ({})", feed.name, polled.next.reason);
    let outcome = polled.outcome.as_str();
    let url = masked(&feed.url);
    let (n_new, n_revised) = (polled.tally.n_new, polled.tally.n_revised);
    if polled.next.reason == Reason::Outage {
        // The outage itself has been told.
        tracing::debug!(feed.name, feed.url = url, outcome, "{line}");
    } else if polled.outcome.is_success() || matches!(polled.outcome, Outcome::Throttled { .. }) {
        tracing::info!(feed.name, feed.url = url, outcome, n_new, n_revised, "{line}");
    } else {
        tracing::warn!(feed.name, feed.url = url, outcome, "{line}");
    }
    if let Some(gap) = polled.gap {
        tracing::warn!(
            feed.name,
            "{:<24} may have missed what it announced from {} to {} (`knipsel gaps`)",
            feed.name,
            gap.from,
            gap.to
        );
    }
    for warning in &polled.warnings {
        tracing::debug!(feed.name, "{}: {warning}", feed.name);
    }
}

/// A moment as it is told at `now`: with its day, when that is another one.
fn moment(at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_local(), now.to_local());
    let shape = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    at.strftime(shape).to_string()
}

/// Logs what a repair came to.
pub(super) fn repair(report: &Report) {
    for document in &report.documents {
        if let Err(reason) = &document.result {
            tracing::debug!("{}: {reason}", masked(&document.url));
        }
    }
    let n_new = report.n_new;
    if n_new > 0 {
        tracing::info!(n_new, "found {n_new} articles that no poll saw");
    }
    for judged in &report.gaps {
        let (feed, gap) = (&judged.feed, judged.gap);
        let what = format!("{feed:<24} from {} to {}", gap.from, gap.to);
        if let Some(by) = &judged.repaired_by {
            tracing::info!(feed.name = feed, "{what} is repaired by {by}");
        } else {
            tracing::debug!(feed.name = feed, "{what} stays suspected: {}", judged.result);
        }
    }
}
