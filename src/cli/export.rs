//! `knipsel export`.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::{ExportArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::{out, question, setup, when};
use crate::corpus::job::{self, Archive, Export};
use crate::export::manifest::{Counts, Plan, State};
use crate::index::search::Searcher;
use crate::language;
use crate::model::time::Timestamp;
use crate::service::clock;
use crate::store::{Reader, corpus};

pub(super) fn export(global: &Global, args: &ExportArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let state = match begun(args)? {
        Some(state) => state,
        None => state(&reader, args.as_of.as_deref(), clock::now())?,
    };
    let searcher = Searcher::open(&layout.index())?;
    let query = question::whole(&args.question, state.as_of)?;
    let plan = Plan {
        query: query.to_string(),
        format: args.format.into(),
        without_reserved: args.without.is_some(),
        state,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        analyzer: language::VERSION,
    };
    let bar = bar(global);
    let archive = Archive { reader: &reader, searcher: searcher.as_ref(), layout: &layout };
    let counts = job::export(&archive, &Export { plan, query }, &args.out, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let counts = counts?;
    out::note(&told(&counts, &args.out));
    if counts.written == 0 {
        return question::nothing(global, &args.question.limits.feed);
    }
    Ok(Exit::Done)
}

fn told(counts: &Counts, dir: &Path) -> String {
    let Counts { written, left_out, words, .. } = counts;
    let left_out =
        if *left_out > 0 { format!("; {left_out} reserved left out") } else { String::new() };
    format!("{written} articles, {words} words in {}{left_out}", dir.display())
}

/// The state that is asked about by what is in the folder already, unless another one is named.
fn begun(args: &ExportArgs) -> Result<Option<State>, Failure> {
    if args.as_of.is_some() {
        return Ok(None);
    }
    let plan = match job::begun(&args.out)? {
        Some(plan) => Some(plan),
        None => job::made(&args.out)?,
    };
    Ok(plan.map(|plan| plan.state))
}

/// The archive as it was at what `text` names: the end of a day or month, or the state that another
/// export was made of.
pub(super) fn state(reader: &Reader, text: Option<&str>, now: Timestamp) -> Result<State, Failure> {
    let Some(text) = text else { return Ok(corpus::current(reader, now)?) };
    if Path::new(text).is_file() {
        let made = job::made(Path::new(text))?;
        return made
            .map(|plan| plan.state)
            .ok_or_else(|| Failure::new(Exit::NotFound, format!("`{text}` is gone")));
    }
    // Up to and including the last second.
    let end = when::until(text, now).map_err(|failure| {
        let is_path = text.contains('/') || text.to_ascii_lowercase().ends_with(".json");
        if is_path {
            Failure::new(Exit::NotFound, format!("there is no file `{text}`"))
        } else {
            failure
        }
    })?;
    let end = end.minus(std::time::Duration::from_secs(1));
    Ok(corpus::state(reader, end.min(now))?)
}

fn bar(global: &Global) -> ProgressBar {
    if global.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("exporting {wide_bar} {human_pos}/{human_len} {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
