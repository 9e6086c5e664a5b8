//! `knipsel backfill`.

use serde_json::{Value, json};

use crate::cli::args::{BackfillArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record, clean};
use crate::cli::run::to_end;
use crate::cli::{log, setup, when};
use crate::config::closest;
use crate::coverage::{Gap, State};
use crate::model::time::Timestamp;
use crate::repair::{Judged, Read, Report};
use crate::service::backfill::{Wish, backfill as service};
use crate::service::{Setup, clock, signals};

pub(super) fn backfill(global: &Global, args: &BackfillArgs) -> Result<Exit, Failure> {
    log::start(global)?;
    let setup = setup::daemon(global)?;
    check_name(&setup, &args.feed)?;
    let since = args.since.as_deref().map(|text| when::since(text, clock::now())).transpose()?;
    let wish = Wish { feed: args.feed.clone(), since };
    let mut progress = move |read: &Read| {
        out::note(&told(read));
    };
    let backfilled = to_end(async {
        let stop = signals::stop()?;
        service(&setup, &wish, &mut progress, stop).await
    })?;
    if backfilled.is_stopped {
        out::note("stopped; what was found is stored, and the same command goes on");
        return Ok(Exit::NothingFound);
    }
    let report = backfilled.report;
    match args.format {
        Format::Table => table(&report)?,
        format => out::object(format, record(&wish, &report))?,
    }
    let is_suspected = report.gaps.iter().any(|gap| gap.repaired_by.is_none());
    Ok(match (report.has_failed(), is_suspected) {
        (true, _) => Exit::Network,
        (false, true) => Exit::NothingFound,
        (false, false) => Exit::Done,
    })
}

fn check_name(setup: &Setup, name: &str) -> Result<(), Failure> {
    let listed = || setup.feeds.iter().map(|feed| feed.name.as_str());
    if listed().any(|listed| listed == name) {
        return Ok(());
    }
    let reason = format!("there is no feed `{name}` in the feed list");
    let failure = Failure::new(Exit::NotFound, reason);
    Err(match closest(name, listed()) {
        Some(suggestion) => failure.hint(format!("did you mean `{suggestion}`?")),
        None => failure,
    })
}

fn told(read: &Read) -> String {
    let what = match &read.result {
        Ok(n_listed) => format!("lists {n_listed}, {} new", read.n_new),
        Err(reason) => format!("failed: {reason}"),
    };
    clean(&format!("{} {what}", read.url))
}

fn table(report: &Report) -> Result<(), Failure> {
    out::records(Format::Table, report.gaps.iter().map(row))?;
    for judged in report.gaps.iter().filter(|judged| judged.repaired_by.is_none()) {
        let Gap { from, to } = judged.gap;
        out::note(&clean(&format!("{from} to {to}: {}", judged.result)));
    }
    let (n_gaps, n_repaired) = (report.gaps.len(), n_repaired(report));
    let (n_found, n_new) = (report.n_found, report.n_new);
    out::note(&format!("{n_found} found, {n_new} new; {n_repaired} of {n_gaps} gaps repaired"));
    Ok(())
}

fn n_repaired(report: &Report) -> usize {
    report.gaps.iter().filter(|gap| gap.repaired_by.is_some()).count()
}

fn state(judged: &Judged) -> &'static str {
    let is_repaired = judged.repaired_by.is_some();
    if is_repaired { State::Repaired.as_str() } else { State::Suspected.as_str() }
}

fn row(judged: &Judged) -> Record {
    let fields = [
        ("from", json!(judged.gap.from.to_string())),
        ("to", json!(judged.gap.to.to_string())),
        ("state", json!(state(judged))),
        ("repaired_by", json!(judged.repaired_by)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn record(wish: &Wish, report: &Report) -> Record {
    let document = |read: &Read| {
        let (listed, error) = match &read.result {
            Ok(n_listed) => (json!(n_listed), Value::Null),
            Err(reason) => (Value::Null, json!(reason)),
        };
        json!({ "url": read.url, "listed": listed, "new": read.n_new, "error": error })
    };
    let gap = |judged: &Judged| {
        json!({
            "from": judged.gap.from.to_rfc3339(),
            "to": judged.gap.to.to_rfc3339(),
            "state": state(judged),
            "repaired_by": judged.repaired_by,
            "result": judged.result,
        })
    };
    let fields = [
        ("feed", json!(wish.feed)),
        ("since", json!(wish.since.map(Timestamp::to_rfc3339))),
        ("documents", report.documents.iter().map(document).collect()),
        ("found", json!(report.n_found)),
        ("new", json!(report.n_new)),
        ("repaired", json!(n_repaired(report))),
        ("gaps", report.gaps.iter().map(gap).collect()),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
