//! `knipsel gaps`.

use serde_json::json;

use crate::cli::args::{GapsArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record};
use crate::cli::{out, setup, when};
use crate::config::closest;
use crate::coverage::State;
use crate::model::time::Timestamp;
use crate::model::units::Span;
use crate::service::clock;
use crate::store::coverage::{self, PastGap};
use crate::store::{Reader, feeds};

pub(super) fn gaps(global: &Global, args: &GapsArgs) -> Result<Exit, Failure> {
    let since = args.since.as_deref().map(|text| when::since(text, clock::now())).transpose()?;
    let reader = setup::reader(global)?;
    check_names(&reader, &args.feed)?;
    let mut gaps = coverage::gaps(&reader, since.unwrap_or(Timestamp::EPOCH))?;
    gaps.retain(|gap| args.feed.is_empty() || args.feed.contains(&gap.feed));
    let record = if args.format == Format::Table { row } else { record };
    out::records(args.format, gaps.iter().map(record))?;
    if gaps.is_empty() {
        out::note("no gaps");
    }
    let is_suspected = gaps.iter().any(|gap| gap.state == State::Suspected);
    Ok(if args.fail && is_suspected { Exit::NothingFound } else { Exit::Done })
}

/// A misspelled name would say for ever that all is well.
fn check_names(reader: &Reader, wanted: &[String]) -> Result<(), Failure> {
    let known = feeds::names(reader)?;
    let Some(name) = wanted.iter().find(|name| !known.contains(name)) else { return Ok(()) };
    let failure = Failure::new(Exit::NotFound, format!("there is no feed `{name}` in the archive"));
    Err(match closest(name, known.iter().map(String::as_str)) {
        Some(suggestion) => failure.hint(format!("did you mean `{suggestion}`?")),
        None => failure,
    })
}

fn record(past: &PastGap) -> Record {
    let fields = [
        ("feed", json!(past.feed)),
        ("from", json!(past.gap.from.to_rfc3339())),
        ("to", json!(past.gap.to.to_rfc3339())),
        ("state", json!(past.state.as_str())),
        ("repaired_by", json!(past.repaired_by)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn row(past: &PastGap) -> Record {
    let fields = [
        ("feed", json!(past.feed)),
        ("from", json!(past.gap.from.to_string())),
        ("to", json!(past.gap.to.to_string())),
        ("length", json!(Span(past.gap.to.since(past.gap.from)).to_string())),
        ("state", json!(past.state.as_str())),
        ("repaired_by", json!(past.repaired_by)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
