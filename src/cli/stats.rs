//! `knipsel stats`: what the archive holds, counted.

use serde_json::{Value, json};

use crate::cli::args::{Global, StatsArgs, StatsCommand, WallsArgs, WireArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record};
use crate::cli::{out, setup, when};
use crate::model::time::Timestamp;
use crate::service::clock;
use crate::store::told::{self, Share};
use crate::store::walls::{self, ACCESS, Walls};

pub(super) fn stats(global: &Global, args: &StatsArgs) -> Result<Exit, Failure> {
    match &args.command {
        StatsCommand::Wire(args) => wire(global, args),
        StatsCommand::Walls(args) => walls(global, args),
    }
}

fn wire(global: &Global, args: &WireArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let bound = |text: Option<&str>, of: When, open: i64| match text {
        Some(text) => of(text, now),
        None => Ok(Timestamp::from_seconds(open)),
    };
    let since = bound(args.since.as_deref(), when::since, i64::MIN)?;
    let until = bound(args.until.as_deref(), when::until, i64::MAX)?;
    let shares = told::shares(&setup::reader(global)?, since, until)?;
    let n = out::records(args.format, shares.iter().map(|share| record(share, args.format)))?;
    Ok(if n == 0 { Exit::NothingFound } else { Exit::Done })
}

/// Reads a moment that the owner wrote.
type When = fn(&str, Timestamp) -> Result<Timestamp, Failure>;

fn record(share: &Share, format: Format) -> Record {
    let part = |n: u32| {
        let part = f64::from(n) / f64::from(share.n_articles.max(1));
        match format {
            Format::Table => Value::from(format!("{:.0} %", part * 100.0)),
            _ => json!((part * 1000.0).round() / 1000.0),
        }
    };
    let n_exclusive = share.n_articles - share.n_shared;
    [
        ("outlet", json!(share.outlet)),
        ("articles", json!(share.n_articles)),
        ("shared", json!(share.n_shared)),
        ("shared_part", part(share.n_shared)),
        ("first", json!(share.n_first)),
        ("exclusive", json!(n_exclusive)),
        ("exclusive_part", part(n_exclusive)),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

fn walls(global: &Global, args: &WallsArgs) -> Result<Exit, Failure> {
    let outlets = walls::walls(&setup::reader(global)?)?;
    let n = out::records(args.format, outlets.iter().map(|walls| wall_record(walls, args.format)))?;
    if n == 0 {
        out::note("0 outlets with pages that were read");
    }
    Ok(if n == 0 { Exit::NothingFound } else { Exit::Done })
}

fn wall_record(walls: &Walls, format: Format) -> Record {
    let mut fields = vec![("outlet", json!(walls.outlet)), ("pages", json!(walls.n_pages))];
    fields.extend(ACCESS.into_iter().zip(walls.n_by_access.map(|n| json!(n))));
    let since = walls.last.as_ref().map(|last| match format {
        Format::Table => last.since.to_string(),
        _ => last.since.to_rfc3339(),
    });
    fields.extend([
        ("retried", json!(walls.n_retried)),
        ("last_wall", json!(walls.last.as_ref().map(|last| &last.kind))),
        ("since", json!(since)),
    ]);
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
