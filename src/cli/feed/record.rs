//! Feeds as records: the JSON keys that scripts rely on.

use serde_json::{Value, json};

use crate::cli::out::Record;
use crate::cli::{render, status};
use crate::coverage::State;
use crate::model::feed::{ArticleIdPattern, Feed, Fulltext};
use crate::store::library::FeedHealth;
use crate::store::polls::PastPoll;

/// The keys of a feed of the catalogue.
const OFFERED: [&str; 7] = ["name", "outlet", "section", "tags", "language", "country", "url"];

/// A feed of the list: what its owner wishes, then how it is doing.
pub(super) fn feed(feed: &Feed, health: Option<&FeedHealth>) -> Record {
    let mut record = wishes(feed);
    let never_polled = FeedHealth::default();
    let health = std::slice::from_ref(health.unwrap_or(&never_polled));
    for (key, value) in status::feed_records(health).into_iter().flatten() {
        record.entry(key).or_insert(value);
    }
    record
}

/// A feed of the catalogue, for those who choose.
pub(super) fn offered(feed: &Feed) -> Record {
    let mut wishes = wishes(feed);
    OFFERED.iter().filter_map(|key| wishes.remove_entry(*key)).collect()
}

fn wishes(feed: &Feed) -> Record {
    let fulltext = match feed.fulltext {
        Fulltext::Auto => "auto",
        Fulltext::Off => "off",
    };
    let fields = [
        ("name", json!(feed.name)),
        ("url", json!(feed.url)),
        ("outlet", json!(feed.outlet)),
        ("section", json!(feed.section)),
        ("tags", json!(feed.tags)),
        ("language", json!(feed.language)),
        ("country", json!(feed.country)),
        ("paused", json!(feed.is_paused)),
        ("fulltext", json!(fulltext)),
        ("article_id", json!(feed.article_id.as_ref().map(ArticleIdPattern::as_str))),
        ("user_agent", json!(feed.user_agent)),
        ("sitemap", json!(feed.sitemap)),
        ("page_rules", json!((!feed.pages.is_empty()).then_some(&feed.pages))),
        ("replaces", json!(feed.replaces)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// How well a feed is covered.
pub(super) fn coverage(health: Option<&FeedHealth>) -> Value {
    let Some(health) = health else { return Value::Null };
    let coverage = health.coverage;
    json!({
        "since": render::moment(coverage.since_at),
        "state": coverage.state.map(State::as_str),
        "state_since": render::moment(coverage.state_since_at),
        "gaps": coverage.n_gaps,
        "reach_s": health.reach().map(|reach| reach.as_secs()),
        "interval_s": health.interval().map(|interval| interval.as_secs()),
    })
}

/// How a feed is pushed.
pub(super) fn push(health: Option<&FeedHealth>) -> Value {
    let Some(push) = health.and_then(|health| health.push.as_ref()) else { return Value::Null };
    json!({
        "hub": push.hub,
        "state": push.state,
        "result": push.result,
        "live_until": render::moment(push.live_until),
        "deliveries": push.n_deliveries,
        "new": push.n_new,
        "missed": push.n_missed,
        "refused": push.n_refused,
    })
}

/// A poll that was.
pub(super) fn poll(poll: &PastPoll) -> Record {
    let fields = [
        ("at", json!(poll.at.to_rfc3339())),
        ("outcome", json!(poll.outcome)),
        ("status", json!(poll.status)),
        ("final_url", json!(poll.final_url)),
        ("reason", json!(poll.reason)),
        ("size_bytes", json!(poll.size_bytes)),
        ("duration_ms", json!(poll.duration_ms)),
        ("entries", json!(poll.tally.map(|tally| tally.n_entries))),
        ("new", json!(poll.tally.map(|tally| tally.n_new))),
        ("revised", json!(poll.tally.map(|tally| tally.n_revised))),
        ("overlap", json!(poll.tally.map(|tally| tally.n_overlap))),
        ("warnings", json!(poll.warnings)),
        ("pushed_by", json!(poll.pushed_by)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The same poll in a line of a table.
pub(super) fn poll_row(poll: &PastPoll) -> Record {
    let pushed = poll.pushed_by.as_ref().map(|hub| format!("pushed by {hub}"));
    let note = poll.reason.clone().or(pushed).or_else(|| poll.warnings.first().cloned());
    let fields = [
        ("fetched", json!(render::clock(poll.at))),
        ("outcome", json!(poll.outcome)),
        ("status", json!(poll.status)),
        ("new", json!(poll.tally.map(|tally| tally.n_new))),
        ("revised", json!(poll.tally.map(|tally| tally.n_revised))),
        ("ms", json!(poll.duration_ms)),
        ("note", json!(note)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
