//! `knipsel gaps`.

use serde_json::json;

use crate::cli::args::{GapsArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record};
use crate::cli::{out, question, setup, when};
use crate::coverage::State;
use crate::model::time::Timestamp;
use crate::model::units::Span;
use crate::service::clock;
use crate::store::coverage::{self, PastGap};

pub(super) fn gaps(global: &Global, args: &GapsArgs) -> Result<Exit, Failure> {
    let since = args.since.as_deref().map(|text| when::since(text, clock::now())).transpose()?;
    let reader = setup::reader(global)?;
    question::check_feeds(&reader, &args.feed)?;
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
