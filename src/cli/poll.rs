//! `knipsel poll`: one pass over the feeds.

use crate::cli::args::{Global, PollArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::run::to_end;
use crate::cli::{log, out, setup};
use crate::config::closest;
use crate::service::pass::{Selection, pass};
use crate::service::{Setup, signals};

pub(super) fn poll(global: &Global, args: &PollArgs) -> Result<Exit, Failure> {
    log::start(global)?;
    let setup = setup::daemon(global)?;
    let selection = selection(&setup, args)?;
    let summary = to_end(async {
        let stop = signals::stop()?;
        pass(&setup, &selection, stop).await
    })?;
    if summary.n_pages > 0 {
        let pages = if summary.n_pages == 1 { "page" } else { "pages" };
        out::note(&format!("read {} article {pages}", summary.n_pages));
    }
    out::note(&format!(
        "polled {} {}: {} new, {} revised, {} failed",
        summary.n_polled,
        if summary.n_polled == 1 { "feed" } else { "feeds" },
        summary.n_new,
        summary.n_revised,
        summary.n_failed
    ));
    Ok(if summary.n_failed > 0 { Exit::Network } else { Exit::Done })
}

fn selection(setup: &Setup, args: &PollArgs) -> Result<Selection, Failure> {
    if args.all {
        return Ok(Selection::All);
    }
    let listed = || setup.feeds.iter().map(|feed| feed.name.as_str());
    for name in &args.names {
        if !listed().any(|listed| listed == name) {
            let failure =
                Failure::new(Exit::NotFound, format!("there is no feed `{name}` in the feed list"));
            return Err(match closest(name, listed()) {
                Some(suggestion) => failure.hint(format!("did you mean `{suggestion}`?")),
                None => failure,
            });
        }
    }
    if args.names.is_empty() {
        return Ok(Selection::Due);
    }
    Ok(Selection::Named(args.names.clone()))
}
