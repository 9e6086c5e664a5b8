//! `knipsel feed list` and `knipsel feed catalog`.

use serde_json::json;

use crate::cli::args::{CatalogArgs, Global, ListArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::{record, say};
use crate::cli::out::{Format, Record};
use crate::cli::{out, render, setup};
use crate::config::catalogue;
use crate::model::feed::Feed;
use crate::service::clock;
use crate::store::library::{self, FeedHealth};

pub(super) fn list(global: &Global, args: &ListArgs) -> Result<Exit, Failure> {
    let feeds = setup::feed_list(&setup::paths(global)?)?;
    let health = match setup::reader_if_any(global)? {
        Some(reader) => library::health(&reader, clock::now())?,
        None => Vec::new(),
    };
    let record = if args.format == Format::Table { row } else { record::feed };
    let records = feeds.iter().map(|feed| {
        let health = health.iter().find(|health| health.name == feed.name);
        record(feed, health)
    });
    Ok(exit(out::records(args.format, records)?))
}

fn row(feed: &Feed, health: Option<&FeedHealth>) -> Record {
    let next = health.and_then(|health| health.next_poll_at).filter(|_| !feed.is_paused);
    let fields = [
        ("name", json!(feed.name)),
        ("outlet", json!(feed.outlet)),
        ("state", json!(state(feed, health))),
        ("articles", json!(health.map(|health| health.n_articles))),
        ("next", json!(next.map(render::clock))),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// How a feed is doing, in a word.
fn state(feed: &Feed, health: Option<&FeedHealth>) -> &'static str {
    match health {
        _ if feed.is_paused => "paused",
        Some(health) if health.n_failures > 0 => "failing",
        Some(health) if health.last_poll_at.is_some() => "ok",
        _ => "new",
    }
}

pub(super) fn catalog(global: &Global, args: &CatalogArgs) -> Result<Exit, Failure> {
    // Who has a mistake in the list may be here to look up how a name is written.
    let listed = setup::paths(global).and_then(|paths| setup::listed(&paths)).unwrap_or_else(|e| {
        out::warning(&format!("which feeds are listed is not known: {e}"));
        Vec::new()
    });
    let word = args.word.as_deref().unwrap_or_default();
    let records = catalogue::search(word).map(|feed| {
        let is_listed = listed.iter().any(|own| own.name == feed.name || own.url == feed.url);
        let mut record = record::offered(feed);
        if args.format == Format::Table {
            record.retain(|key, _| matches!(key.as_str(), "name" | "outlet" | "section" | "tags"));
            record.insert("listed".to_owned(), json!(is_listed.then_some("yes")));
        } else {
            record.insert("listed".to_owned(), json!(is_listed));
        }
        record
    });
    let exit = exit(out::records(args.format, records)?);
    if exit == Exit::NothingFound {
        say(&format!("no feed of the catalogue has `{word}`"));
    }
    Ok(exit)
}

fn exit(n_records: usize) -> Exit {
    if n_records == 0 { Exit::NothingFound } else { Exit::Done }
}
