//! `knipsel revisions`.

use serde_json::json;

use crate::cli::args::{Global, RevisionsArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, Records};
use crate::cli::{named, out, setup, when};
use crate::model::time::Timestamp;
use crate::service::clock;
use crate::store::revisions::{self, Filter, Listed};

pub(super) fn revisions(global: &Global, args: &RevisionsArgs) -> Result<Exit, Failure> {
    let since = args.since.as_deref().map(|text| when::since(text, clock::now())).transpose()?;
    let filter = Filter {
        since: since.unwrap_or(Timestamp::EPOCH),
        outlets: args.outlet.clone(),
        is_silent_only: args.silent,
        limit: args.limit.unwrap_or(usize::MAX),
    };
    match &args.id {
        Some(id) => of_article(global, args, id, &filter),
        None => of_archive(global, args, &filter),
    }
}

fn of_article(
    global: &Global,
    args: &RevisionsArgs,
    id: &str,
    filter: &Filter,
) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let row = named::article(&reader, id)?;
    let mut listed = revisions::of_article(&reader, row)?;
    listed.retain(|one| one.seen_at >= filter.since && (one.is_silent || !filter.is_silent_only));
    let n_left_out = listed.len().saturating_sub(filter.limit);
    out::records(args.format, listed.iter().skip(n_left_out).map(record))?;
    Ok(exit(listed.len()))
}

fn of_archive(global: &Global, args: &RevisionsArgs, filter: &Filter) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let mut records = Records::new(args.format);
    let mut written = Ok(());
    revisions::edits(&reader, filter, |listed| {
        let record = if args.format == Format::Table { row(&listed) } else { with_id(&listed) };
        written = records.push(record);
        written.is_ok()
    })?;
    written?;
    let n_listed = records.finish()?;
    if n_listed == 0 {
        out::note("no revisions");
    }
    Ok(exit(n_listed))
}

fn exit(n_listed: usize) -> Exit {
    if n_listed == 0 { Exit::NothingFound } else { Exit::Done }
}

/// The JSON keys that scripts rely on.
pub(super) fn record(listed: &Listed) -> Record {
    let title = Some(&listed.title).filter(|title| !title.is_empty());
    let fields = [
        ("revision", json!(listed.number)),
        ("seen_at", json!(listed.seen_at.to_rfc3339())),
        ("source", json!(listed.source)),
        ("title", json!(title)),
        ("changed", json!(listed.changed)),
        ("silent", json!(listed.is_silent)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn with_id(listed: &Listed) -> Record {
    let mut keyed = Record::new();
    keyed.insert("id".to_owned(), json!(listed.id.as_str()));
    keyed.insert("outlet".to_owned(), json!(listed.outlet));
    keyed.extend(record(listed));
    keyed
}

/// For people: the revision as `show` and `diff` take it.
fn row(listed: &Listed) -> Record {
    let silent = if listed.is_silent { " (silent)" } else { "" };
    let changed = format!("{}{silent}", listed.changed.join(", "));
    let fields = [
        ("revision", json!(format!("{}@{}", listed.id, listed.number))),
        ("seen", json!(listed.seen_at.to_string())),
        ("outlet", json!(listed.outlet)),
        ("changed", json!(changed)),
        ("title", json!(listed.title)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
